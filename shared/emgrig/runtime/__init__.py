"""Lifecycle, signals, health, logs: `run` is the life of every process."""

# First of all: the other imports take up to seconds, in which a parent may die unnoticed.
from emgrig.runtime.parent import child_environment, die_with_parent

# isort: split
# Then this, which makes the rest of them quicker.
from emgrig.runtime.quick_imports import end_quick_imports

# isort: split
from emgrig.runtime.context import Context
from emgrig.runtime.health import HealthReporter
from emgrig.runtime.job import Job, JobFailedError
from emgrig.runtime.lifecycle import TRANSITIONS, Lifecycle, State
from emgrig.runtime.run import EXIT_CONFIG, EXIT_FAULT, EXIT_OK, Service, run

__all__ = [
    "EXIT_CONFIG",
    "EXIT_FAULT",
    "EXIT_OK",
    "TRANSITIONS",
    "Context",
    "HealthReporter",
    "Job",
    "JobFailedError",
    "Lifecycle",
    "Service",
    "State",
    "child_environment",
    "die_with_parent",
    "run",
]

end_quick_imports()
