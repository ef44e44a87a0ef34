"""Where a VHI is installed the rig runs it, and not the stand-in."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from emgrig.config import Rig
from emgrig.testing import make_rig, wait_until
from emgrig_operator.locating import programs_folder
from emgrig_operator.supervising import Launcher

from tests.deadlines import MS
from tests.integration.operator_commands import document_of, emgrig, is_hand_there

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def rig(tmp_path) -> Iterator[Rig]:
    """A rig whose VHI is a script that becomes the stand-in."""
    hand = {"movements_file": str(tmp_path / "movements.toml")}
    rig = make_rig(tmp_path, {"virtual-hand": hand, "feature-extractor": {"engine": "numpy"}})
    binary = tmp_path / "the VHI" / "VHI.x86_64"
    binary.parent.mkdir()
    program = programs_folder() / "emgrig-virtual-hand"
    binary.write_text(f'#!/bin/sh\nexec "{program}" --config "{rig.path}"\n')
    binary.chmod(0o755)
    done = emgrig("up", "--config", rig.path, environment={"VHI_PATH": str(binary.parent)})
    assert done.returncode == 0, done.stderr
    yield rig
    assert emgrig("down", "--config", rig.path).returncode == 0


def test_the_installed_hand_runs_and_ends_with_the_rig(rig) -> None:
    programs = {program.name: program for program in Launcher(rig).programs()}
    hand = psutil.Process(programs["vhi"].pid)
    assert "virtual-hand" not in programs
    assert Path(hand.cwd()).name == "the VHI"
    wait_until(lambda: is_hand_there(rig), 15_000 * MS)
    assert document_of("hand", "status", "--config", rig.path)["connected"]
    supervisor = psutil.Process(Launcher(rig).pid())
    family = supervisor.children(recursive=True)

    supervisor.kill()

    # Nothing outlives the supervisor, the foreign program included.
    _, alive = psutil.wait_procs([supervisor, *family], timeout=5000 * MS)
    assert hand in family
    assert not alive
