"""Where messages go: results to standard output, progress and complaints to standard error."""

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from pipeline.printable import printable

__all__ = ["complain", "err", "out", "printable", "progress"]

_WIDTH = 120  # columns, where the output goes to a file or a pipe

# No emoji: an id such as `shop:x:17` is printed as it is.
out = Console(highlight=False, soft_wrap=True, emoji=False, width=None if sys.stdout.isatty() else _WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


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
