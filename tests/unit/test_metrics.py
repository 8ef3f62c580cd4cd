"""The catalogue is closed, well named, and what is shown comes from it."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pipeline import metrics
from pipeline.counted import Counted
from pipeline.events.notice import CODES, Outcome
from pipeline.exposition import Exposition
from pipeline.kafka.instruments import Instruments
from pipeline.metrics import CATALOGUE, Metric, Reading, Row

every_metric = pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
_UNITS = ("seconds", "bytes", "records", "entries", "info", "total", "assigned", "on", "lost", "open")


@every_metric
def test_names_and_units_follow_the_conventions(metric: Metric) -> None:
    assert re.fullmatch(r"takedown_[a-z_]+", metric.name)
    assert (metric.kind == "counter") == metric.name.endswith("_total")
    assert (metric.kind == "info") == metric.name.endswith("_info")
    assert (metric.kind == "histogram") == bool(metric.buckets)
    assert metric.name.rsplit("_", 1)[1] in _UNITS
    assert metric.help.endswith(".")
    assert metric.row in get_args(Row)


@every_metric
def test_no_label_is_unbounded(metric: Metric) -> None:
    assert {"brand", "seller", "seller_id", "listing", "listing_id", "right", "right_id"}.isdisjoint(metric.labels)


def test_names_are_told_apart() -> None:
    assert len({metric.name for metric in CATALOGUE}) == len(CATALOGUE)


def shown(*readings: Reading) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    text = generate_latest(Exposition(lambda: readings).registry).decode()
    families = [family for family in text_string_to_metric_families(text) if family.name.startswith("takedown")]
    return {sample.name: {tuple(sorted(sample.labels.items())): sample.value} for family in families for sample in family.samples}


def test_counts_of_a_stage_become_readings() -> None:
    counted = Counted(
        "flagging",
        3,
        residual=1,
        read={"events.matched": 10},
        written={"takedowns": 4},
        fates={"kept": 8, "dropped:late": 1, "dead:invalid": 1},
        facts={"clear": 5},
        decided={
            "takedown:own_initiative:brand_disguised": 4,
            "review:signals:team": 2,
            "warning:restriction": 1,
            "closure:partly": 1,
            "reinstatement:deadline": 1,
        },
        lost={"events.matched": -2},
    )
    place = ("flagging", "3")
    assert set(counted.readings()) == {
        Reading(metrics.RESIDUAL, place, 1),
        Reading(metrics.READ, (*place, "events.matched"), 10),
        Reading(metrics.WRITTEN, (*place, "takedowns"), 4),
        Reading(metrics.LOST, (*place, "events.matched"), -2),
        Reading(metrics.KEPT, place, 8),
        Reading(metrics.DROPPED, (*place, "late"), 1),
        Reading(metrics.DEAD, (*place, "invalid"), 1),
        Reading(metrics.TAKEDOWNS, (*place, "own_initiative", "brand_disguised"), 4),
        Reading(metrics.REVIEWS, (*place, "signals", "team"), 2),
        Reading(metrics.REVIEWS_OPEN, place, 2),
        Reading(metrics.NOTICES_OPEN, place, 0),
        Reading(metrics.REINSTATED, (*place, "deadline"), 1),
        Reading(metrics.WARNINGS, (*place, "restriction"), 1),
        Reading(metrics.CLOSURES, (*place, "partly"), 1),
        Reading(metrics.OUTCOMES, (*place, "clear"), 5),
    }


def of_people(decided: dict[str, int], facts: dict[str, int] | None = None) -> set[Reading]:
    """Return what is shown of notices, questions and appeals."""
    readings = Counted("flagging", 3, 0, facts=facts or {}, decided=decided).readings()
    return {reading for reading in readings if reading.metric.row in ("Notices", "Questions and appeals")}


PLACE = ("flagging", "3")


def test_a_notice_is_open_from_its_receipt_to_its_final_outcome() -> None:
    finals = {
        "accepted:accepted": 2,
        "refused:incomplete": 3,
        "refused:territory": 1,
        "already_down:already-down": 1,
        "retracted:retracted": 1,
    }
    told = {"received:received": 11, "forwarded:appealed": 4, **finals}
    assert of_people({**{f"notice:{key}": number for key, number in told.items()}, "amended:reversed:complaint-upheld": 2}) == {
        *(Reading(metrics.NOTICES, (*PLACE, *key.split(":")), number) for key, number in told.items()),
        Reading(metrics.AMENDED, (*PLACE, "reversed", "complaint-upheld"), 2),
        Reading(metrics.NOTICES_OPEN, PLACE, 11 - 8),
        Reading(metrics.REVIEWS_OPEN, PLACE, 0),
    }


def test_a_question_is_open_until_it_ends_in_whatever_way() -> None:
    asked = {"review:signals:team": 4, "review:signals:brand": 3, "review:notice:team": 2, "review:closure:team": 1}
    ended = {"ended:ruling": 3, "ended:unanswered": 2, "ended:retracted": 1, "ended:right-inactive": 1}
    assert of_people({**asked, **ended}) == {
        *(Reading(metrics.REVIEWS, (*PLACE, *key.split(":")[1:]), number) for key, number in asked.items()),
        *(Reading(metrics.REVIEWS_ENDED, (*PLACE, key.split(":")[1]), number) for key, number in ended.items()),
        Reading(metrics.REVIEWS_OPEN, PLACE, 10 - 7),
        Reading(metrics.NOTICES_OPEN, PLACE, 0),
    }


def test_facts_about_people_have_metrics_of_their_own_and_are_no_outcomes() -> None:
    facts = {"notice-seconds": 7200, "capacity": 5, "appealed": 6, "complained": 1, "appeal-upheld": 2, "appeal-reversed": 3, "put-back": 1}
    readings = set(Counted("flagging", 3, 0, facts={**facts, "stayed": 4}).readings())
    assert not [reading for reading in readings if reading.metric is metrics.OUTCOMES]
    assert readings >= {
        Reading(metrics.NOTICE_SECONDS, PLACE, 7200),
        Reading(metrics.OVER_BUDGET, PLACE, 5),
        Reading(metrics.APPEALS, (*PLACE, "seller"), 6),
        Reading(metrics.APPEALS, (*PLACE, "notifier"), 1),
        Reading(metrics.APPEAL_OUTCOMES, (*PLACE, "upheld"), 2),
        Reading(metrics.APPEAL_OUTCOMES, (*PLACE, "reversed"), 3),
        Reading(metrics.APPEAL_OUTCOMES, (*PLACE, "put-back"), 1),
        Reading(metrics.APPEAL_OUTCOMES, (*PLACE, "stayed"), 4),
    }


def test_only_flagging_tells_of_notices_and_questions() -> None:
    assert {reading.metric for reading in Counted("dedupe", 0, 0).readings()} == {metrics.RESIDUAL}


def test_whatever_is_counted_the_codes_of_notices_are_those_that_are_known() -> None:
    """A code is a label: it may never be a text that somebody chose."""
    strange = {
        "notice:refused:zoe@example.com": 2,
        "notice:refused:my-own-code": 1,
        "notice:scorned:accepted": 4,
        "amended:reversed:zoe": 1,
    }
    assert of_people({**strange, "notice:refused:accepted": 1}) == {
        Reading(metrics.NOTICES, (*PLACE, "refused", "other"), 4),
        Reading(metrics.NOTICES, (*PLACE, "other", "other"), 4),
        Reading(metrics.AMENDED, (*PLACE, "reversed", "other"), 1),
        Reading(metrics.NOTICES_OPEN, PLACE, -4),
        Reading(metrics.REVIEWS_OPEN, PLACE, 0),
    }


def test_the_codes_of_notices_are_those_that_the_rules_name_and_that_have_a_hint() -> None:
    rules = Path("docs/people.md").read_text(encoding="utf-8").split("## A question")[0]
    named = {code for line in rules.splitlines() if line.startswith("|") for code in re.findall(r"`([a-z-]+)` \|$", line)}
    known = {code for codes in CODES.values() for code in codes}
    assert set(CODES) == set(get_args(Outcome))
    assert len(named) > 15
    assert named <= known
    for path in Path("pipeline/policy/hints").iterdir():
        assert set(tomllib.loads(path.read_text(encoding="utf-8"))) == known, path.name


def test_each_kind_is_shown_as_such() -> None:
    found = shown(
        Reading(metrics.LOST, ("dedupe", "0", "listings"), -4),
        Reading(metrics.FENCED, ("dedupe",), 2),
        Reading(metrics.POLICY, ("dedupe", "0", "2016.1", "200-abc"), 1),
    )
    assert found["takedown_records_lost"] == {(("partition", "0"), ("stage", "dedupe"), ("topic", "listings")): -4}
    assert found["takedown_transactions_fenced_total"] == {(("stage", "dedupe"),): 2}
    labels = (("partition", "0"), ("policy_version", "2016.1"), ("registry_version", "200-abc"), ("stage", "dedupe"))
    assert found["takedown_policy_info"] == {labels: 1}


def test_what_a_source_no_longer_tells_is_no_longer_shown() -> None:
    owned = [0, 1]
    exposition = Exposition(lambda: [Reading(metrics.RESIDUAL, ("dedupe", str(partition)), 0) for partition in owned])
    assert b'partition="1"' in generate_latest(exposition.registry)
    owned.remove(1)
    assert b'partition="1"' not in generate_latest(exposition.registry)


def test_a_process_shows_nothing_that_is_not_in_the_catalogue() -> None:
    instruments = Instruments("dedupe")
    instruments.handled(100, 0.02)
    instruments.took_down([0.3, 0.4])
    instruments.was_fenced()
    instruments.failed(ConnectionError(), opened=True)
    instruments.failed(ValueError(), opened=False)
    text = generate_latest(instruments.exposition.registry).decode()
    families = {family.name for family in text_string_to_metric_families(text) if family.name.startswith("takedown")}
    known = {metric.name.removesuffix("_total").removesuffix("_info") for metric in CATALOGUE}
    assert families <= {*known, *(f"{name}_info" for name in known)}
    assert 'takedown_producer_errors_total{error="fenced",stage="dedupe"} 1.0' in text
    assert 'takedown_producer_errors_total{error="passing",stage="dedupe"} 1.0' in text
    assert 'takedown_producer_errors_total{error="lasting",stage="dedupe"} 1.0' in text
    assert 'takedown_transactions_aborted_total{stage="dedupe"} 1.0' in text
    assert 'takedown_chunk_records_sum{stage="dedupe"} 100.0' in text
    assert "takedown_end_to_end_seconds_count 2.0" in text


def test_what_another_release_has_counted_is_shown_as_an_outcome() -> None:
    """While workers are updated one by one, a mark may hold keys that this one does not know."""
    counted = Counted("flagging", 0, 0, fates={"mislaid": 2}, decided={"pardon:king": 3, "takedown:own_initiative": 1})
    outcomes = {reading.labels[2]: reading.value for reading in counted.readings() if reading.metric is metrics.OUTCOMES}
    assert outcomes == {"mislaid": 2, "pardon:king": 3, "takedown:own_initiative": 1}
