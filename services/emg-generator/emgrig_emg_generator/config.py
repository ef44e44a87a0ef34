"""The table ``[emg-generator]`` of rig.toml."""

from emgrig.config import LSL_NAME, ServiceSettings
from pydantic import Field

__all__ = ["EmgGeneratorSettings"]


class EmgGeneratorSettings(ServiceSettings):
    """What is generated, and whom it follows.

    Source: options and limits of session-format.md 9; the rate is the rig's, 2048 Hz.
    """

    stream_name: str = Field(
        "TestEMG1", pattern=LSL_NAME, max_length=64, description="name of the LSL stream"
    )
    n_channels: int = Field(8, ge=1, le=1024, description="channels")
    sample_rate_hz: float = Field(2048.0, ge=1, le=100_000, description="nominal rate, Hz")
    chunk_samples: int = Field(32, ge=1, le=65_536, description="samples per push")
    n_classes: int = Field(2, ge=2, le=64, description="classes, rest included")
    control_stream: str = Field(
        "EMG_Control",
        pattern=LSL_NAME,
        max_length=64,
        description="LSL stream whose newest value is the class",
    )
    multi_dof: bool = Field(
        default=False, description="read the control value as a bit mask of classes 1, 2, ..."
    )
