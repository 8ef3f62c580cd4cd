from pipeline.events.decision import Evidence
from pipeline.signals.echoes import finding
from tests.unit.signals.echo import like


def test_a_finding_names_takedown_words_and_distance() -> None:
    echo = like("copy", distance=3, image=0).nearest
    assert echo is not None
    found = finding(echo, 0.123456)
    assert (found.strength, found.words) == (0.1235, {"takedown": "T9", "percent": "50", "distance": "3/64"})
    assert found.evidence == (Evidence("title", found="T9"), Evidence("images[0].phash", found="T9"))


def test_a_picture_that_is_far_away_is_no_evidence() -> None:
    echo = like("copy", distance=16).nearest
    assert echo is not None
    found = finding(echo, 1.0)
    assert ([one.field for one in found.evidence], found.words["distance"]) == (["title"], "-")
