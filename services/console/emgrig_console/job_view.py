"""A long action on the page: how far, how long still, cancel, and what went wrong."""

import time
from typing import Protocol

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.jobs import Job, JobState
from emgrig_console.summary import clock_words

__all__ = ["JobView"]

PERIOD_S = 0.5


class LongAction(Protocol):
    """The newest of its kind."""

    def get(self) -> Job | None:
        """Return it as it is now."""

    def cancel(self) -> None:
        """Ask it to end; it may take a moment."""

    def dismiss(self) -> None:
        """Say nothing more about it."""


class JobView:
    """Shows a long action while there is something to say about it.

    Args:
        desk: Who is told when it cannot be cancelled.
        action: Which.
        panel_name: For ids, and where that is told.
        cancel_words: On the button that ends it early.
    """

    def __init__(
        self, desk: Desk, action: LongAction, panel_name: str, cancel_words: str = "Cancel"
    ) -> None:
        self._desk, self._action, self._panel = desk, action, panel_name
        with (
            ui.element("div")
            .classes("em-job")
            .props(f'data-testid="{panel_name}-job"') as self._box
        ):
            self._words = ui.label("").props('role="status"')
            self._bar = ui.linear_progress(value=0, show_value=False)
            self._bar.props('aria-label="progress"')
            with ui.element("div").classes("em-row"):
                self._numbers = ui.label("").classes("em-mono em-dim em-small em-grow")
                self._cancel = ui.button(cancel_words, on_click=self._end)
                self._cancel.props(f'flat dense no-caps data-testid="{panel_name}-cancel"')
                self._dismiss = ui.button("Dismiss", on_click=action.dismiss)
                self._dismiss.props(f'flat dense no-caps data-testid="{panel_name}-dismiss"')
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        job = self._action.get()
        is_worth_it = job is not None and job.state is not JobState.DONE
        self._box.set_visibility(is_worth_it)
        if job is not None and is_worth_it:
            self._show(job)

    async def _end(self) -> None:
        await self._desk.do(self._panel, "cancel it", self._action.cancel)

    def _show(self, job: Job) -> None:
        progress = job.progress
        state = ":" if job.is_running else f" {job.state}:"
        words = f"{job.title}{state} {job.error or progress.words}".strip().removesuffix(":")
        # It is read out whenever it is set.
        if self._words.text != words:
            self._words.set_text(words)
        self._bar.set_visibility(job.is_running and progress.share is not None)
        self._bar.set_value(progress.share or 0.0)
        self._numbers.set_text(_numbers(job) if job.is_running else "")
        self._cancel.set_visibility(job.is_running and job.can_cancel)
        self._dismiss.set_visibility(not job.is_running)


def _numbers(job: Job) -> str:
    progress = job.progress
    share = "" if progress.share is None else f"{100 * progress.share:.0f} %  "
    if progress.remaining_s is not None:
        return f"{share}{clock_words(progress.remaining_s)} left"
    return f"{share}{clock_words(time.monotonic() - job.started)} so far"
