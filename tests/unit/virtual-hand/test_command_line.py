"""What a stranger sees of the program before it runs."""

import pytest
from emgrig.runtime import run
from emgrig_virtual_hand.__main__ import FLAGS
from emgrig_virtual_hand.config import VirtualHandSettings
from emgrig_virtual_hand.service import VirtualHandService


def exit_code_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as caught:
        run(VirtualHandService, VirtualHandSettings, flags=FLAGS, argv=arguments)
    return caught.value.code


def test_help_says_what_it_is_and_what_may_be_chosen(capsys):
    assert exit_code_of("--help") == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "Headless stand-in for the VHI, of either generation." in told
    assert "--protocol {v1,v2} generation of the hand; v1 where rig.toml does not say" in told
    assert "--mode {AI,Classifier}" in told


def test_a_generation_that_does_not_exist_is_refused_with_those_that_do(capsys):
    assert exit_code_of("--protocol", "v3") == 2

    told = capsys.readouterr().err
    assert "--protocol" in told
    assert "v1" in told
    assert "v2" in told
