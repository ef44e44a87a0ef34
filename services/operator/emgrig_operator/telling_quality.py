"""Tell a person, or a program, what a take is worth."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from emgrig.errors import SessionError
from rich.markup import escape
from rich.table import Table

from emgrig_operator.output import Output

__all__ = ["tell_quality"]


def tell_quality(path: Path, output: Output) -> list[dict[str, Any]] | None:
    """Print the quality report of a session, and return it.

    Returns:
        One map per finding: ``name``, ``ok``, ``measured``, ``advice``. None, with the reason
        printed, where there is nothing to look at: the session itself is as good as it was.
    """
    # Opening sessions needs Zarr, and no other command should wait for its import.
    from emgrig.recording import open_session
    from emgrig.recording.quality import assess

    try:
        with open_session(path) as session:
            findings = assess(session)
    except SessionError as error:
        output.say(f"no quality report: {error}")
        return None
    table = Table(title="quality")
    for heading in ("looked at", "", "measured", "what to do"):
        table.add_column(heading, overflow="fold")
    for found in findings:
        verdict = "[green]ok[/green]" if found.ok else "[red]look[/red]"
        table.add_row(found.name, verdict, escape(found.measured), found.advice)
    output.table(table)
    return [asdict(found) for found in findings]
