"""Files that nobody honest writes, and how much memory reading them may take."""

import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from emgrig.errors import EmgRigError
from hypothesis import strategies as st

SEED = 7
MAX_BYTES = 50 << 20
SPLICES = st.tuples(st.floats(0, 1), st.integers(0, 1000), st.binary(max_size=64))


@contextmanager
def little_memory() -> Iterator[None]:
    """Fail where a file made its reader ask for more than a chunk of a session takes."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MAX_BYTES, f"{peak} bytes at once"


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return a file with some bytes changed, cut, doubled or blown up."""
    at = rng.randrange(len(content))
    n = rng.choice((1, 1, 4, 64, 1000))
    match rng.randrange(6):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[at + n :]
        case 2:
            return content[:at] + content[at : at + n] + content[at:]
        case 3:
            return content[:at] + rng.choice((b"\xff", b"\0", b"\x7f")) * n + content[at + n :]
    return content[:at] + rng.randbytes(n) + content[at + n :]


def survive(path: Path, read: Callable[[], object], n: int) -> int:
    """Read a file in n mutated forms; return how many of them were refused."""
    rng, content, refused = random.Random(SEED), path.read_bytes(), 0
    for _ in range(n):
        path.write_bytes(mutated(content, rng))
        try:
            read()
        except EmgRigError:
            refused += 1
    path.write_bytes(content)
    return refused


@contextmanager
def spliced(path: Path, splice: tuple[float, int, bytes]) -> Iterator[None]:
    """Have other bytes in a file while the block runs: at which part of it, for how many, which."""
    sound = path.read_bytes()
    at, n = int(splice[0] * len(sound)), splice[1]
    path.write_bytes(sound[:at] + splice[2] + sound[at + n :])
    try:
        yield
    finally:
        path.write_bytes(sound)
