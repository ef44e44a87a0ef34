"""``source``: which EMG stream the rig reads."""

from typing import Annotated, Any

import typer
from emgrig.control import acquirer_pb2, choose_source
from emgrig.errors import RequestError
from rich.table import Table

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig
from emgrig_operator.output import Output, values_of

__all__ = ["register"]

ACQUIRER = "emg-acquirer"
# Looking at the network takes it a second of its own.
LIST_DEADLINE_S = 5.0


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    room = typer.Typer(no_args_is_help=True, help="See and choose the EMG stream that is read.")
    room.command("status", epilog=example("emgrig source status --json"))(status)
    room.command("list", epilog=example("emgrig source list"))(list_sources)
    room.command("choose", epilog=example("emgrig source choose --name TestEMG1"))(choose)
    room.command("forget", epilog=example("emgrig source forget"))(forget)
    app.add_typer(room, name="source")


def status(config: Config = None, as_json: Json = False) -> None:
    """Show what is read now, and how well."""
    with connect(find_rig(config)) as client:
        request = acquirer_pb2.GetSourceRequest()
        _show(client.call(ACQUIRER, "Acquirer.GetSource", request), Output(as_json))


def list_sources(config: Config = None, as_json: Json = False) -> None:
    """List the LSL streams of numbers on the network."""
    output = Output(as_json)
    with connect(find_rig(config)) as client:
        request = acquirer_pb2.ListSourcesRequest()
        reply = client.call(ACQUIRER, "Acquirer.ListSources", request, LIST_DEADLINE_S)
    table = Table("", "name", "type", "source id", "host", "channels", "Hz")
    for one in reply.sources:
        mark = "*" if one.connected else ""
        sizes = (str(one.n_channels), f"{one.declared_rate_hz:g}")
        table.add_row(mark, one.name, one.type, one.source_id, one.host, *sizes)
    output.table(table)
    output.result(values_of(reply))


def choose(  # noqa: PLR0913 - one parameter per option of the command line
    name: Annotated[str, typer.Option(help="LSL name")] = "",
    type_: Annotated[str, typer.Option("--type", help="LSL content type")] = "",
    source_id: Annotated[str, typer.Option(help="LSL source id")] = "",
    host: Annotated[str, typer.Option(help="computer that sends")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Read another stream from now on, also after a restart, whatever rig.toml says."""
    request = acquirer_pb2.ChooseSourceRequest(
        name=name, type=type_, source_id=source_id, host=host
    )
    if not request.ByteSize():
        raise RequestError(
            "expected at least one of --name, --type, --source-id, --host, got none; see emgrig "
            "source list"
        )
    with connect(find_rig(config)) as client:
        _show(choose_source(client, request), Output(as_json))


def forget(config: Config = None, as_json: Json = False) -> None:
    """Read the stream that rig.toml names again."""
    with connect(find_rig(config)) as client:
        _show(choose_source(client, acquirer_pb2.ChooseSourceRequest()), Output(as_json))


def _show(reply: Any, output: Output) -> None:
    document = values_of(reply)
    output.lines(document)
    output.result(document)
