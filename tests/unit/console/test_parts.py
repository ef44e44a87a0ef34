"""Names from outside are data; rows of a list are changed in place."""

import pytest
from emgrig_console.parts import Rows, attributes
from nicegui import ui
from nicegui.client import Client
from nicegui.page import page


@pytest.fixture
def drawn():
    with Client(page("/")) as client:
        yield
    client.delete()


@pytest.mark.parametrize(
    "name",
    [
        'x" onclick="alert(1)',
        "x' onerror='alert(1)",
        "a b=c disable",
        'Elbow "left" \\"',
        "<script>alert(1)</script>",
    ],
)
def test_a_hostile_name_is_one_attribute(drawn, name) -> None:
    element = attributes(ui.element("button"), data_testid=f"use-{name}", aria_label=name)

    assert dict(element.props) == {"data-testid": f"use-{name}", "aria-label": name}


class Line:
    def __init__(self, text: str) -> None:
        self.root = self.label = ui.label(text)

    def show(self, text: str) -> None:
        self.label.set_text(text.upper())


def test_rows_stay_who_they_are_when_the_list_changes(drawn) -> None:
    box = ui.element("ul")
    rows = Rows[str, Line](box, Line, str)
    rows.show(["b", "c"])
    kept = rows.of("c").root

    rows.show(["a", "c"])

    assert [child.text for child in box.default_slot.children if isinstance(child, ui.label)] == [
        "A",
        "C",
    ]
    assert rows.of("c").root is kept
