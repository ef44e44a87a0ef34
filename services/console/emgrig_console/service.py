"""The shell: the bus into the board, the page in a thread of its own."""

import os
import time

from emgrig.config import PROCESSES
from emgrig.control import Servicer
from emgrig.messages import Kind, Message
from emgrig.runtime import Context
from pylsl import local_clock

from emgrig_console.board import lag_of
from emgrig_console.config import ConsoleSettings
from emgrig_console.desk import Desk
from emgrig_console.viewer.waking import Wakers
from emgrig_console.web import WebServer

__all__ = ["ConsoleService"]

TICK_S = 1.0
FRAME_S = 1 / 60
NICENESS = 5
"""Where ten pages want more than there is, the processes that move the hand come first."""
VIEWED = frozenset({Kind.CHUNK, Kind.WINDOW})


class ConsoleService:
    """Listen to everything and show it; nothing of the rig depends on it."""

    def __init__(self, settings: ConsoleSettings, context: Context) -> None:
        os.nice(NICENESS)
        self._context = context
        topics = [f"{kind}/" for kind in sorted(Kind)]
        # Its own words too: it is one of the processes that it shows.
        self._subscriber = context.subscribe(PROCESSES, topics, keep="all")
        self.desk = Desk(context.rig, settings)
        self._web = WebServer(self.desk)
        self.desk.polls.start()
        context.thread("web", self._web.run)

    def servicers(self) -> list[Servicer]:
        """Return nothing of its own: the console commands others."""
        return []

    def run(self) -> None:
        """Receive until told to stop, as often as a screen shows something new.

        What came meanwhile is read in one go: with a page open, waking up for each of 300 messages
        a second took a sixth more, and all of it from the processes that move the hand.
        """
        stopping = self._context.stopping
        while not stopping.is_set():
            message = self._subscriber.receive(TICK_S)
            next_s = time.monotonic() + FRAME_S
            woken: set[Wakers] = set()
            while message is not None:
                woken |= self._take(message)
                is_time = time.monotonic() < next_s
                message = self._subscriber.receive(0.0) if is_time else None
            for wakers in woken:
                wakers.wake()
            stopping.wait(max(0.0, next_s - time.monotonic()))

    def _take(self, message: Message) -> set[Wakers]:
        """Show a message, and return who waits for such."""
        ledger = self._context.ledger
        if self._show(message):
            ledger.use(message.topic)
        else:
            ledger.refuse(message.topic, "malformed")
        self._context.running()
        if message.kind != Kind.CHUNK:
            return set()
        return {self.desk.signal_wakers if message.stream == "emg" else self.desk.hand_wakers}

    def _show(self, message: Message) -> bool:
        desk = self.desk
        lag_s = lag_of(message.t_last, local_clock()) if message.kind == Kind.CHUNK else 0.0
        is_sound = desk.board.put(message, desk.board.now(), lag_s)
        if message.kind in VIEWED and message.stream == "emg":
            desk.samples.put(message)
        return is_sound

    def close(self) -> None:
        """Close the page and cancel what runs on its behalf."""
        self._web.stop()
        self.desk.close()
