"""Our LSL outlet of class indices, for generators of EMG."""

import pylsl

__all__ = ["CueOutlet"]


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
