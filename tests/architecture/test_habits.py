"""Habits that a reader can rely on: one catch-all, no sleeping, no pickle, no promises."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import ROOT, files, imports, python_files, syntax

# path -> why it may sleep.
MAY_SLEEP: dict[str, str] = {
    "shared/emgrig/testing/processes.py": "wait_until: nobody announces another process's facts",
}
# path -> why it may ask the wall clock: a person sets it, NTP steps it, so nothing is timed by it.
MAY_ASK_THE_WALL_CLOCK: dict[str, str] = {
    "services/recorder/emgrig_recorder/clocks.py": "age of a cut off recording; steps",
    "services/recorder/emgrig_recorder/provenance.py": "when a take was made, for people",
    "services/recorder/emgrig_recorder/commands.py": "names of sessions, for people",
    "shared/emgrig/models/saving.py": "names of models, for people",
    "shared/emgrig/recording/journal_writer.py": "log times of other MCAP tools; steady in a file",
    "shared/emgrig/recording/session_writer.py": "when a session was made, for people",
}
WALL_CLOCKS = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow")}
CATCH_ALL = {"Exception", "BaseException"}
PROMISE = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")


def catch_alls(name: str) -> Iterator[int]:
    """Yield the lines of a file that catch every exception and do not raise it again."""
    for node in ast.walk(syntax(name)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
        last = node.body[-1]
        raised_again = isinstance(last, ast.Raise) and last.exc is None
        if (node.type is None or names & CATCH_ALL) and not raised_again:
            yield node.lineno


def sleeps(name: str) -> Iterator[int]:
    """Yield the lines of a file that call or import a sleep."""
    for node in ast.walk(syntax(name)):
        if isinstance(node, ast.Attribute) and node.attr == "sleep":
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and "sleep" in {alias.name for alias in node.names}:
            yield node.lineno


def test_everything_is_caught_in_one_place_only() -> None:
    found = [
        f"{name}:{line}" for name in python_files("shared", "services") for line in catch_alls(name)
    ]

    assert len(found) == 1, (
        f"expected `except Exception` once, in run(), got {found}: catch the errors you can answer "
        "(emgrig.errors, OSError ...) and let the others reach run()"
    )
    assert found[0].startswith("shared/emgrig/runtime/"), f"{found[0]}: it belongs to the runtime"


def test_nobody_sleeps() -> None:
    found = [
        f"{name}:{line}"
        for name in python_files("shared", "services", "tests")
        if name not in MAY_SLEEP
        for line in sleeps(name)
    ]

    assert not found, (
        f"{found}: wait for the event itself with a deadline (Event.wait, poller, inlet time-out), "
        "or give a reason in MAY_SLEEP"
    )


def test_sleepers_still_sleep() -> None:
    stale = [name for name in MAY_SLEEP if name not in files() or not list(sleeps(name))]

    assert not stale, f"remove {stale} from MAY_SLEEP"


def wall_clocks(name: str) -> Iterator[int]:
    """Yield the lines of a file that ask the wall clock."""
    for node in ast.walk(syntax(name)):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=member) if (
                module,
                member,
            ) in WALL_CLOCKS:
                yield node.lineno


def test_nothing_is_timed_by_the_wall_clock() -> None:
    sources = python_files("shared", "services")
    found = {name: list(wall_clocks(name)) for name in sources}

    asking = {name for name, lines in found.items() if lines}
    assert asking == set(MAY_ASK_THE_WALL_CLOCK), (
        f"{asking ^ set(MAY_ASK_THE_WALL_CLOCK)}: use time.monotonic or the LSL clock, or give a "
        "reason in MAY_ASK_THE_WALL_CLOCK"
    )


def test_nothing_is_pickled() -> None:
    found = [
        f"{name}:{line}"
        for name in python_files("shared", "services", "tests", "tools")
        for module, line in imports(name)
        if module.split(".")[0] in {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
    ]

    assert not found, f"{found}: a pickle runs code of whoever wrote it; use messages or JSON"


def test_no_promise_is_left_in_a_comment() -> None:
    found = [
        f"{name}:{number}"
        for name in python_files("shared", "services", "tests", "tools")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if PROMISE.search(line) and name != "tests/architecture/test_habits.py"
    ]

    assert not found, f"{found}: do it, or file an issue and say why it is as it is"


def test_make_test_runs_every_folder_of_tests() -> None:
    rooms = re.search(r"^ROOMS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    folders = {name.split("/")[1] for name in python_files("tests") if "/test_" in name}

    assert rooms is not None
    assert set(rooms[1].replace('"', "").split()) == folders
