"""A distribution declares what it imports: a node installs one service and nothing else."""

import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import (
    DISTRIBUTION_FOLDERS,
    ROOT,
    files,
    imports,
    package_of,
    pyproject,
)

# Installed by `python -m venv` itself; which version is the interpreter's affair.
UNPINNED = {"pip"}


def normalised(requirement: str) -> str:
    """Return the distribution name of a requirement, as the index spells it."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions_of(module: str) -> set[str]:
    """Return the distributions that may provide a top-level module.

    Our own are mapped from the folders: the metadata of editable installs lists no packages.
    """
    own = {package_of(folder): pyproject(folder)["project"]["name"] for folder in own_folders()}
    if module in own:
        return {own[module]}
    return {normalised(name) for name in packages_distributions().get(module, [module])}


def own_folders() -> list[Path]:
    """Return the folders of our own distributions."""
    return DISTRIBUTION_FOLDERS


@pytest.mark.parametrize("folder", DISTRIBUTION_FOLDERS, ids=lambda folder: folder.name)
def test_every_import_is_declared(folder: Path) -> None:
    project = pyproject(folder)["project"]
    extras = project.get("optional-dependencies", {}).values()
    requirements = [*project.get("dependencies", []), *(r for extra in extras for r in extra)]
    declared = {normalised(requirement) for requirement in requirements}
    prefix = f"{folder.relative_to(ROOT)}/{package_of(folder)}/"

    undeclared = []
    for name in (n for n in files() if n.startswith(prefix) and n.endswith(".py")):
        for module, line in imports(name):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top == package_of(folder):
                continue
            if not distributions_of(top) & declared:
                undeclared.append(f"{name}:{line} imports {module}")

    assert not undeclared, (
        f"not declared in {folder.relative_to(ROOT)}/pyproject.toml: {undeclared}; "
        "add the distribution to its dependencies, or do without the import"
    )


def test_every_installed_version_is_in_the_constraints() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normalised(line) for line in lines if line and not line.startswith("#")}
    own = {pyproject(folder)["project"]["name"] for folder in DISTRIBUTION_FOLDERS}
    installed = {normalised(d.name): d.version for d in distributions()}

    missing = sorted(
        f"{name}=={version}"
        for name, version in installed.items()
        if name not in pinned | own | UNPINNED
    )

    assert not missing, (
        f"installed without a version of its own: {missing}; add these to constraints.txt, or "
        "rm -r .venv && make setup where nothing declares them any more"
    )


def test_torch_versions_are_those_that_myoverse_works_with() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert {"torch==2.11.0", "torchvision==0.26.0", "torchaudio==2.11.0"} <= set(lines), (
        "MyoVerse 2.0.0 needs named tensors: keep torch 2.11, torchvision 0.26, torchaudio 2.11"
    )


def test_the_tools_are_declared_without_versions() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    versioned = [r for r in groups["dependency-groups"]["dev"] if re.search(r"[<>=~]", r)]

    assert not versioned, f"versions belong into constraints.txt, not beside {versioned}"
