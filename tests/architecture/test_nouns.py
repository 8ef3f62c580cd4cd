"""The nouns of the map are those of files, schemas and stages."""

import re
from pathlib import Path

import pytest

from pipeline.flow import DEAD_LETTERS, INPUTS, OUTPUTS, REFERENCES, SEQUENCE, STAGES, TOPICS, readers, writer
from pipeline.stages import brand_match, dedupe, flagging


def test_each_topic_has_one_writer_but_dead_letters() -> None:
    for topic in TOPICS:
        writers = [stage.name for stage in STAGES if topic in stage.writes]
        assert len(writers) == (1 if topic in OUTPUTS else 0), topic
    assert writer(DEAD_LETTERS) is None


def test_every_stage_reads_and_writes_known_topics() -> None:
    for stage in STAGES:
        assert {*stage.reads, *stage.writes} <= TOPICS.keys()


def test_every_input_and_the_sequence_is_read_and_reference_data_by_all() -> None:
    assert all(readers(topic) for topic in (*INPUTS, SEQUENCE))
    assert all(readers(topic) == tuple(stage.name for stage in STAGES) for topic in REFERENCES)


def test_after_dedupe_there_is_one_input() -> None:
    assert [len(stage.reads) for stage in STAGES[1:]] == [1] * len(STAGES[1:])
    assert [stage.reads[0] for stage in STAGES[1:]] == [stage.writes[0] for stage in STAGES[:-1]]


@pytest.mark.parametrize(("module", "name"), [(dedupe, "dedupe"), (brand_match, "brand-match"), (flagging, "flagging")])
def test_a_stage_bears_the_name_of_the_map(module: object, name: str) -> None:
    assert getattr(module, "NAME") == name  # noqa: B009 - the constant of a module given as a value
    assert name in {stage.name for stage in STAGES}
    assert Path(f"pipeline/stages/{name.replace('-', '_')}.py").is_file()


def test_every_signal_has_a_file_and_a_test_of_its_name() -> None:
    files = {path.stem for path in Path("pipeline/signals").glob("*.py")} - {"__init__", "case", "catalogue"}
    from pipeline.signals.catalogue import SIGNALS  # noqa: PLC0415

    codes = {code for code, *_ in SIGNALS}
    assert codes <= files
    assert {f"test_{code}" for code in codes} <= {path.stem for path in Path("tests/unit/signals").glob("*.py")}


def test_every_module_has_a_docstring_that_says_what_it_is() -> None:
    bare = [path for path in Path("pipeline").rglob("*.py") if not re.match(r'"""\S.{10,}', path.read_text(encoding="utf-8"))]
    assert bare == []


def test_every_unit_test_mirrors_a_module() -> None:
    strays = [
        path
        for path in Path("tests/unit").rglob("test_*.py")
        if not Path("pipeline", *path.parent.parts[2:], f"{path.stem.removeprefix('test_')}.py").exists()
    ]
    assert strays == []
