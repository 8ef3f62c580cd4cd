"""What holds whatever sellers object to and people decide: the outputs tell what stands, and what is reversed leaves nothing behind."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.enforcement.ledger import Ledger
from pipeline.events.appeal import Appeal
from pipeline.events.clock import Tick
from pipeline.events.ruling import DecidedBy, DeciderKind, Ruling, Verdict
from pipeline.flow import STAGES
from pipeline.stages.desk import SELLERS
from pipeline.stages.shelf import LISTINGS
from tests.build import events_of
from tests.properties.marketplace import closing_streams, cut, cuts, streams
from tests.properties.runs import Run, sequence_of

FLAGGING = STAGES[2]
DECIDERS: tuple[DeciderKind, ...] = ("reviewer", "brand", "court", "authority", "dispute_body")
IDS = {"takedowns": "takedown_id", "store-closures": "closure_id", "seller-warnings": "warning_id", "reviews": "review_id"}
VERDICTS: tuple[Verdict, ...] = ("counterfeit", "infringing", "genuine", "uphold", "reverse", "inconclusive")
any_stream = st.one_of(streams(), closing_streams())


def measures(stream: Sequence[Any]) -> list[tuple[str, str, str, datetime]]:
    """Return what flagging makes of a stream: the name of the id, the id, the seller, and when."""
    run = Run(FLAGGING)
    run.feed(sequence_of(stream, 2))
    return [
        (name, getattr(event, name), event.seller_id, getattr(event, "decided_at", None) or event.opened_at)
        for topic, name in IDS.items()
        for event in events_of(run.outputs, topic)
    ]


@st.composite
def judged(draw: st.DrawFn) -> list[Any]:
    """Return a stream in which sellers object to what was done, and people decide: rightly or not, twice, too late, by the wrong ones."""
    stream = draw(any_stream)
    end = max(event.event_time for event in stream)
    happened: list[Any] = []
    for number, (name, ident, seller, at) in enumerate(measures(stream)):
        if draw(st.booleans()):
            continue
        when = at + timedelta(hours=draw(st.integers(0, 24 * 60)))
        if name != "review_id" and draw(st.booleans()):
            about: dict[str, Any] = {name: ident}
            happened.append(Appeal(f"A{number}", seller, when, "genuine", "it is", **about))
            subject: dict[str, Any] = {"appeal_id": f"A{number}"} if draw(st.booleans()) else about
        else:
            subject = {name: ident}
        if "warning_id" in subject:
            continue
        for turn in range(draw(st.integers(0, 2))):
            verdict = draw(st.sampled_from(VERDICTS))
            by = DecidedBy(draw(st.sampled_from(DECIDERS)), "P")
            when += timedelta(hours=draw(st.integers(0, 48)))
            happened.append(Ruling(f"R{number}-{turn}", seller, when, verdict, by, **subject))
    end = max([end, *(event.event_time for event in happened)])
    ticks = [Tick(end.replace(second=0, microsecond=0) + timedelta(days=days)) for days in (1, 40)]
    together = sorted([*stream, *happened], key=lambda event: event.event_time)
    return [*together, *ticks]


def decided(stream: Sequence[Any]) -> Run:
    run = Run(FLAGGING)
    run.feed(sequence_of(stream, 2))
    return run


def ledgers(run: Run) -> dict[str, Ledger]:
    return {seller: SELLERS.decode(data) for seller, data in run.store.read(SELLERS, list(run.keys(SELLERS))).items()}


@given(stream=judged(), data=st.data())
def test_the_cut_into_chunks_changes_nothing(stream: list[Any], data: st.DataObject) -> None:
    sequence = sequence_of(stream, 2)
    whole, parts = Run(FLAGGING), Run(FLAGGING)
    whole.feed(sequence)
    for chunk in cut(sequence, data.draw(cuts(len(sequence)))):
        parts.feed(chunk)
    assert parts.everything() == whole.everything()
    assert whole.outputs.tally.residual == 0


@given(stream=judged())
def test_points_are_those_of_the_takedowns_that_stand(stream: list[Any]) -> None:
    """Told from the outputs alone, as whoever reads them would do it."""
    run = decided(stream)
    reversed_ids = {each.takedown_id for each in events_of(run.outputs, "reinstatements") if each.takedown_id}
    standing: Counter[tuple[str, str]] = Counter()
    for takedown in events_of(run.outputs, "takedowns"):
        if takedown.points and takedown.takedown_id not in reversed_ids:
            standing[takedown.seller_id, takedown.takedown_id] += takedown.points
    kept = {(seller, hit.takedown_id): hit.points for seller, ledger in ledgers(run).items() for hit in ledger.hits}
    assert kept == dict(standing)


@given(stream=judged())
def test_every_measure_is_given_back_at_most_once_and_none_that_never_was(stream: list[Any]) -> None:
    run = decided(stream)
    issued = {getattr(event, name) for topic, name in IDS.items() if topic != "reviews" for event in events_of(run.outputs, topic)}
    given = [each.takedown_id or each.closure_id or each.warning_id for each in events_of(run.outputs, "reinstatements")]
    assert len(given) == len(set(given))
    assert set(given) <= issued


@given(stream=judged())
def test_a_store_closes_once_an_epoch(stream: list[Any]) -> None:
    closures = events_of(decided(stream).outputs, "store-closures")
    epochs = [(closure.seller_id, closure.epoch) for closure in closures]
    assert len(epochs) == len(set(epochs))


@given(stream=any_stream)
def test_reversing_everything_leaves_nothing_but_the_memory_of_it(stream: list[Any]) -> None:
    after = max(event.event_time for event in stream) + timedelta(hours=1)
    court = DecidedBy("court", "C")
    takedowns = [(ident, seller) for name, ident, seller, _ in measures(stream) if name == "takedown_id"]
    rulings = [Ruling(f"R{number}", seller, after, "reverse", court, takedown_id=ident) for number, (ident, seller) in enumerate(takedowns)]
    run = decided([*stream, Tick(after.replace(second=0)), *rulings])
    for ledger in ledgers(run).values():
        assert (ledger.hits, ledger.steps, ledger.closure_id) == ((), (), None)
    listings = [LISTINGS.decode(data) for data in run.store.read(LISTINGS, list(run.keys(LISTINGS))).values()]
    assert [listing for listing in listings if listing.status == "down"] == []
    given = {each.takedown_id for each in events_of(run.outputs, "reinstatements")}
    assert {ident for ident, _ in takedowns} <= given
