"""The control service Acquirer: what is read, what could be read, and the choice of it."""

from collections.abc import Callable
from typing import Any

from emgrig.control import acquirer_pb2
from emgrig.runtime import Context

from emgrig_emg_acquirer.acquisition import Acquisition
from emgrig_emg_acquirer.choosing import Criteria
from emgrig_emg_acquirer.selecting import Selector
from emgrig_emg_acquirer.source import LslSource

__all__ = ["AcquirerServicer"]


class AcquirerServicer:
    """Answers the operator.

    Args:
        selector: What is looked for.
        acquisition: The state of the stream.
        source: Returns what is read now, or None.
        context: For counters and log.
    """

    def __init__(
        self,
        selector: Selector,
        acquisition: Acquisition,
        source: Callable[[], LslSource | None],
        context: Context,
    ) -> None:
        self._selector = selector
        self._acquisition = acquisition
        self._source = source
        self._context = context

    def GetSource(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name in the proto
        """Answer what the source is and how it does."""
        counters = self._context.counters
        status = acquirer_pb2.SourceStatus(
            samples=self._acquisition.n_samples,
            windows=counters["windows_sent"],
            gaps=self._acquisition.gaps,
            nan_samples=counters["nan_samples"],
            clipped_samples=counters["clipped_samples"],
        )
        status.wanted, status.chosen = self._selector.finder.words, self._selector.is_chosen
        source = self._source()
        if source is not None:
            status.connected = True
            status.name, status.type = source.info.name, source.info.type
            status.source_id, status.host = source.info.source_id, source.info.host
            status.n_channels = source.info.n_channels
            status.declared_rate_hz = source.info.rate_hz
            status.delivered_rate_hz = self._acquisition.rate.delivered_hz
            status.time_correction_s = self._acquisition.clock.offset_s
            status.channel_names.extend(source.info.channel_names)
        return status

    def ListSources(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer which LSL streams of numbers there are."""
        source = self._source()
        uid = "" if source is None else source.info.uid
        sources = [
            acquirer_pb2.VisibleSource(
                name=info.name(),
                type=info.type(),
                source_id=info.source_id(),
                host=info.hostname(),
                n_channels=info.channel_count(),
                declared_rate_hz=info.nominal_srate(),
                connected=info.uid() == uid,
            )
            for info in self._selector.visible()
        ]
        return acquirer_pb2.SourceList(sources=sources)

    def ChooseSource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read another stream from now on, also after a restart.

        Raises:
            RequestError: No stream can be looked for by these criteria.
        """
        criteria = Criteria(request.name, request.type, request.source_id, request.host)
        self._selector.choose(criteria)
        self._context.clear("choice")
        self._context.log.info("source chosen", criteria=self._selector.finder.words)
        return self.GetSource(request, context)
