"""What `takedown watch` shows of notices, questions and appeals."""

from collections.abc import Mapping

from rich.console import Console

from pipeline.cli.watch import shown
from pipeline.counted import Counted
from pipeline.watching import Look


def seen(at: float, decided: Mapping[str, int], facts: Mapping[str, int]) -> Look:
    """Return a look at one worker that has counted this."""
    values: dict[str, dict[tuple[str, ...], float]] = {}
    for metric, labels, value in Counted("flagging", 0, 0, facts=facts, decided=decided).readings():
        values.setdefault(metric.name, {})[labels] = value
    return Look(at, values, ("http://127.0.0.1:9464",))


def lines(before: Look, after: Look) -> dict[str, list[str]]:
    """Return the cells of each line by its first one."""
    console = Console(width=160)
    with console.capture() as captured:
        console.print(shown(before, after))
    rows = [[cell.strip() for cell in line.split("│")] for line in captured.get().splitlines() if "│" in line]
    return {row[0]: row[1:] for row in rows}


def test_people_have_their_lines() -> None:
    counted = {
        "notice:received:received": 9,
        "notice:forwarded:appealed": 1,
        "notice:accepted:accepted": 2,
        "notice:refused:incomplete": 3,
        "notice:refused:territory": 1,
        "amended:retracted:retracted": 1,
        "review:notice:team": 4,
        "review:signals:brand": 2,
        "ended:ruling": 1,
        "ended:unanswered": 2,
        "reinstatement:deadline": 1,
    }
    facts = {"appealed": 3, "complained": 1, "appeal-upheld": 1, "put-back": 1, "capacity": 5}
    now = seen(10.0, counted, facts)
    rows = lines(seen(0.0, {**counted, "notice:received:received": 4, "ended:unanswered": 1}, facts), now)
    assert rows["notices"] == ["9", "0.5", "3", "refused 4, accepted 2, forwarded 1"]
    assert rows["notices refused"] == ["4", "0.0", "", "incomplete 3, territory 1"]
    assert rows["notices amended"] == ["1", "0.0", "", "retracted 1"]
    assert rows["questions asked"] == ["6", "0.0", "3", "notice 4, signals 2"]
    assert rows["questions ended"] == ["3", "0.1", "", "unanswered 2, ruling 1"]
    assert rows["cleared unasked"] == ["5", "0.0", "", ""]
    assert rows["appeals"] == ["4", "0.0", "", "seller 3, notifier 1"]
    assert rows["appeals decided"] == ["2", "0.0", "", "put-back 1, upheld 1"]
    assert rows["reinstatements"] == ["1", "0.0", "", "deadline 1"]


def test_a_common_terminal_holds_it() -> None:
    console = Console(width=120)
    everything = Look(0.0, seen(0.0, {}, {}).values, ("http://127.0.0.1:9464",), {"http://127.0.0.1:9465": "refused"})
    assert len(console.render_lines(shown(everything, everything))) <= 24


def test_nobody_has_said_anything_yet() -> None:
    rows = lines(seen(0.0, {}, {}), seen(1.0, {}, {}))
    assert rows["notices"] == ["0", "0.0", "0", ""]
    assert rows["questions asked"] == ["0", "0.0", "0", ""]


def test_a_label_cannot_steer_the_terminal() -> None:
    evil = {"review:\x1b[2J:team": 1, "ended:[bold]x[/bold]": 1}
    rows = lines(seen(0.0, evil, {}), seen(1.0, evil, {}))
    assert rows["questions asked"][3] == "\\u001b[2J 1"
    assert rows["questions ended"][3] == "[bold]x[/bold] 1"
