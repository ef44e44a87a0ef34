"""Settings of the recorder."""

from emgrig.config import ServiceSettings
from pydantic import Field

__all__ = ["RecorderSettings"]


class RecorderSettings(ServiceSettings):
    """The table ``[recorder]``."""

    sources: list[str] = Field(
        ["emg-acquirer", "feature-extractor", "predictor", "vhi-bridge", "trainer"],
        description="processes whose chunks, events, predictions, poses and ledgers are recorded",
    )
    sync_s: float = Field(
        1.0, gt=0, le=60, description="time between two fsyncs: what a power cut may cost"
    )
    resume_max_age_s: float = Field(
        600.0,
        ge=0,
        description="a recording cut off longer ago is finished at start, not continued",
    )
