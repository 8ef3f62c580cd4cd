"""The names of countries and languages that are shipped are those of the CLDR that they were made from."""

from importlib.metadata import version
from importlib.resources import files

from scripts.update_places import rows


def test_the_table_is_what_its_script_makes() -> None:
    table = (files("pipeline.care") / "data" / "places.tsv").read_text(encoding="utf-8")
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    assert lines == ["\t".join(row) for row in rows()], "run `python -m scripts.update_places`"
    assert f"as Babel {version('babel')} has it;" in table.splitlines()[0]
