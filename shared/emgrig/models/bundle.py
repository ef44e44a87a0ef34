"""A trained model on disk."""

from dataclasses import dataclass
from pathlib import Path

from emgrig.errors import BundleError
from emgrig.models.decoder import Decoder, decoder_for
from emgrig.models.files import bundle_folder, read_manifest, read_weights
from emgrig.models.manifest import Manifest

__all__ = ["Bundle", "load_bundle"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose manifest and hash were found good.

    Attributes:
        folder: Where it is.
        manifest: What it is.
    """

    folder: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Name of the model."""
        return self.manifest.id

    def decoder(self) -> Decoder:
        """Load the weights; takes a moment, and the first prediction is as fast as the others.

        Raises:
            BundleError: Weights that changed meanwhile, cannot be loaded, or do not fit the
                manifest.
            ConfigError: The framework is not installed.
        """
        return decoder_for(self.manifest, read_weights(self.folder, self.manifest.weights))


def load_bundle(root: Path, model_id: str) -> Bundle:
    """Open a bundle and verify its hash.

    Args:
        root: Folder of all models.
        model_id: Name of the model = name of its folder.

    Raises:
        BundleError: Missing, damaged, or not what it says.
    """
    folder = bundle_folder(root, model_id)
    if not folder.is_dir():
        raise BundleError(
            f"expected a model {model_id!r} in {root}, got none of that name; train one, or take "
            "an id from the list of models"
        )
    manifest = read_manifest(folder)
    read_weights(folder, manifest.weights)
    return Bundle(folder, manifest)
