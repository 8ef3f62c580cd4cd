"""One run: a simulated marketplace with its people is played into Kafka while workers and broker are killed, frozen, added and taken away.

python -m scripts.chaos.run [--listings N] [--worker-kills N] [--broker-kills N] [--rebalances N] [--zombies N] [--seconds N] [--seed N]

Ends with 1 where anything was lost, added or done twice, and where nothing was aborted or fenced: such a run proves nothing.
"""

import argparse
import asyncio
import json
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.codec import encode
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.events.standing import NotifierStanding
from pipeline.flow import STAGES, TOPICS
from pipeline.kafka.play import play
from pipeline.kafka.publish import publish
from pipeline.kafka.retry import patiently
from pipeline.kafka.topics import create
from pipeline.local.inputs import files_of, records
from pipeline.local.references import POLICIES, RIGHTS, STANDINGS
from pipeline.local.rehearsal import Rehearsal
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings
from pipeline.simulate.simulate import simulate
from scripts.broker.broker import Broker
from scripts.broker.workers import Workers, all_read
from scripts.chaos.actions import FENCED, Actions, Amounts
from scripts.chaos.judge import Verdict, judge

COMPACTING = "log.roll.ms=5000\nlog.cleaner.min.cleanable.ratio=0.01"  # so that changelogs are compacted while they are in use
_EVENT_DAYS = 20.0  # enough for people to complain, to object, and to be answered, and for what is put back by deadline
_PATIENCE = 600.0  # seconds in which the workers must catch up at the end
_REOPENED = "is opened anew"
_OF_PEOPLE = ("notices", "rulings", "appeals")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen, for about how many seconds."""

    listings: int
    amounts: Amounts
    seconds: float
    seed: int
    partitions: int = 4
    brands: int = 500


@dataclass(slots=True)
class Report:
    """What was done, how the workers took it, and what is to be said of the outcome."""

    done: Counter[str]
    fenced: int
    reopened: int
    seconds: float
    played: Counter[str]
    verdict: Verdict

    @property
    def faults(self) -> list[str]:
        """Everything that should not be; that nothing was aborted, fenced or compacted proves nothing."""
        found = list(self.verdict.faults)
        if not self.verdict.aborted:
            found.append("no transaction was aborted")
        if self.done["zombies"] and not self.fenced:
            found.append("no zombie was fenced")
        if not self.verdict.compacted:
            found.append("nothing was compacted")
        found += [f"nobody wrote any {topic}" for topic in _OF_PEOPLE if not self.played[topic]]
        found += [f"there are no {topic}" for topic in ("takedowns", "notice-outcomes", "reinstatements") if not self.verdict.held(topic)]
        return found


async def run(plan: Plan, broker: Broker, scratch: Path, say: Callable[[str], None]) -> Report:
    """Run everything, in a folder that the caller removes. Raises TimeoutError where the workers do not catch up."""
    chance = random.Random(plan.seed)
    simulate(scratch / "played", listings=plan.listings, seed=plan.seed, brands=plan.brands, days=_EVENT_DAYS, pipeline=Rehearsal())
    settings = Settings(
        bootstrap=broker.bootstrap,
        application="chaos",
        partitions=plan.partitions,
        state_dir=scratch / "state",
        session_timeout=6,
        chunk_records=250,
        dead_letter_limit=100_000,
    )
    began = time.monotonic()
    with Workers(settings, scratch / "workers") as workers:
        return await _run(plan, settings, workers, Actions(workers, broker, plan.amounts, chance, say), scratch, say, began)


async def _run(
    plan: Plan, settings: Settings, workers: Workers, actions: Actions, scratch: Path, say: Callable[[str], None], began: float
) -> Report:
    await create(settings)
    await _publish(settings, scratch / "played")
    for stage in STAGES:
        workers.start(stage.name)
    files = files_of(scratch / "played")
    speed = _EVENT_DAYS * 86_400 / plan.seconds
    playing = asyncio.create_task(play(settings, files, speed, lambda *_: None))
    changing = asyncio.create_task(_change_reference(settings, scratch / "played", plan.seconds))
    acting = asyncio.create_task(actions.run(plan.seconds / max(actions.left, 1) / 3))
    await asyncio.gather(playing, changing, acting)
    played = playing.result().records
    say(f"{played.total():,} records were played")
    await all_read(settings, _PATIENCE)
    await asyncio.to_thread(workers.stop)
    say("all workers have caught up and are stopped; now it is compared")
    logs = workers.logs()
    verdict = await judge(settings, scratch / "played", scratch)
    return Report(actions.done, logs.count(FENCED), logs.count(_REOPENED), time.monotonic() - began, played, verdict)


async def _publish(settings: Settings, folder: Path) -> None:
    await publish(settings, POLICIES, [default_policy()])
    for topic in (RIGHTS, STANDINGS):
        await publish(settings, topic, _good(topic, folder))


def default_policy() -> tuple[str, bytes]:
    """Return key and value of the default policy."""
    text = default_text()
    version = parse(text, "default").version
    return version, encode(PolicyRecord(version, text))


def _good(topic: str, folder: Path) -> list[tuple[str, bytes]]:
    """Return key and value of each good line of a reference topic."""
    key = TOPICS[topic].key or ""
    return [(getattr(record.event, key), record.raw) for record in records(topic, files_of(folder)[topic]) if record.fault is None]


async def _change_reference(settings: Settings, folder: Path, seconds: float) -> None:
    """Withdraw a right, suspend notifiers, and publish another policy, while everything is under way."""
    await asyncio.sleep(seconds / 3)
    right = next(record.event for record in records(RIGHTS, files_of(folder)[RIGHTS]) if record.fault is None)
    gone = Right(right.right_id, right.brand_id, right.brand, right.kind, right.holder, status="withdrawn")
    await patiently(lambda: publish(settings, RIGHTS, [(gone.right_id, encode(gone))]), _PATIENCE)
    suspended = [(name, encode(NotifierStanding(name, "suspended"))) for name, _ in _good(STANDINGS, folder)[::3]]
    await patiently(lambda: publish(settings, STANDINGS, suspended), _PATIENCE)
    await asyncio.sleep(seconds / 3)
    text = default_text().replace('version = "2016.1"', 'version = "2016.2"').replace("takedown = 2.0", "takedown = 2.2")
    changed = PolicyRecord(parse(text, "changed").version, text)
    await patiently(lambda: publish(settings, POLICIES, [(changed.version, encode(changed))]), _PATIENCE)


def main() -> int:
    """Run once, print what happened, and return the exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it logs every try while the broker is down
    options = _parsed()
    err, out = Console(stderr=True, highlight=False), Console(highlight=False)
    amounts = Amounts(options.worker_kills, options.broker_kills, options.rebalances, options.zombies)
    plan = Plan(options.listings, amounts, options.seconds, options.seed)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    err.print(f"seed {plan.seed}; logs in {folder} until all is well", markup=False)
    broker = Broker(folder / "broker", extra=COMPACTING).start()
    try:
        report = asyncio.run(run(plan, broker, folder, lambda text: err.print(text, markup=False)))
    finally:
        broker.stop()
    out.print(_table(rows(plan, report)))
    if options.json:
        options.json.write_text(json.dumps(rows(plan, report), indent=2) + "\n", encoding="utf-8")
    for fault in report.faults:
        out.print(fault, markup=False, style="red")
    if report.faults:
        return 1
    shutil.rmtree(folder)
    return 0


def rows(plan: Plan, report: Report) -> dict[str, int]:
    """Return what happened and what came of it, by name."""
    verdict = report.verdict
    return {
        "listings": plan.listings,
        **{topic: report.played[topic] for topic in _OF_PEOPLE},
        **{topic: verdict.held(topic) for topic in ("takedowns", "notice-outcomes", "reinstatements")},
        "seed": plan.seed,
        "seconds": round(report.seconds),
        **{what: report.done[what] for what in ("worker kills", "broker kills", "rebalances", "zombies")},
        "fenced writers": report.fenced,
        "partitions opened anew": report.reopened,
        "records of aborted transactions": verdict.aborted,
        "changelog records compacted": verdict.compacted,
        "lost": verdict.lost,
        "extra": verdict.extra,
        "twice": verdict.twice,
        "out of order": verdict.disordered,
        "partitions compared with a recomputation": len(verdict.compared),
        "of them different": sum(each.difference is not None for each in verdict.compared),
        "unaccounted for": sum(map(abs, verdict.residuals.values())),
    }


def _table(made: dict[str, int]) -> Table:
    table = Table(box=None, show_header=False)
    for what, number in made.items():
        table.add_row(what, f"{number:,}" if what != "seed" else str(number))
    return table


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=300_000)
    parser.add_argument("--worker-kills", type=int, default=30)
    parser.add_argument("--broker-kills", type=int, default=5)
    parser.add_argument("--rebalances", type=int, default=10)
    parser.add_argument("--zombies", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=420, help="in which the listings are played")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="printed; a run can be made again with it")
    parser.add_argument("--json", type=Path, help="a file to write the table to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
