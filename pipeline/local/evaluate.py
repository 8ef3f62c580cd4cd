"""Scores the flow against the truth: the same stages, but without brake, enforcement and people, so that the signals alone decide.

Where the truth about people is there, the whole of it runs once more, with all of them, and what it did to sellers and notices is scored.
Memory grows with the listings that the truth knows; titles are held of misses only.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.flow import STAGES
from pipeline.local.brand_scores import Named, brand_scores, by_field, by_method
from pipeline.local.breakdown import by
from pipeline.local.calibration import Calibration, calibrate, probability
from pipeline.local.confusion import Confusion, brand_confusions, decision_confusions
from pipeline.local.decision_scores import Decided, by_signal, decision_figures, decision_scores
from pipeline.local.duplicate_scores import DuplicateScores, duplicates_in
from pipeline.local.evaluated_set import EvaluatedSet, Reading
from pipeline.local.inputs import files_of
from pipeline.local.judged import judge, run_through
from pipeline.local.misses import Miss, brand_misses, decision_misses
from pipeline.local.observer import Observer
from pipeline.local.partition import Partition
from pipeline.local.people_scores import PeopleScores
from pipeline.local.references import read_references
from pipeline.local.run import CHUNK
from pipeline.local.seen import Seen, source_of
from pipeline.local.truths import Truth, read_people_truth, read_truth
from pipeline.policy.model import Policy
from pipeline.stages.reference import Snapshot

MOST_CONFUSIONS = 50  # of brands, and as many of decisions, in JSON; all of them are in the table of misses
ALONE = ("listings", "clock")  # what signals alone decide on

Groups = dict[str, dict[str, float]]  # figures by group


@dataclass(slots=True)
class Parts:
    """The scores of parts of the set: brand matches and decisions by language and source, and what was found or led, by how it was."""

    brand_languages: Groups = field(default_factory=dict)
    brand_sources: Groups = field(default_factory=dict)
    languages: Groups = field(default_factory=dict)
    sources: Groups = field(default_factory=dict)
    methods: Groups = field(default_factory=dict)
    fields: Groups = field(default_factory=dict)
    signals: Groups = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return all as one JSON object; brand matches only where a brand is known."""
        languages: dict[str, Any] = {"brand_match": self.brand_languages} if self.brand_languages else {}
        sources: dict[str, Any] = {"brand_match": self.brand_sources} if self.brand_sources else {}
        return {
            "by_language": {**languages, "flagging": self.languages},
            "by_source": {**sources, "flagging": self.sources},
            "by_method": self.methods,
            "by_field": self.fields,
            "by_signal": self.signals,
        }


@dataclass(slots=True)
class Evaluation:
    """The scores of one folder, in all and by parts, and its misses. `brands` has the names of those that misses speak of."""

    brand_match: dict[str, float] | None
    flagging: dict[str, float]
    parts: Parts
    calibration: Calibration | None
    misses: list[Miss]
    of: EvaluatedSet
    policy_version: str
    brands: Mapping[str, str]
    people: PeopleScores | None = None
    duplicates: DuplicateScores | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the scores as one JSON object."""
        scores: dict[str, Any] = {"set": self.of.as_json()}
        scores["versions"] = {"program": version("takedown-pipeline"), "policy": self.policy_version}
        scores |= {"brand_match": self.brand_match} if self.brand_match else {}
        scores["flagging"] = self.flagging
        for part, found in (("people", self.people), ("duplicates", self.duplicates), ("calibration", self.calibration)):
            scores |= {part: found.as_json()} if found else {}
        worst = [*self.confused_brands()[:MOST_CONFUSIONS], *self.wrong_decisions()[:MOST_CONFUSIONS]]
        counts = dict(sorted(Counter(miss.what for miss in self.misses).items()))
        return scores | self.parts.as_json() | {"misses": counts, "confusion": [one.as_json() for one in worst]}

    def confused_brands(self) -> list[Confusion]:
        """Return which brands were taken for which, the most frequent first."""
        return brand_confusions(miss for miss in self.misses if miss.what.startswith("brand"))

    def wrong_decisions(self) -> list[Confusion]:
        """Return wrong decisions by what led to them, the gravest first."""
        return decision_confusions(miss for miss in self.misses if not miss.what.startswith("brand"))


def evaluate(folder: Path, policy: Path | None = None, progress: Callable[[int, int, int], None] = lambda *_: None) -> Evaluation:
    """Run a folder's listings through the stages and compare with its truth; with its people's truth, run all of it and score that too.

    Simulated people react to the policy that the folder was made with: under another one they speak of what was not decided.
    Raises InputError and PolicyError.
    """
    reading = Reading()
    truths, of_people = read_truth(folder, reading.truth), read_people_truth(folder)
    references = read_references(files_of(folder), policy)
    references.history.alter_policies(from_signals_alone)
    snapshot = references.history.at(references.history.read_so_far())
    observer = Observer(truths, snapshot.policy.decision.prior)
    partition = Partition(0, observer.stages(STAGES), references.history, observer, CHUNK)
    run_through(folder, partition, ALONE, progress, reading.record)
    evaluation = scored(truths, observer.seen, snapshot, reading.of(folder))
    evaluation.duplicates = duplicates_in(folder, {name: truth.duplicate_group for name, truth in truths.items() if truth.duplicate_group})
    if of_people is not None:
        evaluation.people = judge(folder, policy, truths, of_people, progress).scores
    return evaluation


def from_signals_alone(policy: Policy) -> Policy:
    """Return a policy without brake and enforcement: both look at other listings than the one that is scored."""
    brake = policy.brake.model_copy(update={"per_right": 0, "per_signal": 0})
    return policy.model_copy(update={"brake": brake, "enforcement": policy.enforcement.model_copy(update={"preset": "none"})})


def scored(truths: Mapping[str, Truth], seen: Mapping[str, Seen], snapshot: Snapshot, of: EvaluatedSet) -> Evaluation:
    """Score what was seen against the truth."""
    decided = [Decided(name, truths[name].counterfeit, one) for name, one in seen.items()]
    named = [Named(name, frozenset(brands), one) for name, one in seen.items() if (brands := truths[name].brand_ids) is not None]
    misses = [*brand_misses(named), *decision_misses(decided)]
    return Evaluation(
        brand_match=brand_scores(named) if named else None,
        flagging=decision_scores(decided),
        parts=parts(named, decided),
        calibration=_calibration(decided, snapshot.policy),
        misses=misses,
        of=of,
        policy_version=snapshot.policy.version,
        brands=_names(misses, snapshot),
    )


def parts(named: Sequence[Named], decided: Sequence[Decided]) -> Parts:
    """Score the parts of a set."""
    return Parts(
        brand_languages=by(lambda one: one.seen.language, named, brand_scores),
        brand_sources=by(lambda one: source_of(one.listing_id), named, brand_scores),
        languages=by(lambda one: one.seen.language, decided, decision_figures),
        sources=by(lambda one: source_of(one.listing_id), decided, decision_figures),
        methods=by_method(named),
        fields=by_field(named),
        signals=by_signal(decided),
    )


def _calibration(decided: Sequence[Decided], policy: Policy) -> Calibration | None:
    """Compare the best scores with the truth, where it is known; a score without a signal is the prior, which is the policy's base rate."""
    known = [(one.seen.best, one.counterfeit) for one in decided if one.counterfeit is not None]
    scores = [(best.score, fake) for best, fake in known if best is not None]
    return calibrate(scores, len(known) - len(scores), probability(policy.decision.prior))


def _names(misses: Sequence[Miss], snapshot: Snapshot) -> dict[str, str]:
    """Return the names of the brands that misses speak of, by id."""
    wanted = set(chain.from_iterable((*miss.true, *((miss.found.brand_id,) if miss.found else ())) for miss in misses))
    return {right.brand_id: right.brand for right in snapshot.registry.rights.values() if right.brand_id in wanted}
