"""What the architecture tests look at: the files of the repository and its distributions."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVICE_FOLDERS = sorted(p.parent for p in ROOT.glob("services/*/pyproject.toml"))
SERVICE_NAMES = [folder.name for folder in SERVICE_FOLDERS]
DISTRIBUTION_FOLDERS = [ROOT / "shared", *SERVICE_FOLDERS]

GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$")


@cache
def files() -> tuple[str, ...]:
    """Return every file that is committed or could be, as paths relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted({name for name in listing.stdout.splitlines() if (ROOT / name).is_file()}))


def python_files(*tops: str) -> list[str]:
    """Return the hand-written Python files below the given top folders (all without one)."""
    return [
        name
        for name in files()
        if name.endswith(".py")
        and not GENERATED.search(name)
        and (not tops or name.split("/")[0] in tops)
    ]


@cache
def syntax(name: str) -> ast.Module:
    """Return the syntax tree of a file of the repository."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), filename=name)


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Yield the absolute modules that a file imports, each with its line."""
    for node in ast.walk(syntax(name)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


def pyproject(folder: Path) -> dict[str, Any]:
    """Return the pyproject.toml of a folder."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def package_of(folder: Path) -> str:
    """Return the import package of a distribution's folder: emgrig, or emgrig_<service>."""
    return "emgrig" if folder.name == "shared" else "emgrig_" + folder.name.replace("-", "_")
