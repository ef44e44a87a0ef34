"""rig.toml: all problems at once, each with file, key and remedy."""

from pathlib import Path

import pytest
from emgrig.config import MAX_RIG_BYTES, ServiceSettings, load_rig
from emgrig.errors import SettingsError
from pydantic import Field


class PredictorSettings(ServiceSettings):
    rate_hz: float = Field(32.0, gt=0, le=1000)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rig.toml"
    path.write_text(text)
    return path


def problems(path: Path, *overrides: str) -> str:
    with pytest.raises(SettingsError) as raised:
        load_rig(path, overrides).settings("predictor", PredictorSettings)
    return str(raised.value)


def test_a_missing_table_means_the_defaults(tmp_path: Path) -> None:
    rig = load_rig(write(tmp_path, ""))

    assert rig.settings("predictor", PredictorSettings).rate_hz == 32.0
    assert rig.classes == ["Rest", "Fist"]
    assert rig.data_dir == tmp_path / "build" / "rig"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = problems(write(tmp_path, "[predictor]\nrate_hz = 0\nrates = 1\npublish = 'x'\n"))

    assert text.startswith("3 problems in the configuration")
    assert "[predictor] rate_hz" in text
    assert "greater than 0, got 0" in text
    assert "[predictor] rates: expected a known key" in text
    assert "expected tcp://host:port" in text


@pytest.mark.parametrize("name", ["", "w" * 65])
def test_a_class_that_no_label_can_bear_is_told(tmp_path: Path, name: str) -> None:
    text = problems(write(tmp_path, f"[rig]\nclasses = ['Rest', '{name}']\n"))

    assert "[rig] classes.1" in text


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    assert "[preditcor]" in problems(write(tmp_path, "[preditcor]\n"))


def test_a_key_outside_a_table_is_named(tmp_path: Path) -> None:
    assert "expected a table" in problems(write(tmp_path, "name = 'x'\n"))


@pytest.mark.parametrize(
    "text", ["[predictor", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_a_file_that_is_not_toml_is_told_with_the_line(tmp_path: Path, text: str) -> None:
    assert "expected TOML" in problems(write(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert "expected a readable file" in problems(tmp_path / "none.toml")


def test_a_giant_file_is_not_read(tmp_path: Path) -> None:
    assert "expected at most" in problems(write(tmp_path, "#" * (MAX_RIG_BYTES + 1)))


def test_an_override_changes_one_setting(tmp_path: Path) -> None:
    rig = load_rig(write(tmp_path, ""), ["predictor.rate_hz=64", "rig.name=left arm"])

    assert rig.settings("predictor", PredictorSettings).rate_hz == 64.0
    assert rig.name == "left arm"


@pytest.mark.parametrize("override", ["rate_hz=1", "predictor.rate_hz", "=1", "predictor.=1"])
def test_an_override_that_is_not_one_is_told(tmp_path: Path, override: str) -> None:
    assert "expected table.key=value" in problems(write(tmp_path, ""), override)


@pytest.mark.parametrize(
    "line",
    [
        "publish = 'tcp://0.0.0.0:5601'",
        "publish = 'tcp://*:5601'",
        "publish = 'tcp://192.168.0.1:5601'",
        "replay = 'udp://127.0.0.1:5601'",
        "control = '0.0.0.0:5603'",
        "control = 'example.org:5603'",
        "control = '127.0.0.1'",
        "control = '127.0.0.1:99999'",
    ],
)
def test_nothing_listens_to_the_network_without_keys(tmp_path: Path, line: str) -> None:
    assert "1 problem" in problems(write(tmp_path, f"[predictor]\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        "publish = 'tcp://127.0.0.1:5601'",
        "publish = 'ipc:///run/user/emgrig/predictor'",
        "control = 'localhost:5603'",
        "control = '[::1]:5603'",
        "control = 'unix:/run/user/emgrig/predictor'",
    ],
)
def test_loopback_addresses_are_fine(tmp_path: Path, line: str) -> None:
    rig = load_rig(write(tmp_path, f"[predictor]\nrate_hz = 1\n{line}\n"))

    assert line.split("'")[1] in (
        rig.endpoints("predictor").publish,
        rig.endpoints("predictor").control,
    )
