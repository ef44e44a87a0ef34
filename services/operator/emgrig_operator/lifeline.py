"""Run a foreign program that ends when its parent ends: ``python -m ...lifeline PROGRAM ARGS``."""

import os
import sys
from pathlib import Path

from emgrig.runtime import die_with_parent

__all__ = ["main"]


def main() -> None:
    """Become the program; what the kernel was asked survives exec (prctl(2), PR_SET_PDEATHSIG)."""
    program = Path(sys.argv[1])
    die_with_parent()
    os.chdir(program.parent)
    os.execv(program, sys.argv[1:])


if __name__ == "__main__":
    main()
