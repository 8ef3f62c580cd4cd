import pytest

from pipeline.policy.model import Term, Vocabulary
from pipeline.signals.replica_vocabulary import MOST_EVIDENCE, MOST_TERMS, detect
from tests.build import match
from tests.unit.signals.cases import case, explained


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Nike Air Max 1:1", ["1:1"]),
        ("Nike Air Max １：１, replica", ["１：１", "replica"]),
        ("Nike Air Max MIRROR QUALITY", ["MIRROR QUALITY"]),
        ("耐克 莆田高仿 运动鞋", ["莆田", "高仿"]),
        ("Giày Nike hàng rep 1:1", ["hàng rep"]),
        ("Sepatu Nike KW Super", ["KW Super"]),
        ("Кроссовки Nike реплика", ["реплика"]),
    ],
)
def test_words_of_the_replica_trade_are_found(title: str, found: list[str]) -> None:
    finding = detect(case(title))
    assert finding is not None
    assert [place.found for place in finding.evidence][: len(found)] == found
    assert all(title[place.start : place.end] == place.found for place in finding.evidence)


@pytest.mark.parametrize(
    "title",
    [
        "Nike Air Max premium quality",
        "Nike model car scale 1:18",
        "Nike die-cast shoe 1:1 scale",
        "Nike fake nails",
        "Nike USB type C",
        "Nike A货架 展示",
        "Nike 正品 拒绝高仿",
        "Nike 11:1 11:15",
        "Nike replicator",
        "Nike not a replica",
        "Maison Margiela Replica Lazy Sunday Morning Eau de Toilette",
        "Bosch 3 kW 1-phase generator",
        "Toyota 1:1 scale",
        "天然翡翠A货手镯",
        "NÓI KHÔNG VỚI HÀNG NHÁI",
        "Hoàn tiền 100% nếu phát hiện hàng giả, hàng nhái",
    ],
)
def test_honest_words_are_not(title: str) -> None:
    assert detect(case(title)) is None


def test_other_fields_are_read_too() -> None:
    finding = detect(case(description="best quality, 1:1", attributes={"版本": "高仿"}))
    assert finding is not None
    assert [place.field for place in finding.evidence] == ["description", "attributes.版本"]


def test_a_description_says_less_than_a_title() -> None:
    title, description, both = detect(case("Nike 1:1")), detect(case(description="1:1")), detect(case("Nike 1:1", description="1:1"))
    assert (title and title.strength, description and description.strength, both and both.strength) == (1.0, 0.8, 1.0)


def test_a_reason_names_so_many_terms_and_no_more() -> None:
    vocabulary = (Vocabulary(language="en", terms=tuple(Term(text=f"fake{number:03d}") for number in range(100))),)
    finding = detect(case(" ".join(f"fake{number:03d}" for number in range(100)), policy={"vocabulary": vocabulary}))
    assert finding is not None
    assert (len(finding.evidence), finding.words["terms"].count("fake")) == (MOST_EVIDENCE, MOST_TERMS)


def test_different_terms_add_up_and_the_same_one_counts_once() -> None:
    once, twice, two = (detect(case(title)) for title in ("Nike 原单", "Nike 原单 原单", "Nike 原单 复刻"))
    assert once is not None
    assert twice is not None
    assert two is not None
    assert once.strength == twice.strength < two.strength < 1


def test_its_reason_has_all_its_words() -> None:
    assert all("1:1" in reason and "?" not in reason for reason in explained("replica_vocabulary", detect(case("Nike 1:1"))))


@pytest.mark.parametrize(("title", "found"), [("Budget parking map", False), ("Budget parking map, budget", True), ("Nike budget", True)])
def test_the_name_of_the_brand_is_no_term(title: str, found: bool) -> None:
    name = match("Budget") if title.startswith("Budget") else match("Nike")
    assert (detect(case(title, matches=(name,))) is not None) is found


@pytest.mark.parametrize(
    ("title", "strength"),
    [
        ("Nike Air Max 95 BUDGET", 0.65),
        ("HP budget laptop", 0.0),
        ("Jordan 5\n[OG BATCH]", 1.0),
        ("Nike [X9 BATCH]", 0.7),
        ("Creed Aventus Eau de Parfum batch F0025", 0.0),
        ("Nike small batch", 0.0),
        ("Nike Dunk colorways", 0.35),
        ("Canon toner, premium quality", 0.0),
        ("Nike Blazer in 12 colorways (premium quality)", 0.74),
        ("Sandal Nike grade ori", 1.0),
        ("Sandal Nike bukan grade ori", 0.0),
        ("Tas LV import batam", 0.35),
    ],
)
def test_a_term_says_as_much_as_it_was_measured_to(title: str, strength: float) -> None:
    finding = detect(case(title))
    assert (finding.strength if finding else 0.0) == strength
