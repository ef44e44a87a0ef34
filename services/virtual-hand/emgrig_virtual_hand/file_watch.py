"""Create, read and watch the movements file."""

from pathlib import Path

from emgrig_virtual_hand.movements import stock_movements
from emgrig_virtual_hand.movements_file import (
    MovementsFileError,
    ParsedMovements,
    format_movements,
    parse_movements,
)

__all__ = ["MovementsFile"]

MAX_BYTES = 1 << 20

_Stamp = tuple[int, int, int]


class MovementsFile:
    """One file of poses on disk.

    Args:
        path: Absolute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: _Stamp | None = None

    def create_if_absent(self) -> bool:
        """Write the stock movements where no file is; return whether it was written.

        Raises:
            MovementsFileError: The folder or the file cannot be written.
        """
        if self.path.exists():
            return False
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("x", encoding="utf-8") as file:
                file.write(format_movements(stock_movements()))
        except OSError as error:
            raise MovementsFileError(
                f"expected to write {self.path}, got: {error}; "
                "set movements_file in rig.toml, [virtual-hand]"
            ) from error
        return True

    def read(self) -> ParsedMovements:
        """Read the movements.

        Raises:
            MovementsFileError: Unreadable, too large or without a usable movement.
        """
        self._seen = self._stamp()
        try:
            with self.path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise MovementsFileError(f"expected at most {MAX_BYTES} bytes in {self.path}")
            return parse_movements(content.decode("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise MovementsFileError(f"expected to read {self.path}, got: {error}") from error

    def has_changed(self) -> bool:
        """Tell whether the file is another one than was read last; a missing file is no change."""
        stamp = self._stamp()
        return stamp is not None and stamp != self._seen

    def _stamp(self) -> _Stamp | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
