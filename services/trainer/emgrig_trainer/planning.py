"""A command of the control service, completed by the settings: the document for the job."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emgrig.config import Rig, load_rig
from emgrig.errors import RequestError
from emgrig.recording import SESSION_SUFFIX

from emgrig_trainer.config import TrainerSettings

__all__ = ["completed", "job_document", "session_paths"]

_ALIKE = (
    "hop_s",
    "features",
    "sub_window_samples",
    "engine",
    "iterations",
    "border_count",
    "seed",
    "thread_count",
    "niceness",
)
_COUNTS = ("hop_s", "iterations")
"""Fields of the message whose zero means the settings."""
_OPTIONAL = ("window_s", "sub_window_samples", "highpass_hz", "notch_hz")
"""Fields of the message that may be unset, because their zero means something."""


def session_paths(names: Sequence[str], sessions_dir: Path) -> list[Path]:
    """Find sessions by name in the rig's folder, or by path.

    Raises:
        RequestError: None was named, or one is not there.
    """
    if not names:
        raise RequestError("expected at least one session to train on, got none; name one")
    return [_find(name, sessions_dir) for name in names]


def job_document(request: Any, settings: TrainerSettings, rig: Rig) -> dict[str, Any]:
    """Return the job's document for a ``TrainRequest`` of the control service.

    Args:
        request: The message; what it leaves open means the settings.
        settings: What was not asked otherwise.
        rig: Its folders, and how it conditions and cuts the EMG live, which a model must share.

    Raises:
        RequestError: A session is not there.
        SettingsError: The rig's windows are impossible.
    """
    asked = {name: getattr(request, name) for name in _OPTIONAL if request.HasField(name)}
    asked |= {name: value for name in _COUNTS if (value := getattr(request, name))}
    return _settings_document(settings, rig) | {
        "command": "train",
        "sessions": [str(path) for path in session_paths(request.sessions, rig.sessions_dir)],
        "kind": request.kind or "regression",
        "classes": list(request.classes),
        "target": _target(request.target_stream, settings),
        **asked,
    }


def completed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a document that names a rig.toml with all that it leaves open as there; others as is.

    Raises:
        SettingsError: The file, its table ``[trainer]`` or its windows are impossible.
    """
    if "rig" not in document:
        return document
    asked = {name: value for name, value in document.items() if name != "rig"}
    rig = load_rig(Path(str(document["rig"])))
    settings = rig.settings("trainer", TrainerSettings)
    if isinstance(asked.get("target"), str):
        asked["target"] = _target(asked["target"], settings)
    return _settings_document(settings, rig) | asked


def _settings_document(settings: TrainerSettings, rig: Rig) -> dict[str, Any]:
    live = rig.windows
    return settings.model_dump(include=set(_ALIKE)) | {
        "models_dir": str(rig.models_dir),
        "target": _target("", settings),
        "window_s": settings.window_s or live.window_s,
        "highpass_hz": live.highpass_hz,
        "notch_hz": live.notch_hz,
    }


def _find(name: str, sessions_dir: Path) -> Path:
    candidates = [sessions_dir / f"{name}{SESSION_SUFFIX}", sessions_dir / name, Path(name)]
    for path in candidates:
        if path.name.endswith(SESSION_SUFFIX) and path.is_file():
            return path.resolve()
    raise RequestError(
        f"expected a session {name!r} in {sessions_dir}, got none of that name; take one from "
        "the list of sessions (emgrig sessions)"
    )


def _target(stream: str, settings: TrainerSettings) -> dict[str, Any]:
    if stream and stream != settings.target_stream:
        # The settings' columns are those of another stream.
        return {"stream": stream}
    return {
        "stream": settings.target_stream,
        "columns": settings.target_columns or None,
        "transform": settings.target_transform,
        "names": settings.target_names or None,
        "align": settings.align,
        "n_align": settings.n_align,
    }
