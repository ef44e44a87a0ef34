"""What flows: the LSL source, and every topic of the bus."""

from collections.abc import Callable

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.panels.sources import SourceChooser
from emgrig_console.panels.tabs import Follow
from emgrig_console.parts import Rows, attributes, panel_notices, set_tone
from emgrig_console.stream_view import (
    StreamRow,
    ledger_details,
    ledger_words,
    source_words,
    stream_rows,
    why_not_choose,
)

__all__ = ["build"]

HEADINGS = ("topic", "rate", "age", "missed", "note")


def build(desk: Desk) -> Follow:
    """Make the panel."""
    panel_notices(desk, "streams")
    source = ui.label("").classes("em-small").props('data-testid="streams-source"')
    chooser = SourceChooser(desk)
    empty = ui.label("Nothing on the bus yet. Start the processes.").classes("em-empty")
    table, body = _table()
    rows = Rows(body, _Row, lambda row: (row.topic, row.source))
    show_ledger = _build_ledger(desk)

    def follow(is_shown: bool) -> str:
        if not is_shown:
            return ""
        polled = desk.polls.get("source")
        source.set_text(source_words(polled))
        chooser.refresh(why_not_choose(polled, desk.polls.get("recording")))
        found = stream_rows(desk.board.topics())
        empty.set_visibility(not found)
        table.set_visibility(bool(found))
        rows.show(found)
        show_ledger()
        return ""

    return follow


def _build_ledger(desk: Desk) -> Callable[[], None]:
    with ui.element("details").classes("em-more em-small em-dim"):
        with ui.element("summary"):
            balance = ui.label("").classes("em-inline").props('data-testid="streams-ledger"')
        reasons = ui.label("").classes("em-lines")

    def refresh() -> None:
        known = [desk.board.health(name) for name in desk.rig.processes]
        healths = [health for health in known if health is not None and not health.is_stale]
        balance.set_text(ledger_words(healths))
        reasons.set_text("\n".join(ledger_details(healths)))

    return refresh


def _table() -> tuple[ui.element, ui.element]:
    with ui.element("table").classes("em-table") as table:
        attributes(table, aria_label="Topics of the bus")
        with ui.element("thead"), ui.element("tr"):
            for heading in HEADINGS:
                with attributes(ui.element("th"), scope="col"):
                    ui.label(heading)
        return table, ui.element("tbody")


class _Row:
    """One topic of one source on the page."""

    def __init__(self, row: StreamRow) -> None:
        self.root = attributes(ui.element("tr"), data_testid=f"streams-row-{row.topic}")
        attributes(self.root, title=f"sent by {row.source}")
        self._labels = []
        with self.root:
            for k in range(len(HEADINGS)):
                with ui.element("td"):
                    self._labels.append(ui.label("").classes("em-mono" if k else ""))

    def show(self, row: StreamRow) -> None:
        """Change what changed."""
        values = (row.topic, row.rate, row.age, row.missed, row.note)
        for label, value in zip(self._labels, values, strict=True):
            label.set_text(value)
            set_tone(label, row.tone)
