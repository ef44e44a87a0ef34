"""What the hand shows: its own LSL streams, published as chunks."""

import time
from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pylsl
from emgrig.messages import N_POSE, STANDARD_POSE, pack_timestamps
from emgrig.runtime import Context
from numpy.typing import NDArray

__all__ = ["Readback", "pose_convention_of"]

_FIRST_SOURCE_IDS = frozenset({"control_hand_001", "predicted_hand_001"})

_ASK_S = 0.1
"""liblsl has no event for a stream that appears; asking its background resolver costs little."""
_FORGET_S = 2.0
_PATIENCE_S = 2.0
"""How long a search may take before the stream counts as missing."""
_PULL_S = 0.5
_INFO_S = 2.0
_SILENT_PULLS = 4
"""Time-outs in a row after which a stream that was not reported lost is looked for again (2 s)."""
_MAX_SAMPLES = 1024
_LOST = (pylsl.util.LostError, pylsl.util.TimeoutError)


class Readback:
    """Follows one stream of the hand through its restarts.

    Args:
        lsl_name: Name of the hand's outlet.
        stream: Our name of it: the topic is ``chunk/<stream>``.
        context: Publisher, troubles, stop signal.
        protocol: Returns the generation of the hand that was found last.
    """

    def __init__(
        self, lsl_name: str, stream: str, context: Context, protocol: Callable[[], str]
    ) -> None:
        self._protocol = protocol
        self._lsl_name = lsl_name
        self._stream = stream
        self._context = context
        self._n_samples = 0
        self._newest: NDArray[np.float32] | None = None

    @property
    def newest(self) -> NDArray[np.float32] | None:
        """The newest sample, (9,), None while the stream is missing."""
        return self._newest

    def work(self) -> None:
        """Find the stream and publish it until the process stops; a thread's body."""
        while not self._context.stopping.is_set():
            info = self._find()
            if info is None:
                continue
            try:
                self._follow(info)
            except _LOST:
                self._context.count(f"{self._stream}_lost")
            self._newest = None

    def _find(self) -> pylsl.StreamInfo | None:
        """Return the stream as soon as it is there, None if the process stops before."""
        # Not `resolve_byprop`: it cannot be woken, and where multicast is off a search of less
        # than about a second never asks the other programs of this host.
        resolver = pylsl.ContinuousResolver("name", self._lsl_name, forget_after=_FORGET_S)
        deadline = time.monotonic() + _PATIENCE_S
        while not self._context.stopping.wait(_ASK_S):
            # The youngest, since one that died without a word is still named for a while.
            found = max(resolver.results(), key=lambda info: info.created_at(), default=None)
            if found is not None and _is_nine_numbers(found):
                return found
            if found is not None:
                self._missing(
                    f"got {found.channel_count()} channels of format {found.channel_format()}; "
                    "stop the other program of this stream name"
                )
            elif time.monotonic() >= deadline:
                self._missing("none is on the network; start the hand (emgrig status)")
        return None

    def _missing(self, why: str) -> None:
        self._context.trouble(
            self._stream, f"expected the LSL stream {self._lsl_name!r} with 9 numbers, {why}"
        )

    def _follow(self, info: pylsl.StreamInfo) -> None:
        """Publish until the stream is lost or silent, or the process stops."""
        # Without recovery, so that a restarted hand is found by its name, whatever its source id.
        inlet = pylsl.StreamInlet(
            info, recover=False, processing_flags=pylsl.proc_clocksync, as_numpy=True
        )
        try:
            publish = self._publisher(inlet.info(_INFO_S))
            n_silent = 0
            while n_silent < _SILENT_PULLS and not self._context.stopping.is_set():
                samples, timestamps = inlet.pull_chunk(_PULL_S, _MAX_SAMPLES, min_samples=1)
                n_silent = 0 if len(timestamps) else n_silent + 1
                if len(timestamps):
                    publish(samples.astype(np.float32), timestamps)
        finally:
            inlet.close_stream()

    def _publisher(
        self, info: pylsl.StreamInfo
    ) -> Callable[[NDArray[np.float32], NDArray[np.float64]], None]:
        labels = [label or "" for label in info.get_channel_labels() or []]
        rate_hz = float(info.nominal_srate())
        # Asking liblsl costs as much as all else here, and its answer stays.
        convention_of = cache(partial(pose_convention_of, info))

        def publish(samples: NDArray[np.float32], timestamps: NDArray[np.float64]) -> None:
            fields = {"timestamps": pack_timestamps(timestamps), "channel_names": labels}
            if convention := convention_of(self._protocol()):
                fields["pose_convention"] = convention
            self._context.publisher.send(
                f"chunk/{self._stream}",
                samples,
                t_first=float(timestamps[0]),
                t_last=float(timestamps[-1]),
                sample_index=self._n_samples,
                fs=rate_hz,
                fields=fields,
            )
            self._n_samples += len(timestamps)
            self._newest = samples[-1]
            self._context.clear(self._stream)
            self._context.running()

        return publish


def _is_nine_numbers(info: pylsl.StreamInfo) -> bool:
    return bool(info.channel_count() == N_POSE and info.channel_format() != pylsl.cf_string)


def pose_convention_of(info: pylsl.StreamInfo, protocol: str) -> str:
    """Say in which units a stream of the hand is: ``standard``, or empty for generation 1's.

    Generation 2 says so itself; one that does not is told by the hand that was negotiated with,
    unless its source id is one that only generation 1 has.

    Source: the observable contract of the hand, sections 3.1, 5.6 and 5.8.
    """
    if info.desc().child_value("pose_convention") == STANDARD_POSE:
        return STANDARD_POSE
    is_first = info.source_id() in _FIRST_SOURCE_IDS
    return STANDARD_POSE if protocol == "v2" and not is_first else ""
