"""Read rig.toml: one file for the whole rig, all problems at once."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from emgrig.config.settings import Endpoints, RigSettings, ServiceSettings, WindowSettings
from emgrig.errors import Problem, SettingsError

__all__ = ["MAX_RIG_BYTES", "PROCESSES", "REPLACEABLE", "STANDBYS", "Rig", "load_rig"]

MAX_RIG_BYTES = 1 << 20

PROCESSES = (
    "emg-generator",
    "emg-acquirer",
    "feature-extractor",
    "predictor",
    "vhi-bridge",
    "recorder",
    "trainer",
    "virtual-hand",
    "console",
)
"""The processes of the rig in the order in which data passes them."""

STANDBYS = {"emg-acquirer": "emg-acquirer-2"}
"""Process -> its second incarnation, which runs beside it where ``redundancy = 2``."""

REPLACEABLE = ("emg-generator", "virtual-hand")
"""Processes that do not run where there is an amplifier, or the VHI itself."""


@dataclass(frozen=True, slots=True)
class Rig:
    """A rig.toml that was read; the table of one service is checked by that service.

    Attributes:
        path: The file.
        rig: The table ``[rig]``.
        tables: The other tables as they stand in the file.
    """

    path: Path
    rig: RigSettings
    tables: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """The rig's name."""
        return self.rig.name

    @property
    def classes(self) -> list[str]:
        """Gesture names by class index."""
        return self.rig.classes

    @property
    def data_dir(self) -> Path:
        """Folder of everything that the rig writes, absolute."""
        return (self.path.parent / self.rig.data_dir).resolve()

    @property
    def sessions_dir(self) -> Path:
        """Folder of the sessions."""
        return self.data_dir / "sessions"

    @property
    def models_dir(self) -> Path:
        """Folder of the model bundles."""
        return self.data_dir / "models"

    @property
    def processes(self) -> tuple[str, ...]:
        """Every process of this rig in the order in which data passes them, doubled ones too."""
        return tuple(one for name in PROCESSES for one in self.instances(name))

    def instances(self, name: str) -> tuple[str, ...]:
        """Return the processes that do the work of one: itself and a second, where there is one."""
        is_doubled = name in STANDBYS and self.tables.get(name, {}).get("redundancy") == 2
        return (name, STANDBYS[name]) if is_doubled else (name,)

    def settings[S: BaseModel](self, name: str, model: type[S]) -> S:
        """Return the validated table of a service; a missing table means its defaults.

        Raises:
            SettingsError: With every problem of the table.
        """
        return _validate(self.path, name, model, self.tables.get(name, {}))

    def endpoints(self, name: str) -> Endpoints:
        """Return where a process of this rig is reached.

        Raises:
            SettingsError: Its addresses are not usable.
        """
        return self._part(name, ServiceSettings).endpoints

    @property
    def windows(self) -> WindowSettings:
        """How the live path conditions and cuts the EMG.

        Raises:
            SettingsError: With every problem of these keys.
        """
        return self._part("emg-acquirer", WindowSettings)

    def _part[S: BaseModel](self, name: str, model: type[S]) -> S:
        """Read the keys of a table that the model knows."""
        table = {k: v for k, v in self.tables.get(name, {}).items() if k in model.model_fields}
        return _validate(self.path, name, model, table)


def load_rig(path: Path, overrides: Sequence[str] = ()) -> Rig:
    """Read a rig.toml.

    Args:
        path: The file.
        overrides: ``table.key=value``, value in TOML; text that is not TOML is taken as it is.

    Raises:
        SettingsError: It cannot be read, or ``[rig]`` or an override is wrong.
    """
    tables = _read(path)
    problems = [problem for text in overrides for problem in _override(tables, text)]
    remedy = f"use one of {', '.join(PROCESSES)}"
    problems += [
        Problem(f"{path}, [{name}]", "expected a table of a process, got another name", remedy)
        for name in tables
        if name not in {"rig", "operator", *PROCESSES, *STANDBYS.values()}
    ]
    problems += _complete_standbys(path, tables)
    if problems:
        raise SettingsError(*problems)
    rig = _validate(path, "rig", RigSettings, tables.pop("rig", {}))
    return Rig(path.resolve(), rig, tables)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        if path.stat().st_size > MAX_RIG_BYTES:
            raise SettingsError(
                Problem(str(path), f"expected at most {MAX_RIG_BYTES} bytes", "shorten the file")
            )
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            Problem(str(path), f"expected a readable file, got: {error.strerror}", "check --config")
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            Problem(str(path), f"expected TOML, got: {error}", "mend that line")
        ) from error
    stray = [
        Problem(f"{path}, {name}", "expected a table, got a key outside one", "move it")
        for name, table in tables.items()
        if not isinstance(table, dict)
    ]
    if stray:
        raise SettingsError(*stray)
    return tables


def _complete_standbys(path: Path, tables: dict[str, dict[str, Any]]) -> list[Problem]:
    """Give each standby what it does not say itself: all but the addresses is common to both."""
    problems = []
    for name, standby in STANDBYS.items():
        table = tables.get(name, {})
        if table.get("redundancy") == 2 and standby not in tables:
            where, words = f"{path}, [{name}] redundancy", f"expected a table [{standby}], got none"
            problems.append(Problem(where, words, "add it with publish, replay and control"))
        elif standby in tables:
            shared = {k: v for k, v in table.items() if k not in ServiceSettings.model_fields}
            tables[standby] = {**shared, **tables[standby]}
    return problems


def _override(tables: dict[str, dict[str, Any]], text: str) -> list[Problem]:
    target, equals, value = text.partition("=")
    table, dot, key = target.partition(".")
    if not (equals and dot and table and key):
        return [Problem("--set", f"expected table.key=value, got {text!r}", "mend the argument")]
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        parsed = value
    tables.setdefault(table, {})[key] = parsed
    return []


def _validate[Settings: BaseModel](
    path: Path, name: str, model: type[Settings], table: Mapping[str, Any]
) -> Settings:
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        problems = [_problem(path, name, model, table, dict(one)) for one in error.errors()]
        raise SettingsError(*problems) from error


def _problem(
    path: Path,
    name: str,
    model: type[BaseModel],
    table: Mapping[str, Any],
    detail: dict[str, Any],
) -> Problem:
    key = ".".join(str(part) for part in detail["loc"]) or "(table)"
    where = f"{path}, [{name}] {key}"
    if detail["type"] == "extra_forbidden":
        known = ", ".join(sorted(model.model_fields))
        return Problem(where, "expected a known key, got an unknown one", f"use one of {known}")
    what = f"{str(detail['msg']).removeprefix('Value error, ')}, got {detail['input']!r:.80}"
    extra = model.model_fields[key].json_schema_extra if key in model.model_fields else None
    if isinstance(extra, dict) and key not in table:
        words = f"correct or unset it, or set {key} in {path}, [{name}]"
        return Problem(f"the variable {extra['variable']}", what, words)
    return Problem(where, what, "change the value")
