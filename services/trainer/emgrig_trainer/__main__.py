"""Start the process."""

from emgrig.runtime import run

from emgrig_trainer.config import TrainerSettings
from emgrig_trainer.service import TrainerService


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(TrainerService, TrainerSettings)


if __name__ == "__main__":
    main()
