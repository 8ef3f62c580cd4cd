"""Whether a right's holder has authorised a seller, for where and when a listing is offered."""

from functools import lru_cache

from pipeline.events.right import AuthorisedSeller
from pipeline.signals.case import Case

Sellers = tuple[str | AuthorisedSeller, ...]
_FEW = 50  # sellers of a right that are simply gone through


class _Same:
    """A list known by its identity: its sellers need not be hashed to find it again."""

    __slots__ = ("sellers",)

    def __init__(self, sellers: Sellers) -> None:
        self.sellers = sellers

    def __hash__(self) -> int:
        return id(self.sellers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.sellers is other.sellers


def is_authorised(case: Case) -> bool:
    """Tell whether one of the holder's authorisations covers the listing."""
    sellers = case.right.authorised_sellers
    own = sellers if len(sellers) <= _FEW else _by_seller(_Same(sellers)).get(case.listing.seller_id, ())
    return any(_covers(one, case) for one in own)


@lru_cache(maxsize=1000)
def _by_seller(of: _Same) -> dict[str, Sellers]:
    """Return the authorisations of each seller: a list of 100,000 is not gone through for each listing."""
    found: dict[str, Sellers] = {}
    for one in of.sellers:
        seller_id = one if isinstance(one, str) else one.seller_id
        found[seller_id] = (*found.get(seller_id, ()), one)
    return found


def _covers(one: str | AuthorisedSeller, case: Case) -> bool:
    if isinstance(one, str):
        return one == case.listing.seller_id
    if one.seller_id != case.listing.seller_id or (one.valid_until is not None and one.valid_until <= case.at):
        return False
    offered = case.listing.territories or case.policy.territories
    return one.territories is None or (bool(offered) and set(offered) <= set(one.territories))
