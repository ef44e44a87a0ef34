"""Start the console."""

from emgrig.runtime import run

from emgrig_console.config import ConsoleSettings
from emgrig_console.service import ConsoleService


def main() -> None:
    """Run until told to stop."""
    run(ConsoleService, ConsoleSettings)


if __name__ == "__main__":
    main()
