"""Start the bridge to the hand."""

from emgrig.runtime import run

from emgrig_vhi_bridge.config import VhiBridgeSettings
from emgrig_vhi_bridge.service import VhiBridgeService


def main() -> None:
    """Run until told to stop."""
    run(VhiBridgeService, VhiBridgeSettings)


if __name__ == "__main__":
    main()
