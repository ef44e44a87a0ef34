"""The models: scores and pictures of each, where it comes from, and loading it."""

import json
from typing import Any

import numpy as np
from emgrig.control import predictor_pb2, trainer_pb2
from nicegui import ui

from emgrig_console.desk import Desk
from emgrig_console.pipeline_flow import model_facts, score_words
from emgrig_console.plots import confusion, curves

__all__ = ["ModelList"]

PERIOD_S = 1.0
MOST_SHOWN = 20


class ModelList:
    """The newest models; one training result is shown open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: object = None
        self._empty = ui.label("No model yet. Select sessions, then Train.").classes("em-empty")
        self._list = ui.element("ul").classes("em-list em-sessions").props('aria-label="Models"')
        self._refresh()
        ui.timer(PERIOD_S, self._refresh)

    def _refresh(self) -> None:
        polled = self._desk.polls.get("models").value
        models = [] if polled is None else list(polled.models)[:MOST_SHOWN]
        loaded = getattr(self._desk.polls.get("predictor").value, "model_id", "")
        now = ([info.model_id for info in models], loaded)
        self._empty.set_visibility(not models)
        if now == self._shown:
            return
        self._shown = now
        self._list.clear()
        with self._list:
            for info in models:
                self._draw(info, is_loaded=info.model_id == loaded)

    def _draw(self, info: Any, *, is_loaded: bool) -> None:
        scores = score_words(json.loads(info.manifest_json))
        mean = float(np.mean([value for _, value in scores])) if scores else float("nan")
        what = "accuracy" if info.kind == "classification" else "mean R2"
        with (
            ui.element("li")
            .classes("em-process")
            .props(f'data-testid="pipeline-model-{info.model_id}"')
        ):
            with ui.element("div").classes("em-row"):
                ui.label("o" if is_loaded else "-").props('aria-hidden="true"')
                ui.label(info.model_id).classes("em-grow em-mono em-small")
            words = f"{info.kind}, {what} {mean:.2f}{', loaded' if is_loaded else ''}"
            ui.label(words).classes("em-small")
            with ui.element("div").classes("em-row"):
                load = ui.button("Load", on_click=lambda: self._load(info.model_id))
                load.props(f'flat dense no-caps data-testid="pipeline-load-{info.model_id}"')
                load.set_enabled(not is_loaded)
                more = ui.button("Result", on_click=lambda: self._show(info.model_id))
                more.props(f'flat dense no-caps data-testid="pipeline-result-{info.model_id}"')

    async def _load(self, model_id: str) -> None:
        request, client = predictor_pb2.LoadModelRequest(model_id=model_id), self._desk.client
        await self._desk.do(
            "pipeline",
            f"load {model_id}",
            lambda: client.call("predictor", "Predictor.LoadModel", request),
        )
        self._desk.polls.hurry("predictor")

    async def _show(self, model_id: str) -> None:
        request, client = trainer_pb2.GetModelRequest(model_id=model_id), self._desk.client
        info = await self._desk.do(
            "pipeline",
            f"show {model_id}",
            lambda: client.call("trainer", "Trainer.GetModel", request),
        )
        if info is None:
            return
        with ui.dialog(value=True) as dialog, ui.card().classes("em-dialog"):
            ui.label(f"Model {model_id}").classes("em-title")
            _result(json.loads(info.manifest_json))
            for fact in model_facts(info):
                ui.label(fact).classes("em-small em-dim")
            ui.button("Close", on_click=dialog.close).props(
                'flat no-caps data-testid="pipeline-result-close"'
            )
        dialog.on("hide", dialog.delete)


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
    lines = [(name, np.array(curve[key])) for key, name in _CURVES]
    _html(curves("Loss by iteration", lines, x_words="iterations", floor=0.0))
    if "confusion" in pictures:
        counts = np.array(pictures["confusion"], np.int64)
        _html(confusion(manifest["classes"][: len(counts)], counts))
        return
    names = [name for target in manifest["targets"] for name in target["names"]]
    rows = zip(names, pictures["truth"], pictures["predicted"], strict=False)
    for name, truth, predicted in rows:
        both = [(f"{name}, true", np.array(truth)), ("predicted", np.array(predicted))]
        _html(curves(f"{name}: true and predicted", both, x_words="held-out windows", floor=None))


_CURVES = (("held_out", "loss, held out"), ("learned", "learned"))


def _html(markup: str) -> None:
    ui.html(markup, sanitize=False).classes("em-full")
