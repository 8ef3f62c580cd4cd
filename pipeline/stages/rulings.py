"""What people decide, and what is objected to: which question or measure it is about, and whether it may be decided so, by them."""

from typing import NamedTuple

from msgspec.structs import replace

from pipeline.enforcement.lifecycle import IllegalMoveError, Move, State
from pipeline.events.dead_letter import Fault
from pipeline.events.ruling import Verdict
from pipeline.events.sequence import SequencedAppeal, SequencedRuling
from pipeline.policy.model import Appeals
from pipeline.stages.cases import Case, Cases, Kind, refusal_of
from pipeline.stages.questions import Question, Questions
from pipeline.stages.registry import Registry

_MOVES: dict[Verdict, Move] = {
    "reverse": "reverse",
    "genuine": "reverse",
    "uphold": "uphold",
    "counterfeit": "uphold",
    "infringing": "uphold",
}
_COMPLAINT_MOVES: dict[Verdict, Move] = {  # a refusal is upheld where the listing is genuine
    "reverse": "reverse",
    "counterfeit": "reverse",
    "infringing": "reverse",
    "uphold": "uphold",
    "genuine": "uphold",
}
_ANSWERS = frozenset({"counterfeit", "infringing", "genuine", "inconclusive"})
_CLOSURE_ANSWERS = frozenset({"uphold", "reverse", "inconclusive"})


class Answered(NamedTuple):
    """A question that a ruling answers."""

    review_id: str
    question: Question


class Settled(NamedTuple):
    """A measure that a ruling, or an appeal, has moved, and the state that it was in."""

    ident: str
    case: Case
    move: Move
    before: State


class Stayed(NamedTuple):
    """A takedown that a deadline would have put back, if proof of a suit had not come."""

    ident: str
    case: Case


def settle(event: SequencedRuling, questions: Questions, cases: Cases, registry: Registry) -> Answered | Settled | Stayed | Fault:
    """Find what a ruling is about, and move it. A fault: there is no such thing, it has ended, or it cannot be decided so."""
    if event.review_id is not None:
        return _answered(event, event.review_id, questions)
    if event.takedown_id is not None:
        return _moved(event, event.takedown_id, "takedown", cases, registry)
    if event.closure_id is not None:
        return _moved(event, event.closure_id, "closure", cases, registry)
    if event.appeal_id is not None:
        return _on_appeal(event, event.appeal_id, cases, registry)
    return Fault("unknown-subject", f"there is no referral {event.referral_id!r}", "$.referral_id")


def _answered(event: SequencedRuling, review_id: str, questions: Questions) -> Answered | Fault:
    asked = questions.get(event.seller_id, review_id)
    if asked is None:
        return Fault("unknown-subject", f"there is no question {review_id!r} at this seller, or none any more", "$.review_id")
    if asked.ended is not None:
        return Fault("already-closed", f"the question {review_id!r} has ended: {asked.ended}", "$.review_id")
    if event.decided_by.kind == "brand" and event.decided_by.id != asked.brand_id:
        return Fault("not-entitled", "the question was not put to this brand", "$.decided_by")
    answers = _CLOSURE_ANSWERS if asked.listing_id is None else _ANSWERS
    if event.verdict not in answers:
        return Fault("wrong-verdict", f"{event.verdict} does not answer this question; {', '.join(sorted(answers))} do", "$.verdict")
    return Answered(review_id, asked)


def _on_appeal(event: SequencedRuling, appeal_id: str, cases: Cases, registry: Registry) -> Settled | Stayed | Fault:
    ident = cases.subject(event.seller_id, appeal_id)
    if ident is None:
        return Fault("unknown-subject", f"there is no appeal {appeal_id!r} of this seller, or none any more", "$.appeal_id")
    return _moved(event, ident, None, cases, registry)


def _moved(event: SequencedRuling, ident: str, kind: Kind | None, cases: Cases, registry: Registry) -> Settled | Stayed | Fault:
    """Move a measure; `kind`: what it must be, where that was said."""
    case = cases.get(event.seller_id, ident)
    if case is not None and case.renews is not None:
        ident, case = case.renews, cases.get(event.seller_id, case.renews)  # its execution has no life of its own
    if case is None or kind not in (None, case.kind):
        return Fault("unknown-subject", f"there is no {kind or 'measure'} {ident!r} at this seller, or none any more")
    if event.decided_by.kind == "brand" and not _may_decide(event.decided_by.id, case, registry):
        return Fault("not-entitled", "a brand decides on its own takedown before an appeal, and on no other measure", "$.decided_by.kind")
    if event.verdict == "stayed":
        return _stayed(ident, case)
    moves = _COMPLAINT_MOVES if case.kind == "refusal" else _MOVES
    move = moves.get(event.verdict)
    if move is None:
        return Fault("wrong-verdict", f"{event.verdict} decides on no measure; {', '.join(sorted(moves))} do", "$.verdict")
    try:
        return Settled(ident, cases.move(event.seller_id, ident, move, event.decided_by.kind), move, case.state)
    except IllegalMoveError as error:
        return Fault("illegal-move", f"{case.kind} {ident!r}: {error}", "$.verdict")


def _may_decide(brand_id: str, case: Case, registry: Registry) -> bool:
    """Tell whether a brand may decide on a measure."""
    brands = {right.brand_id for right in registry.known(case.right_ids)}
    return case.kind == "takedown" and case.state == "issued" and brand_id in brands


def _stayed(ident: str, case: Case) -> Stayed | Fault:
    if case.state != "appealed" or case.put_back_at is None:
        return Fault("wrong-verdict", f"no clock runs that would put {case.kind} {ident!r} back", "$.verdict")
    return Stayed(ident, case)


def appeal(event: SequencedAppeal, cases: Cases, policy: Appeals) -> Settled | Fault:
    """Find what an appeal is about, and move it. A fault: there is no such thing, or it comes too late or too often."""
    kind, ident = _named(event)
    case = cases.get(event.seller_id, ident)
    if case is None or case.kind != kind or (kind == "refusal" and case.notifier_id != event.notifier_id):
        return Fault("unknown-subject", f"there is no {kind} {ident!r} to object to at this seller, or none any more")
    barred = _barred(event, ident, case, policy)
    if barred is not None:
        return barred
    try:
        after = cases.move(event.seller_id, ident, "appeal", "appellant")
    except IllegalMoveError as error:
        return Fault("illegal-move", f"{kind} {ident!r}: {error}")
    after = replace(after, appeals=case.appeals + 1, appeal_id=event.appeal_id, put_back_at=None)
    cases.note(event.seller_id, ident, after)
    return Settled(ident, after, "appeal", case.state)


def _barred(event: SequencedAppeal, ident: str, case: Case, policy: Appeals) -> Fault | None:
    """Return why there is no appeal, or none any more, against a measure that there is."""
    if case.renews is not None:
        return Fault("illegal-move", f"{case.kind} {ident!r} only carries out what was upheld: there is no appeal against it")
    if case.kind == "refusal" and not policy.notifiers:
        return Fault("not-entitled", "under this policy a notifier has no appeal against a refusal", "$.notice_id")
    if event.at > case.appeal_until:
        return Fault("appeal-too-late", f"an appeal was possible until {case.appeal_until.isoformat()}")
    if case.state == "upheld" and case.appeals >= policy.most:
        return Fault("illegal-move", f"{case.kind} {ident!r} has been appealed against as often as may be: {policy.most}")
    return None


def _named(event: SequencedAppeal) -> tuple[Kind, str]:
    if event.takedown_id is not None:
        return "takedown", event.takedown_id
    if event.closure_id is not None:
        return "closure", event.closure_id
    return ("warning", event.warning_id) if event.warning_id is not None else ("refusal", refusal_of(event.notice_id or ""))
