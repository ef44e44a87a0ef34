"""Run a program that is not ours, so that it ends when it should.

``python -m emgrig_operator.lifeline [--guard FD] [--parent] PROGRAM ARGUMENTS``: it is killed when
its parent ends; with ``--guard`` only if the pipe FD ends before a byte came through it, which is
how a program in the background survives the one that started it, and only a start that was
finished. With ``--parent`` its children are processes of the rig and look for it as their parent.
"""

import argparse
import os
import signal
from pathlib import Path

from emgrig.runtime import child_environment, die_with_parent

__all__ = ["main"]


def main() -> None:
    """Become the program; what the kernel was asked survives exec (prctl(2), PR_SET_PDEATHSIG)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--guard", type=int, default=None)
    parser.add_argument("--parent", action="store_true")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.guard is not None:
        if os.fork() == 0:
            _keep_guard(arguments.guard)
        os.close(arguments.guard)
    else:
        # Not asked, killed: what it runs notices and ends in order, all of it at once.
        die_with_parent(signal.SIGKILL)
    program = Path(arguments.program[0])
    os.chdir(program.parent)
    environment = child_environment() if arguments.parent else os.environ
    os.execve(program, arguments.program, environment)


def _keep_guard(fd: int) -> None:
    """Wait for the word that the start is done; a start that was killed leaves nothing."""
    program = os.getppid()
    is_done = os.read(fd, 1) != b""
    if not is_done and os.getppid() == program:
        os.kill(program, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
