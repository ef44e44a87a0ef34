"""Start the process."""

from emgrig.runtime import run

from emgrig_virtual_hand.config import VirtualHandSettings
from emgrig_virtual_hand.service import VirtualHandService

FLAGS = {
    "--protocol": "protocol",
    "--mode": "mode",
    "--faithful-reconnect": "faithful_reconnect",
}
"""Short for ``--set virtual-hand.KEY=VALUE``."""


def main() -> None:
    """Run until told to stop; see README.md for the exit codes."""
    run(VirtualHandService, VirtualHandSettings, flags=FLAGS)


if __name__ == "__main__":
    main()
