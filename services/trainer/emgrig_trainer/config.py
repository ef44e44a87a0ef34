"""The table ``[trainer]`` of rig.toml: what a run does that was not asked otherwise."""

from typing import Literal

from emgrig.config import ServiceSettings
from emgrig.dsp import FLEXION_CHANNELS, FLEXION_NAMES
from pydantic import Field

__all__ = ["TrainerSettings"]


class TrainerSettings(ServiceSettings):
    """How windows are cut, what they are learned as, and by which model."""

    window_s: float | None = Field(
        None, gt=0, le=60, description="window length, s; not given: that of [emg-acquirer]"
    )
    hop_s: float = Field(0.1, gt=0, le=60, description="from one window to the next, s")
    features: list[Literal["rms", "mav", "wl"]] = Field(
        ["rms", "mav", "wl"], min_length=1, description="features, in the order of the vector"
    )
    sub_window_samples: int = Field(
        32, ge=0, le=65_536, description="length of a sub-window; 0, or a shorter window: the whole"
    )
    engine: Literal["myoverse", "numpy"] = Field(
        "myoverse", description="who calculates features; numpy needs no PyTorch"
    )
    target_stream: str = Field(
        "vhi_control", min_length=1, max_length=128, description="stream that is learned"
    )
    target_columns: list[int] = Field(
        list(FLEXION_CHANNELS), description="columns of it; empty = all, named by its channels"
    )
    target_transform: Literal["abs", "identity"] = Field("abs", description="done to the columns")
    target_names: list[str] = Field(
        list(FLEXION_NAMES),
        description="one per column; empty = the stream's channel names",
    )
    align: Literal["middle", "end"] = Field(
        "middle",
        description="target: mean around the window's midpoint, or value at its last sample",
    )
    n_align: int = Field(10, ge=1, le=100_000, description="target rows in the mean")
    iterations: int = Field(200, ge=1, le=100_000, description="trees")
    border_count: int = Field(
        254, ge=1, le=65_535, description="values of a feature at which a tree may split"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="of CatBoost")
    thread_count: int = Field(2, ge=1, le=256, description="of CatBoost")
    niceness: int = Field(
        10, ge=0, le=19, description="of the run's process: a live rig comes first"
    )
