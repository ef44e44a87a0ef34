"""The EMG source is changed for all acquirers, and never under a recording."""

from types import SimpleNamespace

import pytest
from emgrig.control import acquirer_pb2, choose_source
from emgrig.errors import PeerLostError, RequestError

CRITERIA = acquirer_pb2.ChooseSourceRequest(name="Amp")


class FakeClient:
    """A rig of two acquirers; `recording` None means that the recorder is away."""

    def __init__(self, recording: bool | None) -> None:
        self.told: list[str] = []
        self.rig = SimpleNamespace(instances=lambda name: (name, f"{name}-2"))
        self._recording = recording

    def call(self, process, method, request):
        if process != "recorder":
            self.told.append(process)
            return f"status of {process}"
        if self._recording is None:
            raise PeerLostError("nobody there")
        return SimpleNamespace(recording=self._recording)


@pytest.mark.parametrize("recording", [False, None])
def test_every_acquirer_is_told(recording) -> None:
    client = FakeClient(recording)

    assert choose_source(client, CRITERIA) == "status of emg-acquirer"

    assert client.told == ["emg-acquirer", "emg-acquirer-2"]


def test_a_recording_keeps_its_source() -> None:
    client = FakeClient(recording=True)

    with pytest.raises(RequestError, match="stop it first"):
        choose_source(client, CRITERIA)

    assert client.told == []
