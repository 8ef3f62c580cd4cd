"""Numbers of names are the same on every machine."""

from pipeline.simulate.mixing import digits, mix, share, shares


def test_a_number_belongs_to_seed_and_name() -> None:
    assert mix(1, "a", 2) == 9674377887405449262
    assert len({mix(1, "a", 2), mix(2, "a", 2), mix(1, "a", 3), mix(1, "a2"), mix(1, "a", "2", "")}) == 5


def test_shares_are_even() -> None:
    many = [share(1, number) for number in range(4000)]
    assert 0 <= min(many) < max(many) < 1
    assert 0.48 < sum(many) / len(many) < 0.52
    for column in zip(*(shares(1, number) for number in range(4000)), strict=True):
        assert 0 <= min(column) < max(column) < 1
        assert 0.48 < sum(column) / len(column) < 0.52


def test_digits_are_a_phash_s() -> None:
    assert all(len(digits(1, number)) == 16 and int(digits(1, number), 16) >= 0 for number in range(100))
