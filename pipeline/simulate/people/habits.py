"""How people behave: the shares and delays of `data/people.toml`."""

from functools import cache

from msgspec import Struct, convert

from pipeline.simulate.data_files import read_toml

Hours = tuple[float, float]  # least and most


class Tempers(Struct, frozen=True, forbid_unknown_fields=True):
    """Of who speaks for a brand."""

    careless: float
    abusive: float


class Standings(Struct, frozen=True, forbid_unknown_fields=True):
    """Of those who speak for brands."""

    fast_track_of_honest: float
    fast_track_of_careless: float
    fast_track_of_abusive: float
    warned_of_careless: float
    suspended_of_abusive: float
    suspended_for: float


class Reports(Struct, frozen=True, forbid_unknown_fields=True):
    """Which listings are reported, and when."""

    fake: float
    fake_by_consumer: float
    fake_by_flagger: float
    fake_by_authority: float
    fake_before_listing: float
    fake_down: float
    fake_removed: float
    genuine_by_careless: float
    genuine_by_abusive: float
    genuine_by_competitor: float
    genuine_by_consumer: float
    unbranded: float
    unhurried: Hours
    hurried: Hours
    before: Hours


class Kinds(Struct, frozen=True, forbid_unknown_fields=True):
    """What notices claim."""

    trademark: float
    copyright_us: float
    copyright: float
    design: float
    patent: float


class Care(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong with notices."""

    flaw_of_careless: float
    flaw_of_others: float
    flaw_of_consumers: float
    sent_twice: float
    repeated: float
    retracted_by_careless: float
    retracted_by_others: float
    retracted_in_vain: float
    retraction_flawed: float
    regretted: Hours
    again: Hours


class Team(Struct, frozen=True, forbid_unknown_fields=True):
    """How reviewers answer."""

    answers: float
    late: float
    twice: float
    inconclusive: float
    wrong: float
    delay: Hours
    lateness: Hours
    answers_closure: float


class Brands(Struct, frozen=True, forbid_unknown_fields=True):
    """How brands answer."""

    late: float
    never: float
    wrong_of_honest: float
    wrong_of_careless: float
    wrong_of_abusive: float
    by_another: float
    delay: Hours
    lateness: Hours


class Sellers(Struct, frozen=True, forbid_unknown_fields=True):
    """Who objects to what."""

    honest_takedown: float
    honest_measure: float
    counterfeiter_takedown: float
    counterfeiter_takedown_by_notice: float
    counterfeiter_measure: float
    counterfeiter_swept: float
    twice: float
    too_late: float
    too_late_by: Hours
    delay: Hours


class Notifiers(Struct, frozen=True, forbid_unknown_fields=True):
    """Who complains about a refusal."""

    rightful: float
    wrongful: float
    delay: Hours


class Tribunal(Struct, frozen=True, forbid_unknown_fields=True):
    """How appeals end."""

    ruled: float
    wrong: float
    by_brand: float
    delay: Hours
    slow: float
    by_court: float
    slow_delay: Hours
    stayed_rightful: float
    stayed_wrongful: float
    stay_delay: Hours
    appealed_on: float
    higher_delay: Hours
    own_motion: float


class Habits(Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    tempers: Tempers
    standings: Standings
    reports: Reports
    kinds: Kinds
    care: Care
    team: Team
    brands: Brands
    sellers: Sellers
    notifiers: Notifiers
    tribunal: Tribunal


@cache
def habits() -> Habits:
    """Return the habits of the data folder."""
    return convert(read_toml("people.toml"), Habits)
