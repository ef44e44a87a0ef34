"""A recording planned in a file."""

from pathlib import Path

import pytest
from emgrig.config import RecordingProtocol, Sweep, load_protocol, parse_protocol
from emgrig.errors import SettingsError

EXAMPLE = Path(__file__).parents[4] / "deploy/examples/protocol-rest-fist.toml"


def write(folder: Path, text: str) -> Path:
    path = folder / "protocol.toml"
    path.write_text(text)
    return path


def test_the_example_is_a_protocol() -> None:
    protocol = load_protocol(EXAMPLE)

    assert protocol.gestures == ["Rest", "Fist"]
    assert sum(hold.seconds for hold in protocol.holds()) == 10 * (5 + 4) + 4
    assert [hold.name for hold in protocol.holds()][:3] == ["Rest", "Fist", "Rest"]


def test_every_repetition_has_every_cue_in_an_order_that_the_seed_decides() -> None:
    cues = ["Fist", "Hook", "Pistol", "Thumb"]

    def order(seed: int) -> list[str]:
        plan = RecordingProtocol(cues=cues, rest_s=0, repetitions=6, seed=seed)
        return [hold.name for hold in plan.holds()]

    assert order(1) == order(1) != order(2)
    rounds = [order(1)[i : i + 4] for i in range(0, 24, 4)]
    assert all(sorted(found) == sorted(cues) for found in rounds)
    assert len({tuple(found) for found in rounds}) > 1


def test_without_shuffling_the_cues_come_as_written_each_with_its_time() -> None:
    plan = RecordingProtocol(
        cues=["Hook", "Fist"], hold_s_of={"Fist": 2}, rest_s=1, repetitions=1, random_order=False
    )

    assert list(plan.holds()) == [
        ("Rest", 1, None),
        ("Hook", 5, None),
        ("Rest", 1, None),
        ("Fist", 2, None),
        ("Rest", 1, None),
    ]


def test_a_sweep_is_of_every_cue_and_never_of_rest() -> None:
    plan = parse_protocol(b'cues = ["Fist"]\nrepetitions = 1\nsweep = { close_s = 0.5 }', "here")

    sweep = Sweep(close_s=0.5, hold_s=1, rest_s=1)
    assert list(plan.holds()) == [("Rest", 3, None), ("Fist", 5, sweep), ("Rest", 3, None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cues = [", "expected TOML"),
        ('cues = ["Fist"]\nspeed = 2', "speed: expected a known key"),
        ('cues = ["Fist"]\nsweep = { close_s = 0 }', "sweep.close_s: Input should be greater"),
        ('cues = ["Fist"]\nrest_s = 0\nsweep = {}', "rest_s above 0 with sweep"),
        ("cues = []", "cues: List should have at least 1 item"),
        ('cues = ["Fist"]\nhold_s = 0', "hold_s: Input should be greater"),
        ('cues = ["Fist"]\nhold_s_of = { Fits = 2 }', "expected gestures of cues.*Fits"),
        ('cues = ["Fist"]\n#' + 70_000 * "x", "expected at most 65536 bytes"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, words) -> None:
    with pytest.raises(SettingsError, match=words):
        load_protocol(write(tmp_path, text))


def test_all_that_is_wrong_is_named_at_once(tmp_path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_protocol(write(tmp_path, 'hold_s = "long"\nseed = -1'))

    assert len(caught.value.problems) == 3


def test_a_file_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(SettingsError, match="expected a readable file"):
        load_protocol(tmp_path / "none.toml")
