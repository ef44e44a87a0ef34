"""Windows of two acquirers: each stretch of the signal once, none lost when one dies."""

from emgrig.messages import Message
from emgrig_feature_extractor.merging import WindowMerger

HOP_S = 0.03125


def window(source: str, k: int, *, offset: float = 0.0, at_s: float | None = None) -> Message:
    t = 100.0 + k * HOP_S + offset
    received_ns = int((t if at_s is None else at_s) * 1e9)
    return Message(
        topic="window/emg", source=source, epoch=source, seq=k, t_last=t, received_ns=received_ns
    )


def test_one_acquirer_s_windows_are_all_used_even_if_its_clock_is_set_back() -> None:
    merger = WindowMerger()

    assert all(merger.is_new(window("a", k)) for k in range(5))
    assert merger.is_new(window("a", 5, offset=-3600))


def test_of_two_acquirers_one_is_followed() -> None:
    merger = WindowMerger()
    arrivals = [window(source, k, offset=offset) for k in range(50) for source, offset in PAIR]

    used = [message for message in arrivals if merger.is_new(message)]

    assert len({message.source for message in used[2:]}) == 1
    assert 49 <= len(used) <= 51


def test_the_other_takes_over_within_a_hop_and_a_half() -> None:
    merger = WindowMerger()
    for k in range(10):
        for source, offset in PAIR:
            merger.is_new(window(source, k, offset=offset))
    survivor, offset = PAIR[0]

    before = window(survivor, 9, offset=offset).t_last
    used = [m for k in range(10, 20) if merger.is_new(m := window(survivor, k, offset=offset))]

    assert used[0].t_last - before <= 1.5 * HOP_S
    assert len(used) >= 9


def test_after_a_silence_the_other_is_followed_whatever_its_clock_says() -> None:
    merger = WindowMerger()
    merger.is_new(window("a", 0))

    assert not merger.is_new(window("b", 0, offset=-3600, at_s=100.5))
    assert merger.is_new(window("b", 1, offset=-3600, at_s=101.5))


PAIR = (("a", 0.0), ("b", 0.4 * HOP_S))
