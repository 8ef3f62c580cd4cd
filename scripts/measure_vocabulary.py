"""Measure each term of the replica vocabulary on listings whose truth is known, and write docs/vocabulary.md.

python -m scripts.measure_vocabulary SETS [FILE]

SETS holds the evaluation sets of real listings, a folder each. What is written are counts; no title and no shop.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path

from pipeline.policy.lexicon import Lexicon, fold
from pipeline.policy.loader import default_text, parse
from pipeline.policy.model import Policy, Term
from scripts.observed import HONEST_SETS, REAL_SETS, Observed, observe

FILE = Path(__file__).parent.parent / "docs" / "vocabulary.md"
_SURE = 1.96  # standard deviations: one in forty lies below the bound


@dataclass(slots=True)
class Hits:
    """Where a term was found: listings that are replicas, honest, or of which nobody knows; and sources of the replicas."""

    replica: int = 0
    honest: int = 0
    unknown: int = 0
    unbranded: int = 0  # honest or unknown, and without a brand
    sources: set[str] = field(default_factory=set)

    @property
    def bound(self) -> float | None:
        """The lower bound of the share of replicas among the listings known to be one or the other (Wilson); None where there are none."""
        number = self.replica + self.honest
        if not number:
            return None
        share, square = self.replica / number, _SURE**2
        middle = share + square / (2 * number)
        return (middle - _SURE * sqrt(share * (1 - share) / number + square / (4 * number**2))) / (1 + square / number)


def main() -> None:
    """Measure, and write the page."""
    sets, file = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else FILE
    policy = parse(default_text(), "default.toml")
    listings = known_listings(sets)
    file.write_text("\n".join(page(policy, listings)) + "\n", encoding="utf-8")


def known_listings(sets: Path) -> list[Observed]:
    """Return the listings of all sets each once. What an honest set holds is taken to be honest."""
    found: dict[str, Observed] = {}
    for name in REAL_SETS:
        for one in observe(sets / name):
            known = found.get(one.listing_id)
            if known is None or known.counterfeit is None:
                found[one.listing_id] = replace(one, counterfeit=False) if one.counterfeit is None and name in HONEST_SETS else one
    return list(found.values())


def measured(term: Term, denials: Iterable[str], listings: Sequence[tuple[str, Observed]]) -> Hits:
    """Count the listings in which a term is found; each comes with its folded text."""
    lexicon, needle, hits = Lexicon((term,), denials), fold(term.text).strip(), Hits()
    for folded, one in listings:
        if needle in folded and lexicon.find(one.text):
            if not one.names_brand:
                hits.unbranded += not one.counterfeit
                continue
            hits.replica += one.counterfeit is True
            hits.honest += one.counterfeit is False
            hits.unknown += one.counterfeit is None
            if one.counterfeit:
                hits.sources.add(one.source)
    return hits


def page(policy: Policy, listings: Sequence[Observed]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from _introduction(listings)
    folded = [(fold(one.text), one) for one in listings]
    unseen: dict[str, list[str]] = {}
    for vocabulary in policy.vocabulary:
        for term in vocabulary.terms:
            hits = measured(term.model_copy(update={"unless": (*term.unless, *vocabulary.unless)}), policy.denials, folded)
            if hits.replica + hits.honest + hits.unknown + hits.unbranded:
                yield _row(term, vocabulary.language, hits)
            else:
                unseen.setdefault(vocabulary.language, []).append(f"`{term.text}`")
    yield ""
    yield "## Found in no listing"
    yield ""
    yield "These are known from the trade and do no harm here; how often they are right could not be measured."
    yield ""
    yield from (f"- {language}: {', '.join(terms)}" for language, terms in unseen.items())


def _introduction(listings: Sequence[Observed]) -> Iterator[str]:
    counts = Counter(one.counterfeit for one in listings if one.names_brand)
    yield "# The replica vocabulary, measured"
    yield ""
    yield f"Made by `scripts/measure_vocabulary.py` over {counts.total():,} real listings that name a brand: {counts[True]:,} replicas,"
    yield f"{counts[False]:,} of honest shops and {counts[None]:,} of which nobody knows. Each term of"
    yield "[default.toml](../pipeline/policy/default.toml) is searched alone in title and description, with its `needs` and `unless`."
    yield "The lower bound is that of the share of replicas among the listings known to be one or the other (Wilson, 95 %). There are far"
    yield "fewer replicas than honest listings here, but far more than on a shelf: it compares terms, and promises no precision on a"
    yield "marketplace. `sources` counts where the replicas come from: a term that is seen at one source only may be that source's way of"
    yield "speaking, and is no takedown on its own unless it is known from the trade. `no brand` counts listings in which no brand was"
    yield "found, honest or unknown: there no term is asked, but would be if the brand match erred."
    yield ""
    yield "| term | language | strength | replicas | sources | honest | unknown | no brand | lower bound |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"


def _row(term: Term, language: str, hits: Hits) -> str:
    bound = "-" if hits.bound is None else f"{hits.bound:.2f}"
    numbers = f"{hits.replica:,} | {len(hits.sources)} | {hits.honest:,} | {hits.unknown:,} | {hits.unbranded:,}"
    return f"| {term.text} | {language} | {term.strength} | {numbers} | {bound} |"


if __name__ == "__main__":
    main()
