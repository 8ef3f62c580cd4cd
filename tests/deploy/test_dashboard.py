"""The dashboard: it is current, it shows the whole catalogue, and every query of it gets data from a real Prometheus of live workers.

Prometheus is a package of Debian and Ubuntu (apt install prometheus); where it is missing, what needs it is skipped, loudly.
"""

import asyncio
import math
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from pipeline.events.clock import Tick
from pipeline.events.ids import derive
from pipeline.events.listing import Listing
from pipeline.events.ruling import DecidedBy, Ruling
from pipeline.metrics import CATALOGUE
from pipeline.policy.loader import default_text
from pipeline.settings import Settings
from scripts import build_metrics_doc
from scripts.broker.workers import Workers, all_read
from scripts.build_dashboard import DATASOURCE, FILE, build, rows
from scripts.build_picture import CHOSEN, chosen, with_gaps
from scripts.prometheus import Prometheus
from tests import story
from tests.build import FAKE, START, at, listing, right
from tests.kafka.world import offer, publish_policy, publish_rights

DEPLOY = Path(__file__).parents[2] / "deploy"
PROVISIONING = DEPLOY / "grafana" / "provisioning"
BAND = "pipeline:takedown_takedowns:rate1h"
PATIENCE = 90.0  # seconds
WINDOW = "1m"  # for $__rate_interval
QUERIES = [query.expr for _, panels in rows() for panel in panels for query in panel.queries]


def loaded(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


# -- the files


def test_the_dashboard_is_current(tmp_path: Path) -> None:
    build(tmp_path / "takedown.json")
    assert FILE.read_bytes() == (tmp_path / "takedown.json").read_bytes(), "make dashboards"


def test_the_page_of_metrics_is_current(tmp_path: Path) -> None:
    build_metrics_doc.build(tmp_path / "metrics.md")
    assert build_metrics_doc.DOCS.read_text(encoding="utf-8") == (tmp_path / "metrics.md").read_text(encoding="utf-8"), "make dashboards"


def test_every_metric_is_shown_and_described() -> None:
    shown, described = "\n".join(QUERIES), build_metrics_doc.DOCS.read_text(encoding="utf-8")
    for metric in CATALOGUE:
        assert re.search(rf"\b{metric.name}(_bucket)?\b", shown), metric.name
        assert f"`{metric.name}`" in described, metric.name


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in orjson.loads(FILE.read_bytes())["panels"]:
        grid = panel["gridPos"]
        cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24
        taken |= cells


def test_ids_are_unique_and_legends_name_labels_that_the_query_keeps() -> None:
    panels = orjson.loads(FILE.read_bytes())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for target in [target for panel in panels for target in panel.get("targets", ())]:
        for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
            assert re.search(rf"by \([^)]*\b{label}\b", target["expr"]) or label == "instance" or target["expr"].startswith(f"{label}:")


def test_only_what_is_provisioned_is_asked() -> None:
    (source,) = loaded(PROVISIONING / "datasources" / "prometheus.yml")["datasources"]
    assert (source["uid"], source["type"]) == (DATASOURCE["uid"], DATASOURCE["type"])
    used = {uid.decode() for uid in re.findall(rb'"uid": "([^"]*)"', FILE.read_bytes())}
    assert used == {source["uid"], orjson.loads(FILE.read_bytes())["uid"]}
    interval = loaded(DEPLOY / "prometheus" / "prometheus.yml")["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == interval, "Grafana chooses $__rate_interval by it"


def test_the_dashboard_lies_where_grafana_looks() -> None:
    (provider,) = loaded(PROVISIONING / "dashboards" / "takedown.yml")["providers"]
    volumes = loaded(DEPLOY.parent / "docker-compose.yml")["services"]["grafana"]["volumes"]
    assert f"./{FILE.parent.relative_to(DEPLOY.parent)}:{provider['options']['path']}:ro" in volumes


def test_the_picture_is_of_panels_that_there_are_and_breaks_its_lines_where_nothing_is_known() -> None:
    assert [panel.title for panel in chosen()] == [title for _, title in CHOSEN]
    line = list(with_gaps([(10.0, "1"), (11.0, "2"), (20.0, "3")]))
    assert [when for when, _ in line] == [10.0, 11.0, 12.0, 20.0]
    assert [math.isnan(value) for _, value in line] == [False, False, True, False]


# -- every query, asked of a Prometheus that reads live workers


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    """Start a Prometheus that remembers a day of takedowns, or skip."""
    if shutil.which("prometheus") is None:
        pytest.skip("NO QUERY OF THE DASHBOARD IS TESTED: prometheus is missing (Debian, Ubuntu: apt install prometheus)")
    server = Prometheus(tmp_path / "prometheus")
    remember_a_day(server)
    with server:
        yield server


def remember_a_day(server: Prometheus) -> None:
    """Write the rates of the day before, of which the usual band is made."""
    now = int(time.time())
    values = "".join(f"{BAND} 0.01 {now - 600 * ago}\n" for ago in range(150, 3, -1))
    history = server.folder / "history.txt"
    history.write_text(f"# TYPE {BAND} gauge\n{values}# EOF\n", encoding="utf-8")
    command = ("promtool", "tsdb", "create-blocks-from", "openmetrics", str(history), str(server.data))
    subprocess.run(command, check=True, capture_output=True)


def market() -> list[Listing]:
    """Return a few hundred listings: of honest sellers, of sellers of fakes, some of whom are closed, and of one who may be either."""
    honest = [
        listing("Nike Air Max 90", listing_id=f"H{number}", seller_id=f"H{number % 40}", event_time=at(minutes=1)) for number in range(200)
    ]
    fakes = [
        listing(FAKE, listing_id=f"F{number}", seller_id=f"F{number % 10}", event_time=at(minutes=1, days=number // 10))
        for number in range(100)
    ]
    doubtful = [listing("Nike replica", listing_id="D1", seller_id="D1", event_time=at(minutes=1))]
    return [*honest, *doubtful, *fakes]


def of_a_small_team() -> str:
    """Return a policy by which one question a day is asked, beside the urgent ones, and stores close without being asked about."""
    text = default_text()
    for old, new in (("budget = 0 ", "budget = 1 "), ("ask_before_closure = true ", "ask_before_closure = false ")):
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
async def traded(topics: Settings) -> Settings:
    """Publish reference data, and offer listings day by day, one of them twice, and bytes that are no listing."""
    await publish_policy(topics, of_a_small_team())
    await publish_rights(topics, right(notifier_ids=("HOLDER",)))
    events: list[Any] = [Tick(START)]
    day = START
    for each in sorted(market(), key=lambda each: each.event_time):
        if each.event_time.date() != day.date():
            day = each.event_time
            events.append(Tick(day.replace(minute=0)))
        events.append(each)
    await offer(topics, *events, market()[0], b"no listing", Tick(at(days=20)))
    return topics


@pytest.mark.timeout(240)
async def test_every_query_gets_data(prometheus: Prometheus, traded: Settings, tmp_path: Path) -> None:
    with Workers(traded, tmp_path / "workers") as workers:
        before = workers.start("flagging")
        others = [workers.start(stage) for stage in ("dedupe", "brand-match")]
        await all_read(traded, PATIENCE)
        before.kill()  # the one that takes over recovers the state, since it has none
        after = workers.start("flagging")
        await served(workers, len(others) + 1)
        prometheus.read(*(each.url for each in (*others, after) if each.url))
        empty, more = QUERIES, happenings()
        until = time.monotonic() + PATIENCE
        while empty and time.monotonic() < until:
            workers.check()
            await offer(traded, *next(more))
            await asyncio.sleep(1)
            empty = [query for query in empty if not has_data(prometheus, query)]
    assert empty == []


def happenings() -> Iterator[tuple[Any, ...]]:
    """Yield what is offered, said and ruled while Prometheus reads, so that something of everything moves."""
    for number in count():
        yield from ((*reversed_takedown(f"M{number}"), *upheld_appeal(f"A{number}"), *questions(f"Q{number}"), *notices(f"N{number}")),)


LATER = at(days=20, minutes=1)
COURT, REVIEWER = DecidedBy("court", "C"), DecidedBy("reviewer", "P")


def later(seconds: int) -> datetime:
    return LATER + timedelta(seconds=seconds)


def of_the_offer(kind: str, name: str) -> str:
    """Return the id of what is decided on the offer of a listing whose seller has the same name."""
    return derive(kind, name, name, "1", LATER.isoformat())


def reversed_takedown(name: str) -> tuple[Any, ...]:
    fake = listing(FAKE, listing_id=name, seller_id=name, event_time=LATER)
    return fake, Ruling(f"R{name}", name, later(1), "reverse", COURT, takedown_id=of_the_offer("takedown", name))


def upheld_appeal(name: str) -> tuple[Any, ...]:
    fake = listing(FAKE, listing_id=name, seller_id=name, event_time=LATER)
    objection = story.appeal(later(1), appeal_id=name, seller_id=name, takedown_id=of_the_offer("takedown", name))
    return fake, objection, Ruling(f"R{name}", name, later(2), "uphold", REVIEWER, appeal_id=name)


def questions(name: str) -> tuple[Any, ...]:
    """Return an urgent question that is answered, and one for which the budget does not suffice."""
    urgent = listing("Nike replica", listing_id=name, seller_id=name, category="toys", event_time=LATER)
    answer = Ruling(f"R{name}", name, later(1), "inconclusive", REVIEWER, review_id=of_the_offer("review", name))
    return urgent, listing("Nike replica", listing_id=f"{name}b", seller_id=name, event_time=LATER), answer


def notices(name: str) -> tuple[Any, ...]:
    """Return a notice that is refused and, after a complaint, accepted; and one that is taken back while it waits for its listing."""
    said = {"seller_id": name, "listing_id": name}
    return (
        listing("Nike Air Max 90", listing_id=name, seller_id=name, event_time=LATER),
        story.notice(later(1), notice_id=name, accurate=False, **said),
        story.appeal(later(2), appeal_id=name, seller_id=name, notice_id=name, notifier_id="HOLDER"),
        Ruling(f"R{name}", name, later(3), "reverse", REVIEWER, appeal_id=name),
        story.notice(later(1), notice_id=f"{name}w", seller_id=name, listing_id="NEVER"),
        story.notice(later(60), notice_id=f"{name}r", kind="retraction", retracts=f"{name}w", seller_id=name, listing_id="NEVER"),
    )


async def served(workers: Workers, number: int) -> None:
    """Wait until so many workers that run serve HTTP."""
    until = time.monotonic() + PATIENCE
    while sum(each.url is not None for each in workers.running) < number:
        workers.check()
        assert time.monotonic() < until, workers.logs()
        await asyncio.sleep(0.2)


def has_data(prometheus: Prometheus, query: str) -> bool:
    """Whether a query gives a series with a number."""
    return any(not math.isnan(float(each["value"][1])) for each in prometheus.ask(query.replace("$__rate_interval", WINDOW)))
