"""Run the trainer's job program: no running rig, no PyTorch in this process, cancel by closing.

One JSON document on its standard input; JSON lines on its standard output, the last one
``{"result": ...}`` or ``{"error": ...}``.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from emgrig.errors import RequestError, ServiceFault

__all__ = ["run_job"]

JOB = "emgrig_trainer.job"


def run_job(
    document: Mapping[str, Any], show: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """Run one job to its end and return its result.

    Args:
        document: What to do; ``command`` is ``train`` or ``evaluate``.
        show: Called with every progress line.

    Raises:
        RequestError: The job refused; its words.
        ServiceFault: It ended without a result.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", JOB],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        last = _converse(process, document, show)
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if "error" in last:
        raise RequestError(str(last["error"]))
    if not isinstance(last.get("result"), dict):
        raise ServiceFault(
            f"expected a result of {JOB}, got exit code {code} and {last!r:.200}; "
            "see its words above"
        )
    return dict(last["result"])


def _converse(
    process: subprocess.Popen[str],
    document: Mapping[str, Any],
    show: Callable[[Mapping[str, Any]], None],
) -> Mapping[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise ServiceFault("expected pipes to the job, got none")
    try:
        process.stdin.write(json.dumps(dict(document)) + "\n")
        process.stdin.close()
    except BrokenPipeError:
        return {}  # it ended before it read; its exit code and words tell why
    last: Mapping[str, Any] = {}
    for line in process.stdout:
        try:
            last = json.loads(line)
        except ValueError:
            continue  # a library printed something
        if "result" not in last and "error" not in last:
            show(last)
    return last
