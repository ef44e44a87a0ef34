"""The command line that every process has."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from emgrig.config import STANDBYS, ServiceSettings
from emgrig.runtime.logs import LOG_LEVELS

__all__ = ["parse_arguments"]


def parse_arguments(
    name: str, settings: type[ServiceSettings], flags: Mapping[str, str], argv: Sequence[str] | None
) -> argparse.Namespace:
    """Return ``config``, ``set``, ``log_level`` and ``name``; flags become ``--set``."""
    default = Path(os.environ.get("EMGRIG_CONFIG", "deploy/rig.toml"))
    parser = argparse.ArgumentParser(
        prog=f"emgrig-{name}",
        description=sys.modules[settings.__module__.partition(".")[0]].__doc__,
        epilog=f"example: emgrig-{name} --config deploy/rig.toml",
    )
    parser.add_argument("--config", type=Path, default=default, help="rig.toml (%(default)s)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--log-level", choices=LOG_LEVELS, default="info")
    parser.set_defaults(name=name)
    if name in STANDBYS:
        words = f"be {STANDBYS[name]}, for redundancy = 2"
        parser.add_argument(
            "--second", dest="name", action="store_const", const=STANDBYS[name], help=words
        )
    for flag, key in flags.items():
        _add_flag(parser, flag, key, settings.model_fields[key])
    arguments = parser.parse_args(argv)
    for key in flags.values():
        value: Any = getattr(arguments, key)
        if value not in (None, False):
            text = "true" if value is True else value
            arguments.set.append(f"{name}.{key}={text}")
    return arguments


def _add_flag(parser: argparse.ArgumentParser, flag: str, key: str, field: FieldInfo) -> None:
    """Add what is short for a setting, with the values that it may have."""
    if field.annotation is bool:
        parser.add_argument(flag, dest=key, action="store_true", help=field.description)
        return
    words = f"{field.description}; {field.default} where rig.toml does not say"
    choices = get_args(field.annotation) or None
    parser.add_argument(flag, dest=key, choices=choices, help=words)
