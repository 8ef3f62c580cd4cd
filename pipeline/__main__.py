"""The command `takedown`, also as `python -m pipeline`."""

import sys

from pipeline import stopping


def run() -> None:
    """Run the command line and exit with the code that `exits` documents."""
    stopping.heed()
    from pipeline.cli.exits import guarded  # noqa: PLC0415 - what these import takes a second, in which a signal may come
    from pipeline.cli.main import app  # noqa: PLC0415

    sys.exit(guarded(app))


if __name__ == "__main__":
    run()
