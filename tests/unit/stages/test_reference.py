import pytest

from pipeline.events.sequence import Offsets
from pipeline.events.standing import NotifierStanding
from pipeline.stages.reference import History, MissingReferenceError
from pipeline.stages.registry import Registry
from tests.build import default_policy, right


def full() -> History:
    history = History()
    history.add_policy(default_policy(version="1"))
    history.add_right(right())
    history.add_right(None)
    history.add_right(right(brand="Puma"))
    history.add_policy(None)
    history.add_policy(default_policy(version="2"))
    return history


@pytest.mark.parametrize(
    ("offsets", "version", "brand"),
    [
        (Offsets(0, 1), "1", None),
        (Offsets(1, 1), "1", "Nike"),
        (Offsets(2, 2), "1", "Nike"),  # what was no good changes nothing and keeps its place
        (Offsets(3, 3), "2", "Puma"),  # one record replaces the earlier one of its id
    ],
)
def test_any_offsets_give_the_data_of_their_time(offsets: Offsets, version: str, brand: str | None) -> None:
    history = full()
    history.at(Offsets(3, 3))
    snapshot = history.at(offsets)
    assert snapshot.policy.version == version
    assert [one.brand for one in snapshot.registry.rights.values()] == ([brand] if brand else [])


def test_read_so_far_counts_every_record() -> None:
    assert full().read_so_far() == Offsets(3, 3)


def test_standings_hold_from_their_offset_and_who_has_none_has_none() -> None:
    history = full()
    history.add_standing(NotifierStanding("N1", "warned"))
    history.add_standing(None)
    history.add_standing(NotifierStanding("N2", "fast_track"))
    history.add_standing(NotifierStanding("N1", "suspended"))
    assert history.read_so_far() == Offsets(3, 3, 4)
    tiers = [{name: one.tier for name, one in history.at(Offsets(3, 3, offset)).standings.items()} for offset in range(5)]
    assert tiers == [{}, {"N1": "warned"}, {"N1": "warned"}, {"N1": "warned", "N2": "fast_track"}, {"N1": "suspended", "N2": "fast_track"}]


def test_the_registry_version_names_offset_and_content() -> None:
    first, second = full().at(Offsets(1, 1)).registry.version, full().at(Offsets(2, 1)).registry.version
    assert (first.split("-")[0], second.split("-")[0]) == ("1", "2")
    assert first.split("-")[1] == second.split("-")[1] != full().at(Offsets(3, 1)).registry.version.split("-")[1]


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        (Offsets(0, 0), "no good policy"),
        (Offsets(4, 3), "asks for 4 records of the topic rights"),
        (Offsets(3, 3, 1), "asks for 1 records of the topic notifier-standings, 0 have been read"),
    ],
)
def test_what_is_not_there_is_refused(offsets: Offsets, message: str) -> None:
    with pytest.raises(MissingReferenceError, match=message):
        full().at(offsets)


def test_policies_may_be_altered_for_a_trial() -> None:
    history = full()
    history.at(Offsets(3, 3))
    history.alter_policies(lambda policy: policy.model_copy(update={"version": "trial"}))
    assert history.at(Offsets(3, 3)).policy.version == "trial"


class Interrupted(History):
    """While the registry of the first offset is built, another thread asks for the second."""

    def _build(self, offset: int) -> Registry:
        if offset == 1:
            self.meanwhile = self.at(Offsets(2, 1))
        return super()._build(offset)


def test_what_another_thread_has_built_meanwhile_is_kept() -> None:
    history = Interrupted()
    history.add_policy(default_policy())
    history.add_right(right())
    history.add_right(right(brand="Puma"))
    first = history.at(Offsets(1, 1))
    assert history.at(Offsets(1, 1)) is first
    assert history.at(Offsets(2, 1)) is history.meanwhile


def test_the_newest_few_are_held() -> None:
    history = full()
    held = [history.at(Offsets(rights, 1)) for rights in range(4)]
    assert [history.at(Offsets(rights, 1)) for rights in range(4)] == held
    oldest = held[0]
    history.at(Offsets(3, 3))
    assert history.at(Offsets(0, 1)) is not oldest
