"""The local state of one stage and partition: a store, and the mark that says how much of the changelog is in it.

It is a cache. Where it does not fit its changelog beyond doubt it is set aside, and rebuilt from the topic.
"""

import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pipeline.state.rocks import RocksStore
from pipeline.state.store import ChangeSet
from pipeline.state.table import StateFormatError, Table

log = logging.getLogger(__name__)

FORMAT = 1  # of the folder and its mark
_KEPT_ASIDE = 2  # folders that were set aside, for whoever wants to know why


class LocalStateError(Exception):
    """The folder cannot be used, and setting it aside would be wrong."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The changelog's topic id, the offset behind what is in the store, and the wall time of the last write (seconds)."""

    changelog_id: str
    offset: int
    written_at: float
    format: int = FORMAT


class LocalState:
    """A store with its mark. `why` tells why it begins empty, where it does."""

    def __init__(self, store: RocksStore, changelog_id: str, mark: Mark | None, why: str | None) -> None:
        self.store, self.mark, self.why = store, mark, why
        self._changelog_id = changelog_id

    def write(self, changes: ChangeSet, offset: int, now: float) -> None:
        """Take over the changes of a chunk, with the offset behind them in the changelog."""
        self._move(offset, now)
        self.store.write(changes, msgspec.msgpack.encode(self.mark))

    def restore(self, entries: Iterable[tuple[bytes, bytes | None]], offset: int, now: float) -> None:
        """Take over entries of the changelog."""
        self._move(offset, now)
        self.store.write_raw(entries, msgspec.msgpack.encode(self.mark))

    def _move(self, offset: int, now: float) -> None:
        self.mark = Mark(self._changelog_id, offset, now)

    def close(self) -> None:
        """Keep everything, and let go of the folder."""
        self.store.close()


def open_local(
    folder: Path, tables: Iterable[Table[Any]], changelog_id: str, begin: int, end: int, now: float, most_age: float
) -> LocalState:
    """Open the state in a folder, or begin an empty one where that does not fit the changelog from `begin` to `end`.

    `most_age`: seconds after which a state could miss that keys were deleted. Raises LocalStateError where another process has the folder
    or it cannot be written, StateFormatError where a newer release wrote it.
    """
    tables = tuple(tables)
    why: str | None = "there is none"
    if folder.exists():
        store, mark, why = _opened(folder, tables, changelog_id, begin, end, now, most_age)
        if store is not None:
            return LocalState(store, changelog_id, mark, None)
        _set_aside(folder, why)
    log.info("%s begins empty: %s", folder, why)
    return LocalState(_create(folder, tables), changelog_id, None, why)


def _opened(
    folder: Path, tables: tuple[Table[Any], ...], changelog_id: str, begin: int, end: int, now: float, most_age: float
) -> tuple[RocksStore | None, Mark | None, str]:
    """Return the store and its mark, or why it cannot be used."""
    try:
        store = RocksStore(str(folder), tables)
        kept = store.meta
    except Exception as error:
        if "lock" in str(error).lower():
            raise LocalStateError(f"{folder} is in use by another process; give each worker of a stage a state_dir of its own") from error
        return None, None, f"corrupted ({error})"
    why = _unfit(kept, changelog_id, begin, end, now, most_age)
    if isinstance(why, Mark):
        return store, why, ""
    store.close()
    if why.startswith("newer"):
        raise StateFormatError(f"{folder}: {why}; use that release, or delete the folder: it is rebuilt from the changelog")
    return None, None, why


def _unfit(kept: bytes | None, changelog_id: str, begin: int, end: int, now: float, most_age: float) -> Mark | str:
    """Return the mark, or why the state does not fit."""
    if kept is None:
        return "no mark"
    try:
        mark = msgspec.msgpack.decode(kept, type=Mark)
    except msgspec.MsgspecError:
        return "unreadable mark"
    if mark.format > FORMAT:
        return f"newer format {mark.format}, this release reads up to {FORMAT}"
    if mark.changelog_id != changelog_id:
        return "foreign: of another changelog topic"
    if not begin <= mark.offset <= end:
        return f"beyond its changelog: at {mark.offset}, which has {begin} to {end}"
    if now - mark.written_at > most_age:
        return f"stale: last written {(now - mark.written_at) / 3600:.0f} hours ago"
    return mark


def _set_aside(folder: Path, why: str) -> None:
    """Rename the folder; of those set aside before, keep the newest."""
    log.warning("%s is set aside and rebuilt: %s", folder, why)
    aside = sorted(folder.parent.glob(f"{folder.name}.aside-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for old in aside[: len(aside) - _KEPT_ASIDE + 1]:
        shutil.rmtree(old, ignore_errors=True)
    number = int(aside[-1].name.rpartition("-")[2]) + 1 if aside else 1
    folder.rename(folder.with_name(f"{folder.name}.aside-{number}"))


def _create(folder: Path, tables: tuple[Table[Any], ...]) -> RocksStore:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return RocksStore(str(folder), tables)
    except Exception as error:
        raise LocalStateError(f"{folder} cannot be made: {error}; name another place with state_dir") from error
