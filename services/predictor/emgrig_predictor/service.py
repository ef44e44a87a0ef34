"""The shell: features in, predictions out; commands beside it."""

import time
from typing import Any

from emgrig.control import Servicer, predictor_pb2_grpc
from emgrig.errors import FrameDecodeError, PeerError, SpecMismatchError
from emgrig.messages import Message
from emgrig.runtime import Context
from numpy.typing import NDArray

from emgrig_predictor.choosing import choose
from emgrig_predictor.commanding import PredictorServicer
from emgrig_predictor.config import PredictorSettings
from emgrig_predictor.decoding import LoadedModel, NonFiniteError, decode
from emgrig_predictor.loading import ModelRoom

__all__ = ["PredictorService"]

_WAIT_S = 1.0
_TROUBLE = "features"
_REASONS: dict[type[PeerError], str] = {
    SpecMismatchError: "spec_mismatch",
    NonFiniteError: "non_finite",
    FrameDecodeError: "decode",
}


class PredictorService:
    """One loop for features; commands run in the control server's threads.

    Raises:
        ConfigError: The model of the settings is not there or not usable.
    """

    def __init__(self, settings: PredictorSettings, context: Context) -> None:
        self._context = context
        self._min_confidence = settings.min_confidence
        self._room = ModelRoom(settings, context)
        self._subscriber = context.subscribe([settings.features], ["features/emg"], keep="latest")

    def servicers(self) -> list[Servicer]:
        """Return the control service Predictor."""
        servicer = PredictorServicer(self._room, self._context)
        return [
            Servicer(
                predictor_pb2_grpc.add_PredictorServicer_to_server,
                servicer,
                "emgrig.control.v1.Predictor",
            )
        ]

    def run(self) -> None:
        """Answer features until the process must stop."""
        self._room.announce()
        while not self._context.stopping.is_set():
            message = self._subscriber.receive(_WAIT_S)
            if message is not None:
                self._answer(message)

    def close(self) -> None:
        """Do nothing: the runtime closes the sockets."""

    def _answer(self, message: Message) -> None:
        state = self._room.switch.state  # read once: this is the window boundary
        ledger = self._context.ledger
        if not state.is_predicting:
            ledger.skip(message.topic, "paused")
        elif state.current is None:
            ledger.skip(message.topic, "no_model")
        else:
            self._predict(state.current, message)

    def _predict(self, model: LoadedModel, message: Message) -> None:
        context = self._context
        fields = message.fields
        try:
            prediction = decode(model, message.data, fields.get("spec_id"), fields.get("spec"))
        except PeerError as error:
            context.ledger.refuse(message.topic, _REASONS[type(error)])
            context.trouble(_TROUBLE, str(error))
            return
        self._publish(model, prediction, message)
        context.ledger.use(message.topic)
        context.count("predictions")
        context.observe_latency_ns(
            "features to prediction", time.monotonic_ns() - message.received_ns
        )
        context.clear(_TROUBLE)
        context.running()

    def _publish(self, model: LoadedModel, prediction: NDArray[Any], message: Message) -> None:
        topic = "prediction/hand"
        fields: dict[str, Any] = {"model_id": model.id, "targets": model.targets}
        if model.kind == "classification":
            topic = "prediction/gesture"
            choice = choose(prediction, model.targets, min_confidence=self._min_confidence)
            fields |= {"class": choice.class_name, "class_index": choice.class_index}
            if not choice.class_name:
                self._context.count("rejected")
        self._context.publisher.send(
            topic,
            prediction,
            t_first=message.t_first,
            t_last=message.t_last,
            sample_index=message.sample_index,
            fs=message.fs,
            fields=fields,
            trace=message.trace,
            t_in_ns=message.received_ns,
        )
