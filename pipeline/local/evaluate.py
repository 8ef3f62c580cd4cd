"""Scores the flow against the truth: the same stages, but without brake, enforcement and people, so that the signals alone decide.

Where the truth about people is there, the whole of it runs once more, with all of them, and what it did to sellers and notices is scored.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.events.match import Match
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedListing
from pipeline.events.takedown import Takedown
from pipeline.flow import STAGES, Stage
from pipeline.local.inputs import files_of
from pipeline.local.judged import judge, run_through
from pipeline.local.partition import Line, Partition
from pipeline.local.people_scores import PeopleScores
from pipeline.local.references import read_references
from pipeline.local.run import CHUNK
from pipeline.local.truths import Truth, read_people_truth, read_truth
from pipeline.policy.model import Policy
from pipeline.stages.record import Outputs

ALONE = ("listings", "clock")  # what signals alone decide on
MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What the flow said of a listing: the brands in it, the best first, and the decision."""

    title: str
    brands: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)  # brand_id -> the text that named it


@dataclass(frozen=True, slots=True)
class Miss:
    """A listing on which flow and truth differ."""

    what: str
    listing_id: str
    title: str
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


@dataclass(slots=True)
class Evaluation:
    """The scores of one folder, and its worst misses."""

    brand_match: dict[str, float] | None
    flagging: dict[str, float]
    misses: list[Miss]
    people: PeopleScores | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the scores as one JSON object."""
        scores: dict[str, Any] = {"brand_match": self.brand_match} if self.brand_match else {}
        scores["flagging"] = self.flagging
        return scores | ({"people": self.people.as_json()} if self.people else {})


class Observer:
    """Collects what the stages say of each listing."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.takedowns: set[str] = set()
        self.reviews: set[str] = set()

    def take(self, _stage: Stage, _partition: int, lines: Sequence[Line], _outputs: Outputs) -> None:
        """See Sink."""
        for output, _ in lines:
            event = output.event
            if isinstance(event, SequencedListing):
                self.seen.setdefault(event.listing.listing_id, Seen(event.listing.title))
            elif isinstance(event, MatchedListing):
                self.seen[event.listing.listing_id] = _seen(event)
            elif isinstance(event, Takedown):
                self.takedowns.add(event.listing_id)
            elif isinstance(event, Review) and event.listing_id is not None:
                self.reviews.add(event.listing_id)


def _seen(event: MatchedListing) -> Seen:
    used = [match for match in event.matches if match.use == "brand"]
    found: dict[str, str] = {}
    for match in used:
        found.setdefault(match.brand_id, _named(match))
    return Seen(event.listing.title, tuple(found), found)


def _named(match: Match) -> str:
    return f"{match.found!r} in {match.field} ({match.method}, {match.alias})"


def evaluate(folder: Path, policy: Path | None = None, progress: Callable[[int, int, int], None] = lambda *_: None) -> Evaluation:
    """Run a folder's listings through the stages and compare with its truth; with its people's truth, run all of it and score that too.

    Simulated people react to the policy that the folder was made with: under another one they speak of what was not decided.
    Raises InputError and PolicyError.
    """
    truths, of_people = read_truth(folder), read_people_truth(folder)
    references = read_references(files_of(folder), policy)
    references.history.alter_policies(from_signals_alone)
    observer = Observer()
    run_through(folder, Partition(0, STAGES, references.history, observer, CHUNK), ALONE, progress)
    evaluation = compare(truths, observer)
    if of_people is not None:
        evaluation.people = judge(folder, policy, truths, of_people, progress).scores
    return evaluation


def from_signals_alone(policy: Policy) -> Policy:
    """Return a policy without brake and enforcement: both look at other listings than the one that is scored."""
    brake = policy.brake.model_copy(update={"per_right": 0, "per_signal": 0})
    return policy.model_copy(update={"brake": brake, "enforcement": policy.enforcement.model_copy(update={"preset": "none"})})


def compare(truths: Mapping[str, Truth], observer: Observer) -> Evaluation:
    """Score what was seen against the truth."""
    scored = {name: seen for name, seen in observer.seen.items() if name in truths}
    named = {name: seen for name, seen in scored.items() if truths[name].brand_ids is not None}
    known = {name: seen for name, seen in scored.items() if truths[name].counterfeit is not None}
    misses = [*_brand_misses(named, truths), *_decision_misses(known, truths, observer)]
    return Evaluation(_brand_match(named, truths) if named else None, _flagging(scored, known, truths, observer), misses)


def _brand_match(named: Mapping[str, Seen], truths: Mapping[str, Truth]) -> dict[str, float]:
    """Score pairs of listing and brand, and how often the best match of a listing that names a brand is right."""
    right = found = true = first = with_brand = 0
    for name, seen in named.items():
        brands = set(truths[name].brand_ids or ())
        right += len(brands.intersection(seen.brands))
        found += len(seen.brands)
        true += len(brands)
        with_brand += bool(brands)
        first += bool(seen.brands) and seen.brands[0] in brands
    return {"n": len(named), **_scores(right, found, true), "first_right": _share(first, with_brand)}


def _flagging(scored: Mapping[str, Seen], known: Mapping[str, Seen], truths: Mapping[str, Truth], observer: Observer) -> dict[str, float]:
    """Score decisions: precision of takedowns; recall of counterfeits taken down or asked about; genuine ones touched by either."""
    touched = observer.takedowns | observer.reviews
    figures: dict[str, float] = {
        "n": len(scored),
        "takedowns": len(observer.takedowns & scored.keys()),
        "review_share": _share(len((observer.reviews - observer.takedowns) & scored.keys()), len(scored)),
    }
    if known:
        fakes = {name for name in known if truths[name].counterfeit}
        genuine = known.keys() - fakes
        down = observer.takedowns & known.keys()
        figures |= {
            "precision": _share(len(down & fakes), len(down)),
            "recall": _share(len(touched & fakes), len(fakes)),
            "genuine_touched": _share(len(touched & genuine), len(genuine)),
        }
    return figures


def _scores(right: int, found: int, true: int) -> dict[str, float]:
    precision, recall = _share(right, found), _share(right, true)
    both = precision + recall
    return {"precision": precision, "recall": recall, "f1": round(2 * precision * recall / both, 4) if both else 0.0}


def _share(part: int, whole: int) -> float:
    """Return a share rounded to four places; 0 of nothing is 0."""
    return round(part / whole, 4) if whole else 0.0


def _brand_misses(named: Mapping[str, Seen], truths: Mapping[str, Truth]) -> list[Miss]:
    """Return examples of brands that are wrong most often, then of those missed."""
    wrong: Counter[str] = Counter()
    for name, seen in named.items():
        wrong.update(set(seen.brands) - set(truths[name].brand_ids or ()))
    examples = [_wrongly(brand, named, truths) for brand, _ in wrong.most_common(MOST_EXAMPLES)]
    missed = (
        Miss("brand missed", name, seen.title, missed=tuple(gone))
        for name, seen in named.items()
        if (gone := sorted(set(truths[name].brand_ids or ()) - set(seen.brands)))
    )
    return [*examples, *(miss for miss, _ in zip(missed, range(MOST_EXAMPLES), strict=False))]


def _wrongly(brand: str, named: Mapping[str, Seen], truths: Mapping[str, Truth]) -> Miss:
    hits = [name for name, seen in named.items() if brand in seen.brands and brand not in (truths[name].brand_ids or ())]
    seen = named[hits[0]]
    return Miss(f"brand wrong in {len(hits)} listings", hits[0], seen.title, wrong=(seen.found[brand],))


def _decision_misses(known: Mapping[str, Seen], truths: Mapping[str, Truth], observer: Observer) -> list[Miss]:
    """Return examples of genuine goods taken down or asked about: the worst defects."""
    genuine = [name for name in known if not truths[name].counterfeit]
    down = [Miss("genuine, taken down", name, known[name].title) for name in genuine if name in observer.takedowns]
    asked = [Miss("genuine, asked about", name, known[name].title) for name in genuine if name in observer.reviews - observer.takedowns]
    return [*down[:MOST_EXAMPLES], *asked[:MOST_EXAMPLES]]
