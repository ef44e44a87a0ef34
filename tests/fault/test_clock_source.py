"""An amplifier's time stamps jump, drift, repeat or run backwards: every sample stays, in order."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.control import acquirer_pb2
from emgrig.messages import Message
from emgrig.recording import open_session, verify_session
from emgrig.testing import Process, make_rig, running
from emgrig.transport import Source, Subscriber

from tests.amplifier import FAULT_S, FS, T_0, Amplifier, N, start_take, stop_take, wait_for_samples

N_CHUNKS = 120
WINDOW_S = 0.2
ORDER = np.arange(N_CHUNKS * N)
IDEAL = T_0 + ORDER / FS
HALF = len(ORDER) // 2


def jumped(seconds: float) -> np.ndarray:
    """Return the times of a clock that is set in the middle."""
    return IDEAL + np.where(ORDER >= HALF, seconds, 0.0)


TIMES = {
    "an hour forward": jumped(3600.0),
    "an hour back": jumped(-3600.0),
    "500 ppm fast": T_0 + (IDEAL - T_0) / (1 + 500e-6),
    "every stamp twice": T_0 + (ORDER // 2 * 2) / FS,
    "pairs swapped": IDEAL[ORDER ^ 1],
    "one chunk late": IDEAL - np.where((ORDER >= HALF) & (ORDER < HALF + N), 0.05, 0.0),
    "no time at all": np.full(len(ORDER), T_0),
}
EXPECTED: dict[str, dict[str, Any]] = {
    "an hour forward": {"gaps": ["time"], "n_repeated_times": 0, "n_backward_times": 0},
    "an hour back": {"gaps": ["backwards"], "n_repeated_times": 0, "n_backward_times": 1},
    "500 ppm fast": {"gaps": [], "n_repeated_times": 0, "n_backward_times": 0},
    "every stamp twice": {"gaps": [], "n_repeated_times": HALF, "n_backward_times": 0},
    "pairs swapped": {"gaps": [], "n_repeated_times": 0, "n_backward_times": HALF},
    "one chunk late": {"gaps": [], "n_repeated_times": 0, "n_backward_times": 1},
    "no time at all": {"gaps": [], "n_repeated_times": len(ORDER) - 1, "n_backward_times": 0},
}
every_clock = pytest.mark.parametrize("name", TIMES)


@pytest.fixture(scope="module")
def recorder(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Process, Amplifier]]:
    rig = make_rig(tmp_path_factory.mktemp("rig"), {"recorder": {"sources": ["emg-acquirer"]}})
    amplifier = Amplifier(rig)
    with running("recorder", rig) as process:
        yield process, amplifier
    amplifier.close()


@every_clock
def test_a_session_holds_every_sample_in_order_and_names_the_anomaly(
    recorder: tuple[Process, Amplifier], name: str
) -> None:
    process, amplifier = recorder
    start_take(process, amplifier)
    first = amplifier.sent
    for times in TIMES[name].reshape(N_CHUNKS, N):
        amplifier.send_at(times)
    wait_for_samples(process, len(ORDER), FAULT_S)
    path = Path(stop_take(process).path)

    with open_session(path) as session:
        np.testing.assert_array_equal(session.data("emg")[:, 0], first + ORDER)
        np.testing.assert_array_equal(session.timestamps("emg"), TIMES[name])
        books = session.extras["emgrig"]
    notes = books["streams"]["emg"]
    found = {key: notes[key] for key in ("n_repeated_times", "n_backward_times")}
    assert found | {"gaps": [gap["kind"] for gap in books["gaps"]["emg"]]} == EXPECTED[name]
    assert verify_session(path).is_sound
    if name == "500 ppm fast":
        drift = books["rates"]["emg"]["delivered_hz"] / books["rates"]["emg"]["declared_hz"] - 1
        assert drift == pytest.approx(500e-6, abs=5e-6)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    name = f"EMG{secrets.token_hex(4)}"
    return make_rig(tmp_path, {"emg-acquirer": {"stream_name": name, "window_s": WINDOW_S}})


@pytest.fixture
def acquirer(rig: Rig) -> Iterator[Process]:
    with running("emg-acquirer", rig) as process:
        yield process


@pytest.fixture
def bus(rig: Rig, acquirer: Process) -> Iterator[Subscriber]:
    source = Source("emg-acquirer", rig.endpoints("emg-acquirer"))
    subscriber = Subscriber([source], ["window/emg", "chunk/emg"], keep="all")
    yield subscriber
    subscriber.close()


def acquire(rig: Rig, bus: Subscriber, times: np.ndarray) -> tuple[list[Message], list[Message]]:
    """Push samples whose values are their numbers; return the windows and chunks of all."""
    stream = rig.tables["emg-acquirer"]["stream_name"]
    info = pylsl.StreamInfo(stream, "EMG", 1, FS, "float32", f"id-{stream}")
    outlet = pylsl.StreamOutlet(info)
    assert outlet.wait_for_consumers(20)
    offset = pylsl.local_clock() - T_0
    for start in range(0, len(times), N):
        index = np.arange(start, start + N, dtype=np.float32)[:, None]
        outlet.push_chunk(index, (times[start : start + N] + offset).tolist())
    windows: list[Message] = []
    chunks: list[Message] = []
    while sum(len(chunk.data) for chunk in chunks) < len(times):
        message = bus.receive(15)
        assert message is not None, f"got {len(chunks)} chunks"
        (windows if message.kind == "window" else chunks).append(message)
    return windows, chunks


@every_clock
def test_the_acquirer_passes_every_sample_on_and_cuts_no_window_across_a_jump(
    rig: Rig, acquirer: Process, bus: Subscriber, name: str
) -> None:
    windows, chunks = acquire(rig, bus, TIMES[name])

    samples = np.concatenate([chunk.data[:, 0] for chunk in chunks])
    np.testing.assert_array_equal(samples, ORDER)
    # A jitter of 50 ms is no gap, a jump of an hour is.
    assert all(abs(window.t_last - window.t_first) < WINDOW_S + 0.06 for window in windows)
    status = acquirer.client.call("Acquirer.GetSource", acquirer_pb2.GetSourceRequest())
    assert status.gaps == len(EXPECTED[name]["gaps"])
    assert acquirer.popen.poll() is None
