"""The shell: one LSL stream in, its windows and chunks out."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pylsl
from emgrig.control import Servicer, acquirer_pb2_grpc
from emgrig.dsp import Conditioning
from emgrig.errors import ConfigError, StreamLostError
from emgrig.messages import MAX_TIME_S, pack_timestamps
from emgrig.runtime import Context

from emgrig_emg_acquirer.acquisition import Acquisition, Batch, Cut
from emgrig_emg_acquirer.answering import AcquirerServicer
from emgrig_emg_acquirer.choosing import Criteria
from emgrig_emg_acquirer.config import EmgAcquirerSettings
from emgrig_emg_acquirer.reporting import Reporter
from emgrig_emg_acquirer.selecting import Selector
from emgrig_emg_acquirer.source import Chunk, LslSource, SourceFinder

__all__ = ["EmgAcquirerService"]

_SOURCE, _CHUNK, _WINDOW = "lsl/emg", "chunk/emg", "window/emg"

# A pull blocks at most this long, so that silence and a stop are noticed.
_PULL_S = 0.2
# Silence after which the connection is made anew: a cable that is pulled does not end it.
_RECONNECT_S = 10.0
_CORRECTION_PERIOD_S = 5.0
# A source that is there answers within some ten milliseconds, so this is time enough at start.
_GRACE_S = 1.0


class EmgAcquirerService:
    """Reads one LSL stream, through all its disappearances, and publishes what it says."""

    def __init__(self, settings: EmgAcquirerSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        conditioning = Conditioning(settings.highpass_hz, settings.notch_hz)
        self._fields = {"conditioning": conditioning.to_dict()}
        self._acquisition = Acquisition(
            Cut(settings.window_s, settings.hop_samples, conditioning, settings.full_scale)
        )
        self._selector = _make_selector(settings, context)
        self._reporter = Reporter(context)
        self._source: LslSource | None = None

    def servicers(self) -> list[Servicer]:
        """Serve what is known of the source."""
        register = acquirer_pb2_grpc.add_AcquirerServicer_to_server
        servicer = AcquirerServicer(
            self._selector, self._acquisition, lambda: self._source, self._context
        )
        return [Servicer(register, servicer, "emgrig.control.v1.Acquirer")]

    def run(self) -> None:
        """Find the source and read it, again and again, until stopping."""
        self._context.thread("clock", self._follow_clock)
        while not self._context.stopping.is_set():
            finder = self._selector.finder
            found = self._find(finder)
            if found is None:
                continue
            try:
                self._acquire(LslSource.open(found), finder)
            except StreamLostError as error:
                self._context.trouble("source", str(error))
            self._source = None

    def close(self) -> None:
        """Do nothing: `run` closes the stream when it returns."""

    def _find(self, finder: SourceFinder) -> pylsl.StreamInfo | None:
        self._context.ledger.checkpoint()
        stopping = self._context.stopping
        found = finder.wait(_GRACE_S, stopping)
        if found is None and not stopping.is_set():
            self._context.trouble(
                "source",
                f"expected an LSL stream with {finder.words}, got none; start the source, "
                "choose another, or correct the criteria in [emg-acquirer]",
            )
        return found

    def _acquire(self, source: LslSource, finder: SourceFinder) -> None:
        info, context = source.info, self._context
        context.log.info("source connected", source=info.words, uid=info.uid)
        context.count("connections")
        correction_s = source.first_correction_s
        try:
            self._acquisition.begin(info.n_channels, info.rate_hz, correction_s=correction_s or 0.0)
            context.clear("windows")
        except ConfigError as error:
            context.trouble("windows", f"{error}; samples are recorded, windows are not made")
        self._source = source
        silent_s = 0.0
        while not context.stopping.is_set() and self._selector.finder is finder:
            context.ledger.checkpoint()
            chunk = source.pull(_PULL_S)
            if chunk is not None:
                silent_s = 0.0
                self._take(chunk, source)
            else:
                # Not by the clock: if we stood still, what the source said meanwhile waits.
                silent_s += _PULL_S
                self._wait_out(source, finder, silent_s)

    def _wait_out(self, source: LslSource, finder: SourceFinder, silent_s: float) -> None:
        youngest = finder.youngest()
        if youngest is not None and youngest.uid() != source.info.uid:
            raise StreamLostError(
                f"expected samples of LSL stream {source.info.words}, got a younger stream of the "
                "same criteria; changing over"
            )
        # An irregular stream may be silent for as long as it likes.
        if not source.info.rate_hz or silent_s < self._settings.silence_s:
            return
        text = (
            f"expected samples of LSL stream {source.info.words}, got none, though it is there; "
            "check the device"
        )
        self._context.trouble("source", text)
        if silent_s > _RECONNECT_S:
            raise StreamLostError(text)

    def _take(self, chunk: Chunk, source: LslSource) -> None:
        n_samples = len(chunk.stamps)
        self._context.ledger.receive(_SOURCE, n_samples)
        if not (np.abs(chunk.stamps) < MAX_TIME_S).all():
            self._refuse(n_samples, source)
            return
        batch = self._acquisition.take(chunk.samples, chunk.stamps)
        origin = {
            "t_source": float(chunk.stamps[0]),
            "windows": [self._context.publisher.sent[_WINDOW], len(batch.windows)],
        }
        # Windows first: somebody moves a hand by them, while chunks are only written down.
        self._send_windows(batch, source, chunk.received_ns)
        self._send_chunk(batch, source, chunk.received_ns, origin)
        self._context.ledger.use(_SOURCE, n_samples)
        self._context.running()
        self._context.clear("source")
        self._context.clear("timestamps")
        findings = self._acquisition.inspect(batch, chunk.received_ns * 1e-9)
        self._reporter.show(batch, findings, self._acquisition.rate)

    def _refuse(self, n_samples: int, source: LslSource) -> None:
        """Leave out samples at no time that a message can bear: nobody could take it."""
        self._context.ledger.refuse(_SOURCE, "timestamps", n_samples)
        self._context.trouble(
            "timestamps",
            f"expected time stamps in seconds, below {MAX_TIME_S:g}, got others from LSL stream "
            f"{source.info.words}; correct its program",
        )

    def _send_windows(self, batch: Batch, source: LslSource, t_in_ns: int) -> None:
        for window in batch.windows:
            self._context.publisher.send(
                _WINDOW,
                window.samples,
                t_first=window.t_first,
                t_last=window.t_last,
                sample_index=window.start_index,
                fs=source.info.rate_hz,
                fields=self._fields,
                t_in_ns=t_in_ns,
            )
            self._context.count("windows_sent")
            self._context.observe_latency_ns("window", time.monotonic_ns() - t_in_ns)

    def _send_chunk(
        self, batch: Batch, source: LslSource, t_in_ns: int, origin: Mapping[str, Any]
    ) -> None:
        self._context.publisher.send(
            _CHUNK,
            batch.samples,
            t_first=float(batch.stamps[0]),
            t_last=float(batch.stamps[-1]),
            sample_index=batch.sample_index,
            fs=source.info.rate_hz,
            fields={
                "timestamps": pack_timestamps(batch.stamps),
                "channel_names": list(source.info.channel_names),
                **origin,
            },
            t_in_ns=t_in_ns,
        )

    def _follow_clock(self) -> None:
        """Keep asking liblsl for its estimate, off the hot path."""
        while not self._context.stopping.wait(_CORRECTION_PERIOD_S):
            source = self._source
            correction_s = None if source is None else source.correction(1.0)
            if correction_s is not None and source is self._source:
                self._acquisition.clock.aim(correction_s)


def _make_selector(settings: EmgAcquirerSettings, context: Context) -> Selector:
    configured = Criteria(
        settings.stream_name, settings.stream_type, settings.source_id, settings.host
    )
    # Both acquirers of a rig with two read the same file, as they read the same stream.
    path = context.rig.data_dir / "chosen-source.json"
    selector = Selector(configured, path, context.stopping)
    try:
        selector.load()
    except ConfigError as error:
        context.trouble("choice", str(error))
    return selector
