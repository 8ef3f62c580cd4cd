"""Whether a right's holder has authorised a seller, for where and when a listing is offered."""

from pipeline.events.right import AuthorisedSeller
from pipeline.signals.case import Case


def is_authorised(case: Case) -> bool:
    """Tell whether one of the holder's authorisations covers the listing."""
    return any(_covers(one, case) for one in case.right.authorised_sellers)


def _covers(one: str | AuthorisedSeller, case: Case) -> bool:
    if isinstance(one, str):
        return one == case.listing.seller_id
    if one.seller_id != case.listing.seller_id or (one.valid_until is not None and one.valid_until <= case.at):
        return False
    offered = case.listing.territories or case.policy.territories
    return one.territories is None or (bool(offered) and set(offered) <= set(one.territories))
