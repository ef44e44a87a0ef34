"""Turns a level into events: fires when a value changes."""

__all__ = ["EdgeTrigger"]


class EdgeTrigger[T]:
    """Fires when the value differs from the last one that fired; the first value fires.

    Args:
        n_equal: Equal values in a row that it takes; 1 = fires at once, more = debounced.
    """

    def __init__(self, n_equal: int = 1) -> None:
        self._n_equal = n_equal
        self._fired: tuple[T, ...] = ()  # empty = nothing yet, so that None is a value too
        self._candidate: tuple[T, ...] = ()
        self._n_seen = 0

    def fires(self, value: T) -> bool:
        """Take the next value and tell whether it is an edge."""
        if self._candidate != (value,):
            self._candidate, self._n_seen = (value,), 0
        self._n_seen += 1
        if self._n_seen < self._n_equal or self._fired == (value,):
            return False
        self._fired = (value,)
        return True

    def rebase(self, value: T) -> None:
        """Take a value as fired without firing; equal values are counted from here."""
        self._fired = (value,)
        self._candidate, self._n_seen = (), 0
