"""A demo's rig is connected to nothing but itself, whatever the rig it is copied from is."""

from emgrig.config import PROCESSES
from emgrig.testing import make_rig
from emgrig_emg_acquirer.config import EmgAcquirerSettings
from emgrig_operator.demo.staging import stage_rig

TABLES = {
    "emg-acquirer": {
        "stream_name": "Amplifier",
        "host": "bench",
        "redundancy": 2,
        "highpass_hz": 20.0,
    },
    "emg-acquirer-2": {"publish": "tcp://127.0.0.1:5614"},
    "emg-generator": {"stream_name": "Other", "n_channels": 4},
    "vhi-bridge": {"hand_host": "elsewhere", "map": {"index": "vhi.prediction.index"}},
}


def test_a_demo_reads_its_own_generator_where_the_rig_names_an_amplifier(tmp_path):
    rig, _ = stage_rig(tmp_path / "demo", make_rig(tmp_path, TABLES))

    settings = rig.settings("emg-acquirer", EmgAcquirerSettings)
    assert (settings.stream_name, settings.host, settings.highpass_hz) == ("TestEMG1", "", 20.0)
    assert "stream_name" not in rig.tables["emg-generator"]
    assert rig.tables["emg-generator"]["n_channels"] == 4
    assert "hand_host" not in rig.tables["vhi-bridge"]
    assert rig.tables["vhi-bridge"]["map"] == {"index": "vhi.prediction.index"}
    assert rig.processes == PROCESSES
