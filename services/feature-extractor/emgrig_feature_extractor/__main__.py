"""Start the process."""

from emgrig.runtime import run

from emgrig_feature_extractor.config import FeatureExtractorSettings
from emgrig_feature_extractor.service import FeatureExtractorService


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(FeatureExtractorService, FeatureExtractorSettings)


if __name__ == "__main__":
    main()
