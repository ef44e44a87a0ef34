"""What a test does to a process of a live rig."""

import signal
from pathlib import Path

HARMS = {"kill": signal.SIGKILL, "raise": signal.SIGUSR1, "freeze": signal.SIGSTOP}
"""``raise`` ends it by an exception of its own, as a fault in its code would."""
RAISING = {"PYTHONPATH": str(Path(__file__).parent / "raising")}
"""Environment of a rig whose processes know ``raise``."""
