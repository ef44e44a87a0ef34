"""Messages that nobody honest sends: made from the golden ones, from a seed."""

import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgpack
from emgrig.errors import FrameError
from emgrig.messages import Message, encode_frames
from emgrig.messages.codec import decode_frames
from emgrig.transport.admission import Admission

from tests.golden.messages import MESSAGES

Frames = list[bytes]

NUMBERS = (-1, 0, 1, 2**31, 2**32 + 9, 2**53 - 1, 2**53, 2**63, 2**64 - 1, 1e300, -1e9, 0.5)
STRANGE = (None, True, float("nan"), float("inf"), "", "x" * 65, "x" * 70_000, b"", b"\xff", [], {})
NESTED = [[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]
BOMB = b"\xdd\x00\x0f\xff\xff" * 500 + b"\xc0" * 100_000
DTYPES = ("<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1", "|O", "<c16")
WORDS = ("emg", "../../etc", "emg_timestamps", "x" * 64, "recorder", "\u0000", "hand", "\ud7ff")


class Mutator:
    """Yields broken and odd messages of a kind.

    Args:
        base: A sound message.
        seed: The same seed gives the same messages.
    """

    def __init__(self, base: Message, seed: int) -> None:
        self._topic, header, self._payload = encode_frames(base)
        self._header: dict[str, Any] = msgpack.unpackb(header)
        self._random = random.Random(seed)
        self._seq = 0
        self._ways = (
            *(self._flipped, self._cut, self._counted, self._renamed),
            *(self._valued, self._valued, self._shaped, self._sound, self._swollen),
        )

    def frames(self) -> Frames:
        """Return the next one."""
        self._seq += 1
        return self._random.choice(self._ways)()

    def _made(self, changes: dict[str, Any], payload: bytes | None = None) -> Frames:
        payload = self._payload if payload is None else payload
        header = self._header | {"seq": self._seq, "crc": zlib.crc32(payload)} | changes
        return [self._topic, msgpack.packb(header), payload]

    def _sound(self) -> Frames:
        return self._made({})

    def _flipped(self) -> Frames:
        frames = self._made({})
        which = self._random.choices((0, 1, 2), (1, 6, 2))[0]
        content = bytearray(frames[which])
        for _ in range(self._random.choice((1, 1, 2, 8))):
            if content:
                content[self._random.randrange(len(content))] = self._random.randrange(256)
        frames[which] = bytes(content)
        return frames

    def _cut(self) -> Frames:
        frames = self._made({})
        which = self._random.choice((1, 1, 2))
        frames[which] = frames[which][: self._random.randrange(len(frames[which]) + 1)]
        return frames

    def _counted(self) -> Frames:
        frames = self._made({})
        return self._random.choice([frames[:1], frames[:2], [*frames, b""], frames * 5])

    def _valued(self) -> Frames:
        key = self._random.choice([*self._header, "a" * 300, "t", "class_index"])
        choices: Sequence[Any] = (*NUMBERS, *STRANGE, *WORDS, NESTED, {"a": {b"b": 1}}, [["x"] * 9])
        return self._made({key: self._random.choice(choices)})

    def _shaped(self) -> Frames:
        """Return a payload that fits its declaration, whatever that is."""
        dtype = self._random.choice(DTYPES)
        n_dimensions = self._random.choice((0, 1, 1, 2, 2, 2, 3))
        shape = [self._random.choice((0, 1, 2, 5, 8, 33, 409)) for _ in range(n_dimensions)]
        n_bytes = 1
        for size in shape:
            n_bytes *= size
        payload = self._random.randbytes(min(1 << 16, n_bytes * int(dtype[-1:].replace("O", "8"))))
        rows = shape[0] if shape else 0
        return self._made({"shape": shape, "dtype": dtype, "timestamps": bytes(8 * rows)}, payload)

    def _renamed(self) -> Frames:
        """Change who says it, and where."""
        frames = self._made(
            {
                "source": self._random.choice((self._header["source"],) * 3 + WORDS),
                "epoch": self._random.randbytes(4).hex(),
                "fs": self._random.random() * 1e4,
            }
        )
        kind = self._topic.partition(b"/")[0]
        suffix = str(self._random.randrange(10_000)).encode()
        frames[0] = self._random.choice((self._topic, self._topic, kind + b"/s" + suffix))
        return frames

    def _swollen(self) -> Frames:
        """Return, seldom, something large: mostly a sound message instead."""
        if self._random.random() > 0.01:
            return self._sound()
        frames = self._made({})
        frames[1] = self._random.choice(
            (BOMB, b"\x91" * 200_000, b"\xdf\xff\xff\xff\xff", bytes((1 << 20) + 1))
        )
        return frames


def base(kind: str, **changes: Any) -> Message:
    """Return a golden message, changed a little."""
    sound = MESSAGES[kind]
    values = {
        name: getattr(sound, name) for name in sound.__struct_fields__ if name != "received_ns"
    }
    return Message(**(values | changes))


def expected_refusals(
    sent: Iterable[Frames], sources: list[str], topics: list[str]
) -> Counter[str]:
    """Return by reason what a subscriber must refuse; ZeroMQ delivers by prefix of the topic."""
    admission = Admission(sources)
    refused: Counter[str] = Counter()
    delivered = [topic.encode() for topic in topics] + [f"health/{s}".encode() for s in sources]
    for frames in sent:
        if not frames[0].startswith(tuple(delivered)):
            continue
        try:
            message = decode_frames(frames)
            admission.check_source(message)
            if any(
                message.topic == t or (t.endswith("/") and message.topic.startswith(t))
                for t in topics
            ):
                admission.observe(message)
        except FrameError as error:
            refused[error.reason] += 1
    return refused
