"""Of two acquirers that read the same stream, use every stretch of the signal once: pure."""

from emgrig.messages import Message

__all__ = ["WindowMerger"]

_PATIENCE_S = 1.0
"""Silence of the acquirer in use after which any window of the other is taken, whatever its time:
a clock that was set back must not keep the hand at rest."""


class WindowMerger:
    """Follows one acquirer and changes over when it falls behind the other.

    The two cut their windows at places of their own, so times are compared: the other's window is
    new when it ends more than half a hop after the last one used. The hop is what the
    newest two windows of one acquirer show. With one acquirer every window is used.
    """

    def __init__(self) -> None:
        self._used: Message | None = None
        self._newest: dict[str, Message] = {}
        self._hop_s = 0.0

    def is_new(self, message: Message) -> bool:
        """Tell whether a window is to be used, and remember it if so."""
        self._learn_hop(message)
        used = self._used
        if used is not None and message.source != used.source and not self._is_ahead(message, used):
            return False
        self._used = message
        return True

    def _is_ahead(self, message: Message, used: Message) -> bool:
        silent_s = (message.received_ns - used.received_ns) * 1e-9
        return message.t_last - used.t_last > self._hop_s / 2 or silent_s > _PATIENCE_S

    def _learn_hop(self, message: Message) -> None:
        before = self._newest.get(message.source)
        self._newest[message.source] = message
        if before is not None and before.epoch == message.epoch and message.seq > before.seq:
            step_s = (message.t_last - before.t_last) / (message.seq - before.seq)
            self._hop_s = max(0.0, step_s)
