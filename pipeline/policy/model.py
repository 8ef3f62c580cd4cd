"""What a policy says. Durations are ISO 8601 (`P3D`, `PT10M`), shares run from 0 to 1, weights are log-odds."""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from math import log
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from pipeline.policy.business_days import Calendar, is_known
from pipeline.policy.lexicon import Lexicon, fold

Mode = Literal["enforced", "shadow", "off"]
Share = Annotated[float, Field(ge=0, le=1)]
BaseRate = Annotated[float, Field(ge=0.0001, le=0.9999)]  # a share that has odds


def _with_unit(given: object) -> object:
    """Refuse a bare number, which would be taken for seconds, and what is no ISO 8601."""
    if isinstance(given, (int, float)) or (isinstance(given, str) and not given.removeprefix("-").startswith("P")):
        raise ValueError("is a duration: write it as ISO 8601, such as P180D or PT10M")
    return given


_GAPLESS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # kana and Han

Duration = Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=36_500)), BeforeValidator(_with_unit)]
Weight = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]
Points = Annotated[int, Field(ge=0, le=1_000_000)]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_-]*$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Amount = Annotated[Decimal, Field(ge=0, le=10**15)]
Priority = Annotated[int, Field(ge=1, le=9)]  # 1 is the most urgent
Flag = Annotated[bool, Field(strict=True)]
Offset = Annotated[timedelta, Field(ge=timedelta(hours=-14), le=timedelta(hours=14)), BeforeValidator(_with_unit)]  # from UTC
Regime = Literal["dsa", "cn", "dmca"]
Suspect = Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]
Rate = Annotated[Decimal, Field(ge=Decimal("0.000000001"), le=1_000_000_000)]


class Part(BaseModel):
    """A part of a policy: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Times(Part):
    """How long things are waited for and remembered."""

    lateness: Duration  # a record later than this is handled at the sequence's time; deadlines fire this much after they are due
    future: Duration  # a record further ahead of an ended clock than this is a dead letter
    forget_after: Duration  # how long a removed listing leaves a tombstone
    remember_takedowns: Duration  # how long a taken-down listing is recognised when it comes back
    appeal_window: Duration  # how long a seller may appeal

    @property
    def undoable(self) -> timedelta:
        """How long what was decided, and all that goes with it, is kept so that it can be undone: for an appeal on its last day, too."""
        return self.appeal_window + self.remember_takedowns + self.lateness


class Decision(Part):
    """Where a score becomes a decision. The score is `prior` plus the weight of every signal."""

    base_rate: BaseRate  # the share of counterfeits among listings that name a brand, as assumed: no sample knows it
    review: Weight
    takedown: Weight
    serious: Weight  # from this score on a takedown is serious

    @model_validator(mode="after")
    def _ordered(self) -> "Decision":
        if not self.review <= self.takedown <= self.serious:
            raise ValueError("review <= takedown <= serious must hold")
        return self

    @property
    def prior(self) -> float:
        """Where a listing that names a brand starts: the log-odds of the base rate, to two places, as a score is added up by hand."""
        return round(log(self.base_rate / (1 - self.base_rate)), 2)


class SignalPolicy(Part):
    """One signal: its weight at full strength, and whether it counts (`enforced`), is only recorded (`shadow`) or is `off`."""

    weight: Weight
    mode: Mode = "enforced"


class Suspicion(SignalPolicy):
    """A signal against the listing."""

    weight: Annotated[Weight, Field(ge=0)]


class Favour(SignalPolicy):
    """A signal for the seller."""

    weight: Annotated[Weight, Field(le=0)]


class Signals(Part):
    """The weight of every signal; the fields are the catalogue of `pipeline.signals`."""

    replica_vocabulary: Suspicion
    brand_disguised: Suspicion
    price_far_below: Suspicion
    seller_not_authorised: Suspicion
    seller_record: Suspicion
    relisted: Suspicion
    resembles_taken_down: Suspicion = Suspicion(weight=0, mode="off")  # as it was before there was this signal, as the next
    counterfeit_picture: Suspicion = Suspicion(weight=0, mode="off")
    authorised: Favour
    used_at_plausible_price: Favour
    reference_use: Favour


class Prices(Part):
    """When a price says something, and what currencies are worth."""

    far_below: Share  # below this share of the low end of the reference range the signal begins; its strength grows to 1 at price 0
    plausible: Share  # used goods at or above this share of the low end are plausibly genuine
    placeholder: dict[Currency, Amount] = {}  # a price at or under this amount says nothing: it stands for "ask me"
    rates: dict[Currency, Rate] = {}  # units of one common currency a unit is worth; no rate: no signal


Phrase = Annotated[str, Field(min_length=1, max_length=100)]


class Term(Part):
    """A word of the trade in replicas, with its strength, words of which one must stand near, and words near which it means another."""

    text: Phrase
    strength: Annotated[float, Field(gt=0, le=1)] = 1.0
    needs: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if sum(map(str.isalnum, fold(text))) < 2:
            raise ValueError("needs two letters or digits: anything shorter stands in nearly every listing")
        return text


class Vocabulary(Part):
    """The replica vocabulary of one language, and words near which none of its terms is an offer: denials and warnings."""

    language: Annotated[str, Field(min_length=2, max_length=35)]
    unless: tuple[Phrase, ...] = ()
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]


class Duplicates(Part):
    """How what was taken down is recognised when it comes back changed."""

    kept: Annotated[int, Field(ge=0, le=1000)] = 50  # takedowns of a seller with which its new listings are compared: the last ones
    stock_sellers: Annotated[int, Field(ge=1, le=1000)] = 5  # a picture that so many others show, and are let be, counts for nothing


class Brake(Part):
    """The most automated takedowns an hour of event time and partition, by right and by the signal that leads. 0 switches it off."""

    per_right: Points
    per_signal: Points


class Harm(Part):
    """A class of goods by the harm that a fake does. A category that holds one of the words belongs to it; 1 is the most urgent."""

    name: Code
    priority: Priority
    words: Annotated[tuple[Phrase, ...], Field(min_length=1)]

    def holds(self, category: str) -> bool:
        """Tell whether one of the words stands in a category: a whole word, or an English plural of it, where the script has words."""
        return self._pattern.search(fold(category)) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(map(fold, self.words), key=len, reverse=True)
        return re.compile("|".join(map(_whole, words)))


def _whole(word: str) -> str:
    """Return what finds a word that letters neither precede nor follow; one of a script without gaps stands anywhere."""
    return re.escape(word) if _GAPLESS.search(word) else rf"(?<![^\W\d_]){re.escape(word)}(?:e?s)?(?![^\W\d_])"


class JointForce(Part):
    """Questions to the brand: what the signals about the goods say nothing of, the platform cannot tell, and the holder may."""

    enabled: Flag
    due_after: Duration


class Reviews(Part):
    """How questions are asked, and what holds where nobody answers."""

    due_after: Duration
    priority: Priority  # where no class of harm fits
    closure_priority: Priority  # of the question whether a store closes
    unanswered: Literal["clear", "takedown"]  # what becomes of a listing when nobody answers
    budget: Annotated[int, Field(ge=0)]  # questions a day of event time and partition; 0: no limit
    urgent: Priority  # a question of this priority or a more urgent one is asked whatever the budget
    joint_force: JointForce
    harm: tuple[Harm, ...] = ()

    def priority_of(self, category: str | None) -> int:
        """Return the urgency of the most urgent class of harm that a category belongs to; `priority` where it belongs to none."""
        return min((harm.priority for harm in self.harm if category and harm.holds(category)), default=self.priority)


Need = Literal["right_id", "explanation", "good_faith", "accurate"]


class NoticeWeights(Part):
    """What a notice adds to the score of a listing, by the standing of who speaks for the right; `stranger`: who does not."""

    fast_track: Suspect
    ordinary: Suspect
    warned: Suspect
    stranger: Suspect


class NoticeNeeds(Part):
    """What a notice must have, by who gives it."""

    rights_holder: tuple[Need, ...]
    agent: tuple[Need, ...]
    trusted_flagger: tuple[Need, ...]
    authority: tuple[Need, ...]
    consumer: tuple[Need, ...]
    other: tuple[Need, ...]


class Notices(Part):
    """How notices are taken."""

    wait_for_listing: Duration  # a notice may come before its listing
    fast_track: tuple[Literal["counterfeit", "trademark", "copyright"], ...]  # kinds for which a takedown follows at once
    weights: NoticeWeights
    needs: NoticeNeeds


class AppealRule(Part):
    """Under which regime an appeal is handled: all that is named must fit; what is not named fits."""

    regime: Regime
    sources: tuple[Literal["own_initiative", "notice", "ruling", "closure", "retroactive"], ...] = ()
    right_kinds: tuple[Literal["trademark", "copyright", "design", "patent"], ...] = ()
    marketplaces: tuple[str, ...] = ()


class CnAppeals(Part):
    """Restored so long after the appeal, unless proof of a suit or an official complaint has come."""

    put_back_after: Duration


class DmcaAppeals(Part):
    """Restored so many business days after the appeal, by a calendar, unless proof of a suit has come."""

    business_days: Annotated[int, Field(ge=1, le=60)]
    calendar: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]  # ISO 3166: US, or a part of it, US-CA
    closed: tuple[date, ...] = ()  # days without business that the calendar does not know
    utc_offset: Offset  # the zone of its days

    @field_validator("calendar")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if not is_known(name):
            raise ValueError(f"{name!r} is no calendar that is known: a country, such as US, or a part of one, such as US-CA")
        return name

    @cached_property
    def days(self) -> Calendar:
        """The calendar."""
        return Calendar(self.calendar, frozenset(self.closed), self.utc_offset)


class Appeals(Part):
    """How appeals are handled."""

    regime: Regime  # where no rule fits
    most: Annotated[int, Field(ge=1, le=10)]  # appeals against one measure
    notifiers: Flag  # whether a notifier may complain about a refusal
    rules: tuple[AppealRule, ...] = ()
    cn: CnAppeals
    dmca: DmcaAppeals

    @field_validator("rules")
    @classmethod
    def _each_can_fit(cls, rules: tuple[AppealRule, ...]) -> tuple[AppealRule, ...]:
        """Refuse a rule that fits everything: none behind it would ever be asked, and `regime` says what holds where none fits."""
        for number, rule in enumerate(rules):
            if not (rule.sources or rule.right_kinds or rule.marketplaces):
                raise ValueError(f"rule {number + 1} fits everything: name sources, right_kinds or marketplaces, or set `regime`")
        return rules


class Step(Part):
    """A step on the way to closure: from so many points on, and at least this share of the seller's listings taken down."""

    code: Literal["warning", "restriction", "suspension", "closure"]
    at: Annotated[int, Field(ge=1, le=1_000_000)]
    lasts: Duration | None = None  # how long a restriction or suspension holds; absent: until lifted
    min_share: Share = 0.0

    @model_validator(mode="after")
    def _ends(self) -> "Step":
        if self.code == "closure" and self.lasts is not None:
            raise ValueError("a closure has no `lasts`: it does not end by itself")
        return self


class YearlyReset(Part):
    """Points and steps start anew with each calendar year, unless they stand between two bounds."""

    utc_offset: Offset  # the zone of the calendar
    unless_from: Points  # points from here ...
    unless_below: Points  # ... to below here are carried over

    @model_validator(mode="after")
    def _ordered(self) -> "YearlyReset":
        if self.unless_from > self.unless_below:
            raise ValueError("unless_from <= unless_below must hold")
        return self


class Preset(Part):
    """A points policy: what a takedown costs, how long it counts, and what the sum leads to."""

    points: dict[Literal["serious", "ordinary"], Points]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    lives: Duration | None = None  # how long points count; absent: until the yearly reset
    grouping: Duration | None = None  # hits within this time of the first one of their group count once
    cap: Annotated[int, Field(ge=1)] | None = None  # the most points that one group adds
    reset: YearlyReset | None = None

    @model_validator(mode="after")
    def _rising(self) -> "Preset":
        amounts = [step.at for step in self.steps]
        if amounts != sorted(set(amounts)):
            raise ValueError("each step needs more points than the one before it")
        if len({step.code for step in self.steps}) < len(self.steps):
            raise ValueError("a step is named twice")
        return self


class Enforcement(Part):
    """Which preset holds. `none`: takedowns add no points and close no store."""

    preset: str
    grace: Duration  # hits on listings first seen before a step took effect, this long after it was taken, are excused
    ask_before_closure: Flag  # a closure that rests on automated decisions alone is a question to the team first


class Policy(Part):
    """A whole policy file."""

    version: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    language: Literal["en", "zh"] = "en"  # of reasons, where there is no template in the listing's language
    territories: tuple[Country, ...] = ()  # where a listing that names none is offered; empty: everywhere
    times: Times
    decision: Decision
    signals: Signals
    prices: Prices
    denials: tuple[Phrase, ...] = ()  # words that turn a term of any vocabulary round
    vocabulary: tuple[Vocabulary, ...] = ()
    brake: Brake
    duplicates: Duplicates = Duplicates()
    reviews: Reviews
    notices: Notices
    appeals: Appeals
    enforcement: Enforcement
    presets: Annotated[dict[Code, Preset], Field(validate_default=True)] = {}

    @field_validator("presets")
    @classmethod
    def _preset_is_known(cls, presets: dict[str, Preset], others: ValidationInfo) -> dict[str, Preset]:
        enforcement = others.data.get("enforcement")
        if "none" in presets:
            raise ValueError("none is the name for no preset at all")
        if enforcement and enforcement.preset != "none" and enforcement.preset not in presets:
            raise ValueError(f"enforcement.preset: {enforcement.preset!r} is not one of the presets: {sorted(presets)}")
        return presets

    @cached_property
    def lexicon(self) -> Lexicon:
        """The replica vocabulary of all languages: titles mix them."""
        terms = (
            term.model_copy(update={"unless": (*term.unless, *vocabulary.unless)})
            for vocabulary in self.vocabulary
            for term in vocabulary.terms
        )
        return Lexicon(terms, self.denials)

    def preset(self) -> Preset | None:
        """Return the points policy in force; None where enforcement is off."""
        return self.presets.get(self.enforcement.preset)
