"""Where messages go: results to standard output, progress and complaints to standard error."""

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

_WIDTH = 120  # columns, where the output goes to a file or a pipe

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Return a text from outside so that it cannot steer the terminal; what cannot be seen is written as its code point."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def complain(message: str, code: int) -> int:
    """Print what went wrong, and return the exit code. The message may quote what came from outside."""
    err.print(Text("error: ", style="bold red") + Text("\n".join(map(printable, message.split("\n")))))
    return code


class Rate(ProgressColumn):
    """Records a second so far."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def render(self, task: Task) -> Text:
        """See ProgressColumn."""
        elapsed = task.elapsed or 0.0
        return Text(f"{task.fields['records'] / elapsed:,.0f} {self._what}/s" if elapsed else "")


def progress(what: str) -> Progress:
    """Return a progress bar with rate and time left; it is shown only where standard error is a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        Rate(what),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
