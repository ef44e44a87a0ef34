"""The messages of ``wire_v1.json``; run this file to write it again after an additive change."""

import json
from pathlib import Path

import numpy as np
from emgrig.messages import Hop, Message, encode_frames, pack_timestamps

GOLDEN = Path(__file__).with_name("wire_v1.json")

ENVELOPE = {"epoch": "0123456789abcdef", "t_first": 100.0, "t_last": 100.5, "fs": 2048.0}
TIMES = pack_timestamps(np.array([100.0, 100.5]))
TRACE = (Hop("emg-acquirer", 1_000, 2_000),)

MESSAGES = {
    "chunk": Message(
        topic="chunk/emg",
        source="emg-acquirer",
        seq=0,
        sample_index=0,
        data=np.array([[1.0, -1.0], [0.5, -0.5]], np.float32),
        fields={
            "timestamps": pack_timestamps(np.array([100.0, 100.5])),
            "channel_names": ["a", "b"],
        },
        trace=TRACE,
        **ENVELOPE,
    ),
    "chunk_int16": Message(
        topic="chunk/force",
        source="emg-acquirer",
        seq=7,
        sample_index=224,
        data=np.array([[-32768], [32767]], np.int16),
        fields={"timestamps": TIMES, "channel_names": []},
        **ENVELOPE,
    ),
    "window": Message(
        topic="window/emg",
        source="emg-acquirer",
        seq=1,
        sample_index=64,
        data=np.arange(6, dtype=np.float32).reshape(3, 2),
        fields={"conditioning": {"highpass_hz": 20.0, "notch_hz": 0.0, "highpass_order": 4}},
        trace=TRACE,
        **ENVELOPE,
    ),
    "features": Message(
        topic="features/emg",
        source="feature-extractor",
        seq=2,
        sample_index=64,
        data=np.array([0.25, 0.5], np.float32),
        fields={"spec_id": "00112233aabbccdd", "spec": {"features": ["rms"]}},
        trace=(*TRACE, Hop("feature-extractor", 3_000, 4_000)),
        **ENVELOPE,
    ),
    "prediction": Message(
        topic="prediction/hand",
        source="predictor",
        seq=3,
        sample_index=64,
        data=np.array([0.0, 1.0], np.float32),
        fields={"model_id": "20260101-000000-deadbeef", "targets": ["thumb_flexion", "index"]},
        **ENVELOPE,
    ),
    "prediction_gesture": Message(
        topic="prediction/gesture",
        source="predictor",
        seq=3,
        sample_index=64,
        data=np.array([0.125, 0.875], np.float32),
        fields={
            "model_id": "20260101-000000-deadbeef",
            "targets": ["Rest", "Fist"],
            "class": "Fist",
            "class_index": 1,
        },
        **ENVELOPE,
    ),
    "pose": Message(
        topic="pose/hand",
        source="vhi-bridge",
        seq=4,
        data=np.array([-1, 0, -1, -1, -1, -1, 0, 0, 0], np.float32),
        fields={"reason": "prediction", "model_id": "20260101-000000-deadbeef"},
        **ENVELOPE,
    ),
    "event": Message(
        topic="event/cue",
        source="vhi-bridge",
        epoch="0123456789abcdef",
        seq=0,
        fields={"name": "Fist", "class_index": 1, "t": 100.25},
    ),
    "health": Message(
        topic="health/predictor",
        source="predictor",
        epoch="0123456789abcdef",
        seq=0,
        fields={"state": "RUNNING", "troubles": {}, "cpu_percent": 3.5},
    ),
    "log": Message(
        topic="log/predictor",
        source="predictor",
        epoch="0123456789abcdef",
        seq=0,
        fields={"level": "info", "event": "model loaded"},
    ),
}


def write() -> None:
    """Write the golden file anew."""
    document = {
        name: [frame.hex() for frame in encode_frames(message)]
        for name, message in MESSAGES.items()
    }
    GOLDEN.write_text(json.dumps({"accepted": document}, indent=1) + "\n")


if __name__ == "__main__":
    write()
