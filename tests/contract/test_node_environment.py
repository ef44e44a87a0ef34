"""A node installs one service and what that declares: no PyTorch, no sibling, no tools."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# uv takes seconds where its cache is warm; a first download of CatBoost takes longer.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment of `make setup-node SERVICE=predictor`, away from the developer's own."""
    venv = tmp_path_factory.mktemp("node") / "venv"
    make(f"NODE_VENV={venv}", "SERVICE=predictor")
    return venv


def make(*variables: str) -> subprocess.CompletedProcess[str]:
    """Run make setup-node as a person would, not as a part of the make that runs the tests."""
    outer = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"}
    environment = {key: value for key, value in os.environ.items() if key not in outer}
    return subprocess.run(
        ["make", "setup-node", *variables],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )


def can_import(node: Path, module: str) -> bool:
    """Tell whether the node's interpreter finds a module, seen from a folder of its own."""
    asked = subprocess.run(
        [node / "bin/python", "-c", f"import {module}"], cwd=node, capture_output=True, check=False
    )
    return asked.returncode == 0


@pytest.mark.parametrize("module", ["emgrig.runtime", "emgrig_predictor", "catboost"])
def test_node_has_what_its_service_needs(node: Path, module: str) -> None:
    assert can_import(node, module)


@pytest.mark.parametrize(
    "module", ["torch", "myoverse", "emgrig_trainer", "emgrig_recorder", "pytest", "zarr"]
)
def test_node_has_nothing_else(node: Path, module: str) -> None:
    assert not can_import(node, module)


def test_node_runs_its_service(node: Path) -> None:
    program = node / "bin/emgrig-predictor"

    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True)

    assert "--config" in shown.stdout


def test_versions_are_those_of_the_constraints(node: Path) -> None:
    frozen = subprocess.run(
        [node / "bin/uv", "pip", "freeze", "--python", node / "bin/python", "--exclude-editable"],
        capture_output=True,
        text=True,
        check=True,
    )
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    installed = {line for line in frozen.stdout.splitlines() if not line.startswith("pip==")}

    assert installed <= set(pinned)


def test_second_setup_does_nothing(node: Path) -> None:
    again = make(f"NODE_VENV={node}", "SERVICE=predictor")

    assert again.stdout == ""


def test_unknown_service_is_refused_with_the_names() -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        make("SERVICE=predicter")

    assert "predictor" in refused.value.stderr
    assert "predicter" in refused.value.stderr
