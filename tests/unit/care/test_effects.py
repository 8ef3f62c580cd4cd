import pytest

from pipeline.care.effects import Decided, Effects, Key, Seen, changes_decision

L1 = Key("S1", "L1")
BRANDS = {"R1": "Nike", "R2": "Adidas"}


def seen(right_id: str = "R1", decided: Decided | None = None, tried: bool = False) -> Seen:
    named = {right_id: "Swoosh"}
    return Seen("A title", {} if tried else named, named if tried else {}, {right_id: decided} if decided else {})


def compared(*pairs: tuple[Seen, Seen]) -> tuple[set[str], list[tuple[str, dict[str, int]]]]:
    effects = Effects()
    for old, new in pairs:
        effects.compare(L1, old, new)
    rows = [(row.right_id, dict(row.counts)) for row in effects.rows(BRANDS, 3)]
    return {effect for effect, keys in effects.listings().items() if keys}, [
        (name, {str(one): n for one, n in c.items()}) for name, c in rows
    ]


NOTHING = Seen("")


@pytest.mark.parametrize(
    ("old", "new", "effects"),
    [
        (seen(), seen(), set()),
        (NOTHING, seen(), {"matched"}),
        (seen(), NOTHING, {"unmatched"}),
        (NOTHING, seen(tried=True), {"tried"}),
        (seen(tried=True), NOTHING, {"untried"}),
        (seen(), seen(decided="takedown"), {"taken_down"}),
        (seen(decided="review"), seen(decided="takedown"), {"taken_down", "unasked"}),
        (seen(decided="takedown"), seen(decided="review"), {"spared", "asked"}),
        (seen(decided="takedown"), NOTHING, {"spared", "unmatched"}),
    ],
)
def test_each_difference_has_its_effect(old: Seen, new: Seen, effects: set[str]) -> None:
    listings, rows = compared((old, new))
    assert listings == effects
    assert {effect for _, counts in rows for effect in counts} == effects


def test_a_listing_that_goes_for_another_right_goes_all_the_same() -> None:
    listings, rows = compared((seen(decided="takedown"), seen("R2", "takedown")))
    assert listings == {"matched", "unmatched"}
    assert dict(rows) == {"R1": {"spared": 1, "unmatched": 1}, "R2": {"taken_down": 1, "matched": 1}}


def test_what_comes_to_the_same_in_the_end_is_no_difference() -> None:
    assert compared((seen(decided="takedown"), seen()), (Seen(""), seen(decided="takedown"))) == (set(), [])
    assert compared((seen(), seen(decided="takedown")), (seen(decided="takedown"), Seen(""))) == (set(), [])


def test_the_worst_row_comes_first_with_few_examples() -> None:
    effects = Effects()
    for number in range(5):
        effects.compare(Key("S1", f"M{number}"), NOTHING, seen())
    effects.compare(Key("S2", "T"), seen("R2"), seen("R2", "takedown"))
    first, second = effects.rows(BRANDS, 2)
    assert (first.brand, first.alias, first.examples) == ("Adidas", "Swoosh", {"taken_down": [("T", "A title")]})
    assert (second.counts["matched"], len(second.examples["matched"])) == (5, 2)
    assert changes_decision(effects.listings()) == {Key("S2", "T")}
