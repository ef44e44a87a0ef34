"""The LSL edge of choosing: what there is to read, and what is looked for."""

import threading
from pathlib import Path

import pylsl

from emgrig_emg_acquirer.choosing import Criteria, forget_choice, load_choice, save_choice
from emgrig_emg_acquirer.source import SourceFinder

__all__ = ["Selector"]

# What is on this network answers within some ten milliseconds, what is on a slow one in a second.
_LOOK_S = 1.0


class Selector:
    """What is looked for, which an operator may change while the process runs.

    Args:
        configured: As rig.toml says.
        path: Where a choice is kept over restarts.
        stopping: Set when the process must end.

    Attributes:
        finder: Looks for the stream; another object after each change.
        is_chosen: An operator chose it.
    """

    def __init__(self, configured: Criteria, path: Path, stopping: threading.Event) -> None:
        self._configured = configured
        self._path = path
        self._stopping = stopping
        self._lock = threading.Lock()
        self._lister: pylsl.ContinuousResolver | None = None
        self._use(configured)

    def load(self) -> None:
        """Follow what was chosen before the last restart, if anything was.

        Raises:
            ConfigError: That cannot be read; rig.toml is followed.
        """
        chosen = load_choice(self._path)
        if chosen is not None:
            self._use(chosen, is_chosen=True)

    def choose(self, criteria: Criteria) -> None:
        """Look for another stream from now on; without any criterion, for that of rig.toml.

        Raises:
            RequestError: They cannot be looked for, or the choice cannot be kept.
        """
        with self._lock:
            if not any(criteria):
                forget_choice(self._path)
                self._use(self._configured)
            else:
                save_choice(self._path, criteria.check())
                self._use(criteria, is_chosen=True)

    def visible(self) -> list[pylsl.StreamInfo]:
        """Return every LSL stream of numbers that answers; the first call takes a second."""
        with self._lock:
            if self._lister is None:
                self._lister = pylsl.ContinuousResolver()
                self._stopping.wait(_LOOK_S)
            found = self._lister.results()
        numbers = [info for info in found if info.channel_format() != pylsl.cf_string]
        return sorted(numbers, key=lambda info: (info.name(), info.hostname(), info.uid()))

    def _use(self, criteria: Criteria, *, is_chosen: bool = False) -> None:
        self.is_chosen = is_chosen
        self.finder = SourceFinder(criteria._asdict())
