"""Reads what is true of a folder's listings and people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.events.scalars import Id
from pipeline.local.errors import InputError
from pipeline.local.inputs import file_of
from pipeline.local.lines import Lines

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a listing. What is absent is unknown, and is not scored; no brand_ids says that it names none."""

    listing_id: Id
    brand_ids: tuple[Id, ...] | None = None
    counterfeit: bool | None = None
    seller_id: Id | None = None
    kind: str | None = None  # of the seller
    duplicate_group: Id | None = None  # listings of one group offer the same goods


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """What is known of a notice, a retraction, an appeal, a question or a ruling: a line of truth-people.jsonl."""

    what: str
    id: Id
    by: str
    rightful: bool
    flaw: str | None = None  # what is wrong with its form or time


def read_truth(folder: Path, read: Callable[[bytes], None] = lambda _: None) -> dict[str, Truth]:
    """Return what truth.jsonl says, by listing; `read` is told of each line. Raises InputError where it is absent or does not decode."""
    path = file_of(folder, "truth")
    if path is None:
        raise InputError(folder, "holds no truth.jsonl to compare with")
    return {truth.listing_id: truth for truth in _truths(Lines(path), Truth, read)}


def read_people_truth(folder: Path) -> list[PersonTruth] | None:
    """Return what truth-people.jsonl says; None where it is absent. Raises InputError where it does not decode."""
    path = file_of(folder, "truth-people")
    return None if path is None else list(_truths(Lines(path), PersonTruth))


def _truths(lines: Lines, kind: type[T], read: Callable[[bytes], None] = lambda _: None) -> Iterator[T]:
    decode = msgspec.json.Decoder(kind).decode
    for number, line in enumerate(lines, 1):
        try:
            if not isinstance(line, bytes):
                raise msgspec.DecodeError(str(line))
            read(line)
            yield decode(line)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise InputError(lines.path, f"line {number}: {error}") from error
