"""Hashes of pictures and of what is done to them: of the test pictures of PDQ (facebook/ThreatExchange, BSD, see pdq/LICENSE-*)."""

import json
from pathlib import Path

from pipeline.events.listing import Image

_FILE = Path(__file__).parent / "pdq" / "hashes.jsonl"
IMAGES = {
    line["file"].removesuffix(".jpg"): Image(line["file"], line["phash"], line["pdq"], line["pdq_quality"])
    for line in map(json.loads, _FILE.read_text(encoding="utf-8").splitlines())
}
ORIGINAL = IMAGES["bridge-mods--aaa-orig"]
CHANGED = {name.partition("--")[2]: image for name, image in IMAGES.items() if name.startswith("bridge-mods--") and image is not ORIGINAL}
TURNED = {name.partition("--")[2]: image for name, image in IMAGES.items() if name.startswith("dih--") and "original" not in name}
OTHERS = {name.partition("--")[2]: image for name, image in IMAGES.items() if name.startswith("labelme")}
