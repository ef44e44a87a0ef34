"""What a person asked for a while ago is not done now: a hand that moves late is a danger."""

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from emgrig.errors import RequestError

__all__ = ["Punctuality"]

MOST_LATE_S = 5.0
"""From a click to its handling here: a page that draws on a busy machine answers within it."""

MOST_WAIT_S = 1.0
"""From its handling to the moment at which its command leaves."""


class Punctuality:
    """Refuses commands that come too late.

    Each page sends back the time that it is told every second. What it sends comes in order, so a
    click was made after the page sent the time that was heard last, and is no older than that.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    def heard(self, page: object, told_at: float) -> None:
        """Take note of a page that sent back the time.

        Args:
            page: Which.
            told_at: What it was told, on the clock.
        """
        self._told_at[page] = told_at

    def check(self, page: object) -> None:
        """Refuse what a page may have asked for too long ago.

        Raises:
            RequestError: That may be so: the page, the console or what is between them stood still.
        """
        now = self._clock()
        late_s = now - self._told_at.get(page, now)
        if late_s > MOST_LATE_S:
            raise RequestError(
                f"there was no word between this page and the console for {late_s:.0f} s, so that "
                "it was asked for too long ago; nothing was done, do it again"
            )

    def on_time[Result](self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Return work for another thread, which refuses to begin too late.

        Raises:
            RequestError: By the work: other commands had to be waited for too long.
        """
        asked_at = self._clock()

        def begin() -> Result:
            waited_s = self._clock() - asked_at
            if waited_s > MOST_WAIT_S:
                raise RequestError(
                    f"earlier commands had no answer for {waited_s:.0f} s; nothing was done, look "
                    "at Processes, then do it again"
                )
            return work()

        return begin
