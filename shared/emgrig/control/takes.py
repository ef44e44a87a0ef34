"""Record with the hand in it: while a take runs, the hand is the recording's."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from emgrig.control.rig_client import RigClient
from emgrig.control.v1 import hand_pb2, recorder_pb2
from emgrig.errors import ConfigError, PeerError

__all__ = ["discard_take", "running_take", "start_take", "stop_take"]

ASK_S = 2.0


def start_take(client: RigClient, take_name: str = "") -> Any:
    """Begin a take; the hand's keyboard and predicted classes move nothing until its end.

    Returns:
        ``RecordingStatus``.

    Raises:
        RequestError: A take runs already.
        PeerError: The recorder does not answer.
    """
    request = recorder_pb2.StartRecordingRequest(take_name=take_name)
    status = client.call("recorder", "Recorder.Start", request)
    _gate(client, is_active=True)
    return status


def stop_take(client: RigClient, deadline_s: float) -> Any:
    """End the take and wait for its session file, at most so long.

    Returns:
        ``SessionInfo``.

    Raises:
        RequestError: None runs, or its session cannot be made.
        PeerError: The recorder does not answer.
    """
    with _freed(client):
        request = recorder_pb2.StopRecordingRequest()
        return client.call("recorder", "Recorder.Stop", request, deadline_s)


def discard_take(client: RigClient) -> Any:
    """End the take and throw it away.

    Returns:
        ``RecordingStatus``.

    Raises:
        RequestError: None runs.
        PeerError: The recorder does not answer.
    """
    with _freed(client):
        return client.call("recorder", "Recorder.Discard", recorder_pb2.DiscardRecordingRequest())


def running_take(client: RigClient, deadline_s: float) -> Any:
    """Return ``RecordingStatus``; None where nobody records, or no recorder answers in time."""
    request = recorder_pb2.GetRecordingRequest()
    try:
        status = client.call("recorder", "Recorder.GetRecording", request, deadline_s)
    except (ConfigError, PeerError):
        return None
    return status if status.recording else None


@contextmanager
def _freed(client: RigClient) -> Iterator[None]:
    """Free the hand for a take that ends in the block."""
    _gate(client, is_active=False)
    try:
        yield
    except (ConfigError, PeerError):
        # One that cannot be ended, as on a full disk, goes on.
        if running_take(client, ASK_S) is not None:
            _gate(client, is_active=True)
        raise


def _gate(client: RigClient, *, is_active: bool) -> None:
    # A recording without a hand is still a recording; the bridge shows what is wrong with it, and
    # a rig may have none.
    with suppress(ConfigError, PeerError):
        client.call("vhi-bridge", "Hand.SetSession", hand_pb2.SetSessionRequest(active=is_active))
