"""Who may come in: decides, serves nothing, and takes the time from its caller."""

import asyncio
import hmac
import ipaddress
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

__all__ = ["Sessions", "Throttle", "is_loopback", "is_named_loopback", "is_same", "is_same_origin"]

type Clock = Callable[[], float]

SESSION_S = 12 * 3600.0
"""A day in the laboratory; after it the token is asked for again."""

MOST_SESSIONS = 256
MOST_FAILURES = 5
"""Wrong tokens of one address in a span. There is no limit for all addresses together: strangers
would keep out who has the token, and a token is too long to be guessed by many."""

SPAN_S = 60.0
MOST_ADDRESSES = 1024


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_named_loopback(host_header: str) -> bool:
    """Tell whether a request calls this machine by a loopback name, whatever the port.

    A page of another site can make its own name point to 127.0.0.1 (DNS rebinding) and would then
    be of the same origin as the console; the name it was called by gives it away.
    """
    try:
        name = urlsplit(f"//{host_header}").hostname
    except ValueError:
        return False
    return name is not None and is_loopback(name)


def is_same_origin(origin: str, host_header: str) -> bool:
    """Tell whether a request was made by a page that this host served.

    Args:
        origin: The header ``Origin``, ``scheme://host[:port]``, or ``null``.
        host_header: The header ``Host``. The scheme is left out of it: a proxy may speak TLS.
    """
    scheme, separator, netloc = origin.partition("://")
    if not separator or scheme not in ("http", "https"):
        return False
    return netloc.lower() == host_header.lower() != ""


def is_same(given: str, wanted: str) -> bool:
    """Compare two secrets in a time that says nothing about where they differ."""
    return hmac.compare_digest(given.encode(), wanted.encode())


class Throttle:
    """Count wrong tokens; too many in a span and nobody at that address is listened to.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return how long an address has to wait before it may try again; 0 for not at all."""
        own = self._failures.get(_network(address), deque[float]())
        return max(0.0, own[0] + SPAN_S - self._clock()) if len(own) == MOST_FAILURES else 0.0

    def fail(self, address: str) -> None:
        """Take note of a wrong token."""
        network = _network(address)
        own = self._failures.setdefault(network, deque(maxlen=MOST_FAILURES))
        own.append(self._clock())
        self._failures.move_to_end(network)
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def succeed(self, address: str) -> None:
        """Forget the wrong tokens of somebody who then knew the right one."""
        self._failures.pop(_network(address), None)


def _network(address: str) -> str:
    """Return what one visitor can take addresses from: a /64 of IPv6, one address of IPv4."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4 or known.ipv4_mapped is not None:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))


class Sessions:
    """Who showed the token; the id in a cookie is random and says nothing about the token.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: OrderedDict[str, float] = OrderedDict()
        self._ended: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    def open(self) -> str:
        """Return the id of a new session; the oldest of too many ends."""
        session = secrets.token_urlsafe(32)
        self._ends[session] = self._clock() + SESSION_S
        while len(self._ends) > MOST_SESSIONS:
            self.end(next(iter(self._ends)))
        return session

    def is_open(self, session: str) -> bool:
        """Tell whether an id was given out and has not ended."""
        ends = self._ends.get(session)
        if ends is not None and ends <= self._clock():
            self.end(session)
            return False
        return ends is not None

    def end(self, session: str) -> None:
        """Forget a session."""
        self._ends.pop(session, None)
        ended = self._ended.pop(session, None)
        if ended is not None:
            ended.set()

    def ended(self, session: str) -> asyncio.Event:
        """Return what is set at the end of a session, in the loop of whoever ends it."""
        return self._ended.setdefault(session, asyncio.Event())
