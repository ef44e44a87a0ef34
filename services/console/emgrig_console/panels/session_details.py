"""One session: its picture and quality, notes, another name, download, and the trash."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import numpy as np
from emgrig.control import recorder_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.library_view import SessionRow
from emgrig_console.plots import envelope_picture

__all__ = ["show_details"]

COLUMNS = 400


async def show_details(desk: Desk, row: SessionRow) -> None:
    """Open the dialog of a session."""
    request = recorder_pb2.SessionRequest(session=row.session)
    with ui.dialog(value=True) as dialog, ui.card().classes("em-dialog"):
        ui.label(row.title).classes("em-title")
        ui.label(row.session).classes("em-mono em-dim em-small")
        picture = ui.html("", sanitize=False).classes("em-full")
        report = ui.element("ul").classes("em-list em-small")
        _build_forms(desk, row, request, dialog)
    dialog.on("hide", dialog.delete)
    with picture:
        waiting = ui.label("Reading the session.")
    preview = await desk.do("sessions", f"draw {row.session}", lambda: _preview(desk, row.session))
    waiting.delete()
    if preview is not None:
        picture.set_content(_picture(row.title, preview))
    with report:
        for finding in desk.quality.of(row.session) or []:
            mark, tone = ("o", "ok") if finding.ok else ("!", "warn")
            with ui.element("li"):
                ui.label(f"{mark} {finding.name}: {finding.measured}").classes(f"em-{tone}")
                if finding.advice:
                    ui.label(finding.advice).classes("em-dim")


def _build_forms(desk: Desk, row: SessionRow, request: Any, dialog: ui.dialog) -> None:
    name = ui.input("Name", value=row.title).classes("em-full")
    name.props(f'dense outlined maxlength=80 data-testid="sessions-name-{row.session}"')
    notes = ui.textarea("Notes", value=_notes_of(desk, row.session)).classes("em-full")
    notes.props(f'dense outlined autogrow data-testid="sessions-notes-{row.session}"')

    async def act(action: str, method: str, message: Any) -> None:
        work = partial(desk.client.call, "recorder", f"Recorder.{method}", message)
        await desk.do("sessions", f"{action} {row.session}", work)
        desk.polls.hurry("sessions")
        dialog.close()

    async def rename() -> None:
        words = {"session": row.session, "take_name": name.value}
        await act("rename", "RenameSession", recorder_pb2.RenameSessionRequest(**words))

    async def annotate() -> None:
        words = {"session": row.session, "notes": notes.value}
        await act("note", "AnnotateSession", recorder_pb2.AnnotateSessionRequest(**words))

    async def delete() -> None:
        await act("delete", "DeleteSession", request)
        desk.selection.deleted = row.session

    with ui.element("div").classes("em-row"):
        _button("Rename", rename, f"sessions-rename-{row.session}")
        _button("Keep notes", annotate, f"sessions-annotate-{row.session}")
        _link(row.session)
        _button("Move to trash", delete, f"sessions-delete-{row.session}")
        _button("Close", dialog.close, f"sessions-close-{row.session}")


def _notes_of(desk: Desk, session: str) -> str:
    polled = desk.polls.get("sessions").value
    known = [] if polled is None else list(polled.sessions)
    return next((info.notes for info in known if info.session == session), "")


def _link(session: str) -> None:
    link = ui.link("Download", f"/sessions/{quote(session)}")
    link.props(f'data-testid="sessions-download-{session}"')


def _button(words: str, work: Callable[[], object], testid: str) -> None:
    ui.button(words, on_click=work).props(f'flat dense no-caps data-testid="{testid}"')


def _preview(desk: Desk, session: str) -> Any:
    request = recorder_pb2.PreviewRequest(session=session, columns=COLUMNS)
    return desk.client.call("recorder", "Recorder.PreviewSession", request)


def _picture(title: str, preview: Any) -> str:
    shape = (preview.columns, preview.n_channels, 2)
    envelope = np.frombuffer(preview.envelope, "<f4").reshape(shape)
    labels = [(label.t_s, label.class_name) for label in preview.labels]
    return envelope_picture(f"EMG of {title}", envelope, labels, preview.duration_s)
