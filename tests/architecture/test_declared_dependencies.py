"""A distribution declares what it imports: a node installs one service and nothing else."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.tree import (
    DISTRIBUTION_FOLDERS,
    ROOT,
    files,
    imports,
    package_of,
    pyproject,
)


def normalised(requirement: str) -> str:
    """Return the distribution name of a requirement, as the index spells it."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def providers() -> Mapping[str, list[str]]:
    """Return which distributions provide each top-level module."""
    return packages_distributions()


def distributions_of(module: str) -> set[str]:
    """Return the distributions that may provide a top-level module.

    Our own are mapped from the folders: the metadata of editable installs lists no packages.
    """
    own = {package_of(f): pyproject(f)["project"]["name"] for f in DISTRIBUTION_FOLDERS}
    if module in own:
        return {own[module]}
    return {normalised(name) for name in providers().get(module, [module])}


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


def needed() -> set[str]:
    """Return the names of every distribution that ours and the tools need, however indirectly."""
    installed = {normalised(found.name): found for found in distributions()}
    extras = {"catboost", "myoverse", "recording", "testing", ""}
    queue = [normalised(tool) for tool in pyproject(ROOT)["dependency-groups"]["dev"]]
    queue += [pyproject(folder)["project"]["name"] for folder in DISTRIBUTION_FOLDERS]
    seen: set[str] = set()
    while queue:
        name = queue.pop()
        if name in seen or name not in installed:
            continue
        seen.add(name)
        own = name.startswith("emgrig")
        for line in installed[name].requires or []:
            requirement = Requirement(line)
            marker = requirement.marker
            wanted = requirement.extras | (extras if own else {""})
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted):
                queue.append(normalised(requirement.name))
    return {name for name in seen if not name.startswith("emgrig")}


def test_every_needed_version_is_in_the_constraints() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normalised(line) for line in lines if line and not line.startswith("#")}

    missing = sorted(f"{name}=={version(name)}" for name in needed() - pinned)

    assert not missing, (
        f"needed, but of no fixed version: {missing}; add these lines to constraints.txt"
    )


def test_torch_versions_are_those_that_myoverse_works_with() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert {"torch==2.11.0", "torchvision==0.26.0", "torchaudio==2.11.0"} <= set(lines), (
        "MyoVerse 2.0.0 needs named tensors: keep torch 2.11, torchvision 0.26, torchaudio 2.11"
    )


def test_the_tools_are_declared_without_versions() -> None:
    tools = pyproject(ROOT)["dependency-groups"]["dev"]

    versioned = [tool for tool in tools if re.search(r"[<>=~]", tool)]

    assert not versioned, f"versions belong into constraints.txt, not beside {versioned}"
