import numpy as np
import pytest

from tests.unit.shared.recording.builders import samples, write_session


@pytest.fixture
def session_file(tmp_path):
    """A small sound session."""
    times = 10 + np.arange(3000) / 1000
    return write_session(
        tmp_path / "good.session.zip", {"emg": (samples(0, 3000), times)}, [(10.0, 0), (11.0, 1)]
    )
