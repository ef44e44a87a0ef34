"""``vhi``: the VHI itself: which one is launched, install it, or make something in its place."""

import os
import platform
from pathlib import Path
from typing import Annotated, Literal

import typer
from emgrig.config import HAND_PORT

from emgrig_operator.choosing_hand import hand_root
from emgrig_operator.commands.options import Json, example
from emgrig_operator.commands.vhi_check import check
from emgrig_operator.fetching import Wanted, fetch, verify
from emgrig_operator.installing import (
    Origin,
    install_archive,
    installed_tag,
    require_free,
    staging,
)
from emgrig_operator.locating import find_hand, programs_folder
from emgrig_operator.output import Output
from emgrig_operator.releases import (
    GITHUB,
    LATEST,
    LOCAL,
    asset_name,
    generation_words,
    require_server,
    require_tag,
)
from emgrig_operator.standing_in import make_standin

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    room = typer.Typer(no_args_is_help=True, help="Find, install, replace or check the VHI.")
    room.command("where", epilog=example("emgrig vhi where"))(where)
    room.command("install", epilog=example("emgrig vhi install --tag v2.1.0"))(install)
    room.command(
        "make-standin",
        epilog=example("emgrig vhi make-standin build/hand", "VHI_PATH=build/hand my-vhi-client"),
    )(standin)
    room.command("check", epilog=example("emgrig vhi check --port 50051"))(check)
    app.add_typer(room, name="vhi")


def where(as_json: Json = False) -> None:
    """Show what emgrig up launches as the hand, and why."""
    output = Output(as_json)
    hand = find_hand()
    root = hand_root(os.environ, platform.system(), Path.home())
    tag = installed_tag(root)
    output.say(f"launches  {' '.join(hand.argv) or 'emgrig-virtual-hand'}")
    output.say(f"because   {hand.why}")
    if tag:
        output.say(f"release   {generation_words(tag)}")
    output.result({"argv": list(hand.argv), "why": hand.why, "root": str(root), "tag": tag})


def install(  # noqa: PLR0913 - one parameter per option of the command line
    tag: Annotated[str | None, typer.Option(help="release; latest if not named")] = None,
    dest: Annotated[
        Path | None, typer.Option(help="folder; VHI_PATH or the user's data folder if not named")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace what is there")] = False,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="install this archive instead of fetching one")
    ] = None,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="do not compare the SHA-256")
    ] = False,
    server: Annotated[
        str, typer.Option(envvar="EMGRIG_VHI_SERVER", help="who has the releases")
    ] = GITHUB,
    as_json: Json = False,
) -> None:
    """Install the VHI for this computer; what is there stays until the new one is whole."""
    output = Output(as_json)
    system, machine = platform.system(), platform.machine()
    folder = (dest or hand_root(os.environ, system, Path.home())).expanduser().resolve()
    named = require_tag(tag or (LOCAL if from_file else LATEST))
    asset = from_file.name if from_file else asset_name(system, machine)
    wanted = Wanted(require_server(server), named, asset, not no_verify)
    require_free(folder, force=force)
    with staging(folder) as stage:
        if from_file:
            archive = from_file
            verified = verify(from_file, wanted, lambda: asset_name(system, machine), output)
        else:
            archive, named, verified = fetch(wanted, stage, output)
        origin = Origin(named, asset, system, machine)
        kept = install_archive(archive, folder, stage, origin)
    _tell(output, folder, origin, kept=kept, verified=verified)


def _tell(
    output: Output, folder: Path, origin: Origin, *, kept: Path | None, verified: bool
) -> None:
    output.say(f"installed {origin.asset} of {origin.tag} in {folder}")
    output.say(f"emgrig up launches it with VHI_PATH={folder}; see emgrig vhi where")
    output.say(generation_words(origin.tag))
    if kept:
        output.say(f"what was there was no VHI and is kept in {kept}")
    output.result(
        {
            "folder": str(folder),
            "tag": origin.tag,
            "asset": origin.asset,
            "verified": verified,
            "kept": str(kept) if kept else None,
        }
    )


def standin(
    folder: Annotated[Path, typer.Argument(help="folder to name in VHI_PATH")],
    protocol: Annotated[Literal["v1", "v2"], typer.Option(help="generation of the hand")] = "v1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="of its commands")] = HAND_PORT,
    as_json: Json = False,
) -> None:
    """Make an executable that any program takes for the VHI and that is emgrig-virtual-hand."""
    output = Output(as_json)
    place = folder.expanduser().resolve()
    program = programs_folder() / "emgrig-virtual-hand"
    binary = make_standin(place, program, platform.system(), protocol=protocol, port=port)
    output.say(f"made {binary}; any program launches it with VHI_PATH={place}")
    output.say(f"settings: {place / 'rig.toml'}; VHI_GRPC_PORT, where set, is its port instead")
    output.result({"binary": str(binary), "protocol": protocol, "port": port})
