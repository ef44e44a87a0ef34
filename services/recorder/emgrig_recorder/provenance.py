"""Say what a recording was made with."""

import time
from importlib.metadata import distributions
from typing import Any

from emgrig.config import Rig

__all__ = ["provenance_of"]


def provenance_of(rig: Rig, take_name: str, protocol: str) -> dict[str, Any]:
    """Return what a take's journal begins with: the rig as configured, and our versions."""
    return {
        "name": take_name,
        "protocol": protocol,
        "classes": list(rig.classes),
        "rig": {"name": rig.name, "tables": {k: dict(v) for k, v in rig.tables.items()}},
        "started_wall_time": time.time(),
        "versions": {
            name: d.version
            for d in distributions()
            # A package that was half removed has no name.
            if (name := d.metadata.get("Name", "")).startswith("emgrig")
        },
    }
