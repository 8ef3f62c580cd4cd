from io import BytesIO

from pipeline.codec import encode
from pipeline.kafka.compare import Shares, Strand
from pipeline.partitions import partition_of
from tests.unit.kafka.test_messages import outcome

NOTIFIERS = [f"N{number}" for number in range(8)]


def strand(*lines: bytes) -> Strand:
    return Strand(iter(lines), len(lines))


def test_what_is_the_same_is_not_different() -> None:
    same = strand(b"1", b"2")
    same.take(10, b"1")
    same.take(17, b"2")
    same.end()
    assert (same.count, same.number, same.expired, same.difference) == (2, 2, 0, None)


def test_the_first_difference_is_kept() -> None:
    other = strand(b"1", b"2", b"3")
    for offset, value in enumerate((b"1", b"x", b"y")):
        other.take(offset, value)
    other.end()
    assert other.difference == "offset 1: recomputed 2, held x"


def test_what_is_held_too_much_or_too_little_is_a_difference() -> None:
    more, less = strand(b"1"), strand(b"1", b"2", b"3")
    for each in (more, less):
        each.take(0, b"1")
    more.take(1, b"2")
    for each in (more, less):
        each.end()
    assert more.difference == "offset 1: recomputed nothing, held 2"
    assert less.difference == "record 2 and 1 more: recomputed 2, held nothing"


def test_what_retention_has_taken_is_no_difference() -> None:
    old = strand(b"1", b"2", b"3")
    old.expire(held=1)
    old.take(12, b"3")
    old.end()
    assert (old.expired, old.difference) == (2, None)


def test_lines_are_shared_out_by_their_key_and_keep_the_order_of_their_writer() -> None:
    """Writer 0 has every line about an even number, writer 2 the others; writer 1 has none."""
    lines = {
        writer: [encode(outcome(notice_id=f"C{number}", notifier_id=NOTIFIERS[number % 8])) for number in range(start, 40, 2)]
        for writer, start in ((0, 0), (2, 1))
    }
    text = b"".join(line + b"\n" for own in lines.values() for line in own)
    shares = Shares(BytesIO(text), "notice-outcomes", {writer: len(own) for writer, own in lines.items()}, 3)
    seen = 0
    for partition in range(3):
        of_here = {name for name in NOTIFIERS if partition_of(name, 3) == partition}
        strands = shares.strands(partition)
        assert strands.keys() <= {0, 2}
        for writer, share in strands.items():
            assert writer is not None
            own = [line for line in lines[writer] if any(b'"notifier_id":"%s"' % name.encode() in line for name in of_here)]
            for offset, line in enumerate(own):
                share.take(offset, line)
            share.end()
            assert (share.difference, share.count) == (None, len(own))
            seen += len(own)
    assert seen == 40


def test_strands_of_one_file_can_be_read_by_turns() -> None:
    own = [encode(outcome(notice_id=f"C{number}")) for number in range(4)]
    shares = Shares(BytesIO(b"".join(line + b"\n" for line in own)), "notice-outcomes", {0: 2, 1: 2}, 1)
    strands = shares.strands(0)
    for offset, (writer, line) in enumerate(((1, own[2]), (0, own[0]), (0, own[1]), (1, own[3]))):
        strands[writer].take(offset, line)
    assert [each.difference for each in strands.values()] == [None, None]
