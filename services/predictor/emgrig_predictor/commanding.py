"""The control service Predictor."""

from typing import Any

from emgrig.control import predictor_pb2
from emgrig.runtime import Context

from emgrig_predictor.loading import ModelRoom
from emgrig_predictor.switching import SwitchState

__all__ = ["PredictorServicer"]


class PredictorServicer:
    """Answers commands in the control server's threads; the method names are the proto's."""

    def __init__(self, room: ModelRoom, context: Context) -> None:
        self._room = room
        self._context = context

    def LoadModel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Load a model and answer when it predicts."""
        return self._status(self._room.load(request.model_id))

    def Rollback(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Go back to the previous model."""
        return self._status(self._room.roll_back())

    def SetPredicting(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Begin or pause to predict."""
        return self._status(self._room.switch.set_predicting(request.predicting))

    def GetPredictor(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what is loaded."""
        return self._status(self._room.switch.state)

    def _status(self, state: SwitchState) -> Any:
        model, previous = state.current, state.previous
        return predictor_pb2.PredictorStatus(
            model_id=model.id if model else "",
            previous_model_id=previous.id if previous else "",
            predicting=state.is_predicting,
            predictions=self._context.counters["predictions"],
            spec_id=model.spec_id if model else "",
            targets=model.targets if model else [],
        )
