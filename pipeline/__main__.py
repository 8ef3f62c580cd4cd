"""The command `takedown`, also as `python -m pipeline`."""

import sys
from io import TextIOWrapper

from pipeline import stopping


def run() -> None:
    """Run the command line and exit with the code that `exits` documents."""
    stopping.heed()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter shows its code point
    from pipeline.cli.exits import guarded  # noqa: PLC0415 - what these import takes a second, in which a signal may come
    from pipeline.cli.main import app  # noqa: PLC0415

    sys.exit(guarded(app))


if __name__ == "__main__":
    run()
