from pipeline.signals.places import MOST, places
from tests.build import match


def test_places_keep_their_order_and_stop_at_the_most() -> None:
    found = places(match(start=start) for start in range(MOST + 5))
    assert [place.start for place in found] == list(range(MOST))
    assert (found[0].field, found[0].end, found[0].found, found[0].alias, found[0].right_id) == ("title", 4, "Nike", "Nike", "R1")
