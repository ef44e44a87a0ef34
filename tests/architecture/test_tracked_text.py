"""The repository works on any machine: no registry's address, nobody's folders, no lock file."""

import re
from pathlib import PurePath

from tests.architecture.tree import ROOT, files

THIS = "tests/architecture/test_tracked_text.py"
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted|download\.pytorch|registry\.npmjs|conda\.anaconda|ghcr\.io|quay\.io"
    r"|--index-url|--extra-index-url|--find-links|--default-index"
)
# https://host, //host; not a comment, and not an address that is put together.
OUTSIDE = re.compile(r"(?:\b(?:https?|wss?):|[\"'(])//(?!\$\{)\w")
MACHINE_PATH = re.compile(r"(?<![\w.~}\])-])/(?:work|tmp|home|root|Users|mnt|media)/[\w.-]+")
# path -> (pattern allowed there, why).
ALLOWED: dict[str, tuple[str, str]] = {}
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json"}
LARGEST_FILE_BYTES = 1_000_000


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Return every place in the tracked text files where a pattern matches."""
    found = []
    for name in files():
        data = (ROOT / name).read_bytes()
        if name == THIS or b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
            match = pattern.search(line)
            if match and not re.search(ALLOWED.get(name, ("(?!)", ""))[0], match.group()):
                found.append(f"{name}:{number} {match.group()}")
    return found


def test_no_registry_address_is_committed() -> None:
    found = hits(REGISTRY)

    assert not found, f"{found}: say it in words; where packages come from is the machine's setting"


def test_the_page_asks_nobody_else_for_anything() -> None:
    pages = tuple(name for name in files() if name.endswith((".js", ".css", ".html")))

    found = [hit for hit in hits(OUTSIDE) if hit.startswith(pages)]

    assert pages
    assert not found, f"{found}: a rig has no internet; put the file into static/"


def test_no_machine_path_is_committed() -> None:
    found = hits(MACHINE_PATH)

    assert not found, f"{found}: use a path relative to the repository, tmp_path or the settings"


def test_no_lock_file_is_committed() -> None:
    found = [name for name in files() if PurePath(name).name in LOCK_FILES]

    assert not found, f"{found}: versions are in constraints.txt (docs/decisions/0002-*.md)"


def test_no_file_is_a_data_set() -> None:
    found = [name for name in files() if (ROOT / name).stat().st_size > LARGEST_FILE_BYTES]

    assert not found, f"{found}: data stays outside the repository; tests make their own"
