"""Mends a registry: does what is safe about its faults, leaves all else as it is, and says what it did.

A line that is mended keeps the fields that are not known here, and one that is not keeps its very bytes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pipeline.care.check import Report, Told
from pipeline.care.fault import Fault
from pipeline.care.written import written
from pipeline.local.lines import Lines, TooLong

_TELL_EVERY = 500


def mend(file: Path, out: Path, report: Report, told: Told = lambda *_: None) -> Counter[str]:
    """Write what a report's file holds, mended; return how many faults of each kind were mended. Raises InputError and OutputError."""
    done: Counter[str] = Counter()
    lines = Lines(file)
    with written(out) as target:
        for number, line in enumerate(lines, 1):
            mended = _mended(line, report.mends.get(number, ()), done)
            if mended is not None:
                target.write(mended + b"\n")
            if number % _TELL_EVERY == 0:
                told("writing", lines.read, lines.size, number)
    return done


def _mended(line: bytes | TooLong, faults: Sequence[Fault], done: Counter[str]) -> bytes | None:
    """Return a line as it is written; None where it is left out."""
    done.update(fault.kind.code for fault in faults)
    if isinstance(line, TooLong) or any(fault.kind.mend == "leave-out" for fault in faults):
        return None
    if not faults:
        return line
    right = msgspec.json.decode(line)
    for field in dict.fromkeys(fault.place[0] for fault in faults if fault.place):
        by_number = {
            number: fault for fault in sorted(faults, key=_drops) if fault.place for name, number in [fault.place] if name == field
        }
        right[field] = list(_items(right[field], by_number))
    return msgspec.json.encode(right)


def _drops(fault: Fault) -> bool:
    """Sort dropping last: what is dropped needs nothing else."""
    return fault.kind.mend == "drop"


def _items(items: Sequence[Any], faults: dict[int, Fault]) -> Iterator[Any]:
    """Yield the items of a field, mended."""
    for number, item in enumerate(items):
        fault = faults.get(number)
        if fault is None:
            yield item
        elif fault.kind.mend == "shadow":
            yield {**(item if isinstance(item, dict) else {"text": item}), "status": "shadow"}
