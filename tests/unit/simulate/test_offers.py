"""Offers say what their seller's kind says, and truth what is behind them."""

from collections import defaultdict
from functools import cache

from pipeline.simulate.brands import Brand, brands
from pipeline.simulate.offers import Offer, Offers
from pipeline.simulate.registry import authorised, genuine_pictures
from pipeline.simulate.sellers import SellerKind
from pipeline.simulate.stream import START
from pipeline.simulate.trades import trades


@cache
def offers() -> dict[SellerKind, list[Offer]]:
    """Return some thousand offers by the kind of their seller."""
    made = Offers(brands(100), 1, 8000, 0.2, 90)
    found: dict[SellerKind, list[Offer]] = defaultdict(list)
    for number in range(8000):
        offer = made.new(START, number / 100)
        found[offer.seller.kind].append(offer)
    return dict(found)


@cache
def by_id() -> dict[str, Brand]:
    return {brand.brand_id: brand for brand in brands(100)}


def brand_of(offer: Offer) -> Brand:
    return by_id()[offer.truth.brand_ids[0]]


def cny(offer: Offer) -> float:
    return float(offer.listing.price or 0) * offer.seller.market.rate


def test_authorised_sellers_offer_the_brands_that_list_them() -> None:
    for offer in offers()["authorised"]:
        assert offer.seller in authorised(brand_of(offer), 1)


def test_others_are_on_no_list() -> None:
    listed = {one.seller_id for brand in brands(100) for one in authorised(brand, 1)}
    for kind in set(offers()) - {"authorised"}:
        assert not {offer.seller.seller_id for offer in offers()[kind]} & listed


def test_prices_tell_the_kinds_apart() -> None:
    def ratios(kind: SellerKind) -> list[float]:
        return [cny(offer) / brand_of(offer).low for offer in offers()[kind]]

    assert min(ratios("authorised")) > 0.98
    assert 0.64 < min(ratios("parallel_import")) < 0.7
    assert min(ratios("catalogue")) > 0.89
    assert all(0.28 < ratio < 0.77 for ratio in ratios("second_hand"))
    fakes = [cny(offer) / brand_of(offer).low for offer in offers()["counterfeiter"] if offer.truth.counterfeit]
    assert 0.7 < sum(ratio < 0.4 for ratio in fakes) / len(fakes) < 0.9


def test_second_hand_goods_are_used_and_fakes_are_new() -> None:
    assert {offer.listing.condition for offer in offers()["second_hand"]} == {"used"}
    assert "used" not in {offer.listing.condition for offer in offers()["counterfeiter"]}


def test_catalogue_sellers_show_the_brand_s_pictures() -> None:
    for offer in offers()["catalogue"]:
        assert {image.phash for image in offer.listing.images} <= set(genuine_pictures(brand_of(offer), 1))


def test_accessories_name_a_brand_and_what_fits_it() -> None:
    names = {name.casefold() for brand in brands(100) for name in (brand.name, *brand.spoken)}
    for offer in offers()["accessory"]:
        title = offer.listing.title.casefold()
        assert any(name in title for name in names)
        assert any(word.casefold() in title for trade in trades().values() for words in trade.words.values() for word in words.accessories)
        assert not offer.truth.counterfeit


def test_counterfeiters_offer_harmless_things_too() -> None:
    harmless = [offer for offer in offers()["counterfeiter"] if not offer.truth.counterfeit]
    assert 0.02 < len(harmless) / len(offers()["counterfeiter"]) < 0.2


def test_some_fakes_name_the_brand_plainly_some_do_not_and_some_only_in_a_picture() -> None:
    fakes = [offer for offer in offers()["counterfeiter"] if offer.truth.counterfeit]
    plain = sum(brand_of(offer).name.casefold() in offer.listing.title.casefold() for offer in fakes)
    assert 0.4 < plain / len(fakes) < 0.8
    assert any(offer.listing.images[0].text == brand_of(offer).name for offer in fakes)


def test_ids_are_distinct_and_truth_is_about_its_listing() -> None:
    everything = [offer for listed in offers().values() for offer in listed]
    assert len({offer.listing.listing_id for offer in everything}) == 8000
    for offer in everything:
        assert offer.truth.listing_id == offer.listing.listing_id
        assert offer.truth.seller_id == offer.listing.seller_id == offer.seller.seller_id
        assert offer.truth.kind == offer.seller.kind
