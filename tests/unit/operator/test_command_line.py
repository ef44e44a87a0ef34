"""What every command promises: help with an example, exit codes that mean something."""

import subprocess
import sys

import pytest
import typer
from emgrig.errors import (
    BundleError,
    HandError,
    PeerLostError,
    Problem,
    RequestError,
    ServiceFault,
    SettingsError,
)
from emgrig.runtime import JobFailedError
from emgrig_operator.cli import app
from emgrig_operator.output import exit_code_of
from typer.testing import CliRunner

ROOT_COMMANDS = {
    *("up", "down", "status", "cue", "record", "train", "predict"),
    *("evaluate", "replay", "sessions", "import", "doctor", "demo"),
}


def leaves(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(leaves(typer.main.get_command(app)))


def test_every_command_of_the_rig_is_there() -> None:
    assert {path[0] for path in COMMANDS} >= ROOT_COMMANDS


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_shows_an_example(path) -> None:
    result = CliRunner().invoke(app, [*path, "--help"])

    assert result.exit_code == 0
    _, _, foot = result.output.partition("Example")
    assert " ".join(["emgrig", *path]) in foot


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RequestError("x"), 1),
        (BundleError("x"), 1),
        (ServiceFault("x"), 1),
        (SettingsError(Problem("a", "b", "c")), 2),
        (PeerLostError("x"), 3),
        (HandError("x"), 3),
        (JobFailedError("x"), 1),
    ],
)
def test_exit_codes_say_who_must_act(error, code) -> None:
    assert exit_code_of(error) == code


def run(*arguments: str, cwd=None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emgrig_operator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


def test_an_error_is_one_sentence_and_no_traceback(tmp_path) -> None:
    (tmp_path / "rig.toml").write_text("[rig]\ncolour = 1\n")

    result = run("status", cwd=tmp_path)

    assert result.returncode == 2
    assert "colour" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_rig_that_does_not_run_is_told_by_its_own_code(tmp_path) -> None:
    (tmp_path / "rig.toml").write_text("[rig]\n")

    result = run("status", cwd=tmp_path)

    assert result.returncode == 3
    assert "emgrig up" in result.stderr


def test_a_missing_argument_is_a_usage_error() -> None:
    assert run("cue").returncode == 2
