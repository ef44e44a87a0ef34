"""Check a finished session against what it says of itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emgrig.errors import SessionError
from emgrig.recording.containers import ZipContainer, open_container
from emgrig.recording.recount import miscounts
from emgrig.recording.session_meta import declared_rate, dict_or_empty
from emgrig.recording.session_reader import SessionReader

__all__ = [
    "SessionReport",
    "count_gaps",
    "delivered_rates_hz",
    "gaps_of_streams",
    "unbalanced_books",
    "verify_session",
]

_BLOCK_BYTES = 8 << 20
MAX_COUNT = 1 << 53
"""More than that nobody counted; a protobuf holds it."""


@dataclass(frozen=True, slots=True)
class SessionReport:
    """What a session proves.

    Attributes:
        path: The archive or folder.
        samples: Stream -> rows.
        is_balanced: Whether every ledger entry has received = used + skipped + refused, every
            stream acquired = recorded + redundant + lost, and the windows made = predicted +
            skipped; True where there is nothing of this.
        n_gaps: Gaps of all chunk streams.
        n_missing: Samples that the sources sent and nobody could back-fill.
        problems: What does not fit, in words; empty for a sound session.
    """

    path: Path
    samples: dict[str, int]
    is_balanced: bool
    n_gaps: int
    n_missing: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether every byte is there and every count fits."""
        return not self.problems


def verify_session(path: Path) -> SessionReport:
    """Read a whole session and add up its books again; memory does not grow with it.

    Raises:
        SessionError: It cannot be opened at all.
    """
    container = open_container(path)
    try:
        session = SessionReader(container)
        # An array that is damaged says nothing about its books.
        problems = [*_unreadable(container), *_uneven(session)] or [*miscounts(session)]
        unbalanced = unbalanced_books(session)
        streams = dict_or_empty(session.books.get("streams"))
        return SessionReport(
            path=path,
            samples={name: info.n_samples for name, info in session.streams.items()},
            is_balanced=not unbalanced,
            n_gaps=count_gaps(session),
            n_missing=_total(streams, "missing"),
            problems=tuple(problems + unbalanced),
        )
    finally:
        container.close()


def unbalanced_books(session: SessionReader) -> list[str]:
    """Return what does not add up in a session's books; no sample is read."""
    return [*_unbalanced(session.books.get("ledger")), *_unexplained(session)]


def gaps_of_streams(session: SessionReader) -> dict[str, int]:
    """Return the gaps of each stream, as the session's books, or those of its import, have them."""
    noted = dict_or_empty(session.books.get("streams"))
    listed = dict_or_empty(session.books.get("gaps"))
    found: dict[str, int] = {}
    for name in session.streams:
        gaps, n_gaps = listed.get(name), dict_or_empty(noted.get(name)).get("n_gaps")
        n_listed = len(gaps) if isinstance(gaps, list) else 0
        is_count = type(n_gaps) is int and 0 <= n_gaps <= MAX_COUNT
        found[name] = n_gaps if is_count else n_listed  # type: ignore[assignment]
    return found


def count_gaps(session: SessionReader) -> int:
    """Return the gaps of all streams but those that the rig itself made of them."""
    noted = dict_or_empty(session.books.get("streams"))
    return sum(
        n
        for name, n in gaps_of_streams(session).items()
        if _is_recorded(dict_or_empty(noted.get(name)))
    )


def delivered_rates_hz(session: SessionReader) -> dict[str, float]:
    """Return the measured rates of the streams that the session's books have one of, Hz."""
    rates = dict_or_empty(session.books.get("rates"))
    found = {name: declared_rate(dict_or_empty(r).get("delivered_hz")) for name, r in rates.items()}
    return {name: rate_hz for name, rate_hz in found.items() if rate_hz}


def _is_recorded(note: dict[str, Any]) -> bool:
    """Tell a stream of a device or hand, or an imported one, from predictions and poses."""
    return str(note.get("topic", "chunk/")).startswith("chunk/")


def _total(streams: dict[str, Any], key: str) -> int:
    chunks = [note for note in map(dict_or_empty, streams.values()) if _is_recorded(note)]
    return sum(note[key] for note in chunks if isinstance(note.get(key), int))


def _unreadable(container: object) -> Iterator[str]:
    if isinstance(container, ZipContainer) and (entry := container.damaged_entry()) is not None:
        yield f"damaged archive: {entry}"


def _uneven(session: SessionReader) -> Iterator[str]:
    """Yield what the arrays and the counts in the extras say differently."""
    stated = dict_or_empty(session.books.get("streams"))
    for name, info in session.streams.items():
        n_stated = dict_or_empty(stated.get(name)).get("n_samples", info.n_samples)
        if n_stated != info.n_samples:
            yield f"{name}: expected {n_stated} samples, got {info.n_samples}"
        # Our writer leaves out no chunk; in a foreign session an absent one is silence.
        if name in stated and (n_absent := session.n_absent_chunks(name)):
            yield f"{name}: {n_absent} chunk files are gone"
        yield from _unreadable_rows(session, name)
    yield from (f"{name}: stream is gone" for name in stated.keys() - session.streams.keys())


def _unreadable_rows(session: SessionReader, name: str) -> Iterator[str]:
    info = session.info(name)
    step = max(1, _BLOCK_BYTES // (info.n_channels * np.dtype(info.dtype).itemsize))
    for start in range(0, info.n_samples, step):
        stop = min(start + step, info.n_samples)
        try:
            session.rows(name, start, stop)
            times = session.times(name, start, stop)
        except SessionError as error:
            yield str(error)
            return
        if n_bad := int((~np.isfinite(times)).sum()):
            yield f"{name}: {n_bad} time stamps in rows {start} to {stop} are not numbers"


def _unbalanced(ledger: object) -> Iterator[str]:
    for process, topics in dict_or_empty(ledger).items():
        for topic, entry in dict_or_empty(topics).items():
            counts = dict_or_empty(entry)
            received, spent = counts.get("received"), _spent(counts)
            if spent != received:
                yield (
                    f"ledger of {process}, {topic}: expected {received} messages accounted for, "
                    f"got {spent}"
                )


def _unexplained(session: SessionReader) -> Iterator[str]:
    """Yield where acquired is not recorded + redundant + lost, or made not predicted + skipped."""
    for name, stream in dict_or_empty(session.books.get("streams")).items():
        book = dict_or_empty(stream)
        if name in session.streams and "acquired" in book:
            n_samples = session.info(name).n_samples
            explained = n_samples + _count(book, "redundant") + _count(book, "lost")
            if explained != book["acquired"]:
                yield f"{name}: expected {book['acquired']} samples explained, got {explained}"
            yield from _unexplained_of_one_source(name, book)
    windows = dict_or_empty(session.books.get("windows"))
    skipped = dict_or_empty(windows.get("skipped"))
    explained = _count(windows, "predicted") + sum(_count(skipped, reason) for reason in skipped)
    if explained != _count(windows, "made"):
        yield f"windows: expected {windows.get('made')} explained, got {explained}"


def _unexplained_of_one_source(name: str, book: dict[str, Any]) -> Iterator[str]:
    sources = book.get("sources")
    if not isinstance(sources, list) or len(sources) != 1:
        return
    if redundant := _count(book, "redundant"):
        yield f"{name}: expected no redundant samples with one acquirer, got {redundant}"
    if _count(book, "missing") != _count(book, "lost"):
        yield f"{name}: expected {book.get('lost')} lost samples in gaps, got {book.get('missing')}"


def _count(book: dict[str, Any], key: str) -> int:
    value = book.get(key)
    return value if type(value) is int else 0


def _spent(counts: dict[str, Any]) -> int | None:
    parts = [counts.get("used"), *dict_or_empty(counts.get("skipped")).values()]
    parts += dict_or_empty(counts.get("refused")).values()
    return sum(parts) if all(type(part) is int for part in parts) else None
