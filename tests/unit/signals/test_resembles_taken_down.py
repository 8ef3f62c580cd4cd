from msgspec.structs import replace

from pipeline.signals.resembles_taken_down import detect
from pipeline.stages.fingerprint import text_fingerprint
from tests.build import listing
from tests.unit.signals.cases import REFERENCE, case, explained
from tests.unit.signals.echo import like


def test_what_is_similar() -> None:
    finding = detect(case(past=like("similar", 0.7)))
    assert finding is not None
    assert finding.strength == 0.7
    assert [(one.field, one.found) for one in finding.evidence] == [("title", "T9"), ("images[1].phash", "T9")]
    assert all("T9" in reason and "50" in reason and "6/64" in reason for reason in explained("resembles_taken_down", finding))


def test_the_strength_is_at_most_full() -> None:
    finding = detect(case(past=like("similar", 1.3)))
    assert finding is not None
    assert finding.strength == 1.0


def test_evidence_names_only_what_is_alike() -> None:
    by_words, by_picture = detect(case(past=like("similar", distance=None))), detect(case(past=like("similar", shared=0, by_pdq=True)))
    assert by_words is not None
    assert by_picture is not None
    assert [one.field for one in (*by_words.evidence, *by_picture.evidence)] == ["title", "images[1].pdq"]
    assert all("?" not in reason for reason in explained("resembles_taken_down", by_words))


def test_a_copy_is_a_relisting_and_counts_once() -> None:
    assert detect(case(past=like("copy"))) is None
    again = replace(like("similar"), fingerprints={text_fingerprint(listing("Nike Air Max 90")): "T1"})
    assert detect(case("Nike Air Max 90", past=again)) is None


def test_a_mere_reference_and_an_unlike_listing_are_none() -> None:
    assert detect(case(matches=(REFERENCE,), past=like("similar"))) is None
    assert detect(case()) is None
