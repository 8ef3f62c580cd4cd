"""Reference data: rights, policies, standings of notifiers, with all their history: any tick's stamp gives the same data again."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from xxhash import xxh3_64

from pipeline.codec import encode
from pipeline.events.right import Right
from pipeline.events.sequence import Offsets
from pipeline.events.standing import NotifierStanding
from pipeline.policy.model import Policy
from pipeline.stages.registry import Registry

K = TypeVar("K")
V = TypeVar("V")

_HELD = 4  # registries and snapshots at a time: some tens of megabytes each where there are many rights


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The reference data that holds from one tick to the next."""

    policy: Policy
    registry: Registry
    standings: Mapping[str, NotifierStanding] = field(default_factory=dict)  # by notifier; who has none is ordinary


class Reference(Protocol):
    """What a stage asks for reference data."""

    def read_so_far(self) -> Offsets:
        """Return how much of each reference topic has been read: what dedupe stamps on a tick."""
        ...

    def at(self, offsets: Offsets) -> Snapshot:
        """Return the data of exactly these offsets."""
        ...


class MissingReferenceError(LookupError):
    """The sequence asks for reference records that are not there, or there is no good policy among them."""


class History:
    """All reference records read so far, in their order. A record that is no good keeps its place and changes nothing."""

    def __init__(self) -> None:
        self._rights: list[Right | None] = []
        self._policies: list[Policy] = []
        self._policy_ends: list[int] = []  # the offset from which each policy holds
        self._policies_read = 0
        self._standings: list[NotifierStanding | None] = []
        self._snapshots: dict[Offsets, Snapshot] = {}
        self._registries: dict[int, Registry] = {}
        self._standings_at: dict[int, Mapping[str, NotifierStanding]] = {}

    def add_right(self, right: Right | None) -> None:
        """Append a record of the topic `rights`; None where it was no good."""
        self._rights.append(right)

    def add_policy(self, policy: Policy | None) -> None:
        """Append a record of the topic `policies`; None where it was no good, so that the last good one stays."""
        self._policies_read += 1
        if policy is not None:
            self._policies.append(policy)
            self._policy_ends.append(self._policies_read)

    def add_standing(self, standing: NotifierStanding | None) -> None:
        """Append a record of the topic `notifier-standings`; None where it was no good."""
        self._standings.append(standing)

    def alter_policies(self, change: Callable[[Policy], Policy]) -> None:
        """Put another policy in the place of each, for a trial."""
        self._policies = [change(policy) for policy in self._policies]
        self._snapshots = {}

    @property
    def has_policy(self) -> bool:
        """Whether a good policy has been read."""
        return bool(self._policies)

    def read_so_far(self) -> Offsets:
        """See Reference."""
        return Offsets(rights=len(self._rights), policies=self._policies_read, standings=len(self._standings))

    def at(self, offsets: Offsets) -> Snapshot:
        """See Reference. Raises MissingReferenceError where no good policy stands so early."""
        snapshot = self._snapshots.get(offsets)
        if snapshot is None:
            made = Snapshot(self._policy(offsets.policies), self._registry(offsets.rights), self._standing(offsets.standings))
            snapshot = _hold(self._snapshots, offsets, made)
        return snapshot

    def _policy(self, offset: int) -> Policy:
        count = bisect_right(self._policy_ends, offset)
        if count == 0:
            raise MissingReferenceError(f"no good policy among the first {offset} records of the topic policies")
        return self._policies[count - 1]

    def _registry(self, offset: int) -> Registry:
        registry = self._registries.get(offset)
        return _hold(self._registries, offset, self._build(offset)) if registry is None else registry

    def _standing(self, offset: int) -> Mapping[str, NotifierStanding]:
        found = self._standings_at.get(offset)
        if found is None:
            _check_read("notifier-standings", offset, len(self._standings))
            newest = {one.notifier_id: one for one in self._standings[:offset] if one is not None}
            found = _hold(self._standings_at, offset, newest)
        return found

    def _build(self, offset: int) -> Registry:
        _check_read("rights", offset, len(self._rights))
        rights = [right for right in self._rights[:offset] if right is not None]
        digest = xxh3_64()
        for right in rights:
            digest.update(encode(right))
        return Registry(rights, f"{offset}-{digest.hexdigest()}")


def _check_read(topic: str, asked: int, read: int) -> None:
    if asked > read:
        raise MissingReferenceError(f"the sequence asks for {asked} records of the topic {topic}, {read} have been read")


def _hold(held: dict[K, V], key: K, value: V) -> V:
    """Hold an item, and let go of the oldest where they are too many: partitions may stand at different ticks.

    Another thread may do the same: each step leaves all but the oldest in place.
    """
    held[key] = value
    for old in list(held)[:-_HELD]:
        held.pop(old, None)
    return value
