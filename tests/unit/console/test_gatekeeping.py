"""Who may come in, in a time that the test tells."""

import pytest
from emgrig_console.gatekeeping import (
    MOST_ADDRESSES,
    MOST_FAILURES,
    MOST_SESSIONS,
    SESSION_S,
    SPAN_S,
    Sessions,
    Throttle,
    is_loopback,
    is_named_loopback,
    is_same,
    is_same_origin,
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "rig.example", "", "1"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("header", "is_ours"),
    [
        ("127.0.0.1:8080", True),
        ("LOCALHOST:8080", True),
        ("[::1]:8080", True),
        ("localhost", True),
        ("evil.example:8080", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:8080", False),
        ("evil.example@127.0.0.1.evil.example", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_name_of_this_machine(header: str, is_ours: bool) -> None:
    assert is_named_loopback(header) == is_ours


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://rig:8080", True),
        ("https://RIG:8080", True),
        ("http://rig", False),
        ("http://rig:8081", False),
        ("http://rig:8080.evil.example", False),
        ("http://evil.example/rig:8080", False),
        ("null", False),
        ("", False),
        ("file://rig:8080", False),
    ],
)
def test_origin(origin: str, is_ours: bool) -> None:
    assert is_same_origin(origin, "rig:8080") == is_ours


def test_no_host_is_nobodys_origin() -> None:
    assert not is_same_origin("http://", "")


def test_secrets_are_compared_whole() -> None:
    assert is_same("täglich", "täglich")
    assert not is_same("täglic", "täglich")


def test_too_many_wrong_tokens_wait_until_the_span_is_over() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(MOST_FAILURES):
        assert throttle.wait_s("a") == 0
        throttle.fail("a")
        clock.now += 1

    assert throttle.wait_s("a") == SPAN_S - MOST_FAILURES
    assert throttle.wait_s("b") == 0

    clock.now += SPAN_S - MOST_FAILURES
    assert throttle.wait_s("a") == 0


def test_the_right_token_forgets_the_wrong_ones() -> None:
    throttle = Throttle(Clock())
    for _ in range(MOST_FAILURES):
        throttle.fail("a")

    throttle.succeed("a")

    assert throttle.wait_s("a") == 0


def test_strangers_do_not_keep_out_who_has_the_token() -> None:
    throttle = Throttle(Clock())
    for n in range(200):
        throttle.fail(f"10.0.0.{n}")

    assert throttle.wait_s("10.0.1.1") == 0


@pytest.mark.parametrize(
    ("other", "is_same_visitor"),
    [("fd00::ffff", True), ("fd00:0:0:1::1", False), ("fd00::2%eth0", True)],
)
def test_who_has_many_ipv6_addresses_does_not_guess_faster(other, is_same_visitor) -> None:
    throttle = Throttle(Clock())
    for _ in range(MOST_FAILURES):
        throttle.fail("fd00::1")

    assert (throttle.wait_s(other) > 0) == is_same_visitor


def test_addresses_do_not_fill_the_memory() -> None:
    throttle = Throttle(Clock())
    for n in range(MOST_ADDRESSES + 10):
        throttle.fail(f"address {n}")

    assert len(throttle._failures) == MOST_ADDRESSES


def test_sessions_are_random_and_end() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    first, second = sessions.open(), sessions.open()

    assert first != second
    assert len(first) >= 40
    assert sessions.is_open(first)
    assert not sessions.is_open("")
    sessions.end(first)
    assert not sessions.is_open(first)
    clock.now += SESSION_S
    assert not sessions.is_open(second)


def test_the_oldest_of_too_many_sessions_ends() -> None:
    sessions = Sessions(Clock())
    first, *rest = [sessions.open() for _ in range(MOST_SESSIONS + 1)]

    assert not sessions.is_open(first)
    assert all(sessions.is_open(session) for session in rest)
