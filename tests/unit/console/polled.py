"""Answers of processes as the console would have polled them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from emgrig.messages import Message
from emgrig.runtime.supervision import Program
from emgrig_console.board import Board
from emgrig_console.polling import Polled


def live(value: Any) -> Polled:
    return Polled(value, 0.1)


def old(value: Any) -> Polled:
    return Polled(value, 10.0, "no answer")


NEVER = Polled(None, 1e6)
GONE = Polled(None, 1e6, "no answer")


def program(name: str, state: str = "RUNNING", **fields: Any) -> Program:
    return Program(name, state, 1, fields.pop("exit_code", 0), fields.pop("words", ""), **fields)


def put(
    board: Board, topic: str, source: str, *, age_s: float = 0.0, lag_s: float = 0.0, **fields: Any
) -> bool:
    """Put a message that came some seconds ago."""
    data = np.zeros((1, 9) if topic.startswith("chunk") else (0, 0), np.float32)
    sent = Message(topic=topic, source=source, seq=0, epoch="a", fs=0.0, data=data, fields=fields)
    return board.put(sent, board.now() - age_s, lag_s)


def say_health(board: Board, processes: Sequence[str], **fields: Any) -> None:
    for name in processes:
        put(board, f"health/{name}", name, **({"state": "RUNNING"} | fields))
