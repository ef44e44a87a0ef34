"""One run as a process: ``python -m emgrig_trainer.job``.

Standard input: one JSON document, see `emgrig_trainer.requests`; where it names a ``rig``, that
rig.toml says what else it leaves open (`emgrig_trainer.planning`). Standard output: JSON lines;
each progress report is ``{"stage", "done", "total", "elapsed_s", "remaining_s"}``, the last line is
``{"result": {...}}`` or ``{"error": text, "kind": "request" | "cancelled" | "fault"}``. Exit codes:
0 done, 2 the person must act, 1 a fault, 143 cancelled. SIGTERM cancels: nothing is left behind.
"""

import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from emgrig.errors import ConfigError, EmgRigError
from emgrig.recording import open_session
from emgrig.runtime import die_with_parent

from emgrig_trainer.planning import completed
from emgrig_trainer.progress import CancelledRunError, Progress
from emgrig_trainer.requests import EvaluateRequest, Request, TrainRequest, parse, read_document

__all__ = ["main"]

MAX_REQUEST_BYTES = 1 << 20
EXIT_FAULT = 1
EXIT_CONFIG = 2
EXIT_CANCELLED = 128 + signal.SIGTERM

Emit = Callable[[dict[str, Any]], None]


def main() -> None:
    """Do what the document on standard input asks for."""
    # Not SIGTERM: that cancels, which waits for the end of an iteration or of PyTorch's import. The
    # trainer is gone, so nobody is left to be told.
    die_with_parent(signal.SIGKILL)
    emit = _open_output()
    sys.excepthook = _fault_hook(emit)
    progress = Progress(emit)

    def cancel(number: int, frame: FrameType | None) -> None:
        progress.is_cancelled = True

    signal.signal(signal.SIGTERM, cancel)
    signal.signal(signal.SIGINT, cancel)
    sys.exit(_answer(emit, progress))


def _answer(emit: Emit, progress: Progress) -> int:
    try:
        request = parse(completed(read_document(sys.stdin.buffer.read(MAX_REQUEST_BYTES))))
        os.nice(request.niceness)
        emit({"result": _run(request, progress)})
    except CancelledRunError as error:
        emit({"error": str(error), "kind": "cancelled"})
        return EXIT_CANCELLED
    except ConfigError as error:
        emit({"error": str(error), "kind": "request"})
        return EXIT_CONFIG
    except EmgRigError as error:
        emit({"error": str(error), "kind": "fault"})
        return EXIT_FAULT
    return 0


def _run(request: Request, progress: Progress) -> dict[str, Any]:
    progress.report("windows", 0, 0)
    with contextlib.ExitStack() as stack:
        sessions = [stack.enter_context(open_session(path)) for path in request.sessions]
        if isinstance(request, EvaluateRequest):
            # Imported on demand, as below: CatBoost takes a second, a bad request none.
            from emgrig_trainer.evaluation import evaluate

            return evaluate(request, sessions, progress)
        return _train(request, sessions, progress)


def _train(request: TrainRequest, sessions: Any, progress: Progress) -> dict[str, Any]:
    from emgrig_trainer.training import train

    bundle, skipped = train(request, sessions, progress)
    manifest = bundle.manifest
    # Not `report`: the bundle is there, too late to cancel.
    progress.tell("done", request.iterations, request.iterations)
    return {
        "model_id": bundle.id,
        "path": str(bundle.folder),
        "kind": manifest.kind,
        "outputs": manifest.output_names,
        "spec_id": manifest.spec.id,
        "windows": manifest.validation["windows_trained"],
        "skipped": skipped,
        "validation": manifest.validation,
        "sessions": [session.model_dump() for session in manifest.sessions],
        "elapsed_s": round(progress.elapsed_s, 3),
    }


def _open_output() -> Emit:
    """Return the writer of lines; whatever libraries print goes to standard error instead."""
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def emit(document: dict[str, Any]) -> None:
        lines.write(json.dumps(document) + "\n")
        lines.flush()

    return emit


def _fault_hook(emit: Emit) -> Callable[..., None]:
    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        traceback.print_exception(kind, error, where, file=sys.stderr)
        emit({"error": f"the run failed: {error!r}; its traceback is in the log", "kind": "fault"})

    return hook


if __name__ == "__main__":
    main()
