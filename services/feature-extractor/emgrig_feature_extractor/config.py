"""The table ``[feature-extractor]`` of rig.toml."""

from typing import Literal

from emgrig.config import ServiceSettings
from pydantic import Field

__all__ = ["FeatureExtractorSettings"]


class FeatureExtractorSettings(ServiceSettings):
    """Which features, who calculates them, and what to be ready for.

    A model takes only the features that it was trained on: `features` and `sub_window_samples`
    must be those of the trainer.
    """

    windows: str = Field("emg-acquirer", min_length=1, description="process that sends windows")
    features: list[Literal["rms", "mav", "wl"]] = Field(
        ["rms", "mav", "wl"], min_length=1, description="features, in the order of the vector"
    )
    sub_window_samples: int = Field(
        32, ge=0, le=65_536, description="length of a sub-window; 0, or a shorter window: the whole"
    )
    engine: Literal["myoverse", "numpy"] = Field(
        "myoverse", description="who calculates; numpy needs no PyTorch, the numbers are the same"
    )
    expected_window_samples: int = Field(
        409, ge=1, le=1_000_000, description="window to warm up for; others work, the first slower"
    )
    expected_channels: int = Field(8, ge=1, le=1024, description="channels to warm up for")
    expected_rate_hz: float = Field(2048.0, gt=0, le=1e6, description="rate to warm up for, Hz")
