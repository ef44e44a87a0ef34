"""Models from disk into the switch, and the note of what is loaded."""

from emgrig.errors import BundleError, ConfigError
from emgrig.models import list_bundles, load_bundle
from emgrig.runtime import Context

from emgrig_predictor.config import LATEST, PredictorSettings
from emgrig_predictor.decoding import LoadedModel, load
from emgrig_predictor.remembering import Note, read_note, write_note
from emgrig_predictor.switching import Switch, SwitchState

__all__ = ["ModelRoom"]

_NOTE_FILE = "predictor.json"
_NOTE_TROUBLE = "note"
_MODEL_TROUBLE = "model"


class ModelRoom:
    """The loaded models of this process.

    What was loaded last, and whether it predicted, is on disk: a process that was killed comes
    back as it was. What cannot be loaded again is shown, and does not keep it from starting.

    Attributes:
        switch: Who predicts.

    Raises:
        ConfigError: The model of the settings is not there or not usable.
    """

    def __init__(self, settings: PredictorSettings, context: Context) -> None:
        self._context = context
        self._root = context.rig.models_dir
        self._path = context.rig.data_dir / _NOTE_FILE
        note = self._read_note()
        state = self._first(settings) if note is None else self._again(note)
        self.switch = Switch(state, self._changed)

    def load(self, model_id: str) -> SwitchState:
        """Load a model, verify it, and let it predict from the next window on.

        Args:
            model_id: Its id; empty for the newest good one.

        Raises:
            BundleError: There is none, or it is not what it says.
        """
        self.switch.load(lambda: self._open(model_id))
        return self.announce()

    def roll_back(self) -> SwitchState:
        """Let the previous model predict from the next window on.

        Raises:
            RequestError: There is none.
        """
        self.switch.roll_back()
        return self.announce()

    def announce(self) -> SwitchState:
        """Publish which model predicts, and return the state that holds."""
        state = self.switch.state
        if state.current is not None:
            self._forget_failures()
            model_id = state.current.id
            fields = {"action": "loaded", "model_id": model_id}
            self._context.publisher.send("event/model", fields=fields)
            self._context.log.info("model loaded", model_id=model_id)
        return state

    def _open(self, model_id: str) -> LoadedModel:
        return load(load_bundle(self._root, model_id or self._newest()))

    def _newest(self) -> str:
        listing = list_bundles(self._root)
        if not listing.bundles:
            broken = f", {len(listing.broken)} broken" if listing.broken else ""
            raise BundleError(
                f"expected a model in {self._root}, got none{broken}; train one (emgrig train)"
            )
        return listing.bundles[0].id

    def _first(self, settings: PredictorSettings) -> SwitchState:
        wanted = settings.model_id
        if wanted == LATEST:
            # On a new rig there is nothing to load yet, and nothing is wrong with that.
            newest = list_bundles(self._root).bundles[:1]
            wanted = newest[0].id if newest else ""
        model = self._open(wanted) if wanted else None
        return SwitchState(model, None, settings.predicting)

    def _again(self, note: Note) -> SwitchState:
        current, previous = self._reopen(note.model_id), self._reopen(note.previous_model_id)
        return SwitchState(current, previous, note.is_predicting)

    def _reopen(self, model_id: str) -> LoadedModel | None:
        if not model_id:
            return None
        try:
            return self._open(model_id)
        except ConfigError as error:
            self._context.trouble(f"{_MODEL_TROUBLE} {model_id}", f"was loaded before: {error}")
            return None

    def _read_note(self) -> Note | None:
        try:
            return read_note(self._path)
        except ConfigError as error:
            self._context.trouble(_NOTE_TROUBLE, f"{error}; load a model to replace it")
            return None

    def _changed(self, state: SwitchState) -> None:
        current, previous = (model.id if model else "" for model in (state.current, state.previous))
        try:
            write_note(self._path, Note(current, previous, state.is_predicting))
        except ConfigError as error:
            self._context.trouble(_NOTE_TROUBLE, str(error))
            return
        self._context.clear(_NOTE_TROUBLE)

    def _forget_failures(self) -> None:
        for key in self._context.lifecycle.troubles():
            if key.startswith(f"{_MODEL_TROUBLE} "):
                self._context.clear(key)
