"""The measured vocabulary: how hits are counted, and that its page speaks of every term."""

import pytest

from pipeline.policy.lexicon import fold
from pipeline.policy.model import Term
from scripts.measure_vocabulary import FILE, Hits, measured
from scripts.observed import Observed
from tests.build import default_policy


def observed(text: str, counterfeit: bool | None, source: str = "a", names_brand: bool = True) -> tuple[str, Observed]:
    return fold(text), Observed(text, source, "S1", text, text, counterfeit, names_brand, (), "clear")


def test_hits_are_counted_by_what_is_true() -> None:
    listings = [
        observed("Nike REPLICA", True),
        observed("Nike replica", True, "b"),
        observed("Nike replica cannon", False),
        observed("Nike replica model", False),  # an exception
        observed("Nike replica?", None),
        observed("a replica", False, names_brand=False),
        observed("no replica", True),  # a denial
        observed("Nike", True),
    ]
    hits = measured(Term(text="replica", unless=("model",)), ("no",), listings)
    assert (hits.replica, hits.honest, hits.unknown, hits.unbranded, hits.sources) == (2, 1, 1, 1, {"a", "b"})


@pytest.mark.parametrize(("replica", "honest", "bound"), [(0, 0, None), (1, 0, 0.21), (145, 0, 0.97), (5, 5, 0.24), (0, 9, 0.0)])
def test_the_bound_is_careful(replica: int, honest: int, bound: float | None) -> None:
    found = Hits(replica, honest).bound
    assert (found if found is None else round(found, 2)) == bound


def test_the_page_speaks_of_every_term() -> None:
    page = FILE.read_text(encoding="utf-8")
    terms = [term.text for part in default_policy().vocabulary for term in part.terms]
    missing = [text for text in terms if f"| {text} |" not in page and f"`{text}`" not in page]
    assert missing == [], "python -m scripts.measure_vocabulary SETS"
