"""What the windows of a session are to be learned as: poses, other kinematics, or classes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from emgrig.dsp import FLEXION_CHANNELS
from emgrig.errors import RequestError, SessionError
from emgrig.models import Target
from emgrig.recording import (
    SessionReader,
    WindowBatch,
    WindowSpec,
    iter_aligned_windows,
    iter_labeled_windows,
    to_standard,
)
from numpy.typing import NDArray

from emgrig_trainer.requests import VHI_STREAM, TargetRequest

__all__ = ["aligned_windows", "class_names", "labeled_windows", "resolve_target", "selection"]

_FIST = "Fist"
_FIST_INDEX = 1


def resolve_target(asked: TargetRequest, sessions: Sequence[SessionReader]) -> Target:
    """Say which columns of which stream are learned, with their names.

    Args:
        asked: With its defaults.
        sessions: At least one of them has the stream, or the target is the hand's pose.

    Raises:
        SessionError: No session has the stream.
        RequestError: The stream has no such columns, or the names do not fit.
    """
    having = [session for session in sessions if asked.stream in session.streams]
    if not having and not _is_pose(asked.stream, asked.columns or ()):
        raise SessionError(
            f"expected the stream {asked.stream!r} in the sessions, got only "
            f"{sorted({name for session in sessions for name in session.streams})}; name another "
            "target, or train a classification"
        )
    channels = having[0].info(asked.stream).channel_names if having else ()
    n_channels = min((session.info(asked.stream).n_channels for session in having), default=9)
    columns = asked.columns or tuple(range(n_channels))
    if max(columns) >= n_channels:
        raise RequestError(
            f"expected columns of {asked.stream!r} below {n_channels}, got {columns}; name others"
        )
    names = asked.names or tuple(
        channels[column] if channels else f"{asked.stream}_{column}" for column in columns
    )
    if len(names) != len(columns) or len(set(names)) != len(names):
        raise RequestError(f"expected one name for each of the columns {columns}, got {names}")
    transform = asked.transform or "identity"
    return Target(stream=asked.stream, columns=columns, transform=transform, names=names)


def _is_pose(stream: str, columns: Sequence[int]) -> bool:
    """Whether labels can stand for the target: these flexions are closed in a fist."""
    return stream == VHI_STREAM and bool(columns) and set(columns) <= set(FLEXION_CHANNELS)


def class_names(session: SessionReader) -> list[str]:
    """Return the session's class names by class index; made up where it has none."""
    n = max([len(session.class_names), *(label.class_index + 1 for label in session.labels)])
    names = list(session.class_names)
    return names + [f"class {index}" for index in range(len(names), n)]


def selection(session: SessionReader, classes: Sequence[str]) -> list[int] | None:
    """Return the class indices of the selected names; None when nothing is selected."""
    if not classes:
        return None
    return [index for index, name in enumerate(class_names(session)) if name in classes]


def aligned_windows(
    session: SessionReader,
    spec: WindowSpec,
    target: Target,
    *,
    asked: TargetRequest,
    classes: Sequence[str] = (),
) -> WindowBatch:
    """Cut windows with what a regression learns: ``targets`` is (n, len(target.columns)).

    A session without the hand's pose but with labels gets a pose from them: Fist is all ones,
    everything else zeros (numerics.md, "Model").

    Raises:
        SessionError: It has neither.
    """
    chosen = selection(session, classes)
    if target.stream not in session.streams:
        return _from_labels(session, spec, target, chosen)
    batch = iter_aligned_windows(
        session,
        spec,
        target=target.stream,
        n_align=None if asked.align == "end" else asked.n_align,
        classes=chosen,
    )
    rows = np.empty((0, 0)) if batch.targets is None else batch.targets
    # Sessions of either generation of the hand teach one model: flexion is positive in all.
    rows = to_standard(rows, target.stream, session.pose_convention)
    return replace(batch, targets=target.apply(rows).astype(np.float64))


def labeled_windows(
    session: SessionReader, spec: WindowSpec, names: Sequence[str]
) -> tuple[WindowBatch, NDArray[np.int64]]:
    """Cut windows of the named classes, with the position of each one's name.

    Raises:
        SessionError: The session has no labels.
    """
    if not session.labels:
        raise SessionError(
            f"expected labels in {session.path}, got none; record with labels, or train a "
            "regression"
        )
    batch = iter_labeled_windows(session, spec, classes=selection(session, names) or [])
    own = class_names(session)
    positions = np.array(
        [names.index(name) if name in names else -1 for name in own] or [-1], np.int64
    )
    return batch, positions[batch.class_index]


def _from_labels(
    session: SessionReader, spec: WindowSpec, target: Target, chosen: list[int] | None
) -> WindowBatch:
    if not _is_pose(target.stream, target.columns) or not session.labels:
        raise SessionError(
            f"expected the stream {target.stream!r} in {session.path}, got "
            f"{sorted(session.streams)} and {len(session.labels)} labels; leave the session out, "
            "or name another target"
        )
    batch = iter_labeled_windows(session, spec, classes=chosen)
    names = class_names(session)
    fist = names.index(_FIST) if _FIST in names else _FIST_INDEX
    is_fist = (batch.class_index == fist).astype(np.float64)
    return replace(batch, targets=np.repeat(is_fist[:, np.newaxis], len(target.columns), axis=1))
