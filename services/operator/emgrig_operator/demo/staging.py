"""A rig that nobody else sees: own folder, free ports, own LSL session."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emgrig.config import PROCESSES, Rig, load_rig
from emgrig.errors import RequestError
from emgrig.runtime.apart import free_ports, lsl_config

from emgrig_operator.locating import find_hand
from emgrig_operator.supervising import Launcher

__all__ = ["stage_rig"]

_OUTSIDE = {
    "emg-generator": ("stream_name", "control_stream"),
    "emg-acquirer": (
        *("stream_name", "stream_type", "source_id", "host"),
        *("full_scale", "redundancy"),
    ),
    "vhi-bridge": ("hand_host", "cue_stream"),
}
"""Keys that say what a rig is connected to: an amplifier, a hand elsewhere; a demo has its own."""

BORDERS = 64
"""Of the demo's model where rig.toml names none: the trainer's own 254 take three times as long."""


def stage_rig(folder: Path, template: Rig) -> tuple[Rig, dict[str, str]]:
    """Write a copy of a rig.toml with addresses of its own, in an empty folder.

    Args:
        folder: Everything of the rig goes here; what an earlier demo left is removed.
        template: Whose settings are used.

    Returns:
        The rig, and the environment that keeps its LSL streams to itself.

    Raises:
        RequestError: An earlier demo still runs there.
    """
    path = folder / "rig.toml"
    if path.exists() and Launcher(load_rig(path)).is_running():
        raise RequestError(
            f"expected no demo under way in {folder}, got a running one; "
            f"wait for it, or stop it with emgrig down --config {path}"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path.write_text(_toml(_tables(template)), "utf-8")
    return load_rig(path), {"LSLAPICFG": str(lsl_config(folder))}


def _tables(template: Rig) -> dict[str, dict[str, Any]]:
    ports = iter(free_ports(3 * len(PROCESSES) + 2))
    tables: dict[str, dict[str, Any]] = {
        "rig": {"name": "demo", "data_dir": ".", "classes": list(template.classes)},
        "operator": {**template.tables.get("operator", {}), "use_generator": True},
    }
    for name in PROCESSES:
        left_out = _OUTSIDE.get(name, ())
        tables[name] = {
            **{k: v for k, v in template.tables.get(name, {}).items() if k not in left_out},
            "publish": f"tcp://127.0.0.1:{next(ports)}",
            "replay": f"tcp://127.0.0.1:{next(ports)}",
            "control": f"127.0.0.1:{next(ports)}",
        }
    tables["console"] |= {"port": next(ports)}
    tables["trainer"].setdefault("border_count", BORDERS)
    if not find_hand().argv:  # the VHI itself always listens on its one port
        port = next(ports)
        tables["vhi-bridge"] |= {"hand_port": port}
        tables["virtual-hand"] |= {"grpc_port": port}
    return tables


def _toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Write tables of plain values; JSON's texts, numbers and lists are TOML's too."""
    lines = []
    for name, table in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_value(value)}" for key, value in table.items()]
    return "\n".join([*lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
