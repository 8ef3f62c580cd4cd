"""A seller follows from its name alone; stores of one owner are linked."""

from pipeline.simulate.sellers import seller, seller_id


def test_the_same_name_is_the_same_seller_and_another_is_not() -> None:
    one = seller(1, "honest", "5")
    seller.cache_clear()
    assert seller(1, "honest", "5") == one
    others = [seller(2, "honest", "5"), seller(1, "accessory", "5"), seller(1, "honest", "6")]
    assert len({one.seller_id, *(other.seller_id for other in others)}) == 4


def test_stores_of_an_owner_share_market_and_payout_and_no_other_does() -> None:
    stores = [seller(1, "counterfeiter", str(number), "the owner") for number in range(50)]
    assert len({store.seller_id for store in stores}) == 50
    assert len({(store.market.name, store.payout_hash, store.ships_from) for store in stores}) == 1
    assert len({store.contact_hash for store in stores} - {None}) == 1
    assert None not in {store.payout_hash for store in stores}
    assert seller(1, "counterfeiter", "1").payout_hash != stores[0].payout_hash


def test_all_marketplaces_have_sellers_and_stores_say_more_or_less() -> None:
    stores = [seller(1, "honest", str(number)) for number in range(400)]
    assert {store.market.name for store in stores} == {"cn", "us", "vn", "id", "eu"}
    assert {store.seller_kind for store in stores} == {"business", "private", None}
    for told in ("since", "contact_hash", "payout_hash", "ships_from"):
        assert 80 < sum(getattr(store, told) is None for store in stores) < 320


def test_second_hand_sellers_are_private_where_they_say_anything() -> None:
    assert {seller(1, "second_hand", str(number)).seller_kind for number in range(100)} == {"private", None}


def test_stores_of_counterfeiters_are_new() -> None:
    fakers = {seller(1, "counterfeiter", str(number)).since for number in range(100)} - {None}
    assert all(since and since >= "2015-01-01" for since in fakers)


def test_ids_are_opaque_and_short() -> None:
    assert seller_id(1, "honest", "5") == seller(1, "honest", "5").seller_id
    assert len(seller_id(1, "honest", "5")) == 12
