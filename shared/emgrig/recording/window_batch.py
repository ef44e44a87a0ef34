"""Training windows as numbers; their samples are gathered when they are needed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["WindowBatch", "WindowSpec"]


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """How a stream is cut.

    Attributes:
        window_samples: Length of a window.
        hop_samples: From one start to the next.
        stream: Stream that is cut.
    """

    window_samples: int
    hop_samples: int
    stream: str = "emg"


@dataclass(frozen=True, slots=True)
class WindowBatch:
    """All windows of a session as numbers; the samples are gathered in blocks.

    Attributes:
        spec: How they were cut.
        starts: (n_windows,), first sample of each in the stream.
        t_last: (n_windows,), time of the last sample, LSL seconds.
        class_index: (n_windows,), -1 where there is no label.
        targets: (n_windows, n_target_channels), float64; None for labelled windows.
        skipped: How many windows were left out, by reason.
    """

    spec: WindowSpec
    starts: NDArray[np.int64]
    t_last: NDArray[np.float64]
    class_index: NDArray[np.int64]
    targets: NDArray[np.float64] | None
    skipped: dict[str, int]

    def __len__(self) -> int:
        return len(self.starts)

    def blocks(self, signal: NDArray[Any], size: int = 1024) -> Iterator[NDArray[Any]]:
        """Yield the windows' samples in order, a block at a time.

        Args:
            signal: (n_samples, n_channels), the stream's samples, conditioned or not.
            size: Windows per block.

        Yields:
            (n, window_samples, n_channels), n <= size, a copy.
        """
        if not len(self):
            return  # and a signal shorter than a window has no views
        views = sliding_window_view(signal, self.spec.window_samples, axis=0).transpose(0, 2, 1)
        for start in range(0, len(self), size):
            yield views[self.starts[start : start + size]]

    def select(self, keep: NDArray[np.bool_], reason: str) -> "WindowBatch":
        """Return the batch without the windows that are not kept, which count as skipped."""
        n_dropped = int(len(keep) - keep.sum())
        total = self.skipped.get(reason, 0) + n_dropped
        return replace(
            self,
            starts=self.starts[keep],
            t_last=self.t_last[keep],
            class_index=self.class_index[keep],
            targets=None if self.targets is None else self.targets[keep],
            skipped={**self.skipped, reason: total} if total else self.skipped,
        )
