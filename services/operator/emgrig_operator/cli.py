"""Put the commands together and turn errors into sentences and exit codes."""

import sys

import typer
from emgrig.errors import EmgRigError

from emgrig_operator.commands import (
    data,
    demonstration,
    doctor,
    hand,
    learning,
    living,
    models,
    recording,
    replaying,
    sessions,
    source,
    vhi,
)
from emgrig_operator.output import exit_code_of

__all__ = ["app", "main"]

app = typer.Typer(
    name="emgrig",
    help="Run a real-time EMG rig: up, status, cue, record, train, predict, demo.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _room in (
    living,
    source,
    hand,
    recording,
    learning,
    models,
    sessions,
    data,
    replaying,
    doctor,
    demonstration,
    vhi,
):
    _room.register(app)


def main() -> None:
    """Run one command and exit.

    0 done, 1 failed, 2 usage or configuration, 3 a process, device or network, 130 Ctrl-C.
    """
    try:
        app()
    except EmgRigError as error:
        print(f"emgrig: {error}", file=sys.stderr)
        sys.exit(exit_code_of(error))
