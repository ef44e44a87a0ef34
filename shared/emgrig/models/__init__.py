"""Trained models on disk and in use: bundles, their manifests, and decoders.

A bundle is a folder: ``manifest.json`` says what the model is, what it was made from and the hash
of its weights; the weights are in the framework's own safe format. Nothing here trains.
"""

from emgrig.models.bundle import Bundle, load_bundle
from emgrig.models.decoder import Decoder
from emgrig.models.listing import BundleListing, KnownBundles, list_bundles
from emgrig.models.manifest import Manifest, ManifestDraft, SessionUse, Target, Weights
from emgrig.models.saving import save_bundle

__all__ = [
    "Bundle",
    "BundleListing",
    "Decoder",
    "KnownBundles",
    "Manifest",
    "ManifestDraft",
    "SessionUse",
    "Target",
    "Weights",
    "list_bundles",
    "load_bundle",
    "save_bundle",
]
