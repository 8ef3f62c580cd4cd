"""The closed catalogue of metrics: what each is called, what it says, and its labels.

Names and units follow the conventions of Prometheus (https://prometheus.io/docs/practices/naming/). Labels are bounded: a stage, a
partition, a topic, a code of the policy or of an error; never a brand, a seller or a listing. What is counted for a partition comes from
its change set, so it is exact whatever was killed, and is shown by the partition's owner alone.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram", "info"]
Row = Literal["Flow", "Decisions", "Notices", "Questions and appeals", "Delivery", "State", "Reference data", "Process"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. A counter's name ends with `_total`, an info's with `_info`. `row`: where it stands on the dashboard and in the docs."""

    name: str
    kind: Kind
    row: Row
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


class Reading(NamedTuple):
    """The value of a metric for some values of its labels, in their order."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


_PLACE = ("stage", "partition")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

READ = Metric("takedown_records_read_total", "counter", "Flow", "Records that a stage has read.", (*_PLACE, "topic"))
WRITTEN = Metric("takedown_records_written_total", "counter", "Flow", "Records that a stage has written.", (*_PLACE, "topic"))
PASSED = Metric("takedown_records_passed_total", "counter", "Flow", "Records that a stage has passed on.", _PLACE)
KEPT = Metric("takedown_records_kept_total", "counter", "Flow", "Records that end in a stage: what they say is in its state.", _PLACE)
DROPPED = Metric("takedown_records_dropped_total", "counter", "Flow", "Records that a stage has dropped, by reason.", (*_PLACE, "reason"))
DEAD = Metric(
    "takedown_records_dead_lettered_total", "counter", "Flow", "Records that a stage could not use, by error code.", (*_PLACE, "code")
)
LOST = Metric(
    "takedown_records_lost", "gauge", "Flow", "Records gone unread, as an operator accepted; below 0 after a reset backwards.",
    (*_PLACE, "topic"),
)  # fmt: skip
RESIDUAL = Metric(
    "takedown_conservation_residual_records", "gauge", "Flow", "Records without a disposition: 0, or something was lost.", _PLACE
)
LAG = Metric("takedown_lag_records", "gauge", "Flow", "Offsets that a stage has not read yet.", (*_PLACE, "topic"))
LAG_SECONDS = Metric(
    "takedown_lag_seconds", "gauge", "Flow", "Age by the broker's time of the newest record that was handled, while others wait; else 0.",
    (*_PLACE, "topic"),
)  # fmt: skip
END_TO_END = Metric(
    "takedown_end_to_end_seconds", "histogram", "Flow", "From a listing's broker timestamp to the commit of its takedown.", (),
    (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0),
)  # fmt: skip

TAKEDOWNS = Metric(
    "takedown_takedowns_total", "counter", "Decisions", "Takedowns, by who asked for it and the reason that weighs most.",
    (*_PLACE, "source", "reason"),
)  # fmt: skip
WARNINGS = Metric("takedown_warnings_total", "counter", "Decisions", "Warnings, restrictions and suspensions, by step.", (*_PLACE, "step"))
CLOSURES = Metric(
    "takedown_closures_total", "counter", "Decisions", "Stores closed, by who decided: machine alone, people, or both.",
    (*_PLACE, "decision"),
)  # fmt: skip
REINSTATED = Metric("takedown_reinstatements_total", "counter", "Decisions", "Measures that were given back, by cause.", (*_PLACE, "cause"))
OUTCOMES = Metric(
    "takedown_outcomes_total", "counter", "Decisions", "What became of listings, and what else is worth knowing.", (*_PLACE, "outcome")
)
BRAKE = Metric(
    "takedown_brake_on", "gauge", "Decisions", "1 while the brake turns some automated takedowns into questions, else 0.", _PLACE
)

NOTICES = Metric(
    "takedown_notice_outcomes_total", "counter", "Notices", "Outcomes of notices, by outcome and code: a receipt, and one final outcome.",
    (*_PLACE, "outcome", "code"),
)  # fmt: skip
AMENDED = Metric(
    "takedown_notice_amendments_total", "counter", "Notices", "Outcomes that were amended after the final one, by outcome and code.",
    (*_PLACE, "outcome", "code"),
)  # fmt: skip
NOTICES_OPEN = Metric("takedown_notices_open", "gauge", "Notices", "Notices that have a receipt and no final outcome yet.", _PLACE)
NOTICE_SECONDS = Metric(
    "takedown_notice_handling_seconds_total",
    "counter",
    "Notices",
    "Time from notices to their final outcomes, added up.",
    _PLACE,
)

REVIEWS = Metric(
    "takedown_reviews_opened_total", "counter", "Questions and appeals", "Questions put to people, by what opened them and who is asked.",
    (*_PLACE, "cause", "assignee"),
)  # fmt: skip
REVIEWS_ENDED = Metric(
    "takedown_reviews_ended_total", "counter", "Questions and appeals", "Questions that ended, by how: each does once.", (*_PLACE, "how")
)
REVIEWS_OPEN = Metric("takedown_reviews_open", "gauge", "Questions and appeals", "Questions that wait for an answer.", _PLACE)
OVER_BUDGET = Metric(
    "takedown_reviews_over_budget_total",
    "counter",
    "Questions and appeals",
    "Listings cleared unasked: the budget was spent.",
    _PLACE,
)
APPEALS = Metric(
    "takedown_appeals_total",
    "counter",
    "Questions and appeals",
    "Appeals of sellers, complaints of refused notifiers.",
    (*_PLACE, "by"),
)
APPEAL_OUTCOMES = Metric(
    "takedown_appeal_outcomes_total", "counter", "Questions and appeals",
    "What came of appeals and complaints: upheld or reversed by people; put back by deadline, or stayed.", (*_PLACE, "outcome"),
)  # fmt: skip
DEADLINE = Metric(
    "takedown_earliest_deadline_timestamp_seconds", "gauge", "Questions and appeals",
    "The deadline that falls due next: event time. It fires at the first tick that is not earlier; nothing where none waits.", _PLACE,
)  # fmt: skip

CHUNK_RECORDS = Metric(
    "takedown_chunk_records", "histogram", "Delivery", "Records of a chunk, the unit of work.", ("stage",),
    (1, 3, 10, 30, 100, 300, 1000, 3000),
)  # fmt: skip
CHUNK_SECONDS = Metric(
    "takedown_chunk_seconds", "histogram", "Delivery", "From taking a chunk to the commit of its transaction.", ("stage",), _SECONDS
)
ABORTED = Metric("takedown_transactions_aborted_total", "counter", "Delivery", "Chunks that were given up and are done again.", ("stage",))
FENCED = Metric(
    "takedown_transactions_fenced_total", "counter", "Delivery", "Chunks refused because another worker owns the partition.", ("stage",)
)
ERRORS = Metric(
    "takedown_producer_errors_total",
    "counter",
    "Delivery",
    "Errors of Kafka or on the way to it, by whether they may pass.",
    ("stage", "error"),
)
RETRIES = Metric("takedown_producer_retries_total", "counter", "Delivery", "Partitions opened anew after an error.", ("stage",))
REBALANCES = Metric("takedown_rebalances_total", "counter", "Delivery", "Times that partitions were shared out anew.", ("stage",))
ASSIGNED = Metric("takedown_partitions_assigned", "gauge", "Delivery", "Partitions that this worker has.", ("stage",))
PROGRESS = Metric(
    "takedown_progress_timestamp_seconds", "gauge", "Delivery", "When the last chunk was committed, or the partition was opened.", _PLACE
)
TICKED = Metric(
    "takedown_tick_timestamp_seconds", "gauge", "Delivery", "When the last tick was handled, or the partition was opened.", _PLACE
)
CLOCK = Metric("takedown_clock_timestamp_seconds", "gauge", "Delivery", "The time that the clock has reached: event time.", _PLACE)

ENTRIES = Metric("takedown_state_entries", "gauge", "State", "Entries of the state; RocksDB estimates them.", _PLACE)
BYTES = Metric("takedown_state_bytes", "gauge", "State", "Bytes of the state on disk and in memory; RocksDB estimates them.", _PLACE)
RECOVERING = Metric(
    "takedown_recovery_remaining_entries", "gauge", "State", "Entries of the changelog that are still to be read into the state.", _PLACE
)
RECOVERY_SINCE = Metric(
    "takedown_recovery_seconds", "gauge", "State", "How long the recovery of the state has taken so far, or took.", _PLACE
)

REFERENCE = Metric(
    "takedown_reference_records",
    "gauge",
    "Reference data",
    "Records of a reference topic that are read and made ready.",
    ("stage", "topic"),
)
REFUSED = Metric(
    "takedown_reference_refused_records", "gauge", "Reference data", "Records of a reference topic that are no good: not used.",
    ("stage", "topic"),
)  # fmt: skip
POLICY = Metric(
    "takedown_policy_info", "info", "Reference data", "The policy that is in force in a partition, and the registry.",
    (*_PLACE, "policy_version", "registry_version"),
)  # fmt: skip

BUILD = Metric("takedown_build_info", "info", "Process", "What runs.", ("application", "worker", "version", "revision", "python"))
SUPPRESSED = Metric(
    "takedown_log_lines_suppressed_total", "counter", "Process", "Log lines left out because the same had been said again and again.", ()
)

CATALOGUE: tuple[Metric, ...] = tuple(each for each in tuple(globals().values()) if isinstance(each, Metric))
