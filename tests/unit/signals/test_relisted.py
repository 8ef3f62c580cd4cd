from pipeline.events.listing import Image
from pipeline.signals.case import Past
from pipeline.signals.relisted import detect
from pipeline.stages.fingerprint import text_fingerprint
from tests.build import listing
from tests.unit.signals.cases import REFERENCE, case, explained
from tests.unit.signals.echo import like

PHASH = "a5" * 8
BY_TITLE = Past(12, 1, {text_fingerprint(listing("nike AIR-MAX 90")): "T1"})
BY_PICTURE = Past(12, 1, {}, {PHASH: "T2"})


def test_the_same_title_however_it_is_written() -> None:
    finding = detect(case("Nike Air Max 90", past=BY_TITLE))
    assert finding is not None
    assert (finding.strength, finding.evidence[0].found) == (1.0, "T1")


def test_the_same_picture() -> None:
    finding = detect(case(past=BY_PICTURE, images=(Image("a"), Image("b", PHASH))))
    assert finding is not None
    assert (finding.evidence[0].field, finding.evidence[0].found) == ("images[1].phash", "T2")
    assert all("T2" in reason and "?" not in reason for reason in explained("relisted", finding))


def test_another_title_and_picture() -> None:
    assert detect(case("Nike Air Max 95", past=BY_TITLE)) is None
    assert detect(case(past=BY_PICTURE, images=(Image("b", "0" * 16), Image("c")))) is None


def test_a_mere_reference_is_none() -> None:
    assert detect(case("Nike Air Max 90", matches=(REFERENCE,), past=BY_TITLE)) is None


def test_a_copy_with_a_word_changed_or_the_picture_saved_anew() -> None:
    finding = detect(case(past=like("copy", 0.6, 3, 0)))
    assert finding is not None
    assert (finding.strength, [one.field for one in finding.evidence]) == (0.6, ["title", "images[0].phash"])
    assert all("T9" in reason and "?" not in reason for reason in explained("relisted", finding))


def test_a_copy_is_not_as_sure_as_the_same_title() -> None:
    finding = detect(case(past=like("copy", 1.5)))
    assert finding is not None
    assert finding.strength == 0.8


def test_what_is_only_similar_is_no_relisting() -> None:
    assert detect(case(past=like("similar", 1.5))) is None
