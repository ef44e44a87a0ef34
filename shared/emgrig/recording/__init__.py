"""Recordings on disk: the journal, the session format, its readers, and training windows."""

from emgrig.recording.convention import to_standard
from emgrig.recording.export import export_session, finish_recording, remove_exported
from emgrig.recording.inventory import Inventory, take_inventory
from emgrig.recording.journal import Damage, Entry, Journal, read_journal
from emgrig.recording.journal_writer import RECORDING_SUFFIX, JournalWriter
from emgrig.recording.library import (
    SessionSummary,
    list_recordings,
    read_notes,
    rename_session,
    summarise_session,
    write_notes,
)
from emgrig.recording.names import (
    SESSION_SUFFIX,
    session_name,
    session_of,
    session_path,
)
from emgrig.recording.session_meta import Label, StreamInfo
from emgrig.recording.session_reader import SessionReader, open_session
from emgrig.recording.session_writer import SessionFacts, SessionWriter
from emgrig.recording.stream_sink import StreamFormat
from emgrig.recording.trashing import find_trashed, list_trashed, restore, trash
from emgrig.recording.verify import SessionReport, verify_session
from emgrig.recording.wall_clock import CLOCK_RECORD, wall_step_s
from emgrig.recording.window_batch import WindowBatch, WindowSpec
from emgrig.recording.windows import iter_aligned_windows, iter_labeled_windows

__all__ = [
    "CLOCK_RECORD",
    "RECORDING_SUFFIX",
    "SESSION_SUFFIX",
    "Damage",
    "Entry",
    "Inventory",
    "Journal",
    "JournalWriter",
    "Label",
    "SessionFacts",
    "SessionReader",
    "SessionReport",
    "SessionSummary",
    "SessionWriter",
    "StreamFormat",
    "StreamInfo",
    "WindowBatch",
    "WindowSpec",
    "export_session",
    "find_trashed",
    "finish_recording",
    "iter_aligned_windows",
    "iter_labeled_windows",
    "list_recordings",
    "list_trashed",
    "open_session",
    "read_journal",
    "read_notes",
    "remove_exported",
    "rename_session",
    "restore",
    "session_name",
    "session_of",
    "session_path",
    "summarise_session",
    "take_inventory",
    "to_standard",
    "trash",
    "verify_session",
    "wall_step_s",
    "write_notes",
]
