"""The same arguments give the same folder; every line in it reads back."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.codec import DecodingError, decode
from pipeline.events.listing import Listing
from pipeline.events.right import Right
from pipeline.place import OutputError
from pipeline.simulate.simulate import LISTINGS, RIGHTS, TRUTH, events, simulate
from pipeline.simulate.truth import Truth

FILES = (LISTINGS, RIGHTS, TRUTH)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate(tmp_path / name, listings=3000, seed=7)
    for file in FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_seed_gives_other_bytes_everywhere(tmp_path: Path) -> None:
    for seed in (7, 8):
        simulate(tmp_path / str(seed), listings=300, seed=seed)
    for file in FILES:
        assert (tmp_path / "7" / file).read_bytes() != (tmp_path / "8" / file).read_bytes()


def test_files_hold_what_was_counted_and_read_back(tmp_path: Path) -> None:
    counts = simulate(tmp_path / "made", listings=3000, seed=1, brands=150)
    lines = {name: (tmp_path / "made" / name).read_bytes().split(b"\n")[:-1] for name in counts}
    assert {name: len(held) for name, held in lines.items()} == counts
    assert counts[LISTINGS] == 3000
    rights = [decode(Right, line) for line in lines[RIGHTS]]
    assert counts[RIGHTS] == len({right.right_id for right in rights})
    assert len({right.brand_id for right in rights}) == 150
    read = [msgspec.json.decode(line, type=Truth) for line in lines[TRUTH]]
    assert {truth.listing_id for truth in read} == set(_listing_ids(lines[LISTINGS]))


def test_files_are_the_iterator_s_lines(tmp_path: Path) -> None:
    simulate(tmp_path / "made", listings=500, seed=3, prevalence=0.2, brands=60, days=20)
    made = [line.data for line in events(listings=500, seed=3, prevalence=0.2, brands=60, days=20)]
    assert (tmp_path / "made" / LISTINGS).read_bytes() == b"".join(line + b"\n" for line in made)


def test_an_existing_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept", encoding="utf-8")
    with pytest.raises(OutputError, match="exists already"):
        simulate(tmp_path, listings=10, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_simulation_is_there_when_it_is_complete_or_not_at_all(tmp_path: Path) -> None:
    def interrupting(done: int) -> None:
        (hidden,) = tmp_path.iterdir()
        assert (hidden.name.startswith(".made.partial-"), done) == (True, 1000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path / "made", listings=2500, seed=1, progress=interrupting)
    assert list(tmp_path.iterdir()) == []


def test_force_replaces_a_simulation_and_nothing_else(tmp_path: Path) -> None:
    simulate(tmp_path / "made", listings=10, seed=1)
    simulate(tmp_path / "made", listings=20, seed=1, force=True)
    assert (tmp_path / "made" / LISTINGS).read_bytes().count(b"\n") == 20
    (tmp_path / "made" / "clock.jsonl").touch()
    with pytest.raises(OutputError, match=r"holds clock\.jsonl, which no simulation wrote"):
        simulate(tmp_path / "made", listings=10, seed=1, force=True)


def test_progress_rises_and_never_passes_the_end(tmp_path: Path) -> None:
    told: list[int] = []
    simulate(tmp_path / "made", listings=2500, seed=1, progress=told.append)
    assert told == [1000, 2000, 2500]


@pytest.mark.parametrize("wrong", [{"prevalence": 0.6}, {"prevalence": -0.1}, {"days": 0}, {"brands": 0}, {"listings": -1}])
def test_arguments_out_of_range_are_refused_and_nothing_is_made(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        simulate(tmp_path / "made", **{"listings": 10, "seed": 1, **wrong})  # type: ignore[arg-type]
    assert not (tmp_path / "made").exists()


def test_no_listings_at_all_are_an_empty_marketplace(tmp_path: Path) -> None:
    counts = simulate(tmp_path / "made", listings=0, seed=1)
    assert (counts[LISTINGS], counts[TRUTH], counts[RIGHTS] > 200) == (0, 0, True)


def test_times_start_where_asked() -> None:
    start = datetime(2020, 5, 1, tzinfo=UTC)
    times = [line.event.event_time for line in events(listings=400, seed=1, days=10, start=start) if line.event]
    assert start <= min(times)
    assert max(times) < datetime(2020, 5, 11, tzinfo=UTC)


def _listing_ids(lines: list[bytes]) -> list[str]:
    ids = []
    for line in lines:
        try:
            ids.append(decode(Listing, line).listing_id)
        except DecodingError:
            continue
    return ids
