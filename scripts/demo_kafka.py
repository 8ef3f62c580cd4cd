"""The samples on a real Kafka, in one go: broker, topics, reference data, workers; and whether the outcome is that of the local replay.

python -m scripts.demo_kafka OUT [--partitions N]

Ends with 1 where it is not.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.flow import TOPICS
from pipeline.settings import Settings
from scripts.broker.broker import Broker
from scripts.broker.jars import BrokerError
from scripts.broker.workers import Workers, all_read, environment

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
TAKEDOWN = Path(sys.executable).parent / "takedown"
DECISIONS = tuple(topic.name for topic in TOPICS.values() if topic.role == "output")
_PATIENCE = 300.0  # seconds in which the workers must have read everything

console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Run everything, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the folder to make; an earlier one is replaced")
    parser.add_argument("--partitions", type=int, default=4)
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="demo-kafka-") as scratch:
        console.print("Starting a broker ...")
        try:
            broker = Broker(Path(scratch) / "broker").start()
        except BrokerError as error:
            console.print(f"error: {error}", markup=False, style="red")
            return 1
        try:
            return demo(broker, options.partitions, options.out, Path(scratch))
        finally:
            broker.stop()


def demo(broker: Broker, partitions: int, out: Path, scratch: Path) -> int:
    """Play the samples to workers, recompute what they wrote, and compare it with a local replay."""
    settings = Settings(bootstrap=broker.bootstrap, partitions=partitions, state_dir=scratch / "state")
    out.mkdir(parents=True)
    with Workers(settings, scratch / "workers") as workers:
        takedown(settings, "topics", "create")
        takedown(settings, "rights", "load", SAMPLES / "rights.jsonl.gz")
        takedown(settings, "notifiers", "load", SAMPLES / "notifier-standings.jsonl.gz")
        takedown(settings, "policy", "publish")
        for stage in ("dedupe", "brand-match", "flagging"):
            console.print(f"$ takedown worker {stage} &", style="bold")
            workers.start(stage)
        takedown(settings, "replay", SAMPLES, "--to", broker.bootstrap)
        asyncio.run(all_read(settings, _PATIENCE))
        takedown(settings, "status")
        console.print("$ kill %1 %2 %3", style="bold")
        workers.stop()
    takedown(settings, "replay", "--from", broker.bootstrap, "--out", out / "kafka", "--compare")
    takedown(settings, "replay", SAMPLES, "--out", out / "local", "--partitions", partitions)
    return show(out)


def takedown(settings: Settings, *arguments: object) -> None:
    """Run a command as an operator would, and show it. Raises CalledProcessError."""
    console.print(f"$ takedown {' '.join(map(str, arguments))}", style="bold", markup=False)
    subprocess.run([TAKEDOWN, *map(str, arguments)], env=environment(settings), check=True)


def show(out: Path) -> int:
    """Show whether the decisions of both are the same, byte for byte."""
    table = Table("decisions", "on Kafka", "local", "", box=None)
    equal = True
    for topic in DECISIONS:
        kafka, local = ((out / where / f"{topic}.jsonl").read_bytes() for where in ("kafka", "local"))
        equal = equal and kafka == local
        table.add_row(topic, lines(kafka), lines(local), "equal" if kafka == local else "DIFFERENT")
    console.print(table)
    console.print("The outcome is that of the local replay." if equal else "The outcome is not that of the local replay.")
    return 0 if equal else 1


def lines(text: bytes) -> str:
    """Return the number of lines of a file."""
    return f"{len(text.splitlines()):,}"


if __name__ == "__main__":
    sys.exit(main())
