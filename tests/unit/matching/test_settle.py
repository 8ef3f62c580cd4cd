import pytest

from pipeline.events.match import Sense
from pipeline.matching.name import Hit
from pipeline.matching.plausible import CALLED, MARKED, OPEN, PLACED, PROUD, SURE
from pipeline.matching.settle import settled

TRIAL = 9


def hit(owner: int, likely: float, start: int = 0, sense: Sense | None = None) -> Hit:
    return Hit(owner, "n", "name", start, start + 2, "nn", "exact", likely, likely, sense, owner == TRIAL)


def kept(*hits: Hit, fields: tuple[str, ...] = ()) -> list[int]:
    found = list(zip(fields or ("title",) * len(hits), hits, strict=True))
    return [one.owner for _, one in settled(found)]


def test_what_is_sure_stays() -> None:
    assert kept(hit(1, SURE), hit(2, PLACED)) == [1, 2]


def test_a_word_with_capitals_is_a_model_where_another_made_the_goods() -> None:
    assert kept(hit(1, MARKED)) == [1]
    assert kept(hit(1, SURE), hit(2, MARKED, 9)) == [1]
    assert kept(hit(1, SURE, sense="compatible"), hit(2, MARKED, 9)) == [1, 2]


def test_an_open_word_needs_another_name_of_its_brand() -> None:
    assert kept(hit(1, OPEN)) == []
    assert kept(hit(1, OPEN), hit(1, SURE, 9)) == [1, 1]
    assert kept(hit(1, OPEN), hit(1, SURE, 9), fields=("title", "description")) == [1, 1]


def test_an_open_word_is_believed_beside_another_brand() -> None:
    assert kept(hit(1, SURE, 0), hit(2, OPEN, 2)) == [1, 2]
    assert kept(hit(1, OPEN, 0), hit(2, OPEN, 2), hit(3, SURE, 4)) == [1, 2, 3]
    assert kept(hit(1, SURE, 0), hit(2, OPEN, 4)) == [1]
    assert kept(hit(1, SURE, 0), hit(2, OPEN, 2), fields=("title", "description")) == [1]


def test_what_is_on_trial_changes_nothing_for_others() -> None:
    assert kept(hit(TRIAL, SURE), hit(2, MARKED, 9)) == [TRIAL, 2]
    assert kept(hit(TRIAL, SURE), hit(2, OPEN, 2)) == [TRIAL]
    assert kept(hit(TRIAL, OPEN), hit(TRIAL, SURE, 9)) == [TRIAL, TRIAL]


@pytest.mark.parametrize(
    "field", ["title", "brand", "attributes.brand", "attributes.Brand name", "attributes.品牌", "attributes.Thương hiệu"]
)
def test_a_brand_leads_in_titles_and_where_it_is_asked_for(field: str) -> None:
    assert kept(hit(1, PLACED), fields=(field,)) == [1]


@pytest.mark.parametrize("field", ["description", "attributes.colour", "images[0].text"])
def test_elsewhere_the_first_word_is_a_word(field: str) -> None:
    assert kept(hit(1, PLACED), fields=(field,)) == []
    assert kept(hit(1, CALLED), fields=(field,)) == [1]
    assert kept(hit(1, PROUD), fields=(field,)) == [1]
    assert kept(hit(1, PROUD), hit(2, SURE), fields=(field, "title")) == [2]
    assert kept(hit(1, PLACED), hit(1, PLACED), fields=(field, "title")) == [1, 1]
