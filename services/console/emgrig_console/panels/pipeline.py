"""Train, look at the result, predict, and go back to an earlier model."""

from emgrig.control import predictor_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.job_view import JobView
from emgrig_console.library_view import class_names
from emgrig_console.panels.models import ModelList
from emgrig_console.parts import accent, panel_notices
from emgrig_console.pipeline_flow import (
    TrainSettings,
    predict_words,
    train,
    train_request,
    why_not_train,
)

__all__ = ["build"]

PERIOD_S = 0.5


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "pipeline")
    _Training(desk)
    JobView(desk, "train", "pipeline")
    _Predicting(desk)
    ModelList(desk)


class _Training:
    """The settings of a run, and its button."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._build_settings()
        self._train = ui.button("Train", on_click=self._start)
        self._train.props('no-caps unelevated data-testid="pipeline-train"')
        self._words = ui.label("").classes("em-dim em-small")
        self._words.props('data-testid="pipeline-words"')
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _build_settings(self) -> None:
        kinds = {"regression": "movement (regression)", "classification": "gesture (classes)"}
        self._kind = ui.select(kinds, value="regression", label="Learn").classes("em-full")
        self._kind.props('dense outlined data-testid="pipeline-kind"')
        with ui.expansion("Settings").classes("em-full").props("dense"):
            self._iterations = _number("Trees (iterations)", 200, 1, 5000, "pipeline-iterations")
            self._highpass = _number(
                "High-pass, Hz (empty = as live)", None, 0, 500, "pipeline-highpass"
            )
            self._notch = _number(
                "Mains notch, Hz (empty = as live)", None, 0, 500, "pipeline-notch"
            )
            self._hop = _number("Training hop, ms", 100, 10, 1000, "pipeline-hop")

    def _chosen(self) -> tuple[list[str], list[str]]:
        polled = self._desk.polls.get("sessions").value
        sessions = [] if polled is None else [info for info in polled.sessions if info.streams]
        names = self._desk.selection.sessions(info.session for info in sessions)
        classes = class_names(sessions)
        taken = self._desk.selection.classes(classes)
        return names, [] if len(taken) == len(classes) else taken

    def _refresh(self) -> None:
        desk, (sessions, _) = self._desk, self._chosen()
        job, training = desk.jobs.get("train"), desk.polls.get("training").value
        is_training = (job is not None and job.is_running) or (
            training is not None and training.running
        )
        why_not = why_not_train(sessions, desk.polls.get("models"), is_training=is_training)
        self._train.set_enabled(not why_not)
        has_model = bool(getattr(desk.polls.get("predictor").value, "model_id", ""))
        is_next = not why_not and not has_model
        self._train.classes(
            add="em-accent" if is_next else "", remove="" if is_next else "em-accent"
        )
        count = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'} selected."
        self._words.set_text(why_not or count)

    def _start(self) -> None:
        desk, (sessions, classes) = self._desk, self._chosen()
        settings = TrainSettings(
            kind=self._kind.value,
            iterations=int(self._iterations.value),
            highpass_hz=self._highpass.value,
            notch_hz=self._notch.value,
            hop_ms=float(self._hop.value),
        )
        request = train_request(settings, sessions, classes)

        desk.start_job(
            "pipeline",
            "train",
            "Training",
            lambda report, cancelled: train(desk.client, request, report, cancelled),
        )


class _Predicting:
    """The switch of the predictor."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._is_on = desk, False
        with ui.element("div").classes("em-row em-above"):
            self._switch = ui.button("Predict", on_click=self._toggle)
            self._switch.props('no-caps unelevated data-testid="pipeline-predict"')
            back = ui.button("Roll back", on_click=self._roll_back)
            self._back = back.props('flat no-caps data-testid="pipeline-rollback"')
        self._words = (
            ui.label("")
            .classes("em-small em-mono")
            .props('data-testid="pipeline-predictor" role="status"')
        )
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        polled = self._desk.polls.get("predictor")
        words, can_switch, self._is_on = predict_words(polled)
        self._switch.set_text("Stop predicting" if self._is_on else "Predict")
        self._switch.set_enabled(can_switch)
        self._switch.props(f"aria-pressed={'true' if self._is_on else 'false'}")
        accent(self._switch, is_on=can_switch and not self._is_on)
        previous = getattr(polled.value, "previous_model_id", "")
        self._back.set_enabled(bool(previous))
        self._words.set_text(words)

    async def _toggle(self) -> None:
        wanted = not self._is_on
        request = predictor_pb2.SetPredictingRequest(predicting=wanted)
        await self._call("switch predicting", "SetPredicting", request)

    async def _roll_back(self) -> None:
        await self._call("roll back", "Rollback", predictor_pb2.RollbackRequest())

    async def _call(self, action: str, method: str, request: object) -> None:
        client = self._desk.client
        await self._desk.do(
            "pipeline", action, lambda: client.call("predictor", f"Predictor.{method}", request)
        )
        self._desk.polls.hurry("predictor")


def _number(words: str, value: float | None, low: float, high: float, testid: str) -> ui.number:
    field = ui.number(words, value=value, min=low, max=high).classes("em-full")
    field.props(f'dense outlined data-testid="{testid}"')
    return field
