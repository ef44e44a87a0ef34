"""Message types, their codec, and the sequence and ledger arithmetic; no I/O."""

from emgrig.messages.codec import (
    MAX_HEADER_BYTES,
    MAX_PAYLOAD_BYTES,
    decode_frames,
    encode_frames,
    header_of,
    message_of,
    unpack_map,
)
from emgrig.messages.headers import ENVELOPE, MAX_RATE_HZ, MAX_TIME_S, N_POSE, STANDARD_POSE
from emgrig.messages.ledger import Ledger, TopicLedger
from emgrig.messages.message import (
    MAX_WORD,
    WIRE_VERSION,
    Hop,
    Kind,
    Message,
    pack_timestamps,
    wire_text,
)
from emgrig.messages.moment import Moment, sent_ns
from emgrig.messages.sequence import Observation, SequenceTracker

__all__ = [
    "ENVELOPE",
    "MAX_HEADER_BYTES",
    "MAX_PAYLOAD_BYTES",
    "MAX_RATE_HZ",
    "MAX_TIME_S",
    "MAX_WORD",
    "N_POSE",
    "STANDARD_POSE",
    "WIRE_VERSION",
    "Hop",
    "Kind",
    "Ledger",
    "Message",
    "Moment",
    "Observation",
    "SequenceTracker",
    "TopicLedger",
    "decode_frames",
    "encode_frames",
    "header_of",
    "message_of",
    "pack_timestamps",
    "sent_ns",
    "unpack_map",
    "wire_text",
]
