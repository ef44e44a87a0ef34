"""A command of the control service, completed by the settings: the document for the job."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emgrig.errors import RequestError
from emgrig.recording import SESSION_SUFFIX

from emgrig_trainer.config import TrainerSettings

__all__ = ["job_document", "session_paths"]


def session_paths(names: Sequence[str], sessions_dir: Path) -> list[Path]:
    """Find sessions by name in the rig's folder, or by path.

    Raises:
        RequestError: None was named, or one is not there.
    """
    if not names:
        raise RequestError("expected at least one session to train on, got none; name one")
    return [_find(name, sessions_dir) for name in names]


def job_document(request: Any, settings: TrainerSettings, folders: tuple[Path, Path]) -> Any:
    """Return the job's document for a ``TrainRequest`` of the control service.

    Args:
        request: The message; zeros and empty texts mean the settings.
        settings: What was not asked otherwise.
        folders: Of the sessions, and of the models.

    Raises:
        RequestError: A session is not there.
    """
    sessions_dir, models_dir = folders
    return {
        "command": "train",
        "sessions": [str(path) for path in session_paths(request.sessions, sessions_dir)],
        "models_dir": str(models_dir),
        "kind": request.kind or "regression",
        "classes": list(request.classes),
        "target": _target(request.target_stream, settings),
        "window_s": settings.window_s,
        "hop_s": request.hop_s or settings.hop_s,
        "features": list(settings.features),
        "sub_window_samples": settings.sub_window_samples,
        "engine": settings.engine,
        "highpass_hz": request.highpass_hz,
        "notch_hz": request.notch_hz,
        "iterations": request.iterations or settings.iterations,
        "border_count": settings.border_count,
        "seed": settings.seed,
        "thread_count": settings.thread_count,
        "niceness": settings.niceness,
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
