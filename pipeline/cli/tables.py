"""A replay's summary as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from pipeline.cli.console import out, printable
from pipeline.kafka.compare import Compared
from pipeline.local.summary import StageFigures, Summary

_MEBI = 1024 * 1024


def show_stages(summary: Summary) -> None:
    """Show what became of the records of each stage."""
    table = _table("stage", "in", "passed on", "kept", "dropped", "dead-lettered", title="Every record that came in")
    for name, figures in summary.stages.items():
        tally = figures.tally
        table.add_row(name, f"{tally.taken:,}", f"{tally.passed:,}", f"{tally.kept:,}", _reasons(tally.dropped), _reasons(tally.dead))
    out.print(table)


def show_decisions(summary: Summary) -> None:
    """Show what was decided, and what people said and were told."""
    table = _table("decision", "number", "by", title="What was decided")
    decisions, flagging = summary.decisions, summary.stages["flagging"]
    table.add_row("takedowns", f"{decisions.takedowns.total():,}", f"strongest reason: {_reasons(decisions.takedowns)}")
    table.add_row("", "", f"source: {_reasons(decisions.sources)}")
    table.add_row("seller warnings", f"{decisions.warnings.total():,}", _reasons(decisions.warnings))
    table.add_row("store closures", f"{decisions.closures:,}", _reasons(decisions.closings))
    table.add_row("reinstatements", f"{decisions.reinstatements.total():,}", _reasons(decisions.reinstatements))
    table.add_row("cleared", f"{flagging.tally.facts['clear']:,}", f"beside {flagging.tally.facts['unmatched']:,} that touch no right")
    _add_people(table, summary)
    table.add_row("dead letters", f"{summary.dead_letters.total():,}", _reasons(summary.dead_letters))
    out.print(table)


def _add_people(table: Table, summary: Summary) -> None:
    """Add what became of questions, notices and appeals."""
    decisions, flagging = summary.decisions, summary.stages["flagging"]
    table.add_row("reviews", f"{summary.written['reviews']:,}", f"cause: {_reasons(decisions.causes)}{_braked(flagging)}")
    table.add_row("", "", f"ended: {_reasons(decisions.endings)}; open: {decisions.open_questions:,}{_unasked(flagging)}")
    table.add_row("notices", f"{decisions.notices['received']:,}", f"outcome: {_reasons(_but_receipts(decisions.notices))}")
    table.add_row("", "", f"refused: {_reasons(decisions.refusals)}; open: {decisions.open_notices:,}")
    table.add_row("", "", f"amended: {_reasons(decisions.amended)}")
    appeals = summary.appeals
    came = appeals["appealed"] + appeals["complained"]
    table.add_row("appeals", f"{came:,}", _reasons({what: number for what, number in appeals.items() if number}))


def _but_receipts(notices: Mapping[str, int]) -> Mapping[str, int]:
    return {outcome: number for outcome, number in notices.items() if outcome != "received"}


def _braked(flagging: StageFigures) -> str:
    braked = flagging.tally.facts["braked"]
    return f"; {braked:,} of them braked takedowns" if braked else ""


def _unasked(flagging: StageFigures) -> str:
    unasked = flagging.tally.facts["capacity"]
    return f"; {unasked:,} not asked, since the day's questions were spent" if unasked else ""


def show_memory(summary: Summary) -> None:
    """Show what is held, and how much memory that took."""
    table = _table("state", "entries", "bytes", "bytes an entry", title="What is remembered")
    for stage, figures in summary.stages.items():
        for name, size in figures.state.items():
            if size.entries:
                table.add_row(f"{stage} {name}", f"{size.entries:,}", f"{size.bytes:,}", f"{size.bytes / size.entries:,.0f}")
    out.print(table)
    peaks = ", ".join(f"{peak / _MEBI:,.0f} MiB {when.replace('_', ' ')}" for when, peak in summary.peak_memory.items())
    held = sum(size.bytes for figures in summary.stages.values() for size in figures.state.values())
    out.print(
        f"Peak memory: {peaks}; state: {held / _MEBI:,.1f} MiB, {held / max(summary.live_listings, 1):,.0f} bytes a listing remembered."
    )


def show_comparison(compared: Sequence[Compared]) -> None:
    """Show whether the topics hold what was recomputed, a line a topic, and where one differs."""
    if not compared:
        return
    table = _table("topic", "recomputed", "held", "expired", "", title="Recomputed and held")
    for topic in dict.fromkeys(each.topic for each in compared):
        parts = [each for each in compared if each.topic == topic]
        counts = (sum(each.recomputed for each in parts), sum(each.held for each in parts), sum(each.expired for each in parts))
        differing = sorted({each.partition for each in parts if each.difference is not None})
        verdict = f"differs in partition {', '.join(map(str, differing))}" if differing else "equal, byte for byte"
        table.add_row(topic, *(f"{count:,}" for count in counts), verdict)
    out.print(table)
    for each in compared:
        if each.difference is not None:
            out.print(printable(f"{each.topic}-{each.partition}, {each.difference}"), markup=False)


def show_verdict(summary: Summary, out_folder: Path) -> None:
    """Show whether the figures add up, how fast it went, and where everything is."""
    rate = summary.listings / summary.seconds if summary.seconds else 0.0
    out.print(f"{summary.listings:,} listings in {summary.seconds:,.1f} s: {rate:,.0f} a second.")
    out.print("Conservation: 0, every record is accounted for." if not summary.conservation else f"Conservation: {summary.conservation}.")
    out.print(f"Written to {out_folder}; look into one with: takedown explain {out_folder} ID", markup=False)


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in Counter(counts).most_common()) or "-"


def _table(first: str, *columns: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    for name in columns:
        numeric = name in ("in", "passed on", "kept", "number", "recomputed", "held", "expired", "entries", "bytes", "bytes an entry")
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    return table
