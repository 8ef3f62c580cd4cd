import pytest

from pipeline.signals.replica_vocabulary import detect
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
    ],
)
def test_honest_words_are_not(title: str) -> None:
    assert detect(case(title)) is None


def test_other_fields_are_read_too() -> None:
    finding = detect(case(description="best quality, 1:1", attributes={"版本": "高仿"}))
    assert finding is not None
    assert [place.field for place in finding.evidence] == ["description", "attributes.版本"]


def test_different_terms_add_up_and_the_same_one_counts_once() -> None:
    once, twice, two = (detect(case(title)) for title in ("Nike 原单", "Nike 原单 原单", "Nike 原单 复刻"))
    assert once is not None
    assert twice is not None
    assert two is not None
    assert once.strength == twice.strength < two.strength < 1


def test_its_reason_has_all_its_words() -> None:
    assert all("1:1" in reason and "?" not in reason for reason in explained("replica_vocabulary", detect(case("Nike 1:1"))))
