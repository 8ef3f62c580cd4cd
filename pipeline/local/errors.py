"""What can go wrong with what is read, each with a message that says what to do. (With what is written: OutputError, in pipeline.place.)

InputError         the folder or a file in it cannot be used
└── DamagedError   a line of what a replay wrote is not as it was written
"""

from pathlib import Path


class InputError(Exception):
    """The folder or a file in it cannot be used."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class DamagedError(InputError):
    """A line of what a replay wrote is not as it was written."""

    def __init__(self, path: Path, number: int, why: object) -> None:
        super().__init__(path, f"line {number} is damaged: {why}; write the folder anew with a replay")
