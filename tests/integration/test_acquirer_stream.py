"""The acquirer as a process, fed by LSL outlets of the test, heard on the bus."""

import secrets
from collections.abc import Iterator

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.messages import Ledger
from emgrig.testing import Process, make_rig, running, wait_until
from emgrig.transport import Source, Subscriber

from tests.integration.acquirer_and_outlets import (
    RATE_HZ,
    open_outlet,
    push,
    receive,
    source_status,
)


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"emg-acquirer": {"stream_name": f"EMG{secrets.token_hex(4)}"}})


@pytest.fixture
def acquirer(rig) -> Iterator[Process]:
    with running("emg-acquirer", rig) as process:
        yield process


@pytest.fixture
def bus(rig) -> Iterator[Subscriber]:
    source = Source("emg-acquirer", rig.endpoints("emg-acquirer"))
    subscriber = Subscriber([source], ["window/emg", "chunk/emg"], keep="all", ledger=Ledger())
    yield subscriber
    subscriber.close()


@pytest.mark.parametrize("dtype", ["float32", "double64", "int16", "int32", "int8"])
def test_raw_samples_arrive_bit_for_bit_from_the_first_one(rig, acquirer, bus, dtype):
    outlet = open_outlet(rig, dtype=dtype)
    emg = (np.random.default_rng(3).normal(size=(1000, 4)) * 30).astype(outlet.np_dtype)
    start_s = pylsl.local_clock()
    for k in range(0, 1000, 50):
        push(outlet, emg[k : k + 50], start_s + k / RATE_HZ)

    _, chunks = receive(bus, 1000)

    data = np.concatenate([chunk.data for chunk in chunks])
    assert data.dtype == outlet.np_dtype
    np.testing.assert_array_equal(data, emg)
    assert chunks[0].sample_index == 0
    assert chunks[0].fields["channel_names"] == ["ch0", "ch1", "ch2", "ch3"]
    stamps = np.concatenate([chunk.timestamps for chunk in chunks])
    np.testing.assert_allclose(stamps, start_s + np.arange(1000) / RATE_HZ, atol=0.002)
    assert np.all(np.diff(stamps) > 0)


def test_windows_are_cut_by_sample_index_and_leave_before_their_chunk(rig, acquirer, bus):
    outlet = open_outlet(rig)
    emg = np.random.default_rng(4).normal(size=(1000, 4)).astype(np.float32)
    push(outlet, emg, pylsl.local_clock())

    windows, chunks = receive(bus, 1000)

    assert [window.sample_index for window in windows] == list(range(0, 601, 64))
    for window in windows:
        np.testing.assert_array_equal(window.data, emg[window.sample_index :][:400])
    assert windows[0].fs == RATE_HZ
    assert windows[0].fields["conditioning"]["highpass_hz"] == 0
    assert [hop.process for hop in windows[0].trace] == ["emg-acquirer"]
    assert windows[0].trace[0].t_out_ns < chunks[0].trace[0].t_out_ns


def test_lost_source_is_shown_and_its_return_is_a_counted_gap(rig, acquirer, bus):
    outlet = open_outlet(rig)
    push(outlet, np.ones((500, 4), np.float32), pylsl.local_clock())
    receive(bus, 500)
    acquirer.wait_state("RUNNING")

    del outlet
    status = acquirer.wait_state("DEGRADED")
    assert "source" in status.troubles
    assert not source_status(acquirer).connected

    outlet = open_outlet(rig)
    push(outlet, np.full((500, 4), 2, np.float32), pylsl.local_clock())
    windows, chunks = receive(bus, 500)
    acquirer.wait_state("RUNNING")

    assert chunks[0].sample_index == 500
    assert windows[0].sample_index == 500
    assert np.all(windows[0].data == 2)
    wait_until(lambda: acquirer.status().counters["gaps"] == 1, 5)
    assert acquirer.status().counters["gap_ms"] > 0


def test_source_that_returns_with_another_shape_and_rate_is_taken_as_it_is(rig, acquirer, bus):
    outlet = open_outlet(rig)
    push(outlet, np.zeros((500, 4), np.float32), pylsl.local_clock())
    receive(bus, 500)
    del outlet
    acquirer.wait_state("DEGRADED")

    outlet = open_outlet(rig, n_channels=6, rate_hz=500, dtype="int16")
    push(outlet, np.ones((200, 6), np.int16), pylsl.local_clock(), 500)
    windows, chunks = receive(bus, 200)

    assert chunks[0].data.shape[1] == 6
    assert chunks[0].fs == 500
    assert [window.data.shape for window in windows] == [(100, 6), (100, 6)]
    assert [window.sample_index for window in windows] == [500, 564]


def test_missing_source_is_trouble_with_words(rig, acquirer):
    status = acquirer.wait_state("DEGRADED")

    name = rig.tables["emg-acquirer"]["stream_name"]
    assert f"expected an LSL stream with name '{name}', got none" in status.troubles["source"]


def test_silent_source_is_trouble_until_it_speaks(rig, acquirer, bus):
    outlet = open_outlet(rig)
    push(outlet, np.zeros((500, 4), np.float32), pylsl.local_clock())
    receive(bus, 500)

    status = acquirer.wait_state("DEGRADED")
    assert "though it is there" in status.troubles["source"]

    push(outlet, np.zeros((500, 4), np.float32), pylsl.local_clock())
    receive(bus, 500)
    acquirer.wait_state("RUNNING")


def test_gap_in_the_time_stamps_is_counted_and_never_inside_a_window(rig, acquirer, bus):
    outlet = open_outlet(rig)
    start_s = pylsl.local_clock()
    push(outlet, np.zeros((500, 4), np.float32), start_s)
    push(outlet, np.ones((500, 4), np.float32), start_s + 1)

    windows, _ = receive(bus, 1000)

    assert [window.sample_index for window in windows] == [0, 64, 500, 564]
    wait_until(lambda: acquirer.status().counters["gaps"] == 1, 5)


def test_values_that_are_not_finite_are_recorded_counted_and_not_windowed(rig, acquirer, bus):
    outlet = open_outlet(rig)
    emg = np.zeros((1000, 4), np.float32)
    emg[420, 2] = np.nan
    push(outlet, emg, pylsl.local_clock())

    windows, chunks = receive(bus, 1000)

    assert np.isnan(np.concatenate([chunk.data for chunk in chunks])[420, 2])
    assert [window.sample_index for window in windows] == [0, 448, 512, 576]
    wait_until(lambda: acquirer.status().counters["nan_windows"] == 6, 5)
    assert acquirer.status().counters["nan_samples"] == 1
    assert source_status(acquirer).nan_samples == 1


def test_time_stamps_that_no_message_can_bear_are_refused_and_told(rig, acquirer, bus):
    outlet = open_outlet(rig)
    push(outlet, np.zeros((100, 4), np.float32), 1.7e12)  # milliseconds since 1970
    wait_until(lambda: "timestamps" in acquirer.status().troubles, 10)
    push(outlet, np.ones((100, 4), np.float32), pylsl.local_clock())

    _, chunks = receive(bus, 100)

    assert np.concatenate([chunk.data for chunk in chunks]).min() == 1
    assert acquirer.wait_state("RUNNING").troubles == {}
    wait_until(lambda: "lsl/emg" in acquirer.status().ledger, 5)
    assert acquirer.status().ledger["lsl/emg"]["refused"] == {"timestamps": 100}


def test_irregular_stream_is_recorded_and_not_windowed(rig, acquirer, bus):
    outlet = open_outlet(rig, n_channels=2, rate_hz=0)
    for k in range(10):
        outlet.push_sample([k, -k], pylsl.local_clock())

    windows, chunks = receive(bus, 10)

    assert windows == []
    assert np.concatenate([chunk.data for chunk in chunks])[:, 0].tolist() == list(range(10))
    assert chunks[0].fs == 0
    assert acquirer.wait_state("RUNNING").troubles == {}


def test_source_is_described_on_request_and_the_ledger_balances(rig, acquirer, bus):
    outlet = open_outlet(rig)
    push(outlet, np.zeros((500, 4), np.float32), pylsl.local_clock())
    receive(bus, 500)

    status = source_status(acquirer)
    assert status.connected
    assert status.name == rig.tables["emg-acquirer"]["stream_name"]
    assert status.n_channels == 4
    assert status.declared_rate_hz == RATE_HZ
    assert status.samples == 500
    assert status.windows == 2
    assert abs(status.time_correction_s) < 0.01
    assert list(status.channel_names) == ["ch0", "ch1", "ch2", "ch3"]
    wait_until(lambda: "lsl/emg" in acquirer.status().ledger, 5)
    ledger = acquirer.status().ledger["lsl/emg"]
    assert ledger["received"] == ledger["used"] == 500


def test_wide_stream_at_full_rate_loses_nothing(rig, acquirer, bus):
    outlet = open_outlet(rig, n_channels=320)
    emg = np.random.default_rng(5).normal(size=(4000, 320)).astype(np.float32)
    start_s = pylsl.local_clock()
    for k in range(0, 4000, 64):
        push(outlet, emg[k : k + 64], start_s + k / RATE_HZ)

    windows, chunks = receive(bus, 4000)

    np.testing.assert_array_equal(np.concatenate([chunk.data for chunk in chunks]), emg)
    assert len(windows) == (4000 - 400) // 64 + 1
