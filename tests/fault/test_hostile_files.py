"""Whatever is in a file ends as its content or as an error in words, in little memory."""

import json
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import zarr.storage  # noqa: F401 - loaded with the first array that is opened: not what a file takes
from emgrig.config import ServiceSettings, load_rig
from emgrig.errors import BundleError, SessionError, SettingsError
from emgrig.models import list_bundles, load_bundle
from emgrig.recording import (
    Entry,
    export_session,
    open_session,
    read_journal,
    summarise_session,
    verify_session,
)
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from tests.fault.file_mutations import SEED, SPLICES, little_memory, mutated, spliced, survive
from tests.fault.recordings import write_killed
from tests.integration.decoding_rig import make_bundle

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
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
def recording(tmp_path: Path) -> Path:
    return write_killed(tmp_path / "x.recording", 30)


@pytest.fixture
def session(recording: Path, tmp_path: Path) -> Path:
    return export_session(recording.parent, tmp_path)


def read_records(folder: Path) -> list[Entry]:
    with read_journal(folder) as journal:
        return [found for found in journal.scan() if isinstance(found, Entry)]


def test_a_mutated_journal_is_read_or_skipped(recording: Path) -> None:
    assert survive(recording, lambda: read_records(recording.parent), 300) == 0


@ANYTHING
@given(splice=SPLICES)
def test_a_journal_with_any_bytes_inside_is_read_or_skipped(
    recording: Path, splice: tuple[float, int, bytes]
) -> None:
    n_whole = len(read_records(recording.parent))
    with spliced(recording, splice):
        assert len(read_records(recording.parent)) <= n_whole


def test_a_mutated_journal_becomes_a_session_or_stays(recording: Path, tmp_path: Path) -> None:
    survive(recording, lambda: export_session(recording.parent, tmp_path), 20)


def read_all(path: Path) -> None:
    with open_session(path) as session:
        for name in session.streams:
            session.data(name)
            session.timestamps(name)
    verify_session(path)


def test_a_mutated_session_is_read_or_refused(session: Path) -> None:
    assert survive(session, lambda: read_all(session), 300) > 0


def test_a_session_with_mutated_entries_is_read_or_refused(session: Path) -> None:
    """Its archive is sound, so that the documents inside are reached."""
    rng, refused = random.Random(SEED), 0
    with zipfile.ZipFile(session) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(120):
        victim = rng.choice([name for name, content in entries.items() if content])
        with zipfile.ZipFile(session, "w") as archive:
            for name, content in entries.items():
                archive.writestr(name, mutated(content, rng) if name == victim else content)
        try:
            read_all(session)
        except SessionError:
            refused += 1
    assert refused > 0


@ANYTHING
@given(key=st.sampled_from(["streams", "class_names", "extras", "name", "created"]), value=JSON)
def test_a_session_with_any_values_in_its_facts_is_read_or_refused(
    session: Path, key: str, value: Any
) -> None:
    with zipfile.ZipFile(session) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(entries["meta.json"]) | {key: value}
    changed = session.with_name("changed.session.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in (entries | {"meta.json": json.dumps(document).encode()}).items():
            archive.writestr(name, content)
    for read in (read_all, summarise_session):
        with suppress(SessionError):
            read(changed)


def test_a_mutated_manifest_is_read_or_refused(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path)
    manifest = tmp_path / bundle.id / "manifest.json"

    refused = survive(manifest, lambda: load_bundle(tmp_path, bundle.id), 300)

    assert refused > 0
    assert [found.id for found in list_bundles(tmp_path).bundles] == [bundle.id]


@ANYTHING
@given(name=st.sampled_from(["weights", "id", "targets", "feature_spec", "kind"]), value=JSON)
def test_a_manifest_of_any_values_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: Any
) -> None:
    root = tmp_path_factory.getbasetemp() / "bundles"
    found = list_bundles(root).bundles
    bundle = found[0] if found else make_bundle(root)
    path = root / bundle.id / "manifest.json"
    sound = path.read_bytes()
    path.write_text(json.dumps(json.loads(sound) | {name: value}))
    try:
        load_bundle(root, bundle.id)
    except BundleError:
        return
    finally:
        path.write_bytes(sound)


@pytest.mark.parametrize("file", ["../../secret", "/etc/passwd", "a/b", "", ".", "model.cbm\0"])
def test_weights_outside_the_bundle_are_refused(tmp_path: Path, file: str) -> None:
    bundle = make_bundle(tmp_path)
    path = tmp_path / bundle.id / "manifest.json"
    document = json.loads(path.read_text())
    document["weights"]["file"] = file
    path.write_text(json.dumps(document))

    with pytest.raises(BundleError):
        load_bundle(tmp_path, bundle.id).decoder()


def test_a_mutated_rig_is_read_or_refused_with_its_problems(tmp_path: Path) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_bytes((Path(__file__).parents[2] / "deploy" / "rig.toml").read_bytes())

    def read() -> None:
        loaded = load_rig(rig)
        for name in loaded.tables:
            loaded.endpoints(name)

    assert survive(rig, read, 300) > 0


@ANYTHING
@given(table=st.sampled_from(["rig", "recorder"]), key=st.text(max_size=9), value=JSON)
def test_an_override_of_any_value_is_used_or_refused(
    tmp_path: Path, table: str, key: str, value: Any
) -> None:
    path = tmp_path / "rig.toml"
    path.write_text("[rig]\n")
    try:
        load_rig(path, [f"{table}.{key}={json.dumps(value)}"]).settings(table, ServiceSettings)
    except SettingsError:
        return
