"""What the simulator needs of whatever decides: it hands over what comes in, and is told what was decided."""

from collections.abc import Sequence
from typing import Protocol

from pipeline.events.decided import Decision
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.standing import NotifierStanding


class Pipeline(Protocol):
    """Decides on what it is given, in the order in which it is given, as a replay of the same files would."""

    @property
    def policy(self) -> PolicyRecord | None:
        """The policy that holds, where it is not the one that holds where none is given."""
        ...

    def refer(self, rights: Sequence[Right], standings: Sequence[NotifierStanding]) -> None:
        """Take the reference data; called once, before anything else."""
        ...

    def take(self, topic: str, line: bytes) -> None:
        """Take a line of an input topic, well formed or not. What comes of it may wait until `decided`."""
        ...

    def decided(self) -> Sequence[Decision]:
        """Return what was decided on all that was taken, and was not returned before, in its order."""
        ...
