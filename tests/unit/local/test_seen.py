from pipeline.local.seen import Best, Signal, best_of, brands_in, source_of
from pipeline.signals.case import Finding
from pipeline.stages.verdict import Share, Weighed
from tests.build import match


def test_a_brand_is_told_by_its_best_match_and_all_methods() -> None:
    matches = [
        match(right_id="R1"),
        match("adidas", right_id="R2", brand_id="B2", method="folded", field="images[2].text"),
        match("N1KE", right_id="R9", method="leetspeak"),  # another right of the same brand
        match("Puma", right_id="R3", brand_id="B3", use="reference"),
    ]
    nike, adidas = brands_in(matches)
    assert (nike.brand_id, nike.text, nike.method, nike.methods) == ("B1", "Nike", "exact", ("exact", "leetspeak"))
    assert (adidas.brand_id, adidas.place, adidas.methods) == ("B2", "images", ("folded",))


def test_the_best_score_is_the_highest_of_the_rights_that_act() -> None:
    share = Share("authorised", "favour", -3.0, Finding(1.0))
    low, high = Weighed("R1", -7.0, (share,)), Weighed("R2", 1.5, (Share("brand_disguised", "goods", 5.5, Finding(1.0)),))
    assert best_of(("R1", "R2"), (low, high), -4.0) == Best(1.5, (Signal("brand_disguised", "goods", 5.5),))
    assert best_of(("R1",), (low, high), -4.0) == Best(-7.0, (Signal("authorised", "favour", -3.0),))
    assert best_of(("R1", "R3"), (low, high), -4.0) == Best(-4.0)  # nothing was found for or against R3
    assert Best(-4.0).lead == Best(-7.0, (Signal("authorised", "favour", -3.0),)).lead == "prior"


def test_a_source_stands_before_the_first_colon() -> None:
    assert [source_of(name) for name in ("tiki:1", "a:b:c", ":1", "L1")] == ["tiki", "a", "", "(none)"]
