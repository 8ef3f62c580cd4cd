"""docs/presets.md is what the program would print now, in form: its figures take a minute and are made by `make presets`."""

import re
import tomllib
from functools import cache

from pipeline.policy.loader import default_text, parse
from scripts.build_presets import FILE, PRESETS, SHIPPED, Market, page, under

SMALL = Market(listings=900, days=40, seed=3)


@cache
def form(text: str) -> tuple[str, ...]:
    """Return the lines of a page without their figures."""
    return tuple(re.sub(r"\d[\d,]*(\.\d+)?%?( days)?|(?<=\| )-(?= \|)", "#", line) for line in text.splitlines())


@cache
def small() -> tuple[str, ...]:
    return form(page(SMALL))


def checked_in() -> tuple[str, ...]:
    return form(FILE.read_text(encoding="utf-8"))


def test_what_stands_in_every_page_stands_in_this_one_in_its_order() -> None:
    fixed = [line for line in small() if not re.match(r"\| [a-z_ ,-]+ (\(.*\) )?\| #", line)]
    assert [line for line in checked_in() if line in fixed] == fixed, "make presets"


def test_each_figure_of_the_comparison_is_there() -> None:
    rows = [line for line in small() if line.count("|") == 2 + len(PRESETS)]
    assert len(rows) == 13
    assert set(rows) <= set(checked_in()), "make presets"


def test_each_preset_is_in_force_in_its_year_and_all_that_are_shipped_are_compared() -> None:
    for preset in PRESETS:
        policy = parse(under(preset), preset)
        assert (policy.enforcement.preset, preset in policy.version) == (preset, True)
    assert set(PRESETS) == tomllib.loads(default_text())["presets"].keys()
    assert parse(default_text(), "default.toml").enforcement.preset == SHIPPED


def test_no_honest_seller_is_closed_under_any_preset_and_of_a_thousand_not_one_is_restricted() -> None:
    rows = {line.split(" | ")[0].removeprefix("| "): line.strip("| ").split(" | ")[1:] for line in FILE.read_text("utf-8").splitlines()}
    assert rows["of them closed"] == ["0"] * len(PRESETS)
    honest = [int(number.replace(",", "")) for number in rows["honest sellers"]]
    assert [int(hit) * 1000 < all_of_them for hit, all_of_them in zip(rows["of them restricted or suspended"], honest, strict=True)] == [
        True
    ] * len(PRESETS)
