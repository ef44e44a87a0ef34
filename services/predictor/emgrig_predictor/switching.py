"""Which model predicts: load, swap at a window boundary, roll back, remember.

The hot loop reads `Switch.state` once per window and works with what it got; a command replaces
the state as a whole. So a swap falls between two windows, and no window waits for one.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from emgrig.errors import RequestError

from emgrig_predictor.decoding import LoadedModel

__all__ = ["Switch", "SwitchState"]


@dataclass(frozen=True, slots=True)
class SwitchState:
    """What holds from one window to the next.

    Attributes:
        current: The model that predicts, or None.
        previous: The one before it, still loaded, or None.
        is_predicting: Whether features are decoded at all.
    """

    current: LoadedModel | None = None
    previous: LoadedModel | None = None
    is_predicting: bool = True


class Switch:
    """The one place where the state is replaced.

    Args:
        state: To begin with.
        on_change: Called with each new state, before the command that made it is answered.

    Attributes:
        state: The newest state; reading it needs no lock.
    """

    def __init__(self, state: SwitchState, on_change: Callable[[SwitchState], None]) -> None:
        self.state = state
        self._on_change = on_change
        self._lock = threading.Lock()

    def load(self, make: Callable[[], LoadedModel]) -> SwitchState:
        """Swap to the model that `make` returns; the old one predicts until then.

        Raises:
            ConfigError: From `make`; nothing is changed then.
        """
        model = make()  # before the lock: whoever wants it to pause must not wait for that
        with self._lock:
            return self._put(replace(self.state, current=model, previous=self._previous_for(model)))

    def roll_back(self) -> SwitchState:
        """Swap to the model before; a second time swaps forward again.

        Raises:
            RequestError: There is none.
        """
        with self._lock:
            state = self.state
            if state.previous is None:
                raise RequestError(
                    "expected a previous model to go back to, got none; load one by its id"
                )
            return self._put(replace(state, current=state.previous, previous=state.current))

    def set_predicting(self, is_predicting: bool) -> SwitchState:
        """Begin or pause to predict."""
        with self._lock:
            return self._put(replace(self.state, is_predicting=is_predicting))

    def _put(self, state: SwitchState) -> SwitchState:
        self.state = state
        self._on_change(state)
        return state

    def _previous_for(self, model: LoadedModel) -> LoadedModel | None:
        """Loading the same model again must not make it its own predecessor."""
        current = self.state.current
        is_same = current is not None and current.id == model.id
        return self.state.previous if is_same else current
