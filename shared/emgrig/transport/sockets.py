"""Open sockets with errors that a person can act on."""

from pathlib import Path

import zmq

from emgrig.config import claim_socket_path
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
            claim_socket_path(Path(address.removeprefix("ipc://")))
        endpoint.bind(address)
    except (zmq.ZMQError, OSError) as error:
        raise SettingsError(
            Problem(
                f"rig.toml, [{source}]",
                f"expected to listen on {address}, got: {error}",
                "stop the other rig or program that uses it (emgrig down), or change it",
            )
        ) from error
