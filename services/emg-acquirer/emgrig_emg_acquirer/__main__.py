"""Start the process."""

from emgrig.runtime import run

from emgrig_emg_acquirer.config import EmgAcquirerSettings
from emgrig_emg_acquirer.service import EmgAcquirerService


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(EmgAcquirerService, EmgAcquirerSettings)


if __name__ == "__main__":
    main()
