"""Foreign recordings that are broken, or built to harm, are refused in words and little memory."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig_operator.importing import import_recording
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests.fault.file_mutations import SPLICES, little_memory, spliced, survive
from tests.unit.operator.builders import write_folder, write_xdf

ANYTHING = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    # On a fresh checkout Hypothesis first makes its table of characters, which takes 400 MB.
    find(st.text(), lambda _: True)
    with little_memory():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "set")


@pytest.fixture
def take(tmp_path: Path) -> Path:
    emg = np.zeros((50, 2), np.float32)
    cues = [(0.1, "Fist"), (0.3, "")]
    return write_xdf(tmp_path / "take.xdf", emg, np.arange(50) / 100, 100.0, cues)


def test_a_mutated_xdf_file_is_imported_or_refused(take: Path) -> None:
    assert survive(take, lambda: list(import_recording(take, take.with_name("out"))), 150) > 0


WORD = b"\x04\x04\x00\x00\x00Fist"


@pytest.mark.parametrize("word", [b"\x04\x04\x00\x00\x60Fist", WORD[1:], WORD * 2, b"\x03Fist"])
def test_an_xdf_file_whose_words_are_not_as_long_as_they_say_is_refused(
    take: Path, word: bytes
) -> None:
    assert WORD in take.read_bytes()
    take.write_bytes(take.read_bytes().replace(WORD, word))

    with pytest.raises(SessionError, match="a chunk at byte"):
        list(import_recording(take, take.with_name("out")))


def test_an_xdf_file_that_was_cut_off_keeps_the_chunks_before(take: Path) -> None:
    sound = take.read_bytes()
    take.write_bytes(sound[: sound.index(WORD) + 2])

    (imported,) = import_recording(take, take.with_name("out"))

    assert imported.samples == {"emg": 50}


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


@ANYTHING
@given(splice=SPLICES)
def test_an_xdf_file_with_any_bytes_inside_is_imported_or_refused(
    take: Path, splice: tuple[float, int, bytes]
) -> None:
    with spliced(take, splice), suppress(SessionError):
        list(import_recording(take, take.with_name("out")))


@ANYTHING
@given(
    name=st.sampled_from(["emg.npy", "emg_timestamps.npy", "segments.csv", "meta.json"]),
    splice=SPLICES,
)
def test_a_folder_with_any_bytes_in_a_file_is_imported_or_refused(
    folder: Path, name: str, splice: tuple[float, int, bytes]
) -> None:
    with spliced(folder / name, splice), suppress(SessionError):
        list(import_recording(folder, folder.with_name("out")))
