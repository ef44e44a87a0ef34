"""The trainer's run on the page: whoever began it, and whatever becomes of the trainer."""

from emgrig.control import trainer_pb2
from emgrig_console.jobs import Job, JobState
from emgrig_console.polling import Polled
from emgrig_console.training_watch import TrainingWatch

from tests.unit.console.polled import NEVER, live, old

Status = trainer_pb2.TrainingStatus
FITTING = trainer_pb2.TrainProgress(stage="fit", done=50, total=200, elapsed_s=3, remaining_s=9)
RUNNING = Status(running=True, run_id="a", progress=FITTING)


class Answers:
    """What the trainer answered last."""

    def __init__(self, polled: Polled) -> None:
        self.polled = polled
        self.replaced: list[Job | None] = []

    def get(self, name: str) -> Polled:
        assert name == "training"
        return self.polled


def watch(polled: Polled) -> tuple[TrainingWatch, Answers]:
    answers = Answers(polled)
    return TrainingWatch(None, answers, replaced=answers.replaced.append), answers


def test_a_run_that_somebody_else_began_is_shown() -> None:
    seen, _ = watch(live(RUNNING))

    job = seen.get()

    assert job.is_running
    assert job.can_cancel
    assert (job.progress.share, job.progress.words) == (0.25, "fitting")
    assert job.progress.remaining_s == 9
    assert seen.result_of("a") is None
    assert seen.result_of("b, begun after this answer") is None


def test_nothing_is_said_where_nothing_ran() -> None:
    assert watch(NEVER)[0].get() is None
    assert watch(live(Status()))[0].get() is None


def test_what_is_not_heard_is_not_shown_as_live() -> None:
    job = watch(old(RUNNING))[0].get()

    assert "does not answer" in job.progress.words
    assert (job.progress.share, job.can_cancel) == (None, False)


def test_how_a_run_ended_is_said_until_it_is_dismissed() -> None:
    seen, answers = watch(live(Status(run_id="a", error="expected labels, got none")))
    assert (seen.get().state, seen.get().error) == (JobState.FAILED, "expected labels, got none")
    assert seen.result_of("a") == ""

    # A trainer that starts anew does not take the words with it.
    answers.polled = live(Status())
    assert seen.get().state is JobState.FAILED
    seen.dismiss()
    assert seen.get() is None

    answers.polled = live(Status(run_id="b", error="cancelled", cancelled=True))
    assert seen.get().state is JobState.CANCELLED
    answers.polled = live(Status(run_id="c", model_id="m"))
    assert (seen.get().state, seen.result_of("c")) == (JobState.DONE, "m")


def test_a_run_that_died_with_its_trainer_is_told() -> None:
    seen, answers = watch(live(RUNNING))
    assert seen.get().is_running

    answers.polled = live(Status())

    assert "the trainer ended" in seen.get().error
    assert seen.get().state is JobState.FAILED


def test_what_was_said_of_a_run_is_kept_when_the_next_one_begins() -> None:
    seen, answers = watch(live(Status(run_id="a", error="disk full")))
    seen.get()

    answers.polled = live(Status(run_id="b", running=True))
    assert seen.get().is_running

    assert [job and job.error for job in answers.replaced] == [None, "disk full"]
