"""`emgrig vhi install` against a server on loopback that has the shape of GitHub's."""

import json
import os

import pytest
from emgrig.errors import PeerError
from emgrig_operator.cli import app
from typer.testing import CliRunner

from tests.contract.vhi_releases import (
    API,
    ASSET,
    REPOSITORY,
    archive_of,
    hand,
    installed,
    refused,
    words_of,
)


def test_the_latest_is_installed_and_marked(dest, releases) -> None:
    releases.publish("v2.0.0", hand("old"))
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest)

    assert words_of(dest) == "new"
    assert os.access(dest / "VHI.x86_64", os.X_OK)
    assert (dest / "data/poses.pck").is_file()
    assert (dest / "vhi-version.txt").read_text() == (
        f"installed_tag=v2.1.0\nasset={ASSET}\nplatform=Linux/x86_64\n"
    )
    assert "generation 2" in said
    # The very release whose digest was asked for, whatever is the latest by now.
    assert f"{REPOSITORY}/download/v2.1.0/{ASSET}" in releases.asked


def test_a_tag_is_installed(dest, releases) -> None:
    releases.publish("v1.0.0", hand("old"))
    releases.publish("v2.1.0", hand("new"))

    said = installed(dest, "--tag", "v1.0.0")

    assert words_of(dest) == "old"
    assert "generation 1: MyoGestic 2.5 and later refuse it" in said


def test_the_result_is_one_json_object(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))

    document = json.loads(installed(dest, "--json").splitlines()[-1])

    assert document == {
        "folder": str(dest),
        "tag": "v2.1.0",
        "asset": ASSET,
        "verified": True,
        "kept": None,
    }


def test_the_launcher_launches_what_was_installed(tmp_path, releases, monkeypatch) -> None:
    monkeypatch.setenv("VHI_PATH", str(tmp_path / "mine"))
    releases.publish("v2.1.0", hand("new"))
    result = CliRunner().invoke(app, ["vhi", "install"])
    assert result.exception is None

    shown = CliRunner().invoke(app, ["vhi", "where", "--json"])

    document = json.loads(shown.output.splitlines()[-1])
    assert document["argv"] == [str(tmp_path / "mine" / "VHI.x86_64")]
    assert document["tag"] == "v2.1.0"


def test_a_wrong_digest_stops_before_unpacking(dest, releases) -> None:
    # Were it unpacked, its damage would be what is reported.
    releases.publish("v2.1.0", b"something else", digest=f"sha256:{'0' * 64}")

    words = refused(dest)

    assert "expected SHA-256 0000" in words
    assert not dest.exists()


def test_no_verify_does_not_compare(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=f"sha256:{'0' * 64}")

    installed(dest, "--no-verify")

    assert words_of(dest) == "new"


def test_a_missing_digest_is_a_warning(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=None)

    assert "warning: not verified" in installed(dest)


def test_a_server_that_describes_nothing_is_a_warning(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))
    del releases.files[f"{API}/latest"]

    said = installed(dest)

    assert "warning: which release is the latest is not known" in said
    assert "warning: not verified" in said
    assert "installed_tag=latest\n" in (dest / "vhi-version.txt").read_text()


def test_an_unknown_tag_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))

    assert "404" in refused(dest, "--tag", "v9.0.0")


def test_a_download_that_was_cut_short_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"), digest=None)
    releases.cut.add("/storage/v2.1.0")

    assert "cut short" in refused(dest, by=PeerError)
    assert not dest.exists()


def test_a_silent_server_is_said(dest, releases) -> None:
    words = refused(dest, "--server", "http://127.0.0.1:9", by=PeerError)

    assert "--from FILE" in words


def test_a_redirect_to_a_place_without_https_is_refused(dest, releases) -> None:
    releases.publish("v2.1.0", hand("new"))
    releases.files[f"{REPOSITORY}/download/v2.1.0/{ASSET}"] = "http://example.org/x"

    assert "https" in refused(dest)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"../VHI.x86_64": "x"}, "inside the folder"),
        ({"/VHI.x86_64": "x"}, "inside the folder"),
        ({"VHI.x86_64": "->/bin/sh"}, "plain files"),
        ({"VHI.x86_64": "x", "data": "->..", "data/out": "x"}, "plain files"),
        ({"vhi/VHI.x86_64": "x"}, "at the top"),
        ({"VHI.exe": "x"}, "at the top"),
    ],
)
def test_a_hostile_or_foreign_archive_is_refused(dest, releases, members, words) -> None:
    releases.publish("v2.1.0", archive_of(**members))

    assert words in refused(dest)
    assert not dest.exists()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "fetched.tar.gz"
    path.write_bytes(hand("mine"))
    return path


def test_a_local_archive_is_installed_without_a_server_and_with_a_warning(
    dest, archive, releases
) -> None:
    said = installed(dest, "--from", archive)

    assert words_of(dest) == "mine"
    assert "installed_tag=local\nasset=fetched.tar.gz\n" in (dest / "vhi-version.txt").read_text()
    assert "warning: not verified: name its release with --tag" in said
    assert not releases.asked


def test_a_local_archive_of_a_release_is_compared_with_it(dest, archive, releases) -> None:
    releases.publish("v2.0.3", hand("mine"))

    said = installed(dest, "--from", archive, "--tag", "v2.0.3", "--json")

    assert json.loads(said.splitlines()[-1])["verified"]
    assert "installed_tag=v2.0.3\nasset=fetched.tar.gz\n" in (dest / "vhi-version.txt").read_text()
    assert not [path for path in releases.asked if "/download/" in path]


def test_a_local_archive_that_is_not_the_release_is_refused(dest, archive, releases) -> None:
    releases.publish("v2.0.3", hand("another"))

    assert "expected SHA-256" in refused(dest, "--from", archive, "--tag", "v2.0.3")
    assert not dest.exists()
    installed(dest, "--from", archive, "--tag", "v2.0.3", "--no-verify")


def test_a_local_archive_of_a_release_that_nobody_describes_is_a_warning(
    dest, archive, releases
) -> None:
    assert "warning: not verified" in installed(dest, "--from", archive, "--tag", "v2.0.3")


def test_a_platform_without_a_build_is_refused(dest, releases, monkeypatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")

    assert "Linux/aarch64" in refused(dest)
    assert not releases.asked
