"""What is in the trash and was dismissed: nothing more is said of it, also after a restart."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["Dismissed"]


class Dismissed:
    """The sessions whose deletion nobody wants to undo; one choice for the whole console.

    Args:
        file: Keeps them, a name a line. One that cannot be read or written keeps nothing, which
            costs a person one more click.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._names: frozenset[str] = frozenset()
        with suppress(OSError, UnicodeDecodeError):
            self._names = frozenset(file.read_text("utf-8").splitlines())

    def leave_out(self, trashed: Iterable[str]) -> list[str]:
        """Return the others, in their order."""
        return [name for name in trashed if name not in self._names]

    def add(self, trashed: Iterable[str]) -> None:
        """Say nothing more of all that is in the trash now."""
        self._keep(frozenset(trashed))

    def remove(self, name: str) -> None:
        """Say it again of one that is deleted again."""
        if name in self._names:
            self._keep(self._names - {name})

    def _keep(self, names: frozenset[str]) -> None:
        self._names = names
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text("".join(f"{name}\n" for name in sorted(names)), "utf-8")
