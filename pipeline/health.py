"""What a worker says of itself: whether it is alive, whether it is ready, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Health:
    """An answer, with what is wrong by what was looked at; empty where all is well."""

    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class Checked(Protocol):
    """What can be asked how it is. Each answer comes at once, also while the worker's loop stands still: other threads ask."""

    def alive(self) -> Health:
        """Whether it works at all: who is not alive is to be started anew."""

    def ready(self) -> Health:
        """Whether it has what it needs to work."""

    def status(self) -> Mapping[str, Any]:
        """Return where it stands, for people and programs."""
