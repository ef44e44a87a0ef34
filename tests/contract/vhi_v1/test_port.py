"""Who reaches the hand, how fast, and what outlives a client: contract 1.1 and 1.4."""

import socket
import ssl
import time
from contextlib import suppress

import grpc
import psutil
import pytest
from emgrig.testing import make_rig, running, wait_until
from emgrig.vhi.v1 import vhi_pb2
from emgrig_virtual_hand.config import VirtualHandSettings

from tests.contract.hand_streams import code_of
from tests.contract.vhi_v1.conftest import Hand
from tests.deadlines import MS
from tests.vhi_poses import AI_MOVEMENTS


def test_a_command_is_answered_within_two_frames(hand):
    durations_s = []
    for _ in range(30):
        started_s = time.perf_counter()
        hand.GetState()
        durations_s.append(time.perf_counter() - started_s)

    assert sorted(durations_s)[15] < 2 / 60


@pytest.mark.parametrize(
    "path",
    [
        "/myogestic.vhi.v1.VhiControl/Nonsense",
        "/myogestic.remote.RemoteControl/GetControlManifest",
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ],
)
def test_nothing_else_is_served_on_its_port(hand, path):
    assert code_of(hand.target, path) is grpc.StatusCode.UNIMPLEMENTED


def test_it_listens_on_the_loopback_of_ipv6_too(hand):
    host, _, port = hand.target.rpartition(":")
    try:
        socket.create_connection(("::1", int(port)), 5).close()
    except OSError:
        is_there = host in {"127.0.0.1", "localhost"} and has_ipv6_loopback()
        assert not is_there, "this computer has [::1] and the hand does not listen there"
        pytest.skip("no loopback of IPv6 here, or a hand on another computer")
    again = Hand(f"[::1]:{port}")

    assert again.GetState() == hand.GetState()
    again.close()


def has_ipv6_loopback():
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def test_it_listens_on_no_other_address_of_its_computer(hand):
    host, _, port = hand.target.rpartition(":")
    own = {one.address for card in psutil.net_if_addrs().values() for one in card}
    others = [one for one in own if one.count(".") == 3 and not one.startswith("127.")]
    if host not in {"127.0.0.1", "localhost"} or not others:
        pytest.skip("a hand on another computer, or one with no address but loopback")

    for address in others:
        with pytest.raises(OSError, match=r"refused|timed out"):
            socket.create_connection((address, int(port)), 2).close()


UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


@pytest.mark.parametrize("headers", [b"", UPGRADE], ids=["plain", "upgrade"])
def test_http_1_is_refused(hand, headers):
    host, _, port = hand.target.rpartition(":")
    with socket.create_connection((host, int(port)), 5000 * MS) as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: hand\r\n" + headers + b"\r\n")
        answer = b"".join(iter(lambda: caller.recv(4096), b""))

    assert b" 200 " not in answer
    assert b" 101 " not in answer


def test_tls_is_not_spoken(hand):
    host, _, port = hand.target.rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    with (
        socket.create_connection((host, int(port)), 5000 * MS) as caller,
        pytest.raises((ssl.SSLError, OSError)),
    ):
        context.wrap_socket(caller).close()


def test_any_number_of_clients_command_it_at_once(hand):
    clients = [Hand(hand.target) for _ in range(4)]
    names = AI_MOVEMENTS[1:5]
    calls = [
        client.later("SetMovement", movement_name=name)
        for client, name in zip(clients, names, strict=True)
    ]

    assert [call.result().current_movement for call in calls] == [*names]
    assert hand.GetState().current_movement in names
    for client in clients:
        client.close()


def test_what_a_client_set_outlives_it(hand):
    client = Hand(hand.target)
    client.SetSessionActive(active=True)
    client.SetMovement(movement_name="Index", cycle=True)
    client.SetControlMode(mode=vhi_pb2.STREAM)
    client.SetControlMode(mode=vhi_pb2.STREAM)  # again: nothing is reset
    client.close()

    state = hand.GetState()
    assert (state.session_active, state.control_mode) == (True, vhi_pb2.STREAM)
    assert (state.current_state, state.current_movement) == ("closing", "Index")


def test_a_loop_goes_on_when_the_client_that_began_it_vanishes(hand):
    client = Hand(hand.target)
    client.SetSpeed(frequency_hz=5.0, hold_time_s=0.2, rest_time_s=0.2)
    client.SetMovement(movement_name="Index", cycle=True)
    client.close()

    wait_until(lambda: hand.GetState().current_state == "holding", 5.0)
    wait_until(lambda: hand.GetState().current_state == "resting", 5.0)


@pytest.mark.parametrize("ends", ["timed out", "cancelled"])
def test_a_call_that_was_given_up_is_still_applied(hand, ends):
    with grpc.insecure_channel(hand.target) as channel:
        grpc.channel_ready_future(channel).result(5)
        call = channel.unary_unary(
            "/myogestic.vhi.v1.VhiControl/SetMovement",
            vhi_pb2.SetMovementRequest.SerializeToString,
            None,
        )
        request = vhi_pb2.SetMovementRequest(movement_name="Fist")
        # It either is answered in time or is not; applied it is in both cases.
        if ends == "timed out":
            call.future(request, timeout=0.008).exception()
        else:
            future = call.future(request, timeout=5)
            with suppress(grpc.FutureTimeoutError):
                future.result(0.008)
            future.cancel()

    wait_until(lambda: hand.GetState().current_movement == "Fist", 2.0)


def test_calls_that_wait_while_it_stops_end_with_an_error(tmp_path):
    rig = make_rig(tmp_path, {"virtual-hand": {"control_stream": "S_C", "predict_stream": "S_P"}})
    port = rig.settings("virtual-hand", VirtualHandSettings).grpc_port
    with running("virtual-hand", rig) as process:
        hand = Hand(f"127.0.0.1:{port}")
        hand.GetState()
        process.popen.terminate()
        codes = set()

        def is_gone():
            call = hand.later("GetState")
            codes.add(call.code())
            return call.code() is grpc.StatusCode.UNAVAILABLE

        wait_until(is_gone, 10.0)
        assert process.popen.wait(10_000 * MS) == 0
        hand.close()

    assert codes <= {grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE}
