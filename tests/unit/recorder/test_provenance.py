"""A recording says what it was made with, whatever else is installed."""

from pathlib import Path

import pytest
from emgrig.testing import make_rig
from emgrig_recorder.provenance import provenance_of


def test_a_package_that_was_half_removed_keeps_nobody_from_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_removed-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    versions = provenance_of(make_rig(tmp_path), "a take", "")["versions"]

    assert "emgrig-recorder" in versions
    assert all(name.startswith("emgrig") for name in versions)
