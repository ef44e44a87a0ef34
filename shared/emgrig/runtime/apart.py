"""What keeps a rig apart from the others of this machine: ports and an LSL session of its own."""

import secrets
import socket
from collections import deque
from pathlib import Path

__all__ = ["free_ports", "is_port_free", "lsl_config"]

PORTS = range(17_000, 30_000)
"""Below Linux's ephemeral range (32768), so that no outgoing connection takes one, and above LSL's
own ports (16571 to 16604), of which any outlet takes two."""

BLOCK = 64

KEPT_BLOCKS = 8
"""Blocks that a process keeps for itself: eight rigs later a rig of tests is up, or gone."""

_guards: deque[socket.socket] = deque()

LSL_PORTS = range(30_000, 32_700, 64)
"""First port of a block for LSL: the 32 default ones are too few for several rigs at once."""


def free_ports(n: int) -> list[int]:
    """Return n loopback ports on which nobody listens now, 63 at most.

    They are of a block whose last port this process keeps, so that another one that takes its ports
    at the same time, or while a process of the rig is down, takes them of another block.
    """
    while True:
        # Not from `random`, which test runners seed: side by side they would choose the same.
        start = secrets.choice(PORTS[:-BLOCK:BLOCK])
        *block, guard = range(start, start + BLOCK)
        if all(is_port_free("127.0.0.1", port) for port in block) and _is_kept(guard):
            return block[:n]


def _is_kept(port: int) -> bool:
    """Keep a port that nobody keeps; returns whether it is ours now."""
    guard = socket.socket()
    try:
        # Without SO_REUSEADDR, which would let another process keep it as well.
        guard.bind(("127.0.0.1", port))
    except OSError:
        guard.close()
        return False
    _guards.append(guard)
    if len(_guards) > KEPT_BLOCKS:
        _guards.popleft().close()
    return True


def is_port_free(host: str, port: int) -> bool:
    """Tell whether nobody listens on an address of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def lsl_config(folder: Path) -> Path:
    """Write a liblsl configuration with a session of its own; name it in ``LSLAPICFG``.

    Streams of another session are unseen, except that liblsl asks for no session when it looks for
    a stream that it has lost. Hence a port of its own for questions, too.

    Source: liblsl, "Configuration file" (lsl_api.cfg): ``SessionID``, ``MulticastPort``.
    """
    path = folder / "lsl_api.cfg"
    if not path.exists():
        path.write_text(
            f"[lab]\nSessionID = {secrets.token_hex(8)}\n"
            "[multicast]\nResolveScope = machine\n"
            f"[ports]\nIPv6 = disable\nBasePort = {secrets.choice(LSL_PORTS)}\n"
            f"PortRange = {LSL_PORTS.step}\nMulticastPort = {secrets.choice(PORTS)}\n"
            "[log]\nlevel = -2\n"
        )
    return path
