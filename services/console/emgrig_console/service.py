"""The shell: the bus into the board, the page in a thread of its own."""

from emgrig.config import PROCESSES
from emgrig.control import Servicer
from emgrig.messages import Kind, Message
from emgrig.runtime import Context
from pylsl import local_clock

from emgrig_console.board import lag_of
from emgrig_console.config import ConsoleSettings
from emgrig_console.desk import Desk
from emgrig_console.web import WebServer

__all__ = ["ConsoleService"]

TICK_S = 1.0
VIEWED = frozenset({Kind.CHUNK, Kind.WINDOW})


class ConsoleService:
    """Listen to everything and show it; nothing of the rig depends on it."""

    def __init__(self, settings: ConsoleSettings, context: Context) -> None:
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
        """Receive until told to stop."""
        ledger = self._context.ledger
        while not self._context.stopping.is_set():
            message = self._subscriber.receive(TICK_S)
            if message is None:
                continue
            if self._show(message):
                ledger.use(message.topic)
            else:
                ledger.refuse(message.topic, "malformed")
            self._context.running()

    def _show(self, message: Message) -> bool:
        desk = self.desk
        lag_s = lag_of(message.t_last, local_clock()) if message.kind == Kind.CHUNK else 0.0
        is_sound = desk.board.put(message, desk.board.now(), lag_s)
        if message.kind in VIEWED and message.stream == "emg":
            desk.samples.put(message)
            if message.kind == Kind.CHUNK:
                desk.signal_wakers.wake()
        elif message.kind == Kind.CHUNK:
            desk.hand_wakers.wake()
        return is_sound

    def close(self) -> None:
        """Close the page and cancel what runs on its behalf."""
        self._web.stop()
        self.desk.close()
