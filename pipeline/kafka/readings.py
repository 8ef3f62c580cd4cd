"""What a worker shows to Prometheus of the partitions that it owns, as readings."""

from collections import Counter
from collections.abc import Iterator, Mapping
from time import time

from pipeline import metrics
from pipeline.kafka.observed import Observed, Recovery
from pipeline.kafka.references import LiveReference
from pipeline.kafka.worker import Owning, Worker
from pipeline.local.references import by_topic
from pipeline.metrics import Reading


def readings(worker: Worker, reference: LiveReference) -> Iterator[Reading]:
    """Yield the readings of all partitions that are owned now, and of the reference data. Any thread may ask."""
    name, owned = worker.plan.name, worker.owned()
    yield Reading(metrics.ASSIGNED, (name,), len(owned))
    yield from _of_reference(name, reference)
    for partition, owner in owned.items():
        if owner is not None:
            yield from _of_partition(worker, partition, owner)


def _of_reference(name: str, reference: LiveReference) -> Iterator[Reading]:
    refused = Counter(letter.topic for letter in list(reference.dead_letters))
    for topic, ready in by_topic(reference.read_so_far()).items():
        yield Reading(metrics.REFERENCE, (name, topic), ready)
        yield Reading(metrics.REFUSED, (name, topic), refused[topic])


def _of_partition(worker: Worker, partition: int, owner: Owning) -> Iterator[Reading]:
    for stage, recovery in list(owner.recoveries.items()):
        yield from _of_recovery((stage, str(partition)), recovery)
    seen = owner.observed
    for each in seen:
        yield from each.counted.readings()
        yield from _of_stage(each)
    lags = worker.lags.get(partition)
    if seen and lags is not None:
        yield from _of_lag(seen[0], lags)


def _of_recovery(place: tuple[str, str], recovery: Recovery) -> Iterator[Reading]:
    yield Reading(metrics.RECOVERING, place, recovery.left)
    yield Reading(metrics.RECOVERY_SINCE, place, recovery.seconds)


def _of_stage(seen: Observed) -> Iterator[Reading]:
    place = seen.stage, str(seen.partition)
    yield Reading(metrics.ENTRIES, place, seen.size.entries)
    yield Reading(metrics.BYTES, place, seen.size.bytes)
    yield Reading(metrics.PROGRESS, place, seen.committed_at)
    yield Reading(metrics.TICKED, place, seen.ticked_at)
    if seen.clock is not None:
        yield Reading(metrics.CLOCK, place, seen.clock.at.timestamp())
    if seen.due is not None:
        yield Reading(metrics.DEADLINE, place, seen.due.timestamp())
    if seen.policy_version is not None and seen.registry_version is not None:
        yield Reading(metrics.POLICY, (*place, seen.policy_version, seen.registry_version), 1)
    if seen.stage == "flagging":
        yield Reading(metrics.BRAKE, place, seen.brakes)


def _of_lag(first: Observed, lags: Mapping[str, int]) -> Iterator[Reading]:
    """Yield how far the first stage of the partition is behind: those that are fused with it are not behind it."""
    place = first.stage, str(first.partition)
    for topic, offsets in lags.items():
        newest = first.newest.get(topic)
        since = newest.timestamp() if newest is not None else first.committed_at  # nothing is handled yet: since it was opened
        yield Reading(metrics.LAG, (*place, topic), offsets)
        yield Reading(metrics.LAG_SECONDS, (*place, topic), max(time() - since, 0.0) if offsets else 0.0)
