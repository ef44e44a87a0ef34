"""Hold a hand that runs to the contract of its generation, and print a table of the statements.

usage: .venv/bin/python tools/check_hand.py HOST:PORT [-k EXPRESSION]
"""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from emgrig.control import HandV1Client, HandV2Client
from emgrig.errors import HandError
from emgrig_operator.checking_hand import generation_of

ROOT = Path(__file__).parents[1]


class Table:
    """Collects what became of each statement; a plugin of pytest."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst word of set-up, call and tear-down."""
        if report.failed:
            self.results[report.nodeid] = "BROKEN"
        elif report.skipped:
            self.results.setdefault(report.nodeid, "open")
        elif report.when == "call":
            self.results.setdefault(report.nodeid, "holds")

    def lines(self) -> list[str]:
        """Return one line per statement, then the sum."""
        lines = []
        for nodeid, word in self.results.items():
            file, _, test = nodeid.partition("::")
            subject = Path(file).stem.removeprefix("test_").replace("_", " ")
            statement = test.removeprefix("test_").replace("_", " ")
            lines.append(f"{word:7} {subject:16} {statement}")
        words = list(self.results.values())
        counts = ", ".join(f"{words.count(word)} {word}" for word in ("holds", "BROKEN", "open"))
        return [*lines, f"{len(words)} statements: {counts}"]


def main(arguments: list[str]) -> int:
    """Check the hand; return the exit code. What follows the address is for pytest."""
    target, *more = arguments or [""]
    host, _, port = target.rpartition(":")
    if not port.isdigit():
        print("expected host:port of a hand\nwhat to do: make check-hand TARGET=127.0.0.1:50051")
        return 2
    try:
        generation = _generation_of(host, int(port))
    except HandError as error:
        print(error)
        return 2
    os.environ["VHI_TARGET"] = target
    os.chdir(ROOT)
    table = Table()
    folder = f"tests/contract/vhi_{generation}"
    options = ["-q", "-p", "no:randomly", "--no-header", *more]
    code = pytest.main([folder, *options], plugins=[table])
    print("\n".join([f"\n{target} speaks {generation}", *table.lines()]))
    return int(code)


def _generation_of(host: str, port: int) -> str:
    first = HandV1Client(host, port, deadline_s=5.0)
    second = HandV2Client(host, port, deadline_s=5.0)
    try:
        return generation_of(first, second)
    finally:
        first.close()
        second.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
