import gzip
from pathlib import Path

from pipeline.local.evaluate import evaluate
from pipeline.local.evaluated_set import EvaluatedSet
from tests.build import listing, write_topics


def of(home: Path, *titles: str, truth: bytes = b'{"listing_id":"L1"}', packed: bool = False) -> EvaluatedSet:
    """Return what a set of these listings is."""
    folder = write_topics(home, {"listings": [*map(listing, titles), b"{"], "truth": [truth]})
    if packed:
        plain = folder / "listings.jsonl"
        (folder / "listings.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    return evaluate(folder).of


def test_it_is_told_by_its_lines_however_they_are_packed(tmp_path: Path) -> None:
    plain, packed = of(tmp_path / "a", "Nike", "Adidas"), of(tmp_path / "b", "Nike", "Adidas", packed=True)
    assert (plain.name, plain.listings, plain.truths) == ("a", 3, 1)  # a line that cannot be used is one
    assert (packed.name, packed.digest) == ("b", plain.digest)


def test_other_listings_or_another_truth_are_another_set(tmp_path: Path) -> None:
    sets = [
        of(tmp_path / "a", "Nike"),
        of(tmp_path / "b", "Nike "),
        of(tmp_path / "c", "Nike", "Nike"),
        of(tmp_path / "d", "Nike", truth=b'{"listing_id":"L1","counterfeit":true}'),
    ]
    assert len({one.digest for one in sets}) == len(sets)


def test_a_name_that_is_no_unicode_is_told_all_the_same(tmp_path: Path) -> None:
    assert of(tmp_path / "a\udcff", "Nike").name == r"a\udcff"
