"""Drive the MyoGestic library; run by the Python of its own environment, never imported.

usage: myogestic_partner.py write FOLDER | read SESSION OUT.npz | windows SESSION OUT.npz

``write`` records two streams and prints ``{"folder": ..., "zip": ...}``.
"""

import json
import shutil
import sys
from collections.abc import Callable

import numpy as np
from myogestic import StreamInfo
from myogestic.session import (
    Session,
    iter_aligned_windows,
    iter_labeled_windows,
    open_session_store,
)


def write(folder):
    session = Session(folder)
    rng = np.random.default_rng(7)
    for name, n_channels, fs, n in (("emg", 8, 2048.0, 5000), ("vhi_control", 9, 60.0, 147)):
        session.init_stream(name, StreamInfo(n_channels, fs))
        data = rng.standard_normal((n, n_channels)).astype(np.float32)
        times = 1000 + np.arange(n) / fs
        for start in range(0, n, 700):
            session.append(name, data[start : start + 700], times[start : start + 700])
        np.savez(f"{folder}/{name}.npz", data=data, times=times)
    session.add_label(0, 1000.25)
    session.add_label(1, 1001.5)
    session.save_meta("partner", ["Rest", "Fist"])
    shutil.copytree(session.path, f"{folder}/unpacked")
    print(json.dumps({"folder": f"{folder}/unpacked", "zip": str(session.pack_to_zip())}))


def read(path, out):
    session = open_session_store(path)
    found = {}
    for name in session.stores:
        data, times = session.get_continuous(name)
        found |= {f"{name}_data": data, f"{name}_times": times}
        info = session.stream_info(name)
        facts = [name, info.n_channels, info.fs, np.dtype(info.dtype).name, info.channel_names]
        print(json.dumps(facts))
    labels = [[label.timestamp, label.class_index] for label in session.label_track]
    np.savez(out, labels=np.array(labels), class_names=np.array(session.class_names), **found)


def windows(path, out):
    # A hair more than the wanted samples: the library truncates seconds times rate.
    labelled = list(iter_labeled_windows([path], "emg", 409.5 / 2048, 204.5 / 2048))
    aligned = list(
        iter_aligned_windows(
            [path], "emg", ["vhi_control"], 409.5 / 2048, 204.5 / 2048, align_window_samples=10
        )
    )
    np.savez(
        out,
        labelled=np.array([window for window, _, _ in labelled]),
        classes=np.array([class_index for _, _, class_index in labelled]),
        aligned=np.array([window for window, _, _ in aligned]),
        targets=np.array([target["vhi_control"] for _, target, _ in aligned]),
    )


if __name__ == "__main__":
    actions: dict[str, Callable[..., None]] = {"write": write, "read": read, "windows": windows}
    actions[sys.argv[1]](*sys.argv[2:])
