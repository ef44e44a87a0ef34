"""The unit of every deadline in a test: longer on a slow machine, never a sleep.

``EMGRIG_TEST_SLOWDOWN=3 make test`` gives everything three times as long.
"""

import os

SLOWDOWN = float(os.environ.get("EMGRIG_TEST_SLOWDOWN", "1"))
MS = 0.001 * SLOWDOWN
"""One millisecond of a deadline, in seconds: ``queue.get(timeout=500 * MS)``."""
