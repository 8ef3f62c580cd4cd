"""What comes back after a takedown, how it is recognised, and when it is not."""

from typing import Any

import pytest

from pipeline.events.listing import Image
from pipeline.events.right import RightImage
from pipeline.policy.model import Suspicion
from pipeline.stages.traces import PICTURES, SKETCHES
from tests.build import appeal, at, default_policy, listing, match, notice, right, ruling, sequenced_tick, slim
from tests.unit.matching.near.hashes import CHANGED, ORIGINAL, TURNED
from tests.unit.stages.test_flagging import Flagging, reviews, takedowns

LOOKED_FOR = ("relisted", "resembles_taken_down", "counterfeit_picture")
PHASH = 0xA5A5A5A5A5A5A5A5
TITLE = "Nike Air Max 90 sneakers for men 莆田 1:1"
CLEAN = "Nike Air Max 90 sneakers for men"


def picture(bits: int = 0) -> tuple[Image, ...]:
    return (Image("u", f"{PHASH ^ ((1 << bits) - 1):016x}"),)


class Shop(Flagging):
    """A shop of which one fake was taken down. Every signal is a question, so that it is seen."""

    def __init__(self, *rights: Any, **fields: Any) -> None:
        weights = dict.fromkeys(LOOKED_FOR, Suspicion(weight=9))
        super().__init__(*rights, policy=default_policy(signals=weights, **fields.pop("policy", {})))
        self.number = 0
        self.first = self.down(**fields)

    def down(self, **fields: Any) -> str:
        (takedown,) = takedowns(self.offer(**{"title": TITLE, "images": picture(), "listing_id": "T", **fields}))
        return str(takedown.takedown_id)

    def codes(self, title: str = CLEAN, **fields: Any) -> dict[str, str | None]:
        """Offer something else, and return the signals about what was taken down, with the takedown they name."""
        self.number += 1
        outputs = self.offer(title, **{"listing_id": f"N{self.number}", "event_time": at(days=1), **fields})
        reasons = [each for one in (*reviews(outputs), *takedowns(outputs)) for each in one.reasons if each.evidence]
        return {each.code: each.evidence[0].found for each in reasons if each.code in LOOKED_FOR}


@pytest.mark.parametrize(
    ("title", "images", "code"),
    [
        ("Brand new Nike trainers", picture(3), "relisted"),  # other words, and the picture saved anew
        (f"{TITLE} new", (), "relisted"),  # a word more
        ("Nike sneakers for men", picture(13), "resembles_taken_down"),
        (CLEAN, (), "resembles_taken_down"),
        ("Nike hat", picture(30), None),
    ],
)
def test_a_changed_listing_is_recognised_at_the_same_seller(title: str, images: tuple[Image, ...], code: str | None) -> None:
    shop = Shop()
    assert shop.codes(title, images=images, seller_id="S2") == {}
    assert shop.codes(title, images=images) == ({code: shop.first} if code else {})


def test_by_pdq_a_turned_picture_too() -> None:
    shop = Shop(images=(ORIGINAL,))
    every = tuple(image.pdq for image in (ORIGINAL, *TURNED.values()) if image.pdq)
    turned = Image("v", pdq=TURNED["bridge-5-flipx"].pdq, pdq_dihedral=every)
    assert shop.codes("Nike trainers", images=(Image("v", pdq=CHANGED["shrink-a-lot"].pdq),)) == {"relisted": shop.first}
    assert shop.codes("Nike trainers", images=(turned,)) == {"relisted": shop.first}
    assert shop.codes("Nike trainers", images=(Image("v", pdq=TURNED["bridge-5-flipx"].pdq),)) == {}


def test_the_nearest_takedown_is_named_and_of_equal_ones_the_newest() -> None:
    shop = Shop()
    newest = shop.down(listing_id="T2", title="Nike Dunk 1:1", images=picture(20), event_time=at(hours=1))
    assert shop.codes("Nike trainers", images=picture(1)) == {"relisted": shop.first}
    assert shop.codes("Nike trainers", images=picture(21)) == {"relisted": newest}
    again = shop.down(listing_id="T3", title="Nike Dunk 1:1", images=picture(20), event_time=at(hours=2))
    assert shop.codes("Nike trainers", images=picture(21)) == {"relisted": again}


def test_only_the_last_takedowns_are_compared_with() -> None:
    shop = Shop(policy={"duplicates": {"kept": 1}})
    assert shop.codes("Nike trainers", images=picture(1)) == {"relisted": shop.first}
    shop.down(listing_id="T2", title="Nike Dunk 1:1", images=(), event_time=at(hours=1))
    assert shop.codes("Nike trainers", images=picture(1)) == {}
    assert shop.codes("Nike trainers", images=picture(0)) == {"relisted": shop.first}, "the very picture is recognised all the same"
    assert Shop(policy={"duplicates": {"kept": 0}}).store.sizes()["sketches"].entries == 0


def test_what_people_take_down_is_recognised_too() -> None:
    stage = Shop(right(notifier_ids=("HOLDER",)))
    stage.offer("Nike Cortez trainers classic red women", listing_id="L1", seller_id="S5", images=picture(40))
    stage.feed(notice(at(hours=1), seller_id="S5", listing_id="L1"))
    review = reviews(stage.total)[-1]
    stage.feed(ruling("counterfeit", at(hours=2), seller_id="S5", review_id=review.review_id))
    assert set(stage.codes("Nike Cortez trainers classic blue women", seller_id="S5", images=())) == {"resembles_taken_down"}
    assert set(stage.codes("Nike shoes", seller_id="S5", images=picture(42))) == {"relisted"}


def test_what_named_no_brand_is_known_by_its_pictures() -> None:
    stage = Shop(right(notifier_ids=("HOLDER",)))
    stage.feed(slim(listing("Running shoes", listing_id="L1", seller_id="S5", images=picture(40))))
    stage.feed(notice(at(hours=1), seller_id="S5", listing_id="L1"))
    review = reviews(stage.total)[-1]
    stage.feed(ruling("counterfeit", at(hours=2), seller_id="S5", review_id=review.review_id))
    assert set(stage.codes("Nike running shoes", seller_id="S5", images=picture(42))) == {"resembles_taken_down"}


# -- reversed and forgotten


def test_a_reversal_wipes_what_was_recognised() -> None:
    shop = Shop()
    shop.feed(appeal(at(hours=1), takedown_id=shop.first), ruling("reverse", at(hours=2), takedown_id=shop.first))
    assert shop.store.sizes()["sketches"].entries == 0
    assert shop.codes("Nike trainers", images=picture(1)) == {}


def test_a_reversal_leaves_the_other_takedowns() -> None:
    shop = Shop()
    other = shop.down(listing_id="T2", title="Nike Dunk 1:1", images=picture(20), event_time=at(hours=1))
    shop.feed(appeal(at(hours=2), takedown_id=shop.first), ruling("reverse", at(hours=3), takedown_id=shop.first))
    assert shop.codes("Nike trainers", images=picture(1)) == {}
    assert shop.codes("Nike trainers", images=picture(21)) == {"relisted": other}


def test_all_is_forgotten_in_time() -> None:
    shop = Shop()
    shop.down(listing_id="T2", title="Nike Dunk 1:1", images=picture(20), event_time=at(days=1))
    shop.feed(sequenced_tick(at(days=365)))
    assert (shop.store.sizes()["sketches"].entries, shop.store.sizes()["pictures"].entries) == (1, 2)
    shop.feed(sequenced_tick(at(days=366)))
    assert shop.store.sizes()["pictures"].entries == 1
    (left,) = shop.store.read(SKETCHES, ["S1"]).values()
    assert len(SKETCHES.decode(left).kept) == 1
    shop.feed(sequenced_tick(at(days=367)))
    assert (shop.store.sizes()["sketches"].entries, shop.store.sizes()["pictures"].entries) == (0, 0)


# -- pictures that say nothing


def shown_by_others(shop: Shop, count: int, images: tuple[Image, ...]) -> None:
    for number in range(count):
        shop.feed(slim(listing("Blue scarf", listing_id="O", seller_id=f"O{number}", images=images)))


@pytest.mark.parametrize(("others", "found"), [(4, {"relisted"}), (5, set())])
@pytest.mark.parametrize("bits", [0, 2])
def test_a_stock_picture_counts_for_nothing(others: int, found: set[str], bits: int) -> None:
    shop = Shop()
    shown_by_others(shop, others, picture())
    assert set(shop.codes("Nike trainers", images=picture(bits))) == found


def test_a_seller_counts_once_and_the_shop_itself_does_not() -> None:
    shop = Shop()
    for _ in range(6):
        shown_by_others(shop, 4, picture())
        assert set(shop.codes("Nike trainers", images=picture())) == {"relisted"}


def test_sellers_who_are_let_be_with_a_brand_count_too() -> None:
    shop = Shop()
    for number in range(5):
        shop.offer("Nike hat", seller_id=f"O{number}", images=picture())
    assert shop.codes("Nike trainers", images=picture()) == {}


def test_who_was_taken_down_with_a_picture_is_no_witness_for_it() -> None:
    shop = Shop()
    shown_by_others(shop, 5, picture())
    shop.down(listing_id="T2", seller_id="O0", event_time=at(hours=1))
    assert set(shop.codes("Nike trainers", images=picture())) == {"relisted"}
    shop.feed(slim(listing("Blue scarf", listing_id="P", seller_id="O0", images=picture())))
    assert set(shop.codes("Nike trainers", images=picture())) == {"relisted"}


def test_only_pictures_in_question_are_counted_and_only_as_many_sellers_as_matter() -> None:
    shop = Shop()
    shown_by_others(shop, 20, (*picture(), *picture(20)))
    assert list(shop.store.keys(PICTURES)) == [f"{PHASH:016x}"]
    (kept,) = shop.store.read(PICTURES, [f"{PHASH:016x}"]).values()
    assert len(PICTURES.decode(kept).sellers) == 6


def test_a_flat_picture_and_one_of_genuine_goods_count_for_nothing() -> None:
    flat = (Image("u", "0" * 16),)
    assert Shop(images=flat).codes("Nike trainers", images=flat) == {}
    genuine = Shop(right(images=(RightImage("genuine", f"{PHASH:016x}"),)))
    assert genuine.codes("Nike trainers", images=picture()) == {}
    assert genuine.codes("Nike trainers", images=picture(3)) == {}


# -- pictures of counterfeits


NAMED = right(images=(RightImage("counterfeit", f"{PHASH ^ 0xFFFF << 40:016x}"),))
SEEN = (Image("u", "5a" * 8), Image("u", f"{PHASH ^ 0xFFFF << 40 ^ 1:016x}"))


def test_a_picture_of_counterfeits_is_seen_at_every_seller() -> None:
    shop = Shop(NAMED)
    outputs = shop.offer("Nike hat", seller_id="S2", images=SEEN)
    (reason,) = [each for each in takedowns(outputs)[0].reasons if each.code == "counterfeit_picture"]
    assert (reason.evidence[0].field, reason.evidence[0].right_id) == ("images[1].phash", "R1")


def test_only_where_the_brand_of_the_right_is_used() -> None:
    shop = Shop(NAMED, right(right_id="R2", brand_id="B2", brand="Puma"))
    puma = match("Puma", right_id="R2", brand_id="B2", alias="Puma")
    assert shop.codes("Puma hat", seller_id="S2", matches=[puma], images=SEEN) == {}
    assert shop.codes("for Nike", seller_id="S2", matches=[match(use="reference")], images=SEEN) == {}
    assert set(shop.codes("Nike hat", seller_id="S2", images=SEEN)) == {"counterfeit_picture"}


def test_a_placeholder_that_was_named_by_mistake_counts_for_nothing() -> None:
    shop = Shop(NAMED)
    shown_by_others(shop, 5, (Image("u", f"{PHASH ^ 0xFFFF << 40:016x}"),))
    assert shop.codes("Nike hat", seller_id="S2", images=SEEN) == {}


def test_a_picture_is_recognised_however_its_digits_are_written_and_wherever_it_stands() -> None:
    shop = Shop()
    (shown,) = picture()
    assert shop.codes("Nike hat", images=(Image("u", (shown.phash or "").upper()),)) == {"relisted": shop.first}
    neutral = tuple(Image("n", f"{PHASH ^ (0xFFFFFFFF << number):016x}") for number in range(20, 32))
    assert shop.codes("Nike hat", images=(*neutral, shown)) == {"relisted": shop.first}
