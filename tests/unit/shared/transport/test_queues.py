"""What a consumer does not take costs little memory, and who must have it gets it all the same."""

import numpy as np
from emgrig.transport import Publisher
from emgrig.transport.publisher import SEND_HIGH_WATER_MARK
from emgrig.transport.subscriber import HIGH_WATER_MARK

from tests.unit.shared.transport.loopback import CHUNK, HEALTH, TOPIC, Listening

FEATURES = "features/emg"
N_MESSAGE_BYTES = 64 << 10
KERNEL_BYTES = 16 << 20
"""What a connection over loopback holds at most, with Linux's own limits."""


def test_a_consumer_of_the_newest_that_stands_still_is_not_waited_for(
    publisher: Publisher, listen: Listening
) -> None:
    """A window of 320 channels has half a megabyte: a queue of thousands would take all memory."""
    subscriber = listen("latest", (FEATURES,))
    assert publisher.wait_for_subscriber(FEATURES, 5)
    data = np.zeros(N_MESSAGE_BYTES // 4, np.float32)
    for _ in range(2000):
        publisher.send(FEATURES, data, fields={"spec_id": "0", "spec": {}})

    while subscriber.receive(0.3) is not None:
        pass

    entry = subscriber.ledger.as_dict()[FEATURES]
    n_came = entry["received"] - entry["skipped"].get("overrun", 0)
    n_queued = SEND_HIGH_WATER_MARK + HIGH_WATER_MARK["latest"]
    assert 0 < n_came <= n_queued + KERNEL_BYTES // N_MESSAGE_BYTES


def test_who_must_have_everything_gets_what_no_queue_had_room_for(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    n_messages = 2 * (SEND_HIGH_WATER_MARK + HIGH_WATER_MARK["all"])
    data = np.zeros((1, 2048), np.float32)
    for _ in range(n_messages):
        publisher.send(TOPIC, data, fields=CHUNK)

    numbers = [message.seq for message in iter(lambda: subscriber.receive(0.5), None)]
    publisher.send(HEALTH)
    numbers += [message.seq for message in iter(lambda: subscriber.receive(0.5), None)]

    assert numbers == list(range(n_messages))
    assert subscriber.back_filled > 0
