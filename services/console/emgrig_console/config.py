"""Settings of the console."""

from pathlib import Path

from emgrig.config import ServiceSettings
from pydantic import Field

__all__ = ["ConsoleSettings"]


class ConsoleSettings(ServiceSettings):
    """The table ``[console]``."""

    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="address of the page; anything but loopback needs token_file",
    )
    port: int = Field(8080, ge=1, le=65535, description="port of the page")
    token_file: Path | None = Field(
        None,
        description="file with the token that the page asks for; relative to rig.toml's folder",
    )
    call_deadline_s: float = Field(
        5.0, gt=0, le=60, description="how long one command to a process may take, s"
    )
    finish_deadline_s: float = Field(
        600.0, gt=0, description="how long a session file may take to be made after a stop, s"
    )
