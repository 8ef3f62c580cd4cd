from pipeline.local.brand_scores import Named, brand_scores, by_field, by_method
from pipeline.local.seen import Found, Seen


def found(brand_id: str, method: str = "exact", field: str = "title", *others: str) -> Found:
    """Return a brand that was found, by its best method and by others."""
    return Found(brand_id, field, 0, 4, "Nike", "Nike", method, (method, *others))


def named(true: set[str], *brands: Found) -> Named:
    """Return a listing that names some brands and in which some were found."""
    return Named("L1", frozenset(true), Seen("en", brands))


LISTINGS = [
    named({"B1"}, found("B1"), found("B2", "folded", "description", "masked")),
    named({"B1", "B2"}, found("B2", "folded", "attributes.model")),
    named(set(), found("B3", "exact", "attributes.colour")),
    named({"B1"}),
]


def test_pairs_are_counted() -> None:
    counts = {"n": 4, "found": 4, "right": 2, "true": 4}
    assert brand_scores(LISTINGS) == {**counts, "precision": 0.5, "recall": 0.5, "f1": 0.5, "first_right": 0.6667}
    assert brand_scores([]) == dict.fromkeys(("n", "found", "right", "true", "precision", "recall", "f1", "first_right"), 0)


def test_a_pair_counts_for_its_best_method_and_is_alone_where_no_other_found_it() -> None:
    assert by_method(LISTINGS) == {
        "exact": {"found": 2, "right": 1, "wrong": 1, "precision": 0.5, "alone": 2, "alone_right": 1},
        "folded": {"found": 2, "right": 1, "wrong": 1, "precision": 0.5, "alone": 1, "alone_right": 1},
    }


def test_attributes_are_one_field() -> None:
    assert {name: (figures["right"], figures["wrong"]) for name, figures in by_field(LISTINGS).items()} == {
        "attributes": (1, 1), "description": (0, 1), "title": (1, 0),
    }  # fmt: skip
