from pipeline.matching.near.minhash import BANDS, VALUES, bands, signature


def test_a_set_has_one_signature_whatever_its_order() -> None:
    assert signature([3, 1, 2]) == signature([1, 2, 3])
    assert len(signature([1, 2])) == VALUES
    assert signature([1]) != signature([2])


def test_the_empty_set_meets_nothing() -> None:
    assert signature([]) == ()
    assert bands([]) == ()


def test_bands_hold_their_place() -> None:
    found = bands([1, 2, 3])
    assert len(set(found)) == BANDS
    assert [band >> 64 for band in found] == list(range(BANDS))


def test_signatures_are_the_same_on_every_machine() -> None:
    assert signature([7])[:3] == (1815453112, 389624367, 1445875664)
