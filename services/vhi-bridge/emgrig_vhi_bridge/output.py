"""The way of a pose to the hand and onto the bus; shared by the loop and the operator's calls."""

import threading
import time
from dataclasses import replace
from typing import Protocol

import numpy as np
import pylsl
from emgrig.dsp import FilterSettings
from emgrig.messages import Message
from emgrig.runtime import Context
from numpy.typing import NDArray

from emgrig_vhi_bridge.aging import DataAge
from emgrig_vhi_bridge.posing import Pose, Poser
from emgrig_vhi_bridge.refusing import RefusedPredictionError

__all__ = ["HandOutlet", "PoseOutput"]

_TROUBLE = "predictions"
_FLUSH_S = 0.1
"""How long rest is sent before the outlet goes: LSL drops what its sender has not sent by then."""


class HandOutlet(Protocol):
    """The streams that one generation of the hand listens to.

    Attributes:
        pose_convention: ``standard``, or empty for the rig's units, -1 for full flexion.
    """

    pose_convention: str

    @property
    def restarts(self) -> int:
        """How often the process that holds the streams had to be started again."""

    def push(self, values: NDArray[np.float32], good_for_s: float) -> float:
        """Push a pose in the rig's units now; returns the LSL clock at which it left."""

    def as_pushed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a pose of the rig's units in those of this generation."""

    def close(self) -> None:
        """Bring the hand to rest and take the streams off the network."""


class PoseOutput:
    """Runs the poser against the clock; every pose leaves here.

    Args:
        poser: Makes the poses.
        outlet: Where they go; None while there is nobody to drive.
        context: For the bus, ledger and troubles.
    """

    def __init__(self, poser: Poser, outlet: HandOutlet | None, context: Context) -> None:
        self._poser = poser
        self._outlet = outlet
        self._context = context
        self._lock = threading.Lock()
        self._age = DataAge()
        self.newest = Pose(poser.values, "rest", "")

    def use(self, outlet: HandOutlet | None) -> None:
        """Send poses elsewhere from now on, or nowhere; who was driven before goes to rest.

        Args:
            outlet: The streams of another generation.
        """
        with self._lock:
            before, self._outlet = self._outlet, outlet
        if before is not None:
            before.close()

    @property
    def enabled(self) -> bool:
        """Whether predictions are followed."""
        return self._poser.enabled

    @property
    def filter_settings(self) -> FilterSettings:
        """The output filter in force."""
        return self._poser.filter_settings

    def set_filter(self, settings: FilterSettings) -> None:
        """Change the output filter from the next prediction on."""
        with self._lock:
            self._poser.set_filter(settings)

    def set_enabled(self, enabled: bool) -> None:
        """Follow predictions, or go to rest and ignore them."""
        with self._lock:
            self._poser.set_enabled(enabled, time.monotonic())

    def wait_s(self) -> float:
        """Return for how long nothing is due, seconds."""
        with self._lock:
            return self._poser.wait_s(time.monotonic())

    def predict(self, message: Message) -> None:
        """Show a prediction at once; one that must not be shown is counted."""
        ledger = self._context.ledger
        with self._lock:
            now, lsl_now = time.monotonic(), pylsl.local_clock()
            age_s = self._age.of(message, now_s=now, lsl_now_s=lsl_now)
            if not self._poser.enabled:
                ledger.skip(message.topic, "output_off")
                return
            try:
                pose = self._poser.accept(message, now=now, data_age_s=age_s)
            except RefusedPredictionError as error:
                ledger.refuse(message.topic, error.reason)
                self._context.trouble(_TROUBLE, str(error))
                return
            self._show(pose, message, lsl_now - age_s)
        ledger.use(message.topic)
        self._context.clear(_TROUBLE)
        self._context.running()

    def tick(self) -> None:
        """Send what is due without a prediction."""
        with self._lock:
            pose = self._poser.tick(time.monotonic())
            if pose is not None:
                self._show(pose, None)

    def finish(self) -> None:
        """Bring the hand to rest, and make sure that it is told before the outlet goes."""
        self.set_enabled(False)
        never = threading.Event()
        until = float("inf")
        while time.monotonic() < until:
            self.tick()
            if self._poser.at_rest:
                until = min(until, time.monotonic() + _FLUSH_S)
            never.wait(self.wait_s())
        if self._outlet is not None:
            self._outlet.close()

    def _show(self, pose: Pose, message: Message | None, t_data: float = 0.0) -> None:
        t_pushed = self._push(pose)
        pushed_ns = time.monotonic_ns()
        pose = self.newest
        fields = {"reason": pose.reason, "model_id": pose.model_id, "t_pushed": t_pushed}
        if self._outlet is not None and self._outlet.pose_convention:
            fields["pose_convention"] = self._outlet.pose_convention
        if message is None:
            self._context.publisher.send(
                "pose/hand", pose.values, t_first=t_pushed, t_last=t_pushed, fields=fields
            )
            return
        self._context.publisher.send(
            "pose/hand",
            pose.values,
            t_first=message.t_first,
            t_last=message.t_last,
            sample_index=message.sample_index,
            fs=message.fs,
            fields=fields,
            trace=message.trace,
            t_in_ns=message.received_ns,
        )
        self._context.observe_latency_ns("emg_to_pose", round((t_pushed - t_data) * 1e9))
        self._context.observe_latency_ns("prediction_to_pose", pushed_ns - message.received_ns)

    def _push(self, pose: Pose) -> float:
        """Push to whoever is driven; a pose for nobody is of now, too."""
        outlet = self._outlet
        if outlet is None:
            self.newest = pose
            return float(pylsl.local_clock())
        n_restarts = outlet.restarts
        t_pushed = outlet.push(pose.values, pose.good_for_s)
        if outlet.restarts > n_restarts:
            self._context.count("keeper_restarts")
            self._context.log.warning("keeper replaced", restarts=outlet.restarts)
        self.newest = replace(pose, values=outlet.as_pushed(pose.values))
        return t_pushed
