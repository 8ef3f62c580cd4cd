"""The broker's jars: assembled once by Maven from pom.xml, and kept in the user's cache."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")


class BrokerError(RuntimeError):
    """No broker can be had here; the message says what is missing."""


def jars() -> Path:
    """Return the folder of jars, after a first download of some 54 MB. Raises BrokerError where Java or Maven is missing or fails."""
    version = re.findall(r"<version>([\d.]+)</version>", POM.read_text(encoding="utf-8"))[0]
    place = _cache() / f"kafka-{version}"
    if not place.is_dir():
        _assemble(place)
    return place


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "takedown-pipeline"


def _assemble(place: Path) -> None:
    """Let Maven fill a folder beside the place, and move it there when it is complete: two at once do no harm."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise BrokerError(f"{tool} is not installed; on Debian and Ubuntu: apt install default-jre-headless maven")
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        libs = Path(scratch) / "libs"
        shutil.copy(POM, scratch)
        command = ["mvn", "-q", "-B", "-f", f"{scratch}/pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={libs}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrokerError(f"Maven could not assemble the broker:\n{(done.stdout + done.stderr)[-2000:]}")
        if not place.is_dir():
            libs.rename(place)
