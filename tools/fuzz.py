"""Coverage-guided fuzzing of what reads foreign bytes: ``python tools/fuzz.py codec --seconds 60``.

Anything but a refusal of ours ends the run and leaves the input that did it in build/fuzz.
"""

import argparse
import json
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import atheris
import msgpack

with atheris.instrument_imports(include=["emgrig", "msgpack", "mcap"]):
    from emgrig.errors import FrameError
    from emgrig.messages import Message, decode_frames, encode_frames, unpack_map
    from emgrig.recording import Damage, Entry, JournalWriter, read_journal
    from emgrig.recording.records import decode_content, encode_message
    from emgrig.transport.replay import parse_request

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "wire_v1.json"
CORPUS = ROOT / "build" / "fuzz"
# In the first byte of an input to the codec: give the message the checksum of its payload.
REPAIRED = 0x80
MAX_INPUT_BYTES = 1 << 14
# No input of that size may take longer than this, or more memory.
TIMEOUT_S = 5
RSS_LIMIT_MB = 1024


def fuzz_codec(content: bytes) -> None:
    """Read a message; what is accepted must be fit for the wire and for the journal."""
    first, n_header, rest = content[:1], int.from_bytes(content[1:3], "little"), content[3:]
    n_topic = int.from_bytes(first, "little") & ~REPAIRED
    frames = [rest[:n_topic], rest[n_topic : n_topic + n_header], rest[n_topic + n_header :]]
    if int.from_bytes(first, "little") & REPAIRED:
        frames[1] = with_checksum(frames[1], frames[2])
    try:
        message = decode_frames(frames)
    except FrameError:
        return
    encode_frames(message)
    encode_message(message)


def with_checksum(header: bytes, payload: bytes) -> bytes:
    """Return a header that declares its payload's checksum: nobody guesses one."""
    try:
        document = unpack_map(header, "a header")
    except FrameError:
        return header
    return bytes(msgpack.packb(document | {"crc": zlib.crc32(payload)}))


def fuzz_record(content: bytes) -> None:
    """Read the content of one journal record, and a replay request."""
    parse_request([content])
    try:
        decode_content(content)
    except FrameError:
        return


def fuzz_journal(content: bytes) -> None:
    """Read a whole journal file; it always opens."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "journal-0001.mcap").write_bytes(content)
        with read_journal(Path(folder)) as journal:
            found = list(journal.scan())
    # A damage is told when the next record with a time is known.
    for kind in (Entry, Damage):
        offsets = [one.offset for one in found if isinstance(one, kind)]
        if offsets != sorted(set(offsets)):
            raise AssertionError(f"expected each place once and in order, got {offsets}")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "codec": fuzz_codec,
    "record": fuzz_record,
    "journal": fuzz_journal,
}


def write_seeds(target: str) -> Path:
    """Write sound inputs to begin with; return their folder."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, frames in json.loads(GOLDEN.read_text("utf-8"))["accepted"].items():
        topic, header, payload = map(bytes.fromhex, frames)
        message = decode_frames([topic, header, payload])
        lengths = bytes([len(topic) | REPAIRED]) + len(header).to_bytes(2, "little")
        seeds = {
            "codec": lengths + topic + header + payload,
            "record": encode_message(message),
            "journal": journal_of(message),
        }
        (folder / f"golden-{name}").write_bytes(seeds[target])
    return folder


def journal_of(message: Message) -> bytes:
    """Return a whole journal file with one message."""
    with tempfile.TemporaryDirectory() as folder:
        with JournalWriter(Path(folder), {"name": "seed"}) as journal:
            journal.append(message)
        return journal.path.read_bytes()


def main() -> None:
    """Fuzz one target for some seconds; exits 0 if nothing was found."""
    parser = argparse.ArgumentParser(epilog="example: python tools/fuzz.py journal --seconds 60")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    folder = write_seeds(arguments.target)
    options = [
        f"-max_total_time={arguments.seconds}",
        f"-max_len={MAX_INPUT_BYTES}",
        f"-timeout={TIMEOUT_S}",
        f"-rss_limit_mb={RSS_LIMIT_MB}",
        f"-artifact_prefix={CORPUS}/{arguments.target}-",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], TARGETS[arguments.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
