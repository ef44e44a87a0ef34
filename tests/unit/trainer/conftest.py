"""Small sessions whose EMG follows a hand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from emgrig.recording import SessionFacts, SessionReader, SessionWriter, open_session

RATE_HZ = 200.0


@pytest.fixture
def write_session(tmp_path: Path) -> Callable[..., Path]:
    """Write a session: Rest and Fist in turns of 2 s, EMG as strong as the fist is closed."""

    def write(
        name: str = "a",
        *,
        seconds: int = 16,
        pose: bool = True,
        labels: bool = True,
        seed: int = 0,
        convention: str = "",
        declared_hz: float = RATE_HZ,
    ) -> Path:
        rng = np.random.default_rng(seed)
        times = 100.0 + np.arange(seconds * int(RATE_HZ)) / RATE_HZ
        is_fist = (times - 100.0) % 4 >= 2
        emg = rng.normal(size=(len(times), 4)) * np.where(is_fist, 1.0, 0.1)[:, np.newaxis]
        path = tmp_path / "sessions" / f"{name}.session.zip"
        marks = [(100.0 + 2 * turn, turn % 2) for turn in range(seconds // 2)] if labels else []
        with SessionWriter(path) as session:
            session.add_stream("emg", emg.astype(np.float32), timestamps=times, fs=RATE_HZ)
            if pose:
                hand = np.zeros((len(times), 9), np.float32)
                sign = 1 if convention else -1
                hand[:, [0, 2, 3, 4, 5]] = sign * is_fist[:, np.newaxis]
                session.add_stream("vhi_control", hand, timestamps=times, fs=RATE_HZ)
            session.write(
                SessionFacts(
                    class_names=["Rest", "Fist"],
                    labels=marks,
                    pose_convention=convention,
                    extras={"emgrig": {"rates": {"emg": {"declared_hz": declared_hz}}}},
                )
            )
        return path

    return write


@pytest.fixture
def open_one() -> Iterator[Callable[[Path], SessionReader]]:
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(open_session(path))
