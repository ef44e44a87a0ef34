"""The shell: one training run at a time, each in a process of its own."""

import json
import threading
from collections.abc import Generator, Iterator
from typing import Any

from emgrig.control import Servicer, trainer_pb2, trainer_pb2_grpc
from emgrig.errors import RequestError
from emgrig.models import Bundle, KnownBundles, list_bundles, load_bundle
from emgrig.runtime import Context, Job

from emgrig_trainer.config import TrainerSettings
from emgrig_trainer.planning import job_document

__all__ = ["TrainerService"]

JOB = "emgrig_trainer.job"


class TrainerService:
    """Answers the control service Trainer; the method names are the proto's."""

    def __init__(self, settings: TrainerSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._busy = threading.Lock()
        self._job: Job | None = None
        self._last: dict[str, Any] = {}
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
        self._cancel()

    def Train(self, request: Any, call: Any) -> Iterator[Any]:  # noqa: N802
        """Train, and stream the progress; the end of the call is the end of the run."""
        document = job_document(request, self._settings, self._context.rig)
        if not self._busy.acquire(blocking=False):
            raise RequestError(
                "expected no training run under way, got one; wait for its end, or cancel it"
            )
        try:
            result, last = yield from self._run_job(document, call)
        finally:
            self._job = None
            self._busy.release()
        # Only now: whoever has the model may start the next run at once.
        yield self._finished(result, last)

    def Cancel(self, request: Any, call: Any) -> Any:  # noqa: N802
        """Cancel the run, if there is one; its caller gets an error."""
        return trainer_pb2.CancelTrainingReply(was_running=self._cancel())

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
        """Say how far the run under way is."""
        progress = trainer_pb2.TrainProgress(**self._last)
        return trainer_pb2.TrainingStatus(running=self._job is not None, progress=progress)

    def _run_job(
        self, document: Any, call: Any
    ) -> Generator[Any, None, tuple[dict[str, Any], dict[str, Any]]]:
        """Yield the progress; return the result and the last report before it."""
        context = self._context
        context.log.info("training", sessions=document["sessions"], kind=document["kind"])
        context.count("runs")
        last: dict[str, Any] = {}
        self._last = {}
        with Job(JOB, document) as job:
            self._job = job
            is_wanted = call.add_callback(job.cancel)
            if context.stopping.is_set() or not is_wanted:
                job.cancel()
            for last in job.reports():
                context.running()
                self._last = last
                yield trainer_pb2.TrainProgress(**last)
            return job.result, last

    def _finished(self, result: dict[str, Any], last: dict[str, Any]) -> Any:
        context = self._context
        bundle = load_bundle(context.rig.models_dir, result["model_id"])
        context.publisher.send("event/model", fields={"action": "trained", "model_id": bundle.id})
        context.count("models")
        context.log.info("model trained", model_id=bundle.id)
        return trainer_pb2.TrainProgress(**last, model=_info(bundle))

    def _cancel(self) -> bool:
        job = self._job
        if job is None:
            return False
        job.cancel()
        return True


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
