"""Rigs side by side: ports that were given away are nobody else's, listened on or not."""

import secrets
import subprocess
import sys
from collections.abc import Sequence

import pytest
from emgrig.runtime import apart
from emgrig.runtime.apart import free_ports


def choose_first(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    choose, wanted = secrets.choice, [first]

    def choice(starts: Sequence[int]) -> int:
        return wanted.pop() if wanted else choose(starts)

    monkeypatch.setattr(apart.secrets, "choice", choice)


def test_two_rigs_of_one_process_that_choose_the_same_block_get_different_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = free_ports(35)
    choose_first(mine[0], monkeypatch)

    assert not {*mine} & {*free_ports(35)}


def test_a_rig_of_another_process_keeps_its_ports_until_that_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = "from emgrig.testing import free_ports; print(free_ports(1)[0], flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        choose_first(theirs, monkeypatch)
        assert theirs not in free_ports(63)

        other.communicate("\n")
    choose_first(theirs, monkeypatch)
    assert theirs in free_ports(63)


def test_a_process_that_starts_rigs_all_day_does_not_run_out_of_blocks() -> None:
    n_blocks = len(apart.PORTS) // apart.BLOCK

    assert all(len(free_ports(1)) == 1 for _ in range(n_blocks + 1))
