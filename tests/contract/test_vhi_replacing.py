"""What `emgrig vhi install` does to what is there already."""

import pytest
from emgrig_operator.installing import install_archive

from tests.contract.vhi_releases import archive_of, hand, installed, refused, words_of


def test_what_is_there_is_not_replaced_unasked(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    installed(dest)
    releases.publish("v2.1.0", hand("new"))
    releases.asked.clear()

    words = refused(dest)

    assert "v2.0.0" in words
    assert "--force" in words
    assert words_of(dest) == "old"
    assert not releases.asked


def test_force_replaces_it(dest, releases) -> None:
    releases.publish("v2.0.0", archive_of(**{"VHI.x86_64": "old", "only-old": "x"}))
    installed(dest)
    releases.publish("v2.1.0", hand("new"))

    installed(dest, "--force")

    assert words_of(dest) == "new"
    assert not (dest / "only-old").exists()
    assert [path.name for path in dest.parent.iterdir()] == ["vhi"]


def test_force_that_fails_leaves_the_old_one(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    installed(dest)
    releases.publish("v2.1.0", hand("new")[:-20])

    refused(dest, "--force")

    assert words_of(dest) == "old"
    assert "v2.0.0" in (dest / "vhi-version.txt").read_text()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_force_never_deletes_what_is_no_vhi(dest, releases, monkeypatch, can_exchange) -> None:
    if not can_exchange:
        monkeypatch.setattr(f"{install_archive.__module__}._exchange", lambda *_: False)
    dest.mkdir(parents=True)
    (dest / "thesis.txt").write_text("years of work")
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest, "--force")

    kept = next(dest.parent.glob("vhi.before-*"))
    assert words_of(dest) == "new"
    assert (kept / "thesis.txt").read_text() == "years of work"
    assert kept.name in said.replace("\n", "")


def test_an_empty_folder_is_free(dest, releases) -> None:
    dest.mkdir(parents=True)
    releases.publish("v2.1.0", hand("new"))

    installed(dest)

    assert words_of(dest) == "new"
