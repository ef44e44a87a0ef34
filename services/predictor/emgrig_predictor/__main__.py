"""Start the process."""

from emgrig.runtime import run

from emgrig_predictor.config import PredictorSettings
from emgrig_predictor.service import PredictorService


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(PredictorService, PredictorSettings)


if __name__ == "__main__":
    main()
