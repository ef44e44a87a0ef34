"""Our LSL outlets: poses for the predicted hand, class indices for generators of EMG."""

import numpy as np
import pylsl
from numpy.typing import NDArray

from emgrig_vhi_bridge.posing import N_CHANNELS

__all__ = ["CueOutlet", "PoseOutlet"]

_POSE_BUFFER_S = 1
"""What a consumer that stands still may find when it goes on; an old pose is of no use."""


class PoseOutlet:
    """The pose stream; its source id never changes, so a hand survives our restart.

    Args:
        name: LSL name.
        source_id: LSL source id.
        rate_hz: Nominal rate.
    """

    def __init__(self, name: str, source_id: str, rate_hz: float) -> None:
        # Type, channels, rate and format as the VHI's own client has them: contracts/vhi.md 3.3.
        info = pylsl.StreamInfo(name, "Control", N_CHANNELS, rate_hz, pylsl.cf_float32, source_id)
        self._outlet = pylsl.StreamOutlet(info, max_buffered=_POSE_BUFFER_S)

    def push(self, values: NDArray[np.float32]) -> float:
        """Push a pose now and return the LSL clock at which it left."""
        t = float(pylsl.local_clock())
        self._outlet.push_sample(values, t)
        return t


class CueOutlet:
    """The stream of cued class indices, as generators of synthetic EMG expect it.

    Source: contracts/session-format.md 9.
    """

    def __init__(self, name: str) -> None:
        info = pylsl.StreamInfo(name, "Control", 1, pylsl.IRREGULAR_RATE, pylsl.cf_float32, "ctrl")
        self._outlet = pylsl.StreamOutlet(info)

    def push(self, class_index: int, t: float) -> None:
        """Push a class index, stamped with the LSL clock at which it was asked for."""
        self._outlet.push_sample([float(class_index)], t)
