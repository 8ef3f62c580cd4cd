import gc
import weakref

import pytest

from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Hit, Name
from pipeline.matching.plausible import MARKED

NIKE, ADIDAS, BALANCE, VUITTON, KE, HERMES = range(6)
NAMES = [
    Name("Nike", NIKE, own=True),
    Name("耐克", NIKE, kind="transliteration"),
    Name("swoosh", NIKE, kind="nickname"),
    Name("Adidas", ADIDAS, own=True),
    Name("New Balance", BALANCE, own=True),
    Name("Louis Vuitton", VUITTON, own=True),
    Name("Nike Air Force", KE, kind="product_line"),
    Name("Hermès", HERMES, own=True),
]
INDEX = BrandIndex(NAMES)


def only(hits: list[Hit]) -> Hit:
    (hit,) = hits
    return hit


@pytest.mark.parametrize(
    ("text", "found", "owner", "method"),
    [
        ("Nike shoes", "Nike", NIKE, "exact"),
        ("shoes NIKE", "NIKE", NIKE, "folded"),
        ("Ｎｉｋｅ", "Ｎｉｋｅ", NIKE, "folded"),
        ("nike2020", "nike", NIKE, "folded"),
        ("正品耐克鞋", "耐克", NIKE, "transliterated"),
        ("Swoosh tee", "Swoosh", NIKE, "nickname"),
        ("NІKE tee", "NІKE", NIKE, "confusable"),
        ("𝐍𝐈𝐊𝐄 tee", "𝐍𝐈𝐊𝐄", NIKE, "confusable"),
        ("N I K E tee", "N I K E", NIKE, "spaced"),
        ("N\u200bI\u200bK\u200bE tee", "N\u200bI\u200bK\u200bE", NIKE, "spaced"),
        ("adi das tee", "adi das", ADIDAS, "spaced"),
        ("N1KE tee", "N1KE", NIKE, "leetspeak"),
        ("L0uis Vu1tton", "L0uis Vu1tton", VUITTON, "leetspeak"),
        ("AD*DAS tee", "AD*DAS", ADIDAS, "masked"),
        ("NEW-BALANCE 574", "NEW-BALANCE", BALANCE, "folded"),
        ("newbalance 574", "newbalance", BALANCE, "folded"),
        ("louisvuitton", "louisvuitton", VUITTON, "folded"),
        ("Hermès", "Hermès", HERMES, "exact"),
        ("hermes", "hermes", HERMES, "folded"),
        ("Nike Air Force 1", "Nike Air Force", KE, "exact"),
    ],
)
def test_a_name_is_found_where_it_stands(text: str, found: str, owner: int, method: str) -> None:
    hit = only(INDEX.find(text))
    assert (hit.found, hit.owner, hit.method) == (found, owner, method)
    assert text[hit.start : hit.end] == found


@pytest.mark.parametrize("text", ["", "snike", "Nikerson", "a new pair, balanced", "ni", "耐 克", "n i k", "!!!"])
def test_what_is_no_name_is_not_found(text: str) -> None:
    assert INDEX.find(text) == []


def test_names_are_found_in_the_order_of_their_places() -> None:
    assert [hit.found for hit in INDEX.find("Adidas Nike A D I D A S")] == ["Adidas", "Nike", "A D I D A S"]


def test_a_disguise_does_not_report_again_what_stands_there() -> None:
    assert [hit.method for hit in INDEX.find("Nike N1KE")] == ["exact", "leetspeak"]


def test_an_exact_name_is_worth_more_than_a_disguised_one() -> None:
    plain, disguised = INDEX.find("Nike N1KE")
    assert plain.score > disguised.score


def test_each_owner_of_a_name_has_a_hit() -> None:
    index = BrandIndex([Name("Polaroid", 1, own=True), Name("Polaroid", 2, own=True)])
    assert [hit.owner for hit in index.find("Polaroid camera")] == [1, 2]


def test_a_brands_own_name_goes_before_another_brands_alias() -> None:
    index = BrandIndex([Name("Polaroid", 1), Name("Polaroid", 2, own=True)])
    assert only(index.find("Polaroid camera")).owner == 2


def test_a_name_of_another_brand_hides_the_shorter_one_inside_it() -> None:
    index = BrandIndex([Name("Nike", 1, own=True), Name("Nike Pet Foods", 2, own=True)])
    assert only(index.find("Nike Pet Foods for dogs")).owner == 2


def test_a_reference_is_marked_and_so_is_the_rest_of_its_list() -> None:
    hits = INDEX.find("Adidas laces for Nike, New Balance and Louis Vuitton shoes")
    assert [(hit.found, hit.reference) for hit in hits] == [
        ("Adidas", False),
        ("Nike", True),
        ("New Balance", True),
        ("Louis Vuitton", True),
    ]


@pytest.mark.parametrize(("context", "found"), [("phone", 1), ("mobile phones", 0), ("fruit", 0), ("", 0)])
def test_a_common_word_needs_its_context(context: str, found: int) -> None:
    index = BrandIndex([Name("Apple", 1, own=True, common=True, context=("phone",))])
    assert len(index.find("an apple of silver", context)) == found


def test_no_names_find_nothing() -> None:
    assert BrandIndex([]).find("Nike") == []


def test_what_is_kept_of_short_texts_changes_nothing_and_has_an_end() -> None:
    index = BrandIndex(NAMES)
    texts = [f"Nike N{number}" for number in range(9000)]
    assert [only(index.find(text)).owner for text in (*texts, *texts)] == [NIKE] * 18_000
    assert len(index._kept) < 9000


def test_an_index_that_is_replaced_goes_at_once() -> None:
    """A worker tells the collector to leave the registry alone, so it must not need one."""
    index = BrandIndex(NAMES)
    index.find("Nike")
    gone = weakref.ref(index)
    gc.disable()
    try:
        del index
        assert gone() is None
    finally:
        gc.enable()


def test_a_name_on_trial_is_found_and_hides_no_name_that_acts() -> None:
    tried = BrandIndex([*NAMES, Name("Nike Tech Fleece", NIKE, kind="product_line", shadow=True), Name("Adidas", BALANCE, shadow=True)])
    assert [(hit.found, hit.shadow) for hit in tried.find("Nike Tech Fleece")] == [("Nike", False), ("Nike Tech Fleece", True)]
    assert [(hit.found, hit.owner) for hit in tried.find("Adidas shoes")] == [("Adidas", ADIDAS)]


def test_a_brand_on_trial_takes_no_alias_from_another() -> None:
    tried = BrandIndex([*NAMES, Name("Swoosh", KE, own=True, shadow=True)])
    assert [(hit.owner, hit.shadow) for hit in tried.find("swoosh tee")] == [(NIKE, False), (KE, True)]


@pytest.mark.parametrize("text", ["Nike Tech shirt", "shoes NIKE", "Nike Tech Nike", "N1KE Tech", "PR*DA", "case for Nike Tech"])
def test_names_on_trial_change_nothing_of_what_acts(text: str) -> None:
    tried = BrandIndex([*NAMES, Name("Nike Tech", KE, own=True, shadow=True), Name("Tech", NIKE, shadow=True)])
    assert [hit for hit in tried.find(text) if not hit.shadow] == INDEX.find(text)


def test_a_product_line_ranks_behind_a_makers_name() -> None:
    index = BrandIndex([Name("iPad", 1, "product_line"), Name("Belkin", 2, own=True)])
    scores = {hit.owner: hit.score for hit in index.find("iPad holder of Belkin")}
    assert scores[1] < scores[2]


def test_a_word_in_a_brands_place_scores_like_a_name_and_elsewhere_less() -> None:
    index = BrandIndex([Name("Converse", 1, own=True)])
    (placed,) = index.find("Converse cổ cao")
    (marked,) = index.find("Giày Converse cổ cao")
    assert marked.score < placed.score == 1.0
    assert marked.likely < placed.likely < 1.0


def test_a_word_that_a_brand_on_trial_shares_still_names_the_one_that_acts() -> None:
    tried = BrandIndex([*NAMES, Name("Vuitton Cycles", KE, own=True, shadow=True)])
    assert [hit.owner for hit in tried.find("Vuitton") if not hit.shadow] == [hit.owner for hit in INDEX.find("Vuitton")] == [VUITTON]


def test_a_sure_name_on_trial_leaves_a_guess_that_acts() -> None:
    tried = BrandIndex([*NAMES, Name("Zwilling", KE, own=True, shadow=True)])
    text = "Vuitton bag and Zwilling"
    assert [hit.owner for hit in tried.find(text) if not hit.shadow] == [hit.owner for hit in INDEX.find(text)] == [VUITTON]
    assert [hit.owner for hit in tried.find(text) if hit.shadow] == [KE]


def test_a_name_on_trial_that_is_not_meant_hides_none_either() -> None:
    tried = BrandIndex([*NAMES, Name("Nike Tech", KE, common=True, context=("bicycle",), shadow=True)])
    assert [(hit.found, hit.shadow) for hit in tried.find("Nike Tech")] == [("Nike", False)]


def test_an_alias_on_trial_beside_the_same_one_that_acts_keeps_no_guess_from_standing() -> None:
    shared = [Name("Zwilling", ADIDAS, common=True, context=("bicycle",)), Name("Zwilling", KE, shadow=True)]
    hits = BrandIndex([*NAMES, *shared]).find("Vuitton bag and Zwilling")
    assert [(hit.owner, hit.shadow) for hit in hits] == [(VUITTON, False), (KE, True)]


INITIALS = BrandIndex(
    [Name("LV", VUITTON), Name("YSL", KE), Name("Louis Vuitton", VUITTON, own=True), Name("香奈儿", 9, "transliteration")]
)


@pytest.mark.parametrize(
    ("text", "found", "method"),
    [
        ("L.v bag", "L.v", "spaced"),
        ("new L·V bag", "L·V", "spaced"),
        ("nice bag Y.S.L", "Y.S.L", "spaced"),
        ("L0uis Vuittоn", "L0uis Vuittоn", "leetspeak"),  # a digit in one word, a Cyrillic letter in the other
        ("L0uis Vuiton", "L0uis Vuiton", "fuzzy"),  # a digit, and a mistake, which makes it a guess
        ("xiang nai er bag", "xiang nai er", "transliterated"),
        ("🅛🅞🅤🅘🅢 🅥🅤🅘🅣🅣🅞🅝", "🅛🅞🅤🅘🅢 🅥🅤🅘🅣🅣🅞🅝", "confusable"),
        ("VUITTŌN bag", "VUITTŌN", "partial"),
    ],
)
def test_initials_and_mixed_disguises(text: str, found: str, method: str) -> None:
    hit = only([one for one in INITIALS.find(text) if one.likely > MARKED or one.found == found])
    assert (hit.found, hit.method) == (found, method)


@pytest.mark.parametrize("text", ["the size l.v of", "a.l.v.b", "www.l.v", "L V bag"])
def test_other_abbreviations_are_no_initials(text: str) -> None:
    assert INITIALS.find(text) == []


def test_short_names_with_accents_that_are_not_vietnamese() -> None:
    assert [hit.found for hit in INDEX.find("Ňïķë tee")] == ["Ňïķë"]
    assert BrandIndex([Name("Dien", 1, own=True)]).find("điện thoại") == []


def test_letters_that_are_drawn_like_others() -> None:
    assert [hit.method for hit in INDEX.find("ИIKΣ tee")] == ["confusable"]
