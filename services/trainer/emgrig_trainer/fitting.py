"""Fit CatBoost models; progress and cancelling through its callback."""

import importlib.metadata
import platform
from dataclasses import dataclass
from typing import Any

import catboost
import numpy as np
from emgrig.errors import RequestError
from numpy.typing import NDArray

from emgrig_trainer.progress import Progress
from emgrig_trainer.requests import TrainRequest

__all__ = ["Stage", "fit", "hyper_parameters", "learning_curve", "predict", "versions"]

_CURVE_POINTS = 60


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the fits of a run.

    Attributes:
        name: For the progress reports.
        later: Cost of the fits that follow, in iterations of this one.
        border_count: At most so many borders; None = as requested.
        held_out: Features and truth on which the loss of every iteration is taken besides.
    """

    name: str
    later: int = 0
    border_count: int | None = None
    held_out: tuple[NDArray[np.float32], NDArray[Any]] | None = None


class _Reporter:
    """CatBoost's callback. It must not raise: the exception would pass through C++."""

    def __init__(self, progress: Progress, stage: Stage, total: int) -> None:
        self._progress = progress
        self._stage = stage
        self._total = total

    def after_iteration(self, info: Any) -> bool:
        """Report, and return whether to go on; the name is CatBoost's."""
        stage = self._stage
        self._progress.tell(stage.name, info.iteration, self._total, later=stage.later)
        return not self._progress.is_cancelled


def hyper_parameters(request: TrainRequest) -> dict[str, Any]:
    """Return what CatBoost is given.

    MultiRMSE also for a single target: the RMSE loss would choose a learning rate of its own,
    which is worse on small recordings (grip_force_myo_v11b: R2 0.75 against 0.79).
    """
    is_regression = request.kind == "regression"
    return {
        "loss_function": "MultiRMSE" if is_regression else "MultiClass",
        "iterations": request.iterations,
        "border_count": request.border_count,
        "random_seed": request.seed,
        "thread_count": request.thread_count,
    }


def fit(
    features: NDArray[np.float32],
    truth: NDArray[Any],
    *,
    request: TrainRequest,
    progress: Progress,
    stage: Stage,
) -> Any:
    """Fit one model.

    Args:
        features: (n, n_features), finite.
        truth: (n, n_targets), or (n,) class positions.
        request: Hyper-parameters.
        progress: Told after each iteration.
        stage: Name for the reports, and more.

    Returns:
        The CatBoost model.

    Raises:
        RequestError: CatBoost cannot learn from this.
        CancelledRunError: The run was cancelled.
    """
    parameters = hyper_parameters(request)
    if stage.border_count is not None:
        parameters["border_count"] = min(stage.border_count, request.border_count)
    model = catboost.CatBoost(parameters | {"allow_writing_files": False, "verbose": False})
    progress.report(stage.name, 0, request.iterations, later=stage.later)
    reporter = _Reporter(progress, stage, request.iterations)
    try:
        # All iterations count: the model that is kept is fitted without anything held out.
        model.fit(
            features, truth, callbacks=[reporter], eval_set=stage.held_out, use_best_model=False
        )
    except catboost.CatBoostError as error:
        raise RequestError(
            f"expected windows that a model can learn from, got {error}; record more, and at "
            "least two different movements"
        ) from error
    progress.check()
    return model


def learning_curve(model: Any) -> dict[str, list[float]]:
    """Return the loss after some of the iterations, at most `_CURVE_POINTS`.

    Returns:
        ``iteration``, ``learned`` and ``held_out``: what was learned from, and what was not.
    """
    losses = model.get_evals_result()
    learned, held_out = (next(iter(losses[name].values())) for name in ("learn", "validation"))
    chosen = np.unique(np.linspace(0, len(learned) - 1, _CURVE_POINTS).round().astype(int))
    return {
        "iteration": (chosen + 1).tolist(),
        "learned": [_short(learned[k]) for k in chosen],
        "held_out": [_short(held_out[k]) for k in chosen],
    }


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def predict(model: Any, features: NDArray[np.float32], kind: str) -> NDArray[Any]:
    """Return (n, n_targets), or (n,) class positions."""
    if kind == "regression":
        values: NDArray[Any] = model.predict(features).reshape(len(features), -1)
        return values
    return np.asarray(model.predict(features, prediction_type="Class")).reshape(-1).astype(np.int64)


def versions(engine: str) -> dict[str, str]:
    """Return the versions of what a model depends on."""
    names = ["emgrig", "catboost", "numpy", "scipy"]
    names += ["myoverse", "torch"] if engine == "myoverse" else []
    return {"python": platform.python_version()} | {
        name: importlib.metadata.version(name) for name in names
    }
