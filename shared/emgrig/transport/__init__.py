"""The data plane: the only room that imports ZeroMQ."""

from emgrig.transport.publisher import Publisher, Stamps
from emgrig.transport.subscriber import Keep, Source, Subscriber

__all__ = ["Keep", "Publisher", "Source", "Stamps", "Subscriber"]
