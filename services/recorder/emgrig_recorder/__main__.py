"""Start the recorder."""

from emgrig.runtime import run

from emgrig_recorder.config import RecorderSettings
from emgrig_recorder.service import RecorderService


def main() -> None:
    """Run until told to stop."""
    run(RecorderService, RecorderSettings)


if __name__ == "__main__":
    main()
