"""Write down what a replay of the samples gives: lines and digest of each topic. Read the difference before you commit it.

python -m scripts.build_golden
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from xxhash import xxh3_128_hexdigest

from pipeline.local.replay import Plan, replay

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests/replay/golden.json"


def digests(out: Path) -> dict[str, Any]:
    """Return the number of lines and the digest of each file of a replay."""
    return {path.name: _digest(path.read_bytes()) for path in sorted(out.iterdir())}


def _digest(raw: bytes) -> dict[str, Any]:
    return {"lines": raw.count(b"\n"), "digest": xxh3_128_hexdigest(raw)}


def main() -> None:
    """Replay the samples and write the golden file."""
    with tempfile.TemporaryDirectory() as scratch:
        replay(Plan(ROOT / "samples", Path(scratch) / "out"))
        GOLDEN.write_text(json.dumps(digests(Path(scratch) / "out"), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
