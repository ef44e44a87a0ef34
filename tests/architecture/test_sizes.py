"""A file is read in one sitting."""

from tests.architecture.tree import GENERATED, ROOT, files

LIMIT = 250
HARD_LIMIT = 400
PAGE_COLUMNS = 100
PAGE_FILES = (".js", ".css", ".html")
"""What the page is made of, which no formatter holds."""
# path -> why it is better whole than cut; each is still held to HARD_LIMIT.
LONGER_FOR_A_REASON: dict[str, str] = {}


def lengths() -> dict[str, int]:
    """Return the number of lines of every hand-written source and script."""
    return {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines())
        for name in files()
        if name.endswith((".py", ".sh", ".proto", *PAGE_FILES)) and not GENERATED.search(name)
    }


def test_no_file_is_longer_than_the_limit() -> None:
    too_long = {
        name: n
        for name, n in lengths().items()
        if n > (HARD_LIMIT if name in LONGER_FOR_A_REASON else LIMIT)
    }

    assert not too_long, (
        f"longer than {LIMIT} lines: {too_long}; cut each into two modules named by what they do, "
        f"or give a reason in LONGER_FOR_A_REASON (at most {HARD_LIMIT} lines)"
    )


def test_exceptions_are_still_needed() -> None:
    stale = [name for name in LONGER_FOR_A_REASON if lengths().get(name, 0) <= LIMIT]

    assert not stale, f"no longer than {LIMIT} lines: remove {stale} from LONGER_FOR_A_REASON"


def test_no_line_of_the_page_is_wider_than_the_limit() -> None:
    wide = [
        f"{name}:{number}"
        for name in files()
        if name.endswith(PAGE_FILES)
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if len(line) > PAGE_COLUMNS
    ]

    assert not wide, f"wider than {PAGE_COLUMNS} columns: {wide}; break each line"
