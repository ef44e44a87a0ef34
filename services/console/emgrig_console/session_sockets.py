"""A WebSocket that ends with the session of its page: by logout, or by the session's age."""

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive, Send

__all__ = ["while_open"]


def while_open(
    is_open: Callable[[], bool], ended: asyncio.Event, receive: Receive, send: Send
) -> tuple[Receive, Send]:
    """Return both sides of a WebSocket that carry nothing once its session has ended.

    Args:
        is_open: Whether the session still is; asked at every message.
        ended: Set when it is ended: the page is told at once, whether or not it says something.
        receive: From the page.
        send: To the page.
    """
    is_shut = False

    async def shut() -> None:
        nonlocal is_shut
        if not is_shut:
            is_shut = True
            await send({"type": "websocket.close", "code": 1008})

    async def receive_while_open() -> Message:
        message = await _unless(ended, receive)
        if message is not None and is_open():
            return message
        await shut()
        return {"type": "websocket.disconnect", "code": 1008}

    async def send_while_open(message: Message) -> None:
        if is_open():
            await send(message)
        else:
            await shut()

    return receive_while_open, send_while_open


async def _unless(ended: asyncio.Event, receive: Receive) -> Message | None:
    """Return what the page says next; None where its session ends before."""
    heard, over = asyncio.ensure_future(receive()), asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait((heard, over), return_when=asyncio.FIRST_COMPLETED)
        return heard.result() if heard.done() else None
    finally:
        heard.cancel()
        over.cancel()
