"""What a source's health says that it sent is asked for, also on topics that say no more."""

import time
from contextlib import closing

from emgrig.config import Endpoints
from emgrig.messages import Moment
from emgrig.testing import wait_until
from emgrig.transport import Publisher

from tests.unit.shared.transport.loopback import (
    EVENT,
    HEALTH,
    TOPIC,
    Listening,
    leave_out,
    publisher_again,
    receive,
    send,
)


def test_what_a_topic_first_said_while_we_were_away_is_fetched_though_it_says_no_more(
    publisher: Publisher, listen: Listening
) -> None:
    send(publisher)
    began = Moment({"emg-acquirer": (publisher.epoch, time.monotonic_ns())})
    publisher.send(EVENT)
    subscriber = listen("all", (TOPIC, EVENT))
    subscriber.join(began)
    subscriber.resume("emg-acquirer", TOPIC, publisher.epoch, 1)
    assert publisher.wait_for_subscriber(HEALTH, 5)

    publisher.send(HEALTH)

    message = subscriber.receive(5)
    assert message is not None
    assert (message.topic, message.seq) == (EVENT, 0)
    assert subscriber.receive(0.1) is None


def test_the_last_messages_of_a_topic_that_got_lost_are_fetched(
    publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all")
    assert publisher.wait_for_subscriber(TOPIC, 5)
    send(publisher)
    assert receive(subscriber, 1) == [0]
    leave_out(publisher, subscriber, 3)

    publisher.send(HEALTH)

    assert receive(subscriber, 3) == [1, 2, 3]
    send(publisher)
    assert receive(subscriber, 1) == [4]
    assert subscriber.ledger.as_dict()[TOPIC]["skipped"] == {}


def test_what_a_restarted_producer_said_before_we_were_back_is_fetched(
    endpoints: Endpoints, publisher: Publisher, listen: Listening
) -> None:
    subscriber = listen("all", (EVENT,))
    assert publisher.wait_for_subscriber(EVENT, 5)
    publisher.send(EVENT)
    assert receive(subscriber, 1) == [0]
    publisher.close()
    with closing(publisher_again(endpoints)) as second:
        second.send(EVENT, fields={"model_id": "the newest"})
        # libzmq subscribes anew in the thread that receives.
        wait_until(lambda: not subscriber.receive(0.05) and HEALTH in second.subscriptions(), 10)

        second.send(HEALTH)

        message = subscriber.receive(5)
    assert message is not None
    assert message.fields == {"model_id": "the newest"}
