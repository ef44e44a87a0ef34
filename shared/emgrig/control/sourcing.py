"""Have the rig read another EMG source."""

from typing import Any

from emgrig.control.client import DEFAULT_DEADLINE_S
from emgrig.control.rig_client import RigClient
from emgrig.control.takes import running_take
from emgrig.control.v1 import acquirer_pb2
from emgrig.errors import RequestError

__all__ = ["choose_source"]


def choose_source(client: RigClient, criteria: acquirer_pb2.ChooseSourceRequest) -> Any:
    """Tell every acquirer which LSL stream to read from now on, also after a restart.

    Args:
        client: Whose rig it is.
        criteria: What the stream must be; none at all follows rig.toml again.

    Returns:
        ``SourceStatus`` of the first acquirer, which has begun to look.

    Raises:
        RequestError: A recording runs: its EMG would change under it. Or no stream can be looked
            for by these criteria.
        PeerError: An acquirer does not answer.
    """
    # A recorder that is away records nothing that could change.
    if running_take(client, DEFAULT_DEADLINE_S) is not None:
        raise RequestError(
            "expected no recording while the EMG source is changed, got one that runs; "
            "stop it first"
        )
    first, *others = client.rig.instances("emg-acquirer")
    chosen = client.call(first, "Acquirer.ChooseSource", criteria)
    for other in others:
        client.call(other, "Acquirer.ChooseSource", criteria)
    return chosen
