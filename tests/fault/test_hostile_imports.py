"""Foreign recordings that are broken, or built to harm, are refused in words and little memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig_operator.importing import import_recording

from tests.fault.file_mutations import little_memory, survive
from tests.unit.operator.builders import write_folder, write_xdf


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    with little_memory():
        yield


def test_a_mutated_xdf_file_is_imported_or_refused(tmp_path: Path) -> None:
    times = np.arange(50) / 100
    emg = np.zeros((50, 2), np.float32)
    path = write_xdf(tmp_path / "take.xdf", emg, times, 100.0, [(0.1, "Fist"), (0.3, "")])

    assert survive(path, lambda: list(import_recording(path, tmp_path / "out")), 150) > 0


@pytest.mark.parametrize("split", ["../../up", "/up", "a/b", "a\0b", "x" * 300])
def test_a_folder_cannot_name_a_place_outside(tmp_path: Path, split: str) -> None:
    folder = write_folder(tmp_path / "set")
    segments = folder / "segments.csv"
    segments.write_text(segments.read_text().replace("train", split))

    with pytest.raises(SessionError, match="expected a split"):
        list(import_recording(folder, tmp_path / "in" / "out"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set"]


def test_a_folder_with_a_gigantic_declared_array_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set")
    content = (folder / "emg.npy").read_bytes()
    shape = b"(400, 3), }" + b" " * 9
    gigantic = b"(40000000000, 3), } "
    assert shape in content
    (folder / "emg.npy").write_bytes(content.replace(shape, gigantic))

    with pytest.raises(SessionError, match="expected an array"):
        list(import_recording(folder, tmp_path / "out"))


@pytest.mark.parametrize("name", ["emg.npy", "emg_timestamps.npy", "segments.csv", "meta.json"])
def test_a_mutated_folder_is_imported_or_refused(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "set")

    survive(folder / name, lambda: list(import_recording(folder, tmp_path / "out")), 100)
