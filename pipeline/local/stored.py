"""What a replay wrote, looked through for ids: only lines that hold one of them are decoded."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import orjson

from pipeline.codec import marks
from pipeline.flow import SEQUENCE, TOPICS
from pipeline.local.errors import InputError
from pipeline.local.inputs import file_of
from pipeline.local.lines import OUTPUT_LIMIT, Lines
from pipeline.local.recorded import read, whole

_BEGINS: dict[type[Any], bytes] = {
    kind: mark for topic in (SEQUENCE, "events.matched") for mark, kind in marks(TOPICS[topic].events).items()
}


def events(folder: Path, topic: str, kinds: type[Any] | tuple[type[Any], ...], ids: Collection[str]) -> Iterator[Any]:
    """Yield the events of a topic, of one kind or of several, in which one of the ids stands.

    Raises InputError where the folder has no such topic, and DamagedError.
    """
    if not ids:
        return
    needle = re.compile(b"|".join(re.escape(orjson.dumps(ident)) for ident in sorted(ids)))
    begins = {_BEGINS.get(kind, b"{"): kind for kind in (kinds if isinstance(kinds, tuple) else (kinds,))}
    path = path_of(folder, topic)
    for number, line in enumerate(Lines(path, OUTPUT_LIMIT), 1):
        raw = whole(path, number, line)
        kind = next((kind for mark, kind in begins.items() if raw.startswith(mark)), None)
        if kind is not None and needle.search(raw):
            yield read(kind, path, number, raw)


def path_of(folder: Path, topic: str) -> Path:
    """Return the file of a topic. Raises InputError where there is none."""
    path = file_of(folder, topic)
    if path is None:
        raise InputError(folder, f"holds no {topic}.jsonl; name a folder that a replay wrote")
    return path
