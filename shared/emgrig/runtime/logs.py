"""Structured logs: one line per event on standard error, and the same on the bus."""

import logging
import os
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from emgrig.messages import ENVELOPE, wire_text
from emgrig.transport import Publisher

__all__ = ["LOG_LEVELS", "configure_logs", "publish_logs"]

LOG_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}

MAX_VALUE = 1 << 16
"""Characters of one value on the bus: what a peer said may be quoted in it, of any length."""

_STANDARD_ERROR = 2


class _StandardError:
    """Loses lines rather than the process where the log's disk is full or its reader is gone.

    Unbuffered: what was refused is not tried again, also not at exit, where it would change the
    exit code. The same line is on the bus.
    """

    def write(self, text: str) -> int:
        with suppress(OSError):
            os.write(_STANDARD_ERROR, text.encode("utf-8", "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def configure_logs(name: str, level: str, publisher: Publisher | None = None) -> None:
    """Send structured events to standard error and, with a publisher, to ``log/<name>``."""
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if publisher is not None:
        processors.append(publish_logs(publisher, name))
    processors.append(
        structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(LOG_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=False,
    )


def publish_logs(publisher: Publisher, name: str) -> Any:
    """Return a structlog processor that puts every event on the bus as well."""

    def publish(
        logger: Any, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        # What the header has of its own would be taken for the sender's, and the line be refused.
        fields = {
            f"{key}_" if key in ENVELOPE else key: wire_text(str(value)[:MAX_VALUE])
            for key, value in event.items()
        }
        publisher.send(f"log/{name}", fields=fields)
        return event

    return publish
