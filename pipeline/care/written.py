"""A file that appears when it is complete, or not at all: it is written beside its place, and moved there at the end."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline import stopping
from pipeline.local.lines import SUFFIXES, topic_of
from pipeline.place import OutputError, explained

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def check_file(out: Path, *, force: bool, source: Path) -> None:
    """Refuse a place that is read, is taken, or is named as nothing that can be written. Raises OutputError."""
    with explained(out):
        if topic_of(out) is None:
            raise OutputError(out, f"is named as nothing that is written; end it with {', '.join(SUFFIXES)}")
        if out.exists() and source.exists() and out.samefile(source):
            raise OutputError(out, "is the file that is read; name another one")
        if out.exists() and not out.is_file():
            raise OutputError(out, "is no file; name another place")
        if out.exists() and not force:
            raise OutputError(out, "exists already; name another file, or overwrite it with --force")


@contextmanager
def written(out: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to, packed as its name says; it takes its place at the end of the block. Raises OutputError."""
    temporary = out.with_name(f".{out.name}.partial-{os.urandom(4).hex()}")

    def abandon() -> str:
        temporary.unlink(missing_ok=True)
        return "nothing was written"

    stopping.begun(abandon)
    try:
        with explained(out), ExitStack() as open_files:
            plain = open_files.enter_context(temporary.open("xb"))
            yield open_files.enter_context(_packing(plain, out.suffix))
        with explained(out):
            temporary.replace(out)
    finally:
        abandon()
        stopping.ended(abandon)


@contextmanager
def _packing(plain: IO[bytes], suffix: str) -> Iterator[Any]:
    if suffix == ".gz":
        with gzip.GzipFile(filename="", fileobj=plain, mode="wb", mtime=0) as packed:  # the same content gives the same bytes
            yield packed
    elif suffix == ".zst":
        with zstd.ZstdFile(plain, "wb") as packed:
            yield packed
    else:
        yield plain
