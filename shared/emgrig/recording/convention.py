"""The two sign conventions of recorded hand poses, and the way between them.

Source: contracts/session-format.md, section 5.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgrig.messages import STANDARD_POSE

__all__ = ["POSE_STREAMS", "to_standard"]

POSE_STREAMS = ("vhi_control", "vhi_predict")
"""What a hand shows: the streams that the stamp is about; the first one decides."""

_SIGNS = np.array([-1, 1, -1, -1, -1, -1, 1, 1, 1], np.float32)


def to_standard[Number: np.floating[Any]](
    rows: NDArray[Number], stream: str, convention: str
) -> NDArray[Number]:
    """Return rows of a recorded stream with flexion positive.

    Args:
        rows: (n, n_channels); only nine channels of a pose stream are touched.
        stream: Name in the session.
        convention: The session's stamp: ``standard``, or empty for the units of VHI 1.
    """
    is_pose = stream in POSE_STREAMS and rows.shape[-1] == len(_SIGNS)
    if convention == STANDARD_POSE or not is_pose:
        return rows
    # Adding zero turns the -0.0 of a resting finger into 0.0.
    return rows * _SIGNS.astype(rows.dtype) + rows.dtype.type(0)
