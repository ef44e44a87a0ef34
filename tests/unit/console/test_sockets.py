"""What a page is told over its sockets, and how often."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress

import numpy as np
from emgrig.messages import Message
from emgrig_console.board import Board
from emgrig_console.viewer.sockets import HandsFeed, SignalFeed
from emgrig_console.viewer.store import SampleStore
from emgrig_console.viewer.waking import Wakers
from starlette.types import Message as Word
from starlette.websockets import WebSocket

from tests.deadlines import MS

FS, N_CHANNELS = 100.0, 2
BEAT_S = 0.005
"""How often something comes from the bus."""


class PageSide:
    """The other end of a WebSocket, without a network.

    Attributes:
        heard: What the page was told.
        socket: Our end.
    """

    def __init__(self, *words: str) -> None:
        said = [{"type": "websocket.receive", "text": word} for word in words]
        self._said = iter([{"type": "websocket.connect"}, *said])
        self.heard: asyncio.Queue[Word] = asyncio.Queue()
        self.socket = WebSocket({"type": "websocket"}, self._receive, self.heard.put)

    async def _receive(self) -> Word:
        said = next(self._said, None)
        return await asyncio.Future() if said is None else said

    async def next_bytes(self) -> bytes:
        while True:
            word = await asyncio.wait_for(self.heard.get(), 2000 * MS)
            if word.get("bytes"):
                return word["bytes"]


async def served[Result](
    serve: Callable[[WebSocket], Awaitable[None]],
    pages: list[PageSide],
    look: Callable[[], Awaitable[Result]],
) -> Result:
    """Serve pages while somebody looks at what they are told."""
    serving = [asyncio.ensure_future(serve(page.socket)) for page in pages]
    try:
        return await look()
    finally:
        for task in serving:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def chunk(stream: str, seq: int, data: np.ndarray) -> Message:
    return Message(
        topic=f"chunk/{stream}",
        source="emg-acquirer",
        epoch="a",
        seq=seq,
        sample_index=seq * len(data),
        t_last=(seq + 1) * len(data) / FS,
        fs=FS,
        data=data,
    )


def test_each_page_gets_the_columns_and_channels_that_it_shows() -> None:
    store, wakers = SampleStore(), Wakers()
    rows = np.arange(500, dtype=np.float32)
    store.put(chunk("emg", 0, np.stack([rows, -rows], axis=1)))

    async def look() -> list[bytes]:
        frames = []
        for page in pages:
            # The first ones may be of the view before the page has said which one is its own.
            frame = await page.next_bytes()
            while struct.unpack_from("<I", frame, 12) != (10,):
                wakers.wake()
                frame = await page.next_bytes()
            frames.append(frame)
        return frames

    async def run() -> list[bytes]:
        return await served(SignalFeed(store, Board(), wakers).serve, pages, look)

    view = '{"span_s": 5, "columns": 50}'
    pages = [PageSide(view), PageSide(view), PageSide('{"columns": 50, "channels": [1]}')]
    one, same, other = asyncio.run(run())

    assert one == same
    assert struct.unpack_from("<IIHHI", one) == (1, 0, 50, 2, 10)
    assert struct.unpack_from("<IIHHI", other) == (1, 0, 50, 1, 10)
    every = np.frombuffer(one, "<f4", offset=16).reshape(50, 2, 2)
    assert np.array_equal(np.frombuffer(other, "<f4", offset=16).reshape(50, 2), every[:, 1])
    assert every[3].tolist() == [[30.0, 39.0], [-39.0, -30.0]]


def seconds_of_hands(step: float) -> float:
    """Return how long four messages on the hands take while a hand moves so much a beat."""
    board, wakers, page = Board(), Wakers(), PageSide()

    def beat(seq: int) -> None:
        pose = np.full((1, 9), seq * step, np.float32)
        board.put(chunk("vhi_control", seq, pose), board.now())
        wakers.wake()
        loop = asyncio.get_running_loop()
        loop.call_later(BEAT_S, beat, seq + 1)

    async def look() -> float:
        loop = asyncio.get_running_loop()
        await page.next_bytes()
        began = loop.time()
        for _ in range(3):
            await page.next_bytes()
        return loop.time() - began

    async def run() -> float:
        beat(0)
        return await served(HandsFeed(board, wakers).serve, [page], look)

    return asyncio.run(run())


def test_a_hand_that_stands_still_is_told_of_four_times_a_second() -> None:
    assert seconds_of_hands(0.0) >= 0.7


def test_a_hand_that_moves_is_told_of_at_once() -> None:
    assert seconds_of_hands(0.001) < 0.4
