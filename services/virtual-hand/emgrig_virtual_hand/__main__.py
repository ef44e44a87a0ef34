"""Start the process."""

from emgrig.runtime import run

from emgrig_virtual_hand.config import VirtualHandSettings
from emgrig_virtual_hand.service import VirtualHandService


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(VirtualHandService, VirtualHandSettings)


if __name__ == "__main__":
    main()
