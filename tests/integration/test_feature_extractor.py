"""The feature-extractor as a process: windows in, features out, the trace carried on."""

from collections.abc import Iterator

import numpy as np
import pytest
from emgrig.config import Rig
from emgrig.dsp import feature_engine
from emgrig.testing import Process, make_rig, running, start
from emgrig.transport import Publisher

from tests.integration.decoding_rig import (
    SPEC,
    listening,
    make_windows,
    publishing,
    receive,
    send_window,
    wait_heard,
    wait_ledger,
)


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"feature-extractor": {"engine": "numpy"}})


@pytest.fixture
def acquirer(rig) -> Iterator[Publisher]:
    with publishing(rig, "emg-acquirer") as publisher:
        yield publisher


@pytest.fixture
def extractor(rig, acquirer) -> Iterator[Process]:
    with running("feature-extractor", rig) as process:
        wait_heard(process, acquirer, "window/emg")
        yield process


def test_each_window_becomes_features_of_the_shared_engine(rig, acquirer, extractor):
    with listening(rig, "feature-extractor", ["features/emg"]) as features:
        for index, window in enumerate(make_windows()):
            sent = send_window(acquirer, window, index)
            got = receive(features)

            np.testing.assert_array_equal(got.data, feature_engine(SPEC)(window))
            assert (got.sample_index, got.t_last) == (sent.sample_index, sent.t_last)
            assert got.fields["spec_id"] == SPEC.id
            assert [hop.process for hop in got.trace] == ["emg-acquirer", "feature-extractor"]


def test_a_window_that_has_no_spec_is_refused_and_shown(rig, acquirer, extractor):
    with listening(rig, "feature-extractor", ["features/emg"]) as features:
        send_window(acquirer, np.zeros((0, 2), np.float32), 0)
        assert wait_ledger(extractor, "window/emg", "refused", "spec") == 1
        status = extractor.wait_state("DEGRADED")
        assert "window" in status.troubles["windows"]

        send_window(acquirer, make_windows()[0], 1)

        assert receive(features).sample_index == 20
        assert "windows" not in extractor.status().troubles


def test_an_impossible_setting_is_told_at_the_start(rig):
    process = start(
        "feature-extractor", rig, ["--set", "feature-extractor.features=['rms', 'rms']"]
    )
    try:
        assert process.popen.wait(20) == 2
        assert "each once" in process.output()
    finally:
        process.kill()
