"""`takedown evaluate`."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from pipeline.cli.console import complain, err, out, progress
from pipeline.cli.exits import Exit
from pipeline.cli.score_tables import show_changes, show_scores
from pipeline.local.calibration_plot import calibration_svg
from pipeline.local.errors import InputError
from pipeline.local.evaluate import Evaluation, evaluate
from pipeline.local.misses import as_csv
from pipeline.local.result_file import check_file, write_file
from pipeline.local.score_comparison import Change, compared, fallen, read_scores

NAME = "evaluate"
EXAMPLES = 5


def command(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Holds listings.jsonl, rights.jsonl and truth.jsonl.", show_default=False, readable=False),
    ],
    policy: Annotated[
        Path | None, typer.Option("--policy", "-p", help="A policy file.", show_default="the default policy", readable=False)
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, max=10_000, help="Examples of each kind of miss that are shown.")
    ] = EXAMPLES,
    misses: Annotated[
        Path | None, typer.Option("--misses", metavar="FILE.csv", help="Write every miss to a table.", show_default=False, readable=False)
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg", help="Draw how well scores are calibrated.", show_default=False, readable=False),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="OTHER.json", help="What --json printed before.", show_default=False, readable=False),
    ] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, help="With --compare: the fall of a measure that is still good.")] = 0.0,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite the files of --misses and --plot.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the scores as one JSON object.")] = False,
) -> None:
    """Score brand matches and decisions against the truth, in all and by language, source, method, field and signal.

    Decisions are scored from the signals alone: brake and enforcement are off. A line of truth.jsonl is {"listing_id", "brand_ids"?,
    "counterfeit"?, "seller_id"?, "kind"?, "duplicate_group"?}; what is absent is unknown and is not scored. Recall counts a counterfeit
    that was taken down or asked about. A source is what stands before the first colon of a listing's id. Where
    listings have groups, pairs of near-duplicates are scored, across sellers; of simulated ones that says nothing, their titles are made
    from few patterns.

    Calibration compares the best score of each listing that names a right with the truth: a score is log-odds at the policy's base rate, so
    it is first moved to the share of counterfeits in the set.

    With truth-people.jsonl, which `takedown simulate` writes, all of the folder is run as well, and what that did to sellers and notices is
    scored: honest sellers hit, wrong takedowns reversed or put back, notices accepted and refused, how questions ended.

    --compare shows each measure before and now, and ends with 13 where one of the whole set is worse by more than the tolerance: a lower
    precision, recall, f1 or first_right; a higher share of reviews or genuine goods touched, error of calibration, number of honest sellers
    hit. Measures of parts of the set are shown where they differ: small parts move by chance.
    """
    if not isfinite(tolerance):
        raise typer.BadParameter("is a number", param_hint="--tolerance")
    if tolerance and compare is None:
        raise typer.BadParameter("says what fall is still good; name what to --compare with", param_hint="--tolerance")
    _check_files(folder, misses, plot, compare, force=force)
    before = read_scores(compare) if compare is not None else None
    with progress("records") as bar:
        task = bar.add_task("evaluating", total=None, records=0)
        result = evaluate(folder, policy, lambda read, size, records: bar.update(task, completed=read, total=size, records=records))
    scores = result.as_json()
    changes = compared(compare, before, scores) if compare is not None and before is not None else []
    worse = fallen(changes, tolerance)
    _write(result, misses, plot, folder)
    if json:
        _print(scores, changes, comparing=before is not None)
    else:
        show_scores(result, examples)
        _tell(changes, worse)
    if worse:
        named = ", ".join(change.measure for change in worse)
        raise typer.Exit(complain(f"worse than {compare} by more than {tolerance:g}: {named}", Exit.WORSE))


def _check_files(folder: Path, misses: Path | None, plot: Path | None, compare: Path | None, *, force: bool) -> None:
    """Refuse files that cannot be written, or that are one and the same. Raises OutputError."""
    written = [file for file in (misses, plot) if file is not None]
    for file in written:
        check_file(file, force=force, source=folder)
    places = [file.resolve() for file in (*written, *([compare] if compare else []))]
    if len(set(places)) < len(places):
        raise typer.BadParameter("--misses, --plot and --compare name the same file")


def _write(result: Evaluation, misses: Path | None, plot: Path | None, folder: Path) -> None:
    """Write the files that were asked for. Raises OutputError, and InputError where there is nothing to draw."""
    if misses is not None:
        write_file(misses, as_csv(result.misses))
        err.print(f"{len(result.misses):,} misses written to {misses}", markup=False)
    if plot is not None:
        if result.calibration is None:
            raise InputError(
                folder, "nothing can be drawn: no listing that names a right is known to be counterfeit, or none to be genuine"
            )
        write_file(plot, (calibration_svg(result.calibration, result.of.name),))
        err.print(f"calibration drawn in {plot}", markup=False)


def _print(scores: dict[str, Any], changes: Sequence[Change], *, comparing: bool) -> None:
    compared_with = {"compared": [change.as_json() for change in changes]} if comparing else {}
    print(orjson.dumps(scores | compared_with, option=orjson.OPT_INDENT_2).decode())


def _tell(changes: Sequence[Change], worse: Sequence[Change]) -> None:
    if changes:
        out.print("Compared with before:")
        show_changes(changes, worse)
