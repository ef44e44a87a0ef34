"""A WebSocket that ends with the session of its page: by logout, or by the session's age."""

from collections.abc import Callable

from starlette.types import Message, Receive, Send

__all__ = ["while_open"]


def while_open(is_open: Callable[[], bool], receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Return both sides of a WebSocket that carry nothing once its session has ended.

    Args:
        is_open: Whether the session still is; asked at every message.
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
        message = await receive()
        if is_open():
            return message
        await shut()
        return {"type": "websocket.disconnect", "code": 1008}

    async def send_while_open(message: Message) -> None:
        if is_open():
            await send(message)
        else:
            await shut()

    return receive_while_open, send_while_open
