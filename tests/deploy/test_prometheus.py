"""deploy/prometheus and deploy/runbooks: Prometheus takes the files, every alert fires and stays silent when it should, and has its page.

promtool comes with Prometheus (on Debian and Ubuntu: apt install prometheus); where it is missing, what needs it is skipped, loudly.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from pipeline.cli.main import app
from pipeline.metrics import CATALOGUE
from pipeline.settings import Settings, variable
from scripts.prometheus import Prometheus

DEPLOY = Path(__file__).parents[2] / "deploy"
PROMETHEUS, RUNBOOKS = DEPLOY / "prometheus", DEPLOY / "runbooks"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
HEADINGS = ["## Meaning", "## First look", "## Causes", "## Fix"]
_COMMAND = re.compile(r"(?:^\$ |`)takedown ([^`\n]+)", re.MULTILINE)  # in a console, or within a line
_RECORDED = re.compile(r"\b(?:partition|stage|topic|code|pipeline):[a-z0-9_]+:[a-z0-9_]+")
_METRIC = re.compile(r"(?<![:\w])takedown_[a-z_]+")


def loaded(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def rules(kind: str) -> list[Mapping[str, Any]]:
    """Return all rules that are alerts, or that record."""
    return [rule for path in RULES for group in loaded(path)["groups"] for rule in group["rules"] if kind in rule]


ALERTS = {rule["alert"]: rule for rule in rules("alert")}
COMMANDS = sorted({line for path in RUNBOOKS.iterdir() for line in _COMMAND.findall(path.read_text(encoding="utf-8"))})
every_alert = pytest.mark.parametrize("name", ALERTS)


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return promtool; skip where it is missing."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("NO RULE OF PROMETHEUS IS TESTED: promtool is missing (Debian, Ubuntu: apt install prometheus)")
    return found


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# -- what Prometheus says


def test_prometheus_takes_its_configuration(promtool: str) -> None:
    run(promtool, "check", "config", "--lint-fatal", str(PROMETHEUS / "prometheus.yml"))


def test_prometheus_takes_the_rules(promtool: str) -> None:
    run(promtool, "check", "rules", "--lint-fatal", *map(str, RULES))


@every_alert
def test_it_fires_and_stays_silent_when_it_should(promtool: str, name: str) -> None:
    run(promtool, "test", "rules", str(PROMETHEUS / "tests" / f"{name}.yml"))


# -- what the files say of each other


@every_alert
def test_both_are_tested(name: str) -> None:
    cases = loaded(PROMETHEUS / "tests" / f"{name}.yml")["tests"]
    tested: Sequence[Mapping[str, Any]] = [each for case in cases for each in case["alert_rule_test"] if each["alertname"] == name]
    assert {bool(each["exp_alerts"]) for each in tested} == {True, False}


def test_no_test_is_left_of_an_alert_that_is_gone() -> None:
    assert {path.stem for path in (PROMETHEUS / "tests").iterdir()} == set(ALERTS)


@every_alert
def test_it_says_what_is_wrong_and_where_to_read_on(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ("warning", "critical")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"].endswith(f"/{name}.md")


def test_every_page_is_of_an_alert_and_every_alert_has_one() -> None:
    assert {path.stem for path in RUNBOOKS.iterdir()} == set(ALERTS)


@every_alert
def test_a_page_has_its_four_parts(name: str) -> None:
    lines = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {name}"
    assert [line for line in lines if line.startswith("#")][1:] == HEADINGS
    starts = [lines.index(heading) for heading in HEADINGS]
    for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        assert any(line.strip() for line in lines[begin + 1 : end]), lines[begin]


def test_names_are_those_of_the_catalogue_and_of_recorded_series() -> None:
    known = {each.name for each in CATALOGUE} | {f"{each.name}_bucket" for each in CATALOGUE if each.kind == "histogram"}
    recorded = {rule["record"] for rule in rules("record")}
    texts = [rule["expr"] for kind in ("alert", "record") for rule in rules(kind)]
    texts += [text for alert in ALERTS.values() for text in alert["annotations"].values()]
    texts += [path.read_text(encoding="utf-8") for path in RUNBOOKS.iterdir()]
    for text in texts:
        assert set(_RECORDED.findall(text)) <= recorded, text
        assert set(_METRIC.findall(_RECORDED.sub("", text))) <= known, text


def test_every_recorded_series_is_used() -> None:
    places = [*RULES, *RUNBOOKS.iterdir(), DEPLOY / "grafana" / "dashboards" / "takedown.json"]
    used = "\n".join(re.sub(r"- record: .*", "", path.read_text(encoding="utf-8")) for path in places)
    assert [rule["record"] for rule in rules("record") if rule["record"] not in used] == []


def test_pages_name_settings_that_there_are() -> None:
    settings = {variable(name) for name in Settings.model_fields}
    for path in RUNBOOKS.iterdir():
        assert set(re.findall(r"TAKEDOWN_[A-Z_]+", path.read_text(encoding="utf-8"))) <= settings, path.name


@pytest.mark.parametrize("line", COMMANDS)
def test_pages_name_commands_and_options_that_there_are(line: str) -> None:
    command, words = get_command(app), line.split()
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_links_lead_to_pages(name: str) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8"))
    assert [target for target in targets if not (RUNBOOKS / target).is_file()] == []


def test_prometheus_takes_the_queries_of_the_pages(tmp_path: Path) -> None:
    if shutil.which("prometheus") is None:
        pytest.skip("NO QUERY OF A RUNBOOK IS TESTED: prometheus is missing (Debian, Ubuntu: apt install prometheus)")
    with Prometheus(tmp_path / "prometheus") as server:
        for path in RUNBOOKS.iterdir():
            (block,) = re.findall(r"```promql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
            for query in block.splitlines():
                server.ask(query)  # raises where it is no good
