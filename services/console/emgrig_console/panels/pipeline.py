"""Train, look at the result, predict, and go back to an earlier model."""

from emgrig.control import predictor_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.job_view import JobView
from emgrig_console.library_view import class_names
from emgrig_console.next_step import Step
from emgrig_console.panels.models import ModelList
from emgrig_console.parts import accent, attributes, button, panel_notices
from emgrig_console.pipeline_flow import (
    TrainSettings,
    live_words,
    predicting,
    target_choices,
    train_request,
    why_not_train,
)

__all__ = ["build"]

PERIOD_S = 0.5
FIXED = (
    "A model predicts only on the features that it was trained on, and those of the live rig are "
    "fixed while it runs. To predict with another window, sub-window or filter: set it in rig.toml "
    "(window_s, highpass_hz, notch_hz in [emg-acquirer]; features, sub_window_samples in "
    "[feature-extractor]), then restart these two under Processes."
)


def build(desk: Desk) -> None:
    """Make the panel."""
    panel_notices(desk, "pipeline")
    training = _Training(desk)
    JobView(desk, desk.training, "pipeline")
    _Predicting(desk)
    training.models = ModelList(desk)


class _Training:
    """The settings of a run, and its button.

    Attributes:
        models: Shows the result of what was started here.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.models: ModelList | None = None
        self._run_id = ""
        self._build_settings()
        with ui.element("div").classes("em-row em-line"):
            self._train = ui.button("Train", on_click=self._start)
            self._train.props('no-caps unelevated data-testid="pipeline-train"')
            self._words = ui.label("").classes("em-dim em-small em-grow-words")
            self._words.props('data-testid="pipeline-words"')
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)
        ui.timer(PERIOD_S, self._open_result)

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
            self._window = _number(
                "Window, ms (empty = as live)", None, 10, 5000, "pipeline-window"
            )
            self._sub_window = _number(
                "Sub-window, samples (0 = whole window, empty = as rig.toml has it)",
                None,
                0,
                65536,
                "pipeline-sub-window",
            )
            self._target = ui.select(target_choices([]), value="", label="Movement to learn")
            self._target.classes("em-full").props('dense outlined data-testid="pipeline-target"')
            self._live = ui.label("").classes("em-small")
            self._live.props('data-testid="pipeline-live"')
            ui.label(FIXED).classes("em-dim em-small")

    @property
    def _settings(self) -> TrainSettings:
        return TrainSettings(
            kind=self._kind.value,
            iterations=self._iterations.value,
            highpass_hz=self._highpass.value,
            notch_hz=self._notch.value,
            hop_ms=self._hop.value,
            window_ms=self._window.value,
            sub_window_samples=self._sub_window.value,
            target_stream=self._target.value or "",
        )

    def _refresh(self) -> None:
        desk, sessions = self._desk, self._desk.chosen_sessions
        job = desk.training.get()
        models = desk.polls.get("models")
        classes = class_names(sessions)
        self._offer_targets()
        self._live.set_text(live_words(desk.board.live_spec))
        why_not = why_not_train(
            self._settings,
            sessions,
            models,
            is_training=job is not None and job.is_running,
            has_class=not classes or bool(desk.selection.classes(classes)),
        )
        self._train.set_enabled(not why_not)
        accent(self._train, is_on=not why_not and desk.next_step is Step.TRAIN)
        count = f"{len(sessions)} session{'' if len(sessions) == 1 else 's'} selected."
        self._words.set_text(why_not or count)

    def _offer_targets(self) -> None:
        choices = target_choices(self._desk.chosen_sessions)
        if choices != self._target.options:
            kept = self._target.value if self._target.value in choices else ""
            self._target.set_options(choices, value=kept)
        self._target.set_visibility(self._kind.value == "regression")

    async def _start(self) -> None:
        desk, sessions = self._desk, self._desk.chosen_sessions
        classes = class_names(sessions)
        taken = desk.selection.classes(classes)
        request = train_request(
            self._settings,
            [info.session for info in sessions],
            [] if len(taken) == len(classes) else taken,
        )

        begun = await desk.do("pipeline", "train", lambda: desk.training.start(request))
        self._run_id = begun or self._run_id

    async def _open_result(self) -> None:
        result = self._desk.training.result_of(self._run_id) if self._run_id else None
        if result is None:
            return
        self._run_id = ""
        if result and self.models is not None:
            await self.models.show(result)


class _Predicting:
    """The switch of the predictor."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._is_on = desk, False
        with ui.element("div").classes("em-row em-line em-above"):
            self._switch = ui.button("Predict", on_click=self._toggle)
            self._switch.props('no-caps unelevated data-testid="pipeline-predict"')
            with ui.element("div").classes("em-grow-words"):
                words = ui.label("").classes("em-small")
                self._words = words.props('data-testid="pipeline-predictor" role="status"')
                # A number that counts up is not read out each time.
                self._count = ui.label("").classes("em-small em-dim")
            self._back = button("Roll back", self._roll_back, "pipeline-rollback")
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        now = predicting(self._desk.polls.get("predictor"))
        self._is_on = now.is_on
        self._switch.set_text("Stop predicting" if now.is_on else "Predict")
        self._switch.set_enabled(now.can_switch)
        attributes(self._switch, aria_pressed="true" if now.is_on else "false")
        is_next = now.can_switch and self._desk.next_step is Step.PREDICT
        accent(self._switch, is_on=is_next)
        self._back.set_visibility(now.can_go_back)
        self._words.set_text(now.words)
        self._count.set_text(now.count)
        self._count.set_visibility(bool(now.count))

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
