"""Fetch a release of the VHI and compare it with what its publisher says it is."""

from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import RequestError

from emgrig_operator.downloading import describe, download
from emgrig_operator.output import Output
from emgrig_operator.releases import LATEST, asset_url

__all__ = ["Wanted", "fetch"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        server: Who has it.
        tag: Of the release, or ``latest``.
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
    if wanted.is_verified and release.doubt:
        output.say(f"warning: not verified: {release.doubt}")
    archive = stage / wanted.asset
    url = asset_url(wanted.server, release.tag, wanted.asset)
    with output.progress() as bars:
        bar = bars.add_task(f"{wanted.asset} {release.tag}", total=None)
        actual = download(
            url, archive, lambda done, whole: bars.update(bar, completed=done, total=whole or None)
        )
    is_compared = wanted.is_verified and bool(release.digest)
    if is_compared and actual != release.digest:
        raise RequestError(
            f"expected SHA-256 {release.digest} of {url}, got {actual}; nothing was unpacked: "
            "fetch it again, and if it stays so, tell its publisher"
        )
    return archive, release.tag, is_compared
