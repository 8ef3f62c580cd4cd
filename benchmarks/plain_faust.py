"""The same stages as plain Faust agents: one event at a time, state in Faust Tables, at least once.

python -m benchmarks.plain_faust STAGE --counts FILE

What `benchmarks.engines` compares with. One agent a process, one topic between every two. Faust's own settings hold: Tables in memory with
a changelog, offsets committed as Faust does it. Keys and values are bytes as our workers write them, which spares Faust its JSON. Settings
come from the environment.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust
from faust.types import EventT, StreamT, TopicT
from sortedcontainers import SortedSet

from pipeline.codec import encode
from pipeline.flow import DEAD_LETTERS, STAGES, TOPICS, Stage
from pipeline.kafka.connection import broker_url, client
from pipeline.kafka.decode import decoder_of
from pipeline.kafka.messages import Message, dead_letter_message, message
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import topic_name
from pipeline.settings import Settings
from pipeline.stages import isolation
from pipeline.stages.record import Outputs, Record
from pipeline.state.store import ChangeSet, Size
from pipeline.state.table import Table
from pipeline.state.view import View

READY, FIRST = "is ready", "takes its first event"  # what it says


@dataclass(slots=True)
class _Fetched:
    """A Faust message as our decoders take it."""

    offset: int
    partition: int
    key: bytes | None
    value: bytes | None
    timestamp: int | None
    headers: Iterable[tuple[str, bytes | None]] = ()


@dataclass(slots=True)
class Counts:
    """What a process has done: events handled, when the last one was, and what it sent, by topic."""

    handled: int = 0
    at: float = 0.0
    sent: Counter[str] = field(default_factory=Counter)

    def keep(self, file: Path) -> None:
        """Write it to a file, which is never seen half written."""
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps({"handled": self.handled, "at": self.at, "sent": self.sent}), encoding="utf-8")
        draft.replace(file)


class TableStore:
    """The state of one partition in Faust Tables. A Faust Table is shared by all partitions of a process, so each key names its own."""

    def __init__(self, tables: dict[Table[Any], Any], partition: int) -> None:
        self._tables = tables
        self._prefix = f"{partition}/"
        self._ordered = {table: SortedSet() for table in tables if table.ordered}  # Faust's Tables have no order

    def read(self, table: Table[Any], keys: Iterable[str]) -> dict[str, bytes]:
        """See Store."""
        kept = self._tables[table]
        found = ((key, kept.get(self._name(key))) for key in keys)
        return {key: value for key, value in found if value is not None}

    def scan(self, table: Table[Any], start: str, end: str) -> Iterator[tuple[str, bytes]]:
        """See Store."""
        kept = self._tables[table]
        for key in self._ordered[table].irange(start, end, inclusive=(True, False)):
            yield key, kept[self._name(key)]

    def write(self, changes: ChangeSet) -> None:
        """See Store."""
        for table, values in changes.items():
            kept, ordered = self._tables[table], self._ordered.get(table)
            for key, value in values.items():
                name = self._name(key)
                if value is not None:
                    kept[name] = value
                    if ordered is not None:
                        ordered.add(key)
                elif name in kept:
                    del kept[name]
                    if ordered is not None:
                        ordered.discard(key)

    def sizes(self) -> dict[str, Size]:
        """Nobody asks here."""
        raise NotImplementedError

    def _name(self, key: str) -> bytes:
        return (self._prefix + key).encode()


class Handler:
    """Takes the events of one stage, one at a time."""

    def __init__(self, app: faust.App, settings: Settings, stage: Stage, counts: Counts) -> None:
        self._stage, self._counts = stage, counts
        names = {topic: topic_name(settings, topic) for topic in TOPICS}
        self._known = {names[topic]: topic for topic in stage.reads}
        self._decoders = {topic: decoder_of(topic, names[topic], settings.partitions) for topic in stage.reads}
        self._targets = {topic: raw_topic(app, names[topic]) for topic in (*stage.writes, DEAD_LETTERS)}
        self._tables = {table: raw_table(app, f"{stage.name}-{table.name}", settings.partitions) for table in stage.tables}
        self._stores: dict[int, TableStore] = {}
        self._names, self._client = names, client(settings)

    async def prepare(self) -> None:
        """Read the reference data, which does not change while this is measured."""
        self._reference = LiveReference(self._client, self._names, searched=self._stage.name == "brand-match")
        await self._reference.start()
        await self._reference.close()

    async def handle(self, event: EventT[Any]) -> None:
        """Run the stage on one event, and send what it makes of it."""
        record, partition = self._record(event), event.message.partition
        if partition not in self._stores:
            self._stores[partition] = TableStore(self._tables, partition)
        outputs = isolation.run(self._stage.name, self._process, [record], self._stores[partition])
        source = f"/plain-faust/{self._stage.name}/{partition}"
        for output in outputs.events:
            await self._send(output.topic, partition, message(output, encode(output.event), source))
        for letter in outputs.dead_letters:
            await self._send(DEAD_LETTERS, partition, dead_letter_message(letter, source))
        self._counts.handled += 1
        self._counts.at = time.time()

    def _process(self, records: Sequence[Record], view: View) -> Outputs:
        return self._stage.process(records, view, self._reference)

    def _record(self, event: EventT[Any]) -> Record:
        got: Any = event.message
        fetched = _Fetched(got.offset, got.partition, got.key, got.value, int(got.timestamp * 1000))
        return self._decoders[self._known[got.topic]](fetched)

    async def _send(self, topic: str, partition: int, made: Message) -> None:
        self._counts.sent[topic] += 1
        await self._targets[topic].send(key=made.key, value=made.value, headers=list(made.headers), partition=partition)


def raw_topic(app: faust.App, *names: str) -> TopicT:
    """Return topics whose keys and values stay bytes."""
    return app.topic(*names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def application_of(settings: Settings, stage: Stage) -> str:
    """Return the id of a stage's app: it names its group and its changelogs."""
    return f"{settings.topic_prefix}plain-faust.{stage.name}"


def changelogs(settings: Settings) -> list[str]:
    """Return the names that Faust gives the changelogs of all Tables."""
    return [f"{application_of(settings, stage)}-{stage.name}-{table.name}-changelog" for stage in STAGES for table in stage.tables]


def raw_table(app: faust.App, name: str, partitions: int) -> Any:
    """Return a Table whose keys and values stay bytes; Faust takes its serializers from the types, and knows none for bytes."""
    table: Any = app.Table(name, partitions=partitions, key_type=bytes, value_type=bytes)
    table.key_serializer = table.value_serializer = "raw"
    return table


def make_app(settings: Settings, stage: Stage, counts: Counts, file: Path) -> faust.App:
    """Return the app of one stage: a group of its own."""
    app = faust.App(
        application_of(settings, stage),
        broker=broker_url(settings),
        broker_session_timeout=settings.session_timeout,
        datadir=str(file.with_suffix(".faust")),
        autodiscover=False,
        web_enabled=False,  # three processes on one machine, one port
    )
    handler = Handler(app, settings, stage, counts)

    @app.agent(raw_topic(app, *(topic_name(settings, topic) for topic in stage.reads)), name=f"{stage.name}-agent")
    async def agent(stream: StreamT[bytes]) -> None:
        await handler.prepare()
        print(stage.name, READY, flush=True)
        async for event in stream.events():
            if not counts.handled:
                print(stage.name, FIRST, flush=True)
            await handler.handle(event)

    @app.timer(0.25)  # type: ignore[untyped-decorator]
    async def tell() -> None:
        counts.keep(file)

    return app


def main() -> None:
    """Run the agent of one stage until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    stages = {stage.name: stage for stage in STAGES}
    parser.add_argument("stage", choices=stages)
    parser.add_argument("--counts", type=Path, required=True, help="the file that tells how far it is")
    options = parser.parse_args()
    app = make_app(Settings.load(None), stages[options.stage], Counts(), options.counts)
    faust.Worker(app, loglevel="WARNING", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
