"""A rig of its own for a test: free ports, a folder, an LSL session nobody else sees."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from emgrig.config import PROCESSES, STANDBYS, Rig, load_rig
from emgrig.runtime.apart import free_ports, lsl_config

__all__ = ["make_rig"]


def make_rig(folder: Path, tables: Mapping[str, Mapping[str, Any]] | None = None) -> Rig:
    """Write a rig.toml with free ports and return it as read.

    Args:
        folder: Where it goes; everything that the rig writes goes below.
        tables: Keys to add, table -> key -> value.
    """
    names = (*PROCESSES, *STANDBYS.values())
    ports = iter(free_ports(3 * len(names) + 2))
    document: dict[str, dict[str, Any]] = {"rig": {"data_dir": "data"}}
    for name in names:
        document[name] = {
            "publish": f"tcp://127.0.0.1:{next(ports)}",
            "replay": f"tcp://127.0.0.1:{next(ports)}",
            "control": f"127.0.0.1:{next(ports)}",
        }
    hand_port = next(ports)
    # The default is in the person's own data folder.
    document["virtual-hand"] |= {"grpc_port": hand_port, "movements_file": "movements.toml"}
    document["vhi-bridge"] |= {"hand_port": hand_port}
    document["console"] |= {"port": next(ports)}
    # Most tests look at the bus, not at the page.
    document["operator"] = {"use_console": False}
    for name, keys in (tables or {}).items():
        document.setdefault(name, {}).update(keys)
    path = folder / "rig.toml"
    path.write_text(tomli_w.dumps(document))
    lsl_config(folder)
    return load_rig(path)
