"""Which models there are."""

from pathlib import Path
from typing import NamedTuple

from emgrig.errors import BundleError
from emgrig.models.bundle import Bundle, load_bundle

__all__ = ["BundleListing", "list_bundles"]


class BundleListing(NamedTuple):
    """What was found.

    Attributes:
        bundles: The good ones, newest first.
        broken: Name of the folder -> what is wrong with it.
    """

    bundles: list[Bundle]
    broken: dict[str, BundleError]


def list_bundles(root: Path) -> BundleListing:
    """Open every bundle in a folder; broken ones are reported, and hide no other.

    Args:
        root: Folder of all models; a missing one has none.
    """
    listing = BundleListing([], {})
    # Hidden folders are bundles that are being written.
    names = (
        [path.name for path in root.iterdir() if _is_visible_folder(path)] if root.is_dir() else []
    )
    for name in sorted(names):
        try:
            listing.bundles.append(load_bundle(root, name))
        except BundleError as error:
            listing.broken[name] = error
    listing.bundles.sort(key=lambda bundle: (bundle.manifest.created, bundle.id), reverse=True)
    return listing


def _is_visible_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")
