"""What flows: the LSL source, and every topic of the bus."""

from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.panels.sources import SourceChooser
from emgrig_console.parts import panel_notices
from emgrig_console.stream_view import (
    StreamRow,
    ledger_words,
    source_words,
    stream_rows,
    why_not_choose,
)

__all__ = ["build"]

PERIOD_S = 1.0
HEADINGS = ("topic", "rate", "age", "missed", "note")


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "streams")
    source = ui.label("").classes("em-small").props('data-testid="streams-source"')
    chooser = SourceChooser(desk)
    empty = ui.label("Nothing on the bus yet. Start the processes.").classes("em-empty")
    table, body = _table()
    ledger = ui.label("").classes("em-small em-dim").props('data-testid="streams-ledger"')
    rows: dict[str, list[ui.label]] = {}

    def refresh() -> None:
        polled = desk.polls.get("source")
        source.set_text(source_words(polled))
        chooser.refresh(why_not_choose(polled, desk.polls.get("recording")))
        found = stream_rows(desk.board.topics())
        empty.set_visibility(not found)
        table.set_visibility(bool(found))
        for row in found:
            if row.topic not in rows:
                with body:
                    rows[row.topic] = _draw(row.topic)
            _fill(rows[row.topic], row)
        healths = (desk.board.health(name) for name in desk.rig.processes)
        ledger.set_text(ledger_words(health for health in healths if health is not None))

    refresh()
    ui.timer(PERIOD_S, refresh)


def _table() -> tuple[ui.element, ui.element]:
    with ui.element("table").classes("em-table").props('aria-label="Topics of the bus"') as table:
        with ui.element("thead"), ui.element("tr"):
            for heading in HEADINGS:
                with ui.element("th").props('scope="col"'):
                    ui.label(heading)
        return table, ui.element("tbody")


def _draw(topic: str) -> list[ui.label]:
    with ui.element("tr").props(f'data-testid="streams-row-{topic}"'):
        labels = []
        for k in range(len(HEADINGS)):
            with ui.element("td"):
                labels.append(ui.label("").classes("em-mono" if k else ""))
    return labels


def _fill(labels: list[ui.label], row: StreamRow) -> None:
    values = (row.topic, row.rate, row.age, row.missed, row.note)
    for label, value in zip(labels, values, strict=True):
        if label.text != value:
            label.set_text(value)
        label.classes(remove="em-stale em-warn", add=f"em-{row.tone}" if row.tone else "")
