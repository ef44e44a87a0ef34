"""Readers of all that the console sends its pages: what pages cost it, without who draws them.

``python tests/bench/readers.py URL N_PAGES`` reads until the end of its standard input.
"""

import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

__all__ = ["readers"]

LOAD_S = 20
ANSWERS = {"0": "40", "2": "3"}
"""Of a Socket.IO client: to the first word of its server, and to a ping."""


@contextmanager
def readers(url: str, n_pages: int) -> Iterator[None]:
    """Load pages, and keep the sockets of their signal, hands and panels, while the block runs.

    In a process of their own: they must not wake later who measures in this one.

    Args:
        url: Of the console.
        n_pages: How many.
    """
    words = [sys.executable, __file__, url, str(n_pages)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), f"no readers of {url}"
        yield


def main() -> None:
    """Open the sockets of the pages, say so, and read."""
    url, n_pages = sys.argv[1], int(sys.argv[2])
    with ExitStack() as stack:
        for _ in range(n_pages):
            for path in ("/ws/signal", "/ws/hands", _panels_path(url)):
                address = url.replace("http", "ws", 1) + path
                opened = connect(address, origin=Origin(url), max_size=None)
                socket = stack.enter_context(opened)
                threading.Thread(target=_read, args=(socket,), daemon=True).start()
        print("open", flush=True)
        sys.stdin.read()


def _panels_path(url: str) -> str:
    """Load a page, and return where NiceGUI sends the changes of its panels."""
    with urllib.request.urlopen(url, timeout=LOAD_S) as answer:
        (client,) = set(re.findall(r"'client_id': '([^']+)'", answer.read().decode()))
    socket = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket&implicit_handshake=true"
    ids = f"client_id={client}&document_id={client}&tab_id={client}"
    return f"{socket}&{ids}&next_message_id=0"


def _read(socket: ClientConnection) -> None:
    """Read until the connection is closed."""
    with suppress(ConnectionClosed):
        for word in socket:
            answer = ANSWERS.get(word[:1]) if isinstance(word, str) else None
            if answer:
                socket.send(answer)


if __name__ == "__main__":
    main()
