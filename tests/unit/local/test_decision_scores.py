from pipeline.local.decision_scores import Decided, by_signal, decision_figures, decision_scores
from pipeline.local.seen import Best, Seen, Signal
from pipeline.signals.case import Group
from pipeline.stages.verdict import Outcome


def decided(counterfeit: bool | None, outcome: Outcome = "clear", *signals: tuple[str, Group, float]) -> Decided:
    """Return a listing with the signals of its best score."""
    best = Best(-4.0 + sum(weight for *_, weight in signals), tuple(Signal(*signal) for signal in signals))
    return Decided("L1", counterfeit, Seen("en", outcome=outcome, best=best))


LISTINGS = [
    decided(True, "takedown", ("replica_vocabulary", "goods", 6.5), ("seller_record", "circumstance", 7.0)),
    decided(False, "takedown", ("replica_vocabulary", "goods", 6.5)),
    decided(True, "review", ("seller_record", "circumstance", 7.0), ("reference_use", "favour", -8.0)),
    decided(True, "clear", ("seller_record", "circumstance", 7.0)),
    decided(None, "review", ("replica_vocabulary", "goods", 6.5)),
    decided(False),
]


def test_decisions_are_counted() -> None:
    assert decision_scores(LISTINGS) == {
        "n": 6, "takedowns": 2, "reviews": 2, "review_share": 0.3333, "counterfeit": 3, "genuine": 2,
        "precision": 0.5, "recall": 0.6667, "genuine_touched": 0.5,
    }  # fmt: skip


def test_a_share_of_nothing_is_0_of_the_whole_and_none_of_a_part() -> None:
    assert decision_scores([decided(True)]) | {} == {
        "n": 1, "takedowns": 0, "reviews": 0, "review_share": 0.0, "counterfeit": 1, "genuine": 0,
        "precision": 0.0, "recall": 0.0, "genuine_touched": 0.0,
    }  # fmt: skip
    assert {"precision", "genuine_touched"}.isdisjoint(decision_figures([decided(True)]))
    assert decision_scores([]) == {"n": 0, "takedowns": 0, "reviews": 0, "review_share": 0.0}


def test_a_signal_leads_where_it_is_the_strongest_about_the_goods_or_else_of_all() -> None:
    signals = by_signal(LISTINGS)
    assert list(signals) == ["replica_vocabulary", "seller_record", "reference_use"]
    assert signals["replica_vocabulary"] == {
        "found": 3, "found_counterfeit": 1, "found_genuine": 1,
        "led": 3, "led_takedowns": 2, "led_counterfeit": 1, "led_genuine": 1, "precision": 0.5,
    }  # fmt: skip
    assert (signals["seller_record"]["found"], signals["seller_record"]["led"], signals["seller_record"]["precision"]) == (3, 1, 1.0)
    assert signals["reference_use"]["led"] == 0
    assert "precision" not in signals["reference_use"]


def test_what_names_no_right_has_no_signal() -> None:
    assert by_signal([Decided("L1", True, Seen("en"))]) == {}
