"""Addresses that are files: claim one without taking it from a process that serves it."""

import os
import socket
from pathlib import Path

__all__ = ["claim_socket_path"]


def claim_socket_path(path: Path) -> None:
    """Make a socket's folder, for this user only, and refuse a path that somebody serves.

    libzmq and gRPC unlink whatever they find there, so a second rig would take over silently.

    Raises:
        OSError: The folder cannot be made, or another process serves the path.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        if path.exists() and probe.connect_ex(os.fspath(path)) == 0:
            raise OSError(f"{path} is served by another process")
