"""What people decide, and what sellers object to: which question or measure it is about, and whether it may be decided so, by them."""

from typing import NamedTuple

from pipeline.enforcement.lifecycle import IllegalMoveError, Move
from pipeline.events.dead_letter import Fault
from pipeline.events.ruling import Verdict
from pipeline.events.sequence import SequencedAppeal, SequencedRuling
from pipeline.stages.cases import Case, Cases, Kind
from pipeline.stages.questions import Question, Questions

_MOVES: dict[Verdict, Move] = {
    "reverse": "reverse",
    "genuine": "reverse",
    "uphold": "uphold",
    "counterfeit": "uphold",
    "infringing": "uphold",
}
_ANSWERS = frozenset({"counterfeit", "infringing", "genuine", "inconclusive"})


class Answered(NamedTuple):
    """A question that a ruling answers."""

    question: Question


class Settled(NamedTuple):
    """A measure that a ruling has moved."""

    ident: str
    case: Case
    move: Move


def settle(event: SequencedRuling, questions: Questions, cases: Cases) -> Answered | Settled | Fault:
    """Find what a ruling is about, and move it. A fault: there is no such thing, it has ended, or it cannot be decided so."""
    if event.review_id is not None:
        return _answered(event, event.review_id, questions)
    if event.takedown_id is not None:
        return _moved(event, event.takedown_id, "takedown", cases)
    if event.closure_id is not None:
        return _moved(event, event.closure_id, "closure", cases)
    if event.appeal_id is not None:
        return _on_appeal(event, event.appeal_id, cases)
    return Fault("unknown-subject", f"there is no referral {event.referral_id!r}", "$.referral_id")


def _answered(event: SequencedRuling, review_id: str, questions: Questions) -> Answered | Fault:
    asked = questions.get(event.seller_id, review_id)
    if asked is None:
        return Fault("unknown-subject", f"there is no question {review_id!r} at this seller, or none any more", "$.review_id")
    if asked.ended is not None:
        return Fault("already-closed", f"the question {review_id!r} has ended: {asked.ended}", "$.review_id")
    if event.verdict not in _ANSWERS:
        return Fault("wrong-verdict", f"{event.verdict} answers no question; {', '.join(sorted(_ANSWERS))} do", "$.verdict")
    return Answered(asked)


def _on_appeal(event: SequencedRuling, appeal_id: str, cases: Cases) -> Settled | Fault:
    ident = cases.subject(event.seller_id, appeal_id)
    if ident is None:
        return Fault("unknown-subject", f"there is no appeal {appeal_id!r} of this seller, or none any more", "$.appeal_id")
    if event.decided_by.kind == "brand":
        return Fault("not-entitled", "a brand never rules on appeals", "$.decided_by.kind")
    return _moved(event, ident, None, cases)


def _moved(event: SequencedRuling, ident: str, kind: Kind | None, cases: Cases) -> Settled | Fault:
    """Move a measure; `kind`: what it must be, where that was said."""
    case, move = cases.get(event.seller_id, ident), _MOVES.get(event.verdict)
    if case is None or kind not in (None, case.kind):
        return Fault("unknown-subject", f"there is no {kind or 'measure'} {ident!r} at this seller, or none any more")
    if move is None:
        return Fault("wrong-verdict", f"{event.verdict} decides on no measure; {', '.join(sorted(_MOVES))} do", "$.verdict")
    try:
        return Settled(ident, cases.move(event.seller_id, ident, move, event.decided_by.kind), move)
    except IllegalMoveError as error:
        return Fault("illegal-move", f"{case.kind} {ident!r}: {error}", "$.verdict")


def appeal(event: SequencedAppeal, cases: Cases) -> Settled | Fault:
    """Find what an appeal is about, and move it. A fault: there is no such thing, or it comes too late or again."""
    ident = event.takedown_id or event.closure_id or event.warning_id or ""
    case = cases.get(event.seller_id, ident)
    if case is None or case.kind != _named(event):
        return Fault("unknown-subject", f"there is no {_named(event)} {ident!r} at this seller, or none any more")
    if event.at > case.appeal_until:
        return Fault("appeal-too-late", f"an appeal was possible until {case.appeal_until.isoformat()}")
    try:
        after = cases.move(event.seller_id, ident, "appeal", "seller")
    except IllegalMoveError as error:
        return Fault("illegal-move", f"{case.kind} {ident!r}: {error}")
    return Settled(ident, after, "appeal")


def _named(event: SequencedAppeal) -> Kind:
    return "takedown" if event.takedown_id is not None else "closure" if event.closure_id is not None else "warning"
