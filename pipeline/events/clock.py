"""One tick of the clock (topic `clock`, one to every partition)."""

from pipeline.events.scalars import EventTime, check_event_time
from pipeline.events.value import Value


class Tick(Value, frozen=True):
    """The time that has been reached. Only ticks make deadlines fire."""

    event_time: EventTime

    def __post_init__(self) -> None:
        check_event_time(self.event_time)
