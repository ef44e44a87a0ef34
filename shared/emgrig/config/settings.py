"""What every service's settings have in common."""

import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from emgrig.messages import MAX_WORD

__all__ = [
    "HAND_PORT",
    "LSL_NAME",
    "LSL_TEXT",
    "Endpoints",
    "RigSettings",
    "ServiceSettings",
    "WindowSettings",
    "hand_port",
]

HAND_PORT = 50051
"""The real hand's. Source: the observable contract of the hand, section 1.1."""

LSL_NAME = r"^[^'\"]+$"
"""Pattern of a stream's name: a quote would end it inside LSL's query language, which knows no
escapes."""
LSL_TEXT = r"^[^'\"]*$"
"""The same of what may be empty."""


def hand_port(description: str) -> Any:
    """Return the field of a hand's port: VHI_GRPC_PORT, by which its clients find it, or its own.

    Args:
        description: Of the field.
    """
    return Field(
        default_factory=lambda: os.environ.get("VHI_GRPC_PORT") or HAND_PORT,
        validate_default=True,
        ge=1,
        le=65535,
        description=description,
        # Where a wrong value came from if rig.toml has none.
        json_schema_extra={"variable": "VHI_GRPC_PORT"},
    )


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a process is reached; an empty text where it has nothing to offer.

    Attributes:
        publish: ZeroMQ address of its PUB socket.
        replay: ZeroMQ address of its replay socket.
        control: ``host:port`` or ``unix:path`` of its gRPC server.
    """

    publish: str = ""
    replay: str = ""
    control: str = ""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class RigSettings(_Table):
    """The table ``[rig]``: what all processes of a rig agree on."""

    name: str = Field("emgrig", min_length=1, max_length=64, description="shown to people")
    data_dir: Path = Field(
        Path("build/rig"),
        description="sessions, models, logs and run files; relative to rig.toml's folder",
    )
    # A longer name is refused on the wire, and with it each label of that class.
    classes: list[Annotated[str, Field(min_length=1, max_length=MAX_WORD)]] = Field(
        ["Rest", "Fist"],
        min_length=1,
        description="gesture names; the position is the class index, 0 is rest",
    )
    replay_s: float = Field(
        120.0,
        ge=30,
        le=600,
        description="how long each process keeps what it sent for who missed it; at most 256 MiB",
    )


class ServiceSettings(_Table):
    """The keys that every service's table has."""

    publish: str = Field("", description="ZeroMQ address of the PUB socket, empty for none")
    replay: str = Field("", description="ZeroMQ address of the replay socket, empty for none")
    control: str = Field("", description="host:port or unix:path of the gRPC server")

    @field_validator("publish", "replay")
    @classmethod
    def _is_local_zeromq(cls, value: str) -> str:
        if not value or value.startswith("ipc://"):
            return value
        if not value.startswith("tcp://"):
            raise ValueError(f"expected tcp://host:port or ipc://path, got {value!r}")
        _require_loopback(value.removeprefix("tcp://"))
        return value

    @field_validator("control")
    @classmethod
    def _is_local_grpc(cls, value: str) -> str:
        if value and not value.startswith("unix:"):
            _require_loopback(value)
        return value

    @property
    def endpoints(self) -> Endpoints:
        """The three addresses as one value."""
        return Endpoints(self.publish, self.replay, self.control)


class WindowSettings(_Table):
    """The keys of ``[emg-acquirer]`` that a model must share with the live path."""

    window_s: float = Field(0.2, gt=0, le=10, description="length of a window, seconds")
    highpass_hz: float = Field(0.0, ge=0, le=10_000, description="high-pass corner, 0 for none")
    notch_hz: float = Field(0.0, ge=0, le=10_000, description="mains notch, 0 for none")


def _require_loopback(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"expected host:port with a port of 0 to 65535, got {address!r}")
    is_loopback = host == "localhost"
    if not is_loopback:
        try:
            is_loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
        except ValueError:
            is_loopback = False
    if not is_loopback:
        raise ValueError(f"expected a loopback address, got {host!r}: no keys, no network")
