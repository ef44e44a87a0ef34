"""The table ``[emg-acquirer]`` of rig.toml."""

from typing import Self

from emgrig.config import LSL_TEXT, ServiceSettings, WindowSettings
from pydantic import Field, model_validator

__all__ = ["EmgAcquirerSettings"]


class EmgAcquirerSettings(ServiceSettings, WindowSettings):
    """Which LSL stream is read, and how it is cut into windows.

    Of the four criteria an empty one means "any"; at least one is needed.
    """

    stream_name: str = Field(
        "TestEMG1", pattern=LSL_TEXT, max_length=128, description="LSL name of the EMG stream"
    )
    stream_type: str = Field(
        "", pattern=LSL_TEXT, max_length=128, description="LSL content type, such as EMG"
    )
    source_id: str = Field(
        "", pattern=LSL_TEXT, max_length=128, description="LSL source id of the device"
    )
    host: str = Field(
        "", pattern=LSL_TEXT, max_length=128, description="name of the computer that sends"
    )
    hop_samples: int = Field(64, ge=1, le=65_536, description="samples between window starts")
    full_scale: float = Field(
        0.0,
        ge=0,
        description="magnitude from which a sample counts as clipped, 0 for none (whole-number "
        "streams clip at the limits of their type in any case)",
    )
    silence_s: float = Field(
        1.0, ge=0.2, le=60, description="silence of a regular stream that is shown as trouble"
    )

    redundancy: int = Field(
        1, ge=1, le=2, description="2: emg-acquirer-2 reads the same stream beside this one"
    )

    @model_validator(mode="after")
    def _has_a_criterion(self) -> Self:
        if not (self.stream_name or self.stream_type or self.source_id or self.host):
            raise ValueError(
                "expected at least one of stream_name, stream_type, source_id, host, got none"
            )
        return self
