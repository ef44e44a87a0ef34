"""Fixtures of all integration tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from emgrig.testing import lsl_config


@pytest.fixture(scope="session", autouse=True)
def isolated_lsl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One LSL session for this test run: tests and the processes that they start meet in it.

    liblsl reads its configuration once per process, at the first call, so it cannot be per test:
    tests choose stream names of their own.
    """
    before = os.environ.get("LSLAPICFG")
    path = Path(before) if before else lsl_config(tmp_path_factory.mktemp("lsl"))
    os.environ["LSLAPICFG"] = str(path)
    yield path
    if before is None:
        del os.environ["LSLAPICFG"]
