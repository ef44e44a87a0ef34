"""``up``, ``down``, ``status``: the rig as a whole."""

import os
import signal
import sys
import threading
import webbrowser
from typing import Annotated

import psutil
import typer
from emgrig.config import Rig
from emgrig.control import RigClient

from emgrig_operator.commands.options import Config, Json, example
from emgrig_operator.locating import connect, find_rig, operator_settings
from emgrig_operator.output import EXIT_FAILED, Output
from emgrig_operator.starting import bring_up
from emgrig_operator.status import is_healthy, rig_status, status_table
from emgrig_operator.supervising import Launcher

__all__ = ["register"]

CONSOLE_PORT = 8080
"""Where the page is when rig.toml says nothing."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog=example("emgrig up", "emgrig up --foreground"))(up)
    app.command(epilog=example("emgrig down"))(down)
    app.command(epilog=example("emgrig status", "emgrig status --json | jq .ok"))(status)


def up(
    config: Config = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="stay; the rig ends with this command")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start every process in the background and wait until all are ready."""
    rig, output = find_rig(config), Output(as_json)
    supervisor = Launcher(rig)
    with connect(rig) as client:
        with output.progress(counted=True) as progress:
            task = progress.add_task("starting", total=None)
            for name, n_programs in bring_up(supervisor, client, dies_with_us=foreground):
                progress.update(task, total=n_programs, advance=1, description=f"ready: {name}")
        is_over = _until_stopped(supervisor) if foreground else None
        how = "Ctrl-C" if foreground else "emgrig down"
        output.say(f"the rig is up; logs in {supervisor.run_dir}; stop it with {how}")
        _show_page(rig, output)
        _show(rig, client, output)
    if is_over is not None:
        is_over.wait()
        if supervisor.is_running():
            supervisor.shut_down()


def _show_page(rig: Rig, output: Output) -> None:
    """Say where the page is, and open it where there is a screen and a person."""
    if not operator_settings(rig).use_console:
        return
    table = rig.tables.get("console", {})
    url = f"http://{table.get('host', '127.0.0.1')}:{table.get('port', CONSOLE_PORT)}"
    output.say(f"the page: {url}")
    has_screen = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if has_screen and sys.stdout.isatty():
        webbrowser.open(url)


def down(config: Config = None, as_json: Json = False) -> None:
    """Stop every process in order; harmless when none runs."""
    rig, output = find_rig(config), Output(as_json)
    supervisor = Launcher(rig)
    was_running = supervisor.is_running()
    killed: list[str] = []
    if was_running:
        with output.progress() as progress:
            progress.add_task("stopping", total=None)
            killed = supervisor.shut_down()
    words = "the rig is down" if was_running else "no rig was running"
    output.say(words + (f"; had to be killed: {', '.join(killed)}" if killed else ""))
    output.result({"was_running": was_running, "killed": killed})
    if killed:
        raise typer.Exit(EXIT_FAILED)


def status(
    config: Config = None,
    as_json: Json = False,
    check: Annotated[
        bool, typer.Option("--check", help="exit 1 unless every process is READY or RUNNING")
    ] = False,
) -> None:
    """Show each process with its state, rates, ages, counters and troubles."""
    rig, output = find_rig(config), Output(as_json)
    with connect(rig) as client:
        is_ok = _show(rig, client, output)
    if check and not is_ok:
        raise typer.Exit(EXIT_FAILED)


def _until_stopped(supervisor: Launcher) -> threading.Event:
    """Return what Ctrl-C and the end of the rig set; if we are killed, the kernel ends the rig."""
    root, is_over = psutil.Process(supervisor.pid()), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: is_over.set())

    def follow() -> None:
        root.wait()
        is_over.set()

    threading.Thread(target=follow, daemon=True).start()
    return is_over


def _show(rig: Rig, client: RigClient, output: Output) -> bool:
    documents = rig_status(Launcher(rig), client)
    output.table(status_table(documents))
    for document in documents:
        if document.get("doing"):
            output.say(f"{document['name']}: {document['doing']}")
        for key, text in document["troubles"].items():
            output.say(f"{document['name']}: {key}: {text}")
    output.result({"ok": is_healthy(documents), "processes": documents})
    return is_healthy(documents)
