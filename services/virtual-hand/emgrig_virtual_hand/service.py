"""The shell: commands and streams in, one frame after another, two poses out."""

import time
from pathlib import Path

from emgrig.control import HandServer, Servicer
from emgrig.errors import PeerError
from emgrig.runtime import Context

from emgrig_virtual_hand.config import VirtualHandSettings, default_movements_file
from emgrig_virtual_hand.discovery import Discovery
from emgrig_virtual_hand.file_watch import MovementsFile
from emgrig_virtual_hand.frame_queue import FrameQueue
from emgrig_virtual_hand.generations import generation_of
from emgrig_virtual_hand.movements import Movement, stock_movements
from emgrig_virtual_hand.movements_file import MovementsFileError
from emgrig_virtual_hand.pacing import FramePacer
from emgrig_virtual_hand.streams import open_outlet

__all__ = ["VirtualHandService"]

_WATCH_PERIOD_S = 0.25


class VirtualHandService:
    """A headless hand of either generation.

    The streams are there before the port opens, as with the real hand.
    """

    def __init__(self, settings: VirtualHandSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._file = MovementsFile(_movements_path(settings, context))
        self._hand = generation_of(settings, self._read_movements())
        self._queue = FrameQueue()
        is_faithful = settings.faithful_reconnect and settings.protocol == "v1"
        self._discovery = Discovery(self._hand.inlets, self._report_stream, faithful=is_faithful)
        description = {"config_file": str(self._file.path)} | self._hand.description
        ids = (settings.control_source_id, settings.predict_source_id)
        self._outlets = tuple(
            open_outlet(
                name, chosen or own, rate_hz=settings.frame_rate_hz, description=description
            )
            for name, chosen, own in zip(
                (settings.control_stream, settings.predict_stream),
                ids,
                self._hand.source_ids,
                strict=True,
            )
        )
        self._server = self._serve()

    def servicers(self) -> list[Servicer]:
        """Return no control service of its own: the hand's port is its control."""
        return []

    def run(self) -> None:
        """Play frame after frame, each at its deadline, until stopping."""
        context = self._context
        context.thread("discovery", lambda: self._discovery.run(context.stopping))
        context.thread("movements", self._watch_movements)
        pacer = FramePacer(self._settings.frame_rate_hz, time.monotonic())
        while not context.stopping.wait(pacer.wait_s(time.monotonic())):
            ticks = pacer.take(time.monotonic())
            if ticks:
                self._play_frame(ticks, ticks * pacer.tick_s)

    def close(self) -> None:
        """Turn callers away and close the port."""
        self._queue.close()
        if self._server is not None:
            self._server.close()

    def _play_frame(self, ticks: int, dt: float) -> None:
        """Publish what the previous frame left, then move on: the real hand's order."""
        context = self._context
        for outlet, pose in zip(self._outlets, self._hand.poses, strict=True):
            values = pose.tolist()
            for _ in range(ticks):
                outlet.push_sample(values)
        context.count("commands", self._hand.play(self._queue.drain, dt))
        context.count("samples_sent", ticks)
        context.count("late_ticks", ticks - 1)
        context.counters["stream_errors"] = sum(one.errors for one in self._hand.inlets)
        context.running()

    def _serve(self) -> HandServer | None:
        """Open the port; without it the hand goes on with its streams, as the real one does."""
        settings = self._settings
        try:
            return self._hand.serve(self._queue.ask, settings.grpc_host, settings.grpc_port)
        except PeerError as error:
            self._context.trouble("grpc_port", str(error))
            return None

    def _read_movements(self) -> tuple[Movement, ...]:
        try:
            self._file.create_if_absent()
            return self._parse_movements()
        except MovementsFileError as error:
            self._context.trouble("movements_file", f"{error}; the stock movements are offered")
            return stock_movements()

    def _parse_movements(self) -> tuple[Movement, ...]:
        parsed = self._file.read()
        for warning in parsed.warnings:
            self._context.log.warning("movements file", path=str(self._file.path), text=warning)
        self._context.clear("movements_file")
        return parsed.movements

    def _watch_movements(self) -> None:
        """Offer the file's movements whenever it changes.

        It is looked at periodically: no standard interface of Python says that a file changed.
        """
        while not self._context.stopping.wait(_WATCH_PERIOD_S):
            if not self._file.has_changed():
                continue
            try:
                self._queue.offer(self._parse_movements())
            except MovementsFileError as error:
                self._context.trouble("movements_file", f"{error}; the previous set is kept")

    def _report_stream(self, name: str, problem: str) -> None:
        if problem:
            self._context.trouble(f"stream {name}", problem)
        else:
            self._context.clear(f"stream {name}")


def _movements_path(settings: VirtualHandSettings, context: Context) -> Path:
    if not settings.movements_file:
        return default_movements_file()
    return (context.rig.path.parent / settings.movements_file).absolute()
