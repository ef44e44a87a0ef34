"""Which class a classification means, or none: the threshold of rejection."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["REJECTED", "Choice", "choose"]


class Choice(NamedTuple):
    """The verdict on one window.

    Attributes:
        class_name: Of the class; empty when rejected.
        class_index: Position among the model's classes; -1 when rejected.
    """

    class_name: str
    class_index: int


REJECTED = Choice("", -1)


def choose(probabilities: NDArray[Any], names: Sequence[str], *, min_confidence: float) -> Choice:
    """Return the likeliest class; the first of equals.

    A hand that does nothing is better than one that does something nobody meant: whatever the
    model is not sure of is rejected. Source: Scheme, Hudgins, Englehart, "Confidence-based
    rejection for improved pattern recognition myoelectric control", IEEE TBME 60, 2013.

    Args:
        probabilities: (n_classes,), 0 to 1.
        names: Of the classes, as many.
        min_confidence: Probability below which nothing is chosen; NaN is below everything.
    """
    index = int(np.argmax(probabilities))
    if not probabilities[index] >= min_confidence:
        return REJECTED
    return Choice(names[index], index)
