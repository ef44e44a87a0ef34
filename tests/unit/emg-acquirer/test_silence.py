"""A source is silent while it is read and says nothing, not while the acquirer stands still."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from emgrig.runtime import Context
from emgrig.testing import make_rig
from emgrig_emg_acquirer import service as service_module
from emgrig_emg_acquirer.config import EmgAcquirerSettings
from emgrig_emg_acquirer.service import EmgAcquirerService
from emgrig_emg_acquirer.source import StreamLostError


class Silent:
    """Stands for a stream; its pulls find nothing and do what a test likes."""

    info = SimpleNamespace(words="EMG", uid="u", n_channels=2, rate_hz=2048.0)
    first_correction_s = 0.0

    def __init__(self, pull: Callable[[int], None]) -> None:
        self.n_pulls = 0
        self._pull = pull

    def pull(self, _: float) -> None:
        self.n_pulls += 1
        self._pull(self.n_pulls)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[EmgAcquirerService]:
    settings = EmgAcquirerSettings.model_validate({})
    context = Context("emg-acquirer", make_rig(tmp_path, {}), settings)
    yield EmgAcquirerService(settings, context)
    context.close(1)


def acquire(service: EmgAcquirerService, source: Silent) -> None:
    finder = SimpleNamespace(youngest=lambda: None)
    service._selector = SimpleNamespace(finder=finder)  # type: ignore[assignment]
    service._acquire(source, finder)  # type: ignore[arg-type]


def test_a_source_that_says_nothing_is_connected_to_anew(service: EmgAcquirerService) -> None:
    source = Silent(lambda _: None)

    with pytest.raises(StreamLostError, match="check the device"):
        acquire(service, source)

    assert source.n_pulls > service_module._RECONNECT_S / service_module._PULL_S


def test_an_acquirer_that_stood_still_reads_what_waited(
    service: EmgAcquirerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its LSL buffer holds would be thrown away with the connection."""
    monkeypatch.setattr(service_module, "_RECONNECT_S", 1.0)

    def pull(n: int) -> None:
        if n == 1:
            threading.Event().wait(
                1.2
            )  # as SIGSTOP does: the pull's time is up before anything was received
        else:
            service._context.stop("test")

    acquire(service, Silent(pull))
