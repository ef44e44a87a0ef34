"""``sessions``: look after what was recorded, through the recorder."""

from pathlib import Path
from typing import Annotated, Any

import typer
from emgrig.control import recorder_pb2
from rich.table import Table

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig
from emgrig_operator.output import EXIT_FAILED, Output
from emgrig_operator.telling_quality import tell_quality

__all__ = ["register", "session_document"]

Name = Annotated[str, typer.Argument(help="session name, with or without .session.zip")]

DEADLINE_S = 600.0
"""Verifying reads a whole session."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    room = typer.Typer(no_args_is_help=True, help="List, show, rename, delete, verify sessions.")
    room.command("list", epilog=example("emgrig sessions list"))(list_sessions)
    room.command("show", epilog=example("emgrig sessions show 2026-01-31_10-00-00_1a2b3c4d"))(show)
    room.command("rename", epilog=example("emgrig sessions rename NAME 'first day'"))(rename)
    room.command("delete", epilog=example("emgrig sessions delete NAME"))(delete)
    room.command("verify", epilog=example("emgrig sessions verify NAME"))(verify)
    app.add_typer(room, name="sessions")


def list_sessions(config: Config = None, as_json: Json = False) -> None:
    """List the sessions, newest first."""
    output = Output(as_json)
    reply = _call(config, "ListSessions", recorder_pb2.ListSessionsRequest())
    table = Table(title="sessions")
    for heading in ("session", "take", "seconds", "streams", "gaps", "ledger"):
        table.add_column(heading, overflow="fold")
    for info in reply.sessions:
        streams = ", ".join(f"{name} {count.samples}" for name, count in info.streams.items())
        balance = "balanced" if info.ledger_balanced else "not balanced"
        seconds, gaps = f"{info.duration_s:.1f}", str(info.gaps)
        table.add_row(info.session, info.take_name, seconds, streams, gaps, balance)
    output.table(table)
    output.result({"sessions": [session_document(info) for info in reply.sessions]})


def show(session: Name, config: Config = None, as_json: Json = False) -> None:
    """Show what a session holds and what it is worth."""
    request = recorder_pb2.SessionRequest(session=session)
    info = _call(config, "ShowSession", request)
    output, document = Output(as_json), session_document(info)
    output.lines(document)
    document["quality"] = tell_quality(Path(info.path), output)
    output.result(document)


def rename(
    session: Name,
    take: Annotated[str, typer.Argument(help="free text; becomes part of the file's name")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Give a session's take another name."""
    request = recorder_pb2.RenameSessionRequest(session=session, take_name=take)
    _show(as_json, _call(config, "RenameSession", request))


def delete(session: Name, config: Config = None, as_json: Json = False) -> None:
    """Move a session to the trash folder beside the sessions."""
    request = recorder_pb2.SessionRequest(session=session)
    _show(as_json, _call(config, "DeleteSession", request))


def verify(session: Name, config: Config = None, as_json: Json = False) -> None:
    """Read a session in full and say what is wrong with it; exit 1 if anything is."""
    output = Output(as_json)
    reply = _call(config, "VerifySession", recorder_pb2.SessionRequest(session=session))
    for finding in reply.findings:
        output.say(finding)
    output.say(f"{session}: {'ok' if reply.ok else 'damaged'}")
    output.result({"ok": reply.ok, "findings": list(reply.findings)})
    if not reply.ok:
        raise typer.Exit(EXIT_FAILED)


def session_document(info: Any) -> dict[str, Any]:
    """Return a ``SessionInfo`` as plain values."""
    streams = {
        name: {"samples": count.samples, "gaps": count.gaps, "rate_hz": count.rate_hz}
        for name, count in info.streams.items()
    }
    return {
        "session": info.session,
        "path": info.path,
        "take_name": info.take_name,
        "created": info.created,
        "duration_s": info.duration_s,
        "streams": streams,
        "class_names": list(info.class_names),
        "label_counts": dict(info.label_counts),
        "ledger_balanced": info.ledger_balanced,
        "gaps": info.gaps,
        "sha256": info.sha256,
    }


def _show(as_json: bool, info: Any) -> None:
    output, document = Output(as_json), session_document(info)
    output.lines(document)
    output.result(document)


def _call(config: Config, method: str, request: Any) -> Any:
    with connect(find_rig(config)) as client:
        return client.call("recorder", f"Recorder.{method}", request, DEADLINE_S)
