"""Run the loop on a rig of its own, through its public planes only, and report."""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pylsl
from emgrig.config import Rig
from emgrig.control import CuePlan, RigClient, hand_pb2, predictor_pb2

from emgrig_operator.commands.learning import train_remotely
from emgrig_operator.commands.recording import record_cued, show_cues
from emgrig_operator.demo.drawing import draw
from emgrig_operator.demo.judging import judge
from emgrig_operator.demo.measuring import Phase
from emgrig_operator.demo.outcomes import Story, Task
from emgrig_operator.demo.reporting import Plan, measured, picture_of, plain
from emgrig_operator.demo.running import running_rig
from emgrig_operator.demo.staging import stage_rig
from emgrig_operator.demo.witnessing import Witness
from emgrig_operator.output import Output

__all__ = ["run_demo"]

PLAN = Plan(
    task="regression",
    record_hold_s=1.5,
    record_rounds=7,
    predict_hold_s=2.0,
    predict_rounds=3,
    training_hop_s=0.1,
    iterations=100,
)

FIRST_DATA_S = 20.0
"""A hand looks for the pose stream every 5 s; everything else is there within a second."""


def run_demo(
    out: Path, template: Rig, output: Output, *, task: Task = "regression"
) -> dict[str, Any]:
    """Run it all, write ``report.json`` and ``report.png``, and return the report.

    Args:
        out: Folder for both, and for the demo's own rig.
        template: Whose settings are used.
        output: Where progress is shown.
        task: Kind of the model.

    Raises:
        EmgRigError: A step could not be done; everything that was started is stopped.
    """
    began, plan = time.monotonic(), replace(PLAN, task=task)
    folder = out.resolve()
    rig, environment = stage_rig(folder / "rig", template)
    with running_rig(rig, environment, output) as running, Witness(rig) as witness:
        story = _play(running.client, witness, plan, output)
        restarts = running.restarts()
    report = measured(story, witness)
    files = {"report": str(folder / "report.json"), "picture": str(folder / "report.png")}
    draw(picture_of(story, witness), Path(files["picture"]))
    report |= {"restarts": restarts, "processes_left": running.left(), "files": files}
    report["seconds"] = time.monotonic() - began
    checks = judge(report, plan.expectations(rig, witness))
    report |= {"checks": [asdict(check) for check in checks], "ok": all(c.ok for c in checks)}
    document: dict[str, Any] = plain(report)
    Path(files["report"]).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return document


def _play(client: RigClient, witness: Witness, plan: Plan, output: Output) -> Story:
    """Cue, record, train, predict, see."""
    for topic in ("chunk/emg", "chunk/vhi_control", "chunk/vhi_predict"):
        witness.wait_for(topic, FIRST_DATA_S)
    rest, fist = client.rig.classes[:2]
    recording = CuePlan([rest, fist], plan.record_hold_s, plan.record_rounds)
    session = record_cued(client, recording, output, "demo")
    trained = train_remotely(client, [session.session], plan.training(), output)
    _predict(client, str(trained["model_id"]))
    began = time.monotonic()
    predicting = CuePlan([rest, fist], plan.predict_hold_s, plan.predict_rounds)
    shown = show_cues(client, predicting, output, "predicting")
    # Each step is heard of several times.
    cues = list({status.step: status for status in shown if status.gesture}.values())
    phase = Phase([(cue.t, cue.gesture) for cue in cues], cues[-1].t + plan.predict_hold_s)
    request = predictor_pb2.SetPredictingRequest(predicting=False)
    client.call("predictor", "Predictor.SetPredicting", request)
    return Story(
        task=plan.task,
        session=session,
        trained=trained,
        predicting=phase,
        predicting_s=(began, time.monotonic()),
        clock_ahead_s=pylsl.local_clock() - time.monotonic(),
        gestures=(rest, fist),
    )


def _predict(client: RigClient, model_id: str) -> None:
    load = predictor_pb2.LoadModelRequest(model_id=model_id)
    client.call("predictor", "Predictor.LoadModel", load, 30.0)
    start = predictor_pb2.SetPredictingRequest(predicting=True)
    client.call("predictor", "Predictor.SetPredicting", start)
    client.call("vhi-bridge", "Hand.SetOutput", hand_pb2.SetOutputRequest(enabled=True))
