"""Sessions to examples: conditioned as live, cut, turned into features; no loop over windows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from emgrig.dsp import (
    FeatureEngine,
    FeatureSpec,
    condition_offline,
    fitting_sub_window,
    samples_in,
    segments,
)
from emgrig.errors import ConfigError, RequestError, SessionError
from emgrig.models import SessionUse
from emgrig.recording import SessionReader, WindowBatch, WindowSpec, session_of
from numpy.typing import NDArray

__all__ = [
    "EMG",
    "Examples",
    "check_stream",
    "conditioned",
    "extract",
    "hop_samples",
    "session_use",
    "warnings_of",
]

EMG = "emg"
# Of 64 channels at 2048 Hz a block is 25 MB.
_BLOCK = 256
# Measured rates of recordings of one device differ a little; another device's differ by more.
_RATE_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Examples:
    """What one session contributes.

    Attributes:
        session: Which one.
        starts: (n,), first sample of each window.
        features: (n, n_features).
        truth: (n, n_targets), or (n,) class positions.
        skipped: Windows left out, by reason.
    """

    session: SessionUse
    starts: NDArray[np.int64]
    features: NDArray[np.float32]
    truth: NDArray[np.float64] | NDArray[np.int64]
    skipped: dict[str, int]


def session_use(session: SessionReader) -> SessionUse:
    """Return which session it is, hash included."""
    return SessionUse(name=session_of(session.path), sha256=session.sha256)


def warnings_of(session: SessionReader) -> list[str]:
    """Say why a model of this session may have nothing to predict from live."""
    rate: Any = session.books
    for key in ("rates", EMG, "declared_hz"):
        rate = rate.get(key) if isinstance(rate, dict) else None
    if rate != 0:
        return []
    return [
        f"the EMG of {session_of(session.path)} came without a declared rate: windows are cut by "
        "the delivered one here, and none are cut live, so this model predicts recordings only"
    ]


def hop_samples(hop_s: float, fs: float) -> int:
    """Return a hop in samples. Source: numerics.md, "Windows"."""
    return max(1, samples_in(hop_s, fs))


def check_stream(session: SessionReader, spec: FeatureSpec) -> None:
    """Refuse a session whose EMG is not what the features are made of.

    Raises:
        SessionError: Other channels or another rate.
    """
    info = session.info(EMG)
    expected = (spec.n_channels, spec.sample_rate_hz)
    is_close = abs(info.fs - spec.sample_rate_hz) <= _RATE_TOLERANCE * spec.sample_rate_hz
    if info.n_channels != spec.n_channels or not is_close:
        raise SessionError(
            f"expected {expected[0]} channels at {expected[1]:g} Hz, got {info.n_channels} at "
            f"{info.fs:g} Hz in {session.path}; leave the session out"
        )


def conditioned(session: SessionReader, spec: FeatureSpec) -> NDArray[np.float32]:
    """Return a session's EMG as the live path would have conditioned it, (n, n_channels)."""
    emg = session.data(EMG)
    if spec.conditioning.is_identity:
        return emg.astype(np.float32)
    runs = segments(session.timestamps(EMG), session.info(EMG).fs)
    return condition_offline(emg, runs, spec.conditioning, spec.sample_rate_hz)


def extract(
    emg: NDArray[np.float32],
    batch: WindowBatch,
    engine: FeatureEngine,
    report: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Calculate the features of all windows, block by block.

    Args:
        emg: (n_samples, n_channels), conditioned.
        batch: The windows.
        engine: Who calculates.
        report: Called after each block with the number of windows done.

    Returns:
        (n_windows, n_features).
    """
    features = np.empty((len(batch), engine.spec.n_features), np.float32)
    done = 0
    for windows in batch.blocks(emg, _BLOCK):
        features[done : done + len(windows)] = engine.many(windows)
        done += len(windows)
        if report is not None:
            report(done)
    return features


def window_spec(spec: FeatureSpec, hop_s: float) -> WindowSpec:
    """Return how sessions are cut for features of this spec."""
    return WindowSpec(spec.window_samples, hop_samples(hop_s, spec.sample_rate_hz), EMG)


def make_spec(
    session: SessionReader, window_s: float, sub_window_samples: int, **parts: object
) -> FeatureSpec:
    """Return the spec of windows of a session's EMG.

    Args:
        session: Gives rate and channels.
        window_s: Length of a window.
        sub_window_samples: 0 = the whole window, as where the window is shorter.
        parts: The other fields of `FeatureSpec`.

    Raises:
        RequestError: No such features can be made of it.
    """
    info = session.info(EMG)
    window_samples = samples_in(window_s, info.fs)
    try:
        return FeatureSpec.from_dict(
            {
                "window_samples": window_samples,
                "sub_window_samples": fitting_sub_window(window_samples, sub_window_samples),
                "sample_rate_hz": info.fs,
                "n_channels": info.n_channels,
                **parts,
            }
        )
    except ConfigError as error:
        raise RequestError(f"{error} ({session.path}, {info.fs:g} Hz)") from error
