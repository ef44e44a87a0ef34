"""Names, addresses and descriptions of releases: contracts/vhi.md 6.3."""

import json

import pytest
from emgrig.errors import RequestError
from emgrig_operator.releases import (
    GITHUB,
    api_url,
    asset_name,
    asset_url,
    generation_words,
    read_release,
    require_server,
    require_tag,
)

ASSET = "VHI-linux-x64.tar.gz"
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("system", "machine", "asset"),
    [
        ("Linux", "x86_64", ASSET),
        ("Windows", "AMD64", "VHI-windows-x64.zip"),
        ("Windows", "x86_64", "VHI-windows-x64.zip"),
        ("Darwin", "arm64", "VHI-macos-arm64.zip"),
    ],
)
def test_every_built_platform_has_its_file(system, machine, asset) -> None:
    assert asset_name(system, machine) == asset


@pytest.mark.parametrize(
    ("system", "machine"), [("Darwin", "x86_64"), ("Linux", "aarch64"), ("Windows", "ARM64")]
)
def test_other_platforms_are_refused(system, machine) -> None:
    with pytest.raises(RequestError, match=f"{system}/{machine}"):
        asset_name(system, machine)


@pytest.mark.parametrize(
    ("tag", "url", "api"),
    [
        ("latest", "latest/download", "latest"),
        ("v2.0.0", "download/v2.0.0", "tags/v2.0.0"),
    ],
)
def test_addresses_are_those_of_github(tag, url, api) -> None:
    repository = "NsquaredLab/MyoGestic-VHI"

    assert (
        asset_url(GITHUB, tag, ASSET) == f"https://github.com/{repository}/releases/{url}/{ASSET}"
    )
    assert api_url(GITHUB, tag) == f"https://api.github.com/repos/{repository}/releases/{api}"


@pytest.mark.parametrize("tag", ["", "../x", "a/b", "v1?x", "-x", "a b", "x" * 101, "v1\n"])
def test_a_tag_that_is_no_tag_is_refused(tag) -> None:
    with pytest.raises(RequestError, match="tag"):
        require_tag(tag)


@pytest.mark.parametrize("server", ["http://example.org", "file:///x", "https://", "ftp://a", "x"])
def test_a_server_without_https_is_refused(server) -> None:
    with pytest.raises(RequestError, match="https"):
        require_server(server)


def test_a_description_gives_tag_and_digest() -> None:
    text = json.dumps(
        {"tag_name": "v2.1.0", "assets": [{"name": ASSET, "digest": f"sha256:{DIGEST.upper()}"}]}
    )

    release = read_release(text.encode(), "latest", ASSET)

    assert (release.tag, release.digest, release.doubt) == ("v2.1.0", DIGEST, "")


@pytest.mark.parametrize(
    "text",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"tag_name": "../../x", "assets": []}',
        b'{"tag_name": 7}',
        b"\xff",
    ],
)
def test_a_description_that_says_nothing_is_a_doubt(text) -> None:
    release = read_release(text, "v2.0.0", ASSET)

    assert release.tag == "v2.0.0"
    assert not release.digest
    assert release.doubt


@pytest.mark.parametrize("digest", [None, "", "sha512:00", "sha256:xyz", 7])
def test_a_file_without_a_digest_is_a_doubt(digest) -> None:
    text = json.dumps({"tag_name": "v2.0.0", "assets": [{"name": ASSET, "digest": digest}]})

    assert ASSET in read_release(text.encode(), "v2.0.0", ASSET).doubt


def test_a_release_without_the_file_is_refused() -> None:
    text = b'{"tag_name": "v2.0.0", "assets": [{"name": "other.zip"}]}'

    with pytest.raises(RequestError, match=r"other\.zip"):
        read_release(text, "v2.0.0", ASSET)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("v1.0.0", "generation 1: MyoGestic 2.5 and later refuse it"),
        ("v2.0.0", "generation 2"),
        ("2.1", "generation 2"),
        ("nightly", "names no version"),
    ],
)
def test_who_drives_a_tag_is_said(tag, words) -> None:
    assert words in generation_words(tag)
