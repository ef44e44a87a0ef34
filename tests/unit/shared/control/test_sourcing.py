"""The EMG source is changed for all acquirers, and never under a recording."""

from types import SimpleNamespace

import pytest
from emgrig.control import acquirer_pb2, choose_source
from emgrig.errors import EmgRigError, PeerLostError, Problem, RequestError, SettingsError

CRITERIA = acquirer_pb2.ChooseSourceRequest(name="Amp")


class FakeClient:
    """A rig of two acquirers; `recording` may be why the recorder says nothing."""

    def __init__(self, recording: bool | EmgRigError) -> None:
        self.told: list[str] = []
        self.rig = SimpleNamespace(instances=lambda name: (name, f"{name}-2"))
        self._recording = recording

    def call(self, process, method, request, deadline_s=None):
        if process != "recorder":
            self.told.append(process)
            return f"status of {process}"
        if isinstance(self._recording, EmgRigError):
            raise self._recording
        return SimpleNamespace(recording=self._recording)


@pytest.mark.parametrize(
    "recording",
    [
        False,
        PeerLostError("nobody there"),
        SettingsError(Problem("rig.toml", "no address", "add it")),
    ],
)
def test_every_acquirer_is_told(recording) -> None:
    client = FakeClient(recording)

    assert choose_source(client, CRITERIA) == "status of emg-acquirer"

    assert client.told == ["emg-acquirer", "emg-acquirer-2"]


def test_a_recording_keeps_its_source() -> None:
    client = FakeClient(recording=True)

    with pytest.raises(RequestError, match="stop it first"):
        choose_source(client, CRITERIA)

    assert client.told == []
