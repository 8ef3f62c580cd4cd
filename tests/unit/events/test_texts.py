import pytest

from pipeline.events.listing import Image
from pipeline.events.texts import text_of, texts
from tests.build import listing

FULL = listing(
    "Title",
    description="About",
    brand="Brand",
    attributes={"colour": "red", "a.b": "dotted", "none": ""},
    images=(Image("u"), Image("v", text="read in it")),
)


def test_every_text_has_the_path_of_its_field() -> None:
    assert dict(texts(FULL)) == {
        "title": "Title",
        "brand": "Brand",
        "description": "About",
        "attributes.colour": "red",
        "attributes.a.b": "dotted",
        "images[1].text": "read in it",
    }


def test_each_path_leads_back_to_its_text() -> None:
    assert all(text_of(FULL, field) == text for field, text in texts(FULL))


@pytest.mark.parametrize(
    "field",
    [
        "price",
        "images[7].text",
        "images[0].text",
        "attributes.size",
        "attributes.none",
        "images[2].text",
        "images[99999].text",
        "images[x].text",
        "seller_id",
    ],
)
def test_other_paths_lead_nowhere(field: str) -> None:
    assert text_of(FULL, field) is None


def test_absent_texts_are_left_out() -> None:
    assert list(texts(listing("Only"))) == [("title", "Only")]
