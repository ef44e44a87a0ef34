"""What went wrong stays until it is dismissed."""

from emgrig_console.notices import MOST_PER_PANEL, Notices


def test_the_same_words_count_and_the_oldest_of_many_go() -> None:
    notices = Notices()
    for _ in range(3):
        notices.add("log", "the same")
    notices.add("header", "another panel")

    (same,) = notices.of("log")
    assert (same.text, same.count) == ("the same", 3)
    for k in range(MOST_PER_PANEL):
        notices.add("log", f"{k}")
    assert "the same" not in [notice.text for notice in notices.of("log")]
    assert len(notices.of("header")) == 1


def test_only_what_is_dismissed_goes() -> None:
    notices = Notices()
    notices.add("log", "a")
    notices.add("log", "b")

    notices.dismiss(notices.of("log")[0].number)
    notices.dismiss(999)

    assert [notice.text for notice in notices.of("log")] == ["b"]
