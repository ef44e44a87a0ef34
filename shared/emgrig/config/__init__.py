"""rig.toml: read once, validated, frozen."""

from emgrig.config.rig import MAX_RIG_BYTES, PROCESSES, STANDBYS, Rig, load_rig
from emgrig.config.settings import Endpoints, RigSettings, ServiceSettings

__all__ = [
    "MAX_RIG_BYTES",
    "PROCESSES",
    "STANDBYS",
    "Endpoints",
    "Rig",
    "RigSettings",
    "ServiceSettings",
    "load_rig",
]
