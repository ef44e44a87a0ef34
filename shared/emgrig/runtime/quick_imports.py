"""Import what a process is made of in three quarters of the time; a killed one is back sooner."""

import gc
import sys
from types import ModuleType
from typing import cast

__all__ = ["end_quick_imports"]

_NOT_THERE = cast(ModuleType, None)
"""What Python takes for a module that is not installed."""

# Modules stay: looking for garbage among them while they come is in vain.
gc.disable()
# structlog draws tracebacks with rich where it finds it, which our lines never ask for.
sys.modules.setdefault("rich", _NOT_THERE)
import structlog.dev  # noqa: E402, F401 - loaded while rich is out of sight


def end_quick_imports() -> None:
    """Let the rest of the program have rich and the garbage collector."""
    if sys.modules.get("rich") is _NOT_THERE:
        del sys.modules["rich"]
    gc.freeze()
    gc.enable()
