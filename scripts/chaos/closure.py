"""A store with many live listings closes while its worker is killed in the middle of the transaction: all or nothing, then all.

python -m scripts.chaos.closure [--listings N]
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiokafka import TopicPartition
from rich.console import Console

from pipeline.codec import encode
from pipeline.events.clock import Tick
from pipeline.events.listing import Listing
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.flow import STAGES
from pipeline.kafka.batches import send
from pipeline.kafka.compare import compare
from pipeline.kafka.connection import client
from pipeline.kafka.messages import Message
from pipeline.kafka.publish import producer, publish
from pipeline.kafka.reading import batches, bounds, reading
from pipeline.kafka.recompute import recompute
from pipeline.kafka.topics import create, topic_name
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings
from scripts.broker.broker import Broker
from scripts.broker.workers import Workers, all_read

_START = datetime(2016, 7, 1, 8, tzinfo=UTC)
_SELLER = "S-with-many"
_FAKES = 4  # of twelve points each, four weeks apart: warning, restriction, closure
_PATIENCE = 900.0  # seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """Records of the topic `takedowns` and closures, as a reader of what is committed sees them: after the kill, and at the end."""

    listings: int
    unfinished: int  # records that the killed worker had written
    takedowns_after_the_kill: int
    closures_after_the_kill: int
    takedowns: int
    closures: int
    differing: int  # partitions that differ from a recomputation

    @property
    def faults(self) -> list[str]:
        """Everything that should not be, in words."""
        found = []
        if not 0 < self.unfinished <= self.listings + 1:
            found.append(f"the worker was not killed in the middle: it had written {self.unfinished} records")
        if (self.takedowns_after_the_kill, self.closures_after_the_kill) != (_FAKES - 1, 0):
            found.append("something of the unfinished closure can be read")
        if (self.takedowns, self.closures) != (self.listings + _FAKES, 1):
            found.append(f"{self.takedowns} takedowns and {self.closures} closures at the end")
        return found + ([f"{self.differing} partitions differ from a recomputation"] if self.differing else [])


async def close_in_the_middle(listings: int, broker: Broker, scratch: Path, say: Callable[[str], None]) -> Outcome:
    """Run everything. Raises TimeoutError where the workers do not catch up."""
    settings = Settings(bootstrap=broker.bootstrap, application="closure", partitions=1, state_dir=scratch / "state", session_timeout=6)
    await create(settings)
    await publish(settings, "policies", [_closing_at_once()])
    await publish(settings, "rights", [("R1", encode(Right("R1", "B1", "Nike", "trademark", "Nike Inc.")))])
    with Workers(settings, scratch / "workers") as workers:
        for stage in STAGES:
            workers.start(stage.name)
        await _write(settings, "clock", [Message(None, encode(Tick(_START)))])
        await _write(settings, "listings", _honest(listings))
        await _offer(settings, range(_FAKES - 1))
        await all_read(settings, _PATIENCE)
        say(f"{listings:,} listings are live; the fake that closes their store comes")
        flagging = workers.all[-1]
        killing = asyncio.create_task(_until_written(settings, "takedowns", more_than=max(listings // 10, 1)))
        await _offer(settings, [_FAKES - 1])
        await killing
        flagging.kill()
        unfinished = await _count(settings, "takedowns", "read_uncommitted") - (_FAKES - 1)
        say(f"killed when {unfinished:,} records of its transaction were written")
        after = await _count(settings, "takedowns"), await _count(settings, "store-closures")
        workers.start("flagging", state=flagging.state)
        await all_read(settings, _PATIENCE)
        await asyncio.to_thread(workers.stop)
    done = await recompute(settings, scratch / "recomputed", lambda *_: None)
    compared = await compare(settings, scratch / "recomputed", done.lines, fused=False)
    differing = sum(each.difference is not None for each in compared)
    return Outcome(listings, unfinished, *after, await _count(settings, "takedowns"), await _count(settings, "store-closures"), differing)


def _closing_at_once() -> tuple[str, bytes]:
    """Return the default policy as a record, but for the question to people before a store closes."""
    text = default_text().replace("ask_before_closure = true", "ask_before_closure = false")
    policy = parse(text, "closure")
    assert not policy.enforcement.ask_before_closure, "the text of the default policy has changed"
    return policy.version, encode(PolicyRecord(policy.version, text))


def _honest(number: int) -> Iterator[Message]:
    for one in range(number):
        yield _message(Listing(f"H{one:06d}", _SELLER, _START, "listed", 1, "Blue wool scarf"))


async def _offer(settings: Settings, fakes: "range | list[int]") -> None:
    for number in fakes:
        at = _START + timedelta(weeks=4 * (number + 1))
        await _write(settings, "clock", [Message(None, encode(Tick(at)))])
        await _write(settings, "listings", [_message(Listing(f"F{number}", _SELLER, at, "listed", 1, "Nike Air Max 1:1 replica"))])


def _message(listing: Listing) -> Message:
    return Message(listing.seller_id.encode(), encode(listing))


async def _write(settings: Settings, topic: str, messages: "Iterator[Message] | list[Message]") -> None:
    async with producer(settings) as one:
        await asyncio.gather(*[future for _, _, future in await send(one, {(topic_name(settings, topic), 0): messages})])


async def _until_written(settings: Settings, topic: str, more_than: int) -> None:
    """Wait until so many records are written that are not committed."""
    place = TopicPartition(topic_name(settings, topic), 0)
    async with reading(client(settings)) as stable, reading(client(settings) | {"isolation_level": "read_uncommitted"}) as written:
        while (await written.end_offsets([place]))[place] - (await stable.end_offsets([place]))[place] <= more_than:
            await asyncio.sleep(0)


async def _count(settings: Settings, topic: str, isolation: str = "read_committed") -> int:
    place = TopicPartition(topic_name(settings, topic), 0)
    async with reading(client(settings) | {"isolation_level": isolation}) as consumer:
        return sum([len(fetched) async for fetched, _ in batches(consumer, place, *await bounds(consumer, place))])


def main() -> int:
    """Run once, print what happened, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=100_000, help="live listings of the store (default: 100,000)")
    listings = parser.parse_args().listings
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    err, folder = Console(stderr=True, highlight=False), Path(tempfile.mkdtemp(prefix="closure-"))
    broker = Broker(folder / "broker", heap="1g").start()
    try:
        outcome = asyncio.run(close_in_the_middle(listings, broker, folder, lambda text: err.print(text, markup=False)))
    finally:
        broker.stop()
    print(outcome)
    if outcome.faults:
        print(*outcome.faults, f"logs in {folder}", sep="\n")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
