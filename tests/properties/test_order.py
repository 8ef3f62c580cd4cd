"""Where the order between topics decides, and where it does not: one named case each, on which the stages and the naive model agree."""

from datetime import timedelta
from typing import Any

from pipeline.events.appeal import Appeal
from pipeline.events.listing import Listing
from pipeline.events.notice import Notice
from pipeline.events.ruling import DecidedBy, Ruling
from tests.build import START
from tests.properties.comparison import compare
from tests.properties.histories import Player, policy_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAIN, FAKE = "Nike Air Max 90", "Nike Air Max 90 1:1 replica"
REVIEWER = DecidedBy("reviewer", "P")


def player() -> Player:
    return Player(policy_of("taobao"))


def hear(to: Player, *events: Any) -> Player:
    """Let a player hear events in this order, whatever their topics."""
    topics: dict[type, str] = {Listing: "listings", Notice: "notices", Ruling: "rulings", Appeal: "appeals"}
    for event in events:
        to.hear(topics[type(event)], event)
    difference = compare(to)[1]
    assert difference is None, str(difference)
    return to


def listing(title: str = PLAIN, after: timedelta = HOUR, version: int = 1, listing_id: str = "L1") -> Listing:
    return Listing(listing_id, "S1", START + after, "listed" if version == 1 else "updated", version, title)


def notice(notice_id: str = "C1", notifier: str = "N-plain", after: timedelta = 2 * HOUR, **fields: Any) -> Notice:
    said = {"right_id": "R-nike", "explanation": "a fake", "good_faith": True, "accurate": True, **fields}
    return Notice(notice_id, notifier, "S1", "L1", START + after, said.pop("kind", "trademark"), **said)


def retraction(of: str = "C1", notifier: str = "N-plain", after: timedelta = 3 * HOUR) -> Notice:
    return Notice("C9", notifier, "S1", "L1", START + after, "retraction", retracts=of)


def told(by: Player, notice_id: str = "C1") -> list[str]:
    """Return what a notice was answered."""
    return [f"{one.outcome}:{one.code}" for one in by.outputs("notice-outcomes") if one.notice_id == notice_id]


def ruled(on: Player, verdict: Any, after: timedelta, by: DecidedBy = REVIEWER, **subject: str) -> Ruling:
    return Ruling(f"V-{verdict}-{after}", "S1", START + after, verdict, by, **subject)


def review_of(one: Player) -> str:
    return str(one.outputs("reviews")[-1].review_id)


def takedown_of(one: Player) -> str:
    return str(one.outputs("takedowns")[-1].takedown_id)


def test_a_notice_before_its_listing_waits_and_ends_as_it_would_have_after_it() -> None:
    before = hear(player(), notice(notifier="N-fast"), listing())
    after = hear(player(), listing(), notice(notifier="N-fast"))
    assert told(before) == told(after) == ["received:received", "accepted:accepted"]


def test_a_notice_before_a_fake_finds_it_down_already() -> None:
    """The listing itself is judged first; without the notice it would have gone as well."""
    assert told(hear(player(), notice(notifier="N-fast"), listing(FAKE))) == ["received:received", "already_down:already-down"]


def test_an_update_before_a_notice_is_what_the_notice_is_about() -> None:
    disguised = listing("N1KE Air Max", 3 * HOUR, version=2)
    later = notice(notifier="N-stranger", after=3 * HOUR)
    assert told(hear(player(), listing(), disguised, later)) == ["received:received"], "it waits with the question about the disguise"
    assert told(hear(player(), listing(), later, disguised)) == ["received:received", "refused:insufficient"]


def test_a_ruling_before_an_appeal_of_the_same_moment_leaves_nothing_to_appeal_against() -> None:
    for first_is_ruling, fates in ((True, ["illegal-move"]), (False, [])):
        one = hear(player(), listing(FAKE))
        ruling = ruled(one, "reverse", 2 * DAY, takedown_id=takedown_of(one))
        appeal = Appeal("A1", "S1", START + 2 * DAY, "genuine", "it is", takedown_id=takedown_of(one))
        hear(one, *([ruling, appeal] if first_is_ruling else [appeal, ruling]))
        assert [given.cause for given in one.outputs("reinstatements") if given.takedown_id] == ["ruling"], "it is given back either way"
        assert [letter.error.code for letter in one.runs[2].outputs.dead_letters] == fates


def test_a_retraction_before_the_ruling_ends_the_question_and_after_it_amends_the_answer() -> None:
    one = hear(player(), listing(), notice())
    answer = ruled(one, "counterfeit", DAY, review_id=review_of(one))
    hear(one, retraction(), answer)
    assert told(one) == ["received:received", "retracted:retracted"]
    assert one.outputs("takedowns") == []

    two = hear(player(), listing(), notice())
    hear(two, answer, retraction(after=DAY))
    assert told(two) == ["received:received", "accepted:accepted", "retracted:retracted"]
    assert len(two.outputs("takedowns")) == 1
    assert two.outputs("reinstatements") == [], "people have decided: it does not rest on the notice alone"


def test_an_answer_counts_until_the_tick_at_which_the_deadline_fires() -> None:
    due = HOUR * 2 + 3 * DAY + DAY  # asked, due after three days, and the lateness
    for at_tick, last in ((due - HOUR, "accepted:accepted"), (due, "refused:unanswered")):
        one = hear(player(), listing(), notice())
        one.tick(START + at_tick)
        hear(one, ruled(one, "counterfeit", due, review_id=review_of(one)))
        assert told(one)[-1] == last


def test_a_stay_counts_until_the_tick_at_which_the_listing_is_put_back() -> None:
    due = 2 * HOUR + 15 * DAY + DAY + HOUR
    for at_tick, causes in ((due - HOUR, []), (due, ["deadline"])):
        one = hear(player(), listing(), notice(notifier="N-fast"))
        one.tick(START + 2 * HOUR)
        hear(one, Appeal("A1", "S1", START + 3 * HOUR, "genuine", "it is", takedown_id=takedown_of(one)))
        one.tick(START + at_tick)
        hear(one, ruled(one, "stayed", due, DecidedBy("court", "C"), appeal_id="A1"))
        one.tick(START + due + DAY)
        hear(one)
        assert [given.cause for given in one.outputs("reinstatements")] == causes


def test_a_listing_after_the_closure_goes_with_its_store_and_before_it_too() -> None:
    for late in (False, True):
        one = Player(policy_of("three-strikes", enforcement={"ask_before_closure": False}))
        fakes = [listing(FAKE, number * 3 * HOUR, listing_id=f"F{number}") for number in (1, 2, 3)]
        other = listing("Blue wool scarf", 9 * HOUR)
        hear(one, *([*fakes, other] if late else [*fakes[:2], other, fakes[2]]))
        assert [down.source for down in one.outputs("takedowns") if down.listing_id == "L1"] == ["closure"]


def test_order_within_a_topic_and_key_decides_which_of_two_notices_takes_it_down() -> None:
    first, second = notice("C1", "N-fast"), notice("C2", "N-fast", explanation="another")
    assert told(hear(player(), listing(), first, second), "C2") == ["received:received", "already_down:already-down"]
    assert told(hear(player(), listing(), second, first), "C1") == ["received:received", "already_down:already-down"]
