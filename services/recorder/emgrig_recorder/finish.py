"""Turn a finished journal into a session file, in a process of its own.

``python -m emgrig_recorder.finish FOLDER OUT_DIR`` prints one JSON object: ``{"path": ...}`` or
``{"error": ...}``. A crash here, or gigabytes of arrays, never touch a running recording.
"""

import json
import subprocess
import sys
from pathlib import Path

from emgrig.errors import ConfigError, RequestError
from emgrig.recording import finish_recording
from emgrig.runtime import child_environment, die_with_parent

__all__ = ["finish_in_process", "main"]


def main() -> None:
    """Finish the recording named on the command line."""
    die_with_parent()
    folder, out_dir = map(Path, sys.argv[1:3])
    try:
        answer = {"path": str(finish_recording(folder, out_dir))}
    except ConfigError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))


def finish_in_process(folder: Path, out_dir: Path) -> Path:
    """Run `main` in a process and return the path of the session.

    Raises:
        RequestError: It could not be made; the journal is untouched.
    """
    command = [sys.executable, "-m", "emgrig_recorder.finish", str(folder), str(out_dir)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=child_environment()
    )
    lines = done.stdout.splitlines()
    answer = json.loads(lines[-1]) if lines else {"error": done.stderr[-2000:]}
    if "error" in answer:
        raise RequestError(
            f"expected a session of {folder}, got: {answer['error']}; the journal is kept, "
            "mend the cause and start the recorder again"
        )
    return Path(answer["path"])


if __name__ == "__main__":
    main()
