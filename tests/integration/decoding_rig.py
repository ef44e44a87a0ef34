"""Stand-ins around the decoding processes: who sends windows, a model, who listens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import catboost
import numpy as np
from emgrig.config import Rig
from emgrig.dsp import Conditioning, FeatureSpec, feature_engine
from emgrig.messages import Message
from emgrig.models import Bundle, ManifestDraft, Target, save_bundle
from emgrig.recording import SessionFacts, SessionWriter
from emgrig.testing import wait_until
from emgrig.transport import Publisher, Source, Subscriber

SPEC = FeatureSpec(window_samples=64, sample_rate_hz=200.0, n_channels=2, engine="numpy")


def make_windows(n: int = 8, spec: FeatureSpec = SPEC) -> np.ndarray:
    shape = (n, spec.window_samples, spec.n_channels)
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def make_bundle(root: Path, spec: FeatureSpec = SPEC, *, seed: int = 0) -> Bundle:
    """Save a tiny regression with two targets."""
    rng = np.random.default_rng(seed)
    features = feature_engine(spec).many(make_windows(40, spec))
    model = catboost.CatBoost(
        {"loss_function": "MultiRMSE", "iterations": 5, "verbose": False}
        | {"allow_writing_files": False, "thread_count": 1}
    )
    model.fit(features, rng.uniform(size=(40, 2)))
    target = Target(stream="force", columns=(0, 1), names=("grip", "pinch"))
    draft = ManifestDraft(
        kind="regression", feature_spec=spec.to_dict(), targets=(target,), validation={}
    )
    return save_bundle(root, draft, lambda path: model.save_model(str(path)))


def write_fists(rig: Rig) -> Path:
    """Write a session of 20 s, rest and fist in turn, that a trainer can learn from."""
    times = np.arange(4000) / 200.0
    is_fist = times % 4 >= 2
    emg = np.random.default_rng(0).normal(size=(4000, 4)) * (0.1 + is_fist)[:, None]
    hand = np.repeat(-is_fist[:, None].astype(np.float32), 9, axis=1)
    with SessionWriter(rig.sessions_dir / "fists.session.zip") as writer:
        writer.add_stream("emg", emg.astype(np.float32), timestamps=times, fs=200.0)
        writer.add_stream("vhi_control", hand, timestamps=times, fs=200.0)
        return writer.write(SessionFacts(class_names=["Rest", "Fist"]))


@contextmanager
def publishing(rig: Rig, name: str) -> Iterator[Publisher]:
    """Take the place of a process that publishes."""
    publisher = Publisher(rig.endpoints(name), name)
    try:
        yield publisher
    finally:
        publisher.close()


@contextmanager
def listening(rig: Rig, name: str, topics: list[str]) -> Iterator[Subscriber]:
    """Listen to a running process; once its sign of life is heard, nothing is missed."""
    subscriber = Subscriber([Source(name, rig.endpoints(name))], topics, keep="all")
    try:
        wait_until(lambda: subscriber.receive(0.0) is None and name in subscriber.heard, 10)
        yield subscriber
    finally:
        subscriber.close()


def send_window(publisher: Publisher, window: np.ndarray, index: int) -> Message:
    return publisher.send(
        "window/emg",
        window,
        t_first=index * 0.1,
        t_last=index * 0.1 + 0.3,
        sample_index=index * 20,
        fs=SPEC.sample_rate_hz,
        fields={"conditioning": Conditioning().to_dict()},
    )


def send_features(
    publisher: Publisher, features: np.ndarray, index: int = 0, spec: FeatureSpec = SPEC
) -> Message:
    return publisher.send(
        "features/emg",
        features,
        t_last=index * 0.1,
        sample_index=index * 20,
        fs=spec.sample_rate_hz,
        fields={"spec_id": spec.id, "spec": spec.to_dict()},
    )


def wait_heard(process: Any, publisher: Publisher, topic: str) -> None:
    """Wait until a process listens to a topic: from then on it misses nothing."""
    assert publisher.wait_for_subscriber(topic, 10), f"{process.name} does not listen to {topic}"


def receive(subscriber: Subscriber, timeout_s: float = 10.0) -> Message:
    deadline = time.monotonic() + timeout_s
    message = None
    while message is None and time.monotonic() < deadline:
        message = subscriber.receive(deadline - time.monotonic())
    assert message is not None, f"expected a message of {subscriber.topics}, got none"
    return message


def wait_ledger(process: Any, topic: str, kind: str, reason: str) -> int:
    """Wait until a process has skipped or refused something for a reason; return how often."""
    found: list[int] = []

    def is_there() -> bool:
        ledger = dict(process.status().ledger)
        entry = dict(ledger[topic]) if topic in ledger else {}
        reasons = dict(entry[kind]) if kind in entry else {}
        found[:] = [int(reasons.get(reason, 0))]
        return found[0] > 0

    wait_until(is_there, 10, lambda: f"{process.name}: {process.status().ledger}")
    return found[0]
