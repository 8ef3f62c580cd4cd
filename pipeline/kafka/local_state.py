"""The local state of one stage and partition: a store, and the mark that says how much of the changelog is in it.

It is a cache. Where it does not fit its changelog beyond doubt it is set aside, and rebuilt from the topic.
"""

import errno
import logging
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pipeline.state.rocks import RocksStore
from pipeline.state.store import ChangeSet, StoreError
from pipeline.state.table import StateFormatError, Table

log = logging.getLogger(__name__)

FORMAT = 1  # of the folder and its mark
_MOST_PLACES = 9  # folders of one stage and partition, where processes have each
_KEPT_ASIDE = 2  # folders that were set aside, for whoever wants to know why
_NOT_THE_FOLDER = tuple(os.strerror(number) for number in (errno.EACCES, errno.EMFILE, errno.ENOSPC, errno.EROFS))


class LocalStateError(Exception):
    """The folder cannot be used, and setting it aside would be wrong."""


class _InUseError(LocalStateError):
    """Another process has the folder: a worker that is frozen, or one of another partition's past."""


class _UnfitError(Exception):
    """Why a folder is set aside: a word or two and, behind a colon, more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The changelog's topic id, the offset behind what is in the store, and the wall time of the last write (seconds)."""

    changelog_id: str
    offset: int
    written_at: float
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class _Form:
    """What can be read of a mark of any release."""

    format: int


@dataclass(frozen=True, slots=True)
class _Changelog:
    """What a mark must fit: the topic's id, where it begins and ends, and the age in seconds that a mark must not reach."""

    topic_id: str
    begin: int
    end: int
    max_age: float


class LocalState:
    """A store with its mark; None while the store is empty. `why` tells why it begins empty, where it does. Raises StoreError."""

    def __init__(self, folder: Path, store: RocksStore, changelog: _Changelog, mark: Mark | None, why: str | None) -> None:
        self.store, self.mark, self.why = store, mark, why
        self._folder, self._changelog = folder, changelog

    def write(self, changes: ChangeSet, offset: int, now: float) -> None:
        """Take over the changes of a chunk, with the offset behind them in the changelog."""
        mark = self._mark(offset, now)
        self.store.write(changes, msgspec.msgpack.encode(mark))
        self.mark = mark

    def restore(self, entries: Iterable[tuple[bytes, bytes | None]], offset: int, now: float) -> None:
        """Take over entries of the changelog. Only its end moves the mark.

        Who stops halfway begins again: by then compaction may have taken the deletion of a key that is in this half.
        """
        if offset < self._changelog.end:
            self.store.write_raw(entries)
            return
        mark = self._mark(offset, now)
        self.store.write_raw(entries, msgspec.msgpack.encode(mark))
        self.mark = mark

    def _mark(self, offset: int, now: float) -> Mark:
        return Mark(self._changelog.topic_id, offset, now)

    def close(self) -> None:
        """Keep everything, and let go of the folder. It is set aside where damage was met, since opening it again would not tell."""
        try:
            self.store.close()
        finally:
            if self.store.damage is not None:
                _set_aside(self._folder, f"corrupted: {self.store.damage}")


def open_local(
    folder: Path, tables: Iterable[Table[Any]], changelog_id: str, begin: int, end: int, now: float, max_age: float
) -> LocalState:
    """Open the state in a folder, or begin an empty one where that does not fit the changelog from `begin` to `end`.

    Where another process has the folder, the next one is used, `<folder>.2` and so on: a frozen worker must not keep its successor out.
    `max_age`: seconds after which a state could miss that keys were deleted. Raises LocalStateError where none can be used or written,
    StateFormatError where a newer release wrote it.
    """
    places = [folder, *(folder.with_name(f"{folder.name}.{number}") for number in range(2, _MOST_PLACES + 1))]
    for place in places[:-1]:
        try:
            return _opened(place, tuple(tables), _Changelog(changelog_id, begin, end, max_age), now)
        except _InUseError as error:
            log.warning("%s", error)
    return _opened(places[-1], tuple(tables), _Changelog(changelog_id, begin, end, max_age), now)


def _opened(folder: Path, tables: tuple[Table[Any], ...], changelog: _Changelog, now: float) -> LocalState:
    why = "there is none"
    if folder.exists():
        try:
            return _reopened(folder, tables, changelog, now)
        except _UnfitError as error:
            why = str(error)
            _set_aside(folder, why)
    log.info("%s begins empty: %s", folder, why)
    return LocalState(folder, _created(folder, tables), changelog, None, why)


def _reopened(folder: Path, tables: tuple[Table[Any], ...], changelog: _Changelog, now: float) -> LocalState:
    """Return the state if it fits. Raises _UnfitError, LocalStateError, StateFormatError; the folder is let go of then."""
    try:
        store = RocksStore(str(folder), tables)
        try:
            return LocalState(folder, store, changelog, _fitting(store.meta, changelog, now), None)
        except BaseException:
            store.close()
            raise
    except StoreError as error:
        raise _unusable(folder, error) from error
    except StateFormatError as error:
        raise StateFormatError(f"{folder}: {error}; use that release, or delete the folder: it is rebuilt from the changelog") from error


def _unusable(folder: Path, error: StoreError) -> LocalStateError | _UnfitError:
    """Return what an error means: the folder is in use, the machine is at fault, or else its files are."""
    text = str(error)
    if f"/LOCK: {os.strerror(errno.EAGAIN)}" in text or "lock hold by current process" in text:
        return _InUseError(f"{folder} is in use by another process")
    if any(reason in text for reason in _NOT_THE_FOLDER):
        return LocalStateError(f"{folder} cannot be opened: {text}")
    return _UnfitError(f"corrupted: {text}")


def _fitting(kept: bytes | None, changelog: _Changelog, now: float) -> Mark:
    """Return the mark. Raises _UnfitError where it does not fit the changelog, StateFormatError where a newer release wrote it."""
    if kept is None:
        raise _UnfitError("no mark")
    mark = _decoded(kept)
    if mark.changelog_id != changelog.topic_id:
        raise _UnfitError(f"foreign: of topic {mark.changelog_id}, the changelog is {changelog.topic_id}")
    if not changelog.begin <= mark.offset <= changelog.end:
        raise _UnfitError(f"outside its changelog: at {mark.offset}, which has {changelog.begin} to {changelog.end}")
    if not now - mark.written_at < changelog.max_age:
        raise _UnfitError(f"stale: last written {(now - mark.written_at) / 3600:.0f} hours ago")
    return mark


def _decoded(kept: bytes) -> Mark:
    try:
        form = msgspec.msgpack.decode(kept, type=_Form).format
        if form > FORMAT:
            raise StateFormatError(f"newer format {form}, this release reads up to {FORMAT}")
        return msgspec.msgpack.decode(kept, type=Mark)
    except msgspec.MsgspecError as error:
        raise _UnfitError(f"unreadable mark: {error}") from error


def _set_aside(folder: Path, why: str) -> None:
    """Rename the folder to `<name>.aside-<reason>-<n>`; of those set aside before, keep the newest."""
    log.warning("%s is set aside and rebuilt: %s", folder, why)
    aside = sorted((number, path) for path in folder.parent.glob(f"{folder.name}.aside-*") if (number := _number(path)) is not None)
    for _, old in aside[: len(aside) - _KEPT_ASIDE + 1]:
        shutil.rmtree(old, ignore_errors=True)
    number = aside[-1][0] + 1 if aside else 1
    reason = why.partition(":")[0].replace(" ", "-")
    folder.rename(folder.with_name(f"{folder.name}.aside-{reason}-{number}"))


def _number(aside: Path) -> int | None:
    number = aside.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else None


def _created(folder: Path, tables: tuple[Table[Any], ...]) -> RocksStore:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return RocksStore(str(folder), tables)
    except (OSError, StoreError) as error:
        raise LocalStateError(f"{folder} cannot be made: {error}; name another place with state_dir") from error
