"""`make setup-browser` is part of `make test`: without a network the other tests must run."""

import os
import shutil
import subprocess

from tests.architecture.tree import ROOT


def test_a_browser_that_cannot_be_installed_is_said_and_no_failure(tmp_path):
    shells = {"id": "echo 0", "apt-get": "exit 100"}
    for name, line in shells.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "bash").symlink_to(shutil.which("bash"))
    environment = {key: value for key, value in os.environ.items() if key != "EMGRIG_CHROMIUM"}

    done = subprocess.run(
        [tmp_path / "bash", ROOT / "tools" / "setup-browser.sh"],
        env=environment | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "what to do: apt-get install chromium" in done.stderr
