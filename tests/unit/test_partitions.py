import pytest

from pipeline.partitions import murmur2, partition_of


# Source: org.apache.kafka.common.utils.UtilsTest.testMurmur2
@pytest.mark.parametrize(
    ("data", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_kafkas(data: bytes, hashed: int) -> None:
    assert murmur2(data) == hashed % 2**32


def test_keys_spread_over_all_partitions() -> None:
    assert {partition_of(f"seller-{number}", 7) for number in range(200)} == set(range(7))


def test_one_partition_takes_all() -> None:
    assert partition_of("anyone", 1) == 0
