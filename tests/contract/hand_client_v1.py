"""Drive a hand as MyoGestic 2.0.2 does; run by the Python of its own environment, never imported.

usage: hand_client_v1.py PORT      reads one JSON command per line, answers each with one JSON line
"""

import json
import sys

import numpy as np
from myogestic.interfaces import virtual_hand
from myogestic.sources import LSLSource


def state_of(client):
    reply = client.get_state()
    if reply is None:
        return None
    return {
        "state": reply.current_state,
        "movement": reply.current_movement,
        "session": reply.session_active,
        "movements": list(reply.available_movements),
    }


class Reader:
    """Reads the hand's streams as the library reads any."""

    def __init__(self):
        self.sources = {}

    def __call__(self, name):
        """Return the newest sample that came since the last call, None if none did."""
        if name not in self.sources:
            self.sources[name] = LSLSource(name)
            self.sources[name].connect()
        samples, _ = self.sources[name].read()
        return None if samples is None else samples[-1].tolist()


def main():
    hand = virtual_hand(grpc_port=int(sys.argv[1]))
    client = hand.control_client()
    outlet, control_outlet = hand.outlet(), hand.control_outlet()
    actions = {
        "state": lambda: state_of(client),
        "gesture": lambda name: client.set_movement(name, False),
        "session": client.set_session_active,
        "mode": client.set_control_mode,
        "pose": lambda values: outlet.push(np.array(values, np.float32)),
        "control_pose": lambda values: control_outlet.push(np.array(values, np.float32)),
        "read": Reader(),
    }
    for line in sys.stdin:
        action, *arguments = json.loads(line)
        if action == "stop":
            outlet.stop()
            control_outlet.stop()
            client.stop()
        result = actions[action](*arguments) if action in actions else None
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
