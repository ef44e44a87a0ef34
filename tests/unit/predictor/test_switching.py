"""Models are swapped as a whole, and one step back is always there."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from emgrig.errors import BundleError, RequestError
from emgrig_predictor.switching import Switch, SwitchState


def names(state: SwitchState) -> tuple[str, str]:
    models = (state.current, state.previous)
    return tuple(model.id if model else "" for model in models)


@pytest.fixture
def changes() -> list[SwitchState]:
    return []


@pytest.fixture
def switch(changes) -> Switch:
    return Switch(SwitchState(), changes.append)


def test_loading_keeps_the_model_before(switch, make_model):
    switch.load(lambda: make_model("a"))
    switch.load(lambda: make_model("b"))

    assert names(switch.state) == ("b", "a")


def test_it_pauses_at_once_while_a_model_is_on_its_way(switch, make_model):
    is_loading, may_load = threading.Event(), threading.Event()

    def make():
        is_loading.set()
        may_load.wait(20)
        return make_model("a")

    with ThreadPoolExecutor(2) as pool:
        loading = pool.submit(switch.load, make)
        assert is_loading.wait(10)
        try:
            pool.submit(switch.set_predicting, False).result(5)
        finally:
            may_load.set()
        loading.result(10)

    assert switch.state.current.id == "a"
    assert not switch.state.is_predicting


def test_loading_the_same_model_again_keeps_the_way_back(switch, make_model):
    for model_id in "abb":
        switch.load(lambda model_id=model_id: make_model(model_id))

    assert names(switch.state) == ("b", "a")


def test_rolling_back_twice_is_where_it_was(switch, make_model):
    switch.load(lambda: make_model("a"))
    switch.load(lambda: make_model("b"))

    assert names(switch.roll_back()) == ("a", "b")
    assert names(switch.roll_back()) == ("b", "a")


def test_rolling_back_without_a_model_before_is_refused(switch, make_model):
    switch.load(lambda: make_model("a"))

    with pytest.raises(RequestError, match="no"):
        switch.roll_back()

    assert names(switch.state) == ("a", "")


def test_a_model_that_cannot_be_loaded_changes_nothing(switch, make_model, changes):
    switch.load(lambda: make_model("a"))

    def fail():
        raise BundleError("expected a hash, got another")

    with pytest.raises(BundleError):
        switch.load(fail)

    assert names(switch.state) == ("a", "")
    assert len(changes) == 1


def test_the_old_model_predicts_while_the_new_one_is_made(switch, make_model):
    switch.load(lambda: make_model("a"))
    seen = []

    def make():
        seen.append(names(switch.state))
        return make_model("b")

    switch.load(make)

    assert seen == [("a", "")]


def test_pausing_keeps_the_models(switch, make_model, changes):
    switch.load(lambda: make_model("a"))

    paused = switch.set_predicting(False)

    assert not paused.is_predicting
    assert names(paused) == ("a", "")
    assert changes[-1] is paused
