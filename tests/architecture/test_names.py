"""A name says what a thing is for."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

from tests.architecture.tree import python_files, syntax

BANNED = {
    "common",
    "handler2",
    "helper",
    "helpers",
    "manager",
    "misc",
    "my",
    "stuff",
    "util",
    "utils",
}
CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SOURCES = ("services", "shared")


def words(name: str) -> set[str]:
    """Return the lower-case words of a snake_case or CamelCase name."""
    return set(CAMEL_HUMP.sub("_", name).lower().split("_"))


def definitions(name: str) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Yield the classes and functions of a file."""
    for node in ast.walk(syntax(name)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node


def test_no_name_is_a_drawer() -> None:
    found = [name for name in python_files() if words(PurePath(name).stem) & BANNED]
    found += [
        f"{name}:{node.lineno} {node.name}"
        for name in python_files(*SOURCES)
        for node in definitions(name)
        if words(node.name) & BANNED
    ]

    assert not found, f"{found}: name each by what it does, not {sorted(BANNED)}"


def test_errors_are_called_errors() -> None:
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name in python_files(*SOURCES)
        for node in definitions(name)
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id.endswith("Error") for base in node.bases)
        and not node.name.endswith(("Error", "Fault"))
    ]

    assert not found, f"{found}: an error's name ends in Error and says what failed"


def test_every_test_file_is_collected() -> None:
    lost = [
        name
        for name in python_files("tests")
        if any(
            isinstance(n, ast.FunctionDef) and n.name.startswith("test_") for n in syntax(name).body
        )
        and not PurePath(name).name.startswith("test_")
    ]

    assert not lost, f"{lost} hold tests that nobody runs: rename each to test_*.py"
