"""`rights check`: reads a registry, and says what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.care import images, names, terms
from pipeline.care.book import Book, Entry
from pipeline.care.fault import SEVERITIES, Fault, Severity
from pipeline.care.kinds import INVALID, KINDS, REPLACED
from pipeline.local.errors import InputError
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.local.references import RIGHTS

EXAMPLES = 3  # of a kind
_TELL_EVERY = 500

Told = Callable[[str, int, int, int], None]  # what is done, how far it is, of how much, and records so far


@dataclass(slots=True)
class Report:
    """What was found: counts by the kind's code, the first examples of each, and the items that can be mended, by line.

    `lines` were read, `rights` hold: of several of one id the last.
    """

    most_examples: int = EXAMPLES
    lines: int = 0
    rights: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    mends: dict[int, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def add(self, fault: Fault) -> None:
        """Take over a fault."""
        code = fault.kind.code
        self.counts[code] += 1
        if len(self.examples[code]) < self.most_examples:
            self.examples[code].append(fault)
        if fault.kind.mend is not None and (fault.place is not None or fault.kind.mend == "leave-out"):
            self.mends[fault.line].append(fault)

    def of(self, severity: Severity) -> int:
        """Return how many faults are as grave as this."""
        return sum(self.counts[kind.code] for kind in KINDS if kind.severity == severity)

    def as_json(self) -> dict[str, Any]:
        """Return everything as one JSON object."""
        return {
            "lines": self.lines,
            "rights": self.rights,
            "faults": {severity: self.of(severity) for severity in SEVERITIES},
            "kinds": [
                {
                    "code": kind.code,
                    "severity": kind.severity,
                    "count": self.counts[kind.code],
                    "says": kind.says,
                    "fix": kind.fix,
                    "mended_by": kind.mend,
                    "examples": [_example(fault) for fault in self.examples[kind.code]],
                }
                for kind in KINDS
                if self.counts[kind.code]
            ],
        }


def _example(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "right_id": fault.right_id, "brand": fault.brand, "what": fault.what, "why": fault.why}


def check(file: Path, at: datetime, told: Told = lambda *_: None, most_examples: int = EXAMPLES) -> Report:
    """Read a file of rights, and return its faults as they are at a time. Raises InputError where it cannot be read or holds nothing."""
    report = Report(most_examples)
    entries = _read(file, report, told)
    if not report.lines:
        raise InputError(file, "holds no rights")
    report.rights = len(entries)
    book = Book(entries)
    for number, entry in enumerate(entries, 1):
        for fault in faults(entry, book, at):
            report.add(fault)
        if number % _TELL_EVERY == 0:
            told("checking", number, len(entries), number)
    return report


def faults(entry: Entry, book: Book, at: datetime) -> Iterator[Fault]:
    """Yield the faults of one right among all."""
    yield from names.faults(entry, book)
    yield from terms.faults(entry, at)
    yield from images.faults(entry, book)


def _read(file: Path, report: Report, told: Told) -> list[Entry]:
    """Return the rights that hold, in the order of their lines; lines that are no good, or that a later one replaces, are reported."""
    lines, newest = Lines(file), dict[str, Entry]()
    for record in records(RIGHTS, lines):
        report.lines += 1
        if record.fault is not None:
            path = f" at {record.fault.path}" if record.fault.path else ""
            report.add(Fault(INVALID, record.offset + 1, "", "", record.fault.code, f"{record.fault.message}{path}"))
        else:
            entry = Entry(record.offset + 1, record.event)
            earlier = newest.pop(entry.right.right_id, None)
            if earlier is not None:
                report.add(_replaced(earlier, entry))
            newest[entry.right.right_id] = entry
        if report.lines % _TELL_EVERY == 0:
            told("reading", lines.read, lines.size, report.lines)
    return list(newest.values())


def _replaced(earlier: Entry, later: Entry) -> Fault:
    return Fault(
        REPLACED, earlier.line, earlier.right.right_id, earlier.right.brand, earlier.right.right_id, f"line {later.line} has it too"
    )
