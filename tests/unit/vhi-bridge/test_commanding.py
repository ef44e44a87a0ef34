"""Commands to the hand: newest wins, nothing waits behind a backlog."""

import threading

import pytest
from emgrig.control import HandAck
from emgrig_vhi_bridge.commanding import BackOff, Command, CommandQueue, Outcome


def make_command(kind, name="x"):
    return Command(kind, lambda take: HandAck(True, "", name))


def test_commands_leave_in_the_order_in_which_they_came():
    queue = CommandQueue()
    first, second = make_command("session"), make_command("movement")

    queue.put(first)
    queue.put(second)

    assert [queue.get(0), queue.get(0), queue.get(0)] == [first, second, None]


def test_newest_of_a_kind_wins_and_the_older_one_learns_of_it():
    queue = CommandQueue()
    commands = [make_command("movement") for _ in range(1000)]

    for command in commands:
        queue.put(command)

    assert queue.get(0) is commands[-1]
    assert queue.get(0) is None
    assert all(not c.outcome.result(0).applied for c in commands[:-1])
    assert "newer" in commands[0].outcome.result(0).words


def test_waiting_reader_wakes_for_a_command():
    queue, got = CommandQueue(), []
    reader = threading.Thread(target=lambda: got.append(queue.get(10)))
    reader.start()

    command = make_command("movement")
    queue.put(command)
    reader.join(5)

    assert got == [command]


def test_close_wakes_the_reader_and_answers_what_comes_later():
    queue, got = CommandQueue(), []
    reader = threading.Thread(target=lambda: got.append(queue.get(10)))
    reader.start()

    queue.close()
    reader.join(5)
    late = make_command("movement")
    queue.put(late)

    assert got == [None]
    assert late.outcome.result(0) == Outcome(False, "vhi-bridge is stopping")
    assert queue.get(0) is None


def test_what_waits_at_close_can_still_be_taken():
    queue = CommandQueue()
    command = make_command("session")
    queue.put(command)

    queue.close()

    assert queue.get(0) is command


def test_back_off_doubles_up_to_its_limit_and_begins_again():
    back_off = BackOff(0.25, 1.0)

    waits = [back_off.failed() for _ in range(4)]
    back_off.succeeded()

    assert waits == pytest.approx([0.25, 0.5, 1.0, 1.0])
    assert back_off.failed() == 0.25
