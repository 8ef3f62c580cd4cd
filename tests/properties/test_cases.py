"""Small cases that random histories found, kept by name. The stages and the naive model agree on each."""

from datetime import timedelta
from typing import Any

from pipeline.policy.model import Policy
from tests.properties.comparison import compare
from tests.properties.histories import TITLES, Judging, Move, Notifying, Objecting, Offering, Player, Retracting, policy_of

SOON, LATER = timedelta(hours=3), timedelta(days=17)
AT_ONCE: dict[str, Any] = {"enforcement": {"ask_before_closure": False}}


def offer(number: int, title: str = TITLES[0], **fields: Any) -> Offering:
    return Offering(SOON, number=number, title=title, **fields)


def notify(**fields: Any) -> Notifying:
    return Notifying(SOON, **fields)


def object_to(against: str, which: int = 0) -> Objecting:
    return Objecting(SOON, against=against, which=which)


def judge(verdict: str, about: str = "appeal_id", by: str = "reviewer", which: int = 0) -> Judging:
    return Judging(SOON, about=about, verdict=verdict, by=by, which=which, open=False)


def played(policy: Policy, *plan: Move) -> Player:
    player = Player(policy).play(plan)
    difference = compare(player)[1]
    assert difference is None, str(difference)
    return player


def test_a_closed_store_does_not_close_again() -> None:
    """Not by a notice either, about something that was removed before anybody saw it."""
    fakes = [offer(number) for number in (1, 2, 3)]
    one = played(policy_of("three-strikes", **AT_ONCE), *fakes, offer(0, removed=True), notify(notifier="N-fast", right="R-gucci"))
    assert [down.source for down in one.outputs("takedowns")] == ["own_initiative"] * 3 + ["notice"]
    assert len(one.outputs("store-closures")) == 1


def test_a_warning_that_was_reversed_does_not_come_again_with_its_id() -> None:
    one = played(
        policy_of("three-strikes", **AT_ONCE),
        *(offer(0), offer(1), object_to("takedown_id"), object_to("warning_id"), judge("reverse")),
        judge("uphold", about="takedown_id", by="court"),
    )
    ids = [warning.warning_id for warning in one.outputs("seller-warnings")]
    assert len(ids) == len(set(ids))


def test_a_takedown_without_points_leads_to_no_step() -> None:
    """An ordinary one costs nothing under this preset, so it does not bring the step that another has left due."""
    one = played(
        policy_of("aliexpress", **AT_ONCE),
        *(offer(0), object_to("warning_id"), judge("reverse"), Move(timedelta(days=4)), offer(1)),
        *(offer(2, "Blue wool scarf"), notify(notifier="N-fast", claim="trademark")),
    )
    assert [warning.step for warning in one.outputs("seller-warnings")] == ["warning", "warning"]


def test_what_was_removed_is_removed_when_it_is_put_back() -> None:
    one = played(
        policy_of("taobao"),
        *(offer(0, removed=True), notify(notifier="N-fast"), object_to("takedown_id"), Move(LATER)),
        judge("counterfeit"),
    )
    assert [given.cause for given in one.outputs("reinstatements")] == ["deadline"]
    assert not [down for down in one.outputs("takedowns") if down.renews], "there is nothing to take down again"


def test_a_retraction_gives_back_whatever_a_right_in_shadow_says() -> None:
    one = played(policy_of("taobao"), offer(0, "Puma 1:1 replica"), notify(notifier="N-fast"), Retracting(SOON))
    assert [given.cause for given in one.outputs("reinstatements") if given.takedown_id] == ["retraction"]


def test_a_step_that_comes_again_with_points_that_came_back_has_an_id_of_its_own() -> None:
    """The takedowns behind it are those of the first, which was reversed on its own appeal."""
    one = played(
        policy_of("three-strikes", **AT_ONCE),
        *(offer(0), Move(timedelta(days=4)), offer(1, "Blue wool scarf"), notify(notifier="N-fast")),
        *(object_to("takedown_id"), object_to("warning_id"), judge("reverse"), Move(LATER)),
        judge("uphold", which=1),
    )
    assert [given.cause for given in one.outputs("reinstatements")] == ["ruling", "deadline"]
    ids = [warning.warning_id for warning in one.outputs("seller-warnings")]
    assert len(ids) == len(set(ids)) == 3
