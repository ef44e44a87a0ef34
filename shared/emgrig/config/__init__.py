"""rig.toml: read once, validated, frozen."""

from emgrig.config.recording_protocol import (
    Hold,
    RecordingProtocol,
    Sweep,
    load_protocol,
    parse_protocol,
)
from emgrig.config.rig import MAX_RIG_BYTES, PROCESSES, REPLACEABLE, STANDBYS, Rig, load_rig
from emgrig.config.settings import (
    HAND_PORT,
    LSL_NAME,
    LSL_TEXT,
    Endpoints,
    RigSettings,
    ServiceSettings,
    WindowSettings,
    hand_port,
)
from emgrig.config.socket_paths import claim_socket_path

__all__ = [
    "HAND_PORT",
    "LSL_NAME",
    "LSL_TEXT",
    "MAX_RIG_BYTES",
    "PROCESSES",
    "REPLACEABLE",
    "STANDBYS",
    "Endpoints",
    "Hold",
    "RecordingProtocol",
    "Rig",
    "RigSettings",
    "ServiceSettings",
    "Sweep",
    "WindowSettings",
    "claim_socket_path",
    "hand_port",
    "load_protocol",
    "load_rig",
    "parse_protocol",
]
