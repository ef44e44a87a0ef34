"""Four ZeroMQ hops through four processes: 13 kB messages at 64 Hz, headers and traces included."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event

import numpy as np
import zmq
from emgrig.config import Endpoints
from emgrig.testing import free_ports
from emgrig.transport import Publisher, Source, Subscriber
from measuring import Percentiles, percentiles

__all__ = ["measure_bare_hops", "measure_hops"]

N_HOPS = 4
RATE_HZ = 64.0
TOPIC = "window/emg"
SHAPE = (409, 8)


def _relay(place: int, endpoints: list[Endpoints], stop: Event) -> None:
    """Pass every message on; stands for one stage of the rig."""
    source = Source(f"stage-{place - 1}", endpoints[place - 1])
    subscriber = Subscriber([source], [TOPIC], keep="latest")
    publisher = Publisher(endpoints[place], f"stage-{place}")
    while not stop.is_set():
        message = subscriber.receive(0.2)
        if message is not None:
            publisher.send(
                TOPIC,
                message.data,
                t_first=message.t_first,
                t_last=message.t_last,
                fields=message.fields,
                trace=message.trace,
                t_in_ns=message.received_ns,
            )
    subscriber.close()
    publisher.close()


def _relay_bare(place: int, endpoints: list[Endpoints], stop: Event) -> None:
    """Pass every message on as it came, with ZeroMQ alone."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
    with context.socket(zmq.SUB) as source, context.socket(zmq.XPUB) as sink:
        source.setsockopt(zmq.SUBSCRIBE, TOPIC.encode())
        source.connect(endpoints[place - 1].publish)
        sink.bind(endpoints[place].publish)
        while not stop.is_set():
            if source.poll(200):
                sink.send_multipart(source.recv_multipart())


def measure_hops(seconds: float) -> Percentiles:
    """Return the latencies from the first send to the receipt behind the last hop."""
    return _measure(seconds, _relay, f"stage-{N_HOPS - 1}")


def measure_bare_hops(seconds: float) -> Percentiles:
    """Return the floor: the same where only the ends know what a message is."""
    return _measure(seconds, _relay_bare, "stage-0")


def _measure(seconds: float, relay: Callable[..., None], sender: str) -> Percentiles:
    ports = free_ports(N_HOPS)
    endpoints = [Endpoints(f"tcp://127.0.0.1:{port}") for port in ports]
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    relays = [
        spawn.Process(target=relay, args=(place, endpoints, stop)) for place in range(1, N_HOPS)
    ]
    for process in relays:
        process.start()
    publisher = Publisher(endpoints[0], "stage-0")
    subscriber = Subscriber([Source(sender, endpoints[-1])], [TOPIC], keep="all")
    latencies: list[float] = []
    try:
        _flow(publisher, subscriber, latencies, seconds)
    finally:
        stop.set()
        for process in relays:
            process.join()
        publisher.close()
        subscriber.close()
    return percentiles(latencies)


def _flow(
    publisher: Publisher, subscriber: Subscriber, latencies: list[float], seconds: float
) -> None:
    data = np.zeros(SHAPE, np.float32)
    n = int(seconds * RATE_HZ)
    done = threading.Event()

    def send() -> None:
        start = time.perf_counter()
        for k in range(n):
            done.wait(max(0.0, start + k / RATE_HZ - time.perf_counter()))
            publisher.send(TOPIC, data, fields={"conditioning": {}}, fs=2048.0)

    sender = threading.Thread(target=send)
    publisher.wait_for_subscriber(TOPIC, 10)
    sender.start()
    while (message := subscriber.receive(1.0)) is not None or sender.is_alive():
        if message is not None:
            latencies.append((message.received_ns - message.trace[0].t_out_ns) * 1e-9)
    sender.join()
