"""Reading the files of a bundle: size-limited, hash-checked, never outside its folder."""

import hashlib
import os
import re
from pathlib import Path

from pydantic import ValidationError

from emgrig.errors import BundleError
from emgrig.models.manifest import SAFE_NAME, Manifest, Weights

__all__ = ["MANIFEST_FILE", "bundle_folder", "read_manifest", "read_weights"]

MANIFEST_FILE = "manifest.json"
_MANIFEST_LIMIT_BYTES = 4 * 2**20
# 200 trees for 320 channels take a few MB.
_WEIGHTS_LIMIT_BYTES = 512 * 2**20


def bundle_folder(root: Path, model_id: str) -> Path:
    """Return where the bundle of a model is.

    Raises:
        BundleError: A name that could lead out of `root`.
    """
    if not re.fullmatch(SAFE_NAME, model_id):
        raise BundleError(
            f"expected a model id of at most 64 letters, digits and . _ -, got {model_id!r}; "
            "take one from the list of models"
        )
    return root / model_id


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of the bundle in `folder`.

    Raises:
        BundleError: Missing, too large, not a manifest, or another model's.
    """
    path = folder / MANIFEST_FILE
    text = _read(path, _MANIFEST_LIMIT_BYTES)
    try:
        manifest = Manifest.model_validate_json(text, strict=True)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'document'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise BundleError(
            f"expected a model manifest in {path}, got {problems}; was it edited, or written by "
            "another version of emgrig? train again"
        ) from error
    if manifest.id != folder.name:
        raise BundleError(
            f"expected the model {folder.name!r} in {path}, got {manifest.id!r}; "
            "give the folder its own name back"
        )
    return manifest


def read_weights(folder: Path, weights: Weights) -> bytes:
    """Read the weights of the bundle in `folder`.

    What is checked is what is returned: nothing can be swapped in between.

    Raises:
        BundleError: Missing, too large, or with another hash than the manifest says.
    """
    path = folder / weights.file
    content = _read(path, _WEIGHTS_LIMIT_BYTES)
    got = hashlib.sha256(content).hexdigest()
    if got != weights.sha256:
        raise BundleError(
            f"expected sha256 {weights.sha256} of {path}, got {got}; the file is not the one that "
            "was trained: restore it, or train again"
        )
    return content


def _read(path: Path, limit_bytes: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise BundleError(
            f"expected a plain file {path}, got none; restore the bundle, or choose another model"
        )
    try:
        with path.open("rb") as file:
            # Room is made for what is there, not for what would be allowed; one byte more than
            # the limit tells, however the file grows meanwhile.
            size = os.fstat(file.fileno()).st_size
            content = file.read(min(size, limit_bytes) + 1)
    except OSError as error:
        raise BundleError(
            f"expected to read {path}, got {error.strerror}; make it readable"
        ) from error
    if len(content) > limit_bytes:
        raise BundleError(
            f"expected at most {limit_bytes} bytes in {path}, got more; it is not a file of ours"
        )
    return content
