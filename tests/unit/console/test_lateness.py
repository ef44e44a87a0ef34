"""Commands that come too late do nothing, and say so."""

import pytest
from emgrig.errors import RequestError
from emgrig_console.lateness import MOST_LATE_S, MOST_WAIT_S, Punctuality


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Page:
    """One tab."""


def test_a_click_that_may_be_old_is_refused() -> None:
    clock, page, other = Clock(), Page(), Page()
    punctuality = Punctuality(clock)
    punctuality.check(page)
    punctuality.heard(page, clock.now)
    punctuality.heard(other, clock.now)
    clock.now += 0.9 * MOST_LATE_S
    punctuality.check(page)
    punctuality.heard(other, clock.now)

    clock.now += 0.2 * MOST_LATE_S
    with pytest.raises(RequestError, match=r"no word .* for 6 s"):
        punctuality.check(page)
    punctuality.check(other)

    # What was told before everything stood still and is sent back only now makes nothing young.
    punctuality.heard(page, clock.now - 1.1 * MOST_LATE_S)
    with pytest.raises(RequestError, match="do it again"):
        punctuality.check(page)
    punctuality.heard(page, clock.now)
    punctuality.check(page)


def test_work_does_not_begin_long_after_it_was_asked_for() -> None:
    clock, done = Clock(), []
    punctuality = Punctuality(clock)
    soon, late = (punctuality.on_time(lambda: done.append(1)) for _ in range(2))

    clock.now += 0.9 * MOST_WAIT_S
    soon()
    clock.now += MOST_WAIT_S
    with pytest.raises(RequestError, match="no answer"):
        late()

    assert done == [1]
