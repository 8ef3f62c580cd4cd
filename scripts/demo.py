"""Show one takedown, one warning and one store closure of a replay, each with the chain behind it.

python -m scripts.demo OUT
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

TAKEDOWN = Path(sys.executable).parent / "takedown"


def main(out: Path) -> None:
    """Explain the first takedown that costs points, the first warning and the first closure."""
    takedown = next(event for event in events(out, "takedowns") if event["points"])
    for ident in (
        takedown["takedown_id"],
        next(events(out, "seller-warnings"))["warning_id"],
        next(events(out, "store-closures"))["closure_id"],
    ):
        print(f"\n$ takedown explain {out} {ident}", flush=True)
        subprocess.run([TAKEDOWN, "explain", out, ident], check=True)


def events(out: Path, topic: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a topic."""
    with (out / f"{topic}.jsonl").open("rb") as lines:
        yield from map(orjson.loads, lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
