"""How right brand matches were: scores of pairs of listing and brand, in all and by how and where a brand was found. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.local.seen import Found, Seen
from pipeline.local.shares import f1, share, share_if_any

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A listing of which it is known which brands it names."""

    listing_id: str
    true: frozenset[str]
    seen: Seen

    def right(self, found: Found) -> bool:
        """Tell whether a brand that was found is one that it names."""
        return found.brand_id in self.true


def brand_scores(listings: Iterable[Named]) -> Figures:
    """Count pairs of listing and brand that were found, are true, and are both; and the listings whose best match is right.

    `n` listings are scored; `first_right` is the share of those that name a brand.
    """
    counts = dict.fromkeys(("n", "found", "right", "true"), 0)
    first = with_brand = 0
    for listing in listings:
        brands = listing.seen.brands
        counts["n"] += 1
        counts["found"] += len(brands)
        counts["right"] += sum(map(listing.right, brands))
        counts["true"] += len(listing.true)
        with_brand += bool(listing.true)
        first += bool(brands) and listing.right(brands[0])
    right, found, true = counts["right"], counts["found"], counts["true"]
    shares = {"precision": share(right, found), "recall": share(right, true), "f1": f1(right, found, true)}
    return {**counts, **shares, "first_right": share(first, with_brand)}


def by_method(listings: Sequence[Named]) -> dict[str, Figures]:
    """Score what was found by each method; a pair counts for the method of its best match.

    `alone` are the pairs that no other method found in that listing, `alone_right` those of them that are right: what would be lost.
    """
    groups = _grouped(listings, lambda found: found.method)
    return {method: _scored(pairs) | _alone(pairs, method) for method, pairs in groups.items()}


def by_field(listings: Sequence[Named]) -> dict[str, Figures]:
    """Score what was found in each field; a pair counts for the field of its best match."""
    return {field: _scored(pairs) for field, pairs in _grouped(listings, lambda found: found.place).items()}


Pair = tuple[Named, Found]


def _grouped(listings: Iterable[Named], of: Callable[[Found], str]) -> dict[str, list[Pair]]:
    """Return the pairs of listing and found brand by group, the largest group first."""
    groups: dict[str, list[Pair]] = {}
    for listing in listings:
        for found in listing.seen.brands:
            groups.setdefault(of(found), []).append((listing, found))
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def _scored(pairs: Sequence[Pair]) -> Figures:
    right = sum(listing.right(found) for listing, found in pairs)
    return {"found": len(pairs), "right": right, "wrong": len(pairs) - right, **share_if_any("precision", right, len(pairs))}


def _alone(pairs: Iterable[Pair], method: str) -> Figures:
    alone = [listing.right(found) for listing, found in pairs if found.methods == (method,)]
    return {"alone": len(alone), "alone_right": sum(alone)}
