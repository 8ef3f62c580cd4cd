"""What a registry change changes: rights and aliases that are added, changed and removed."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pipeline.events.right import Right
from pipeline.stages.registry import as_alias

Change = Literal["added", "removed", "shadow", "active"]  # an alias that stays may be put in shadow, or out of it


class AliasChange(NamedTuple):
    """An alias that is added, removed, or whose status is another."""

    right_id: str
    brand: str
    alias: str
    change: Change


class Changes(NamedTuple):
    """The ids of rights that are added, removed or changed in any way, and the changes of aliases."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    aliases: tuple[AliasChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the changes as one JSON object."""
        rights = {"added": self.added, "removed": self.removed, "changed": self.changed}
        return {"rights": rights, "aliases": [change._asdict() for change in self.aliases]}


def changes(old: Mapping[str, Right], new: Mapping[str, Right]) -> Changes:
    """Compare two registries, each by right_id."""
    stayed = [right_id for right_id in new if right_id in old and new[right_id] != old[right_id]]
    added = tuple(right_id for right_id in new if right_id not in old)
    removed = tuple(right_id for right_id in old if right_id not in new)
    of_aliases = (change for right_id in stayed for change in _of_aliases(old[right_id], new[right_id]))
    return Changes(added, removed, tuple(stayed), tuple(of_aliases))


def _of_aliases(old: Right, new: Right) -> Iterator[AliasChange]:
    before = {alias.text: alias.status for alias in map(as_alias, old.aliases)}
    after = {alias.text: alias.status for alias in map(as_alias, new.aliases)}
    for text in dict.fromkeys((*before, *after)):
        was, now = before.get(text), after.get(text)
        if was != now:
            change: Change = "removed" if now is None else "added" if was is None else now
            yield AliasChange(new.right_id, new.brand, text, change)
