"""The shell: the bus into the board, the page in a thread of its own."""

from emgrig.control import Servicer
from emgrig.messages import Kind
from emgrig.runtime import Context

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
        sources = [name for name in context.rig.processes if name != context.name]
        topics = [f"{kind}/" for kind in sorted(Kind)]
        self._subscriber = context.subscribe(sources, topics, keep="all")
        self.desk = Desk(context.rig, settings)
        self._web = WebServer(self.desk)
        self.desk.polls.start()
        context.thread("web", self._web.run)

    def servicers(self) -> list[Servicer]:
        """Return nothing of its own: the console commands others."""
        return []

    def run(self) -> None:
        """Receive until told to stop."""
        board, samples, ledger = self.desk.board, self.desk.samples, self._context.ledger
        while not self._context.stopping.is_set():
            message = self._subscriber.receive(TICK_S)
            if message is None:
                continue
            board.put(message, board.now())
            if message.kind in VIEWED and message.stream == "emg":
                samples.put(message)
            ledger.use(message.topic)
            self._context.running()

    def close(self) -> None:
        """Close the page and cancel what runs on its behalf."""
        self._web.stop()
        self.desk.close()
