"""Fetch a release of the VHI and compare it with what its publisher says it is."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import RequestError

from emgrig_operator.downloading import describe, download
from emgrig_operator.output import Output
from emgrig_operator.releases import LATEST, LOCAL, Release, asset_url

__all__ = ["Wanted", "fetch", "verify"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        server: Who has it.
        tag: Of the release, or ``latest``, or ``local`` for a file of which nobody said it.
        asset: The file.
        is_verified: Whether its SHA-256 must be the one that the server names.
    """

    server: str
    tag: str
    asset: str
    is_verified: bool


def fetch(wanted: Wanted, stage: Path, output: Output) -> tuple[Path, str, bool]:
    """Return the file, the tag that it has, and whether its SHA-256 was compared.

    The digest is asked for first, and the file of that very release is fetched: ``latest`` may
    mean another one a moment later.

    Raises:
        RequestError: There is no such file, or it is not what the server says.
        PeerError: The server does not answer, or the file ends early.
    """
    release = describe(wanted.server, wanted.tag, wanted.asset)
    if release.tag == LATEST:
        output.say("warning: which release is the latest is not known")
    _warn(wanted, release, output)
    archive = stage / wanted.asset
    url = asset_url(wanted.server, release.tag, wanted.asset)
    with output.progress() as bars:
        bar = bars.add_task(f"{wanted.asset} {release.tag}", total=None)
        actual = download(
            url, archive, lambda done, whole: bars.update(bar, completed=done, total=whole or None)
        )
    return archive, release.tag, _is_compared(wanted, release, actual, url)


def verify(
    archive: Path, wanted: Wanted, published_name: Callable[[], str], output: Output
) -> bool:
    """Compare a file that was fetched by other means; return whether its release has a SHA-256.

    Args:
        archive: The file.
        wanted: Its release, if anybody said it.
        published_name: Returns what the release calls the file.
        output: For the warning of a file that cannot be compared.

    Raises:
        RequestError: It is not what the server says of that release, or cannot be read.
    """
    if not archive.is_file():
        raise RequestError(f"expected an archive, got no file {archive}; correct --from")
    if not wanted.is_verified:
        return False
    if wanted.tag == LOCAL:
        release = Release(LOCAL, doubt="name its release with --tag to compare its SHA-256")
    else:
        release = describe(wanted.server, wanted.tag, published_name())
    _warn(wanted, release, output)
    try:
        with archive.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RequestError(f"expected to read {archive}, got: {error.strerror}") from error
    return _is_compared(wanted, release, actual, str(archive))


def _warn(wanted: Wanted, release: Release, output: Output) -> None:
    if wanted.is_verified and release.doubt:
        output.say(f"warning: not verified: {release.doubt}")


def _is_compared(wanted: Wanted, release: Release, actual: str, where: str) -> bool:
    is_compared = wanted.is_verified and bool(release.digest)
    if is_compared and actual != release.digest:
        raise RequestError(
            f"expected SHA-256 {release.digest} of {where}, got {actual}; nothing was unpacked: "
            "fetch it again, and if it stays so, tell its publisher"
        )
    return is_compared
