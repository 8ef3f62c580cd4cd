"""The scores of an evaluation as tables, and the worst misses beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import out, printable
from pipeline.local.calibration import Calibration
from pipeline.local.confusion import Confusion
from pipeline.local.evaluate import Evaluation
from pipeline.local.misses import Miss
from pipeline.local.people_scores import PeopleScores
from pipeline.local.score_comparison import Change

Groups = Mapping[str, Mapping[str, float]]

_WHOLE = ("brand_match", "flagging", "duplicates")
_BRANDS = ("n", "found", "right", "precision", "recall", "f1", "first_right")
_FOUND = ("found", "right", "wrong", "precision", "alone", "alone_right")
_DECISIONS = ("n", "takedowns", "reviews", "counterfeit", "genuine", "precision", "recall", "genuine_touched")
_SIGNALS = ("found", "found_counterfeit", "found_genuine", "led", "led_takedowns", "led_counterfeit", "led_genuine", "precision")
_GUESSED = "a language with a question mark is a guess by the script of the title, where the listing names none"


def show_scores(result: Evaluation, examples: int) -> None:
    """Show all scores, in all and by parts, and so many examples of each kind of miss."""
    whole = Table("part", "measure", "value", box=box.SIMPLE_HEAD)
    scores = result.as_json()
    for part in _WHOLE:
        _add_rows(whole, part, scores.get(part, {}))
    out.print(whole)
    _show_parts(result)
    if result.calibration is not None:
        _show_calibration(result.calibration)
    if result.people is not None:
        out.print("So far what the signals say of each listing, alone. Now what the whole flow did, with people, points and closures:\n")
        _show_people(result.people)
    _show_confusion("Brands: what was taken for what, the most frequent first", result.confused_brands(), result.brands, examples)
    _show_confusion("Wrong decisions, the gravest first", result.wrong_decisions(), result.brands, examples)


def _add_rows(table: Table, part: str, figures: Mapping[str, object], within: str = "") -> None:
    for measure, value in figures.items():
        if isinstance(value, Mapping):
            _add_rows(table, part, value, f"{within}{measure} ")
        elif isinstance(value, int | float):
            table.add_row(part, f"{within}{measure}", shown(measure, value))


def _show_parts(result: Evaluation) -> None:
    parts = result.parts
    _show_groups("Brand match by language", "language", _BRANDS, parts.brand_languages, _GUESSED)
    _show_groups("Brand match by source", "source", _BRANDS, parts.brand_sources)
    alone = "alone: no other method found that brand in that listing"
    _show_groups("What was found, by method", "method", _FOUND, parts.methods, alone)
    _show_groups("What was found, by field", "field", _FOUND[:4], parts.fields)
    _show_groups("Decisions by language", "language", _DECISIONS, parts.languages, _GUESSED)
    _show_groups("Decisions by source", "source", _DECISIONS, parts.sources)
    _show_groups("Signals", "signal", _SIGNALS, parts.signals, "led: the strongest reason of a takedown or a question")


def _show_groups(title: str, what: str, measures: Sequence[str], groups: Groups, note: str = "") -> None:
    if groups:
        out.print(f"{title}{f' ({note})' if note else ''}", markup=False)
        out.print(_grouped(what, measures, groups))


def _grouped(title: str, measures: Sequence[str], groups: Groups) -> Table:
    """Return a table of groups; what no group has is no column, and what one has not is a dash."""
    held = [measure for measure in measures if any(measure in figures for figures in groups.values())]
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(title, no_wrap=True)
    for measure in held:
        table.add_column(measure.replace("_", " ").replace("counterfeit", "fake"), justify="right")
    for name, figures in groups.items():
        table.add_row(Text(printable(name)), *(shown(measure, figures[measure]) if measure in figures else "-" for measure in held))
    return table


def _show_calibration(found: Calibration) -> None:
    out.print(
        f"Calibration: {found.n:,} listings name a right ({found.unscored:,} more name none and have no score). Scores are log-odds at the "
        f"policy's base rate,\n{found.base_rate:.4f}; they were moved to the share of counterfeits in this set, {found.prevalence:.4f}. "
        f"Brier score {found.brier:.4f} (of the share alone: {found.brier_of_prevalence:.4f}),\n"
        f"expected calibration error {found.expected_error:.4f}."
    )
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("predicted from", "to", "listings", "counterfeit", "predicted", "share", "95 % from", "to"):
        table.add_column(name, justify="right")
    for one in found.bins:
        shares = (one.predicted, one.share, one.least, one.most)
        table.add_row(f"{one.low:.1f}", f"{one.high:.1f}", f"{one.n:,}", f"{one.counterfeit:,}", *(f"{share:.4f}" for share in shares))
    out.print(table)


def _show_people(scores: PeopleScores) -> None:
    table = Table("people", "measure", "value", box=box.SIMPLE_HEAD)
    _add_rows(table, "sellers", scores.sellers)
    _add_rows(table, "questions ended", scores.questions)
    out.print(table)
    out.print(_grouped("regime", ("takedowns", "wrong", "put_back", "reversed", "share", "median_hours"), scores.regimes))
    out.print(_grouped("notices by", ("accepted", "refused", "already_down", "retracted", "amended", "share"), scores.notices))


def shown(measure: str, value: float) -> str:
    """Return a figure as it stands in a table: whole numbers as such, hours with one place, shares with four."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if measure.endswith("hours") else f"{value:.4f}"


# -- misses


def _show_confusion(title: str, confusions: Sequence[Confusion], brands: Mapping[str, str], examples: int) -> None:
    """Show the first kinds of miss, with examples."""
    if not confusions or not examples:
        return
    out.print(f"{title} ({len(confusions):,} kinds):")
    for line in _confusion_lines(confusions, brands, examples):
        out.print(printable(line), markup=False)
    out.print()


def _confusion_lines(confusions: Iterable[Confusion], brands: Mapping[str, str], examples: int) -> Iterator[str]:
    """Yield at most so many kinds of each thing that is wrong, and as many examples: one of each kind where there are enough kinds."""
    groups: dict[str, list[Confusion]] = {}
    for one in confusions:
        groups.setdefault(one.what, []).append(one)
    for group in groups.values():
        shown_kinds = group[:examples]
        for number, one in enumerate(shown_kinds):
            yield f"  {one.count:,} x {_heading(one, brands)}"
            for miss in one.misses[: _share_of(examples, number, len(shown_kinds))]:
                yield from _miss_lines(miss)


def _share_of(examples: int, number: int, kinds: int) -> int:
    """Return how many examples the kind of that number gets, where they are shared out evenly, the first kinds first."""
    return examples // kinds + (number < examples % kinds)


def _heading(one: Confusion, brands: Mapping[str, str]) -> str:
    if one.reason:
        return f"{one.what}: {one.reason}"
    true = ", ".join(_called(brand, brands) for brand in one.true) or "none"
    return f"{one.what}: {_called(one.found, brands)}; true: {true}" if one.found else f"{one.what}: {true}"


def _called(brand_id: str, brands: Mapping[str, str]) -> str:
    """Return a brand by its name and id; one that no right names by its id."""
    return f"{brands[brand_id]} ({brand_id})" if brand_id in brands else brand_id


def _miss_lines(miss: Miss) -> Iterator[str]:
    yield f"      {miss.listing_id}: {miss.title}"
    if miss.found is not None:
        found = miss.found
        yield f"        found {found.text!r} in {found.field}[{found.start}:{found.end}] ({found.method}, {found.alias})"
    elif miss.best is not None and not miss.true:
        signals = ", ".join(f"{signal.code} {signal.weight:+.2f}" for signal in miss.best.signals)
        yield f"        best score {miss.best.score:+.2f}{f': {signals}' if signals else ''}"


# -- comparison


def show_changes(changes: Sequence[Change], fallen: Sequence[Change]) -> None:
    """Show the measures of the whole set before, now, and their difference; of its parts those that differ."""
    table = Table("measure", box=box.SIMPLE_HEAD)
    for name in ("before", "now", "difference", ""):
        table.add_column(name, justify="left" if not name else "right")
    told = [change for change in changes if change.of_the_whole or change.old != change.new]
    for change in told:
        table.add_row(Text(printable(change.measure)), *_change_cells(change), "worse" if change in fallen else "")
    out.print(table)
    differing = sum(change.old != change.new for change in changes)
    out.print(
        f"{differing:,} of {len(changes):,} measures differ; {len(changes) - len(told):,} of parts of the set, which do not, are not shown."
    )


def _change_cells(change: Change) -> tuple[str, str, str]:
    before, now = (_value(change.measure, value) for value in (change.old, change.new))
    if change.difference is None:
        return before, now, "only before" if change.new is None else "only now"
    if change.difference == 0:
        return before, now, "0"
    return before, now, f"{change.difference:+,}" if isinstance(change.difference, int) else f"{change.difference:+.4f}"


def _value(measure: str, value: float | None) -> str:
    return "-" if value is None else shown(measure, value)
