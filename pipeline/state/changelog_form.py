"""The raw form of a change set: what a changelog topic and a local database hold."""

from collections.abc import Iterator

from pipeline.state.store import ChangeSet

SEPARATOR = b"\x00"  # between the table's name and the key: no name holds it


def raw(changes: ChangeSet) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield every change as key and value in bytes; None deletes."""
    for table, values in changes.items():
        prefix = table.name.encode() + SEPARATOR
        for key, value in values.items():
            yield prefix + key.encode(), value
