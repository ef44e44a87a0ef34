"""The recorder with 320 channels at 2048 Hz: its processor time, and whether anything is lost."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from emgrig.control import recorder_pb2
from emgrig.recording import verify_session
from emgrig.testing import make_rig, running
from hot_path import CHUNK, emg_source
from measuring import cpu_seconds

__all__ = ["RecorderRun", "measure_recorder"]

N_CHANNELS = 320


@dataclass(frozen=True)
class RecorderRun:
    """What one recording gave.

    Attributes:
        cpu_percent: Of one core, the recorder while recording.
        samples: In the session.
        missing: Samples that the session says are missing.
    """

    cpu_percent: float
    samples: int
    missing: int


def measure_recorder(folder: Path, seconds: float) -> RecorderRun:
    """Record an LSL source through the acquirer."""
    folder.mkdir(parents=True, exist_ok=True)
    rig = make_rig(
        folder,
        {
            # Windows of 320 channels for nobody would only heat the room.
            "emg-acquirer": {"hop_samples": 100 * CHUNK},
            "recorder": {"sources": ["emg-acquirer"]},
        },
    )
    with (
        emg_source(N_CHANNELS),
        running("emg-acquirer", rig) as acquirer,
        running("recorder", rig) as recorder,
    ):
        acquirer.wait_state("RUNNING")
        recorder.client.call("Recorder.Start", recorder_pb2.StartRecordingRequest())
        pids = {"recorder": recorder.popen.pid}
        before = cpu_seconds(pids)["recorder"]
        Event().wait(seconds)
        used = cpu_seconds(pids)["recorder"] - before
        stop = recorder_pb2.StopRecordingRequest()
        info = recorder.client.call("Recorder.Stop", stop, deadline_s=120)
        report = verify_session(Path(info.path))
    return RecorderRun(100 * used / seconds, report.samples["emg"], report.n_missing)
