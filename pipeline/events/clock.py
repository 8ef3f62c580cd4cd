"""One tick of the clock (topic `clock`, one to every partition)."""

from dataclasses import dataclass

from pipeline.events.scalars import Time


@dataclass(frozen=True, slots=True)
class Tick:
    """The time that has been reached. Only ticks make deadlines fire."""

    event_time: Time
