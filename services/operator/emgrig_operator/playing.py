"""Play a session as LSL streams: same samples, same spacing, several streams in step."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pylsl
from emgrig.errors import SessionError
from emgrig.recording import SessionReader
from numpy.typing import NDArray

from emgrig_operator.scheduling import Schedule

__all__ = ["Playback", "Player", "Track", "read_tracks"]

TICK_S = 0.008
"""Shortest wait between two pushes: smaller chunks would cost more than they smooth."""

LINGER_S = 0.5
"""How long the outlets stay after the last sample: LSL drops what was not sent by their end."""

OWN_STREAMS = frozenset({"prediction_hand", "prediction_gesture", "pose_hand"})
"""What the rig itself made during the recording is not an input of the rig."""

LSL_NAMES = {"vhi_control": "VHI_Control", "vhi_predict": "VHI_Predict"}

LSL_FORMATS = {
    "float32": pylsl.cf_float32,
    "float64": pylsl.cf_double64,
    "int8": pylsl.cf_int8,
    "int16": pylsl.cf_int16,
    "int32": pylsl.cf_int32,
    "int64": pylsl.cf_int64,
}


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of a session, ready to be played.

    Attributes:
        name: LSL name.
        kind: LSL type.
        data: ``(n_samples, n_channels)``.
        timestamps: ``(n_samples,)``, seconds.
        fs: Declared rate, Hz; 0 for irregular.
        channel_names: One per channel, or empty.
    """

    name: str
    kind: str
    data: NDArray[Any]
    timestamps: NDArray[np.float64]
    fs: float
    channel_names: tuple[str, ...]


@dataclass(slots=True)
class Playback:
    """How far a replay came.

    Attributes:
        pushed: Samples by stream of the session, all passes together.
        late_s: Largest delay of a sample against its time, seconds of the wall.
    """

    pushed: dict[str, int] = field(default_factory=dict)
    late_s: float = 0.0


def read_tracks(session: SessionReader, emg_name: str, only: set[str]) -> dict[str, Track]:
    """Read the streams to play.

    Args:
        session: Where they are.
        emg_name: LSL name of the stream ``emg``.
        only: Streams to play; empty for all that came from outside the rig.

    Raises:
        SessionError: A stream is not there, or there is nothing to play.
    """
    wanted = only or set(session.streams) - OWN_STREAMS
    names = [name for name in session.streams if name in wanted]
    unknown = wanted - set(names)
    if unknown or not names:
        raise SessionError(
            f"expected streams of {', '.join(session.streams)}, got "
            f"{', '.join(sorted(unknown)) or 'none'}; choose others with --stream"
        )
    tracks = {name: _track(session, name, emg_name) for name in names}
    playable = {name: track for name, track in tracks.items() if track.timestamps.size}
    if not playable:
        raise SessionError(f"expected samples in {session.path}, got none; nothing to replay")
    return playable


class Player:
    """Outlets for the tracks of one session.

    Args:
        tracks: By stream of the session.
        source: Session name; part of the outlets' stable source ids.
        speed: Recorded seconds per second of the wall. Time stamps keep the recorded spacing, so
            with a speed above 1 they run ahead of the clock.
    """

    def __init__(self, tracks: Mapping[str, Track], source: Path, speed: float = 1.0) -> None:
        self.schedule = Schedule.of({n: t.timestamps for n, t in tracks.items()}, speed)
        self._tracks = tracks
        self._outlets = {name: _outlet(track, name, source) for name, track in tracks.items()}

    def wait_for_consumer(self, timeout_s: float) -> bool:
        """Wait until somebody listens to the EMG, or to the first stream where there is none."""
        name = "emg" if "emg" in self._outlets else next(iter(self._outlets))
        return bool(self._outlets[name].wait_for_consumers(timeout_s))

    def play(
        self,
        stop: threading.Event,
        *,
        loop: bool = False,
        show: Callable[[float], None] = lambda recorded_s: None,
    ) -> Playback:
        """Push every sample at its time until the end or until told to stop.

        Args:
            stop: Ends it early.
            loop: Begin again after the end, for ever.
            show: Called with the recorded seconds played in this pass.
        """
        playback = Playback(dict.fromkeys(self._tracks, 0))
        t_stamp, t_wall = pylsl.local_clock(), pylsl.local_clock()
        while not stop.is_set():
            self._pass(t_stamp, t_wall, stop=stop, show=show, playback=playback)
            if not loop:
                break
            t_stamp += self.schedule.period_s
            t_wall += self.schedule.period_s / self.schedule.speed
            stop.wait(max(0.0, t_wall - pylsl.local_clock()))
        stop.wait(LINGER_S)
        return playback

    def _pass(
        self,
        t_stamp: float,
        t_wall: float,
        *,
        stop: threading.Event,
        show: Callable[[float], None],
        playback: Playback,
    ) -> None:
        """Play all tracks once; deadlines are absolute, so nothing drifts."""
        positions = dict.fromkeys(self._tracks, 0)
        while (wait_s := self._wait_s(positions, t_wall)) is not None:
            if stop.wait(max(wait_s, TICK_S)):
                return
            elapsed_s = pylsl.local_clock() - t_wall
            playback.late_s = max(playback.late_s, -wait_s)
            for name in self._tracks:
                due = self.schedule.due(name, elapsed_s)
                self._push(name, slice(positions[name], due), t_stamp)
                playback.pushed[name] += due - positions[name]
                positions[name] = due
            show(elapsed_s * self.schedule.speed)

    def _wait_s(self, positions: Mapping[str, int], t_wall: float) -> float | None:
        return self.schedule.wait_s(positions, pylsl.local_clock() - t_wall)

    def _push(self, name: str, rows: slice, t_stamp: float) -> None:
        if rows.start < rows.stop:
            stamps = self.schedule.times[name][rows] + t_stamp
            self._outlets[name].push_chunk(self._tracks[name].data[rows], stamps.tolist())


def _track(session: SessionReader, name: str, emg_name: str) -> Track:
    info = session.streams[name]
    data = session.data(name)
    if data.dtype.name not in LSL_FORMATS:
        data = data.astype(np.float32)
    lsl_name = emg_name if name == "emg" else LSL_NAMES.get(name, name)
    kind = "EMG" if name == "emg" else "Kinematics"
    times = session.timestamps(name)
    return Track(lsl_name, kind, data, times, info.fs, tuple(info.channel_names))


def _outlet(track: Track, stream: str, source: Path) -> pylsl.StreamOutlet:
    info = pylsl.StreamInfo(
        track.name,
        track.kind,
        track.data.shape[1],
        track.fs,
        LSL_FORMATS[track.data.dtype.name],
        f"emgrig-replay:{source.name}:{stream}",
    )
    if track.channel_names:
        channels = info.desc().append_child("channels")
        for label in track.channel_names:
            channels.append_child("channel").append_child_value("label", label)
    return pylsl.StreamOutlet(info)
