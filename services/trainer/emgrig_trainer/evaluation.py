"""Compare a model with sessions that it may or may not know."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from emgrig.dsp import FeatureEngine, FeatureSpec, feature_engine, window_starts
from emgrig.errors import RequestError
from emgrig.models import Decoder, Manifest, load_bundle
from emgrig.recording import SessionReader, WindowBatch
from numpy.typing import NDArray
from pydantic import ValidationError

from emgrig_trainer import dataset, scoring, targets
from emgrig_trainer.progress import Progress
from emgrig_trainer.requests import EvaluateRequest, TargetRequest

__all__ = ["evaluate"]


def evaluate(
    request: EvaluateRequest, sessions: Sequence[SessionReader], progress: Progress
) -> dict[str, Any]:
    """Predict every window of the sessions and score the predictions.

    Returns:
        The scores, with ``model_id``, ``windows``, ``skipped``, and the names of the outputs.

    Raises:
        BundleError: The model is not there, or not what it says.
        SessionError: A session lacks what is needed.
        RequestError: A session has nothing to compare with, or the file cannot be written.
        CancelledRunError: Cancelled.
    """
    bundle = load_bundle(request.models_dir, request.model_id)
    manifest = bundle.manifest
    spec = replace(manifest.spec, engine=request.engine or manifest.spec.engine)
    decoder, engine = bundle.decoder(), feature_engine(spec)
    truths, predictions, skipped = [], [], Counter[str]()
    for index, session in enumerate(sessions):
        progress.report("windows", index, len(sessions))
        dataset.check_stream(session, spec)
        emg = dataset.conditioned(session, spec)
        batch, truth = _cut(request, session, manifest)
        predicted, is_finite = _predict(emg, batch, engine, decoder)
        truths.append(truth[is_finite])
        predictions.append(predicted[is_finite])
        skipped.update(batch.skipped | {"non_finite": int((~is_finite).sum())})
        if request.predictions_file is not None:
            grid = _plain_grid(session, spec, request.hop_s)
            _write(request.predictions_file, grid, *_predict(emg, grid, engine, decoder))
    scores = _score(manifest, np.concatenate(truths), np.concatenate(predictions))
    progress.report("done", len(sessions), len(sessions))
    return scores | {
        "model_id": bundle.id,
        "kind": manifest.kind,
        "outputs": manifest.output_names,
        "skipped": {reason: n for reason, n in skipped.items() if n},
    }


def _cut(
    request: EvaluateRequest, session: SessionReader, manifest: Manifest
) -> tuple[WindowBatch, NDArray[Any]]:
    windows = dataset.window_spec(manifest.spec, request.hop_s)
    if manifest.kind == "classification":
        wanted = request.classes or tuple(manifest.classes)
        names = [name if name in wanted else "" for name in manifest.classes]
        return targets.labeled_windows(session, windows, names)
    batch = targets.aligned_windows(
        session,
        windows,
        manifest.targets[0],
        asked=_asked(manifest),
        classes=request.classes,
    )
    return batch, np.empty((0, 0)) if batch.targets is None else batch.targets


def _asked(manifest: Manifest) -> TargetRequest:
    """Return how windows met their targets in training."""
    target = manifest.targets[0]
    cut = {key: manifest.hyper_parameters.get(key) for key in ("align", "n_align")}
    try:
        asked = TargetRequest.model_validate(
            {"stream": target.stream, "columns": target.columns}
            | {key: value for key, value in cut.items() if value is not None}
        )
    except ValidationError as error:
        raise RequestError(
            f"expected the alignment in the hyper-parameters of {manifest.id}, got {cut}; "
            "train again"
        ) from error
    return asked.with_defaults()


def _plain_grid(session: SessionReader, spec: FeatureSpec, hop_s: float) -> WindowBatch:
    """Cut all windows of a session, as they are cut live: labels and targets play no part."""
    times = session.timestamps(dataset.EMG)
    windows = dataset.window_spec(spec, hop_s)
    starts = window_starts(
        times,
        spec.sample_rate_hz,
        window_samples=windows.window_samples,
        hop_samples=windows.hop_samples,
    )
    t_last = times[starts + windows.window_samples - 1]
    return WindowBatch(windows, starts, t_last, np.full(len(starts), -1), None, {})


def _predict(
    emg: NDArray[np.float32], batch: WindowBatch, engine: FeatureEngine, decoder: Decoder
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the predictions, NaN where features are not finite, and where they are finite."""
    features = dataset.extract(emg, batch, engine)
    is_finite = np.isfinite(features).all(axis=1)
    predicted = np.full((len(batch), len(decoder.output_names)), np.nan, np.float32)
    predicted[is_finite] = decoder.predict_many(features[is_finite])
    return predicted, is_finite


def _score(manifest: Manifest, truth: NDArray[Any], predicted: NDArray[Any]) -> dict[str, Any]:
    if not len(truth):
        raise RequestError(
            "expected windows with a target or a label in the sessions, got none; evaluate "
            "sessions of the kind that the model was trained on"
        )
    if manifest.kind == "classification":
        return scoring.score_classes(truth, predicted.argmax(axis=1))
    return scoring.score_targets(truth, predicted)


def _write(
    path: Path, batch: WindowBatch, predicted: NDArray[np.float32], is_finite: NDArray[np.bool_]
) -> None:
    try:
        with path.open("wb") as file:
            np.savez(
                file,
                t_last=batch.t_last[is_finite],
                sample_index=batch.starts[is_finite],
                predictions=predicted[is_finite],
            )
    except OSError as error:
        raise RequestError(
            f"expected to write {path}, got {error.strerror}; name another predictions file"
        ) from error
