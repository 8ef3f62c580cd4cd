"""`takedown explain`."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from pipeline.cli.console import out, printable
from pipeline.codec import encode
from pipeline.events.decision import Evidence, Reason
from pipeline.events.enforcement import SellerWarning, StoreClosure
from pipeline.events.listing import Listing
from pipeline.events.notice import NoticeOutcome
from pipeline.events.review import Review
from pipeline.events.sequence import MatchedListing, SequencedAppeal, SequencedListing, SequencedNotice, SequencedRuling
from pipeline.events.takedown import Takedown
from pipeline.events.texts import text_of
from pipeline.local.chronology import Event, Said, Told, time_of
from pipeline.local.explain import KINDS, Chain, explain

NAME = "explain"
Version = tuple[str, str | None, int | None]  # seller, listing and version
_AROUND = 40  # characters of a text shown on each side of what was found


def _kind(text: str | None) -> str | None:
    if text is not None and text not in KINDS:
        raise typer.BadParameter(f"is one of {', '.join(KINDS)}")
    return text


def command(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="What a replay wrote.", show_default=False, readable=False)],
    ident: Annotated[
        str,
        typer.Argument(metavar="ID", help="A takedown, review, warning, closure, listing, notice, appeal or seller.", show_default=False),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="KIND", help=f"What ID is, where several have it: {', '.join(KINDS)}.", callback=_kind, show_default=False
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the events as lines of JSON.")] = False,
) -> None:
    r"""Show the chain behind a decision and what became of it, with the evidence marked \[\[like this]] in the listing's own text."""
    chain = explain(folder, ident, kind)
    if json:
        for event in chain.events:
            print(encode(event).decode())
        return
    out.print(printable(f"{chain.kind} {chain.id}"), style="bold", markup=False)
    _show(chain)


def _show(chain: Chain) -> None:
    offers = {_version(event.listing): event.listing for event in chain.events if isinstance(event, SequencedListing | MatchedListing)}
    for event in chain.events:
        out.print()
        out.print(Text(f"{_time(time_of(event))}  ", style="dim") + _headline(event))
        for line in _details(event, offers):
            out.print(Text("    ") + line)
        if (fault := chain.fault(event)) is not None:
            out.print(Text("    ") + Text(printable(f"came to nothing, {fault.code}: {fault.message}"), style="bold red"))


def _version(of: Listing | Takedown | Review) -> Version:
    """Return what a text is told by: sellers may use the same listing ids, and a listing changes."""
    return of.seller_id, of.listing_id, of.version if isinstance(of, Listing) else of.listing_version


def _headline(event: Event) -> Text:
    if isinstance(event, SequencedListing | MatchedListing):
        one = event.listing
        return Text(printable(f"listing {one.listing_id} of seller {one.seller_id} {one.change}, version {one.version}"))
    if isinstance(event, Takedown):
        return Text(printable(f"TAKEDOWN {event.takedown_id} of listing {event.listing_id}"), style="bold red")
    if isinstance(event, Review):
        about = f"listing {event.listing_id}" if event.listing_id is not None else f"the store of seller {event.seller_id}"
        return Text(printable(f"REVIEW {event.review_id} of {about}"), style="bold yellow")
    if isinstance(event, SellerWarning):
        return Text(printable(f"{event.step.upper()} {event.warning_id} of seller {event.seller_id}"), style="bold magenta")
    if isinstance(event, StoreClosure):
        return Text(printable(f"STORE CLOSURE {event.closure_id} of seller {event.seller_id}"), style="bold magenta")
    return _people_headline(event)


def _people_headline(event: Said | Told) -> Text:
    if isinstance(event, SequencedNotice):
        what = f"listing {event.listing_id} of seller {event.seller_id}"
        said = f"RETRACTION {event.notice_id} of notice {event.retracts}" if event.claim == "retraction" else f"NOTICE {event.notice_id}"
        return Text(printable(f"{said} about {what}"), style="bold cyan")
    if isinstance(event, NoticeOutcome):
        what = "AMENDMENT" if event.amendment else "OUTCOME"
        return Text(printable(f"{what} of notice {event.notice_id}: {event.outcome} ({event.code})"), style="bold blue")
    if isinstance(event, SequencedAppeal):
        who = f"notifier {event.notifier_id}" if event.notice_id is not None else f"seller {event.seller_id}"
        return Text(printable(f"APPEAL {event.appeal_id} of {who}"), style="bold cyan")
    if isinstance(event, SequencedRuling):
        return Text(printable(f"RULING {event.ruling_id}: {event.verdict}, by a {event.decided_by.kind}"), style="bold cyan")
    given = event.takedown_id or event.closure_id or event.warning_id or ""
    how = "PUT BACK" if event.cause == "deadline" else "GIVEN BACK"
    return Text(printable(f"{how} {given} to seller {event.seller_id}"), style="bold green")


def _details(event: Event, offers: Mapping[Version, Listing]) -> Iterable[Text]:
    if isinstance(event, SequencedListing | MatchedListing):
        yield from _offer_details(event)
    elif isinstance(event, Takedown | Review):
        yield from _decision_details(event, offers.get(_version(event)))
    elif isinstance(event, SellerWarning | StoreClosure):
        yield from _step_details(event)
    else:
        yield from (Text(printable(line)) for line in _people_details(event))


def _people_details(event: Said | Told) -> Iterable[str]:
    """Yield what was said, by its ids and how much it is: the words themselves stay in the topic that brought them."""
    if isinstance(event, SequencedNotice):
        yield from _notice_details(event)
    elif isinstance(event, NoticeOutcome):
        yield from _outcome_details(event)
    elif isinstance(event, SequencedAppeal):
        about = event.takedown_id or event.closure_id or event.warning_id or f"the refusal of notice {event.notice_id}"
        yield f"against {about}: {event.grounds}, {event.stated} characters and {event.evidence} pieces of evidence"
        if event.jurisdiction is not None:
            yield f"wishes to be handled under {event.jurisdiction}"
    elif isinstance(event, SequencedRuling):
        about = event.review_id or event.takedown_id or event.closure_id or event.appeal_id or event.referral_id or ""
        yield f"about {about}, decided by {event.decided_by.id}"
    else:
        yield f"because of {event.cause}" + (f", listing {event.listing_id}" if event.listing_id else "")
        by = event.ruling_id or event.notice_id or event.appeal_id
        if by is not None:
            yield f"by {'ruling' if event.ruling_id else 'retraction' if event.notice_id else 'the deadline after appeal'} {by}"


def _notice_details(event: SequencedNotice) -> Iterable[str]:
    right = f" of right {event.right_id}" if event.right_id is not None else ""
    yield f"{event.claim}{right}, by {event.notifier_id} ({event.notifier_kind.replace('_', ' ')})"
    declared = [name for name, given in (("good faith", event.good_faith), ("accurate", event.accurate)) if given]
    yield f"{event.explained} characters, {event.evidence} pieces of evidence, declares: {', '.join(declared) or 'nothing'}"


def _outcome_details(event: NoticeOutcome) -> Iterable[str]:
    by, notice = "machine alone" if event.automated else "people", f", as notice {event.same_as}" if event.same_as is not None else ""
    yield f"told {event.notifier_id} after {timedelta(seconds=event.handled_in)}, decided by {by}{notice}"
    if event.takedown_id is not None:
        yield f"takedown {event.takedown_id}"
    if event.until is not None:
        yield f"until {_time(event.until)}"
    yield event.hint


def _offer_details(event: SequencedListing | MatchedListing) -> Iterable[Text]:
    one = event.listing
    price = f"  {one.price} {one.currency or ''}" if one.price else ""
    yield Text(printable(one.title) + price)
    if isinstance(event, MatchedListing):
        for match in event.matches:
            place = Evidence(match.field, match.start, match.end, match.found)
            use = ("" if match.use == "brand" else " as a reference") + (" on trial" if match.shadow else "")
            yield Text(f"names {printable(match.alias)} ({match.method}, {match.score}){use}: ") + _marked(place, one)
    else:
        yield Text("touches no right", style="dim") if one.change != "removed" else Text("removed", style="dim")


def _decision_details(event: Takedown | Review, offer: Listing | None) -> Iterable[Text]:
    rights = ", ".join(event.right_ids) or "none"
    yield Text(printable(f"score {event.score} by policy {event.policy_version} and registry {event.registry_version}; rights: {rights}"))
    if isinstance(event, Takedown):
        excused = ", excused: offered before the last step took effect" if event.excused else ""
        yield Text(f"source {event.source}, {event.severity}, {event.points} points{excused}; appeal until {_time(event.appeal_until)}")
        for what, ident in (("because of notice", event.notice_id), ("went with the store, closure", event.closure_id)):
            if ident is not None:
                yield Text(printable(f"{what} {ident}"))
        if event.renews is not None:
            yield Text(printable(f"renews {event.renews}, which had been put back"))
    else:
        yield from _question_details(event)
    for reason in event.reasons:
        yield from _reason_details(reason, offer)


def _question_details(event: Review) -> Iterable[Text]:
    brand = f" {event.assignee.id}" if event.assignee.id is not None else ""
    yield Text(printable(f"for the {event.assignee.kind}{brand}, priority {event.priority}, due {_time(event.due_at)}"))
    if event.notice_ids:
        yield Text(printable(f"because of notice {', '.join(event.notice_ids)}"))
    if event.takedown_ids:
        yield Text(printable(f"{event.points} points by {len(event.takedown_ids)} takedowns: {', '.join(event.takedown_ids)}"))


def _reason_details(reason: Reason, offer: Listing | None) -> Iterable[Text]:
    yield Text(printable(f"{reason.weight:+7.2f}  {reason.code}: {reason.text}"))
    for evidence in reason.evidence:
        yield Text("         ") + _marked(evidence, offer)


def _marked(evidence: Evidence, offer: Listing | None) -> Text:
    """Show a place within the listing's own text; a fact that has no place as it is."""
    text = text_of(offer, evidence.field) if offer is not None else None
    if text is None or evidence.start is None or evidence.end is None:
        return Text(printable(f"{evidence.field}: {evidence.found or ''}"))
    begin, finish = max(evidence.start - _AROUND, 0), evidence.end + _AROUND
    place = f"{evidence.field}[{evidence.start}:{evidence.end}] {'…' if begin else ''}{text[begin : evidence.start]}"
    shown = Text(printable(place)).append(f"[[{printable(text[evidence.start : evidence.end])}]]", style="bold red")
    return shown.append(printable(text[evidence.end : finish]) + ("…" if finish < len(text) else ""))


def _step_details(event: SellerWarning | StoreClosure) -> Iterable[Text]:
    yield Text(printable(f"{event.points} points in epoch {event.epoch} by policy {event.policy_version}, preset {event.preset}"))
    yield Text(printable(f"rests on {len(event.takedown_ids)} takedowns: {', '.join(event.takedown_ids)}"))
    if isinstance(event, StoreClosure):
        yield Text(f"{event.swept} live listings went with the store")
    elif event.until is not None:
        yield Text(f"until {_time(event.until)}")


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S")
