"""Where a token is needed, and which files hold one."""

from pathlib import Path
from typing import Any

import pytest
from emgrig.errors import SettingsError
from emgrig.testing import make_rig
from emgrig_console.config import ConsoleSettings
from emgrig_console.token_file import load_token

TOKEN = "a-token-of-the-bench"


def write_token(folder: Path, token: str = TOKEN, mode: int = 0o600) -> Path:
    path = folder / "console.token"
    path.write_text(token + "\n")
    path.chmod(mode)
    return path


def settings(**keys: Any) -> ConsoleSettings:
    return ConsoleSettings.model_validate(keys)


def test_loopback_needs_none(tmp_path: Path) -> None:
    assert load_token(make_rig(tmp_path), settings()) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_file_of_ours_beside_the_rig_holds_one(tmp_path: Path, host: str) -> None:
    write_token(tmp_path)

    token = load_token(
        make_rig(tmp_path),
        settings(host=host, token_file="console.token"),
    )

    assert token == TOKEN


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7"])
def test_another_address_without_a_token_refuses_to_start(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="token"):
        load_token(make_rig(tmp_path), settings(host=host))


@pytest.mark.parametrize(
    ("token", "mode", "word"),
    [
        (TOKEN, 0o640, "mode 600"),
        (TOKEN, 0o604, "mode 600"),
        ("short", 0o600, "characters"),
        ("x" * 5000, 0o600, "characters"),
    ],
)
def test_a_bad_token_file_refuses_to_start(
    tmp_path: Path, token: str, mode: int, word: str
) -> None:
    write_token(tmp_path, token, mode)
    chosen = settings(token_file="console.token")

    with pytest.raises(SettingsError, match=word):
        load_token(make_rig(tmp_path), chosen)


@pytest.mark.parametrize("name", ["none.token", "."])
def test_no_token_file_refuses_to_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"\[console\] token_file"):
        load_token(make_rig(tmp_path), settings(token_file=name))
