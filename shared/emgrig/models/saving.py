"""Writing a bundle: all of it, or nothing."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from emgrig.errors import BundleError
from emgrig.models.bundle import Bundle
from emgrig.models.files import MANIFEST_FILE
from emgrig.models.manifest import Manifest, ManifestDraft, Weights

__all__ = ["save_bundle"]


def save_bundle(
    root: Path,
    draft: ManifestDraft,
    write_weights: Callable[[Path], None],
    *,
    weights_file: str = "model.cbm",
) -> Bundle:
    """Write a new bundle; it appears under its name only when it is complete and on disk.

    Args:
        root: Folder of all models; made when missing.
        draft: What the model is.
        write_weights: Writes the weights to the path that it is given.
        weights_file: Name of the weights in the bundle; its suffix names the format.

    Returns:
        The bundle, with the id ``YYYYmmdd-HHMMSS-xxxxxxxx`` (UTC, random).

    Raises:
        BundleError: A full or read-only disk, or values that JSON does not have.
    """
    created = datetime.now(UTC)
    model_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    folder = root / model_id
    unfinished = root / f".{model_id}.unfinished"
    try:
        unfinished.mkdir(parents=True)
        weights_path = unfinished / weights_file
        write_weights(weights_path)
        weights = Weights(file=weights_file, sha256=_sync_and_hash(weights_path))
        manifest = Manifest(**dict(draft), id=model_id, created=created, weights=weights)
        _write_manifest(unfinished / MANIFEST_FILE, manifest)
        _sync_folder(unfinished)
        unfinished.rename(folder)
        _sync_folder(root)
    except OSError as error:
        raise BundleError(
            f"expected to write the model {folder}, got {error}; make room, or make it writable"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)  # gone already when all went well
    return Bundle(folder, manifest)


def _write_manifest(path: Path, manifest: Manifest) -> None:
    document = manifest.model_dump()
    document["created"] = manifest.created.isoformat()
    try:
        text = json.dumps(document, indent=2, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BundleError(
            f"expected a manifest of JSON values, got {error}; "
            "store None for what is undefined, and Python's own numbers"
        ) from error
    path.write_text(text + "\n", encoding="utf-8")
    _sync_and_hash(path)


def _sync_and_hash(path: Path) -> str:
    """Force a file to disk and return its SHA-256."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk, or a power cut could lose the rename."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
