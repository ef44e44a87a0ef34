"""A whole rig under its real supervisor, with a model that moves the hand and a numbered EMG."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import catboost
import numpy as np
import psutil
from emgrig.config import Rig
from emgrig.control import recorder_pb2
from emgrig.dsp import FLEXION_NAMES, FeatureSpec
from emgrig.errors import EmgRigError, PeerError
from emgrig.models import ManifestDraft, Target, save_bundle
from emgrig.recording import open_session
from emgrig.runtime.supervision import Program
from emgrig.testing import make_rig, wait_until
from emgrig_operator.locating import connect
from emgrig_operator.supervising import Launcher

from tests.fault.hand_witness import HandWitness
from tests.fault.harms import RAISING
from tests.fault.numbered_emg import FS, N_CHANNELS, NumberedEmg
from tests.integration.operator_commands import emgrig

type Tables = Mapping[str, Mapping[str, Any]]

TWO_ACQUIRERS = {"emg-acquirer": {"redundancy": 2}}
FINISH_S = 900.0
"""An hour of recording is minutes of work for a machine whose rig runs on."""
ALIVE = ("READY", "RUNNING", "DEGRADED")


class LiveRig:
    """A rig that is up; tests do harm to it.

    Attributes:
        rig: Its rig.toml.
        supervisor: Who runs it.
        client: Its control services.
        emg: The device.
        hand: What is seen of the predicted hand.
    """

    def __init__(self, rig: Rig, emg: NumberedEmg) -> None:
        self.rig = rig
        self.emg = emg
        self.supervisor = Launcher(rig)
        self.client = connect(rig)
        self.hand = HandWitness(rig)

    def program(self, name: str) -> Program:
        return next(p for p in self.supervisor.programs() if p.name == name)

    def pid(self, name: str) -> int:
        return self.program(name).pid

    def send_signal(self, name: str, number: int) -> int:
        """Send a signal to a process of the rig and return its pid."""
        pid = self.pid(name)
        psutil.Process(pid).send_signal(number)
        return pid

    def state(self, name: str) -> str:
        try:
            return str(self.client.status(name, deadline_s=0.5).state)
        except PeerError:
            return "UNREACHABLE"

    def troubles(self, name: str) -> dict[str, str]:
        try:
            return dict(self.client.status(name, deadline_s=0.5).troubles)
        except PeerError:
            return {}

    def wait_restarted(self, name: str, old_pid: int, timeout_s: float = 20.0) -> float:
        """Wait until supervisor has started it again; return how long that took, seconds."""
        began = time.monotonic()
        wait_until(lambda: self.pid(name) not in {0, old_pid}, timeout_s)
        return time.monotonic() - began

    def _is_alive(self, name: str) -> bool:
        return self.state(name) in ALIVE

    def wait_alive(self, *names: str, timeout_s: float = 45.0) -> None:
        """Wait until processes answer."""
        for name in names:
            wait_until(
                partial(self._is_alive, name),
                timeout_s,
                partial(self.supervisor.log_tail, name, 40),
            )

    def wait_healthy(self, timeout_s: float = 60.0) -> None:
        """Wait until every process works without a trouble, and the hand follows predictions."""
        names = [p.name for p in self.supervisor.programs()]
        states: dict[str, Any] = {}

        def is_healthy() -> bool:
            states.update({name: (self.state(name), self.troubles(name)) for name in names})
            return all(state in ("READY", "RUNNING") for state, _ in states.values())

        wait_until(is_healthy, timeout_s, lambda: f"{states}")
        self.hand.wait_following()

    def start_recording(self) -> int:
        """Start a take; return how many samples the device had sent by then."""
        request = recorder_pb2.StartRecordingRequest(take_name="fault")
        self.client.call("recorder", "Recorder.Start", request)
        return self.emg.sent()

    def recording(self) -> Any:
        request = recorder_pb2.GetRecordingRequest()
        return self.client.call("recorder", "Recorder.GetRecording", request)

    def wait_recorded(self, n: int, timeout_s: float = 40.0) -> None:
        """Wait until the take has n more rows of EMG."""
        seen: list[Any] = []

        def samples() -> int:
            try:
                seen[:] = [self.recording()]
            except EmgRigError:
                return 0
            return int(seen[0].streams["emg"].samples)

        wait_until(lambda: samples() > 0, timeout_s, lambda: f"{seen}")
        wanted = samples() + n
        wait_until(lambda: samples() >= wanted, timeout_s, lambda: f"{wanted}: {seen}")

    def stop_recording(self) -> "Recorded":
        """Stop the take and return what is in its session."""
        request = recorder_pb2.StopRecordingRequest()
        info = self.client.call("recorder", "Recorder.Stop", request, FINISH_S)
        return Recorded(Path(info.path), info)

    def family(self) -> list[psutil.Process]:
        root = psutil.Process(self.supervisor.pid())
        return [root, *root.children(recursive=True)]

    def close(self) -> None:
        self.hand.close()
        self.client.close()
        self.emg.close()


class Recorded:
    """What a session of the numbered EMG holds.

    Attributes:
        path: The session.
        info: The recorder's answer.
        numbers: Numbers of its samples in order.
        times: Their time stamps, LSL seconds.
        fs: Their declared rate, Hz.
        books: Our part of its extras.
    """

    def __init__(self, path: Path, info: Any) -> None:
        self.path = path
        self.info = info
        with open_session(path) as session:
            self.numbers = session.data("emg")[:, 0].astype(np.int64)
            self.times = session.timestamps("emg")
            self.fs = session.streams["emg"].fs
            self.books: dict[str, Any] = session.extras["emgrig"]

    @property
    def duplicates(self) -> int:
        return len(self.numbers) - len(np.unique(self.numbers))

    @property
    def is_in_order(self) -> bool:
        return bool((np.diff(self.numbers) > 0).all())

    def lost(self, start: int, stop: int) -> int:
        """Return how many samples of start to stop are not there."""
        inside = self.numbers[(self.numbers >= start) & (self.numbers < stop)]
        return stop - start - len(np.unique(inside))


def save_model(rig: Rig) -> None:
    """Save a model that holds the fingers at about a half, whatever the EMG is."""
    spec = FeatureSpec(
        window_samples=int(0.2 * FS), sample_rate_hz=FS, n_channels=N_CHANNELS, engine="numpy"
    )
    rng = np.random.default_rng(0)
    model = catboost.CatBoost(
        {"loss_function": "MultiRMSE", "iterations": 5, "verbose": False}
        | {"allow_writing_files": False, "thread_count": 1}
    )
    names = FLEXION_NAMES
    model.fit(rng.normal(size=(60, spec.n_features)), rng.uniform(0.4, 0.6, (60, len(names))))
    target = Target(stream="vhi_control", columns=(0, 2, 3, 4, 5), transform="abs", names=names)
    draft = ManifestDraft(
        kind="regression", feature_spec=spec.to_dict(), targets=(target,), validation={}
    )
    save_bundle(rig.models_dir, draft, lambda path: model.save_model(str(path)))


def fault_rig(folder: Path, tables: Tables | None = None) -> Rig:
    """Write the rig.toml of a live rig and its model.

    Args:
        folder: Where it goes.
        tables: Keys to add, table -> key -> value.
    """
    # Two rigs of one test run must not drive each other's hand.
    tag = secrets.token_hex(4)
    pose, control, predict = (f"{name}-{tag}" for name in ("Output", "Control", "Predict"))
    bridge = {"pose_stream": pose, "control_readback": control, "predict_readback": predict}
    hand = {"output_stream": pose, "control_stream": control, "predict_stream": predict}
    document: dict[str, dict[str, Any]] = {
        "operator": {"use_generator": False},
        "emg-acquirer": {"stream_name": f"Numbered-{tag}"},
        "vhi-bridge": {**bridge, "cue_stream": f"Cue-{tag}"},
        "feature-extractor": {"engine": "numpy"},
        "predictor": {"model_id": "latest", "predicting": True},
        "virtual-hand": {**hand, "movements_file": str(folder / "movements.toml")},
    }
    for table, keys in (tables or {}).items():
        document.setdefault(table, {}).update(keys)
    rig = make_rig(folder, document)
    save_model(rig)
    return rig


@contextmanager
def live_rig(folder: Path, tables: Tables | None = None) -> Iterator[LiveRig]:
    """Run a whole rig while the block runs; nothing of it is left afterwards."""
    rig = fault_rig(folder, tables)
    emg = NumberedEmg(rig.tables["emg-acquirer"]["stream_name"])
    live = None
    try:
        done = emgrig("up", "--config", rig.path, environment=RAISING)
        if done.returncode:
            raise AssertionError(done.stderr)
        live = LiveRig(rig, emg)
        yield live
    finally:
        if live is not None:
            live.close()
        emg.close()
        done = emgrig("down", "--config", rig.path, "--json")
        assert json.loads(done.stdout.splitlines()[-1])["killed"] == [], done.stdout
