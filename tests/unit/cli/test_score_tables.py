from pipeline.cli.score_tables import _confusion_lines, shown
from pipeline.local.confusion import Confusion
from pipeline.local.misses import CLEARED, INSTEAD, Miss
from tests.unit.local.test_misses import found


def kind(what: str, reason: str, count: int) -> Confusion:
    """Return a kind of wrong decision that happened so often."""
    return Confusion(what, (), None, reason, tuple(Miss(what, f"{reason}{number}", "en", "T") for number in range(count)))


def test_examples_are_shared_out_among_the_kinds() -> None:
    kinds = [kind(CLEARED, "a", 9), kind(CLEARED, "b", 5), kind(CLEARED, "c", 1)]
    shared = {5: ["a0", "a1", "b0", "b1", "c0"], 4: ["a0", "a1", "b0", "c0"], 2: ["a0", "b0"], 1: ["a0"]}
    for examples, names in shared.items():
        lines = [line.strip() for line in _confusion_lines(kinds, {}, examples)]
        assert [line.partition(":")[0] for line in lines if line.endswith(": T")] == names


def test_brands_have_their_names_where_they_are_known() -> None:
    miss = Miss(INSTEAD, "L1", "en", "Nike Air", ("B1",), found("B2"))
    assert list(_confusion_lines([Confusion(INSTEAD, ("B1",), "B2", "", (miss,))], {"B1": "Adidas"}, 1)) == [
        "  1 x brand instead of another: B2; true: Adidas (B1)",
        "      L1: Nike Air",
        "        found 'Nike' in title[0:4] (exact, Nike)",
    ]


def test_figures_are_shown_by_what_they_measure() -> None:
    assert [shown("n", 12345), shown("precision", 0.5), shown("median_hours", 1234.56)] == ["12,345", "0.5000", "1,234.6"]
