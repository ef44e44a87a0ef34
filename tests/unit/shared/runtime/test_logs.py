"""Telling what happens must not itself end anything."""

import pytest
from emgrig.config import Endpoints
from emgrig.runtime.logs import publish_logs
from emgrig.transport import Publisher


@pytest.mark.parametrize(
    "quoted",
    [
        pytest.param("unknown address, use one of " + 400_000 * "finger, ", id="endless"),
        pytest.param("cannot read M\udcfcller.recording", id="a file's name that is no UTF-8"),
    ],
)
def test_a_line_goes_out_whatever_is_quoted_in_it(quoted: str) -> None:
    publisher = Publisher(Endpoints(), "vhi-bridge")

    publish_logs(publisher, "vhi-bridge")(None, "warning", {"event": "trouble", "text": quoted})

    assert publisher.sent["log/vhi-bridge"] == 1
    publisher.close()
