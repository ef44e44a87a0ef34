"""What commands print: text for people, one JSON object for programs, exit codes for both."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from emgrig.errors import EmgRigError, PeerError, SettingsError
from emgrig.runtime import JobFailedError
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

__all__ = [
    "EXIT_FAILED",
    "EXIT_PEER",
    "EXIT_USAGE",
    "Output",
    "exit_code_of",
    "values_of",
]

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_PEER = 3


def exit_code_of(error: EmgRigError) -> int:
    """Return 2 for a configuration, 3 for a process, device or network, 1 for the rest."""
    if isinstance(error, SettingsError):
        return EXIT_USAGE
    # A job is our own, not another's.
    is_other = isinstance(error, PeerError) and not isinstance(error, JobFailedError)
    return EXIT_PEER if is_other else EXIT_FAILED


def values_of(reply: Any) -> dict[str, Any]:
    """Return a process's answer as JSON values; what it leaves at zero is there too."""
    document: dict[str, Any] = MessageToDict(
        reply, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    # JSON carries 64-bit integers as text; counts are numbers here.
    fields = reply.DESCRIPTOR.fields
    return document | {f.name: getattr(reply, f.name) for f in fields if f.type == f.TYPE_INT64}


class Output:
    """Where a command writes.

    With ``--json`` standard output carries the result and nothing else; words and progress bars
    go to standard error.

    Args:
        as_json: Whether a program reads standard output.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(stderr=as_json, highlight=False, soft_wrap=not sys.stdout.isatty())

    def say(self, text: str) -> None:
        """Print a line for people; text is not interpreted as markup."""
        self.console.print(text, markup=False)

    def table(self, table: Table) -> None:
        """Print a table for people."""
        if not self.as_json:
            # A pipe has no width; a table squeezed into 80 columns loses the words in it.
            is_terminal = self.console.is_terminal
            self.console.print(table, width=None if is_terminal else 160, crop=False)

    def lines(self, document: Mapping[str, Any]) -> None:
        """Print a document for people, a line for each key."""
        for key, value in document.items():
            self.say(f"{key:<20} {value}")

    def result(self, document: dict[str, Any]) -> None:
        """Print the result for programs: one JSON object on the last line."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, sort_keys=True) + "\n")
            sys.stdout.flush()

    @contextmanager
    def progress(self, counted: bool = False) -> Iterator[Progress]:
        """Show progress bars while the block runs."""
        columns = [TextColumn("{task.description:<34}"), BarColumn(bar_width=30)]
        if counted:
            columns.append(MofNCompleteColumn())
        with Progress(
            *columns,
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
        ) as progress:
            yield progress
