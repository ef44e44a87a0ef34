from concurrent.futures import ThreadPoolExecutor

import pytest
from emgrig.control import GetState, SetMovement
from emgrig.errors import PeerError
from emgrig.testing import wait_until
from emgrig_virtual_hand.commanding import Hands
from emgrig_virtual_hand.frame_queue import FrameQueue
from emgrig_virtual_hand.movements import Movement, stock_movements


@pytest.fixture
def hands():
    return Hands(stock_movements(), "AI")


@pytest.fixture
def callers():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_a_command_is_answered_by_the_frame_that_executes_it(hands, callers):
    queue = FrameQueue()
    answer = callers.submit(queue.ask, SetMovement("Fist"))

    wait_until(lambda: queue.drain(hands) == 1, 2.0)

    assert answer.result(2.0).current_movement == "Fist"


def test_movements_come_in_with_the_next_frame(hands):
    queue = FrameQueue()
    queue.offer((Movement("Wave", {}),))

    queue.drain(hands)

    assert hands.control.selected.name == "Wave"


def test_closing_turns_waiting_and_later_callers_away(callers):
    queue = FrameQueue()
    waiting = callers.submit(queue.ask, GetState())
    wait_until(lambda: bool(queue._waiting), 2.0)

    queue.close()
    queue.close()

    with pytest.raises(PeerError, match="shutting down"):
        waiting.result(2.0)
    with pytest.raises(PeerError, match="shutting down"):
        queue.ask(GetState())
