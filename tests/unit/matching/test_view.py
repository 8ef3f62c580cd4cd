from pipeline.matching.view import Unmasked, unmask


def test_what_is_unmasked_takes_its_place() -> None:
    view = unmask("leetspeak", "new N1KE tee", [Unmasked(4, 8, "nike")])
    assert (view.method, view.text) == ("leetspeak", "new nike tee")
    assert view.places[4] == (4, 8)
    assert view.places[8] == (8, 9)
    assert view.masked == [False] * 4 + [True] * 4 + [False] * 4


def test_a_word_may_be_shorter_than_its_disguise() -> None:
    view = unmask("spaced", "N I K E tee", [Unmasked(0, 7, "nike")])
    assert view.text == "nike tee"
    assert [view.places[at] for at in (0, 3, 4)] == [(0, 7), (0, 7), (7, 8)]


def test_nothing_unmasked_is_the_text_itself() -> None:
    view = unmask("masked", "tee", [])
    assert (view.text, view.places) == ("tee", [(0, 1), (1, 2), (2, 3)])
