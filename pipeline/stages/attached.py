"""Which notices hang on what: on a listing that has not come, a question, the first that said the same, a takedown. One row each.

Anyone may give notice, and as often as they like: so no value of the state grows with the number of notices.
"""

from pipeline.state.table import Table, key
from pipeline.state.view import View

ATTACHED = Table("attached", str, ordered=True)
TABLES = (ATTACHED,)


class Attached:
    """The rows of all sellers, seen through one chunk's view. `to`: what a notice hangs on, by one of the functions below."""

    def __init__(self, view: View) -> None:
        self._view = view

    def add(self, seller_id: str, to: str, notice_id: str, place: int) -> None:
        """Hang a notice on something. `place`: where it stands in the sequence, which is the order of what hangs together."""
        self._view.put(ATTACHED, _name(seller_id, to, notice_id, place), notice_id)

    def of(self, seller_id: str, to: str) -> tuple[str, ...]:
        """Return the notices that hang on something, in their order."""
        return tuple(notice_id for _, notice_id in self._view.within(ATTACHED, key(seller_id, to)))

    def remove(self, seller_id: str, to: str, notice_id: str, place: int) -> None:
        """Take a notice off."""
        self._view.delete(ATTACHED, _name(seller_id, to, notice_id, place))

    def clear(self, seller_id: str, to: str) -> None:
        """Take all notices off."""
        for name, _ in self._view.within(ATTACHED, key(seller_id, to)):
            self._view.delete(ATTACHED, name)


def _name(seller_id: str, to: str, notice_id: str, place: int) -> str:
    return key(seller_id, to, f"{place:020d}", notice_id)


def listing(listing_id: str) -> str:
    """Name a listing that is waited for."""
    return key("listing", listing_id)


def question(review_id: str) -> str:
    """Name a question whose answer is waited for."""
    return key("question", review_id)


def same_as(notice_id: str) -> str:
    """Name the first notice that said the same."""
    return key("same", notice_id)


def takedown(takedown_id: str) -> str:
    """Name a takedown with which notices were accepted."""
    return key("takedown", takedown_id)
