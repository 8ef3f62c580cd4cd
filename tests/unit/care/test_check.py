from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from pipeline.care.check import Report, check
from pipeline.care.kinds import KINDS
from pipeline.events.right import Alias, AuthorisedSeller, ReferencePrice, Right, RightImage
from pipeline.local.errors import InputError
from tests.build import START, at, right, write_topics

PHASH, OTHER_PHASH, PDQ = "d1c3a5966f0e78b2", "e29b5c8d13f074a6", "3c5a9e7d10f2846b" * 3 + "c4d1e2a98b760f35"


def fields(**given: Any) -> tuple[Right, ...]:
    return (right(**given),)


def aliases(*given: str | Alias) -> tuple[Right, ...]:
    return fields(aliases=given)


def beside(other: Right, **given: Any) -> tuple[Right, ...]:
    return (right(**given), other)


def another(brand: str = "Adidas", **given: Any) -> Right:
    return right(**{"right_id": "R2", "brand_id": "B2", "brand": brand, **given})


def brands(*names: str) -> tuple[Right, ...]:
    return tuple(right(right_id=f"Q{number}", brand_id=f"Q{number}", brand=name) for number, name in enumerate(names))


def images(*given: RightImage) -> tuple[Right, ...]:
    return fields(images=given)


def prices(*given: tuple[str, str, str]) -> tuple[Right, ...]:
    return fields(reference_prices=tuple(ReferencePrice(currency, low, high) for currency, low, high in given))


GOOD = RightImage("genuine", PHASH, PDQ, 80)
PARTS = brands("Swoosh Sport", "Swoosh Home", "Swoosh Kids", "Swoosh Lab", "Swoosh Golf")
FAULTY: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [  # kind, rights that have the fault, rights that are near it and have not
    ("invalid-line", (right(), b"{}"), (right(),)),
    ("duplicate-right", (right(), right()), (right(), another())),
    ("alias-of-another", beside(another(), aliases=("ADIDAS",)), beside(another(), aliases=("Swoosh",))),
    ("alias-of-another", beside(another(status="shadow"), aliases=("Adidas",)), beside(another(status="withdrawn"), aliases=("Adidas",))),
    (
        "alias-of-another",
        beside(another(), aliases=(Alias("Adidas", status="shadow"),)),
        beside(another(brand_id="B1"), aliases=("Adidas",)),
    ),
    (
        "alias-of-another",
        beside(another(territories=("CN", "DE")), aliases=("Adidas",), territories=("DE",)),
        beside(another(territories=("CN",)), aliases=("Adidas",), territories=("DE",)),
    ),
    ("place-alias", aliases("中国"), aliases(Alias("中国", status="shadow"))),
    ("place-alias", aliases("Việt Nam"), aliases("Việt Nam Nike")),
    ("shared-alias", beside(another(aliases=("Swoosh",)), aliases=("swoosh",)), beside(another(aliases=("Stripe",)), aliases=("swoosh",))),
    ("everyday-alias", aliases("universal"), aliases("nikelab")),
    ("everyday-alias", aliases("universal"), fields(aliases=("universal",), common_word=True, context=("shoe",))),
    ("fragment-alias", (*aliases("Swoosh"), *PARTS), (*aliases("Swoosh"), *PARTS[1:])),
    ("fragment-alias", (*aliases("Swoosh"), *PARTS), (*aliases("Swoo"), *PARTS)),
    ("short-alias", aliases("nk"), aliases("耐克", "nke", "NK")),
    ("short-alias", aliases("N1"), aliases("NI")),
    ("short-name", aliases("NK"), aliases(Alias("NK", status="shadow"))),
    ("unsearchable-alias", aliases("90"), aliases("Air 90")),
    ("alias-twice", aliases("Swoosh", "Swoosh"), aliases("Swoosh", "Swoosher")),
    ("alias-twice", aliases("Nike"), aliases("Nikelab")),
    ("redundant-alias", aliases("NIKE"), aliases("Nike Air")),
    ("shared-name", beside(another("nike")), beside(another("nike", brand_id="B1"))),
    ("shared-name", beside(another("nike")), beside(another("nike", territories=("CN",)), territories=("DE",))),
    ("unsearchable-name", fields(brand="365"), fields(brand="365 Days")),
    ("short-name", fields(brand="HP"), fields(brand="李宁")),
    ("everyday-name", fields(brand="Next"), fields(brand="Next", common_word=True, context=("clothes",))),
    ("everyday-name", fields(brand="Next"), fields(brand="Nextbase")),
    ("place-name", fields(brand="Jordan"), fields(brand="Jordan Brand")),
    ("aliases-of-no-trademark", fields(kind="patent", aliases=("Swoosh",)), fields(kind="patent")),
    ("common-word-without-context", fields(common_word=True), fields(common_word=True, context=("shoe",))),
    ("context-unused", fields(context=("shoe",)), fields(common_word=True, context=("shoe",))),
    ("empty-context", fields(common_word=True, context=("shoe", "…")), fields(common_word=True, context=("鞋",))),
    ("never-valid", fields(valid_from=at(days=9), valid_until=at(days=9)), fields(valid_from=at(days=-9), valid_until=at(days=9))),
    ("expired", fields(valid_until=START), fields(valid_until=at(days=1))),
    ("not-yet-valid", fields(valid_from=at(days=1)), fields(valid_from=START)),
    ("withdrawn", fields(status="withdrawn"), fields(status="shadow")),
    ("unknown-territory", fields(territories=("DE", "EU")), fields(territories=("DE", "GB", "XK"))),
    (
        "unknown-territory",
        fields(authorised_sellers=(AuthorisedSeller("S1", ("UK",)),)),
        fields(authorised_sellers=(AuthorisedSeller("S1", ("GB",)),)),
    ),
    ("seller-twice", fields(authorised_sellers=("S1", "S1")), fields(authorised_sellers=("S1", "S2"))),
    (
        "seller-twice",
        fields(authorised_sellers=(AuthorisedSeller("S1", ("DE",)), "S1")),
        fields(authorised_sellers=(AuthorisedSeller("S1", ("DE",)), AuthorisedSeller("S1", ("FR",)))),
    ),
    (
        "authorisation-expired",
        fields(authorised_sellers=(AuthorisedSeller("S1", valid_until=START),)),
        fields(authorised_sellers=(AuthorisedSeller("S1", valid_until=at(days=1)),)),
    ),
    ("price-range-reversed", prices(("EUR", "90", "10")), prices(("EUR", "9", "10"))),
    ("price-zero", prices(("EUR", "0.00", "10")), prices(("EUR", "0.01", "10"))),
    ("prices-twice", prices(("EUR", "1", "2"), ("EUR", "3", "4")), prices(("EUR", "1", "2"), ("USD", "3", "4"))),
    ("unknown-currency", prices(("RMB", "1", "2")), prices(("CNY", "1", "2"))),
    ("image-without-hash", images(RightImage("genuine")), images(GOOD)),
    ("flat-hash", images(RightImage("genuine", "0" * 16)), images(GOOD)),
    ("flat-hash", images(RightImage("genuine", "ff00" * 4)), images(RightImage("genuine", OTHER_PHASH))),
    ("flat-hash", images(RightImage("genuine", pdq="f" * 64, pdq_quality=80)), images(RightImage("genuine", pdq=PDQ, pdq_quality=80))),
    ("poor-pdq", images(RightImage("genuine", pdq=PDQ, pdq_quality=49)), images(RightImage("genuine", pdq=PDQ, pdq_quality=50))),
    ("pdq-without-quality", images(RightImage("genuine", pdq=PDQ)), images(RightImage("genuine", PHASH))),
    ("image-twice", images(GOOD, RightImage("genuine", PHASH.upper(), PDQ, 70)), images(GOOD, RightImage("genuine", OTHER_PHASH))),
    (
        "image-of-both",
        images(GOOD, RightImage("counterfeit", PHASH)),
        images(GOOD, RightImage("counterfeit", OTHER_PHASH)),
    ),
    (
        "image-of-several-brands",
        (*images(GOOD), another(images=(RightImage("genuine", PHASH.upper()),))),
        (*images(GOOD), another(brand_id="B1", images=(RightImage("genuine", PHASH),))),
    ),
]


def checked(folder: Path, lines: Iterable[Any], most_examples: int = 3) -> Report:
    write_topics(folder, {"rights": list(lines)})
    return check(folder / "rights.jsonl", START, most_examples=most_examples)


@pytest.mark.parametrize(("code", "faulty", "good"), FAULTY)
def test_a_fault_is_found_where_it_is_and_nowhere_else(tmp_path: Path, code: str, faulty: tuple[Any, ...], good: tuple[Any, ...]) -> None:
    assert checked(tmp_path, faulty).counts[code] > 0
    assert checked(tmp_path, good).counts[code] == 0


def test_every_kind_of_fault_is_shown_here_and_has_a_fix() -> None:
    assert {code for code, *_ in FAULTY} == {kind.code for kind in KINDS}
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(kind.says and kind.fix for kind in KINDS)


def test_a_fault_names_line_right_and_what_else_is_meant(tmp_path: Path) -> None:
    report = checked(tmp_path, beside(another(), aliases=("Swoosh", "ADIDAS")))
    (fault,) = report.examples["alias-of-another"]
    assert (fault.line, fault.right_id, fault.brand, fault.what, fault.why) == (1, "R1", "Nike", "ADIDAS", "the name of Adidas (R2)")
    assert fault.place == ("aliases", 1)
    assert report.of("error") == 1


def test_the_last_line_of_a_right_is_what_is_checked(tmp_path: Path) -> None:
    report = checked(tmp_path, (right(territories=("UK",)), right(territories=("GB",))))
    assert (report.lines, report.rights, dict(report.counts)) == (2, 1, {"duplicate-right": 1})
    (fault,) = report.examples["duplicate-right"]
    assert (fault.line, fault.why) == (1, "line 2 has it too")


def test_faults_come_in_the_order_of_their_lines(tmp_path: Path) -> None:
    report = checked(tmp_path, (right(aliases=("12",)), another(aliases=("34",)), right(aliases=("56",))))
    assert [fault.line for fault in report.examples["unsearchable-alias"]] == [2, 3]


def test_examples_are_few_and_counts_are_all(tmp_path: Path) -> None:
    report = checked(tmp_path, aliases(*(str(number) for number in range(10, 30))), most_examples=2)
    assert (report.counts["unsearchable-alias"], len(report.examples["unsearchable-alias"])) == (20, 2)
    json = orjson.loads(orjson.dumps(report.as_json()))
    assert json["faults"] == {"error": 0, "warning": 20, "note": 0}
    assert [len(kind["examples"]) for kind in json["kinds"]] == [2]


def test_a_file_without_rights_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no rights"):
        checked(tmp_path, ())


def test_progress_is_told_part_by_part(tmp_path: Path) -> None:
    write_topics(tmp_path, {"rights": [right(right_id=f"R{number}", brand_id=f"R{number}") for number in range(600)]})
    told: list[tuple[str, int]] = []
    check(tmp_path / "rights.jsonl", START, lambda what, _done, _whole, records: told.append((what, records)))
    assert told == [("reading", 500), ("checking", 500)]
