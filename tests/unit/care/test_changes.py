from pipeline.care.changes import AliasChange, changes
from pipeline.events.right import Alias, Right
from tests.build import right


def by_id(*rights: Right) -> dict[str, Right]:
    return {one.right_id: one for one in rights}


def test_rights_are_added_removed_and_changed() -> None:
    old = by_id(right(), right(right_id="R2"), right(right_id="R3"))
    found = changes(old, by_id(right(holder="Another"), right(right_id="R3"), right(right_id="R4")))
    assert found == (("R4",), ("R2",), ("R1",), ())


def test_aliases_are_added_removed_and_put_on_trial() -> None:
    old = by_id(right(aliases=("Stays", "Goes", "Doubtful", Alias("Proven", status="shadow"))))
    new = by_id(right(aliases=(Alias("Stays"), "Comes", Alias("Doubtful", status="shadow"), "Proven")))
    assert changes(old, new).aliases == (
        AliasChange("R1", "Nike", "Goes", "removed"),
        AliasChange("R1", "Nike", "Doubtful", "shadow"),
        AliasChange("R1", "Nike", "Proven", "active"),
        AliasChange("R1", "Nike", "Comes", "added"),
    )


def test_nothing_changes_between_equals() -> None:
    assert not any(changes(by_id(right()), by_id(right())))
