"""The one error tree, in three branches by who must act.

::

    EmgRigError
      ConfigError            the person at the bench acts; a process that cannot start exits 2
        SettingsError          rig.toml, with every problem at once
        RequestError           a command that cannot be done as asked
        SessionError           a session or recording that cannot be read or written
        BundleError            a model bundle that cannot be trusted
      PeerError              another process, device or network; keep running, DEGRADED, count it
        PeerLostError          a peer that stopped answering
        StreamLostError        an LSL stream that is missing or went away
        HandError              a hand that refuses or does not answer
          HandProtocolError      one that speaks no protocol or version that we can drive
        FrameError             a message that cannot be accepted
          FrameVersionError      another wire version
          FrameSizeError         larger than the declared limits
          FrameDecodeError       truncated, wrong types, wrong shape
          FrameChecksumError     the payload is not what was sent
          FrameSourceError       of a process, or on more topics, than were asked for
          FrameSequenceError     a number that nobody can have counted up to
        SpecMismatchError      features that the model was not trained on
      ServiceFault           we are broken; exit 1; the supervisor restarts

Texts say what was expected, what came, where, and what to do: lower case, no full stop.
"""

from dataclasses import dataclass

__all__ = [
    "BundleError",
    "ConfigError",
    "EmgRigError",
    "FrameChecksumError",
    "FrameDecodeError",
    "FrameError",
    "FrameSequenceError",
    "FrameSizeError",
    "FrameSourceError",
    "FrameVersionError",
    "HandError",
    "HandProtocolError",
    "PeerError",
    "PeerLostError",
    "Problem",
    "RequestError",
    "ServiceFault",
    "SessionError",
    "SettingsError",
    "SpecMismatchError",
    "StreamLostError",
]


class EmgRigError(Exception):
    """Everything that emgrig raises on purpose."""


class ConfigError(EmgRigError):
    """The person at the bench must act."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration file.

    Attributes:
        where: File, table and key, such as ``rig.toml, [predictor] model_dir``.
        what: Expected and got.
        remedy: What to do.
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"


class SettingsError(ConfigError):
    """Raised when rig.toml cannot be used; carries every problem, not the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        n = len(problems)
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{n} problem{'s' * (n != 1)} in the configuration:{lines}")


class RequestError(ConfigError):
    """Raised when a command cannot be done as asked."""


class SessionError(ConfigError):
    """Raised when a session or a recording cannot be read or written."""


class BundleError(ConfigError):
    """Raised when a model bundle is missing, damaged or not what it says."""


class PeerError(EmgRigError):
    """Another process, device or network must be mended; this process keeps running."""


class PeerLostError(PeerError):
    """Raised when a peer does not answer before the deadline."""


class StreamLostError(PeerError):
    """Raised when an LSL stream is missing or went away."""


class HandError(PeerError):
    """Raised when the hand refuses a command or does not answer."""


class HandProtocolError(HandError):
    """Raised when a hand answers, in a protocol or version that cannot be driven."""


class FrameError(PeerError):
    """Raised when a message from a peer cannot be accepted.

    Attributes:
        reason: Short stable word that the ledger counts refusals by.
    """

    reason = "frame"


class FrameVersionError(FrameError):
    """Raised when a message has another wire version.

    Attributes:
        expected: The version that this process speaks.
        got: The version in the header.
    """

    reason = "version"

    def __init__(self, expected: int, got: object, where: str) -> None:
        self.expected = expected
        self.got = got
        super().__init__(
            f"expected wire version {expected}, got {got!r} on {where}; "
            "update the older of the two processes"
        )


class FrameSizeError(FrameError):
    """Raised when a message is larger than the limits of the wire."""

    reason = "size"


class FrameDecodeError(FrameError):
    """Raised when a message is truncated or a value in it has the wrong type or shape."""

    reason = "decode"


class FrameChecksumError(FrameError):
    """Raised when a payload does not match the checksum in its header."""

    reason = "checksum"


class FrameSourceError(FrameError):
    """Raised when a message comes from a sender, or on a topic, that nobody subscribed to.

    Attributes:
        reason: ``unknown_source`` or ``too_many_topics``.
    """

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(text)


class FrameSequenceError(FrameError):
    """Raised when a message's number is further ahead than any loss explains."""

    reason = "sequence"


class SpecMismatchError(PeerError):
    """Raised when features are not the ones that the model was trained on."""


class ServiceFault(EmgRigError):  # noqa: N818 - the design's name: a fault, not an error
    """This process is broken and must be restarted."""
