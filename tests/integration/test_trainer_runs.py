"""The trainer as a process: runs with progress, one at a time, cancelled without a trace."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from emgrig.config import Rig
from emgrig.control import trainer_pb2
from emgrig.errors import PeerError, RequestError
from emgrig.models import list_bundles
from emgrig.testing import Process, make_rig, running, wait_until

from tests.integration.decoding_rig import listening, receive, write_fists

TRAINER = {"engine": "numpy", "iterations": 20}


@pytest.fixture
def rig(tmp_path) -> Rig:
    return make_rig(tmp_path, {"trainer": TRAINER})


@pytest.fixture
def trainer(rig) -> Iterator[Process]:
    with running("trainer", rig) as process:
        yield process


@pytest.fixture
def session(rig) -> Path:
    return write_fists(rig)


def train(trainer: Process, *sessions: str, **keys):
    request = trainer_pb2.TrainRequest(sessions=sessions, **keys)
    return trainer.client.stream("Trainer.Train", request, deadline_s=50)


def runs_to_its_end(trainer: Process) -> bool:
    try:
        return bool(list(train(trainer, "fists"))[-1].model.model_id)
    except RequestError:
        return False


def test_a_run_streams_its_progress_and_ends_with_the_model(rig, trainer, session):
    with listening(rig, "trainer", ["event/model"]) as events:
        lines = list(train(trainer, "fists"))
        event = receive(events)

    stages = list(dict.fromkeys(line.stage for line in lines))
    assert stages == ["windows", "validate", "fit", "done"]
    assert all(line.elapsed_s >= 0 and line.remaining_s >= 0 for line in lines)
    model = lines[-1].model
    assert event.fields == {"action": "trained", "model_id": model.model_id}
    assert [bundle.id for bundle in list_bundles(rig.models_dir).bundles] == [model.model_id]
    listed = trainer.client.call("Trainer.ListModels", trainer_pb2.ListModelsRequest())
    assert [info.model_id for info in listed.models] == [model.model_id]


def test_a_cancelled_run_leaves_nothing_and_makes_room(rig, trainer, session):
    lines = train(trainer, "fists", iterations=100_000)
    assert next(line for line in lines if line.stage == "validate")

    reply = trainer.client.call("Trainer.Cancel", trainer_pb2.CancelTrainingRequest())

    assert reply.was_running
    with pytest.raises(RequestError, match="cancelled"):
        list(lines)
    assert not rig.models_dir.exists() or not list(rig.models_dir.iterdir())
    assert list(train(trainer, "fists"))[-1].model.model_id


def test_a_second_run_is_refused_while_one_is_under_way(trainer, session):
    lines = train(trainer, "fists", iterations=100_000)
    next(lines)

    with pytest.raises(RequestError, match="under way"):
        list(train(trainer, "fists"))

    trainer.client.call("Trainer.Cancel", trainer_pb2.CancelTrainingRequest())
    with pytest.raises(RequestError):
        list(lines)


def test_a_caller_that_goes_away_ends_the_run(trainer, session):
    lines = train(trainer, "fists", iterations=100_000)
    next(lines)

    lines.close()

    wait_until(lambda: runs_to_its_end(trainer), 20)


def test_a_run_ends_with_the_process(rig, session):
    with running("trainer", rig) as process:
        lines = train(process, "fists", iterations=100_000)
        next(line for line in lines if line.stage == "validate")

        assert process.stop() == 0

        with pytest.raises((RequestError, PeerError)):
            list(lines)
    assert not list_bundles(rig.models_dir).bundles


def test_a_run_is_gone_as_soon_as_its_trainer_is_killed(rig, session):
    with running("trainer", rig) as process:
        lines = train(process, "fists", iterations=100_000)
        next(line for line in lines if line.stage == "validate")
        trainer = psutil.Process(process.popen.pid)
        (job,) = trainer.children()

        trainer.kill()

        psutil.wait_procs([job], 2)
        assert not job.is_running()
        with pytest.raises(PeerError):
            list(lines)


@pytest.mark.parametrize("names", [(), ("nobody",)])
def test_sessions_that_are_not_there_are_refused(trainer, names):
    with pytest.raises(RequestError, match="session"):
        list(train(trainer, *names))


def status_of(trainer: Process):
    return trainer.client.call("Trainer.GetTraining", trainer_pb2.GetTrainingRequest())


def start(trainer: Process, **keys):
    request = trainer_pb2.TrainRequest(sessions=["fists"], **keys)
    return trainer.client.call("Trainer.StartTraining", request)


def test_a_run_that_needs_no_caller_goes_on_and_tells_how_it_ended(trainer, session):
    assert status_of(trainer) == trainer_pb2.TrainingStatus()
    begun = start(trainer)
    assert begun.running
    assert begun.run_id
    # A caller that asks for it and goes away is nobody to it.
    wait_until(lambda: status_of(trainer).progress.stage in ("validate", "fit"), 20)
    with pytest.raises(RequestError, match="under way"):
        start(trainer)

    wait_until(lambda: not status_of(trainer).running, 30)

    ended = status_of(trainer)
    listed = trainer.client.call("Trainer.ListModels", trainer_pb2.ListModelsRequest())
    assert [info.model_id for info in listed.models] == [ended.model_id]
    assert (ended.run_id, ended.error, ended.cancelled) == (begun.run_id, "", False)


def test_whoever_cancels_a_run_all_can_read_that_it_was_cancelled(trainer, session):
    start(trainer, iterations=100_000)
    # At once: its process may not be there yet.
    assert trainer.client.call("Trainer.Cancel", trainer_pb2.CancelTrainingRequest()).was_running
    wait_until(lambda: not status_of(trainer).running, 20)
    assert status_of(trainer).cancelled

    lines = train(trainer, "fists", iterations=100_000)
    next(line for line in lines if line.stage == "validate")
    assert status_of(trainer).running
    lines.close()
    wait_until(lambda: not status_of(trainer).running, 20)

    ended = status_of(trainer)
    assert (ended.cancelled, ended.model_id) == (True, "")
    assert "nothing was written" in ended.error


def test_a_run_that_fails_says_why_to_those_who_ask_later(trainer, session):
    start(trainer, kind="classification")
    wait_until(lambda: not status_of(trainer).running, 20)

    assert "label" in status_of(trainer).error
    assert not status_of(trainer).cancelled
