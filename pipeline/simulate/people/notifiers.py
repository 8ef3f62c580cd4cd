"""Who complain about listings: holders and agencies of each temper, competitors, buyers, trusted flaggers, an authority."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from pipeline.events.appeal import Appeal
from pipeline.events.listing import Listing
from pipeline.events.notice import Contact, Notice, NoticeKind, NoticeOutcome, NotifierKind
from pipeline.events.right import RightKind
from pipeline.events.takedown import Takedown
from pipeline.simulate.mixing import mix, share
from pipeline.simulate.people.flaws import spoilt
from pipeline.simulate.people.goods import Goods
from pipeline.simulate.people.scene import APPEALS, HOUR, NOTICES, Scene
from pipeline.simulate.people.speakers import Notifier, Speakers
from pipeline.simulate.people.truth import PersonTruth, Who
from pipeline.simulate.truth import Truth

_BUYERS, _COMPETITORS = 400, 12
_RIGHT_OF: dict[NoticeKind, RightKind] = {
    "counterfeit": "trademark", "trademark": "trademark", "copyright": "copyright", "design": "design", "patent": "patent",
}  # fmt: skip
_WORDS: dict[str, str] = {
    "rights_holder": "This offer bears our sign, and we have not made these goods.",
    "agent": "On behalf of the holder: the goods offered here are not the holder's.",
    "trusted_flagger": "The offer shows several marks of a counterfeit.",
    "authority": "Goods of this seller were examined and found to be counterfeit.",
    "consumer": "I bought this, and it is not genuine.",
    "other": "Everyone in the trade knows that these are fakes.",
}
_COMPLAINT = "The notice was right, and its refusal is not. Please look again."


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that was sent, the listing it is about, and what is true of it."""

    notice: Notice
    goods: Goods
    truth: PersonTruth


class Notifiers:
    """Plans notices, repeats, retractions and complaints."""

    def __init__(self, scene: Scene, speakers: Speakers) -> None:
        self._scene, self._speakers = scene, speakers
        self._sent: dict[str, Sent] = {}  # notices that may still be complained of or taken back

    def truth_of(self, notice_id: str) -> PersonTruth | None:
        """Return what is true of a notice that was sent and has not been refused for good."""
        sent = self._sent.get(notice_id)
        return sent.truth if sent else None

    # -- what they see

    def coming(self, listing: Listing, truth: Truth) -> None:
        """Hear of a listing before it is there: some know a fake from elsewhere."""
        scene, reports = self._scene, self._scene.habits.reports
        if not (truth.counterfeit and scene.happens(reports.fake_before_listing, "before", listing.listing_id)):
            return
        low, high = reports.before
        early = listing.event_time - _hours(low + (high - low) * share(scene.seed, "how early", listing.listing_id))
        if early > scene.now:
            for notifier in self._speaker(truth, listing):
                scene.at(NOTICES, early, partial(self._report, notifier, Goods.of(listing), truth.brand_ids[0], rightful=True))

    def listed(self, listing: Listing, truth: Truth) -> None:
        """See a new listing."""
        for notifier, brand_id, rightful in self._reports(listing, truth):
            self._plan(notifier, Goods.of(listing), brand_id, rightful=rightful)

    def removed(self, listing: Listing) -> None:
        """See that a seller took a listing away: some report a fake all the same."""
        self._after_all(Goods.of(listing), self._scene.habits.reports.fake_removed, "removed")

    def taken_down(self, takedown: Takedown) -> None:
        """Some report what went while they wrote."""
        if takedown.source != "closure":
            self._after_all(Goods.of(takedown), self._scene.habits.reports.fake_down, "down")

    def _after_all(self, goods: Goods, odds: float, why: str) -> None:
        scene, brand_id = self._scene, self._scene.facts.brand_of(goods.listing_id)
        if brand_id is None or not scene.facts.is_fake(goods.listing_id) or not self._happens(odds, why, goods.listing_id):
            return
        for notifier in self._speakers.of(brand_id)[:1]:
            report = partial(self._report, notifier, goods, brand_id, rightful=True)
            scene.later(NOTICES, scene.habits.reports.hurried, report, "report after all", goods.listing_id)

    # -- who reports what

    def _reports(self, listing: Listing, truth: Truth) -> Iterator[tuple[Notifier, str | None, bool]]:
        """Yield who reports a listing, for which brand, and whether that is right."""
        if truth.counterfeit:
            yield from self._of_a_fake(listing, truth)
        elif truth.brand_ids or truth.kind == "accessory":
            yield from self._of_genuine_goods(listing, truth)
        elif self._happens(self._scene.habits.reports.unbranded, "unbranded", listing.listing_id):
            yield self._competitor(listing), None, False

    def _of_a_fake(self, listing: Listing, truth: Truth) -> Iterator[tuple[Notifier, str | None, bool]]:
        reports, brand_id = self._scene.habits.reports, truth.brand_ids[0]
        if self._happens(reports.fake, "fake", listing.listing_id):
            for notifier in self._speaker(truth, listing):
                yield notifier, brand_id, True
        if self._happens(reports.fake_by_consumer, "fake, by a buyer", listing.listing_id):
            yield self._buyer(listing), None, True
        if self._happens(reports.fake_by_flagger, "fake, by a flagger", listing.listing_id):
            yield Notifier("TF-1", "trusted_flagger", "trusted_flagger"), brand_id, True
        if self._happens(reports.fake_by_authority, "fake, by an authority", listing.listing_id):
            yield Notifier("AUTH-1", "authority", "authority"), brand_id, True

    def _of_genuine_goods(self, listing: Listing, truth: Truth) -> Iterator[tuple[Notifier, str | None, bool]]:
        """Yield who is wrong about resellers, used goods and what only fits a brand, by haste or on purpose."""
        reports = self._scene.habits.reports
        brand_id = truth.brand_ids[0] if truth.brand_ids else self._speakers.found_by_name(listing.title)
        if brand_id is None:
            return
        odds = {"honest": 0.0, "careless": reports.genuine_by_careless, "abusive": reports.genuine_by_abusive}
        for notifier in self._speakers.of(brand_id):
            if truth.kind != "authorised" and self._happens(
                odds.get(notifier.who, 0.0), f"genuine, by {notifier.notifier_id}", listing.listing_id
            ):
                yield notifier, brand_id, False
        if self._happens(reports.genuine_by_competitor, "genuine, by a competitor", listing.listing_id):
            yield self._competitor(listing), brand_id, False
        if self._happens(reports.genuine_by_consumer, "genuine, by a buyer", listing.listing_id):
            yield self._buyer(listing), None, False

    def _speaker(self, truth: Truth, listing: Listing) -> tuple[Notifier, ...]:
        """Return one of those who speak for a fake's brand; none where nobody does."""
        speakers = self._speakers.of(truth.brand_ids[0])
        return (speakers[mix(self._scene.seed, "speaker", listing.listing_id) % len(speakers)],) if speakers else ()

    def _buyer(self, listing: Listing) -> Notifier:
        return Notifier(f"BUYER-{mix(self._scene.seed, 'buyer', listing.listing_id) % _BUYERS}", "consumer", "consumer")

    def _competitor(self, listing: Listing) -> Notifier:
        """Return a competitor; some claim to be a holder, which does not make them speak for the right."""
        number = mix(self._scene.seed, "competitor", listing.listing_id) % _COMPETITORS
        return Notifier(f"X-{number}", "rights_holder" if number % 3 == 0 else "other", "competitor")

    def _happens(self, odds: float, what: str, listing_id: str) -> bool:
        return self._scene.happens(odds, what, listing_id)

    # -- what they write

    def _plan(self, notifier: Notifier, goods: Goods, brand_id: str | None, *, rightful: bool) -> None:
        action = partial(self._report_if_there, notifier, goods, brand_id, rightful=rightful)
        self._scene.later(NOTICES, self._scene.habits.reports.unhurried, action, "report", notifier.notifier_id, goods.listing_id)

    def _report_if_there(self, notifier: Notifier, goods: Goods, brand_id: str | None, *, rightful: bool) -> None:
        """Report what is still on the shelf; the careless do not look."""
        if notifier.who == "careless" or not self._scene.facts.is_down(goods.listing_id):
            self._report(notifier, goods, brand_id, rightful=rightful)

    def _report(self, notifier: Notifier, goods: Goods, brand_id: str | None, *, rightful: bool) -> None:
        """Send a notice, with or without a flaw, and plan what may follow."""
        scene, care = self._scene, self._scene.habits.care
        notice = self._notice(notifier, goods, brand_id)
        odds = {"careless": care.flaw_of_careless, "consumer": care.flaw_of_consumers}.get(notifier.who, care.flaw_of_others)
        flaw: str | None = None
        if scene.happens(odds, "flawed", notice.notice_id):
            notice, flaw = spoilt(notice, goods, scene, self._speakers)
        sent = self._send(notice, goods, notifier.who, rightful=rightful, flaw=flaw)
        if scene.happens(care.sent_twice, "sent twice", notice.notice_id):
            scene.later(NOTICES, care.again, partial(self._send_again, sent), "sent twice", notice.notice_id)
        if scene.happens(care.repeated, "repeated", notice.notice_id):
            scene.later(NOTICES, care.again, partial(self._repeat, sent), "repeated", notice.notice_id)
        regret = care.retracted_by_careless if notifier.who == "careless" and not rightful else care.retracted_by_others
        if scene.happens(regret, "regretted", notice.notice_id):
            scene.later(NOTICES, care.regretted, partial(self._retract, sent), "regretted", notice.notice_id)

    def _notice(self, notifier: Notifier, goods: Goods, brand_id: str | None) -> Notice:
        kind = self._kind(notifier, goods, brand_id)
        right = self._speakers.rights_of(brand_id).get(_RIGHT_OF[kind]) if brand_id else None
        name = notifier.notifier_id
        declares = notifier.kind in ("rights_holder", "agent", "trusted_flagger")
        return Notice(
            notice_id=self._scene.number("NO"),
            notifier_id=name,
            seller_id=goods.seller_id,
            listing_id=goods.listing_id,
            event_time=self._scene.now,
            kind=kind,
            right_id=right.right_id if right and self._names_right(notifier, goods) else None,
            explanation=_WORDS[notifier.kind],
            good_faith=True if declares else None,
            accurate=True if declares else None,
            notifier_kind=notifier.kind,
            contact=_contact(notifier.kind, name),
            language="en",
            evidence=(f"https://evidence.example/{goods.listing_id}",) if mix(0, "evidence", goods.listing_id) % 3 == 0 else (),
        )

    def _names_right(self, notifier: Notifier, goods: Goods) -> bool:
        """Tell whether a notifier names a right: holders must, others do or do not."""
        return notifier.kind in ("rights_holder", "agent") or self._happens(0.5, f"names a right, {notifier.notifier_id}", goods.listing_id)

    def _kind(self, notifier: Notifier, goods: Goods, brand_id: str | None) -> NoticeKind:
        """Choose what is claimed: mostly that the goods are counterfeit; other rights where the brand has them."""
        if brand_id is None or notifier.kind not in ("rights_holder", "agent"):
            return "counterfeit"
        kinds, held = self._scene.habits.kinds, self._speakers.rights_of(brand_id)
        copies = kinds.copyright_us if goods.marketplace == "us" else kinds.copyright
        odds: tuple[tuple[RightKind, float], ...] = (
            ("copyright", copies), ("design", kinds.design), ("patent", kinds.patent), ("trademark", kinds.trademark),
        )  # fmt: skip
        likely = (kind for kind, odd in odds if kind in held and self._happens(odd, f"claims {kind}", goods.listing_id))
        return next(likely, "counterfeit")

    def _send(self, notice: Notice, goods: Goods, who: Who, *, rightful: bool, flaw: str | None) -> Sent:
        truth = PersonTruth("notice", notice.notice_id, notice.seller_id, who, rightful, goods.listing_id, flaw)
        sent = self._sent[notice.notice_id] = Sent(notice, goods, truth)
        self._scene.say(NOTICES, notice, truth)
        return sent

    def _send_again(self, sent: Sent) -> None:
        """Send the very same notice once more, as a browser does."""
        self._scene.say(NOTICES, replace(sent.notice, event_time=self._scene.now), None)

    def _repeat(self, sent: Sent) -> None:
        """Say the same under another id, as the impatient do."""
        again = replace(sent.notice, notice_id=self._scene.number("NO"), event_time=self._scene.now)
        self._send(again, sent.goods, sent.truth.by, rightful=sent.truth.rightful, flaw=sent.truth.flaw or "repeated")

    def _retract(self, sent: Sent) -> None:
        """Take a notice back, mostly not one that was refused anyway; now and then one that never was, or none."""
        scene, notice = self._scene, sent.notice
        if notice.notice_id not in self._sent and not scene.happens(scene.habits.care.retracted_in_vain, "in vain", notice.notice_id):
            return
        retracts: str | None = notice.notice_id
        flaw: str | None = None
        if scene.happens(scene.habits.care.retraction_flawed, "retraction flawed", notice.notice_id):
            flaw = ("retracts-nothing", "unknown-notice")[mix(scene.seed, "flaw of retraction", notice.notice_id) % 2]
            retracts = {"retracts-nothing": None, "unknown-notice": f"{retracts}0"}[flaw]
        retraction = Notice(
            notice_id=scene.number("NO"),
            notifier_id=notice.notifier_id,
            seller_id=notice.seller_id,
            listing_id=notice.listing_id,
            event_time=scene.now,
            kind="retraction",
            notifier_kind=notice.notifier_kind,
            explanation="We have looked again.",
            retracts=retracts,
        )
        truth = PersonTruth(
            "retraction", retraction.notice_id, notice.seller_id, sent.truth.by, not sent.truth.rightful, notice.notice_id, flaw
        )
        scene.say(NOTICES, retraction, truth)

    # -- what they hear

    def told(self, outcome: NoticeOutcome) -> None:
        """Hear what became of a notice. Who was refused may complain; what is refused or taken back is done with."""
        if outcome.outcome in ("received", "forwarded"):
            return
        sent = self._sent.get(outcome.notice_id) if outcome.outcome == "accepted" else self._sent.pop(outcome.notice_id, None)
        if sent is not None and outcome.outcome == "refused" and not outcome.amendment:
            odds = self._scene.habits.notifiers.rightful if sent.truth.rightful else self._scene.habits.notifiers.wrongful
            if self._scene.happens(odds, "complains", outcome.notice_id):
                complain = partial(self._complain, sent)
                self._scene.later(APPEALS, self._scene.habits.notifiers.delay, complain, "complains", outcome.notice_id)

    def _complain(self, sent: Sent) -> None:
        notice = sent.notice
        appeal = Appeal(
            appeal_id=self._scene.number("AP"),
            seller_id=notice.seller_id,
            event_time=self._scene.now,
            grounds="other",
            statement=_COMPLAINT,
            notice_id=notice.notice_id,
            notifier_id=notice.notifier_id,
        )
        rightful = sent.truth.rightful and sent.truth.flaw in (None, "repeated")
        truth = PersonTruth("appeal", appeal.appeal_id, notice.seller_id, sent.truth.by, rightful, notice.notice_id)
        self._scene.say(APPEALS, appeal, truth)


def _contact(kind: NotifierKind, name: str) -> Contact | None:
    return None if kind in ("consumer", "other") else Contact(name=name, email=f"{name.lower().replace(':', '.')}@notifier.example")


def _hours(number: float) -> timedelta:
    return timedelta(seconds=int(HOUR * number))
