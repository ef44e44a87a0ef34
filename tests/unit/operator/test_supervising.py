import socket
from pathlib import Path

import pytest
from emgrig.errors import PeerLostError, RequestError
from emgrig.runtime.supervision import Program
from emgrig.testing import make_rig
from emgrig_operator.demo.staging import stage_rig
from emgrig_operator.supervising import Launcher, busy_addresses


def make_program(state: str, exit_code: int = 0, words: str = "") -> Program:
    return Program("predictor", state, 0, exit_code, words)


@pytest.mark.parametrize(
    ("program", "has_failed"),
    [
        (make_program("RUNNING"), False),
        (make_program("STARTING"), False),
        (make_program("BACKOFF", 1), False),
        (make_program("BACKOFF", 2), True),
        (make_program("EXITED", 1), False),
        (make_program("EXITED", 2), True),
        (make_program("FATAL", 1), True),
    ],
)
def test_only_what_no_restart_mends_has_failed(program, has_failed) -> None:
    assert program.has_failed is has_failed


def test_a_program_that_was_never_started_is_not_missed() -> None:
    assert not make_program("STOPPED", words="Not started").is_wanted


def test_an_address_in_use_is_named(tmp_path) -> None:
    rig = make_rig(tmp_path)
    host, _, port = rig.endpoints("predictor").control.partition(":")

    with socket.create_server((host, int(port))):
        busy = busy_addresses(rig)
        with pytest.raises(RequestError, match=r"second rig.*predictor"):
            Launcher(rig).start()

    assert busy == [f"{host}:{port} ([predictor] control)"]


def test_no_rig_is_told_with_what_to_do(tmp_path) -> None:
    supervisor = Launcher(make_rig(tmp_path))

    assert not supervisor.is_running()
    with pytest.raises(PeerLostError, match="emgrig up"):
        supervisor.programs()


def test_a_deep_folder_still_has_a_socket_that_unix_allows(tmp_path) -> None:
    folder = tmp_path / ("deep" * 30)
    folder.mkdir()

    path = Launcher(make_rig(folder)).socket

    assert len(str(path)) <= 90
    assert path != Launcher(make_rig(tmp_path)).socket


def test_the_log_of_a_program_that_never_ran_is_not_an_error(tmp_path) -> None:
    assert "no log" in Launcher(make_rig(tmp_path)).log_tail("predictor")


def test_a_staged_rig_has_addresses_of_its_own(tmp_path) -> None:
    template = make_rig(tmp_path, {"emg-generator": {"n_channels": 4}})

    rig, environment = stage_rig(tmp_path / "demo", template)

    assert rig.tables["emg-generator"]["n_channels"] == 4
    assert rig.data_dir == (tmp_path / "demo").resolve()
    assert rig.endpoints("predictor") != template.endpoints("predictor")
    assert "SessionID" in Path(environment["LSLAPICFG"]).read_text()
