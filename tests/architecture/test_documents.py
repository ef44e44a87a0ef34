"""Documents name only things that exist."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files

DOCUMENTS = [name for name in files() if name.endswith(".md")]
TOPS = {name.split("/")[0] for name in files() if "/" in name}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
# A path is what has a slash and either a suffix of a source or a top folder of ours in front.
PATH = re.compile(r"(?:[\w.*-]+/)+[\w.*-]*")
SUFFIXES = (".py", ".md", ".toml", ".proto", ".sh", ".conf", ".txt", ".service", ".yaml")
# Made by running the rig, or beside the repository.
NOT_IN_THE_TREE = ("build/", "../", ".venv")

every_document = pytest.mark.parametrize("name", DOCUMENTS)


def text_of(name: str) -> str:
    """Return a document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def commands_in(name: str) -> list[str]:
    """Return what a document says in code: quoted words and the lines of code blocks."""
    parts = text_of(name).split("```")
    quoted = [word for part in parts[::2] for word in QUOTED.findall(part)]
    return quoted + [line.strip() for block in parts[1::2] for line in block.splitlines()]


def exists(path: str, folder: Path) -> bool:
    """Tell whether a path (with * allowed) is there, seen from the document or from the root."""
    places = [folder, ROOT, ROOT / "shared", *folder.glob("emgrig*"), ROOT / "shared/emgrig"]
    return any(next(place.glob(path.rstrip("/")), None) for place in places)


@every_document
def test_links_resolve(name: str) -> None:
    folder = (ROOT / name).parent
    targets = [link.split("#")[0] for link in LINK.findall(text_of(name)) if ":" not in link]

    broken = [target for target in targets if target and not (folder / target).exists()]

    assert not broken, f"{name} links to {broken}, which are not there: mend or remove the links"


@every_document
def test_paths_exist(name: str) -> None:
    quoted = [word for part in text_of(name).split("```")[::2] for word in QUOTED.findall(part)]
    paths = [
        word
        for word in quoted
        if PATH.fullmatch(word)
        and (word.endswith(SUFFIXES) or word.split("/")[0] in TOPS)
        and not word.startswith(NOT_IN_THE_TREE)
        and "NNNN" not in word
    ]

    gone = sorted({path for path in paths if not exists(path, (ROOT / name).parent)})

    assert not gone, f"{name} names {gone}, which are not there: correct or remove them"


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.startswith("services/")])
def test_modules_exist(name: str) -> None:
    named = {word for word in QUOTED.findall(text_of(name)) if re.fullmatch(r"\w+\.py", word)}

    gone = sorted(word for word in named if not list((ROOT / name).parent.rglob(word)))
    assert not gone, f"{name} names modules that do not exist: {gone}"


@every_document
def test_make_targets_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))
    mentioned = {
        word
        for command in commands_in(name)
        for match in re.finditer(r"(?:^|[&;] *)make((?: +[a-z][a-z-]*)+)", command)
        for word in match.group(1).split()
    }

    gone = sorted(mentioned - targets)

    assert not gone, f"{name} says make {gone}; targets are {sorted(targets)}"


@every_document
def test_commands_exist(name: str) -> None:
    mentioned = {
        match.group(1)
        for command in commands_in(name)
        for match in re.finditer(r"(?:^|[&;/] *)emgrig +([a-z][a-z-]*)", command)
    }

    gone = sorted(mentioned - commands())

    assert not gone, f"{name} says emgrig {gone}, which `emgrig --help` does not know"


@cache
def commands() -> frozenset[str]:
    """Return the names of the operator's commands, asked once: a start takes most of a second."""
    script = (
        "import typer; from emgrig_operator.cli import app; "
        "print(*typer.main.get_command(app).commands)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    return frozenset(asked.stdout.split())
