"""Which predictions must not reach a hand that follows poses: pure."""

from collections.abc import Sequence

import numpy as np
from emgrig.dsp import FLEXION_CHANNELS
from emgrig.errors import PeerError
from emgrig.messages import Message

__all__ = ["RefusedPredictionError", "check_flexions", "too_old"]


class RefusedPredictionError(PeerError):
    """Raised for a prediction that must not reach the hand; it counts as silence.

    Attributes:
        reason: Word for the ledger: ``shape``, ``targets``, ``non_finite`` or ``stale``.
    """

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


def check_flexions(message: Message, targets: Sequence[str]) -> None:
    """Let five finite flexions of the right names pass.

    Args:
        message: A prediction.
        targets: Names that a model gives to the five flexions, in their order.

    Raises:
        RefusedPredictionError: It is something else.
    """
    n, names = len(FLEXION_CHANNELS), list(message.fields.get("targets", ()))
    reason = "shape" if message.data.shape != (n,) else "targets"
    if reason == "shape" or names != list(targets):
        raise RefusedPredictionError(
            reason,
            f"expected {n} flexions, {list(targets)}, got {names} from model "
            f"{message.fields['model_id']!r}; load a model with these targets, or name its "
            "own as targets in [vhi-bridge] if they are these flexions in this order",
        )
    if not np.isfinite(message.data).all():
        raise RefusedPredictionError(
            "non_finite",
            f"expected finite flexions, got {message.data.tolist()} from model "
            f"{message.fields['model_id']!r}; check the EMG and the model",
        )


def too_old(data_age_s: float, silence_s: float) -> RefusedPredictionError:
    """Return the refusal of a prediction whose data is that old.

    Args:
        data_age_s: Age of its last sample, seconds.
        silence_s: Age from which data moves the hand no more, seconds.
    """
    return RefusedPredictionError(
        "stale",
        f"expected EMG of the last {silence_s} s, got a prediction from "
        f"{data_age_s:.3f} s ago; find what is slow on its way, see the trace",
    )
