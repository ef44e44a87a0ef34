"""Run a program that is not ours, so that it ends when it should.

``python -m emgrig_operator.lifeline [--guard FD] PROGRAM ARGUMENTS``: it is killed when its parent
ends; with ``--guard`` only if the pipe FD ends before a byte came through it, which is how a
program in the background survives the one that started it, and only a start that was finished.
"""

import os
import signal
import sys
from pathlib import Path

from emgrig.runtime import child_environment, die_with_parent

__all__ = ["main"]


def main() -> None:
    """Become the program; what the kernel was asked survives exec (prctl(2), PR_SET_PDEATHSIG)."""
    arguments = sys.argv[1:]
    if arguments[0] == "--guard":
        guard, arguments = int(arguments[1]), arguments[2:]
        if os.fork() == 0:
            _keep_guard(guard)
        os.close(guard)
    else:
        # Not asked, killed: what it runs notices and ends in order, all of it at once.
        die_with_parent(signal.SIGKILL)
    program = Path(arguments[0])
    os.chdir(program.parent)
    os.execve(program, arguments, child_environment())


def _keep_guard(fd: int) -> None:
    """Wait for the word that the start is done; a start that was killed leaves nothing."""
    program = os.getppid()
    is_done = os.read(fd, 1) != b""
    if not is_done and os.getppid() == program:
        os.kill(program, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
