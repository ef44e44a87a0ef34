"""What runtime leaves out of its own start, the rest of a program has all the same."""

import subprocess
import sys

PROGRAM = """
import gc, sys
import emgrig.runtime
print(gc.isenabled(), *sorted({"rich", "pygments"} & set(sys.modules)))
import rich.console
"""


def test_a_start_loads_no_printer_of_tracebacks_and_takes_it_from_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("True\n", "")
