"""What a replay's figures say of notices, questions, appeals and reinstatements, as JSON and as a table."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.cli import tables
from pipeline.local.summary import StageFigures, Summary
from pipeline.stages.record import Tally

DECIDED = {
    "takedown:notice:notice": 2,
    "takedown:own_initiative:brand_disguised": 3,
    "closure:partly": 1,
    "closure:human": 2,
    "reinstatement:ruling": 1,
    "reinstatement:deadline": 2,
    "notice:received:received": 9,
    "notice:accepted:accepted": 2,
    "notice:refused:incomplete": 3,
    "notice:refused:territory": 1,
    "amended:reversed:complaint-upheld": 1,
    "amended:reversed:reversed": 2,
    "review:signals:team": 4,
    "review:signals:brand": 1,
    "review:notice:team": 2,
    "ended:ruling": 3,
    "ended:unanswered": 1,
}
FACTS = {"notice-seconds": 7200, "capacity": 5, "appealed": 4, "complaint-upheld": 3, "put-back": 2, "clear": 8, "braked": 1}


def summary(decided: Mapping[str, int] = DECIDED, facts: Mapping[str, int] = FACTS) -> Summary:
    flagging = StageFigures(Tally(decided=Counter(decided), facts=Counter(facts)))
    return Summary({"flagging": flagging}, {}, {"reviews": 7}, Counter())


def test_the_figures_say_what_people_were_told() -> None:
    figures: dict[str, Any] = summary().as_json()
    assert figures["takedowns"] == {
        "by_reason": {"notice": 2, "brand_disguised": 3},
        "by_source": {"notice": 2, "own_initiative": 3},
    }
    assert (figures["closures"], figures["closures_by_decision"]) == (3, {"partly": 1, "human": 2})
    assert figures["reinstatements"] == {"ruling": 1, "deadline": 2}
    assert figures["notices"] == {
        "by_outcome": {"received": 9, "accepted": 2, "refused": 4},
        "refused_by_code": {"incomplete": 3, "territory": 1},
        "amended_by_code": {"complaint-upheld": 1, "reversed": 2},
        "open": 3,
        "handling_seconds": 7200,
    }
    assert figures["questions"] == {
        "by_cause": {"signals": 5, "notice": 2},
        "by_assignee": {"team": 6, "brand": 1},
        "by_ending": {"ruling": 3, "unanswered": 1},
        "open": 3,
        "over_budget": 5,
    }
    assert figures["appeals"] == {
        "appealed": 4,
        "complained": 0,
        "upheld": 0,
        "reversed": 0,
        "refusal-upheld": 3,
        "refusal-reversed": 0,
        "put-back": 2,
        "stayed": 0,
    }


def test_where_nobody_said_anything_all_is_there_and_0() -> None:
    figures: dict[str, Any] = summary({}, {}).as_json()
    assert figures["notices"]["open"] == figures["questions"]["open"] == figures["notices"]["handling_seconds"] == 0
    assert figures["reinstatements"] == {}


def test_the_table_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_decisions(summary())
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "store closures 3 human 2, partly 1",
        "reinstatements 3 deadline 2, ruling 1",
        "reviews 7 cause: signals 5, notice 2; 1 of them braked takedowns",
        "ended: ruling 3, unanswered 1; open: 3; 5 not asked, since the day's questions were spent",
        "notices 9 outcome: refused 4, accepted 2",
        "refused: incomplete 3, territory 1; open: 3",
        "amended: reversed 2, complaint-upheld 1",
        "appeals 4 appealed 4, refusal-upheld 3, put-back 2",
    ):
        assert words in printed
