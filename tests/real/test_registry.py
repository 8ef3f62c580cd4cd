"""The real registry has faults, and the check names them."""

from collections import defaultdict
from pathlib import Path

import orjson

from pipeline.events.right import Right
from tests.unit.care.test_check import checked


def test_the_real_registry_has_the_faults_that_it_is_known_for(real_data: Path, tmp_path: Path) -> None:
    rows = [orjson.loads(line) for line in (real_data / "brands.jsonl").read_bytes().splitlines()]
    rights = [
        Right(row["brand_id"], row["brand_id"], row["name"], "trademark", row["name"], aliases=tuple(row.get("aliases", ())))
        for row in rows
    ]
    report = checked(tmp_path, rights, most_examples=len(rows))
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        owners[row["name"].casefold()].add(row["brand_id"])
    plain = {
        (row["brand_id"], alias)
        for row in rows
        for alias in row.get("aliases", ())
        if owners.get(alias.casefold(), set()) - {row["brand_id"]}
    }
    found = {(fault.right_id, fault.what) for fault in report.examples["alias-of-another"]}
    assert len(plain) >= 100
    assert plain <= found
    assert "中国" in {fault.what for fault in report.examples["place-alias"]}
