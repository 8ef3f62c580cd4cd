"""Dead letters on Kafka: listed, shown and redriven, from a real worker's hands."""

import asyncio
import json
import re
import subprocess
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from pipeline.codec import decode, encode
from pipeline.events.clock import Tick
from pipeline.events.dead_letter import DeadLetter, Fault
from pipeline.events.sequence import SequencedListing
from pipeline.kafka.connection import client
from pipeline.kafka.dead_letters import Found, Newest, NoSuchLetterError, letter, spans
from pipeline.kafka.reading import reading
from pipeline.kafka.redrive import NotRedrivenError, redrive_ids, refuse
from pipeline.kafka.references import LiveReference
from pipeline.kafka.topics import topic_name
from pipeline.partitions import partition_of
from pipeline.settings import Settings
from pipeline.stages.record import Record, dead_letter
from scripts.broker.workers import environment
from tests.build import START, listing
from tests.cli.command import takedown
from tests.kafka.broker import admin, delete, make
from tests.kafka.world import Kept, kept, next_chunk, offer, owning, producing

FROM = "takedown-redriven-from"
STEERING = "\x1b[2J\x9b31m\u202e"  # clears a screen, colours it, turns the direction of writing
NOWHERE = {"listings": 0, "clock": 0}

Headers = Sequence[tuple[str, bytes]]


def verb(settings: Settings, *arguments: object, **options: Any) -> Any:
    return takedown("dead-letters", *arguments, env=environment(settings), **options)


async def run(settings: Settings, *arguments: object, code: int = 0, **options: Any) -> str:
    """Run a verb; return what it printed, with its complaint."""
    ended = await asyncio.to_thread(verb, settings, *arguments, **options)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return str(ended.stdout + ended.stderr)


async def send(
    settings: Settings, topic: str, value: bytes | None, key: bytes | None = None, partition: int = 0, headers: Headers = ()
) -> None:
    async with producing(settings) as producer:
        await producer.send_and_wait(topic_name(settings, topic), value, key=key, partition=partition, headers=list(headers))


async def dedupe(settings: Settings, reference: LiveReference, partition: int = 0) -> None:
    """Let dedupe handle what it has not yet."""
    async with owning(settings, "dedupe", reference, partition) as owner:
        await owner.handle(await next_chunk(settings, "dedupe", await owner.open(), partition))


async def spoilt(settings: Settings, reference: LiveReference, *records: tuple[bytes | None, bytes | None, Headers]) -> None:
    """Send records to partition 0 of `listings` and let dedupe find what is wrong with them."""
    await offer(settings, Tick(START))
    for value, key, headers in records:
        await send(settings, "listings", value, key, headers=headers)
    await dedupe(settings, reference)


async def bury(settings: Settings, one: DeadLetter, partition: int = 0) -> None:
    await send(settings, "dead-letters", encode(one), partition=partition)


async def listings(settings: Settings, start: int) -> list[Kept]:
    """Return what `listings` holds, in all partitions, after the first records."""
    return (await kept(settings, "listings"))[start:]


def buried(topic: str, offset: int, code: Any = "stage-failed", stage: str = "flagging") -> DeadLetter:
    return dead_letter(stage, Record(topic, 0, offset, b"the bytes"), Fault(code, "it failed", "$.title"))


# -- list


async def test_letters_are_listed_and_counted(topics: Settings, reference: LiveReference) -> None:
    bad = encode(listing(title="x")).replace(b'"x"', b"3")
    await spoilt(topics, reference, (b"no json", None, ()), (bad, b"S1", ()))
    await bury(topics, buried("events.matched", 7), partition=1)
    shown = await run(topics, "list")
    assert [line.split()[:5] for line in shown.splitlines() if re.match(r" +\d:", line)] == [
        ["0:0", "dedupe", "listings-0", "at", "0"],
        ["0:1", "dedupe", "listings-0", "at", "1"],
        ["1:0", "flagging", "events.matched-0", "at", "7"],
    ]
    assert "invalid" in shown
    assert "$.title" in shown
    assert "dedupe invalid: 1" in shown
    assert "dedupe not-json: 1" in shown
    assert "flagging stage-failed: 1" in shown
    assert "3 dead letters." in shown


async def test_letters_are_chosen_and_limited_to_the_newest(topics: Settings) -> None:
    for number in range(6):
        await bury(topics, buried("listings" if number % 2 else "events.unique", number), partition=number % 2)
    await bury(topics, buried("listings", 6, "invalid", "dedupe"))
    newest = await run(topics, "list", "--limit", "2", "--stage", "flagging")
    assert re.findall(r"\d:\d", newest) == ["0:2", "1:2"]
    assert "6 dead letters; the newest 2 are shown" in newest
    assert "1 dead letters." in await run(topics, "list", "--code", "invalid")
    assert "4 dead letters." in await run(topics, "list", "--topic", "listings")
    assert "0 dead letters." in await run(topics, "list", "--stage", "notifier")
    assert "should be one of not-json" in " ".join((await run(topics, "list", "--code", "nonsense", code=2)).replace("│", "").split())


async def test_letters_are_listed_as_json(topics: Settings) -> None:
    for number in range(4):
        await bury(topics, buried("listings", number), partition=number % 2)
    every = [json.loads(line) for line in (await run(topics, "list", "--json")).splitlines()]
    assert [(each["id"], each["offset"]) for each in every] == [("0:0", 0), ("0:1", 2), ("1:0", 1), ("1:1", 3)]
    assert every[0]["error"] == {"code": "stage-failed", "message": "it failed", "path": "$.title"}
    assert not any("original" in each for each in every)
    assert [json.loads(line)["id"] for line in (await run(topics, "list", "--json", "--limit", "3")).splitlines()] == ["1:0", "0:1", "1:1"]


async def test_what_is_no_dead_letter_is_counted(topics: Settings) -> None:
    await bury(topics, buried("listings", 0))
    await send(topics, "dead-letters", b"nonsense")
    assert "1 records of the topic are no dead letters" in await run(topics, "list")
    assert "no dead letter that this release can read" in await run(topics, "show", "0:1", code=4)


async def test_nothing_from_outside_steers_the_terminal(topics: Settings, reference: LiveReference) -> None:
    text = json.dumps({"listing_id": STEERING}, ensure_ascii=False).encode()
    await spoilt(topics, reference, (b"{" + STEERING.encode(), STEERING.encode(), [(STEERING, STEERING.encode())]), (text, None, ()))
    await bury(topics, DeadLetter(STEERING, STEERING, 0, 0, Fault("invalid", STEERING, STEERING), "0" * 32, key=STEERING))
    for arguments in (("list",), ("list", "--json"), ("show", "0:0"), ("show", "0:1"), ("show", "0:0", "--json"), ("show", "0:3")):
        shown = await run(topics, *arguments)
        assert set(shown) <= {"\n", *filter(str.isprintable, shown)}, arguments
    refused = await run(topics, "redrive", "0:3", code=4)
    assert set(refused) <= {"\n", *filter(str.isprintable, refused)}


def test_the_newest_are_kept_without_their_originals() -> None:
    newest = Newest(2)
    for offset, came in enumerate((30, 10, 20, 40)):
        newest.add(Found(0, offset, came, buried("listings", offset)), buried("listings", offset))
    assert [(found.came, each.offset, each.original) for found, each in newest.in_order()] == [(30, 0, None), (40, 3, None)]
    assert all(found.letter is each for found, each in newest.in_order())


# -- show


async def test_a_letter_is_shown_with_its_record(topics: Settings, reference: LiveReference) -> None:
    await spoilt(topics, reference, (b'{"no": \xff json', b"S1", [("trace", b"abc")]))
    shown = await run(topics, "show", "0:0")
    for said in ("listings-0 at 0", f"on the broker {topic_name(topics, 'listings')}", "S1", "trace: abc", "not-", '{"no": \\xff json'):
        assert said in shown
    as_json = json.loads(await run(topics, "show", "0:0", "--json"))
    assert b64decode(as_json["original"]) == b'{"no": \xff json'


@pytest.mark.parametrize(
    ("topic", "size", "why"), [("notices", 10, "personal data stays where it is"), ("listings", 300_000, "it has more than 256 KiB")]
)
async def test_where_the_record_lies_is_said_where_the_letter_has_none(topics: Settings, topic: str, size: int, why: str) -> None:
    await bury(topics, dead_letter("dedupe", Record(topic, 1, 17, b"x" * size), Fault("invalid", "no")))
    shown = await run(topics, "show", "0:0")
    assert why in shown
    assert f"partition 1 of {topic_name(topics, topic)} at offset 17" in shown


async def test_an_unknown_id_is_exit_code_4(topics: Settings) -> None:
    await bury(topics, buried("listings", 0))
    async with reading(client(topics)) as consumer:
        of = await spans(topics, consumer)
        for name in ("0:7", "9:0", "nonsense", "0:", "-1:0", "0:²"):
            with pytest.raises(NoSuchLetterError, match="takedown dead-letters list"):
                await letter(consumer, of, name)
    for verb_name in ("show", "redrive"):
        assert "there is no dead letter 0:7; there are 0:0 to 0:0" in await run(topics, verb_name, "0:7", code=4)


# -- redrive


async def test_a_record_in_the_wrong_partition_finds_the_right_one(topics: Settings, reference: LiveReference) -> None:
    seller = next(f"S{number}" for number in range(100) if partition_of(f"S{number}", 2) == 1)
    await spoilt(topics, reference, (encode(listing(seller_id=seller)), seller.encode(), [("trace", b"abc"), ("trace2", b"")]))
    assert "wrong-key" in await run(topics, "list")
    assert "1 records (listings 1) were written again" in await run(topics, "redrive", "0:0")
    (_, again) = await kept(topics, "listings")
    headers = [("trace", b"abc"), ("trace2", b""), (FROM, f"{topic_name(topics, 'dead-letters')}/0/0".encode())]
    assert again == Kept(1, 0, seller.encode(), encode(listing(seller_id=seller)), tuple(headers), again.timestamp)
    await dedupe(topics, reference, 1)
    (tick, passed) = [each for each in await kept(topics, "events.unique") if each.partition == 1]
    assert decode(SequencedListing, passed.value or b"").listing.seller_id == seller
    assert len(await kept(topics, "dead-letters")) == 1
    assert tick.key is None


async def test_a_record_without_key_goes_to_its_old_partition(topics: Settings) -> None:
    await bury(topics, dead_letter("dedupe", Record("listings", 1, 0, b"one"), Fault("not-json", "no")))
    await bury(topics, dead_letter("dedupe", Record("clock", 1, 0, b"two"), Fault("not-json", "no")))
    await run(topics, "redrive", "0:0", "0:1", "0:0")
    assert [each[:4] for each in await kept(topics, "listings")] == [(1, 0, None, b"one")]
    assert [each[:4] for each in await kept(topics, "clock")] == [(1, 0, None, b"two")]


async def test_redriving_twice_is_dropped_and_failing_again_names_the_newest_letter(topics: Settings, reference: LiveReference) -> None:
    seller = next(f"S{number}" for number in range(100) if partition_of(f"S{number}", 2) == 0)
    good = encode(listing(seller_id=seller))
    await offer(topics, Tick(START))
    await bury(topics, dead_letter("dedupe", Record("listings", 0, 0, good, key=seller), Fault("stage-failed", "no")))
    await bury(topics, dead_letter("dedupe", Record("listings", 0, 1, b"no json"), Fault("not-json", "no")))
    await run(topics, "redrive", "--all", "--yes")
    await run(topics, "redrive", "--all", "--yes")
    await dedupe(topics, reference)
    assert len(await kept(topics, "events.unique")) == 2
    letters = [decode(DeadLetter, each.value or b"") for each in await kept(topics, "dead-letters")]
    name = topic_name(topics, "dead-letters")
    assert [each.headers for each in letters[2:]] == [{FROM: f"{name}/0/1"}] * 2
    offset = (await kept(topics, "dead-letters"))[-1].offset
    await run(topics, "redrive", f"0:{offset}")
    assert (await kept(topics, "listings"))[-1].headers == ((FROM, f"{name}/0/{offset}".encode()),)


@pytest.mark.parametrize(
    ("value", "key", "headers"),
    [
        (b'{"title":"' + b"x" * 300_000, b"S1", [("trace", b"abc")]),
        (b"no json", b"S\xff1", []),
        (b"no json", b"S" * 300, []),
        (b"no json", b"S1", [("trace", b"\xff")]),
        (b"no json", b"S1", [("trace", b"x" * 5000)]),
        (b"no json", b"S1", [("n" * 120, b"x")]),
    ],
    ids=["large", "key no text", "long key", "header no text", "long header", "long name"],
)
async def test_what_a_letter_does_not_hold_is_read_back(
    topics: Settings, reference: LiveReference, value: bytes, key: bytes, headers: Headers
) -> None:
    await spoilt(topics, reference, (b"{}", None, ()), (value, key, headers))
    await redrive_ids(topics, ["0:1"], dry=False)
    (again,) = [each for each in await kept(topics, "listings") if any(name == FROM for name, _ in each.headers)]
    assert (again.key, again.value, again.headers[:-1]) == (key, value, tuple(headers))


async def test_what_is_gone_is_named_and_the_rest_is_redriven(topics: Settings, reference: LiveReference) -> None:
    await spoilt(topics, reference, (b"{}", None, ()), (b'{"title":"' + b"x" * 300_000, b"S1", ()))
    async with admin(topics) as one:
        await one.delete_records({TopicPartition(topic_name(topics, "listings"), 0): RecordsToDelete(2)})
    gone = await run(topics, "redrive", "--all", "--yes", code=4)
    assert "1 not redriven (0:1): its letter does not hold all of it, and it is gone from" in gone
    assert "1 records (listings 1) were written again" in gone
    assert "1 dead letters were not redriven" in gone


async def test_another_record_at_its_place_is_not_taken_for_it(topics: Settings, reference: LiveReference) -> None:
    await spoilt(topics, reference, (b'{"title":"' + b"x" * 300_000, b"S1", ()))
    name = topic_name(topics, "listings")
    await delete(topics, name)
    await make(topics, {name: 2})
    await send(topics, "listings", b"another")
    assert "was made anew" in await run(topics, "redrive", "0:0", code=4)
    assert len(await kept(topics, "listings")) == 1


@pytest.mark.parametrize(
    ("topic", "code", "why"),
    [
        ("events.unique", "stage-failed", "events.unique has one writer, dedupe; mend flagging, and let it read again: takedown reset"),
        ("takedowns", "invalid", "takedowns has one writer, flagging"),
        ("rights", "invalid", "publish it anew, with takedown rights load"),
        ("notifier-standings", "invalid", "takedown notifiers load"),
        ("sightings", "invalid", "sightings is no input of this release"),
        ("listings", "too-large", "its value has more than 1048576 bytes"),
        ("listings", "empty", "it has no value"),
    ],
)
def test_what_must_not_be_redriven_says_what_to_do(topic: str, code: str, why: str) -> None:
    with pytest.raises(NotRedrivenError, match=re.escape(why)):
        refuse(buried(topic, 1, code))


async def test_one_that_must_not_be_redriven_keeps_all_back(topics: Settings) -> None:
    await bury(topics, buried("listings", 0, "invalid"))
    await bury(topics, buried("events.unique", 1))
    refused = await run(topics, "redrive", "0:0", "0:1", code=4)
    assert "0:1 cannot be redriven: events.unique has one writer, dedupe" in refused
    assert await kept(topics, "listings") == []
    assert "1 not redriven (0:1): events.unique has one writer" in await run(topics, "redrive", "--all", "--yes", code=4)
    assert [each.value for each in await kept(topics, "listings")] == [b"the bytes"]


async def test_all_is_asked_for_and_a_dry_run_writes_nothing(topics: Settings) -> None:
    for number in range(30):
        await bury(topics, buried("listings", number), partition=number % 2)
    await bury(topics, buried("clock", 0))
    for number in range(25):
        await bury(topics, buried("events.unique", number))
    dry = await run(topics, "redrive", "--all", "--dry-run", code=4)
    assert "31 records (clock 1, listings 30) would be written again" in dry
    assert re.search(r"25 not redriven \(0:16, (0:\d+, ){19}\.\.\.\): events.unique has one writer", dry)
    assert "1 records (clock 1) would be written again" in await run(topics, "redrive", "--all", "--topic", "clock", "--dry-run")
    assert "nobody answers; say --yes" in await run(topics, "redrive", "--all", "--topic", "listings", code=2, stdin=subprocess.DEVNULL)
    assert "nothing was done" in await run(topics, "redrive", "--all", "--topic", "listings", input="n\n")
    assert await kept(topics, "listings") == []
    asked = await run(topics, "redrive", "--all", "--topic", "listings", input="y\n")
    assert "Write 30 records (listings 30) again?" in asked
    assert len(await kept(topics, "listings")) == 30
    assert await kept(topics, "clock") == []


@pytest.mark.parametrize("arguments", [(), ("0:0", "--all"), ("0:0", "--code", "invalid")])
def test_ids_and_all_exclude_each_other(settings: Settings, arguments: tuple[str, ...]) -> None:
    assert verb(settings, "redrive", *arguments).returncode == 2


def test_topics_that_are_not_there_are_exit_code_7(settings: Settings) -> None:
    for arguments in (("list",), ("show", "0:0"), ("redrive", "--all", "--yes")):
        ended = verb(settings, *arguments)
        assert ended.returncode == 7
        assert "dead-letters does not exist; make it: takedown topics create" in ended.stderr
