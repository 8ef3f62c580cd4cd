"""The habits of the data folder are shares, and delays that rise."""

from msgspec import structs

from pipeline.simulate.people.habits import habits


def test_each_is_a_share_or_a_delay() -> None:
    for part in structs.asdict(habits()).values():
        for name, value in structs.asdict(part).items():
            if isinstance(value, tuple):
                assert 0 < value[0] < value[1], name
            else:
                assert 0 <= value <= 1, name


def test_tempers_and_ways_leave_room_for_the_rest() -> None:
    assert habits().tempers.careless + habits().tempers.abusive < 0.5
    assert habits().brands.never + habits().brands.late < 0.5
