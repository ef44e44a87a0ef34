"""The edge trigger: fires on change, once."""

from emgrig.dsp import EdgeTrigger


def test_fires_on_the_first_value_and_on_each_change():
    trigger = EdgeTrigger[str | None]()
    values = [None, None, "Fist", "Fist", "Rest", "Fist"]
    assert [trigger.fires(v) for v in values] == [True, False, True, False, True, True]


def test_rebase_sets_without_firing():
    trigger = EdgeTrigger[str]()
    trigger.rebase("Fist")
    assert not trigger.fires("Fist")
    assert trigger.fires("Rest")


def test_debounce_waits_for_equal_values_in_a_row():
    trigger = EdgeTrigger[int](n_equal=3)
    values = [1, 1, 2, 1, 1, 1, 1, 2, 2, 2]
    assert [i for i, v in enumerate(values) if trigger.fires(v)] == [5, 9]


def test_flicker_back_to_the_fired_value_does_not_fire():
    trigger = EdgeTrigger[int](n_equal=2)
    assert [trigger.fires(v) for v in [1, 1, 2, 1, 1, 1]] == [False, True, *[False] * 4]


def test_rebase_begins_the_count_again():
    trigger = EdgeTrigger[int](n_equal=2)
    trigger.fires(1)
    trigger.rebase(0)
    assert [trigger.fires(1), trigger.fires(1)] == [False, True]
