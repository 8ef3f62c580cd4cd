"""Scores near-duplicates against the truth: every pair of listings that the streaming index finds, across sellers, in the folder's order.

A pair is right where both listings are in one group of the truth, and wrong where they are in different ones; listings without a group are
left out. Beside that, what the index misses: a sample of listings is compared with all before them by the same rule, without the index.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.events.listing import Listing
from pipeline.local.inputs import file_of, records
from pipeline.local.lines import Lines
from pipeline.matching.near.index import NearIndex
from pipeline.matching.near.likeness import Glance, Grade

SAMPLE = 500  # listings that are compared with all before them: some seconds for 20,000 listings
GRADES: dict[Grade, tuple[Grade, ...]] = {"copy": ("copy",), "similar": ("copy", "similar")}  # what each counts


@dataclass(slots=True)
class DuplicateScores:
    """The figures: by grade precision, recall and F1 of pairs, and what the index is and misses."""

    listings: int = 0
    pairs: int = 0  # true ones
    found: Counter[tuple[Grade, bool]] = field(default_factory=Counter)  # pairs, by grade and whether they are true
    compared: int = 0  # pairs of the sample
    alike: int = 0  # of them copies or similar
    met: int = 0  # of those, which the index found
    entries: int = 0
    places: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return all as one JSON object."""
        return {"n": self.listings, "pairs": self.pairs, **{grade: self._grade(grade) for grade in GRADES}, "index": self._index()}

    def _grade(self, grade: Grade) -> dict[str, float]:
        right, wrong = (sum(self.found[one, true] for one in GRADES[grade]) for true in (True, False))
        precision, recall = _share(right, right + wrong), _share(right, self.pairs)
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        return {"found": right + wrong, "precision": precision, "recall": recall, "f1": round(f1, 4)}

    def _index(self) -> dict[str, float]:
        places = round(self.places / self.entries, 1) if self.entries else 0.0
        return {"recall": _share(self.met, self.alike), "sampled_pairs": self.compared, "entries": self.entries, "places_an_entry": places}


def score_duplicates(listings: Iterable[Listing], groups: Mapping[str, str]) -> DuplicateScores:
    """Run the index over listings and score what it finds. `groups`: the group of each listing, by its id."""
    grouped = list({one.listing_id: one for one in listings if one.listing_id in groups}.values())
    sizes = Counter(groups[one.listing_id] for one in grouped)
    scores = DuplicateScores(len(grouped), sum(size * (size - 1) // 2 for size in sizes.values()))
    index, before = NearIndex(), dict[str, Glance]()
    step = max(1, len(grouped) // SAMPLE)
    for number, listing in enumerate(grouped):
        name, group = listing.listing_id, groups[listing.listing_id]
        found = index.add(name, listing)
        scores.found.update((likeness.grade, groups[other] == group) for other, likeness in found if likeness.grade)
        glance = Glance.at(listing)
        if number % step == step - 1:
            _compare_with_all(glance, before, {other for other, _ in found}, scores)
        before[name] = glance
    scores.entries, scores.places = len(index), index.places
    return scores


def _compare_with_all(glance: Glance, before: Mapping[str, Glance], found: set[str], scores: DuplicateScores) -> None:
    alike = {name for name, other in before.items() if glance.compare(other.sketch).grade}
    scores.compared += len(before)
    scores.alike += len(alike)
    scores.met += len(alike & found)


def duplicates_in(folder: Path, groups: Mapping[str, str]) -> DuplicateScores | None:
    """Score a folder's listings; None where the truth knows no groups. Raises InputError where its file cannot be read."""
    path = file_of(folder, "listings") if groups else None
    if path is None:
        return None
    events = (record.event for record in records("listings", Lines(path)))
    return score_duplicates((event for event in events if isinstance(event, Listing)), groups)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
