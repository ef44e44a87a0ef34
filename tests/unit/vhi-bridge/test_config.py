"""Where the hand is looked for: contract 6.2."""

import pytest
from emgrig.config import load_rig
from emgrig.errors import ConfigError
from emgrig.testing import make_rig
from emgrig_vhi_bridge.config import VhiBridgeSettings
from emgrig_virtual_hand.config import VirtualHandSettings


@pytest.fixture
def rig(tmp_path):
    path = tmp_path / "rig.toml"
    path.write_text('[rig]\nname = "r"\n[vhi-bridge]\n[virtual-hand]\n')
    return load_rig(path)


def test_the_variables_of_the_hand_s_clients_say_where_it_is(rig, monkeypatch):
    monkeypatch.setenv("VHI_GRPC_HOST", "10.0.0.7")
    monkeypatch.setenv("VHI_GRPC_PORT", "50060")

    settings = rig.settings("vhi-bridge", VhiBridgeSettings)

    assert (settings.hand_host, settings.hand_port) == ("10.0.0.7", 50060)
    # Who stands in for the hand is where it is looked for.
    assert rig.settings("virtual-hand", VirtualHandSettings).grpc_port == 50060


def test_rig_toml_has_the_last_word(tmp_path, monkeypatch):
    monkeypatch.setenv("VHI_GRPC_PORT", "50060")

    rig = make_rig(tmp_path, {"vhi-bridge": {"hand_port": 50070}})

    assert rig.settings("vhi-bridge", VhiBridgeSettings).hand_port == 50070


@pytest.mark.parametrize("word", ["", None])
def test_without_them_it_is_where_the_real_hand_is(rig, monkeypatch, word):
    for name in ("VHI_GRPC_HOST", "VHI_GRPC_PORT"):
        monkeypatch.delenv(name, raising=False)
        if word is not None:
            monkeypatch.setenv(name, word)

    settings = rig.settings("vhi-bridge", VhiBridgeSettings)

    assert (settings.hand_host, settings.hand_port) == ("127.0.0.1", 50051)


@pytest.mark.parametrize("port", ["fifty", "0", "65536"])
def test_a_variable_that_is_no_port_is_refused_by_its_own_name(rig, monkeypatch, port):
    monkeypatch.setenv("VHI_GRPC_PORT", port)

    with pytest.raises(ConfigError, match=rf"variable VHI_GRPC_PORT: .*{port}") as caught:
        rig.settings("vhi-bridge", VhiBridgeSettings)

    assert "hand_port: " not in str(caught.value)


def test_a_port_of_rig_toml_that_is_none_is_refused_with_its_key(tmp_path, monkeypatch):
    monkeypatch.setenv("VHI_GRPC_PORT", "50060")
    rig = make_rig(tmp_path, {"vhi-bridge": {"hand_port": 0}})

    with pytest.raises(ConfigError, match=r"\[vhi-bridge\] hand_port: .*got 0"):
        rig.settings("vhi-bridge", VhiBridgeSettings)
