"""Which streams the hand finds: contract 3.4."""

import threading
from typing import cast

import pylsl
from emgrig_virtual_hand.discovery import Discovery
from emgrig_virtual_hand.streams import PoseInlet

from tests.deadlines import MS


class Inlet:
    """Takes note of what it is offered, and never attaches."""

    name = "Lasting"
    is_attached = False
    is_lost = False

    def __init__(self):
        self.offers = []
        self.was_offered = threading.Semaphore(0)

    def attach(self, found):
        self.offers.append([info.source_id() for info in found])
        if found:
            self.was_offered.release()
        return ""


def test_a_stream_is_there_all_the_time_from_its_first_sight():
    info = pylsl.StreamInfo(Inlet.name, "Control", 9, 32.0, pylsl.cf_float32, "ours")
    outlet = pylsl.StreamOutlet(info)
    inlet, stopping = Inlet(), threading.Event()
    discovery = Discovery([cast(PoseInlet, inlet)], lambda name, problem: None)
    thread = threading.Thread(target=discovery.run, args=[stopping])
    thread.start()

    # Looked at every 0.25 s: longer than liblsl needs to ask for it a second time.
    for _ in range(9):
        assert inlet.was_offered.acquire(timeout=10_000 * MS)
    stopping.set()
    thread.join()

    first = inlet.offers.index(["ours"])
    assert all(offer == ["ours"] for offer in inlet.offers[first:])
    del outlet
