"""Which set was evaluated: its name, its size, and a digest of what it says, by which two evaluations are known to be of the same."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xxhash import xxh3_128

from pipeline.stages.record import Record

LISTINGS = "listings"


@dataclass(frozen=True, slots=True)
class EvaluatedSet:
    """A set: the name of its folder, the lines of its listings and of its truth, and the digest of all these lines."""

    name: str
    listings: int
    truths: int
    digest: str

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


class Reading:
    """Counts and digests a set while it is read, however its files are packed."""

    def __init__(self) -> None:
        self._listings = self._truths = 0
        self._digest = xxh3_128()

    def truth(self, line: bytes) -> None:
        """Take a line of the truth."""
        self._truths += 1
        self._add(line)

    def record(self, record: Record) -> None:
        """Take a record, if it is a listing; of a line that was too long to be held, its own digest."""
        if record.topic == LISTINGS:
            self._listings += 1
            self._add(record.digest.encode() if record.digest else record.raw)

    def _add(self, line: bytes) -> None:
        self._digest.update(line)
        self._digest.update(b"\n")

    def of(self, folder: Path) -> EvaluatedSet:
        """Return what the set in a folder is, when all of it was taken."""
        name = folder.resolve().name.encode(errors="backslashreplace").decode()  # a system's name may be no Unicode
        return EvaluatedSet(name, self._listings, self._truths, self._digest.hexdigest())
