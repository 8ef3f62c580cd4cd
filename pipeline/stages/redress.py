"""Redress: what people decide, what sellers object to, and what is given back."""

from pipeline.enforcement.ledger import Ledger
from pipeline.events.dead_letter import Fault
from pipeline.events.reinstatement import Reinstatement
from pipeline.events.sequence import SequencedAppeal, SequencedRuling
from pipeline.events.takedown import Severity
from pipeline.stages import decisions, rulings
from pipeline.stages.desk import REINSTATEMENTS, SELLERS, Desk
from pipeline.stages.enforcer import Enforcer
from pipeline.stages.questions import Question
from pipeline.stages.reversal import Reversal
from pipeline.state.table import key


class Redress:
    """Works at one chunk's desk."""

    def __init__(self, desk: Desk, enforcer: Enforcer) -> None:
        self._desk, self._enforcer = desk, enforcer

    def ruling(self, event: SequencedRuling) -> Fault | None:
        """Do what people have decided. A fault: it cannot be decided so, or not by them."""
        found = rulings.settle(event, self._desk.questions, self._desk.cases)
        if isinstance(found, Fault):
            return found
        self._desk.tally.facts[f"ruled-{event.verdict}"] += 1
        if isinstance(found, rulings.Answered):
            self._answer(event, found.question)
        else:
            self._settle(event, found)
        return None

    def _answer(self, event: SequencedRuling, asked: Question) -> None:
        """Do what the answer to a question about a listing says, where that is still there and a right still holds."""
        seller_id, preset = event.seller_id, self._desk.policy.preset()
        self._desk.questions.end(key(seller_id, event.review_id or ""), "ruling", event.at, self._desk.policy.times)
        if event.verdict == "genuine":
            self._desk.shelf.exempt(seller_id, asked.listing_id, asked.right_ids)
        listing = self._desk.shelf.of(seller_id, asked.listing_id)
        if event.verdict not in ("counterfeit", "infringing") or listing is None:
            return
        if listing.status != "live":
            self._desk.tally.facts[f"already-{listing.status}"] += 1
        elif not any(self._is_active(right_id) for right_id in asked.right_ids):
            self._desk.tally.facts["right-withdrawn"] += 1
        else:
            ledger = self._desk.ledger(seller_id)
            grave: Severity = "serious" if event.verdict == "counterfeit" else "ordinary"
            cost = self._enforcer.cost(listing, ledger, grave, preset, event.at)
            takedown = decisions.ruled(seller_id, asked, listing, event, grave, cost, self._desk.snapshot)
            self._enforcer.carry_out(takedown, listing, ledger, preset)

    def _is_active(self, right_id: str) -> bool:
        right = self._desk.snapshot.registry.rights.get(right_id)
        return right is not None and right.status == "active"

    def _settle(self, event: SequencedRuling, settled: rulings.Settled) -> None:
        """Give back what was reversed; of what was upheld, count it again for what it leads to."""
        seller_id, ledger = event.seller_id, self._desk.ledger(event.seller_id)
        if settled.move == "reverse":
            self._desk.view.put(SELLERS, seller_id, self._reversed(event, settled, ledger))
            return
        ledger = ledger.contesting(settled.ident, contested=False)
        self._desk.view.put(SELLERS, seller_id, ledger)
        preset = self._desk.policy.preset()
        if preset is not None and ledger.closure_id is None and settled.case.kind == "takedown":
            self._enforcer.take_next_step(seller_id, ledger, settled.ident, ledger.newest(event.at), preset)

    def _reversed(self, event: SequencedRuling, settled: rulings.Settled, ledger: Ledger) -> Ledger:
        back = Reversal(
            self._desk.cases, self._desk.shelf, self._desk.snapshot, self._give_back, event.seller_id, event.at, event.ruling_id
        )
        if settled.case.kind == "warning":
            return back.warning(settled.ident, ledger)
        if settled.case.kind == "closure":
            return back.closure(settled.ident, ledger)
        return back.takedown(settled.ident, settled.case, ledger)

    def _give_back(self, event: Reinstatement) -> None:
        self._desk.emit(REINSTATEMENTS, event.seller_id, event)

    def appeal(self, event: SequencedAppeal) -> Fault | None:
        """Note that a seller objects: from now on the measure waits for a ruling."""
        found = rulings.appeal(event, self._desk.cases)
        if isinstance(found, Fault):
            return found
        times = self._desk.policy.times
        self._desk.cases.appealed(event.seller_id, event.appeal_id, found.ident, event.at + times.remember_takedowns + times.lateness)
        ledger = self._desk.view.get(SELLERS, event.seller_id)
        if ledger is not None:
            self._desk.view.put(SELLERS, event.seller_id, ledger.contesting(found.ident, contested=True))
        self._desk.tally.facts["appealed"] += 1
        return None
