"""Each row of contracts/vhi.md 6.2 on which hand is launched."""

from pathlib import Path

import pytest
from emgrig.errors import RequestError, SettingsError
from emgrig_operator.choosing_hand import HandFacts, binary_name, choose_hand, hand_root

HOME = Path("/h")
ROOT = Path("/r")
BINARY = ROOT / "VHI.x86_64"
GODOT = Path("/bin/godot4")
RUNS_BINARY = (str(BINARY),)
RUNS_SOURCE = (str(GODOT), "--path", str(ROOT))
STAND_IN = ()


@pytest.mark.parametrize(
    ("system", "variables", "root"),
    [
        ("Linux", {}, "/h/.local/share/myogestic/vhi"),
        ("Linux", {"XDG_DATA_HOME": "/x"}, "/x/myogestic/vhi"),
        ("Linux", {"XDG_DATA_HOME": " "}, "/h/.local/share/myogestic/vhi"),
        ("Darwin", {}, "/h/Library/Application Support/myogestic/vhi"),
        ("Windows", {}, "/h/AppData/Local/myogestic/myogestic/vhi"),
        ("Windows", {"LOCALAPPDATA": "/l"}, "/l/myogestic/myogestic/vhi"),
        ("Linux", {"VHI_PATH": "/mine", "XDG_DATA_HOME": "/x"}, "/mine"),
        ("Windows", {"VHI_PATH": "/mine"}, "/mine"),
        ("Linux", {"VHI_PATH": ""}, "/h/.local/share/myogestic/vhi"),
    ],
)
def test_the_folder_is_the_one_of_myogestic(system, variables, root) -> None:
    assert hand_root(variables, system, HOME) == Path(root)


def test_a_relative_vhi_path_is_seen_from_here(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert hand_root({"VHI_PATH": "mine"}, "Linux", HOME) == tmp_path / "mine"


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("Linux", "VHI.x86_64"),
        ("Windows", "VHI.exe"),
        ("Darwin", "VHI.app/Contents/MacOS/Virtual Hand Interface"),
    ],
)
def test_every_system_has_its_binary(system, name) -> None:
    assert binary_name(system) == name


def test_another_system_has_none() -> None:
    with pytest.raises(RequestError, match="Plan9"):
        binary_name("Plan9")


@pytest.mark.parametrize(
    ("facts", "argv"),
    [
        ({}, STAND_IN),
        ({"has_binary": True}, RUNS_BINARY),
        ({"has_binary": True, "has_project": True, "godot": GODOT}, RUNS_BINARY),
        ({"has_project": True, "godot": GODOT}, RUNS_SOURCE),
        ({"has_project": True}, STAND_IN),
        (
            {"has_binary": True, "has_project": True, "godot": GODOT, "chosen_godot": "g"},
            RUNS_SOURCE,
        ),
        ({"has_binary": True, "godot": GODOT, "chosen_godot": "g"}, RUNS_BINARY),
        ({"godot": GODOT, "chosen_godot": "g"}, STAND_IN),
        (
            {
                "mode": "binary",
                "has_binary": True,
                "has_project": True,
                "godot": GODOT,
                "chosen_godot": "g",
            },
            RUNS_BINARY,
        ),
        (
            {"mode": "godot", "has_binary": True, "has_project": True, "godot": GODOT},
            RUNS_SOURCE,
        ),
    ],
)
def test_what_is_launched_follows_from_the_facts(facts, argv) -> None:
    choice = choose_hand(HandFacts(root=ROOT, binary=BINARY, **facts))

    assert choice.argv == argv
    assert str(ROOT) in choice.why


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"mode": "both"}, "auto, binary, godot, got 'both'"),
        ({"mode": "binary"}, str(BINARY)),
        ({"mode": "godot", "godot": GODOT}, r"project\.godot"),
        ({"mode": "godot", "has_project": True}, "Godot 4"),
        ({"has_project": True, "chosen_godot": "/gone"}, "/gone"),
    ],
)
def test_what_was_asked_for_and_is_not_there_is_refused(facts, words) -> None:
    with pytest.raises(SettingsError, match=words):
        choose_hand(HandFacts(root=ROOT, binary=BINARY, **facts))
