"""What each layer of the brand match costs.

python -m benchmarks.matching [--listings N] [--brands N]

Simulates a marketplace, and takes the processor's time of each layer over all titles and descriptions, one layer after the other. What
comes again is worked out again here, which a worker saves itself. Nothing is asserted: compare the shares within one run.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import process_time

from rich.console import Console
from rich.table import Table

from pipeline.events.listing import Listing
from pipeline.local.inputs import file_of, records
from pipeline.local.lines import Lines
from pipeline.matching.fold import GAP, Folded, pattern
from pipeline.matching.index import DISGUISES, BrandIndex
from pipeline.matching.name import Name
from pipeline.matching.view import Look, may_be_disguised
from pipeline.matching.words import Words
from pipeline.simulate.brands import brands
from pipeline.simulate.simulate import simulate


def main() -> None:
    """Simulate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=20_000, help="lines of listings (default: 20,000)")
    parser.add_argument("--brands", type=int, default=8_000, help="brands in the registry (default: 8,000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "topics"
        simulate(folder, listings=options.listings, seed=1, brands=options.brands, days=2)
        texts = list(_texts(folder))
    show(texts, measure(texts, list(_names(options.brands))))


def _texts(folder: Path) -> Iterator[str]:
    path = file_of(folder, "listings")
    assert path is not None, "it was just made"
    for record in records("listings", Lines(path)):
        if isinstance(record.event, Listing):
            yield from filter(None, (record.event.title, record.event.description))


def _names(count: int) -> Iterator[Name]:
    for number, brand in enumerate(brands(count)):
        yield Name(brand.name, number, own=True)
        yield from (Name(alias.text, number, alias.kind) for alias in brand.aliases)


def measure(texts: Sequence[str], names: Sequence[Name]) -> dict[str, float]:
    """Return the seconds that each layer takes over all texts; the first time, which builds tables, is not counted."""
    words = Words(word for name in names for word in pattern(name.text).split(GAP) if may_be_disguised(word))
    folded = [Folded(text).text for text in texts]
    taken = {"fold": _seconds(lambda: [Folded(text) for text in texts])}
    for number, (method, look) in enumerate(DISGUISES, 1):
        look(texts[0], folded[0], words)
        layer = f"{number}. {look.__module__.rpartition('.')[2]} ({method})"
        taken[layer] = _seconds(partial(_look_at_all, look, texts, folded, words))
    index = BrandIndex(names)
    index.find(texts[0])
    taken["all of it, with what is found judged"] = _seconds(lambda: [index.find(text) for text in texts])
    return taken


def _look_at_all(look: Look, texts: Sequence[str], folded: Sequence[str], words: Words) -> None:
    for text, one in zip(texts, folded, strict=True):
        look(text, one, words)


def _seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def show(texts: Sequence[str], taken: dict[str, float]) -> None:
    """Print the table."""
    table = Table("layer", "microseconds a text", title=f"Brand match, {len(texts):,} texts")
    for layer, seconds in taken.items():
        table.add_row(layer, f"{seconds / len(texts) * 1e6:.1f}")
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
