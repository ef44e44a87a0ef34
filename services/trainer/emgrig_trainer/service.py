"""The shell: one training run at a time, each in a process of its own."""

import json
import secrets
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from emgrig.control import Servicer, trainer_pb2, trainer_pb2_grpc
from emgrig.errors import EmgRigError, RequestError
from emgrig.models import Bundle, KnownBundles, list_bundles, load_bundle
from emgrig.runtime import Context, Job

from emgrig_trainer.config import TrainerSettings
from emgrig_trainer.planning import job_document

__all__ = ["TrainerService"]

JOB = "emgrig_trainer.job"


@dataclass(slots=True)
class _Run:
    """The run under way, or the last one."""

    run_id: str = field(default_factory=lambda: secrets.token_hex(8))
    job: Job | None = None
    progress: dict[str, Any] = field(default_factory=dict)
    is_over: bool = False
    is_cancelled: bool = False
    model_id: str = ""
    error: str = "who asked for it went away; nothing was written"

    def cancel(self) -> bool:
        """Tell whether there was something to cancel."""
        if self.is_over:
            return False
        # One whose process is not there yet sees it when it is.
        self.is_cancelled = True
        if self.job is not None:
            self.job.cancel()
        return True


class TrainerService:
    """Answers the control service Trainer; the method names are the proto's."""

    def __init__(self, settings: TrainerSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._busy = threading.Lock()
        self._run: _Run | None = None
        self._known: KnownBundles = {}
        self._known_broken: set[str] = set()

    def servicers(self) -> list[Servicer]:
        """Return the control service Trainer."""
        return [
            Servicer(
                trainer_pb2_grpc.add_TrainerServicer_to_server, self, "emgrig.control.v1.Trainer"
            )
        ]

    def run(self) -> None:
        """Wait until the process must stop; commands run in the control server's threads."""
        self._context.stopping.wait()

    def close(self) -> None:
        """Cancel the run, if there is one."""
        if self._run is not None:
            self._run.cancel()

    def Train(self, request: Any, call: Any) -> Iterator[Any]:  # noqa: N802
        """Train, and stream the progress; the end of the call is the end of the run."""
        document = job_document(request, self._settings, self._context.rig)
        run = self._begin()
        if not call.add_callback(run.cancel):
            run.cancel()
        yield from self._train(run, document)

    def StartTraining(self, request: Any, call: Any) -> Any:  # noqa: N802
        """Begin a run that goes on whoever watches it."""
        document = job_document(request, self._settings, self._context.rig)
        run = self._begin()
        self._context.thread("run", lambda: self._train_alone(run, document))
        return _status(run)

    def Cancel(self, request: Any, call: Any) -> Any:  # noqa: N802
        """Cancel the run, if there is one; its caller gets an error."""
        run = self._run
        return trainer_pb2.CancelTrainingReply(was_running=run is not None and run.cancel())

    def ListModels(self, request: Any, call: Any) -> Any:  # noqa: N802
        """List the models on disk, newest first; broken ones are logged once."""
        listing = list_bundles(self._context.rig.models_dir, self._known)
        for name, error in listing.broken.items():
            if name not in self._known_broken:
                self._known_broken.add(name)
                self._context.log.warning("broken model", model=name, error=str(error))
        models = [_info(bundle, with_pictures=False) for bundle in listing.bundles]
        broken = {name: str(error) for name, error in listing.broken.items()}
        return trainer_pb2.ListModelsReply(models=models, broken=broken)

    def GetModel(self, request: Any, call: Any) -> Any:  # noqa: N802
        """Show one model with what it carries for pictures."""
        return _info(load_bundle(self._context.rig.models_dir, request.model_id))

    def GetTraining(self, request: Any, call: Any) -> Any:  # noqa: N802
        """Say how far the run under way is, or how the last one ended."""
        return _status(self._run)

    def _begin(self) -> _Run:
        if not self._busy.acquire(blocking=False):
            raise RequestError(
                "expected no training run under way, got one; wait for its end, or cancel it"
            )
        self._run = _Run()
        return self._run

    def _train_alone(self, run: _Run, document: Any) -> None:
        try:
            for _ in self._train(run, document):
                pass
        except EmgRigError as error:
            self._context.log.warning("no model trained", error=str(error))

    def _train(self, run: _Run, document: Any) -> Iterator[Any]:
        try:
            run.model_id = (yield from self._run_job(run, document))["model_id"]
        except EmgRigError as error:
            run.error = str(error)
            raise
        finally:
            run.is_over = True
            self._busy.release()
        # Only now: whoever has the model may start the next run at once.
        yield self._finished(run)

    def _run_job(self, run: _Run, document: Any) -> Generator[Any, None, dict[str, Any]]:
        """Yield the progress; return the result."""
        context = self._context
        context.log.info("training", sessions=document["sessions"], kind=document["kind"])
        context.count("runs")
        with Job(JOB, document) as job:
            run.job = job
            if context.stopping.is_set() or run.is_cancelled:
                job.cancel()
            for run.progress in job.reports():
                context.running()
                yield trainer_pb2.TrainProgress(**run.progress)
            return job.result

    def _finished(self, run: _Run) -> Any:
        context = self._context
        bundle = load_bundle(context.rig.models_dir, run.model_id)
        context.publisher.send("event/model", fields={"action": "trained", "model_id": bundle.id})
        context.count("models")
        context.log.info("model trained", model_id=bundle.id)
        return trainer_pb2.TrainProgress(**run.progress, model=_info(bundle))


def _status(run: _Run | None) -> Any:
    if run is None:
        return trainer_pb2.TrainingStatus()
    is_over, progress = run.is_over, trainer_pb2.TrainProgress(**run.progress)
    status = trainer_pb2.TrainingStatus(
        running=not is_over, progress=progress, run_id=run.run_id, model_id=run.model_id
    )
    if is_over and not run.model_id:
        status.error, status.cancelled = run.error, run.is_cancelled
    return status


def _info(bundle: Bundle, *, with_pictures: bool = True) -> Any:
    manifest = bundle.manifest
    document = manifest.model_dump(mode="json")
    if not with_pictures:
        document["validation"].pop("pictures", None)
    return trainer_pb2.ModelInfo(
        model_id=bundle.id,
        kind=manifest.kind,
        created=manifest.created.isoformat(),
        manifest_json=json.dumps(document),
    )
