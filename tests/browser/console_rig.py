"""A whole rig with its page: what people click on."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from emgrig.config import Rig
from emgrig.control import (
    CuePlan,
    RigClient,
    cancel_protocol,
    hand_pb2,
    predictor_pb2,
    recorder_pb2,
    start_protocol,
    trainer_pb2,
    watch_protocol,
)
from emgrig.errors import PeerError
from emgrig.runtime.supervision import Program, Supervisor
from emgrig.testing import make_rig, wait_until

from tests.integration.operator_commands import emgrig

type Tables = Mapping[str, Mapping[str, Any]]

NOTHING = recorder_pb2.GetRecordingRequest()
ASK = predictor_pb2.GetPredictorRequest()
STOP_PREDICTING = predictor_pb2.SetPredictingRequest(predicting=False)
DISCARD = recorder_pb2.DiscardRecordingRequest()


class ConsoleRig:
    """A rig that is up.

    Attributes:
        rig: Its rig.toml.
        supervisor: Who runs it.
        url: Its page.
    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.supervisor = Supervisor(rig)
        self._client = RigClient(rig, call_deadline_s=2.0)
        self.url = f"http://127.0.0.1:{rig.tables['console']['port']}"

    def program(self, name: str) -> Program:
        return next(p for p in self.supervisor.programs() if p.name == name)

    def kill(self, name: str) -> None:
        """End a process at once, as a fault would."""
        psutil.Process(self.program(name).pid).kill()

    def settle(self) -> None:
        """Bring it to where the next test expects it: all run, nothing goes on, hand free."""
        for program in self.supervisor.programs():
            if program.state in ("STOPPED", "EXITED", "FATAL"):
                self.supervisor.start_program(program.name)
        wait_until(self._is_settled, 20)

    def _is_settled(self) -> bool:
        output = hand_pb2.SetOutputRequest(enabled=True)
        try:
            self._client.call("vhi-bridge", "Hand.SetOutput", output)
            if self._client.call("predictor", "Predictor.GetPredictor", ASK).predicting:
                self._client.call("predictor", "Predictor.SetPredicting", STOP_PREDICTING)
            if self.protocol().running:
                cancel_protocol(self._client)
                return False
            status = self._client.call("recorder", "Recorder.GetRecording", NOTHING)
            if status.recording:
                self._client.call("recorder", "Recorder.Discard", DISCARD)
        except PeerError:
            return False
        return not status.recording

    def record(self, name: str, gestures: Sequence[str], hold_s: float) -> str:
        """Record a take, each gesture for some seconds; returns the session."""
        start_protocol(self._client, CuePlan(gestures, hold_s, 1), name, name)
        return [status.session for status in watch_protocol(self._client)][-1]

    def protocol(self) -> Any:
        """Return what the rig says of the protocol that it runs, or ran last."""
        hand = self._client.call("vhi-bridge", "Hand.GetHand", hand_pb2.GetHandRequest())
        return hand.recording_protocol

    def cancel_protocol(self) -> None:
        """End it, as another program would."""
        cancel_protocol(self._client)

    def cue(self, gesture: str) -> None:
        """Show a gesture, as another program would."""
        request = hand_pb2.CueGestureRequest(name=gesture)
        self._client.call("vhi-bridge", "Hand.CueGesture", request)

    def train(self, session: str, iterations: int = 5) -> str:
        """Make a small model; returns its id."""
        request = trainer_pb2.TrainRequest(
            sessions=[session], kind="regression", iterations=iterations, hop_s=0.1
        )
        updates = self._client.of("trainer").stream("Trainer.Train", request)
        return [update.model.model_id for update in updates][-1]

    def start_training(self, session: str) -> None:
        """Begin a run of minutes that needs no caller."""
        request = trainer_pb2.TrainRequest(sessions=[session], iterations=5000, hop_s=0.1)
        self._client.call("trainer", "Trainer.StartTraining", request)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def write_rig(folder: Path, tables: Tables | None = None) -> Rig:
    """Write the rig.toml of a rig with a page; its streams are nobody else's."""
    tag = secrets.token_hex(4)
    pose, control, predict = (f"{name}-{tag}" for name in ("Output", "Control", "Predict"))
    document: dict[str, dict[str, Any]] = {
        "rig": {"name": "bench", "classes": ["Rest", "Fist"]},
        "operator": {"use_console": True},
        "emg-generator": {"stream_name": f"Generator-{tag}", "control_stream": f"Cue-{tag}"},
        "emg-acquirer": {"stream_name": f"Generator-{tag}"},
        # The same numbers, without the seconds that each process takes to import PyTorch.
        "feature-extractor": {"engine": "numpy"},
        "trainer": {"engine": "numpy"},
        "vhi-bridge": {
            "pose_stream": pose,
            "control_readback": control,
            "predict_readback": predict,
            "cue_stream": f"Cue-{tag}",
        },
        "virtual-hand": {
            "output_stream": pose,
            "control_stream": control,
            "predict_stream": predict,
            "movements_file": str(folder / "movements.toml"),
        },
    }
    for table, keys in (tables or {}).items():
        document.setdefault(table, {}).update(keys)
    return make_rig(folder, document)


@contextmanager
def console_rig(folder: Path, tables: Tables | None = None) -> Iterator[ConsoleRig]:
    """Run a whole rig with its page while the block runs; nothing of it is left afterwards."""
    rig = write_rig(folder, tables)
    try:
        done = emgrig("up", "--config", rig.path)
        assert done.returncode == 0, done.stderr
        live = ConsoleRig(rig)
        yield live
        live.close()
    finally:
        done = emgrig("down", "--config", rig.path, "--json")
        assert json.loads(done.stdout.splitlines()[-1])["killed"] == [], done.stdout
