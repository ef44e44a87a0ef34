"""Small recordings and files for the operator's tests."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from emgrig_operator.datasets import Dataset, Interval, Signal


def make_signal(t: np.ndarray, n_channels: int = 2, fs: float = 100.0) -> Signal:
    data = np.arange(t.size * n_channels, dtype=np.float32).reshape(t.size, n_channels)
    return Signal(data, np.asarray(t, np.float64), fs)


def make_dataset(
    t: np.ndarray, segments: Sequence[Interval], labels: Sequence[Interval] = ()
) -> Dataset:
    return Dataset("set", {"emg": make_signal(t)}, tuple(segments), tuple(labels))


def write_folder(folder: Path, *, n_samples: int = 400, fs: float = 200.0) -> Path:
    """Write a set in the layout of ../shared/data: two segments, 1 s apart, train and test."""
    folder.mkdir(parents=True, exist_ok=True)
    t = np.arange(n_samples) / fs
    t[n_samples // 2 :] += 1.0
    rng = np.random.default_rng(0)
    np.save(folder / "emg.npy", rng.normal(size=(n_samples, 3)).astype(np.float32))
    np.save(folder / "emg_timestamps.npy", t)
    np.save(folder / "kinematics.npy", np.sin(t)[::2, None].astype(np.float32))
    np.save(folder / "kinematics_timestamps.npy", t[::2])
    half = n_samples // 2
    rows = [(t[0], t[half - 1], "train"), (t[half], t[-1], "test")]
    lines = [f"{a:.6f},{b:.6f},1,{split},x" for a, b, split in rows]
    (folder / "segments.csv").write_text("\n".join(["t_start,t_end,rep,split,source", *lines]))
    names = ["a", "b", "c"]
    meta = {"fs_emg_hz": fs, "emg_channels": names, "kin_columns": ["force"]}
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder


def write_xdf(
    path: Path,
    emg: np.ndarray,
    stamps: np.ndarray,
    fs: float,
    markers: Sequence[tuple[float, str]],
    second_markers: str = "",
) -> Path:
    """Write a small .xdf by its specification (github.com/sccn/xdf/wiki/Specifications).

    Args:
        path: The file.
        emg: (n, n_channels).
        stamps: (n,), seconds.
        fs: Nominal rate, Hz.
        markers: (seconds, word), of the stream Cues.
        second_markers: Name of another stream with the same markers; empty for none.
    """
    labels = "".join(f"<channel><label>c{i}</label></channel>" for i in range(emg.shape[1]))
    emg_header = (
        f"<info><name>MyEMG</name><type>EMG</type><channel_count>{emg.shape[1]}</channel_count>"
        f"<nominal_srate>{fs}</nominal_srate><channel_format>float32</channel_format>"
        f"<desc><channels>{labels}</channels></desc></info>"
    )
    marker_header = (
        "<info><name>Cues</name><type>Markers</type><channel_count>1</channel_count>"
        "<nominal_srate>0</nominal_srate><channel_format>string</channel_format><desc/></info>"
    )
    rows = [_stamped(t, row.astype("<f4").tobytes()) for t, row in zip(stamps, emg, strict=True)]
    words = [_stamped(t, _counted(word.encode())) for t, word in markers]
    content = [
        _chunk(1, b'<?xml version="1.0"?><info><version>1.0</version></info>'),
        _chunk(2, struct.pack("<I", 1) + emg_header.encode()),
        _chunk(2, struct.pack("<I", 2) + marker_header.encode()),
        _chunk(3, struct.pack("<I", 1) + _length(len(rows)) + b"".join(rows)),
        _chunk(3, struct.pack("<I", 2) + _length(len(words)) + b"".join(words)),
        _chunk(6, struct.pack("<I", 1) + _footer(stamps)),
        _chunk(6, struct.pack("<I", 2) + _footer(np.array([t for t, _ in markers]))),
    ]
    if second_markers:
        header = marker_header.replace("Cues", second_markers)
        content.insert(3, _chunk(2, struct.pack("<I", 3) + header.encode()))
        samples = struct.pack("<I", 3) + _length(len(words)) + b"".join(words)
        content += [_chunk(3, samples), _chunk(6, struct.pack("<I", 3) + _footer(stamps))]
    path.write_bytes(b"XDF:" + b"".join(content))
    return path


def _footer(stamps: np.ndarray) -> bytes:
    text = f"<info><first_timestamp>{stamps[0]}</first_timestamp></info>"
    return text.encode()


def _stamped(t: float, sample: bytes) -> bytes:
    return b"\x08" + struct.pack("<d", t) + sample


def _counted(text: bytes) -> bytes:
    return _length(len(text)) + text


def _length(n: int) -> bytes:
    return b"\x04" + struct.pack("<I", n)


def _chunk(tag: int, content: bytes) -> bytes:
    return _length(len(content) + 2) + struct.pack("<H", tag) + content
