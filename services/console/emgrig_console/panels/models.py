"""The models: scores and pictures of each, where it comes from, and loading it."""

import json
from typing import Any

import numpy as np
from emgrig.control import predictor_pb2, trainer_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.library_view import list_words
from emgrig_console.next_step import Step
from emgrig_console.parts import Rows, accent, attributes, button, dialog
from emgrig_console.pipeline_flow import (
    ModelRow,
    model_facts,
    model_rows,
    predicting,
    score_words,
)
from emgrig_console.plots import confusion, curves

__all__ = ["MOST_SHOWN", "ModelList"]

PERIOD_S = 1.0
MOST_SHOWN = 20
"""At once: each line is drawn by every page."""
NONE = "No model yet. Select sessions, then Train."
CURVES = (("held_out", "loss, held out"), ("learned", "learned"))


class ModelList:
    """The newest models; the result of the one that was just made opens by itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._models, self._lines = desk, object(), list[ModelRow]()
        self._empty = ui.label("").classes("em-empty").props('data-testid="pipeline-empty"')
        box = ui.element("ul").classes("em-list em-sessions")
        attributes(box, aria_label="Models")
        self._rows = Rows[ModelRow, _Row](
            box, lambda row: _Row(self, row.model_id), lambda row: row.model_id
        )
        self._n_most = MOST_SHOWN
        self._older = button("", self._show_older, "pipeline-older")
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _show_older(self) -> None:
        self._n_most += MOST_SHOWN
        self._refresh()

    def _refresh(self) -> None:
        desk, polled = self._desk, self._desk.polls.get("models")
        self._empty.set_text(list_words(polled, "trainer", NONE))
        self._empty.set_visibility(bool(self._empty.text))
        every = [] if polled.value is None else list(polled.value.models)
        n_older = max(0, len(every) - self._n_most)
        self._older.set_text(f"Show more: {n_older} older")
        self._older.set_visibility(n_older > 0)
        loaded = predicting(desk.polls.get("predictor")).loaded
        # Manifests are long: they are read anew only when there is another model.
        shown = (polled.value, loaded, self._n_most)
        if shown != self._models:
            self._models = shown
            self._lines = model_rows(every[: self._n_most], loaded)
            self._rows.show(self._lines)
        is_next = desk.next_step is Step.LOAD
        for k, line in enumerate(self._lines):
            accent(self._rows.of(line.model_id).load, is_on=is_next and k == 0)

    async def load(self, model_id: str) -> None:
        """Have the predictor use a model."""
        request, client = predictor_pb2.LoadModelRequest(model_id=model_id), self._desk.client
        await self._desk.do(
            "pipeline",
            f"load {model_id}",
            lambda: client.call("predictor", "Predictor.LoadModel", request),
        )
        self._desk.polls.hurry("predictor")

    async def show(self, model_id: str) -> None:
        """Open the result of a model."""
        request, client = trainer_pb2.GetModelRequest(model_id=model_id), self._desk.client
        info = await self._desk.do(
            "pipeline",
            f"show {model_id}",
            lambda: client.call("trainer", "Trainer.GetModel", request),
        )
        if info is None:
            return
        with dialog(f"Model {model_id}") as shown:
            _result(json.loads(info.manifest_json))
            ui.label("\n".join(model_facts(info))).classes("em-small em-dim em-lines")
            button("Close", shown.close, "pipeline-result-close")


class _Row:
    """One model on the page."""

    def __init__(self, models: ModelList, model_id: str) -> None:
        with ui.element("li").classes("em-item") as self.root:
            attributes(self.root, data_testid=f"pipeline-model-{model_id}")
            with ui.element("div").classes("em-row em-line"):
                self._mark = ui.label("").props('aria-hidden="true"')
                ui.label(model_id).classes("em-grow em-mono em-small").tooltip(model_id)
                self.load = button(
                    "Load",
                    lambda: models.load(model_id),
                    f"pipeline-load-{model_id}",
                    f"Load {model_id}",
                )
                button(
                    "Result",
                    lambda: models.show(model_id),
                    f"pipeline-result-{model_id}",
                    f"Result of {model_id}",
                )
            self._words = ui.label("").classes("em-small em-dim")

    def show(self, row: ModelRow) -> None:
        """Change what changed."""
        self._mark.set_text("●" if row.is_loaded else "○")
        self._words.set_text(row.words + (", loaded" if row.is_loaded else ""))
        self.load.set_enabled(not row.is_loaded)


def _result(manifest: dict[str, Any]) -> None:
    what = "" if manifest["kind"] == "classification" else "R2 "
    with ui.element("div").classes("em-scores").props('data-testid="pipeline-scores"'):
        for name, value in score_words(manifest):
            ui.label(f"{what}{name}")
            with ui.element("div").classes("em-bar em-score"):
                width = 100 * min(1.0, max(0.0, value))
                ui.element("span").style(f"left: 0; width: {width:.0f}%")
            ui.label(f"{value:.2f}").classes("em-mono")
    pictures = manifest["validation"].get("pictures")
    if pictures is None:
        ui.label("Too short to hold anything out, or made by an older trainer: no pictures.")
        return
    with ui.element("div").classes("em-plots"):
        _pictures(manifest, pictures)


def _pictures(manifest: dict[str, Any], pictures: dict[str, Any]) -> None:
    curve = pictures["curve"]
    lines = [(name, np.array(curve[key])) for key, name in CURVES]
    last = curve["iteration"][-1]
    _html(curves("Loss by iteration", lines, x_words="iterations", x_last=last, floor=0.0))
    if "confusion" in pictures:
        counts = np.array(pictures["confusion"], np.int64)
        _html(confusion(manifest["classes"][: len(counts)], counts))
        return
    names = [name for target in manifest["targets"] for name in target["names"]]
    windows = {"x_words": "held-out windows", "x_last": manifest["validation"].get("windows", 0)}
    rows = zip(names, pictures["truth"], pictures["predicted"], strict=False)
    for name, truth, predicted in rows:
        both = [(f"{name}, true", np.array(truth)), ("predicted", np.array(predicted))]
        _html(curves(f"{name}: true and predicted", both, **windows, floor=None))


def _html(markup: str) -> None:
    ui.html(markup, sanitize=False).classes("em-full")
