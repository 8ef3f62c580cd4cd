"""Show one takedown, one warning and one store closure of a replay, and one listing from the notice to its put-back, each as a whole chain.

python -m scripts.demo OUT
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

TAKEDOWN = Path(sys.executable).parent / "takedown"


def main(out: Path) -> None:
    """Explain the first of each kind that there is."""
    for kind, ident in chosen(out):
        print(f"\n$ takedown explain {out} {ident} --as {kind}", flush=True)
        subprocess.run([TAKEDOWN, "explain", out, ident, "--as", kind], check=True)


def chosen(out: Path) -> Iterator[tuple[str, str]]:
    """Yield what is explained, as its kind and id: the first takedown that costs points, warning, closure and story of a put-back."""
    costly = (event for event in events(out, "takedowns") if event["points"])
    for kind, found in (("takedown", costly), ("warning", events(out, "seller-warnings")), ("closure", events(out, "store-closures"))):
        first = next(found, None)
        if first is not None:
            yield kind, first[f"{kind}_id"]
    back = next(put_back(out), None)
    if back is not None:
        yield "listing", back["listing_id"]


def put_back(out: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what was put back by a deadline after a notice took it down; first that which people reversed afterwards, if there is any."""
    accepted = {
        event["takedown_id"] for event in events(out, "notice-outcomes") if event["outcome"] == "accepted" and "takedown_id" in event
    }
    found = [event for event in events(out, "reinstatements") if event["cause"] == "deadline" and event["takedown_id"] in accepted]
    ruled = {event["takedown_id"] for event in events(out, "reinstatements") if event["cause"] == "ruling" and "takedown_id" in event}
    removed = {event["listing"]["listing_id"] for event in events(out, "events.unique") if is_removal(event)}
    swept = {event["listing_id"] for event in events(out, "takedowns") if event["source"] == "closure"}
    offered = (event for event in found if event["listing_id"] not in removed | swept)  # of what is not offered again nothing is to be seen
    yield from sorted(offered, key=lambda event: event["takedown_id"] not in ruled)


def is_removal(event: Mapping[str, Any]) -> bool:
    """Tell whether a seller removes a listing."""
    return bool(event["kind"] == "listing" and event["listing"]["change"] == "removed")


def events(out: Path, topic: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a topic."""
    with (out / f"{topic}.jsonl").open("rb") as lines:
        yield from map(orjson.loads, lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
