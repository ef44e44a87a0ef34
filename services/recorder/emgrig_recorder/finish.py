"""Turn a finished journal into a session file, in a process of its own.

``python -m emgrig_recorder.finish FOLDER OUT_DIR`` prints one JSON object: ``{"path": ...}`` or
``{"error": ...}``. A crash here, or gigabytes of arrays, never touch a running recording.
"""

import json
import os
import sys
from pathlib import Path

from emgrig.errors import ConfigError
from emgrig.recording import JournalWriter, finish_recording
from emgrig.runtime import die_with_parent

from emgrig_recorder.owing import OWED_NAME, read_owed
from emgrig_recorder.recovery import read_interrupted

__all__ = ["main"]

NICENESS = 10
"""An hour of a take is minutes of work; a hand that moves meanwhile comes first."""


def main() -> None:
    """Finish the recording named on the command line."""
    die_with_parent()
    os.nice(NICENESS)
    folder, out_dir = map(Path, sys.argv[1:3])
    try:
        _settle(folder)
        answer = {"path": str(finish_recording(folder, out_dir))}
    except ConfigError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))


def _settle(folder: Path) -> None:
    """Write down what waited for room when the recording ended."""
    owed = read_owed(folder)
    if owed:
        with JournalWriter(folder, read_interrupted(folder).provenance) as journal:
            for message in owed:
                journal.append(message)
    (folder / OWED_NAME).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
