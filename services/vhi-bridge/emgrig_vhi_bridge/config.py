"""Settings of vhi-bridge."""

import os
from typing import Annotated, Literal, Self

from emgrig.config import LSL_NAME, ServiceSettings, hand_port
from emgrig.dsp import FLEXION_NAMES
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from emgrig_vhi_bridge.gating import MappedAddress

__all__ = ["MapEntry", "VhiBridgeSettings"]

_MAX_TO_REST_S = 0.95
"""Silence and ramp together: a hand without predictions rests within 1 s, whatever is set."""


_ADDRESS = r"^[a-z0-9_]+(\.[a-z0-9_]+)+$"


class MapEntry(BaseModel):
    """Where a finger goes on a hand of generation 2; an address alone means a weight of 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(pattern=_ADDRESS, max_length=64, description="of the hand's manifest")
    weight: float = Field(
        1.0, allow_inf_nan=False, description="the number at full flexion; at none it rests"
    )


Alias = Literal["thumb", "index", "middle", "ring", "little", "gesture"]
Entry = Annotated[
    MapEntry,
    BeforeValidator(lambda value: {"address": value} if isinstance(value, str) else value),
]


def _default_map() -> dict[Alias, MapEntry]:
    fingers: dict[Alias, str] = {
        "thumb": "vhi.prediction.thumb.flexion",
        "index": "vhi.prediction.index",
        "middle": "vhi.prediction.middle",
        "ring": "vhi.prediction.ring",
        "little": "vhi.prediction.little",
        "gesture": "vhi.control.gesture",
    }
    return {alias: MapEntry(address=address, weight=1.0) for alias, address in fingers.items()}


class VhiBridgeSettings(ServiceSettings):
    """The table ``[vhi-bridge]``."""

    hand_host: str = Field(
        default_factory=lambda: os.environ.get("VHI_GRPC_HOST") or "127.0.0.1",
        validate_default=True,
        min_length=1,
        description="host of the hand's gRPC; VHI_GRPC_HOST where rig.toml names none",
    )
    hand_port: int = hand_port("port of the hand's gRPC; VHI_GRPC_PORT where rig.toml names none")
    protocol: Literal["auto", "v1", "v2"] = Field(
        "auto", description="generation of the hand; auto asks it"
    )
    drives: Literal["predicted", "control"] = Field(
        "predicted", description="hand that follows predictions, v1; in v2 the map says it"
    )
    map: dict[Alias, Entry] = Field(
        default_factory=_default_map, description="fingers and gesture to addresses, v2"
    )
    command_deadline_s: float = Field(2.0, gt=0, le=10, description="deadline of one command")
    predictions: str = Field("predictor", min_length=1, description="process that predicts")
    targets: list[str] = Field(
        list(FLEXION_NAMES),
        min_length=len(FLEXION_NAMES),
        max_length=len(FLEXION_NAMES),
        description="a model's names of the five flexions, thumb to little; no other moves a hand",
    )
    filter: Literal["identity", "gaussian", "one_euro"] = Field(
        "one_euro", description="output filter"
    )
    filter_min_cutoff_hz: float = Field(1.0, ge=0.01, le=10, description="one_euro at rest")
    filter_beta: float = Field(0.02, ge=0, le=1, description="one_euro: cut-off per speed")
    filter_d_cutoff_hz: float = Field(1.0, ge=0.01, le=10, description="one_euro: of the speed")
    filter_window: int = Field(5, ge=1, le=30, description="gaussian: poses")
    filter_sigma: float = Field(1.0, ge=0.1, le=10, description="gaussian: width in poses")
    gesture_n_equal: int = Field(3, ge=1, le=100, description="equal classes in a row to follow")
    gesture_after_cue_s: float = Field(
        0.5, ge=0, le=10, description="so long after a cue no predicted class moves the hand"
    )
    resend_hz: float = Field(32.0, ge=10, le=200, description="rate while nothing new comes")
    silence_s: float = Field(0.5, gt=0, le=0.9, description="without predictions until the ramp")
    ramp_s: float = Field(0.4, gt=0, le=0.9, description="length of the ramp to rest")
    pose_stream: str = Field("MyoGestic_Output", pattern=LSL_NAME, description="LSL name, poses")
    control_pose_stream: str = Field(
        "MyoGestic_ControlPose", pattern=LSL_NAME, description="LSL name, poses, drives = control"
    )
    cue_stream: str = Field("EMG_Control", pattern=LSL_NAME, description="LSL name, class indices")
    control_readback: str = Field(
        "VHI_Control", pattern=LSL_NAME, description="LSL name, control hand"
    )
    predict_readback: str = Field(
        "VHI_Predict", pattern=LSL_NAME, description="LSL name, predicted hand"
    )

    @model_validator(mode="after")
    def _rests_in_time(self) -> Self:
        if self.silence_s + self.ramp_s > _MAX_TO_REST_S:
            raise ValueError(
                f"expected silence_s + ramp_s of at most {_MAX_TO_REST_S} s, because a hand "
                "without predictions must rest within 1 s"
            )
        return self

    @property
    def addresses(self) -> dict[str, MappedAddress]:
        """The map as the core takes it."""
        return {
            alias: MappedAddress(entry.address, entry.weight) for alias, entry in self.map.items()
        }
