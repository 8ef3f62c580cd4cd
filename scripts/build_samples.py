"""Make samples/ anew: what `make demo` replays. The same every time, as long as the same is decided: people react to it.

python -m scripts.build_samples [FOLDER]
"""

import gzip
import shutil
import sys
import tempfile
from pathlib import Path

from pipeline.local.rehearsal import Rehearsal
from pipeline.simulate.simulate import simulate

SAMPLES = Path(__file__).parent.parent / "samples"
LISTINGS, SEED = 6000, 2011
PREVALENCE = 0.1  # more than a marketplace has, so that 6,000 lines hold all that can happen to people


def build(folder: Path) -> None:
    """Simulate, and pack the lines."""
    with tempfile.TemporaryDirectory() as made:
        simulate(Path(made) / "topics", listings=LISTINGS, seed=SEED, prevalence=PREVALENCE, pipeline=Rehearsal())
        for path in sorted((Path(made) / "topics").iterdir()):
            pack(path, folder / f"{path.name}.gz")


def pack(source: Path, target: Path) -> None:
    """Compress a file; no name and no time go into it, so that the same lines give the same bytes."""
    with source.open("rb") as lines, target.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        shutil.copyfileobj(lines, packed)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
