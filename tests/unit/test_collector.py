import gc

from pipeline.collector import leave_alone, long_lived_left_alone


def test_what_is_there_is_left_alone_until_the_end() -> None:
    before = gc.get_threshold()
    with long_lived_left_alone():
        frozen = gc.get_freeze_count()
        made = [[number] for number in range(10_000)]
        leave_alone()
        assert gc.get_freeze_count() > frozen + len(made) - 100
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before
