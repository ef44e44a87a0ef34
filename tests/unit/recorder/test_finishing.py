"""Making sessions never holds the recorder up, and whatever the process says is understood."""

import sys
import threading
from pathlib import Path

import pytest
from emgrig.errors import RequestError
from emgrig.testing import wait_until
from emgrig_recorder.finishing import Finisher

FOLDER = Path("take.recording")


def finisher(program: str) -> Finisher:
    return Finisher(Path(), (sys.executable, "-c", program))


def test_the_path_is_on_the_last_line() -> None:
    assert finisher("""print('a word'); print('{"path": "x.zip"}')""").finish(FOLDER) == Path(
        "x.zip"
    )


@pytest.mark.parametrize(
    "program", ["print('no document')", "print('[1]')", "raise SystemExit('no document')"]
)
def test_what_is_no_answer_is_an_error_with_its_words(program: str) -> None:
    with pytest.raises(RequestError, match=r"no document|\[1\]"):
        finisher(program).finish(FOLDER)


def test_a_process_that_cannot_be_started_is_an_error_with_its_words() -> None:
    with pytest.raises(RequestError, match=r"No such file.*the journal is kept"):
        Finisher(Path(), ("/no/such/program",)).finish(FOLDER)


def test_the_end_of_the_recorder_ends_what_runs_and_begins_nothing() -> None:
    waiting = finisher("import signal; signal.pause()")
    refused: list[RequestError] = []

    def finish() -> None:
        try:
            waiting.finish(FOLDER)
        except RequestError as error:
            refused.append(error)

    thread = threading.Thread(target=finish)
    thread.start()
    wait_until(lambda: waiting.is_busy, 10)
    waiting.close()
    thread.join(10)

    assert not waiting.is_busy
    assert "an end of the recorder" in str(refused[0])
    with pytest.raises(RequestError, match="starts again"):
        waiting.finish(FOLDER)
