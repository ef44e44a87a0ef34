"""The table ``[operator]`` of rig.toml."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["OperatorSettings"]


class OperatorSettings(BaseModel):
    """What the command line needs to know; it has no addresses of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    use_generator: bool = Field(
        True, description="start the EMG generator; off when a real amplifier is connected"
    )
    use_console: bool = Field(True, description="start the page for the browser")
    start_deadline_s: float = Field(
        45.0, gt=0, le=600, description="how long all processes together may take to be ready"
    )
    stop_deadline_s: float = Field(
        60.0, gt=0, le=600, description="how long all processes together may take to end"
    )
    call_deadline_s: float = Field(
        5.0, gt=0, le=60, description="how long one command may take; training has no limit"
    )
    finish_deadline_s: float = Field(
        600.0, gt=0, description="how long a session file may take to be made after a stop"
    )
