"""Make an executable that any program takes for the VHI, and that is the stand-in."""

import shlex
from pathlib import Path
from typing import Literal

from emgrig.config import HAND_PORT
from emgrig.errors import RequestError

from emgrig_operator.choosing_hand import binary_name

__all__ = ["make_standin"]

_SCRIPT = """\
#!/bin/sh
# The headless stand-in for the VHI, made by `emgrig vhi make-standin`: started by any program, from
# any folder, without arguments. rig.toml beside it has its settings; VHI_GRPC_PORT, the variable by
# which MyoGestic finds the hand's port, has the last word on the port.
case $0 in */*) here=${{0%/*}} ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd -P) || exit 1
# Whoever starts it may have a Python of its own, and may start it in a thread that is soon over.
unset PYTHONHOME PYTHONPATH
export EMGRIG_PARENT_PID=0
if [ -n "$VHI_GRPC_PORT" ]; then
    set -- --set "virtual-hand.grpc_port=$VHI_GRPC_PORT" "$@"
fi
exec {program} --config "$here"/{up}rig.toml "$@"
"""

_RIG = """\
# Settings of the stand-in beside this file; the keys are in the README of virtual-hand.

[rig]
name = "vhi-standin"
data_dir = "."

[virtual-hand]
protocol = "{protocol}"
grpc_port = {port}
"""


def make_standin(
    folder: Path,
    program: Path,
    system: str,
    *,
    protocol: Literal["v1", "v2"] = "v1",
    port: int = HAND_PORT,
) -> Path:
    """Write the stand-in into a folder and return what a launcher launches.

    Args:
        folder: For ``VHI_PATH``; made where it is not there.
        program: ``emgrig-virtual-hand``, absolute.
        system: As ``platform.system`` says it; not Windows, where a script is no ``.exe``.
        protocol: Generation of the hand.
        port: Of its commands.

    Raises:
        RequestError: It cannot be made, or would replace something.
    """
    if system == "Windows":
        raise RequestError("expected Linux or macOS, got Windows, which launches no script as .exe")
    if not program.is_file():
        raise RequestError(f"expected {program}, got nothing; run make setup")
    name = Path(binary_name(system))
    binary, rig = folder / name, folder / "rig.toml"
    taken = [str(path) for path in (binary, rig) if path.exists() or path.is_symlink()]
    if taken:
        raise RequestError(f"expected a folder without {' and '.join(taken)}; name another one")
    up = "../" * (len(name.parts) - 1)
    try:
        binary.parent.mkdir(parents=True, exist_ok=True)
        rig.write_text(_RIG.format(protocol=protocol, port=port), "utf-8")
        binary.write_text(_SCRIPT.format(program=shlex.quote(str(program)), up=up), "utf-8")
        binary.chmod(0o755)
    except OSError as error:
        raise RequestError(f"expected to write in {folder}, got: {error.strerror}") from error
    return binary
