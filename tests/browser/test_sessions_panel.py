"""Looking after sessions: find, choose, name, note, look at, take away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.console_rig import ConsoleRig
from tests.browser.desk_page import SOON_MS, DeskPage

FOCUSED = "document.activeElement.closest('[data-testid]')?.dataset.testid"


@pytest.fixture(scope="module")
def session(live: ConsoleRig) -> str:
    live.settle()
    return live.record("library", ["Fist", "Rest"], 1.0)


@pytest.fixture
def listed(shared: DeskPage, session: str) -> Iterator[DeskPage]:
    expect(shared.by(f"sessions-row-{session}")).to_be_visible()
    yield shared
    shared.by("sessions-search").fill("")


@pytest.fixture
def details(listed: DeskPage, session: str) -> Iterator[DeskPage]:
    """The dialog of the session is open."""
    listed.by(f"sessions-more-{session}").click()
    expect(listed.by(f"sessions-name-{session}")).to_be_visible()
    yield listed
    if listed.by(f"sessions-close-{session}").count():
        listed.by(f"sessions-close-{session}").click()
    expect(listed.by(f"sessions-name-{session}")).to_have_count(0)


def test_a_row_says_what_is_in_it(listed: DeskPage, session: str) -> None:
    row = listed.by(f"sessions-row-{session}")

    expect(row).to_contain_text("library")
    expect(row).to_contain_text(re.compile(r"00:0\d"))
    expect(row).to_contain_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d"))
    expect(row).to_contain_text(re.compile(r"Fist x1, Rest x1, \d streams"))
    expect(row).to_contain_text(re.compile("good|look at"), timeout=2 * SOON_MS)


def test_search_finds_by_name_and_label(listed: DeskPage, session: str) -> None:
    listed.by("sessions-search").fill("nothing of the kind")
    expect(listed.by(f"sessions-row-{session}")).to_have_count(0)

    listed.by("sessions-search").fill("LIBRARY")

    expect(listed.by(f"sessions-row-{session}")).to_be_visible()


def test_a_session_is_left_out_and_the_keyboard_stays_on_its_box(
    listed: DeskPage, session: str
) -> None:
    def selected() -> int:
        words = listed.by("pipeline-words").inner_text()
        return int(words.split()[0]) if words[0].isdigit() else 0

    listed.says("pipeline-words", r"\d session")
    before = selected()
    box = listed.by(f"sessions-take-{session}")
    box.focus()

    listed.page.keyboard.press("Space")

    fewer = f"^{before - 1} session" if before > 1 else "No session is selected"
    listed.says("pipeline-words", fewer)
    expect(box).to_have_attribute("aria-checked", "false")
    assert listed.page.evaluate(FOCUSED) == f"sessions-take-{session}"
    listed.page.keyboard.press("Space")
    listed.says("pipeline-words", f"^{before} session")


def test_a_class_is_left_out_by_its_chip(listed: DeskPage) -> None:
    chip = listed.by("sessions-class-Fist")
    expect(chip).to_have_attribute("aria-pressed", "true")

    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert listed.page.evaluate(FOCUSED) == "sessions-class-Fist"
    chip.click()

    expect(chip).to_have_attribute("aria-pressed", "true")


def test_its_picture_its_streams_and_its_quality_are_shown(details: DeskPage, session: str) -> None:
    dialog = details.page.get_by_role("dialog")

    expect(dialog.get_by_role("img", name="EMG of library")).to_be_visible()
    expect(dialog).to_contain_text(re.compile(r"emg: \d+ samples"))
    expect(details.by(f"sessions-findings-{session}")).to_contain_text("rate", timeout=2 * SOON_MS)


def test_notes_are_kept_and_survive_a_list_that_changes(
    details: DeskPage, live: ConsoleRig, session: str
) -> None:
    notes = details.by(f"sessions-notes-{session}")
    notes.fill("electrodes moved")

    other = live.record("meanwhile", ["Rest"], 0.5)

    expect(details.by(f"sessions-row-{other}")).to_have_count(1, timeout=2 * SOON_MS)
    expect(notes).to_have_value("electrodes moved")
    details.by(f"sessions-annotate-{session}").click()
    expect(notes).to_have_count(0)
    details.page.reload(wait_until="domcontentloaded")
    details.by(f"sessions-more-{session}").click()
    expect(details.by(f"sessions-notes-{session}")).to_have_value("electrodes moved")


def test_a_rename_that_fails_keeps_the_dialog_and_says_why(details: DeskPage, session: str) -> None:
    details.by(f"sessions-name-{session}").fill("???")

    details.by(f"sessions-rename-{session}").click()

    alert = details.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_contain_text("could not rename")
    expect(details.by(f"sessions-name-{session}")).to_have_value("???")
    alert.get_by_role("button", name="Dismiss").click()


def test_another_name_keeps_what_was_chosen(listed: DeskPage, live: ConsoleRig) -> None:
    old = live.record("before", ["Rest"], 0.5)
    listed.by(f"sessions-take-{old}").click(timeout=2 * SOON_MS)
    listed.by(f"sessions-more-{old}").click()
    listed.by(f"sessions-name-{old}").fill("after")

    listed.by(f"sessions-rename-{old}").click()

    expect(listed.by(f"sessions-row-{old}")).to_have_count(0)
    row = listed.page.locator('[data-testid^="sessions-row-"]').filter(has_text="after")
    expect(row.get_by_role("checkbox")).to_have_attribute("aria-checked", "false")


def test_every_deletion_comes_back_the_last_one_first(listed: DeskPage, live: ConsoleRig) -> None:
    first, second = (live.record(name, ["Rest"], 0.5) for name in ("first", "second"))
    for session in (first, second):
        listed.by(f"sessions-more-{session}").click(timeout=2 * SOON_MS)
        listed.by(f"sessions-delete-{session}").click()
        expect(listed.by(f"sessions-row-{session}")).to_have_count(0, timeout=2 * SOON_MS)

    for session in (second, first):
        expect(listed.by("sessions-undo-words")).to_contain_text(session)
        listed.by("sessions-undo").click()
        expect(listed.by(f"sessions-row-{session}")).to_be_visible(timeout=2 * SOON_MS)

    expect(listed.by("sessions-undo")).to_be_hidden()


def test_a_deletion_comes_back_after_the_console_was_killed(
    listed: DeskPage, live: ConsoleRig
) -> None:
    session = live.record("kept", ["Rest"], 0.5)
    listed.by(f"sessions-more-{session}").click(timeout=2 * SOON_MS)
    listed.by(f"sessions-delete-{session}").click()
    listed.says("sessions-undo-words", session)
    listed.page.evaluate("window.isBefore = true")

    live.kill("console")

    listed.page.wait_for_function("window.isBefore === undefined", timeout=4 * SOON_MS)
    listed.says("sessions-undo-words", session, 20)
    listed.by("sessions-undo").click()
    expect(listed.by(f"sessions-row-{session}")).to_be_visible(timeout=2 * SOON_MS)

    listed.by(f"sessions-more-{session}").click()
    listed.by(f"sessions-delete-{session}").click()
    listed.says("sessions-undo-words", session)
    listed.by("sessions-undo-dismiss").click()
    expect(listed.by("sessions-undo")).to_be_hidden()
    listed.page.evaluate("window.isBefore = true")
    live.kill("console")
    listed.page.wait_for_function("window.isBefore === undefined", timeout=4 * SOON_MS)
    expect(listed.by("sessions-search")).to_be_visible(timeout=2 * SOON_MS)
    expect(listed.by("sessions-undo")).to_be_hidden()
    # The connection was lost on purpose.
    listed.troubles.clear()


def test_the_file_is_downloaded(details: DeskPage, session: str) -> None:
    with details.page.expect_download() as waiting:
        details.by(f"sessions-download-{session}").click()

    assert waiting.value.suggested_filename == f"{session}.session.zip"
    assert waiting.value.path().read_bytes()[:2] == b"PK"
