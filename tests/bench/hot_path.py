"""The hot path of a real rig, from the last sample of a window on LSL to the pose on LSL."""

import bisect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pylsl
from catboost import CatBoostRegressor
from emgrig.config import Rig
from emgrig.dsp import FeatureSpec
from emgrig.models import ManifestDraft, Target, save_bundle
from emgrig.testing import make_rig, running
from measuring import Percentiles, cpu_seconds, percentiles

__all__ = ["CHUNK", "FS", "N_CHANNELS", "RigRun", "emg_source", "measure_rig", "pose_latencies"]

FS = 2048.0
N_CHANNELS = 8
CHUNK = 32
WINDOW = 409
HOT_PATH = ("emg-acquirer", "feature-extractor", "predictor", "vhi-bridge")
WARM_UP_S = 3.0


@dataclass(frozen=True)
class RigRun:
    """What one run of the rig gave.

    Attributes:
        latency: From the push of a window's last sample to the receipt of its pose.
        poses_per_s: Poses received a second.
        cpu_percent: Of one core, all four processes of the hot path.
    """

    latency: Percentiles
    poses_per_s: float
    cpu_percent: float


def make_model(models_dir: Path) -> str:
    """Train a regressor of the default size on noise and return its id; its cost is what counts."""
    spec = FeatureSpec(window_samples=WINDOW, sample_rate_hz=FS, n_channels=N_CHANNELS)
    rng = np.random.default_rng(0)
    features = rng.random((400, spec.n_features)).astype(np.float32)
    targets = rng.random((400, 5))
    model = CatBoostRegressor(
        loss_function="MultiRMSE",
        iterations=200,
        random_seed=0,
        verbose=0,
        allow_writing_files=False,
    )
    model.fit(features, targets)
    names = ["thumb_flexion", "index", "middle", "ring", "little"]
    target = Target(stream="vhi_control", columns=[0, 2, 3, 4, 5], transform="abs", names=names)
    draft = ManifestDraft(kind="regression", feature_spec=spec.to_dict(), targets=[target])
    return save_bundle(models_dir, draft, lambda path: model.save_model(str(path))).id


@contextmanager
def emg_source(n_channels: int = N_CHANNELS) -> Iterator[list[float]]:
    """Push EMG in chunks on a grid of deadlines; yields the LSL times of the pushes."""
    info = pylsl.StreamInfo("TestEMG1", "EMG", n_channels, FS, "float32", "bench")
    outlet = pylsl.StreamOutlet(info)
    stop = threading.Event()
    pushed: list[float] = []
    chunk = np.random.default_rng(0).normal(size=(CHUNK, n_channels)).astype(np.float32)

    def push() -> None:
        start = time.perf_counter()
        k = 0
        while not stop.wait(max(0.0, start + k * CHUNK / FS - time.perf_counter())):
            now = pylsl.local_clock()
            outlet.push_chunk(chunk, now)
            pushed.append(now)
            k += 1

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield pushed
    finally:
        stop.set()
        thread.join()


def pose_latencies(pushed: list[float], seconds: float) -> list[float]:
    """Return, for each pose received, the time since the newest push; both clocks are LSL's.

    With a hop of one chunk every push ends a window, and while the latency is shorter than a
    chunk (15.6 ms) the newest push is the one that the pose answers.
    """
    streams = pylsl.resolve_byprop("name", "MyoGestic_Output", 1, 20)
    inlet = pylsl.StreamInlet(streams[0])
    inlet.open_stream(10)
    end = time.perf_counter() + WARM_UP_S + seconds
    received: list[float] = []
    while time.perf_counter() < end:
        sample, _ = inlet.pull_sample(timeout=0.2)
        if sample is not None:
            received.append(pylsl.local_clock())
    inlet.close_stream()
    begin = received[0] + WARM_UP_S
    newest = [(t, bisect.bisect_right(pushed, t) - 1) for t in received if t > begin]
    return [t - pushed[place] for t, place in newest]


def measure_rig(
    folder: Path,
    seconds: float,
    engine: str = "myoverse",
    beside: Callable[[Rig], AbstractContextManager[object]] = nullcontext,
) -> RigRun:
    """Run the hot path's processes against an LSL source and measure.

    Args:
        folder: Where the rig lives.
        seconds: How long it is measured.
        engine: Of the feature extractor.
        beside: What else runs meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rig = make_rig(
        folder,
        {
            "emg-acquirer": {"hop_samples": CHUNK},
            "feature-extractor": {"engine": engine},
            "vhi-bridge": {"filter": "identity"},
        },
    )
    model_id = make_model(rig.models_dir)
    with emg_source() as pushed, _hot_path(rig, model_id) as pids, beside(rig):
        before, began = cpu_seconds(pids), time.perf_counter()
        latencies = pose_latencies(pushed, seconds)
        used = sum(cpu_seconds(pids).values()) - sum(before.values())
        lasted = time.perf_counter() - began
    return RigRun(
        latency=percentiles(latencies),
        poses_per_s=len(latencies) / seconds,
        cpu_percent=100 * used / lasted,
    )


@contextmanager
def _hot_path(rig: Rig, model_id: str) -> Iterator[dict[str, int]]:
    with ExitStack() as stack:
        arguments = {"predictor": ["--set", f"predictor.model_id={model_id}"]}
        processes = {
            name: stack.enter_context(running(name, rig, arguments.get(name, [])))
            for name in HOT_PATH
        }
        yield {name: process.popen.pid for name, process in processes.items()}


if __name__ == "__main__":
    import tempfile

    for engine in ("myoverse", "numpy"):
        with tempfile.TemporaryDirectory() as folder:
            print(engine, measure_rig(Path(folder), 8.0, engine))
