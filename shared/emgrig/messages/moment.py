"""A moment, told by what each source had sent until then: no clock is shared with its host."""

from collections.abc import Mapping

from emgrig.messages.message import Message

__all__ = ["Moment", "sent_ns"]


def sent_ns(message: Message) -> int:
    """Return when its source sent a message, monotonic clock of the source's host; 0 = unknown."""
    return message.trace[-1].t_out_ns if message.trace else 0


class Moment:
    """Tells what was sent before it.

    Args:
        heard: Source -> (epoch, `sent_ns` of its newest message at that moment).
    """

    def __init__(self, heard: Mapping[str, tuple[str, int]]) -> None:
        self.heard = dict(heard)

    def is_after(self, message: Message) -> bool:
        """Tell whether a message was sent before; not known of another epoch, so it was not."""
        epoch, newest_ns = self.heard.get(message.source, ("", 0))
        return epoch == message.epoch and 0 < sent_ns(message) < newest_ns
