"""The marketplace with its people, in a loop with whatever decides: lines go to it, people hear what it decided, and speak.

All lines come in the order in which a replay merges the files that they are written to, so that it decides what the people heard. A
listing that comes late is older than what was said before it, and is merged at once; people never speak in the past.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.codec import encode
from pipeline.simulate.people.people import People
from pipeline.simulate.people.truth import PersonTruth
from pipeline.simulate.port import Pipeline
from pipeline.simulate.stream import Line
from pipeline.simulate.truth import Truth

LISTINGS = "listings"
PAUSE = timedelta(hours=1)  # people hear what was decided so often: a chunk for the stages, and sooner than anyone answers
AHEAD = 64  # lines of which some people hear before they are there


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a topic, or no line, and a truth that is learned with it, or none."""

    topic: str
    data: bytes | None
    truth: Truth | PersonTruth | None = None


class Market:
    """Yields all lines in the order of the merge. `end`: when nobody says anything any more."""

    def __init__(self, lines: Iterable[Line], people: People, pipeline: Pipeline, end: datetime) -> None:
        self._lines, self._people, self._pipeline, self._end = lines, people, pipeline, end
        self._heard = datetime.min.replace(tzinfo=UTC)

    def __iter__(self) -> Iterator[Entry]:
        at = datetime.min.replace(tzinfo=UTC)  # a malformed line has the time of the one before it
        for line in self._foretold():
            at = line.event.event_time if line.event else at
            yield from self._speak(at)
            yield from self._pause(at)
            self._pipeline.take(LISTINGS, line.data)
            yield Entry(LISTINGS, line.data, line.truth)
            if line.event is not None:
                self._people.see(line.event, line.truth)
        yield from self._speak(self._end)
        yield from self._pause(datetime.max.replace(tzinfo=UTC))

    def _foretold(self) -> Iterator[Line]:
        """Yield the lines; people hear of each some lines before."""
        ahead: deque[Line] = deque()
        for line in self._lines:
            if line.event is not None and line.truth is not None:
                self._people.coming(line.event, line.truth)
            ahead.append(line)
            if len(ahead) > AHEAD:
                yield ahead.popleft()
        yield from ahead

    def _speak(self, until: datetime) -> Iterator[Entry]:
        """Let people say what they have to say before the next listing."""
        for said in self._people.until(until, LISTINGS):
            yield from self._pause(said.event.event_time)
            data = encode(said.event)
            self._pipeline.take(said.topic, data)
            yield Entry(said.topic, data, said.truth)

    def _pause(self, at: datetime) -> Iterator[Entry]:
        """Let people hear what was decided, now and then; yield what is true of the questions among it."""
        if at - self._heard < PAUSE:
            return
        self._heard = at
        for decision in self._pipeline.decided():
            truth = self._people.hear(decision)
            if truth is not None:
                yield Entry("reviews", None, truth)
