import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.codec import encode
from pipeline.events.listing import Image
from pipeline.events.standing import NotifierStanding
from pipeline.local.errors import DamagedError, InputError
from pipeline.local.lines import LINE_LIMIT
from pipeline.local.output import OutputFolder
from pipeline.local.replay import Plan, replay
from pipeline.partitions import partition_of
from pipeline.place import OutputError
from pipeline.policy.loader import PolicyError, default_text
from pipeline.stages.record import Outputs, Record
from pipeline.stages.reference import MissingReferenceError
from tests.build import FAKE, at, closing_at_once, contents, listing, right, tick, write_topics

SELLERS = [f"S{number}" for number in range(6)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    fakes = [
        listing(FAKE, listing_id=f"F{week}", seller_id=seller, event_time=at(days=4 * week)) for week in range(5) for seller in SELLERS
    ]
    return write_topics(tmp_path / "in", {"listings": [*fakes, b"{"], "rights": [right(), b"[]"]})


def events(out: Path, topic: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / f"{topic}.jsonl").read_bytes().splitlines()]


def test_all_topics_are_written_and_the_figures_are_those_of_the_files(source: Path, tmp_path: Path) -> None:
    summary = replay(Plan(write_topics(source, {"policies": [closing_at_once()]}), tmp_path / "out"))
    for topic in ("events.unique", "events.matched", "takedowns", "reviews", "seller-warnings", "store-closures", "dead-letters"):
        assert summary.topics()[topic]["out"] == len(events(tmp_path / "out", topic))
    assert summary.conservation == 0
    assert summary.decisions.closures == len(SELLERS)
    assert summary.decisions.takedowns.total() == len(events(tmp_path / "out", "takedowns"))


def test_reference_files_are_kept_beside_what_they_decide(source: Path, tmp_path: Path) -> None:
    replay(Plan(source, tmp_path / "out"))
    assert (tmp_path / "out" / "rights.jsonl").read_bytes() == (source / "rights.jsonl").read_bytes()
    (policy,) = events(tmp_path / "out", "policies")
    assert {takedown["policy_version"] for takedown in events(tmp_path / "out", "takedowns")} == {policy["version"]}


def test_standings_are_stamped_on_every_tick_and_a_bad_one_is_a_dead_letter(source: Path, tmp_path: Path) -> None:
    lines = [encode(NotifierStanding("N1", "suspended")), b'{"notifier_id":"N2","tier":"gold"}', encode(NotifierStanding("N2", "warned"))]
    write_topics(source, {"notifier-standings": lines})
    summary = replay(Plan(source, tmp_path / "out", partitions=3))
    assert (tmp_path / "out" / "notifier-standings.jsonl").read_bytes() == (source / "notifier-standings.jsonl").read_bytes()
    ticks = [event for event in events(tmp_path / "out", "events.unique") if event["kind"] == "tick"]
    assert {tick["reference"]["standings"] for tick in ticks} == {3}
    (bad,) = [letter for letter in events(tmp_path / "out", "dead-letters") if letter["topic"] == "notifier-standings"]
    assert (bad["stage"], bad["offset"], bad["error"]["path"]) == ("reference", 1, "$.tier")
    assert summary.topics()["notifier-standings"] == {"in": 3, "out": 3}
    replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))
    assert contents(tmp_path / "again") == contents(tmp_path / "out")


def test_where_there_are_no_standings_everyone_is_ordinary(source: Path, tmp_path: Path) -> None:
    """Also in a folder of a replay that knew of none."""
    replay(Plan(source, tmp_path / "out"))
    assert b"standings" not in (tmp_path / "out" / "events.unique.jsonl").read_bytes()
    (tmp_path / "out" / "notifier-standings.jsonl").unlink()
    replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))
    assert (tmp_path / "again" / "notifier-standings.jsonl").read_bytes() == b""
    assert (tmp_path / "again" / "takedowns.jsonl").read_bytes() == (tmp_path / "out" / "takedowns.jsonl").read_bytes()


def test_standings_that_the_sequence_names_must_be_there(source: Path, tmp_path: Path) -> None:
    write_topics(source, {"notifier-standings": [NotifierStanding("N1", "warned")]})
    replay(Plan(source, tmp_path / "out"))
    (tmp_path / "out" / "notifier-standings.jsonl").unlink()
    with pytest.raises(MissingReferenceError, match="asks for 1 records of the topic notifier-standings, 0 have been read"):
        replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))


def test_dead_letters_name_file_line_and_fault(source: Path, tmp_path: Path) -> None:
    replay(Plan(source, tmp_path / "out"))
    of_rights, of_listings = events(tmp_path / "out", "dead-letters")
    assert (of_rights["stage"], of_rights["topic"], of_rights["offset"]) == ("reference", "rights", 1)
    assert (of_listings["stage"], of_listings["error"]["code"]) == ("dedupe", "not-json")
    assert of_listings["headers"] == {"file": "listings.jsonl", "line": "31"}


def test_partitions_hold_the_sellers_that_hash_to_them(source: Path, tmp_path: Path) -> None:
    summary = replay(Plan(write_topics(source, {"policies": [closing_at_once()]}), tmp_path / "out", partitions=3))
    partition, seen = -1, []
    for event in events(tmp_path / "out", "events.unique"):
        if event["kind"] == "tick":
            partition = event["partition"]
        else:
            seen.append((event["listing"]["seller_id"], partition))
    assert all(partition_of(seller, 3) == number for seller, number in seen)
    assert len({number for _, number in seen}) > 1
    assert summary.conservation == 0
    assert summary.decisions.closures == len(SELLERS)


@pytest.mark.parametrize("partitions", [1, 3])
def test_the_recorded_sequence_gives_the_same_files(source: Path, tmp_path: Path, partitions: int) -> None:
    replay(Plan(source, tmp_path / "out", partitions=partitions))
    summary = replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))
    assert contents(tmp_path / "again") == contents(tmp_path / "out")
    assert set(summary.stages) == {"brand-match", "flagging"}
    assert summary.conservation == 0


@pytest.mark.parametrize("topic", ["events.unique", "dead-letters", "rights"])
@pytest.mark.parametrize("damage", [lambda line: line[:40], lambda line: line[:-1] + b",}", lambda _: b"", lambda _: b'{"x":1}'])
def test_a_recorded_folder_with_a_damaged_line_is_refused(
    source: Path, tmp_path: Path, topic: str, damage: Callable[[bytes], bytes]
) -> None:
    replay(Plan(source, tmp_path / "out"))
    file = tmp_path / "out" / f"{topic}.jsonl"
    *lines, last = file.read_bytes().splitlines()
    if topic == "rights":  # the last line was no good from the start, and has its dead letter
        lines, last = [], lines[0]
    file.write_bytes(b"".join(line + b"\n" for line in [*lines, damage(last)]))
    with pytest.raises(InputError, match=f"{topic}.jsonl: line {len(lines) + 1} is damaged"):
        replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))
    assert not (tmp_path / "again").exists()


def test_a_recorded_folder_with_a_line_that_is_too_long_is_refused(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replay(Plan(source, tmp_path / "out"))
    monkeypatch.setattr("pipeline.local.inputs.OUTPUT_LIMIT", 20_000)
    with (tmp_path / "out" / "events.unique.jsonl").open("ab") as sequence:
        sequence.write(b'{"kind":"listing"' + b" " * 20_000 + b"}\n")
    with pytest.raises(DamagedError, match="20018 bytes, 20000 are allowed"):
        replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))


@pytest.mark.parametrize("topic", ["events.unique", "dead-letters", "rights", "policies"])
def test_a_recorded_folder_must_be_whole(source: Path, tmp_path: Path, topic: str) -> None:
    replay(Plan(source, tmp_path / "out"))
    (tmp_path / "out" / f"{topic}.jsonl").unlink()
    with pytest.raises(InputError, match=f"holds no {topic}.jsonl"):
        replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))


def test_a_recorded_folder_with_a_damaged_policy_is_refused(source: Path, tmp_path: Path) -> None:
    good = json.dumps({"version": "good", "text": default_text()}).encode()
    write_topics(source, {"policies": [good, good]})
    replay(Plan(source, tmp_path / "out"))
    write_topics(tmp_path / "out", {"policies": [good, good[:-1]]})
    with pytest.raises(DamagedError, match=r"policies\.jsonl: line 2 is damaged"):
        replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))


def test_lines_that_do_not_decode_belong_to_the_first_partition(source: Path, tmp_path: Path) -> None:
    write_topics(source, {"listings": [b"{", *(source / "listings.jsonl").read_bytes().splitlines(), b"["]})
    replay(Plan(source, tmp_path / "out", partitions=4))
    letters = [letter for letter in events(tmp_path / "out", "dead-letters") if letter["topic"] == "listings"]
    assert [(letter["partition"], letter["offset"]) for letter in letters] == [(0, 0), (0, 31), (0, 32)]


def test_a_record_lost_between_stages_is_seen(source: Path, tmp_path: Path) -> None:
    lost: list[Record] = []

    def lossy(records: Sequence[Record]) -> Sequence[Record]:
        for number, record in enumerate(records):
            if not lost and record.topic == "events.matched" and record.key is not None:
                lost.append(record)
                return [*records[:number], *records[number + 1 :]]
        return records

    assert replay(Plan(source, tmp_path / "out", transport=lossy)).conservation == 1


def test_a_record_lost_before_the_first_stage_is_seen(source: Path, tmp_path: Path) -> None:
    def lossy(records: Sequence[Record]) -> Sequence[Record]:
        return [record for record in records if (record.topic, record.offset) != ("listings", 7)]

    assert replay(Plan(source, tmp_path / "out", transport=lossy)).conservation == 1


def test_a_clock_file_rules_the_time(tmp_path: Path) -> None:
    offers = [listing(listing_id="L1"), listing(listing_id="L2", event_time=at(days=3)), listing(listing_id="L3", event_time=at(minutes=9))]
    source = write_topics(tmp_path / "in", {"listings": offers, "clock": [tick(), tick(at(minutes=1))]})
    replay(Plan(source, tmp_path / "out"))
    assert [event["at"] for event in events(tmp_path / "out", "events.unique") if event["kind"] == "tick"] == [
        "2016-03-01T08:00:00Z",
        "2016-03-01T08:01:00Z",
    ]
    assert [letter["error"]["code"] for letter in events(tmp_path / "out", "dead-letters")] == ["from-the-future"]


def test_a_policy_given_by_hand_is_the_newest(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(default_text().replace('version = "2016.1"', 'version = "mine"'), encoding="utf-8")
    (source / "policies.jsonl").write_text(json.dumps({"version": "old", "text": default_text()}) + "\n")
    replay(Plan(source, tmp_path / "out", policy=mine))
    assert {takedown["policy_version"] for takedown in events(tmp_path / "out", "takedowns")} == {"mine"}
    assert [policy["version"] for policy in events(tmp_path / "out", "policies")] == ["old", "mine"]


def test_where_no_policy_is_good_nothing_starts(source: Path, tmp_path: Path) -> None:
    write_topics(source, {"policies": [b'{"version":"1","text":"version = 1"}']})
    with pytest.raises(PolicyError, match=r"policies\.jsonl:1: \$\.text: policy 1:1: appeals: is missing(.|\n)*holds no good policy"):
        replay(Plan(source, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_bad_policy_among_good_ones_is_a_dead_letter_and_changes_nothing(source: Path, tmp_path: Path) -> None:
    good = json.dumps({"version": "good", "text": default_text()}).encode()
    write_topics(source, {"policies": [good, b'{"version":"bad","text":"version = 1"}']})
    replay(Plan(source, tmp_path / "out"))
    assert {takedown["policy_version"] for takedown in events(tmp_path / "out", "takedowns")} == {"2016.1"}
    assert "bad-policy" in {letter["error"]["code"] for letter in events(tmp_path / "out", "dead-letters")}


def test_a_place_that_is_taken_is_refused_before_anything_is_read(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(OutputError):
        replay(Plan(source, tmp_path / "out", force=True))


def test_progress_ends_at_the_end(source: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    replay(Plan(source, tmp_path / "out", chunk=5), lambda read, size, records: told.append((read, size, records)))
    assert len(told) > 5
    assert told[-1][0] == told[-1][1] == (source / "listings.jsonl").stat().st_size
    assert [records for _, _, records in told] == sorted(records for _, _, records in told)


def test_what_the_policy_forgets_leaves_the_state(source: Path, tmp_path: Path) -> None:
    lines = (source / "listings.jsonl").read_bytes()
    (source / "listings.jsonl").write_bytes(lines + b"\n".join([b"", *[_removal(seller) for seller in SELLERS], _later()]) + b"\n")
    summary = replay(Plan(source, tmp_path / "out"))
    assert summary.stages["dedupe"].state["listings"].entries == 24 + 1
    assert summary.stages["flagging"].state["traces"].entries == 0


def _removal(seller: str) -> bytes:
    return (
        b'{"listing_id":"F0","seller_id":"%s","event_time":"2016-03-22T00:00:00Z","change":"removed","version":2,"title":""}'
        % seller.encode()
    )


def _later() -> bytes:
    return b'{"listing_id":"L","seller_id":"S","event_time":"2019-03-01T00:00:00Z","change":"listed","version":1,"title":""}'


def test_an_empty_topic_has_figures_of_nothing(tmp_path: Path) -> None:
    summary = replay(Plan(write_topics(tmp_path / "in", {"listings": []}), tmp_path / "out"))
    assert (summary.listings, summary.conservation) == (0, 0)
    assert summary.stages["flagging"].tally.taken == 0


def test_listings_are_counted_without_ticks_also_from_the_recorded_sequence(source: Path, tmp_path: Path) -> None:
    first = replay(Plan(source, tmp_path / "out"))
    again = replay(Plan(tmp_path / "out", tmp_path / "again", recorded=True))
    assert first.listings == len(SELLERS) * 5 + 1
    assert again.listings == len(SELLERS) * 5


def test_a_listing_as_long_as_allowed_is_the_same_from_the_recorded_sequence(tmp_path: Path) -> None:
    """The stages add to what comes in: what was taken down once must be taken down again."""
    attributes = {f"k{number}": "x" * 2000 for number in range(200)}
    images = tuple(Image("i", text="x" * 2000) for _ in range(50))
    long = listing(FAKE, attributes=attributes, images=images, description="é" * 10_000)
    line = encode(long)
    line = line[:-1] + b',"more":"' + b"y" * (LINE_LIMIT - len(line) - 10) + b'"}'
    assert len(line) <= LINE_LIMIT
    out, again = tmp_path / "out", tmp_path / "again"
    replay(Plan(write_topics(tmp_path / "in", {"listings": [line], "rights": [right()]}), out))
    replay(Plan(out, again, recorded=True))
    assert len(events(out, "takedowns")) == 1
    assert contents(again) == contents(out)


@pytest.mark.parametrize("loss", ["emitted", "buried"])
def test_a_disposition_of_which_nothing_came_is_a_loss(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: str) -> None:
    """A stage that says `passed` and passes nothing on, or `dead` and writes no letter, is found out."""
    method = "emit" if loss == "emitted" else "bury"
    honest = getattr(Outputs, method)

    def forgetful(self: Outputs, *arguments: Any) -> None:
        honest(self, *arguments)
        if loss == "emitted" and len(self.events) % 7 == 0:
            self.events.pop()
        elif loss == "buried":
            self.dead_letters.pop()

    monkeypatch.setattr(Outputs, method, forgetful)
    assert replay(Plan(source, tmp_path / "out")).conservation > 0


def test_a_line_that_is_not_written_is_a_loss(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = OutputFolder.write

    def forgetful(self: OutputFolder, topic: str, part: str, lines: Iterable[bytes]) -> None:
        if topic not in ("takedowns", "dead-letters"):
            honest(self, topic, part, lines)

    monkeypatch.setattr(OutputFolder, "write", forgetful)
    assert replay(Plan(source, tmp_path / "out")).conservation == 30 + 2
