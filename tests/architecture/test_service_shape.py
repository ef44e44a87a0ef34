"""Who knows one service knows all: the same rooms, the same README, the same derived names."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SERVICE_FOLDERS, files, package_of, pyproject, syntax

HEADINGS = [
    "## Purpose",
    "## Reads",
    "## Writes",
    "## Settings",
    "## When things go wrong",
    "## Run it alone",
    "## Where the code is",
]
# A command line that ends by itself: no lifecycle, so no shell and no settings table.
NOT_A_PROCESS = {"operator"}
MAIN_LINES = 30

every_service = pytest.mark.parametrize("folder", SERVICE_FOLDERS, ids=lambda folder: folder.name)


def modules_of(folder: Path) -> set[str]:
    """Return the names of a service's modules and sub-packages."""
    prefix = f"services/{folder.name}/{package_of(folder)}/"
    inside = [name.removeprefix(prefix) for name in files() if name.startswith(prefix)]
    return {name.split("/")[0] for name in inside}


@every_service
def test_service_has_its_rooms(folder: Path) -> None:
    wanted = {"__init__.py", "__main__.py", "py.typed"}
    if folder.name not in NOT_A_PROCESS:
        wanted |= {"config.py", "service.py"}

    rooms = modules_of(folder)

    assert wanted <= rooms, f"services/{folder.name} lacks {sorted(wanted - rooms)}: add them"
    assert rooms - wanted, (
        f"services/{folder.name} has no core: move what decides out of service.py into a module "
        "named by what it does"
    )


@every_service
def test_init_is_one_docstring(folder: Path) -> None:
    name = f"services/{folder.name}/{package_of(folder)}/__init__.py"

    body = syntax(name).body

    assert len(body) == 1, f"{name} holds more than its docstring: move the rest to a module"
    assert ast.get_docstring(syntax(name)), f"{name}: say what the service does in one sentence"


@every_service
def test_main_has_no_logic(folder: Path) -> None:
    if folder.name in NOT_A_PROCESS:
        pytest.skip("the operator's door is its command line")
    name = f"services/{folder.name}/{package_of(folder)}/__main__.py"

    n_lines = len((ROOT / name).read_text(encoding="utf-8").splitlines())

    assert n_lines <= MAIN_LINES, (
        f"{name} has {n_lines} lines, at most {MAIN_LINES}: it only calls run(Service, Settings)"
    )


@every_service
def test_readme_has_the_common_headings(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    outside_code = "".join(text.split("```")[::2])

    headings = [line.strip() for line in outside_code.splitlines() if line.startswith("## ")]

    assert headings == HEADINGS, (
        f"services/{folder.name}/README.md: expected {HEADINGS}, got {headings}"
    )


@every_service
def test_names_derive_from_the_folder(folder: Path) -> None:
    project = pyproject(folder)["project"]
    program = f"emgrig-{folder.name}"
    entry = f"{package_of(folder)}.__main__:main"

    assert project["name"] == program, f"services/{folder.name}: the distribution is {program}"
    if folder.name in NOT_A_PROCESS:
        assert entry in project["scripts"].values()
    else:
        assert project["scripts"] == {program: entry}, (
            f"services/{folder.name}/pyproject.toml: expected the script {program} = {entry}"
        )


@every_service
def test_description_is_the_docstring(folder: Path) -> None:
    name = f"services/{folder.name}/{package_of(folder)}/__init__.py"

    first_line = (ast.get_docstring(syntax(name)) or "").splitlines()[0]

    assert pyproject(folder)["project"]["description"] == first_line, (
        f"services/{folder.name}/pyproject.toml: the description is the first line of {name}"
    )
