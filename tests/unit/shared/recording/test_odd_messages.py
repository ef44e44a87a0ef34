"""What the wire lets pass can be made a session of."""

import numpy as np
from emgrig.messages import Message
from emgrig.recording import export_session, open_session, verify_session

from tests.unit.shared.recording.builders import chunk, record


def test_whatever_a_message_says_of_itself_the_take_becomes_a_session(tmp_path):
    odd = [
        Message(
            topic="pose/hand",
            source="vhi-bridge",
            epoch="b",
            seq=0,
            t_last=50.0,
            data=np.zeros(9, np.float32),
            fields={"reason": "rest", "model_id": "", "channel_names": 5},
        ),
        Message(
            topic="event/cue",
            source="vhi-bridge",
            epoch="b",
            seq=0,
            t_last=50.0,
            fields={"name": "Fist", "class_index": 1, "t": 50.0, "topic": [1]},
        ),
    ]

    session = export_session(record(tmp_path / "a.recording", [chunk(0), *odd, chunk(1)]), tmp_path)

    assert verify_session(session).is_sound
    with open_session(session) as opened:
        assert [(label.t, label.class_index) for label in opened.labels] == [(50.0, 1)]
