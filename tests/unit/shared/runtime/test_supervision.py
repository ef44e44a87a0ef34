"""A supervisord that stands still holds up nobody for ever."""

import socket
from collections.abc import Iterator

import pytest
from emgrig.errors import PeerLostError
from emgrig.runtime import supervision
from emgrig.runtime.supervision import Supervisor
from emgrig.testing import make_rig

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def supervisor(tmp_path, monkeypatch) -> Iterator[Supervisor]:
    """One that takes every connection and answers nothing, as under SIGSTOP."""
    monkeypatch.setattr(supervision, "ANSWER_S", 0.2)
    monkeypatch.setattr(supervision, "DEED_S", 0.3)
    asked = Supervisor(make_rig(tmp_path))
    asked.socket.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(asked.socket))
        listening.listen()
        yield asked


def test_a_supervisord_that_stands_still_is_said_to(supervisor: Supervisor) -> None:
    for ask in (supervisor.programs, lambda: supervisor.restart_program("recorder")):
        with pytest.raises(PeerLostError, match="stands still"):
            ask()

    # It is not the same as one that is not there: nothing may be started beside it.
    with pytest.raises(PeerLostError, match=r"supervisord\.pid"):
        supervisor.is_running()


def test_one_that_is_not_there_does_not_run(tmp_path) -> None:
    assert not Supervisor(make_rig(tmp_path)).is_running()
