"""Drive a hand as MyoGestic 2.6.2 does; run by the Python of its own environment, never imported.

usage: hand_client_v2.py PORT      reads one JSON command per line, answers each with one JSON line
"""

import json
import sys

from myogestic.controls import connect_controls, load_control_map
from myogestic.remote import RemoteTarget
from myogestic.sources import LSLSource
from myogestic.vhi import virtual_hand

MAP = {
    "thumb": "vhi.prediction.thumb.flexion",
    "index": "vhi.prediction.index",
    "middle": "vhi.prediction.middle",
    "ring": "vhi.prediction.ring",
    "little": "vhi.prediction.little",
    "gesture": "vhi.control.gesture",
}


class Client:
    """Everything that the library has for a hand."""

    def __init__(self, port):
        self.hand = virtual_hand(grpc_port=port)
        self.client = self.hand.control_client()
        self.recording = self.hand.recording_client()
        self.target = RemoteTarget(client=self.client, interface=self.hand)
        self.bus = None
        self.sources = {}

    def read(self, name):
        """Return the newest sample that came since the last call, None if none did."""
        if name not in self.sources:
            self.sources[name] = LSLSource(name)
            self.sources[name].connect()
        samples, _ = self.sources[name].read()
        return None if samples is None else samples[-1].tolist()

    def manifest(self):
        listed = self.client.capabilities()
        return None if listed is None else [one.address for one in listed]

    def connect(self):
        self.bus = connect_controls(load_control_map({"dofs": MAP}), [self.target], hz=32.0)
        return self.bus is not None

    def push(self, values):
        return dict(self.bus.push(values))

    def gesture(self, name):
        return self.bus.select("gesture", name)

    def sweep(self, address):
        reply = self.client.sweep(address, duration_s=0.5, both_directions=True)
        return [reply.completed, reply.matched_expectation, len(reply.observed)]

    def session(self, active):
        return self.recording.set_recording_session(active)

    def trajectory(self, name):
        return self.recording.start_trajectory(name, frequency_hz=5.0)

    def end_trajectory(self):
        return self.recording.stop_trajectory()

    def state(self):
        state = self.recording.state()
        if state is None:
            return None
        return {
            "session": state.recording_session_active,
            "trajectory": state.trajectory_movement,
            "state": state.animation_state,
            "movement": state.current_movement,
            "movements": list(state.available_movements),
        }

    def stop(self):
        if self.bus is not None:
            self.bus.stop()
        self.recording.stop()


def main():
    client = Client(int(sys.argv[1]))
    for line in sys.stdin:
        action, *arguments = json.loads(line)
        print(json.dumps(getattr(client, action)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
