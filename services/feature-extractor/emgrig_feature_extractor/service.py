"""The shell: windows in, features out."""

import time

from emgrig.control import Servicer
from emgrig.dsp import Conditioning
from emgrig.errors import ConfigError, FrameDecodeError
from emgrig.messages import Message
from emgrig.runtime import Context

from emgrig_feature_extractor.config import FeatureExtractorSettings
from emgrig_feature_extractor.extraction import Extractor, Features
from emgrig_feature_extractor.merging import WindowMerger

__all__ = ["FeatureExtractorService"]

_WAIT_S = 1.0
_TROUBLE = "windows"


class FeatureExtractorService:
    """Answers each ``window/emg`` with a ``features/emg``, at once.

    Raises:
        ConfigError: The engine is not installed, or the expected window is impossible.
    """

    def __init__(self, settings: FeatureExtractorSettings, context: Context) -> None:
        self._context = context
        self._merger = WindowMerger()
        self._extractor = Extractor(
            list(settings.features), settings.sub_window_samples, settings.engine
        )
        # The first call of PyTorch takes seconds: before READY, not in the first live window.
        self._extractor.prepare(
            settings.expected_window_samples,
            settings.expected_channels,
            fs=settings.expected_rate_hz,
            conditioning=Conditioning().to_dict(),
        )
        self._subscriber = context.subscribe([settings.windows], ["window/emg"], keep="latest")

    def servicers(self) -> list[Servicer]:
        """Return no control service of its own: there is nothing to command."""
        return []

    def run(self) -> None:
        """Answer windows until the process must stop."""
        while not self._context.stopping.is_set():
            message = self._subscriber.receive(_WAIT_S)
            if message is not None:
                self._answer(message)

    def close(self) -> None:
        """Do nothing: the runtime closes the sockets."""

    def _answer(self, message: Message) -> None:
        if not self._merger.is_new(message):
            self._context.ledger.skip(message.topic, "redundant")
            return
        features = self._extract(message)
        if features is None:
            return
        context = self._context
        context.publisher.send(
            "features/emg",
            features.vector,
            t_first=message.t_first,
            t_last=message.t_last,
            sample_index=message.sample_index,
            fs=message.fs,
            fields=features.fields,
            trace=message.trace,
            t_in_ns=message.received_ns,
        )
        context.ledger.use(message.topic)
        context.observe_latency_ns("window to features", time.monotonic_ns() - message.received_ns)
        context.running()

    def _extract(self, message: Message) -> Features | None:
        """Return the features, or None when the window is refused (counted and shown)."""
        try:
            features = self._extractor.extract(
                message.data, message.fs, message.fields.get("conditioning")
            )
        except (ConfigError, FrameDecodeError) as error:
            reason = "decode" if isinstance(error, FrameDecodeError) else "spec"
            self._context.ledger.refuse(message.topic, reason)
            self._context.trouble(_TROUBLE, str(error))
            return None
        self._context.clear(_TROUBLE)
        return features
