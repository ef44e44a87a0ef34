"""The table ``[predictor]`` of rig.toml."""

from emgrig.config import ServiceSettings
from emgrig.messages import MAX_WORD
from pydantic import Field

__all__ = ["LATEST", "PredictorSettings"]

LATEST = "latest"


class PredictorSettings(ServiceSettings):
    """Whose features, and which model to begin with."""

    features: str = Field(
        "feature-extractor", min_length=1, description="process that sends features"
    )
    model_id: str = Field(
        "",
        max_length=MAX_WORD,
        description="model of the very first start: empty = none, 'latest' = the newest; "
        "later starts load what was loaded last",
    )
    predicting: bool = Field(
        default=True, description="whether to predict at the very first start, given a model"
    )
    min_confidence: float = Field(
        0.6, ge=0, le=1, description="probability below which a classification is rejected"
    )
