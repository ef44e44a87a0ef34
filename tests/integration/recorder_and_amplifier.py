"""A recorder as a process, and who stands for the acquirer beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
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


class Amplifier:
    """Stands for emg-acquirer: publishes chunks whose values are their sample index."""

    def __init__(self, rig: Rig) -> None:
        self.publisher = Publisher(rig.endpoints("emg-acquirer"), "emg-acquirer")
        self.sent = 0

    def send(self, n_chunks: int) -> None:
        for _ in range(n_chunks):
            index = np.arange(self.sent, self.sent + N)
            data = np.repeat(index[:, None], 2, axis=1).astype(np.float32)
            times = 100.0 + index / FS
            self.publisher.send(
                "chunk/emg",
                data,
                t_first=times[0],
                t_last=times[-1],
                sample_index=self.sent,
                fs=FS,
                fields={"timestamps": pack_timestamps(times), "channel_names": ["a", "b"]},
            )
            self.sent += N


@contextmanager
def recording(process: Process, amplifier: Amplifier) -> Iterator[None]:
    assert amplifier.publisher.wait_for_subscriber("chunk/emg", 10)
    process.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest(take_name="a take"))
    yield


def status(process: Process) -> recorder_pb2.RecordingStatus:
    return process.client.call("Recorder.GetRecording", recorder_pb2.GetRecordingRequest())


def wait_for_samples(process: Process, n: int) -> None:
    wait_until(
        lambda: status(process).streams["emg"].samples >= n,
        10,
        lambda: f"expected {n} samples, got {status(process)}",
    )


def stop(process: Process) -> recorder_pb2.SessionInfo:
    request = recorder_pb2.StopRecordingRequest()
    return process.client.call("Recorder.Stop", request, deadline_s=30)


def emg_of(info: recorder_pb2.SessionInfo) -> np.ndarray:
    with open_session(Path(info.path)) as session:
        return session.data("emg")
