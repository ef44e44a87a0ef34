"""What several contract tests need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.vhi_releases import Releases, release_server


@pytest.fixture
def releases(monkeypatch) -> Iterator[Releases]:
    """Releases of the VHI, for the same computer everywhere; no proxy stands between."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with release_server() as known:
        monkeypatch.setenv("EMGRIG_VHI_SERVER", known.url)
        yield known


@pytest.fixture
def dest(tmp_path) -> Path:
    """A folder, not there yet, whose parent is not there either."""
    return tmp_path / "user data" / "vhi"
