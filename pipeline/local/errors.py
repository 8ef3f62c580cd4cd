"""What can go wrong outside of the records, each with a message that says what to do.

LocalError
├── InputError    the folder or a file in it cannot be used
└── OutputError   the output cannot be written
"""

from pathlib import Path


class LocalError(Exception):
    """A replay cannot start or go on."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class InputError(LocalError):
    """The folder or a file in it cannot be used."""


class OutputError(LocalError):
    """The output cannot be written."""
