"""Bundles on disk: written whole or not at all, and trusted only when they are what they say."""

import hashlib
import json
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from emgrig.errors import BundleError
from emgrig.models import files, list_bundles, listing, load_bundle, save_bundle

from .model_kit import FEATURES, draft, regressor, save


def write_junk(path):
    path.write_bytes(b"junk")


@pytest.fixture
def bundle(tmp_path):
    return save_bundle(tmp_path, draft(validation={"r2": [0.5, None]}), write_junk)


def edit_manifest(bundle, **changes):
    path = bundle.folder / "manifest.json"
    document = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(document))


def test_saved_bundle_comes_back(tmp_path):
    before = datetime.now(UTC)
    model = regressor()
    saved = save(tmp_path / "models", model)
    loaded = load_bundle(tmp_path / "models", saved.id)
    assert loaded == saved
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}", saved.id)
    assert before <= loaded.manifest.created <= datetime.now(UTC)
    got = loaded.decoder().predict_many(FEATURES)
    np.testing.assert_allclose(got, model.predict(FEATURES), rtol=1e-6)


def test_manifest_on_disk_is_plain_json(bundle):
    document = json.loads((bundle.folder / "manifest.json").read_text())
    assert document["id"] == bundle.id == bundle.folder.name
    assert document["validation"] == {"r2": [0.5, None]}
    assert document["weights"] == {
        "file": "model.cbm",
        "sha256": hashlib.sha256(b"junk").hexdigest(),
    }


def test_failed_training_output_leaves_nothing(tmp_path):
    def fail(path):
        path.write_bytes(b"half")
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        save_bundle(tmp_path, draft(), fail)
    assert list(tmp_path.iterdir()) == []


def test_disk_that_cannot_be_written_is_named(tmp_path):
    root = tmp_path / "models"
    root.write_text("a file where the folder should be")
    with pytest.raises(BundleError, match="make room, or make it writable"):
        save_bundle(root, draft(), write_junk)


@pytest.mark.parametrize("value", [float("nan"), np.float32(1)])
def test_values_that_json_does_not_have_are_refused(tmp_path, value):
    with pytest.raises(BundleError, match="store None for what is undefined"):
        save_bundle(tmp_path, draft(validation={"r2": value}), write_junk)
    assert list(tmp_path.iterdir()) == []


def test_changed_weights_are_refused_with_both_hashes(bundle, tmp_path):
    (bundle.folder / "model.cbm").write_bytes(b"other")
    expected, got = (hashlib.sha256(content).hexdigest() for content in (b"junk", b"other"))
    with pytest.raises(BundleError, match=rf"sha256 {expected} .*model.cbm, got {got}; .*restore"):
        load_bundle(tmp_path, bundle.id)
    with pytest.raises(BundleError, match="expected sha256"):
        bundle.decoder()


@pytest.mark.parametrize("name", ["model.cbm", "manifest.json"])
def test_missing_file_is_refused(bundle, tmp_path, name):
    (bundle.folder / name).unlink()
    with pytest.raises(BundleError, match=f"expected a plain file .*{name}"):
        load_bundle(tmp_path, bundle.id)


def test_link_out_of_the_bundle_is_refused(bundle, tmp_path):
    outside = tmp_path / "outside"
    write_junk(outside)
    (bundle.folder / "model.cbm").unlink()
    (bundle.folder / "model.cbm").symlink_to(outside)
    with pytest.raises(BundleError, match="expected a plain file"):
        load_bundle(tmp_path, bundle.id)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "..", ".hidden", "a/b", "a\\b", ""])
def test_weights_outside_the_bundle_are_refused(bundle, tmp_path, name):
    edit_manifest(bundle, weights={"file": name, "sha256": "0" * 64})
    with pytest.raises(BundleError, match=r"weights\.file"):
        load_bundle(tmp_path, bundle.id)


@pytest.mark.parametrize("model_id", ["../x", "..", "", "a/b", "/x", ".x", "x\n", "x" * 65])
def test_model_id_that_leads_elsewhere_is_refused(tmp_path, model_id):
    with pytest.raises(BundleError, match="expected a model id of at most 64"):
        load_bundle(tmp_path, model_id)


def test_unknown_model_is_refused(tmp_path):
    with pytest.raises(BundleError, match="got none of that name; train one"):
        load_bundle(tmp_path, "absent")


def test_renamed_folder_is_refused(bundle, tmp_path):
    bundle.folder.rename(tmp_path / "other")
    with pytest.raises(BundleError, match=f"expected the model 'other' .*got '{bundle.id}'"):
        load_bundle(tmp_path, "other")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "blue"}, "colour: Extra inputs are not permitted"),
        ({"classes": "Rest"}, "classes: Input should be a valid array"),
        ({"created": "2026-01-01T00:00:00"}, "created: Input should have timezone"),
        ({"feature_spec": {"gain": 2}}, "feature_spec: .*unknown"),
    ],
)
def test_manifest_of_another_form_is_refused(bundle, tmp_path, changes, words):
    edit_manifest(bundle, **changes)
    with pytest.raises(BundleError, match=words):
        load_bundle(tmp_path, bundle.id)


@pytest.mark.parametrize("text", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 5000])
def test_manifest_that_is_no_manifest_is_refused(bundle, tmp_path, text):
    (bundle.folder / "manifest.json").write_bytes(text)
    with pytest.raises(BundleError, match=r"expected a model manifest in .*document: "):
        load_bundle(tmp_path, bundle.id)


@pytest.mark.parametrize("limit", ["_MANIFEST_LIMIT_BYTES", "_WEIGHTS_LIMIT_BYTES"])
def test_files_too_large_are_refused_unread(bundle, tmp_path, monkeypatch, limit):
    monkeypatch.setattr(files, limit, 3)
    with pytest.raises(BundleError, match="expected at most 3 bytes"):
        load_bundle(tmp_path, bundle.id)


def test_file_that_fails_while_it_is_read_is_named(bundle, tmp_path, monkeypatch):
    def fail(self, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(bundle.folder), "open", fail)
    with pytest.raises(BundleError, match="got Permission denied; make it readable"):
        load_bundle(tmp_path, bundle.id)


def test_list_has_the_newest_first_and_reports_the_broken(tmp_path):
    bundles = [save_bundle(tmp_path, draft(), write_junk) for _ in range(4)]
    (bundles[1].folder / "model.cbm").unlink()
    (tmp_path / ".begun.unfinished").mkdir()
    (tmp_path / "notes.txt").write_text("not a model")
    listing = list_bundles(tmp_path)
    assert listing.bundles == [bundles[3], bundles[2], bundles[0]]
    assert list(listing.broken) == [bundles[1].id]
    assert "model.cbm" in str(listing.broken[bundles[1].id])


def test_a_second_list_reads_only_what_changed(tmp_path, monkeypatch):
    bundles = [save_bundle(tmp_path, draft(), write_junk) for _ in range(3)]
    known: dict = {}
    opened: list[str] = []

    def load(root, name):
        opened.append(name)
        return load_bundle(root, name)

    assert len(list_bundles(tmp_path, known).bundles) == 3
    monkeypatch.setattr(listing, "load_bundle", load)

    assert list_bundles(tmp_path, known).bundles == bundles[::-1]
    assert opened == []
    (bundles[1].folder / "model.cbm").write_bytes(b"other")
    assert list(list_bundles(tmp_path, known).broken) == [bundles[1].id]
    assert opened == [bundles[1].id]


def test_list_of_a_missing_folder_is_empty(tmp_path):
    assert list_bundles(tmp_path / "absent") == ([], {})
