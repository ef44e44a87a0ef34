import numpy as np
import pytest
from emgrig.errors import SessionError
from emgrig_operator.datasets import median_rate_hz, read_folder

from tests.unit.operator.builders import write_folder


def test_a_folder_is_read_with_its_names_and_rates(tmp_path) -> None:
    dataset = read_folder(write_folder(tmp_path / "set"))

    assert dataset.name == "set"
    assert dataset.signals["emg"].fs == 200.0
    assert dataset.signals["emg"].channel_names == ("a", "b", "c")
    assert dataset.signals["kinematics"].fs == pytest.approx(100.0)
    assert [segment.split for segment in dataset.segments] == ["train", "test"]


def test_a_folder_without_tables_is_one_segment(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    for name in ("segments.csv", "meta.json"):
        (folder / name).unlink()

    dataset = read_folder(folder)

    assert len(dataset.segments) == 1
    assert dataset.signals["emg"].fs == pytest.approx(200.0)


def test_repeated_stamps_and_steps_back_within_jitter_are_taken(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    stamps = np.load(folder / "emg_timestamps.npy")
    stamps[11] = stamps[10]
    stamps[21] = stamps[20] - 0.004
    np.save(folder / "emg_timestamps.npy", stamps)

    emg = read_folder(folder).signals["emg"]

    assert len(emg.data) == len(stamps)
    assert (np.diff(emg.timestamps) >= 0).all()
    assert emg.timestamps[21] == stamps[20]


def test_a_rate_is_found_where_packets_share_a_stamp() -> None:
    t = np.repeat(np.arange(100) * 8 / 2000, 8)
    t[400:] += 5.0

    assert median_rate_hz(t) == pytest.approx(2000, rel=0.03)


@pytest.mark.parametrize("rate_hz", [500, 2000, 2048, 4000])
def test_rounded_stamps_shorten_no_window(rate_hz: int) -> None:
    times = 17.3 + np.arange(4 * rate_hz) / rate_hz

    assert median_rate_hz(times) == rate_hz


def test_a_rate_that_is_no_number_is_measured(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    (folder / "meta.json").write_text('{"fs_emg_hz": true}')

    assert read_folder(folder).signals["emg"].fs == 200.0


def damage_step_back(folder) -> None:
    stamps = np.load(folder / "emg_timestamps.npy")
    stamps[50:] -= 0.2
    np.save(folder / "emg_timestamps.npy", stamps)


def damage_nothing_there(folder) -> None:
    (folder / "emg.npy").unlink()


def damage_truncated(folder) -> None:
    content = (folder / "emg.npy").read_bytes()
    (folder / "emg.npy").write_bytes(content[: len(content) // 2])


def damage_pickled(folder) -> None:
    np.save(folder / "emg.npy", np.array([{}], dtype=object), allow_pickle=True)


def damage_lengths(folder) -> None:
    np.save(folder / "emg_timestamps.npy", np.arange(7.0))


def damage_order(folder) -> None:
    np.save(folder / "emg_timestamps.npy", np.zeros(400))


def damage_meta(folder) -> None:
    (folder / "meta.json").write_text("{")


def damage_table(folder) -> None:
    (folder / "segments.csv").write_text("t_start,t_end\n0,soon\n")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_nothing_there, "emg.npy"),
        (damage_truncated, "emg.npy"),
        (damage_pickled, "emg.npy"),
        (damage_lengths, "as many time stamps"),
        (damage_order, "increasing time stamps"),
        (damage_step_back, "step back by more than jitter at sample 50"),
        (damage_meta, "meta.json"),
        (damage_table, "line 2"),
    ],
)
def test_a_damaged_folder_is_named(tmp_path, damage, words) -> None:
    folder = write_folder(tmp_path / "set")
    damage(folder)

    with pytest.raises(SessionError, match=words):
        read_folder(folder)


def test_facts_of_nothing_but_brackets_are_refused(tmp_path) -> None:
    folder = write_folder(tmp_path / "set")
    (folder / "meta.json").write_text("[" * 100_000)

    with pytest.raises(SessionError, match="expected JSON"):
        read_folder(folder)
