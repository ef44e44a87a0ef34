"""What every process of the rig says about itself, side by side with what supervisor says."""

from collections.abc import Sequence
from typing import Any

from emgrig.control import RigClient
from emgrig.errors import PeerError
from emgrig.runtime.standing import still_words
from emgrig.runtime.supervision import FROZEN, Program
from google.protobuf.json_format import MessageToDict
from rich.table import Table

from emgrig_operator.supervising import Launcher

__all__ = ["is_healthy", "rig_status", "status_table"]

COLOURS = {"RUNNING": "green", "READY": "cyan", "DEGRADED": "yellow"}


def rig_status(supervisor: Launcher, client: RigClient) -> list[dict[str, Any]]:
    """Return one document per process, in the order in which data passes them.

    A process that does not answer has state ``UNREACHABLE`` and the reason among its troubles, one
    that is held by a signal ``FROZEN`` and the remedy.

    Raises:
        PeerLostError: No rig is running here.
    """
    programs = {program.name: program for program in supervisor.programs()}
    ours = client.rig.processes
    names = [name for name in ours if name in programs]
    documents = [_document(client, programs[name]) for name in names]
    return documents + [_foreign(programs[name]) for name in programs if name not in ours]


def is_healthy(documents: Sequence[dict[str, Any]]) -> bool:
    """Whether every process runs without a trouble that needs somebody."""
    return all(document["state"] in {"RUNNING", "READY"} for document in documents)


def status_table(documents: Sequence[dict[str, Any]]) -> Table:
    """Lay the documents out for people."""
    table = Table(title="rig")
    for heading in ("process", "state", "pid", "up s", "cpu %", "rss MB"):
        table.add_column(heading, justify="left" if heading in {"process", "state"} else "right")
    for heading in ("rates Hz", "ages s", "counters"):
        table.add_column(heading, overflow="fold")
    for document in documents:
        colour = COLOURS.get(document["state"], "red")
        table.add_row(
            document["name"],
            f"[{colour}]{document['state']}[/{colour}]",
            str(document["pid"]),
            f"{document.get('uptime_s', 0):.0f}",
            f"{document.get('cpu_percent', 0):.1f}",
            f"{document.get('rss_mb', 0):.0f}",
            _pairs(document.get("rates_hz", {}), "{:.1f}"),
            _pairs(document.get("ages_s", {}), "{:.2f}"),
            _pairs(document.get("counters", {}), "{}"),
        )
    return table


def _document(client: RigClient, program: Program) -> dict[str, Any]:
    if program.state == FROZEN:
        return _foreign(program)
    seen = {"supervisor": program.state, "supervisor_words": program.words}
    try:
        reply = client.status(program.name)
    except PeerError as error:
        troubles = {"control": str(error)}
        return {**_foreign(program), "state": "UNREACHABLE", "troubles": troubles}
    document = MessageToDict(reply, preserving_proto_field_name=True)
    # JSON carries 64-bit integers as text; counts are numbers here.
    document["counters"] = dict(reply.counters)
    document.setdefault("troubles", {})
    return {**document, **seen}


def _foreign(program: Program) -> dict[str, Any]:
    return {
        "name": program.name,
        "state": program.state,
        "pid": program.pid,
        "troubles": (
            {"frozen": still_words(program.name, program.pid)} if program.state == FROZEN else {}
        ),
        "supervisor": program.state,
        "supervisor_words": program.words,
    }


def _pairs(values: dict[str, Any], form: str) -> str:
    return "\n".join(f"{key} {form.format(value)}" for key, value in sorted(values.items()))
