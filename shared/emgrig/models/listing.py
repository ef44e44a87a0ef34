"""Which models there are."""

from pathlib import Path
from typing import NamedTuple

from emgrig.errors import BundleError
from emgrig.models.bundle import Bundle, load_bundle

__all__ = ["BundleListing", "KnownBundles", "list_bundles"]

type _Stamp = tuple[tuple[str, int, int], ...]
type KnownBundles = dict[Path, tuple[_Stamp, Bundle]]
"""Folder -> its files' names, times and sizes, and the bundle that was found good with them."""


class BundleListing(NamedTuple):
    """What was found.

    Attributes:
        bundles: The good ones, newest first.
        broken: Name of the folder -> what is wrong with it.
    """

    bundles: list[Bundle]
    broken: dict[str, BundleError]


def list_bundles(root: Path, known: KnownBundles | None = None) -> BundleListing:
    """Open every bundle in a folder; broken ones are reported, and hide no other.

    Args:
        root: Folder of all models; a missing one has none.
        known: What earlier calls found, kept up to date here: of files that did not change since,
            the hash is not taken again. A model is verified when it is loaded in any case.
    """
    listing = BundleListing([], {})
    # Hidden folders are bundles that are being written.
    names = (
        [path.name for path in root.iterdir() if _is_visible_folder(path)] if root.is_dir() else []
    )
    for name in sorted(names):
        try:
            listing.bundles.append(_load(root, name, {} if known is None else known))
        except BundleError as error:
            listing.broken[name] = error
    listing.bundles.sort(key=lambda bundle: (bundle.manifest.created, bundle.id), reverse=True)
    return listing


def _load(root: Path, name: str, known: KnownBundles) -> Bundle:
    folder = root / name
    stamp = _stamp(folder)
    if folder not in known or known[folder][0] != stamp:
        known.pop(folder, None)
        known[folder] = (stamp, load_bundle(root, name))
    return known[folder][1]


def _stamp(folder: Path) -> _Stamp:
    try:
        found = [(path.name, path.lstat()) for path in sorted(folder.iterdir())]
    except OSError as error:
        raise BundleError(
            f"expected to read {folder}, got {error.strerror}; make it readable"
        ) from error
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in found)


def _is_visible_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")
