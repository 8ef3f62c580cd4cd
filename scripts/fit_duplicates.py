"""Measure the constants of `pipeline/matching/near/likeness.py` on listings whose groups are known.

python -m scripts.fit_duplicates DIR [DIR ...]

DIR holds listings.jsonl and truth.jsonl with duplicate_group, as `takedown evaluate` reads them. Every pair that shares enough words or is
near by its picture is compared, with no index between. The groups are dealt into two halves by the hash of their names; each constant is
moved alone, and what comes of it is printed for all pairs, and for either half: a constant is good where both halves say so.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from xxhash import xxh3_64_intdigest

from pipeline.events.listing import Listing
from pipeline.local.inputs import file_of, records
from pipeline.local.lines import Lines
from pipeline.local.truths import read_truth
from pipeline.matching.near import likeness
from pipeline.matching.near.likeness import Glance

LEAST_COSINE = 0.38  # pairs below it, with no near picture, are never similar
FARTHEST = 20  # bits between pictures that are near
TRIALS: Mapping[str, Sequence[float]] = {
    "SURE_DISTANCE": (0, 2, 4),
    "NEAR_DISTANCE": (2, 4, 6),
    "NEAR_GROWTH": (8, 16, 24),
    "NEAR_MOST": (10, 12, 14),
    "COPIED_COSINE": (0.85, 0.9, 0.95),
    "COPIED_WORDS": (4, 5, 6),
    "PICTURE_REACH": (12, 16, 20),
    "PICTURE_WEIGHT": (0.6, 0.7, 0.8),
    "OTHER_CODE": (0.0, -0.1, -0.2, -0.3),
    "SAME_CODE": (0.0, 0.05, 0.1),
    "SIMILAR": (0.48, 0.5, 0.52, 0.54, 0.56),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings that may be alike: whether they are, and to which half the first one's group belongs."""

    one: Glance
    other: Glance
    true: bool
    half: int


def main() -> None:
    """Print a table a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        Console(highlight=False).print(measured(folder))


def measured(folder: Path) -> Table:
    """Return what each constant, moved alone, makes of a folder."""
    groups = {name: truth.duplicate_group for name, truth in read_truth(folder).items() if truth.duplicate_group}
    path = file_of(folder, "listings")
    assert path is not None, f"{folder} holds no listings"
    events = (record.event for record in records("listings", Lines(path)))
    listings = [event for event in events if isinstance(event, Listing) and event.listing_id in groups]
    pairs, total = list(candidates(listings, groups)), true_pairs(groups[one.listing_id] for one in listings)
    measures = ("copy P", "copy R", "similar P", "similar R", "similar F1", "halves: copy P", "similar P")
    table = Table("constant", "value", *measures, title=str(folder))
    for name, values in TRIALS.items():
        held = getattr(likeness, name)
        for value in values:
            setattr(likeness, name, value)
            table.add_row(name, f"{value}{' *' if value == held else ''}", *row(pairs, total))
        setattr(likeness, name, held)
    return table


def candidates(listings: Sequence[Listing], groups: Mapping[str, str]) -> Iterator[Pair]:
    """Yield the pairs that some rule could call alike: by words in common, or by pictures that are near."""
    by_word: dict[int, list[int]] = {}
    glances, names = [Glance.at(one) for one in listings], [groups[one.listing_id] for one in listings]
    owners = np.array([number for number, glance in enumerate(glances) for _ in glance.sketch.phashes], dtype=np.int64)
    phashes = np.array([phash for glance in glances for phash in glance.sketch.phashes], dtype=np.uint64)
    for number, glance in enumerate(glances):
        others = set(_alike_in_words(number, glances, by_word))
        for phash in glance.sketch.phashes:
            others.update(owners[np.bitwise_count(phashes ^ np.uint64(phash)) <= FARTHEST].tolist())
        half = xxh3_64_intdigest(names[number].encode()) & 1
        yield from (Pair(glance, glances[other], names[number] == names[other], half) for other in sorted(others) if other < number)
        for word in glance.sketch.words:
            by_word.setdefault(word, []).append(number)


def _alike_in_words(number: int, glances: Sequence[Glance], by_word: Mapping[int, list[int]]) -> Iterator[int]:
    words = glances[number].sketch.words
    for other, shared in Counter(other for word in words for other in by_word.get(word, ())).items():
        if shared >= LEAST_COSINE * sqrt(len(words) * len(glances[other].sketch.words)):
            yield other


def true_pairs(groups: Iterable[str]) -> int:
    """Return how many pairs are in one group."""
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def row(pairs: Sequence[Pair], total: int) -> list[str]:
    """Return the figures of one setting."""
    found: Counter[tuple[str, bool, int]] = Counter()
    for pair in pairs:
        grade = pair.one.compare(pair.other.sketch).grade
        if grade is not None:
            found[grade, pair.true, pair.half] += 1
    copy, similar = (figures(found, grades, (0, 1), total) for grades in (("copy",), ("copy", "similar")))
    halves = [[figures(found, grades, (half,), total)["P"] for half in (0, 1)] for grades in (("copy",), ("copy", "similar"))]
    shown = [copy["P"], copy["R"], similar["P"], similar["R"], similar["F1"]]
    return [*(f"{value:.4f}" for value in shown), *(" / ".join(f"{value:.3f}" for value in each) for each in halves)]


def figures(found: Mapping[Any, int], grades: Sequence[str], halves: Sequence[int], total: int) -> dict[str, float]:
    """Return precision, recall and F1 of some grades."""
    right, wrong = (sum(found[grade, true, half] for grade in grades for half in halves) for true in (True, False))
    return {"P": right / max(right + wrong, 1), "R": right / total, "F1": 2 * right / (right + wrong + total)}


if __name__ == "__main__":
    main()
