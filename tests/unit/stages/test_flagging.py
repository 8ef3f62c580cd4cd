from collections.abc import Iterable
from typing import Any

import pytest

from pipeline.enforcement.ledger import Ledger
from pipeline.events.listing import Image
from pipeline.events.match import Match
from pipeline.events.right import ReferencePrice
from pipeline.policy.model import Policy
from pipeline.stages import flagging
from pipeline.stages.desk import SELLERS
from pipeline.stages.record import Outputs
from pipeline.stages.shelf import LISTINGS
from pipeline.state.memory import MemoryStore
from pipeline.state.table import key
from pipeline.state.view import View
from tests.build import (
    FAKE,
    START,
    at,
    default_policy,
    events_of,
    history,
    listing,
    match,
    matched,
    records,
    right,
    ruling,
    sequenced_tick,
    slim,
)

NIKE = match()


class Flagging:
    """Flagging with its store, fed event by event."""

    def __init__(self, *rights: Any, policy: Policy | None = None) -> None:
        self.store = MemoryStore(flagging.TABLES)
        self.rights = rights or (right(),)
        self.reference = history(*self.rights, policy=policy)
        self.total, self.offset = Outputs(), 0
        self.feed(sequenced_tick(rights=len(self.rights)))

    def feed(self, *events: Any) -> Outputs:
        view = View(self.store)
        outputs = flagging.process(records(events, "events.matched", self.offset), view, self.reference)
        self.offset += len(events)
        self.store.write(view.changes())
        self.total.extend(outputs)
        return outputs

    def offer(self, title: str = FAKE, matches: Iterable[Match] = (NIKE,), **fields: Any) -> Outputs:
        return self.feed(matched(listing(title, **fields), *matches))

    def fakes(self, weeks: Iterable[int], **fields: Any) -> Outputs:
        outputs = Outputs()
        for week in weeks:
            outputs.extend(self.offer(listing_id=f"F{week}", event_time=at(days=4 * week), **fields))
        return outputs

    def ledgers(self) -> list[Ledger]:
        """Return the ledgers of all sellers."""
        return [SELLERS.decode(data) for data in self.store.read(SELLERS, list(self.store.keys(SELLERS))).values()]

    def facts(self) -> dict[str, int]:
        return dict(self.total.tally.facts)


def takedowns(outputs: Outputs) -> list[Any]:
    return events_of(outputs, "takedowns")


def steps(outputs: Outputs) -> list[str]:
    return [event.step for event in events_of(outputs, "seller-warnings")]


def closures(outputs: Outputs) -> list[Any]:
    return events_of(outputs, "store-closures")


def reviews(outputs: Outputs) -> list[Any]:
    return events_of(outputs, "reviews")


# -- decisions


def test_a_replica_goes_with_reasons_that_add_up() -> None:
    (takedown,) = takedowns(Flagging().offer(price="9.90", currency="CNY", language="zh-CN"))
    assert (takedown.listing_id, takedown.source, takedown.severity, takedown.points) == ("L1", "own_initiative", "serious", 12)
    assert takedown.score == pytest.approx(sum(reason.weight for reason in takedown.reasons))
    assert [reason.code for reason in takedown.reasons] == ["prior", "replica_vocabulary"]
    assert "仿货" in takedown.reasons[1].text
    assert takedown.appeal_until == START + default_policy().times.appeal_window


def test_circumstances_alone_lead_to_a_review_however_strong() -> None:
    strict = right(authorised_sellers=("S2",), reference_prices=(ReferencePrice("CNY", "1000", "2000"),))
    harsh = default_policy(decision={"base_rate": 0.9933})
    outputs = Flagging(strict, policy=harsh).offer("Nike Air Max 90", price="2", currency="CNY")
    assert takedowns(outputs) == []
    (review,) = reviews(outputs)
    assert {reason.code for reason in review.reasons} == {"prior", "price_far_below", "seller_not_authorised"}


def test_a_plain_listing_is_clear() -> None:
    stage = Flagging()
    assert stage.offer("Nike Air Max 90").events == []
    assert stage.facts() == {"clear": 1}


def test_a_disguise_alone_is_a_question_with_priority_and_due_time() -> None:
    stage = Flagging()
    outputs = stage.offer("N1KE milk", [match("N1KE", method="leetspeak")], category="baby food")
    (review,) = reviews(outputs)
    assert (review.assignee.kind, review.question, review.priority) == ("team", "counterfeit", 2)
    assert review.due_at == START + default_policy().reviews.due_after


def test_the_same_question_is_asked_once() -> None:
    stage = Flagging()
    disguised = [match("N1KE", method="leetspeak")]
    stage.offer("N1KE Air", disguised)
    assert reviews(stage.offer("N1KE Air", disguised, version=2, change="updated")) == []
    assert stage.facts() == {"review": 1, "asked-before": 1}


def test_a_takedown_names_every_right_that_carries_it_and_where_they_hold() -> None:
    stage = Flagging(right(territories=("CN",)), right(right_id="R2", brand_id="B2", brand="Jordan", territories=("DE",)))
    (takedown,) = takedowns(stage.offer(matches=[NIKE, match("Jordan", 5, right_id="R2", brand_id="B2", alias="Jordan")]))
    assert (takedown.right_ids, takedown.brand_ids, takedown.territories) == (("R1", "R2"), ("B1", "B2"), ("CN", "DE"))


def test_a_right_on_trial_counts_and_acts_on_nothing() -> None:
    stage = Flagging(right(status="shadow"))
    assert stage.offer(matches=[match(shadow=True)]).events == []
    assert stage.facts() == {"shadow-takedown": 1, "clear": 1}


SWOOSH = match("Swoosh", alias="Swoosh", shadow=True)


def test_an_alias_on_trial_counts_and_acts_on_nothing() -> None:
    stage = Flagging()
    assert stage.offer("Swoosh 1:1 replica", [SWOOSH]).events == []
    assert stage.facts() == {"shadow-alias-takedown": 1, "clear": 1}


def test_an_alias_on_trial_moves_no_decision_on_its_right() -> None:
    title, reference = "case for Nike, 1:1 replica, Swoosh", match(start=9, use="reference")
    stage = Flagging()
    assert stage.offer(title, [reference, SWOOSH]).events == Flagging().offer(title, [reference]).events == []
    assert stage.facts() == {"shadow-alias-takedown": 1, "clear": 1}
    (with_it,), (without,) = takedowns(stage.offer(listing_id="L2", matches=[NIKE, SWOOSH])), takedowns(Flagging().offer(listing_id="L2"))
    assert with_it == without
    assert stage.facts()["shadow-alias-unmoved"] == 1


def test_what_an_alias_on_trial_finds_is_not_remembered_of_a_listing() -> None:
    stage = Flagging()
    stage.offer("Sw00sh 1:1", [SWOOSH])
    known = View(stage.store).get(LISTINGS, key("S1", "L1"))
    assert known is not None
    assert (known.right_ids, known.weighed) == ((), ())


def test_an_exempt_right_is_not_counted_for_its_alias_on_trial() -> None:
    stage = Flagging()
    stage.offer()
    (takedown,) = takedowns(stage.total)
    stage.feed(ruling("reverse", at(days=1), takedown_id=takedown.takedown_id))
    stage.offer(matches=[NIKE, SWOOSH], version=2, change="updated", event_time=at(days=2))
    assert not any(fact.startswith("shadow") for fact in stage.facts())


def test_a_signal_on_trial_counts_and_acts_on_nothing() -> None:
    policy = default_policy()
    trial = policy.signals.replica_vocabulary.model_copy(update={"mode": "shadow"})
    stage = Flagging(policy=default_policy(signals={"replica_vocabulary": trial}))
    assert stage.offer().events == []
    assert stage.facts() == {"shadow-signal-replica_vocabulary": 1, "clear": 1}


# -- the brake


def test_above_the_brake_the_rest_goes_to_people_and_says_so() -> None:
    stage = Flagging(policy=default_policy(brake={"per_right": 2}))
    for number in range(4):
        stage.offer(listing_id=f"L{number}", seller_id=f"S{number}")
    assert len(takedowns(stage.total)) == 2
    assert [review.braked for review in reviews(stage.total)] == [True, True]
    assert all("brake" in {reason.code for reason in review.reasons} for review in reviews(stage.total))
    assert stage.facts()["braked"] == 2


# -- what is remembered of listings


def test_an_update_does_not_bring_a_listing_back_and_a_new_offer_is_decided_anew() -> None:
    stage = Flagging()
    stage.offer()
    assert stage.offer("Nike Air Max 90", version=2, change="updated").events == []
    assert stage.facts()["already-down"] == 1
    assert len(takedowns(stage.offer(version=3, change="listed", event_time=at(days=9)))) == 1


@pytest.mark.parametrize(
    "again", [{"title": "nike AIR max 90 莆田 1:1, replica"}, {"title": "Nike Dunk 1:1", "images": (Image("v", "a5" * 8),)}]
)
def test_a_relisted_title_or_picture_is_recognised_at_the_same_seller(again: dict[str, Any]) -> None:
    stage = Flagging()
    (first,) = takedowns(stage.offer(images=(Image("u", "a5" * 8),)))
    outputs = stage.offer(**{**again, "listing_id": "L2", "event_time": at(days=5)})
    (relisted,) = [reason for reason in takedowns(outputs)[0].reasons if reason.code == "relisted"]
    assert relisted.evidence[0].found == first.takedown_id
    elsewhere = takedowns(stage.offer(**{**again, "seller_id": "S2", "event_time": at(days=5)}))
    assert "relisted" not in {reason.code for reason in elsewhere[0].reasons}


def test_deleting_a_listing_is_no_escape_and_is_forgotten_in_time() -> None:
    stage = Flagging()
    stage.feed(slim(listing()))
    stage.feed(slim(listing(version=2, change="removed", event_time=at(days=1))))
    assert stage.store.sizes()["listings"].entries == 1
    stage.feed(sequenced_tick(at(days=181)))
    assert stage.store.sizes()["listings"].entries == 1
    stage.feed(sequenced_tick(at(days=182)))
    assert stage.store.sizes()["listings"].entries == 0


def test_a_taken_down_listing_and_its_traces_are_forgotten_in_time() -> None:
    stage = Flagging()
    stage.offer(images=(Image("u", "a5" * 8),))
    stage.feed(sequenced_tick(at(days=365)))
    assert (stage.store.sizes()["listings"].entries, stage.store.sizes()["traces"].entries) == (1, 2)
    stage.feed(sequenced_tick(at(days=366)))
    assert (stage.store.sizes()["listings"].entries, stage.store.sizes()["traces"].entries) == (1, 0), "it may still be given back"
    stage.feed(sequenced_tick(at(days=180 + 365 + 1)))
    assert (stage.store.sizes()["listings"].entries, stage.store.sizes()["cases"].entries) == (0, 0)
    assert stage.store.sizes()["deadlines"].entries == 0


# -- enforcement


def test_hits_lead_to_a_warning_a_restriction_and_a_closure() -> None:
    outputs = Flagging().fakes(range(4))
    assert steps(outputs) == ["warning", "restriction"]
    (closed,) = closures(outputs)
    assert (closed.points, closed.decision, len(closed.takedown_ids)) == (48, "automated", 4)


def test_hits_on_listings_first_seen_before_a_step_and_its_grace_are_excused() -> None:
    stage = Flagging()
    for number in range(9):
        stage.feed(slim(listing(listing_id=f"F{number}")))
    outputs = Outputs()
    for number in range(9):
        outputs.extend(stage.offer(listing_id=f"F{number}", version=2, change="updated", event_time=at(days=5 + number)))
    assert [takedown.excused for takedown in takedowns(outputs)] == [False, *[True] * 8]
    assert [takedown.points for takedown in takedowns(outputs)] == [12, *[0] * 8]
    assert (steps(outputs), closures(outputs)) == (["warning"], [])


def test_a_closed_store_is_swept_and_new_offers_go_on_arrival() -> None:
    stage = Flagging()
    stage.feed(slim(listing(listing_id="H1")), slim(listing(listing_id="H2")), slim(listing(listing_id="H3", seller_id="S2")))
    stage.feed(slim(listing(listing_id="H2", version=2, change="removed")))
    outputs = stage.fakes(range(4))
    (closed,) = closures(outputs)
    (gone,) = [takedown for takedown in takedowns(outputs) if takedown.source == "closure"]
    assert (closed.swept, gone.listing_id, gone.ground, gone.points, gone.closure_id) == (1, "H1", "terms", 0, closed.closure_id)
    late = stage.feed(slim(listing(listing_id="H9", event_time=at(days=20))))
    assert [(takedown.listing_id, takedown.source) for takedown in takedowns(late)] == [("H9", "closure")]


def test_a_store_closes_once() -> None:
    stage = Flagging()
    stage.fakes(range(12))
    assert len(closures(stage.total)) == 1


def test_without_a_preset_no_points_and_no_steps() -> None:
    stage = Flagging(policy=default_policy(enforcement={"preset": "none"}))
    outputs = stage.fakes(range(9))
    assert len(takedowns(outputs)) == 9
    assert {takedown.points for takedown in takedowns(outputs)} == {0}
    assert (steps(outputs), closures(outputs)) == ([], [])


@pytest.mark.parametrize(
    ("preset", "days", "expected"),
    [
        ("aliexpress", (0, 1, 2), ["warning"]),  # within three days: one hit
        ("aliexpress", (0, 4, 8), ["warning", "suspension", "closure"]),
        ("three-strikes", (0, 4, 8), ["warning", "suspension", "closure"]),
        ("three-strikes", (0, 200, 400), ["warning", "suspension", "warning"]),  # the first has outlived its year, and its warning with it
        ("taobao", (0, 4), ["warning", "restriction"]),
    ],
)
def test_presets(preset: str, days: tuple[int, ...], expected: list[str]) -> None:
    stage = Flagging(policy=default_policy(enforcement={"preset": preset, "ask_before_closure": False}))
    for day in days:
        stage.offer(listing_id=f"L{day}", event_time=at(days=day))
    assert [*steps(stage.total), *["closure" for _ in closures(stage.total)]] == expected


def test_every_record_is_kept() -> None:
    stage = Flagging()
    stage.fakes(range(6))
    assert (stage.total.tally.residual, stage.total.tally.kept) == (0, 7)


def test_one_old_listing_is_excused_once() -> None:
    stage = Flagging()
    offers = [stage.offer(version=week + 1, event_time=at(days=4 * week)) for week in range(4)]
    assert [takedowns(one)[0].points for one in offers] == [12, 12, 12, 12]
    assert [step for one in offers for step in steps(one)] == ["warning", "restriction"]
    assert len(closures(offers[-1])) == 1


def test_a_late_hit_is_judged_with_what_is_known_since() -> None:
    usual = default_policy()
    mild = usual.presets["taobao"].model_copy(update={"points": {"serious": 6, "ordinary": 6}})
    stage = Flagging(policy=usual.model_copy(update={"presets": {"taobao": mild}}))
    stage.offer(listing_id="NEW", event_time=at(days=10))
    late = stage.offer(listing_id="LATE", event_time=at(days=9.5))
    (warned,) = events_of(late, "seller-warnings")
    assert (warned.points, warned.decided_at, len(warned.takedown_ids)) == (12, at(days=10), 2)


def test_a_share_counts_each_listing_once_and_no_removal() -> None:
    stage = Flagging()
    stage.feed(slim(listing(listing_id="GONE", change="removed")))
    stage.feed(*(slim(listing(listing_id=f"H{number}")) for number in range(3)))
    for week in range(3):
        stage.offer(listing_id="F", version=week + 1, event_time=at(days=4 * week))
    ledger = View(stage.store).get(SELLERS, "S1")
    assert ledger is not None
    assert (ledger.listed, ledger.down) == (4, 1)


def test_a_swept_listing_names_the_rights_that_it_uses_and_no_other() -> None:
    reference, shadow = match(right_id="R2", use="reference"), match(right_id="R3", shadow=True)
    stage = Flagging(right(), right(right_id="R2"), right(right_id="R3", status="shadow"))
    stage.offer("Nike shoe", (NIKE, reference, shadow), listing_id="H1")
    outputs = stage.fakes(range(4))
    swept = [takedown for takedown in takedowns(outputs) if takedown.source == "closure"]
    arrived = takedowns(stage.offer("Nike shoe", (NIKE, reference, shadow), listing_id="H2", event_time=at(days=20)))
    assert [(takedown.listing_id, takedown.right_ids) for takedown in (*swept, *arrived)] == [("H1", ("R1",)), ("H2", ("R1",))]


def test_deleting_a_listing_that_was_taken_down_does_not_shorten_its_memory() -> None:
    stage = Flagging()
    stage.offer()
    stage.feed(slim(listing(version=2, change="removed", event_time=at(days=1))))
    stage.feed(sequenced_tick(at(days=300)))
    known = View(stage.store).get(LISTINGS, key("S1", "L1"))
    assert known is not None
    assert known.status == "down"
