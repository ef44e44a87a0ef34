"""One training run: sessions in, a bundle out."""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from emgrig.dsp import Conditioning, FeatureSpec, feature_engine
from emgrig.errors import RequestError, SessionError
from emgrig.models import Bundle, ManifestDraft, Target, save_bundle
from emgrig.recording import SessionReader, WindowBatch
from numpy.typing import NDArray

from emgrig_trainer import dataset, fitting, scoring, targets
from emgrig_trainer.dataset import Examples
from emgrig_trainer.progress import Progress
from emgrig_trainer.requests import TrainRequest

__all__ = ["train"]

# A regression is held out in twelve blocks of time per session (three are tested), so that every
# movement is on both sides; a class in four (one is tested), the length of a repetition.
_BLOCKS = {"regression": 12, "classification": 4}

# The time of a fit grows with targets x features x borders, hardly with windows: 400 windows of
# 8 channels with five targets take 41 s of CPU with 254 borders and 10 s with 64, and the scores
# of the recorded sets differ by less than 0.01 (R2). So a score costs a quarter of its model.
_VALIDATION_BORDERS = 64


def train(
    request: TrainRequest, sessions: Sequence[SessionReader], progress: Progress
) -> tuple[Bundle, dict[str, int]]:
    """Train, validate on held-out time blocks, fit on everything, and write the bundle.

    Returns:
        The bundle, and the windows left out by reason.

    Raises:
        RequestError: The sessions cannot be learned from as asked.
        SessionError: A session lacks what is needed.
        CancelledRunError: Cancelled; nothing was written.
    """
    spec = _spec(request, sessions[0])
    outputs = _outputs(request, sessions)
    examples = _examples(request, sessions, spec=spec, outputs=outputs, progress=progress)
    names, examples = _used_classes(request, outputs, examples)
    features = np.concatenate([one.features for one in examples])
    truth = np.concatenate([one.truth for one in examples])
    _check_enough(request, truth)
    validation = _validate(request, examples, spec.window_samples, progress=progress)
    stage = fitting.Stage("fit")
    model = fitting.fit(features, truth, request=request, progress=progress, stage=stage)
    draft = ManifestDraft(
        kind=request.kind,
        feature_spec=spec.to_dict(),
        targets=(outputs,) if isinstance(outputs, Target) else (),
        classes=tuple(names),
        sessions=tuple(one.session for one in examples),
        hyper_parameters=_hyper_parameters(request, outputs),
        validation=validation | {"windows_trained": len(truth)} | _warnings(sessions),
        versions=fitting.versions(request.engine),
    )
    bundle = save_bundle(request.models_dir, draft, lambda path: model.save_model(str(path)))
    skipped = Counter[str]()
    for one in examples:
        skipped.update(one.skipped)
    return bundle, dict(skipped)


def _warnings(sessions: Sequence[SessionReader]) -> dict[str, Any]:
    found = [words for session in sessions for words in dataset.warnings_of(session)]
    return {"warnings": found} if found else {}


def _spec(request: TrainRequest, session: SessionReader) -> FeatureSpec:
    conditioning = Conditioning(highpass_hz=request.highpass_hz, notch_hz=request.notch_hz)
    return dataset.make_spec(
        session,
        request.window_s,
        request.sub_window_samples,
        features=list(request.features),
        engine=request.engine,
        conditioning=conditioning.to_dict(),
    )


def _outputs(request: TrainRequest, sessions: Sequence[SessionReader]) -> Target | list[str]:
    """Return what a regression learns, or the names of the classes."""
    present = list(dict.fromkeys(name for one in sessions for name in targets.class_names(one)))
    missing = [name for name in request.classes if name not in present]
    if missing:
        raise RequestError(f"expected classes of {present}, got {missing}; name others")
    if request.kind == "regression":
        return targets.resolve_target(request.wanted, sessions)
    return [name for name in present if not request.classes or name in request.classes]


def _examples(
    request: TrainRequest,
    sessions: Sequence[SessionReader],
    *,
    spec: FeatureSpec,
    outputs: Target | list[str],
    progress: Progress,
) -> list[Examples]:
    for session in sessions:
        dataset.check_stream(session, spec)
    cut = [_cut(request, session, spec, outputs) for session in sessions]
    total = sum(len(batch) for batch, _ in cut)
    progress.report("windows", 0, total)
    engine = feature_engine(spec)
    found: list[Examples] = []
    done = 0
    for session, (batch, truth) in zip(sessions, cut, strict=True):
        tell = functools.partial(_tell_windows, progress, done, total)
        features = dataset.extract(dataset.conditioned(session, spec), batch, engine, tell)
        done += len(batch)
        found.append(_finite(session, batch, features, truth))
    return found


def _tell_windows(progress: Progress, before: int, total: int, n: int) -> None:
    progress.report("windows", before + n, total)


def _cut(
    request: TrainRequest, session: SessionReader, spec: FeatureSpec, outputs: Target | list[str]
) -> tuple[WindowBatch, NDArray[Any]]:
    windows = dataset.window_spec(spec, request.hop_s)
    if isinstance(outputs, list):
        return targets.labeled_windows(session, windows, outputs)
    batch = targets.aligned_windows(
        session, windows, outputs, asked=request.wanted, classes=request.classes
    )
    return batch, np.empty((0, 0)) if batch.targets is None else batch.targets


def _finite(
    session: SessionReader,
    batch: WindowBatch,
    features: NDArray[np.float32],
    truth: NDArray[Any],
) -> Examples:
    is_finite = np.isfinite(features).all(axis=1)
    n_bad = int(len(is_finite) - is_finite.sum())
    skipped = batch.skipped | ({"non_finite": n_bad} if n_bad else {})
    return Examples(
        dataset.session_use(session),
        batch.starts[is_finite],
        features[is_finite],
        truth[is_finite],
        skipped,
    )


def _used_classes(
    request: TrainRequest, outputs: Target | list[str], examples: list[Examples]
) -> tuple[list[str], list[Examples]]:
    """Drop the classes that no window has, and renumber the others."""
    if isinstance(outputs, Target):
        return [], examples
    used = np.unique(np.concatenate([one.truth for one in examples])).astype(np.int64)
    renumbered = [replace(one, truth=np.searchsorted(used, one.truth)) for one in examples]
    return [outputs[index] for index in used], renumbered


def _check_enough(request: TrainRequest, truth: NDArray[Any]) -> None:
    different = len(np.unique(truth, axis=0)) if len(truth) else 0
    if different < 2:
        raise SessionError(
            f"expected windows of at least two different {request.kind} values, got {len(truth)} "
            f"windows with {different}; record longer, or more than one movement, and check that "
            "the target was recorded beside the EMG"
        )


def _validate(
    request: TrainRequest, examples: list[Examples], window_samples: int, *, progress: Progress
) -> dict[str, Any]:
    splits = [
        scoring.held_out(
            one.starts,
            window_samples,
            groups=_groups(one.truth),
            n_blocks=_BLOCKS[request.kind],
        )
        for one in examples
    ]
    is_train, is_test = (np.concatenate(masks) for masks in zip(*splits, strict=True))
    features = np.concatenate([one.features for one in examples])
    truth = np.concatenate([one.truth for one in examples])
    score = scoring.score_targets if request.kind == "regression" else scoring.score_classes
    if not is_test.any() or len(np.unique(truth[is_train], axis=0)) < 2:
        return score(truth[:0], truth[:0])  # too short to hold anything out
    borders = min(_VALIDATION_BORDERS, request.border_count)
    later = request.iterations * request.border_count // borders
    held_out = (features[is_test], truth[is_test])
    stage = fitting.Stage("validate", later, borders, held_out)
    model = fitting.fit(
        features[is_train], truth[is_train], request=request, progress=progress, stage=stage
    )
    predicted = fitting.predict(model, features[is_test], request.kind)
    show = scoring.shown_targets if request.kind == "regression" else scoring.shown_classes
    scores = score(truth[is_test], predicted) | {"border_count": borders}
    pictures = show(truth[is_test], predicted) | {"curve": fitting.learning_curve(model)}
    return scores | {"pictures": pictures}


def _groups(truth: NDArray[Any]) -> NDArray[np.int64]:
    """Return the classes, or one group for a regression."""
    return truth.astype(np.int64) if truth.ndim == 1 else np.zeros(len(truth), np.int64)


def _hyper_parameters(request: TrainRequest, outputs: Target | list[str]) -> dict[str, Any]:
    """Return CatBoost's, and how windows were cut and met their targets."""
    cut: dict[str, Any] = {"window_s": request.window_s, "hop_s": request.hop_s}
    if isinstance(outputs, Target):
        cut |= {"align": request.wanted.align, "n_align": request.wanted.n_align}
    return fitting.hyper_parameters(request) | cut | {"selected": list(request.classes)}
