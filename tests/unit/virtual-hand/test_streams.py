"""Inlets that are better than the real hand's, and as bad where that is asked for: contract 3.4."""

import gc
import threading
from functools import partial

import numpy as np
import pylsl
import pytest
from emgrig.testing import wait_until
from emgrig_virtual_hand.streams import PoseInlet

from tests.deadlines import MS

FIND_S = 10_000 * MS


@pytest.mark.parametrize(("n_channels", "kind"), [(8, pylsl.cf_float32), (9, pylsl.cf_string)])
def test_a_sender_of_the_wrong_shape_is_refused_with_words(n_channels, kind):
    outlet, found = publish("Wrong_Shape", n_channels, kind)
    inlet = PoseInlet("Wrong_Shape")

    problem = inlet.attach(found)

    assert problem.startswith("expected 9 numeric channels on Wrong_Shape")
    assert not inlet.is_attached
    del outlet


def test_a_faithful_inlet_is_blocked_by_the_wrong_width_like_the_real_hand():
    outlet, found = publish("Blocking", 8, pylsl.cf_float32)
    inlet = PoseInlet("Blocking", faithful=True)

    assert inlet.attach(found) == ""

    assert [inlet.newest() for _ in range(3)] == [None] * 3
    assert (inlet.is_attached, inlet.errors) == (True, 3)
    del outlet


def deserted_inlet(name: str, source_id: str) -> PoseInlet:
    """Return a faithful inlet that heard a sender, which is gone."""
    first, found = publish(name, 9, pylsl.cf_float32, source_id)
    inlet = PoseInlet(name, faithful=True)
    inlet.attach(found)
    wait_until(partial(received, inlet, first), 5.0)
    del first, found
    gc.collect()
    # It was sent more than once until it arrived.
    while inlet.newest() is not None:
        pass
    return inlet


def test_a_faithful_inlet_is_deaf_to_everyone_but_its_first_sender():
    inlet = deserted_inlet("Faithful", "first")

    second, _ = publish("Faithful", 9, pylsl.cf_float32, "second")

    assert not second.wait_for_consumers(0.5)
    assert inlet.newest() is None
    assert inlet.is_attached


def test_a_faithful_inlet_hears_its_sender_again_where_that_has_a_source_id():
    inlet = deserted_inlet("Returning", "same")

    second, _ = publish("Returning", 9, pylsl.cf_float32, "same")

    assert second.wait_for_consumers(FIND_S)
    wait_until(lambda: received(inlet, second), 5.0)
    assert inlet.errors == 0


@pytest.mark.parametrize("faithful", [False, True])
def test_of_what_waits_only_the_newest_sample_counts(faithful):
    outlet, found = publish("Backlog", 9, pylsl.cf_float32, "backlog")
    inlet = PoseInlet("Backlog", faithful=faithful)
    inlet.attach(found)
    wait_until(lambda: received(inlet, outlet), 5.0)

    outlet.push_chunk([[value] * 9 for value in np.linspace(-1, 0, 21).tolist()])
    outlet.push_sample([-0.125] * 9)
    threading.Event().wait(0.5)

    assert (inlet.newest() == -0.125).all()
    assert inlet.newest() is None


def publish(name, n_channels, channel_format, source_id=""):
    info = pylsl.StreamInfo(name, "Control", n_channels, 32, channel_format, source_id)
    outlet = pylsl.StreamOutlet(info)
    found = pylsl.resolve_byprop("name", name, minimum=1, timeout=FIND_S)
    assert found
    return outlet, found


def received(inlet, outlet):
    outlet.push_sample([0.5] * 9)
    return inlet.newest() is not None
