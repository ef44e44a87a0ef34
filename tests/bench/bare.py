"""The floor: one bare process from LSL to LSL, with the rig's own arithmetic and no bus."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pylsl
from emgrig.dsp import FeatureSpec, Windower, feature_engine
from emgrig.models import load_bundle
from hot_path import CHUNK, FS, N_CHANNELS, WINDOW, emg_source, make_model, pose_latencies
from measuring import Percentiles, percentiles

__all__ = ["measure_bare"]


def _decode_everything(models_dir: Path, model_id: str, stop: Event) -> None:
    spec = FeatureSpec(window_samples=WINDOW, sample_rate_hz=FS, n_channels=N_CHANNELS)
    engine = feature_engine(spec)
    decoder = load_bundle(models_dir, model_id).decoder()
    engine(np.zeros((WINDOW, N_CHANNELS), np.float32))
    windower = Windower(WINDOW, CHUNK, fs=FS, n_channels=N_CHANNELS)
    outlet = pylsl.StreamOutlet(
        pylsl.StreamInfo("MyoGestic_Output", "Control", 9, 32.0, "float32", "bare")
    )
    inlet = pylsl.StreamInlet(pylsl.resolve_byprop("name", "TestEMG1", 1, 20)[0])
    buffer = np.empty((1024, N_CHANNELS), np.float32)
    while not stop.is_set():
        _, first = inlet.pull_chunk(timeout=0.2, max_samples=1, dest_obj=buffer)
        if not first:
            continue
        _, rest = inlet.pull_chunk(timeout=0.0, max_samples=1000, dest_obj=buffer[1:])
        stamps = np.array([*first, *rest])
        for window in windower.push(buffer[: len(stamps)], stamps):
            pose = np.zeros(9, np.float32)
            pose[[0, 2, 3, 4, 5]] = -np.clip(decoder.predict(engine(window.samples)), 0, 1)
            outlet.push_sample(pose)


@contextmanager
def _decoding(models_dir: Path, model_id: str) -> Iterator[None]:
    spawn = get_context("spawn")
    stop = spawn.Event()
    process = spawn.Process(target=_decode_everything, args=(models_dir, model_id, stop))
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


def measure_bare(folder: Path, seconds: float) -> Percentiles:
    """Return the latencies of the bare process."""
    model_id = make_model(folder)
    with emg_source() as pushed, _decoding(folder, model_id):
        return percentiles(pose_latencies(pushed, seconds))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        sys.stdout.write(f"{measure_bare(Path(where), 8.0)}\n")
