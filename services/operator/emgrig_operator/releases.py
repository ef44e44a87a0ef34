"""What a release of the VHI is called, where it is fetched, and what its description says.

Source: contracts/vhi.md 6.3; GitHub REST API, "Get the latest release", "Get a release by tag
name"; for another server the paths of GitHub Enterprise Server.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from emgrig.errors import RequestError

__all__ = [
    "GITHUB",
    "LATEST",
    "LOCAL",
    "Release",
    "api_url",
    "asset_name",
    "asset_url",
    "generation_words",
    "read_release",
    "require_server",
    "require_tag",
]

GITHUB = "https://github.com"
REPOSITORY = "NsquaredLab/MyoGestic-VHI"
LATEST = "latest"
LOCAL = "local"
"""What the marker file says of an archive whose tag nobody named."""

_ASSETS = {
    ("Linux", "x86_64"): "VHI-linux-x64.tar.gz",
    ("Windows", "amd64"): "VHI-windows-x64.zip",
    ("Windows", "x86_64"): "VHI-windows-x64.zip",
    ("Darwin", "arm64"): "VHI-macos-arm64.zip",
}
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_VERSION = re.compile(r"v?(\d+)\.\d+")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Release:
    """A release as far as it is known.

    Attributes:
        tag: Its tag; ``latest`` where the server did not say which that is.
        digest: SHA-256 of the asset, lower-case hexadecimal; empty where it is not known.
        doubt: Why the digest is not known; empty where it is.
    """

    tag: str
    digest: str = ""
    doubt: str = ""


def asset_name(system: str, machine: str) -> str:
    """Return the file of a release for a computer.

    Args:
        system: As ``platform.system`` says it.
        machine: As ``platform.machine`` says it, in any case.

    Raises:
        RequestError: There is none, as for Intel Macs and Linux on ARM.
    """
    name = _ASSETS.get((system, machine.lower()))
    if name is None:
        have = ", ".join("/".join(key) for key in _ASSETS)
        raise RequestError(
            f"expected one of {have}, got {system}/{machine}, for which the VHI is not built; "
            "use emgrig-virtual-hand, or run the VHI's source with VHI_PATH and GODOT_BIN"
        )
    return name


def require_tag(tag: str) -> str:
    """Return a tag that can stand in an address and in a file.

    Raises:
        RequestError: It cannot.
    """
    if not _TAG.fullmatch(tag):
        raise RequestError(f"expected a tag such as v2.0.0 or latest, got {tag!r:.120}")
    return tag


def require_server(server: str) -> str:
    """Return the address of a server that may be trusted with the name of what is fetched.

    Raises:
        RequestError: It is neither https nor on this machine.
    """
    parts = urlsplit(server)
    is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_local):
        raise RequestError(
            f"expected https://HOST, or http:// on this machine, got {server!r:.120}"
        )
    return server.rstrip("/")


def api_url(server: str, tag: str) -> str:
    """Return where a release is described."""
    api = "https://api.github.com" if server == GITHUB else f"{server}/api/v3"
    which = LATEST if tag == LATEST else f"tags/{tag}"
    return f"{api}/repos/{REPOSITORY}/releases/{which}"


def asset_url(server: str, tag: str, asset: str) -> str:
    """Return where a release's file is."""
    which = "latest/download" if tag == LATEST else f"download/{tag}"
    return f"{server}/{REPOSITORY}/releases/{which}/{asset}"


def read_release(text: bytes, tag: str, asset: str) -> Release:
    """Return what a description says of a file.

    Args:
        text: JSON as the server sent it.
        tag: What was asked for.
        asset: The file.

    Raises:
        RequestError: The release is well described and does not have the file.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        return Release(tag, doubt=f"the release's description is not JSON: {error}")
    found = document.get("tag_name") if isinstance(document, dict) else None
    if not isinstance(found, str) or not _TAG.fullmatch(found):
        return Release(tag, doubt="the release's description has no tag_name")
    rows = document.get("assets")
    assets = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    digests = [row.get("digest") for row in assets if row.get("name") == asset]
    if not digests:
        names = ", ".join(str(row.get("name")) for row in assets) or "none"
        raise RequestError(f"expected {asset} in release {found}, got {names}; name another --tag")
    match = _DIGEST.fullmatch(str(digests[0]).lower())
    if match is None:
        return Release(found, doubt=f"the server gives no SHA-256 of {asset}")
    return Release(found, match.group(1))


def generation_words(tag: str) -> str:
    """Say who can drive the hand of a tag; vhi-bridge drives either generation.

    Source: contracts/vhi.md 6.3, floor and launch gate.
    """
    match = _VERSION.match(tag)
    if match is None:
        return f"{tag} names no version, so its generation is seen when it runs"
    if int(match.group(1)) < 2:
        return f"{tag} is generation 1: MyoGestic 2.5 and later refuse it, this rig drives it"
    return f"{tag} is generation 2: MyoGestic before 2.5 does not drive it, this rig does"
