"""Lines of a plain, gzip or zstd file, one at a time, whatever its length."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from xxhash import xxh3_128

from pipeline.local.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINE_LIMIT = 1024 * 1024  # bytes; a longer line is read over and reported
OUTPUT_LIMIT = 4 * LINE_LIMIT  # of a line that a replay wrote: the stages add to what comes in
SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_BUFFER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TooLong:
    """A line over the limit: its length and the digest of its bytes, which are not held."""

    length: int
    digest: str
    limit: int

    def __str__(self) -> str:
        return f"the line has {self.length} bytes, {self.limit} are allowed"


def topic_of(path: Path) -> str | None:
    """Return the topic that a file is named for; None where it is no file of events."""
    return next((path.name.removesuffix(suffix) for suffix in reversed(SUFFIXES) if path.name.endswith(suffix)), None)


class Lines:
    """The lines of one file, without their ends. `read` is how many bytes of the file have been consumed so far."""

    def __init__(self, path: Path, limit: int = LINE_LIMIT) -> None:
        """Raises InputError where there is no such file. `limit`: bytes of a line."""
        self.path, self._limit = path, limit
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise InputError(path, f"cannot be read: {error.strerror or error}") from error
        self._file: IO[bytes] | None = None

    @property
    def read(self) -> int:
        """Bytes of the file (compressed, where it is) consumed so far."""
        if self._file is None or self._file.closed:
            return self.size if self._file else 0
        return self._file.tell()

    def __iter__(self) -> Iterator[bytes | TooLong]:
        """Yield each line. Raises InputError where the file is cut off, damaged or unreadable."""
        with self._reading() as text:
            while line := text.readline(self._limit + 1):
                yield _finished(line, text, self._limit)

    def blocks(self) -> Iterator[bytes]:
        """Yield the unpacked file in blocks. Raises InputError as the lines do."""
        with self._reading() as text:
            while block := text.read(_BUFFER):
                yield block

    @contextmanager
    def _reading(self) -> Iterator[io.BufferedReader]:
        try:
            with self.path.open("rb") as file, _opened(self.path, file) as text:
                self._file = file
                yield text
        except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
            raise InputError(self.path, f"is cut off or damaged ({error}); fetch it again, or replay a folder without it") from error
        except OSError as error:
            raise InputError(self.path, f"cannot be read: {error.strerror or error}") from error


def _opened(path: Path, file: io.BufferedReader) -> io.BufferedReader:
    """Return the unpacked file. Raises EOFError where it is packed and empty: packing leaves a frame around nothing."""
    raw: Any = file
    if path.suffix in (".gz", ".zst") and not file.peek(1):
        raise EOFError("it is empty")
    if path.suffix == ".gz":
        raw = gzip.GzipFile(fileobj=file)
    elif path.suffix == ".zst":
        raw = zstd.ZstdFile(file)
    return io.BufferedReader(raw, _BUFFER)


def _finished(line: bytes, text: io.BufferedReader, limit: int) -> bytes | TooLong:
    """Return a line without its end, or read over the rest of a line that is too long."""
    if line.endswith(b"\n"):
        return line[:-1]
    return line if len(line) <= limit else _read_over(line, text, limit)


def _read_over(line: bytes, text: io.BufferedReader, limit: int) -> TooLong:
    digest, length, ended = xxh3_128(), 0, False
    while line:
        ended = line.endswith(b"\n")
        content = line[:-1] if ended else line
        digest.update(content)
        length += len(content)
        line = b"" if ended else text.readline(LINE_LIMIT)
    return TooLong(length, digest.hexdigest(), limit)
