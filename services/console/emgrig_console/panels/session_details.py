"""One session: its picture and quality, notes, another name, download, and the trash."""

from functools import partial
from typing import Any
from urllib.parse import quote

import numpy as np
from emgrig.control import recorder_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.library_view import SessionRow, stream_words
from emgrig_console.parts import attributes, button, dialog, panel_notices, set_tone
from emgrig_console.plots import envelope_picture

__all__ = ["show_details"]

COLUMNS = 400
PERIOD_S = 0.5


async def show_details(desk: Desk, row: SessionRow) -> None:
    """Open the dialog of a session."""
    info = _info(desk, row.session)
    with dialog(row.title) as shown:
        ui.label(row.session).classes("em-mono em-dim em-small")
        panel_notices(desk, "sessions")
        picture = ui.html("", sanitize=False).classes("em-full")
        waiting = ui.label("Reading the session.").classes("em-empty")
        words = [] if info is None else stream_words(info)
        ui.label("\n".join(words)).classes("em-small em-dim em-lines")
        _Findings(desk, row.session)
        _Forms(desk, row, shown, "" if info is None else info.notes)
    preview = await desk.do("sessions", f"draw {row.session}", lambda: _preview(desk, row.session))
    if shown.is_deleted:
        return
    waiting.set_visibility(preview is None)
    waiting.set_text("There is no picture of it.")
    if preview is not None:
        picture.set_content(_picture(row.title, preview))


class _Findings:
    """What the session is worth, as soon as that is known."""

    def __init__(self, desk: Desk, session: str) -> None:
        self._desk, self._session = desk, session
        box = ui.element("ul").classes("em-list em-small")
        self._box = attributes(box, data_testid=f"sessions-findings-{session}")
        self._timer = ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        findings = self._desk.quality.of(self._session)
        if findings is None:
            return
        self._timer.deactivate()
        with self._box:
            for finding in findings:
                with ui.element("li"):
                    mark, tone = ("●", "ok") if finding.ok else ("▲", "warn")
                    words = ui.label(f"{mark} {finding.name}: {finding.measured}")
                    set_tone(words, tone)
                    if finding.advice:
                        ui.label(finding.advice).classes("em-dim")


class _Forms:
    """Another name, notes, download and the trash."""

    def __init__(self, desk: Desk, row: SessionRow, shown: ui.dialog, notes: str) -> None:
        self._desk, self._session, self._shown = desk, row.session, shown
        session = row.session
        self._name = ui.input("Name", value=row.title).classes("em-full")
        self._name.props("dense outlined maxlength=80")
        attributes(self._name, data_testid=f"sessions-name-{session}")
        self._notes = ui.textarea("Notes", value=notes).classes("em-full")
        self._notes.props("dense outlined autogrow maxlength=4000")
        attributes(self._notes, data_testid=f"sessions-notes-{session}")
        with ui.element("div").classes("em-row"):
            button("Rename", self._rename, f"sessions-rename-{session}")
            button("Keep notes", self._annotate, f"sessions-annotate-{session}")
            link = ui.link("Download", f"/sessions/{quote(session, safe='')}")
            attributes(link, data_testid=f"sessions-download-{session}", download=True)
            button("Move to trash", self._delete, f"sessions-delete-{session}")
            button("Close", shown.close, f"sessions-close-{session}")

    async def _act(self, action: str, method: str, message: Any) -> Any:
        """Do it and close; what goes wrong is said in the dialog, which then stays."""
        desk = self._desk
        work = partial(desk.client.call, "recorder", f"Recorder.{method}", message)
        done = await desk.do("sessions", f"{action} {self._session}", work)
        desk.polls.hurry("sessions")
        if done is not None:
            self._shown.close()
        return done

    async def _rename(self) -> None:
        words = {"session": self._session, "take_name": self._name.value}
        request = recorder_pb2.RenameSessionRequest(**words)
        done = await self._act("rename", "RenameSession", request)
        if done is not None:
            self._desk.selection.rename_session(self._session, done.session)

    async def _annotate(self) -> None:
        words = {"session": self._session, "notes": self._notes.value}
        await self._act("note", "AnnotateSession", recorder_pb2.AnnotateSessionRequest(**words))

    async def _delete(self) -> None:
        request = recorder_pb2.SessionRequest(session=self._session)
        if await self._act("delete", "DeleteSession", request) is not None:
            self._desk.dismissed.remove(self._session)


def _info(desk: Desk, session: str) -> Any:
    polled = desk.polls.get("sessions").value
    known = [] if polled is None else polled.sessions
    return next((info for info in known if info.session == session), None)


def _preview(desk: Desk, session: str) -> Any:
    request = recorder_pb2.PreviewRequest(session=session, columns=COLUMNS)
    return desk.client.call("recorder", "Recorder.PreviewSession", request)


def _picture(title: str, preview: Any) -> str:
    shape = (preview.columns, preview.n_channels, 2)
    envelope = np.frombuffer(preview.envelope, "<f4").reshape(shape)
    labels = [(label.t_s, label.class_name) for label in preview.labels]
    return envelope_picture(f"EMG of {title}", envelope, labels, preview.duration_s)
