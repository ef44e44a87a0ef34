"""Pictures are well-formed, and names in them are text."""

import xml.etree.ElementTree as ET

import numpy as np
from emgrig_console.plots import confusion, curves, envelope_picture

HOSTILE = '"><script>alert(1)</script>'


def test_curves_say_what_they_are_and_where_they_end() -> None:
    picture = curves(
        HOSTILE,
        [(HOSTILE, np.arange(5.0)), ("b", np.ones(5))],
        x_words="windows",
        x_last=50,
        floor=None,
    )

    root = ET.fromstring(picture)
    assert root.find("title").text == HOSTILE
    assert [e.text for e in root.iter("text")][:4] == ["4", "0", "1", "windows"]
    assert len(list(root.iter("polyline"))) == 2


def test_a_constant_or_empty_line_is_no_division_by_zero() -> None:
    for line in (np.ones(3), np.array([])):
        ET.fromstring(curves("t", [("a", line)], x_words="x", x_last=3, floor=None))


def test_confusion_marks_what_is_right() -> None:
    root = ET.fromstring(confusion([HOSTILE, "b"], np.array([[3, 1], [0, 4]])))

    assert [cell.text for cell in root.iter("td") if cell.get("class") == "em-hit"] == ["3", "4"]


def test_a_session_has_a_lane_a_channel_and_its_labels() -> None:
    envelope = np.zeros((10, 2, 2), np.float32)

    root = ET.fromstring(envelope_picture("t", envelope, [(1.0, "Fist")], 2.0))

    assert [e.text for e in root.iter("text")] == ["1", "2", "Fist"]
