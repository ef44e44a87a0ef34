"""What every panel of every page works with."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from emgrig.config import Rig
from emgrig.control import RigClient
from emgrig.errors import EmgRigError
from emgrig.runtime.supervision import Supervisor
from nicegui import ui

from emgrig_console.board import Board
from emgrig_console.config import ConsoleSettings
from emgrig_console.dismissed import Dismissed
from emgrig_console.jobs import Awaited, Job, JobState
from emgrig_console.lateness import Punctuality
from emgrig_console.library_view import chosen_sessions
from emgrig_console.next_step import Facts, Step, next_step
from emgrig_console.notices import Notices
from emgrig_console.pipeline_flow import predicting
from emgrig_console.polling import Polls
from emgrig_console.protocol_watch import ProtocolWatch
from emgrig_console.quality import Quality
from emgrig_console.selection import Selection
from emgrig_console.training_watch import TrainingWatch
from emgrig_console.usage import SilentPrograms
from emgrig_console.viewer.store import SampleStore
from emgrig_console.viewer.waking import Wakers

__all__ = ["Desk"]

MOST_AT_ONCE = 16
"""Commands under way; those to a process that hangs wait for their deadline."""


class Desk:
    """The one desk of a console, shared by its pages.

    Attributes:
        rig: Whose console this is.
        settings: The table ``[console]``.
        client: Commands to the processes; for any thread.
        supervisor: Starts and stops them.
        silent_programs: What those cost that say nothing of themselves.
        polls: What the processes answered last.
        board: What the bus said.
        samples: The newest seconds of EMG.
        signal_wakers: Who waits for more of it.
        hand_wakers: Who waits for the hands to move.
        finish: Of a take, from Stop to its session file.
        training: The trainer's run.
        protocol: What vhi-bridge cues by itself.
        notices: What went wrong, by panel.
        selection: What the next training takes.
        dismissed: What is in the trash and nobody wants back.
        quality: What each session is worth.
        punctuality: Refuses commands that come too late.
        take_name: Of the next take, as it was typed; empty for what is proposed.
        next_take: What is proposed; empty before the sessions are known.
    """

    def __init__(self, rig: Rig, settings: ConsoleSettings) -> None:
        self.rig = rig
        self.settings = settings
        self.client = RigClient(rig, call_deadline_s=settings.call_deadline_s)
        self.supervisor = Supervisor(rig)
        self.silent_programs = SilentPrograms(self.supervisor.programs)
        self.polls = Polls(self.client, self.silent_programs.programs)
        self.board = Board()
        full_scale = rig.tables.get("emg-acquirer", {}).get("full_scale", 0.0)
        self.samples = SampleStore(full_scale=float(full_scale))
        self.signal_wakers = Wakers()
        self.hand_wakers = Wakers()
        self.finish = Awaited(partial(self._keep_failure, "recording"), self._can_leave)
        self.training = TrainingWatch(
            self.client, self.polls, replaced=partial(self._keep_failure, "pipeline")
        )
        self.protocol = ProtocolWatch(
            self.client, self.polls, replaced=partial(self._keep_failure, "recording")
        )
        self.notices = Notices()
        self.selection = Selection()
        self.dismissed = Dismissed(rig.data_dir / "console-dismissed.txt")
        self.quality = Quality(self.client)
        self.take_name = self.next_take = ""
        self.punctuality = Punctuality()
        self._commands = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="command")
        # Rest waits for nobody: the other commands share a pool of threads and may fill it.
        self._urgent = ThreadPoolExecutor(1, thread_name_prefix="rest")

    @property
    def wanted_processes(self) -> list[str]:
        """The processes that this rig runs, in the order in which data passes them.

        While supervisor does not answer: all that rig.toml knows.
        """
        programs = self.polls.get("programs").value
        if programs is None:
            return list(self.rig.processes)
        running = {program.name for program in programs}
        return [name for name in self.rig.processes if name in running]

    @property
    def next_step(self) -> Step:
        """What comes next in the order of work."""
        polls, training = self.polls, self.training.get()
        programs, recording = polls.get("programs"), polls.get("recording")
        models, now = polls.get("models"), predicting(polls.get("predictor"))
        is_busy = self.finish.is_running or self.protocol.is_running
        is_busy |= getattr(recording.value, "recording", False)
        is_busy |= training is not None and training.is_running
        return next_step(
            Facts(
                programs=programs.value if programs.is_live else (),
                is_busy=is_busy,
                sessions=self.chosen_sessions,
                models=() if models.value is None else models.value.models,
                loaded=now.loaded,
                is_predicting=now.is_on,
            )
        )

    @property
    def chosen_sessions(self) -> list[Any]:
        """The ``SessionInfo`` of what the next training takes, newest first."""
        polled = self.polls.get("sessions")
        known = [] if polled.value is None else [info.session for info in polled.value.sessions]
        return chosen_sessions(polled, self.selection.sessions(known))

    async def do[Result](
        self, panel: str, action: str, work: Callable[[], Result], *, is_urgent: bool = False
    ) -> Result | None:
        """Do something that may take a moment, in another thread.

        Args:
            panel: Where it is shown if it goes wrong.
            action: What was wanted, such as ``start the recording``.
            work: Does it.
            is_urgent: Whether it does not wait for what others do, and is done however late.

        Returns:
            What ``work`` returned; None where it failed, which is then a notice.
        """
        loop = asyncio.get_running_loop()
        try:
            if is_urgent:
                return await loop.run_in_executor(self._urgent, work)
            self.punctuality.check(ui.context.client)
            return await loop.run_in_executor(self._commands, self.punctuality.on_time(work))
        except EmgRigError as error:
            self.notices.add(panel, f"could not {action}: {error}")
            return None

    def start_finish(self, title: str, work: Callable[[], object]) -> None:
        """Begin to end a take; that one is being ended already is a notice."""
        try:
            self.punctuality.check(ui.context.client)
            self.finish.start(title, work)
        except EmgRigError as error:
            self.notices.add("recording", str(error))

    def _can_leave(self) -> bool:
        """Whether a take has ended that is being finished: until then it could be stopped twice."""
        recording = self.polls.get("recording")
        return not (recording.is_live and recording.value.recording)

    def _keep_failure(self, panel: str, ended: Job | None) -> None:
        """What went wrong stays until it is dismissed, whatever comes next."""
        if ended is not None and ended.state is JobState.FAILED:
            self.notices.add(panel, f"{ended.title} failed: {ended.error}")

    def close(self) -> None:
        """Close every connection."""
        for pool in (self._commands, self._urgent):
            pool.shutdown(wait=False, cancel_futures=True)
        self.polls.close()
        self.client.close()
