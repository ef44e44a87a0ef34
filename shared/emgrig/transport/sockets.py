"""Open sockets with errors that a person can act on."""

import os
import socket
from pathlib import Path

import zmq

from emgrig.errors import Problem, SettingsError

__all__ = ["bind"]


def bind(endpoint: "zmq.Socket[bytes]", address: str, source: str) -> None:
    """Bind a socket, with an error that a person can act on.

    Raises:
        SettingsError: The address is in use or not usable.
    """
    if not address:
        return
    try:
        if address.startswith("ipc://"):
            _claim_ipc_path(Path(address.removeprefix("ipc://")))
        endpoint.bind(address)
    except (zmq.ZMQError, OSError) as error:
        raise SettingsError(
            [
                Problem(
                    f"rig.toml, [{source}]",
                    f"expected to listen on {address}, got: {error}",
                    "stop the other rig or program that uses it (emgrig down), or change it",
                )
            ]
        ) from error


def _claim_ipc_path(path: Path) -> None:
    """Make the socket's folder, for this user only, and refuse a path that somebody serves.

    libzmq unlinks whatever it finds at an ipc path, so a second rig would take over silently.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        if path.exists() and probe.connect_ex(os.fspath(path)) == 0:
            raise OSError(f"{path} is served by another process")
