"""A stand-in for emg-acquirer, and what tests ask of a recorder."""

from pathlib import Path

import numpy as np
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.messages import pack_timestamps
from emgrig.recording import open_session
from emgrig.testing import Process, wait_until
from emgrig.transport import Publisher

FS = 2048.0
N = 32
T_0 = 100.0
FAULT_S = 15.0
"""How long samples may take to the journal of a rig that is being harmed."""


class Amplifier:
    """Publishes chunks whose values are their sample index, with any time stamps."""

    def __init__(self, rig: Rig) -> None:
        self.publisher = Publisher(rig.endpoints("emg-acquirer"), "emg-acquirer")
        self.sent = 0

    def send(self, n_chunks: int) -> None:
        """Send chunks with the time stamps that an ideal clock gives."""
        for _ in range(n_chunks):
            self.send_at(T_0 + (self.sent + np.arange(N)) / FS)

    def send_at(self, times: np.ndarray) -> None:
        """Send one chunk with these time stamps, (n_samples,)."""
        index = np.arange(self.sent, self.sent + len(times))
        self.publisher.send(
            "chunk/emg",
            np.repeat(index[:, None], 2, axis=1).astype(np.float32),
            t_first=float(times[0]),
            t_last=float(times[-1]),
            sample_index=self.sent,
            fs=FS,
            fields={"timestamps": pack_timestamps(times), "channel_names": ["a", "b"]},
        )
        self.sent += len(times)

    def close(self) -> None:
        self.publisher.close()


def start_take(process: Process, amplifier: Amplifier) -> None:
    """Begin a take that misses nothing of the amplifier."""
    assert amplifier.publisher.wait_for_subscriber("chunk/emg", 10)
    process.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest(take_name="a take"))


def record(process: Process, amplifier: Amplifier, n_chunks: int) -> None:
    """Begin a take and see so many chunks in its journal."""
    start_take(process, amplifier)
    amplifier.send(n_chunks)
    wait_for_samples(process, amplifier.sent, FAULT_S)


def status(process: Process) -> recorder_pb2.RecordingStatus:
    """Return what a recorder says of its take."""
    return process.client.call("Recorder.GetRecording", recorder_pb2.GetRecordingRequest())


def wait_for_samples(process: Process, n: int, timeout_s: float = 10.0) -> None:
    """Wait until so many samples are in the journal."""
    wait_until(
        lambda: status(process).streams["emg"].samples >= n,
        timeout_s,
        lambda: f"expected {n} samples, got {status(process)}",
    )


def stop_take(process: Process) -> recorder_pb2.SessionInfo:
    """End the take and return its session."""
    request = recorder_pb2.StopRecordingRequest()
    return process.client.call("Recorder.Stop", request, deadline_s=30)


def recorded_indices(info: recorder_pb2.SessionInfo) -> np.ndarray:
    """Return the sample indices that a session holds, in its order."""
    with open_session(Path(info.path)) as session:
        return session.data("emg")[:, 0]
