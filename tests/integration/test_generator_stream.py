"""The generator as a process: what another LSL program sees of it."""

import secrets
import subprocess
from collections.abc import Iterator

import numpy as np
import pylsl
import pytest
from emgrig.config import Rig
from emgrig.testing import Process, make_rig, running, start, wait_until

from tests.bench.generator import measure_generator


@pytest.fixture
def rig(tmp_path) -> Rig:
    tag = secrets.token_hex(4)
    names = {"stream_name": f"EMG{tag}", "control_stream": f"Control{tag}"}
    return make_rig(tmp_path, {"emg-generator": names})


@pytest.fixture
def generator(rig) -> Iterator[Process]:
    with running("emg-generator", rig) as process:
        yield process


def open_inlet(rig: Rig) -> pylsl.StreamInlet:
    name = rig.tables["emg-generator"]["stream_name"]
    found = pylsl.resolve_byprop("name", name, 1, 10)
    assert found, f"no stream named {name}"
    inlet = pylsl.StreamInlet(found[0], recover=False)
    inlet.open_stream(10)
    return inlet


def open_control(rig: Rig) -> pylsl.StreamOutlet:
    name = rig.tables["emg-generator"]["control_stream"]
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "Control", 1, 0, "float32", "ctrl"))


def pull(inlet: pylsl.StreamInlet, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    emg, stamps = inlet.pull_chunk(
        timeout=10 + n_samples / 500, max_samples=n_samples, as_numpy=True
    )
    assert len(stamps) == n_samples
    return emg, stamps


def wait_amplitude(inlet: pylsl.StreamInlet, low: float, high: float) -> None:
    """Wait until a second of signal has its largest deviation inside the limits."""
    wait_until(lambda: low < float(pull(inlet, 256)[0].std(axis=0).max()) < high, 15)


def test_stream_says_what_it_is(rig, generator):
    inlet = open_inlet(rig)

    info = inlet.info(5)
    assert info.type() == "EMG"
    assert info.source_id() == "emg_gen"
    assert info.channel_count() == 8
    assert info.nominal_srate() == 2048
    assert info.channel_format() == pylsl.cf_float32


def test_samples_are_evenly_stamped_at_the_exact_rate_without_a_control_stream(rig, generator):
    inlet = open_inlet(rig)

    emg, stamps = pull(inlet, 5 * 2048)

    np.testing.assert_allclose(np.diff(stamps), 1 / 2048, atol=1e-6)
    assert emg.std() == pytest.approx(0.02, rel=0.05)
    delay_s = pylsl.local_clock() - stamps[-1]
    assert -0.001 < delay_s < 0.5


@pytest.mark.parametrize("with_control", [False, True])
def test_samples_arrive_at_the_rate_with_and_without_a_control_stream(tmp_path, with_control):
    """By our clock, not by the stamps; `make bench` does it for 60 s within 0.5 Hz."""
    rate_hz = measure_generator(tmp_path, 6, with_control=with_control)

    assert rate_hz == pytest.approx(2048, abs=0.5 * 60 / 6)


def test_it_follows_the_control_stream_and_its_successor(rig, generator):
    inlet = open_inlet(rig)
    control = open_control(rig)
    assert control.wait_for_consumers(15)

    control.push_sample([1])
    wait_amplitude(inlet, 0.8, 1.3)

    del control
    wait_amplitude(inlet, 0.8, 1.3)  # the last value persists
    control = open_control(rig)
    assert control.wait_for_consumers(15)
    control.push_sample([0])
    wait_amplitude(inlet, 0.01, 0.03)


def test_every_sample_sent_arrives_and_is_counted(rig, generator):
    inlet = open_inlet(rig)
    pull(inlet, 4096)

    wait_until(lambda: generator.status().counters["samples_sent"] >= 4096, 5)
    counters = generator.status().counters
    assert counters["samples_sent"] % 32 == 0
    assert counters["pacing_rebased"] == 0


def test_options_are_plain_flags_too(rig):
    flags = ["--channels", "3", "--fs", "500", "--chunk", "10", "--classes", "4", "--multi-dof"]
    with running("emg-generator", rig, flags):
        inlet = open_inlet(rig)
        control = open_control(rig)
        assert control.wait_for_consumers(15)
        control.push_sample([0b111])
        wait_amplitude(inlet, 1.05, 3)

        assert inlet.info(5).channel_count() == 3
        assert inlet.info(5).nominal_srate() == 500


def test_second_publisher_of_the_name_is_refused_with_words(rig, generator, tmp_path):
    open_inlet(rig)
    name = rig.tables["emg-generator"]["stream_name"]
    (tmp_path / "second").mkdir()
    other = make_rig(tmp_path / "second", {"emg-generator": {"stream_name": name}})

    second = start("emg-generator", other)
    try:
        assert second.popen.wait(20) == 2
    except subprocess.TimeoutExpired:
        pytest.fail(f"expected a refusal, got:\n{second.output()}")
    finally:
        second.kill()

    assert f"expected no LSL stream named '{name}' yet" in second.output()
    assert "--name" in second.output()
