import msgspec
import pytest

from pipeline.codec import DecodingError, decode
from pipeline.events.dead_letter import Fault
from pipeline.flow import TOPICS
from pipeline.stages.record import ORIGINAL_LIMIT, Outputs, Record, Tally, dead_letter

FAULT = Fault("invalid", "wrong", "$.title")


def test_a_dead_letter_keeps_place_fault_and_bytes() -> None:
    letter = dead_letter("dedupe", Record("listings", 2, 7, b"{}", key="S1", headers={"file": "a"}), FAULT)
    assert (letter.topic, letter.partition, letter.offset, letter.key, letter.original) == ("listings", 2, 7, "S1", "e30=")
    assert (letter.error, letter.headers) == (FAULT, {"file": "a"})


def test_the_same_input_gives_the_same_letter_and_another_another_hash() -> None:
    one, two, three = (dead_letter("dedupe", Record("listings", 0, 1, raw), FAULT) for raw in (b"a", b"a", b"b"))
    assert one == two
    assert one.input_hash != three.input_hash


def test_personal_data_and_large_inputs_are_not_copied() -> None:
    large, limit = (dead_letter("dedupe", Record("listings", 0, 1, b"x" * size), FAULT) for size in (ORIGINAL_LIMIT + 1, ORIGINAL_LIMIT))
    assert (large.original is None, limit.original is None) == (True, False)
    for topic in ("notices", "rulings", "appeals"):
        assert dead_letter("dedupe", Record(topic, 0, 1, b"my name"), FAULT).original is None


@pytest.mark.parametrize(("topic", "kept"), [("listings", True), ("notices", False), ("rulings", False), ("appeals", False)])
def test_what_people_wrote_into_the_wrong_field_is_not_repeated(topic: str, kept: bool) -> None:
    kind = TOPICS[topic].events[0]
    field = {"listings": "change", "notices": "kind", "rulings": "verdict", "appeals": "grounds"}[topic]
    with pytest.raises(DecodingError) as caught:
        decode(msgspec.defstruct("Part", [(field, kind.__annotations__[field])]), b'{"%s":"my name"}' % field.encode())
    assert "my name" in caught.value.fault.message
    letter = dead_letter("dedupe", Record(topic, 0, 1, b""), caught.value.fault)
    assert ("my name" in letter.error.message, letter.error.path) == (kept, f"$.{field}")


def test_the_residual_is_what_has_no_disposition() -> None:
    tally = Tally(taken=10, passed=3, kept=2)
    tally.dropped["stale"] = 2
    tally.dead["invalid"] = 2
    assert tally.residual == 1


def test_tallies_and_outputs_add_up() -> None:
    first, second = Outputs(), Outputs()
    for outputs in (first, second):
        outputs.emit("out", None, "event", Record("listings", 0, 1, b""))
        outputs.bury("dedupe", Record("listings", 0, 1, b""), FAULT)
        outputs.tally.taken, outputs.tally.passed = 2, 1
    first.extend(second)
    assert (len(first.events), len(first.dead_letters), first.tally.taken, first.tally.dead["invalid"]) == (2, 2, 4, 2)
    assert first.tally.residual == 0
