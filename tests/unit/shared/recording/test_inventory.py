"""What a take comes to: no limit of ours leaves out what is learned from."""

from emgrig.control import MAX_STEPS
from emgrig.recording import read_journal, take_inventory

from tests.unit.shared.recording.builders import event, record


def test_every_cue_of_the_longest_protocol_is_a_label(tmp_path):
    cues = (event("cue", seq, 50.0 + seq, seq % 2) for seq in range(MAX_STEPS))
    folder = record(tmp_path / "x.recording", cues)

    with read_journal(folder) as journal:
        inventory = take_inventory(journal)

    assert (len(inventory.labels), inventory.unlisted) == (MAX_STEPS, 0)
