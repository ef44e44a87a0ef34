"""The table ``[virtual-hand]`` of rig.toml."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

from emgrig.config import LSL_NAME, LSL_TEXT, ServiceSettings, hand_port
from pydantic import Field

__all__ = ["VirtualHandSettings", "default_movements_file"]


def _stream(default: str, description: str) -> Any:
    return Field(default, pattern=LSL_NAME, max_length=64, description=description)


class VirtualHandSettings(ServiceSettings):
    """What the hand is called and where it listens; the defaults are the real hand's.

    Source: the observable contract of the hand, sections 1.1, 3.1, 3.3 and 4.3.
    """

    protocol: Literal["v1", "v2"] = Field("v1", description="generation of the hand")
    grpc_host: Literal["127.0.0.1", "localhost", "::1"] = Field(
        "127.0.0.1", description="address of the hand's commands; loopback: it has no keys"
    )
    grpc_port: int = hand_port(
        "port of the hand's commands; where its clients look, if rig.toml says nothing"
    )
    frame_rate_hz: float = Field(60.0, ge=1, le=240, description="frames and samples per second")
    mode: Literal["AI", "Classifier"] = Field("AI", description="which set of movements it offers")
    movements_file: str = Field(
        "", description="poses, relative to rig.toml's folder; empty is where the real hand looks"
    )
    control_stream: str = _stream("VHI_Control", "outlet of the control hand's pose")
    predict_stream: str = _stream("VHI_Predict", "outlet of the predicted hand's pose")
    control_source_id: str = Field(
        "", pattern=LSL_TEXT, max_length=64, description="of that outlet; empty is the protocol's"
    )
    predict_source_id: str = Field(
        "", pattern=LSL_TEXT, max_length=64, description="of the other; empty is the protocol's"
    )
    output_stream: str = _stream("MyoGestic_Output", "inlet that moves the predicted hand, v1")
    control_pose_stream: str = _stream(
        "MyoGestic_ControlPose", "inlet that moves the control hand in control mode STREAM, v1"
    )
    faithful_reconnect: bool = Field(
        default=False, description="lose an inlet for good where the real hand does, v1"
    )


def default_movements_file() -> Path:
    """Return where the real hand keeps its movements on this system.

    Source:
        The observable contract of the hand, section 4.3; Godot, "Data paths".
    """
    home = Path.home()
    inside = Path("app_userdata", "Virtual Hand Interface", "movements.toml")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Godot" / inside
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "Godot" / inside
    data = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (data if data.is_absolute() else home / ".local" / "share") / "godot" / inside
