"""The take of a protocol: begun and ended at the recorder, with the hand in it."""

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from emgrig.config import Rig
from emgrig.control import RigClient, recorder_pb2
from emgrig.errors import PeerError, RequestError
from emgrig.transport import Source, Subscriber

from emgrig_vhi_bridge.hand_link import HandLink

__all__ = ["ProtocolTakes"]

ASK_S = 4.0
"""Less than a caller waits for his own answer."""
RETRY_S = 1.0
FINISH_S = 3600.0
"""An hour of a take is minutes of work."""
LOOK_S = 0.2
"""How long nobody hears that a take needs no watching any more."""
LEAVE_S = 1.0
"""A bridge that must end asks for the take's end and does not wait for its session."""


class ProtocolTakes:
    """Asks the recorder.

    Args:
        rig: Where the recorder is heard.
        client: Whose recorder.
        link: The hand's keyboard is locked meanwhile, and predicted classes move nothing.
        stopping: Set when the bridge must end.
    """

    def __init__(
        self, rig: Rig, client: RigClient, link: HandLink, stopping: threading.Event
    ) -> None:
        self._rig = rig
        self._client, self._link, self._stopping = client, link, stopping

    def begin(self, take_name: str, protocol: str) -> str:
        """Begin a take; returns the name of its session to be.

        Raises:
            RequestError: One runs already, or cannot be written.
            PeerError: The recorder does not answer.
        """
        request = recorder_pb2.StartRecordingRequest(take_name=take_name, protocol=protocol)
        # A recorder that has just come is not found by a connection that failed a moment ago.
        recorder = self._client.of("recorder")
        status = recorder.call("Recorder.Start", request, deadline_s=ASK_S, wait=True)
        self._link.set_session(True)
        return str(status.session)

    def ended(self, session: str, is_over: Callable[[], bool]) -> str:
        """Wait for the end of a take, whoever asks for it.

        Args:
            session: As `begin` named it.
            is_over: Whether nobody wants to know any more.

        Returns:
            ``stopped`` or ``discarded``; empty where it was over before.
        """
        recorder = Source("recorder", self._rig.endpoints("recorder"))
        # Not an input of this process: without a recorder it is whole, and says so.
        with closing(Subscriber([recorder], ["event/recording"], keep="all")) as heard:
            while not is_over():
                message = heard.receive(LOOK_S)
                fields = {} if message is None else message.fields
                if fields.get("session") == session and fields.get("action") != "started":
                    return str(fields["action"])
        return ""

    def end(self, session: str) -> str:
        """End a take and wait for its session file; one that others ended is only waited for.

        A recorder that does not answer is asked again: it may be on its way back.

        Args:
            session: As `begin` named it.

        Returns:
            The name of the session that was made; the one given where there is none.

        Raises:
            RequestError: It cannot be ended, and goes on, or its session cannot be made now.
        """
        self._link.set_session(False)
        made = ""
        while not made:
            with suppress(PeerError):
                made = self._made(session)
            if not made and self._stopping.wait(RETRY_S):
                return session
        return made

    def _made(self, session: str) -> str:
        """Return the name of the session that was made; empty while it may yet come."""
        status = self._status()
        if _goes_on(status, session):
            return self._stop(session)
        if status.finishing or status.recovering:
            return ""
        listed = self._ask("ListSessions", recorder_pb2.ListSessionsRequest(), FINISH_S).sessions
        # The take's name is added to that of the finished session.
        return next((info.session for info in listed if info.session.startswith(session)), session)

    def _stop(self, session: str) -> str:
        limit_s = LEAVE_S if self._stopping.is_set() else FINISH_S
        try:
            return str(self._ask("Stop", recorder_pb2.StopRecordingRequest(), limit_s).session)
        except RequestError:
            if _goes_on(self._status(), session):
                self._link.set_session(True)
            raise

    def _status(self) -> Any:
        return self._ask("GetRecording", recorder_pb2.GetRecordingRequest(), ASK_S)

    def _ask(self, method: str, request: Any, limit_s: float) -> Any:
        return self._client.call("recorder", f"Recorder.{method}", request, limit_s)


def _goes_on(status: Any, session: str) -> bool:
    return bool(status.recording and status.session == session)
