"""`python -m pipeline`: the command `takedown`."""

from pipeline.cli.main import run

run()
