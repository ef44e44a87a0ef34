"""The messages of ``wire_v1.json``; run this file to write it again after an additive change."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgpack
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


def changed(name: str, **changes: Any) -> list[bytes]:
    """Return the frames of a message with some keys of its header changed; None removes one."""
    topic, header, payload = encode_frames(MESSAGES[name])
    document = msgpack.unpackb(header) | changes
    document = {key: value for key, value in document.items() if value is not None}
    return [topic, msgpack.packb(document), payload]


def refused() -> dict[str, list[list[bytes]]]:
    """Return frames that no consumer may take, by the reason. Those over a size are left out."""
    topic, header, payload = encode_frames(MESSAGES["window"])
    return {
        "version": [changed("window", v=2), changed("window", v=None)],
        "checksum": [changed("window", crc=1), [topic, header, bytes(len(payload))]],
        "decode": [
            [topic, header],
            [b"window", header, payload],
            [b"picture/emg", header, payload],
            [topic, b"", payload],
            [topic, msgpack.packb([1]), payload],
            [topic, header[:-3], payload],
            [topic, header, payload[:-1]],
            changed("window", seq=-1),
            changed("window", seq="1"),
            changed("window", epoch=None),
            changed("window", t_last=1e11),
            changed("window", dtype="<f8"),
            changed("window", dtype="object"),
            changed("window", shape=[2, 4]),
            changed("window", shape=[1, 1, 1, 6]),
            changed("window", conditioning=None),
            changed("window", trace=[["emg-acquirer", 1]]),
            changed("chunk", timestamps=TIMES[:-1]),
            changed("chunk", channel_names="ab"),
            changed("features", spec_id=7),
            changed("prediction", targets=["one"]),
            changed("prediction_gesture", class_index=None),
            changed("pose", shape=[3, 3]),
            changed("event", t=None),
        ],
    }


def write() -> None:
    """Write the golden file anew."""
    document = {
        "accepted": {name: _hex(encode_frames(message)) for name, message in MESSAGES.items()},
        "refused": {reason: list(map(_hex, frames)) for reason, frames in refused().items()},
    }
    GOLDEN.write_text(json.dumps(document, indent=1) + "\n")


def _hex(frames: Sequence[bytes]) -> list[str]:
    return [frame.hex() for frame in frames]


if __name__ == "__main__":
    write()
