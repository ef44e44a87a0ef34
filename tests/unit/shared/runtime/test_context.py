"""What a service asks of its surroundings is there, or told to a person who can mend it."""

from pathlib import Path

import pytest
from emgrig.config import ServiceSettings
from emgrig.errors import SettingsError
from emgrig.runtime import Context
from emgrig.testing import make_rig


def test_nobody_listens_to_a_process_without_an_address(tmp_path: Path) -> None:
    context = Context("recorder", make_rig(tmp_path), ServiceSettings.model_validate({}))

    with pytest.raises(SettingsError, match=r"\[emg-aquirer\] publish: .*in \[recorder\]"):
        context.subscribe(["emg-acquirer", "emg-aquirer"], ["chunk/"], keep="all")

    context.stop("test")
    context.close(1)
