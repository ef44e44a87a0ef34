"""The WebSockets of live data: each page has its own view, and a slow one gets fewer frames."""

import asyncio
import json
import struct
import time
from contextlib import suppress
from functools import lru_cache
from math import nan
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from emgrig_console.board import Board
from emgrig_console.sightings import Pose
from emgrig_console.viewer.envelope import column_size, envelope, levels
from emgrig_console.viewer.frames import View, pack_columns, parse_view
from emgrig_console.viewer.store import SampleStore, Track
from emgrig_console.viewer.waking import Wakers

__all__ = ["HandsFeed", "SignalFeed"]

FRAME_S = 0.015
"""Least time between two messages: a little less than a screen's frame, as timers come late."""
INFO_S = 0.5
LEVEL_S = 0.5
"""What the overview shows: whatever was between two infos is in one of them."""
HANDS_FRAME_S = 1 / 30
STILL_S = 0.25
"""A hand that does not move is told of so often: its age is part of what is told."""
MOST_SHARED = 16
"""Messages kept for pages that show the same: all of them ask within one frame."""
_HANDS = struct.Struct("<20f")
_NO_POSE = Pose((nan,) * 9, nan)


class SignalFeed:
    """Send the live signal to pages.

    Args:
        store: Where it is.
        board: For the cues.
        wakers: Woken at each chunk.
    """

    def __init__(self, store: SampleStore, board: Board, wakers: Wakers) -> None:
        self._store, self._board, self._wakers = store, board, wakers
        self._packed = lru_cache(MOST_SHARED)(self._pack)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one page until it goes."""
        await socket.accept()
        page = _Page()
        reader = asyncio.create_task(page.listen(socket))
        try:
            with self._wakers.waiting() as woken:
                await self._send_all(socket, page, woken, reader)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it went while something was sent: nothing to mend
        finally:
            reader.cancel()

    async def _send_all(
        self, socket: WebSocket, page: "_Page", woken: asyncio.Event, reader: asyncio.Task[None]
    ) -> None:
        info_at = 0.0
        while not reader.done():
            started = time.monotonic()
            woken.clear()
            if started - info_at >= INFO_S or page.is_new:
                info_at = started
                await socket.send_text(json.dumps(self._info(page.view)))
            message = self._news(page)
            if message:
                await socket.send_bytes(message)
            await _pause(woken, reader, started, FRAME_S)

    def _news(self, page: "_Page") -> bytes:
        """Return the columns that a page does not have yet; empty where there are none."""
        # Before the track: what is newer than its number is begun anew at the next look.
        generation = self._store.generation
        view, track = page.view, self._store.track(page.view.track)
        if track is None:
            return b""
        size = column_size(view.span_s, track.fs, view.columns)
        page.begin(generation, size, track)
        first, stop = page.sent, track.n // size
        if first >= stop:
            return b""
        page.sent = stop
        return self._packed(view, generation, size, first, stop)

    def _pack(self, view: View, generation: int, size: int, first: int, stop: int) -> bytes:
        """Return the message of some columns; what a page gets depends on nothing else."""
        strip = self._store.read(view.track, first * size, stop * size)
        if strip is None:
            return b""
        samples = strip.samples
        if view.channels is not None:
            samples = samples[:, [k for k in view.channels if k < samples.shape[1]]]
        columns = envelope(samples, strip.first, size)
        return pack_columns(generation, size, columns) if len(columns.values) else b""

    def _info(self, view: View) -> dict[str, Any]:
        track = self._store.track(view.track)
        if track is None:
            return {"generation": self._store.generation, "age_s": None}
        size = column_size(view.span_s, track.fs, view.columns)
        first = max(0, track.n - round(view.span_s * track.fs))
        marks = self._store.marks(view.track, first)
        recent = self._store.read(view.track, track.n - round(LEVEL_S * track.fs), track.n)
        cues = [
            [(track.n - (track.t_last - cue.t) * track.fs) / size, cue.name]
            for cue in self._board.cues()
        ]
        return {
            "generation": self._store.generation,
            "track": view.track,
            "fs": track.fs,
            "size": size,
            "n_channels": track.n_channels,
            "names": list(track.names),
            "age_s": time.monotonic() - track.at,
            # Of all channels, whichever are shown.
            "levels": [] if recent is None else levels(recent.samples).tolist(),
            "marks": [[mark.sample / size, mark.kind, mark.channel] for mark in marks],
            "cues": cues,
        }


class HandsFeed:
    """Send what both hands show: control's nine values and age, then the predicted hand's."""

    def __init__(self, board: Board, wakers: Wakers) -> None:
        self._board, self._wakers = board, wakers

    async def serve(self, socket: WebSocket) -> None:
        """Serve one page until it goes."""
        await socket.accept()
        reader = asyncio.create_task(_drain(socket))
        try:
            with self._wakers.waiting() as woken:
                await self._send_all(socket, woken, reader)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it went while something was sent: nothing to mend
        finally:
            reader.cancel()

    async def _send_all(
        self, socket: WebSocket, woken: asyncio.Event, reader: asyncio.Task[None]
    ) -> None:
        told: list[Pose] = []
        told_at = 0.0
        while not reader.done():
            started = time.monotonic()
            woken.clear()
            poses = [self._board.pose(which) or _NO_POSE for which in ("control", "predicted")]
            has_moved = [pose.values for pose in poses] != [pose.values for pose in told]
            if has_moved or started - told_at >= STILL_S:
                told, told_at = poses, started
                await socket.send_bytes(_HANDS.pack(*_numbers(poses)))
            await _pause(woken, reader, started, HANDS_FRAME_S)


class _Page:
    """What one page shows and has."""

    def __init__(self) -> None:
        self.view, self.sent, self.generation = View(), 0, -1
        self.is_new = True
        self._size = 0

    async def listen(self, socket: WebSocket) -> None:
        """Take the page's wishes until it goes."""
        while True:
            try:
                text = await socket.receive_text()
            except (WebSocketDisconnect, RuntimeError, KeyError):
                return
            view = parse_view(text)
            # The same view again asks for its span: a page that was paused has missed some.
            if view is not None:
                self.view, self.is_new = view, True

    def begin(self, generation: int, size: int, track: Track) -> None:
        """Go back to the start of the span where the view or the signal is another one."""
        if self.is_new or generation != self.generation or size != self._size:
            self.is_new, self.generation, self._size = False, generation, size
            span = min(round(self.view.span_s * track.fs), track.capacity)
            self.sent = max(0, track.n - span) // size
        # A page that slept does not get what it can no longer show.
        self.sent = max(self.sent, track.n // size - self.view.columns)


async def _pause(
    woken: asyncio.Event, reader: asyncio.Task[None], started: float, least_s: float
) -> None:
    """Wait for news, but not shorter than a frame and not longer than until the next info."""
    with suppress(TimeoutError):
        async with asyncio.timeout(INFO_S):
            await woken.wait()
    left_s = started + least_s - time.monotonic()
    if left_s > 0:
        # It ends early only when the page goes.
        await asyncio.wait([reader], timeout=left_s)


async def _drain(socket: WebSocket) -> None:
    """Return when the page goes; it has nothing to say."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _numbers(poses: list[Pose]) -> list[float]:
    return [number for pose in poses for number in (*pose.values[:9], pose.age_s)]
