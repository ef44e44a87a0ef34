"""Addresses that are taken, free, or dead, and what every socket of ours does."""

import os
from pathlib import Path

import pytest
from emgrig.config import Endpoints
from emgrig.errors import SettingsError
from emgrig.messages import Ledger
from emgrig.testing import free_ports
from emgrig.transport import Publisher, Source, Subscriber

from tests.unit.shared.transport.loopback import EVENT, TOPIC


def test_every_process_adds_its_hop_to_the_trace(publisher: Publisher) -> None:
    first = publisher.send(EVENT, t_in_ns=5)
    second = publisher.send(EVENT, trace=first.trace)

    assert [hop.process for hop in second.trace] == ["emg-acquirer"] * 2
    assert second.trace[0].t_in_ns == 5


def test_an_address_in_use_is_told_with_what_to_do(
    endpoints: Endpoints, publisher: Publisher
) -> None:
    with pytest.raises(SettingsError, match="stop the other rig"):
        Publisher(endpoints, "predictor")
    taken_replay = Endpoints(f"tcp://127.0.0.1:{free_ports(1)[0]}", endpoints.replay)
    with pytest.raises(SettingsError, match="stop the other rig"):
        Publisher(taken_replay, "predictor")


def test_a_served_ipc_path_is_not_taken_over(tmp_path: Path) -> None:
    endpoints = Endpoints(f"ipc://{tmp_path}/bus/predictor")
    first = Publisher(endpoints, "predictor")
    try:
        with pytest.raises(SettingsError, match="served by another process"):
            Publisher(endpoints, "predictor")
    finally:
        first.close()


def test_a_dead_ipc_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "predictor").touch()

    Publisher(Endpoints(f"ipc://{tmp_path}/predictor"), "predictor").close()


def test_the_wake_descriptor_ends_a_wait_at_once(endpoints: Endpoints) -> None:
    read_fd, write_fd = os.pipe()
    source = Source("emg-acquirer", endpoints)
    subscriber = Subscriber([source], [TOPIC], keep="latest", wake_fd=read_fd)
    try:
        os.write(write_fd, b"\0")
        assert subscriber.receive(60) is None
    finally:
        subscriber.close()
        os.close(read_fd)
        os.close(write_fd)


def test_a_shared_ledger_counts_for_every_subscriber(endpoints: Endpoints) -> None:
    ledger = Ledger()
    source = Source("emg-acquirer", endpoints)
    subscriber = Subscriber([source], [TOPIC], keep="latest", ledger=ledger)
    subscriber.close()

    assert subscriber.ledger is ledger


def test_a_time_out_returns_nothing(endpoints: Endpoints) -> None:
    subscriber = Subscriber([Source("emg-acquirer", endpoints)], [TOPIC], keep="all")
    try:
        assert subscriber.receive(0.05) is None
    finally:
        subscriber.close()
