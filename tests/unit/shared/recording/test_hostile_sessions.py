import json
import os
import stat
import zipfile

import pytest
from emgrig.errors import SessionError
from emgrig.recording import open_session, summarise_session, verify_session
from numcodecs import Zstd

from tests.unit.shared.recording.builders import changed_json, rewrite


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/../../evil", "c:\\evil", "emg.zarr/..\\evil"]
)
def test_names_that_leave_the_archive_are_refused(session_file, name):
    rewrite(session_file, {name: b"x"})

    with pytest.raises(SessionError, match="names inside the archive"):
        open_session(session_file)


def test_links_in_an_archive_are_refused(session_file):
    with zipfile.ZipFile(session_file, "a") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")

    with pytest.raises(SessionError, match="no links"):
        open_session(session_file)


def test_links_in_a_folder_are_refused(session_file, tmp_path):
    with zipfile.ZipFile(session_file) as archive:
        archive.extractall(tmp_path / "folder")
    os.symlink("/etc/passwd", tmp_path / "folder" / "link")

    with pytest.raises(SessionError, match="no links"):
        open_session(tmp_path / "folder")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(session_file):
    with zipfile.ZipFile(session_file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("emg.zarr/c/7/0", bytes(70 << 20))

    with pytest.raises(SessionError, match="bytes unpacked"):
        open_session(session_file)


def test_an_entry_that_declares_more_than_the_archive_holds_is_refused(session_file):
    content = bytearray(session_file.read_bytes())
    # Of the last file in the central directory: the compressed size is 20 bytes in.
    at = content.rfind(b"PK\x01\x02") + 20
    content[at : at + 4] = (60 << 20).to_bytes(4, "little")
    session_file.write_bytes(content)

    with pytest.raises(SessionError, match="entries inside the archive"):
        open_session(session_file)


def test_a_compressed_chunk_that_grows_beyond_its_shape_is_refused(session_file):
    """A zstd frame of a few kilobytes can unpack to gigabytes."""
    with zipfile.ZipFile(session_file) as archive:
        layout = json.loads(archive.read("emg.zarr/zarr.json"))
    codecs = [*layout["codecs"], {"name": "zstd", "configuration": {"level": 0, "checksum": False}}]
    changes = changed_json(session_file, "emg.zarr/zarr.json", codecs=codecs)
    rewrite(session_file, {**changes, "emg.zarr/c/0/0": bytes(Zstd().encode(bytes(64 << 20)))})

    with open_session(session_file) as session, pytest.raises(SessionError, match="zstd frame"):
        session.data("emg")


@pytest.mark.parametrize("head", [b"", b"\x28\xb5\x2f\xfd\x00\x58", b"not zstd at all...."])
def test_a_chunk_that_is_no_zstd_frame_of_known_size_is_refused(session_file, head):
    codecs = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd"}]
    changes = changed_json(session_file, "emg.zarr/zarr.json", codecs=codecs)
    rewrite(session_file, {**changes, "emg.zarr/c/0/0": head})

    with open_session(session_file) as session, pytest.raises(SessionError, match="zstd frame"):
        session.data("emg")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shape": [1 << 40, 2]}, "at most"),
        ({"shape": [30_000_000_000, 2]}, "at most"),
        ({"shape": [3000, 2], "data_type": "float64"}, "as the array has it"),
        ({"data_type": "complex128"}, "data type"),
        ({"data_type": {"name": "struct"}}, "data type|unhashable"),
        ({"shape": [3000]}, "2 sizes"),
        ({"shape": [3000, -2]}, "sizes >= 0"),
        ({"shape": [3000, True]}, "sizes >= 0"),
        ({"shape": [2000, 2]}, "float64 time stamps"),
        ({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [0, 2]}}}, "sizes"),
        ({"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [9, 1]}}}, "channels"),
        ({"codecs": [{"name": "sharding_indexed"}]}, "codecs"),
        ({"codecs": [{"name": "bytes"}, {"name": "blosc"}]}, "codecs"),
        ({"codecs": 3}, "metadata"),
        ({"zarr_format": 2}, "format 3"),
        ({"storage_transformers": [1]}, "storage transformers"),
    ],
)
def test_array_metadata_that_no_session_has_is_refused(session_file, change, words):
    rewrite(session_file, changed_json(session_file, "emg.zarr/zarr.json", **change))

    with pytest.raises(SessionError, match=words):
        open_session(session_file)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("meta.json", b"[]", "meta.json to be a dict"),
        ("meta.json", b"{", "expected JSON"),
        ("meta.json", b"[" * 100_000, "expected JSON"),
        ("meta.json", b'{"streams": []}', "streams to be a dict"),
        ("meta.json", b'{"streams": {"../x": {}}}', "stream name"),
        ("meta.json", b'{"streams": {"emg": 3}}', "stream name"),
        ("meta.json", b'{"streams": {"gone": {}}}', "incomplete"),
        ("meta.json", b'{"streams": {"emg": {"n_channels": 2, "dtype": "float32"}}}', "fs > 0"),
        ("meta.json", b'{"class_names": 3}', "class_names to be a list"),
        ("meta.json", b'{"extras": [1]}', "extras to be a dict"),
        ("labels.json", b"{}", "labels.json to be a list"),
        ("labels.json", b"\xff", "expected JSON"),
        ("emg.zarr/zarr.json", b"nothing", "metadata"),
    ],
)
def test_documents_that_no_session_has_are_refused(session_file, name, content, words):
    rewrite(session_file, {name: content})

    with pytest.raises(SessionError, match=words):
        open_session(session_file)


def test_a_chunk_of_another_size_is_refused(session_file):
    rewrite(session_file, {"emg.zarr/c/0/0": b"short"})

    with open_session(session_file) as session, pytest.raises(SessionError, match="got 5"):
        session.data("emg")
    assert "got 5" in verify_session(session_file).problems[0]


def test_arrays_much_larger_than_their_files_are_refused(session_file):
    """Chunks that are not there are zeros, which must not become a way to fill the memory."""
    for name, shape in (("emg", [400_000_000, 2]), ("emg_timestamps", [400_000_000])):
        changes = changed_json(session_file, f"{name}.zarr/zarr.json", shape=shape)
        rewrite(session_file, changes)

    with pytest.raises(SessionError, match="arrays that fit"):
        open_session(session_file)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no archive", os.urandom(500)])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "x.session.zip"
    path.write_bytes(content)

    with pytest.raises(SessionError, match="expected a session archive"):
        open_session(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SessionError, match="No such file"):
        open_session(tmp_path / "gone.session.zip")


def test_every_cut_of_a_session_is_refused_or_whole(session_file):
    whole = session_file.read_bytes()

    for size in range(0, len(whole), 997):
        session_file.write_bytes(whole[:size])
        with pytest.raises(SessionError):
            open_session(session_file)


HUGE = 10**400


@pytest.mark.parametrize(
    "books",
    [
        {"damaged": 5},
        {"streams": {"emg": {"n_gaps": HUGE, "topic": 7}}},
        {"streams": {"emg": {"n_gaps": -1}}, "gaps": {"emg": 3}},
        {"rates": {"emg": {"delivered_hz": HUGE}}},
        {"rates": 4, "streams": [], "gaps": "x"},
    ],
)
def test_books_of_any_values_cost_a_list_of_sessions_nothing(session_file, books):
    rewrite(session_file, changed_json(session_file, "meta.json", extras={"emgrig": books}))

    summary = summarise_session(session_file)
    verify_session(session_file)

    assert 0 <= summary.n_gaps <= 1 << 53
    assert 0 < summary.streams["emg"].rate_hz < 1e9


@pytest.mark.parametrize(
    "change", [{"channel_names": 5}, {"fs": HUGE}, {"channel_names": {"a": 1}}]
)
def test_a_stream_whose_facts_are_none_is_refused(session_file, change):
    with zipfile.ZipFile(session_file) as archive:
        streams = json.loads(archive.read("meta.json"))["streams"]
    streams["emg"] |= change
    rewrite(session_file, changed_json(session_file, "meta.json", streams=streams))

    with pytest.raises(SessionError):
        open_session(session_file)


def test_a_label_beyond_all_time_is_none(session_file):
    rewrite(session_file, {"labels.json": json.dumps([{"timestamp": HUGE, "class_index": 1}])})

    with open_session(session_file) as session:
        assert session.labels == ()


def test_a_chunk_far_beyond_its_array_is_refused_before_it_is_read(session_file):
    """24 kB of zstd hold 256 MB of zeros."""
    with zipfile.ZipFile(session_file) as archive:
        layout = json.loads(archive.read("emg_timestamps.zarr/zarr.json"))
    layout["chunk_grid"]["configuration"]["chunk_shape"] = [30_000_000]
    rewrite(session_file, {"emg_timestamps.zarr/zarr.json": json.dumps(layout).encode()})

    with pytest.raises(SessionError, match="bytes in a chunk"):
        open_session(session_file)
