"""What goes wrong with notices: a part is left out, or a name in them is wrong."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from pipeline.events.notice import Notice
from pipeline.simulate.mixing import mix
from pipeline.simulate.people.goods import Goods
from pipeline.simulate.people.scene import Scene
from pipeline.simulate.people.speakers import Speakers

Spoil = Callable[[Notice, Goods, Scene, Speakers], Notice | None]


def _without_declaration(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, good_faith=None) if notice.good_faith else None


def _denied_declaration(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, accurate=False) if notice.accurate else None


def _without_explanation(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, explanation=None)


def _blank_explanation(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, explanation="  \n ")


def _without_right(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, right_id=None) if notice.right_id and notice.notifier_kind in ("rights_holder", "agent") else None


def _unknown_right(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, right_id=f"{notice.right_id}-renewed") if notice.right_id else None


def _inactive_right(notice: Notice, _goods: Goods, scene: Scene, speakers: Speakers) -> Notice | None:
    return _naming(notice, [right.right_id for right in speakers.inactive], scene)


def _expired_right(notice: Notice, _goods: Goods, scene: Scene, speakers: Speakers) -> Notice | None:
    return _naming(notice, [right.right_id for right in speakers.expired(scene.now)], scene)


def _right_of_another_kind(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, kind="patent" if notice.kind != "patent" else "copyright") if notice.right_id else None


def _right_that_holds_elsewhere(notice: Notice, goods: Goods, scene: Scene, speakers: Speakers) -> Notice | None:
    if not goods.territories:
        return None
    return _naming(notice, [right.right_id for right in speakers.elsewhere(goods.territories)], scene)


def _unknown_listing(notice: Notice, _goods: Goods, _scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, listing_id=f"{notice.listing_id}X")


def _wrong_seller(notice: Notice, _goods: Goods, scene: Scene, _speakers: Speakers) -> Notice | None:
    return replace(notice, seller_id=f"S{mix(scene.seed, 'wrong seller', notice.listing_id) % 10**11:011d}")


def _naming(notice: Notice, right_ids: list[str], scene: Scene) -> Notice | None:
    """Return the notice with one of some rights; None where there is none."""
    if not right_ids or notice.right_id is None:
        return None
    kind = "counterfeit" if notice.kind not in ("counterfeit", "trademark") else notice.kind
    return replace(notice, kind=kind, right_id=right_ids[mix(scene.seed, "named", notice.notice_id) % len(right_ids)])


FLAWS: Mapping[str, Spoil] = {
    "without-declaration": _without_declaration,
    "denied-declaration": _denied_declaration,
    "without-explanation": _without_explanation,
    "blank-explanation": _blank_explanation,
    "without-right": _without_right,
    "unknown-right": _unknown_right,
    "inactive-right": _inactive_right,
    "expired-right": _expired_right,
    "right-of-another-kind": _right_of_another_kind,
    "right-that-holds-elsewhere": _right_that_holds_elsewhere,
    "unknown-listing": _unknown_listing,
    "wrong-seller": _wrong_seller,
}


def spoilt(notice: Notice, goods: Goods, scene: Scene, speakers: Speakers) -> tuple[Notice, str | None]:
    """Return a notice with a flaw, and the flaw's name; as it was, and None, where none of some tries fits it."""
    names = tuple(FLAWS)
    first = mix(scene.seed, "flaw", notice.notice_id)
    for step in range(len(names)):
        name = names[(first + step) % len(names)]
        changed = FLAWS[name](notice, goods, scene, speakers)
        if changed is not None:
            return changed, name
    return notice, None
