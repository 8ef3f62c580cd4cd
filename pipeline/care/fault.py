"""A fault of a registry: its kind, where it stands, and what mends it."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "note"]
Mend = Literal["leave-out", "drop", "shadow"]  # the line; the item of a list; the alias is put on trial
Field = Literal["aliases", "images", "authorised_sellers", "context"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


Place = tuple[Field, int]


class Kind(NamedTuple):
    """A kind of fault. An error does harm or has no effect; a warning may; a note is only said. `mend`: what is safely done about it."""

    code: str
    severity: Severity
    says: str
    fix: str
    mend: Mend | None = None


class Fault(NamedTuple):
    """One fault. `what` is what is wrong as it stands in the file, `place` the field and the number of the item that is mended."""

    kind: Kind
    line: int  # from 1
    right_id: str
    brand: str
    what: str
    why: str
    place: Place | None = None
