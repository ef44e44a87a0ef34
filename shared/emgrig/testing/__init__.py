"""Real processes and rigs for tests; imported from tests only."""

from emgrig.runtime.apart import free_ports, lsl_config
from emgrig.testing.processes import Process, running, start, wait_until
from emgrig.testing.rigs import make_rig

__all__ = ["Process", "free_ports", "lsl_config", "make_rig", "running", "start", "wait_until"]
