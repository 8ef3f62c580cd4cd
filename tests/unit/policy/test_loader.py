import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.policy.loader import SIZE_LIMIT, PolicyError, default_text, parse


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PolicyError) as caught:
        parse(text, "mine.toml")
    return [(fault.line, fault.key) for fault in caught.value.faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_default_is_good() -> None:
    assert parse(default_text(), "default.toml").version


def test_every_fault_is_named_at_once_with_line_and_key() -> None:
    text = (
        default_text()
        .replace("base_rate = 0.018", 'base_rate = "low"')
        .replace('lateness = "P1D"', 'latenes = "P1D"')
        .replace("per_right = 500", "per_right = -1")
        .replace('{ code = "warning", at = 12 }', '{ code = "warning", at = 0 }')
        .replace('name = "skin"', 'name = "Skin deep"')
    )
    assert faults(text) == [
        (line_of(text, "[times]"), "times.lateness"),
        (line_of(text, "latenes "), "times.latenes"),
        (line_of(text, "base_rate ="), "decision.base_rate"),
        (line_of(text, "per_right"), "brake.per_right"),
        (line_of(text, 'name = "Skin'), "reviews.harm[6].name"),
        (line_of(text, "at = 0 }"), "presets.taobao.steps[0].at"),
    ]


def test_an_unknown_key_is_told_what_it_may_mean() -> None:
    with pytest.raises(PolicyError, match=r"times\.latenes: is unknown; do you mean lateness\?"):
        parse(default_text().replace('lateness = "P1D"', 'latenes = "P1D"'), "mine.toml")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[decision]", "[decision]\nreviews = 1", "decision.reviews: is unknown; do you mean review?"),  # not what another table has
        ("grace =", "grase =", "enforcement.grase: is unknown; do you mean grace?"),
        ('{ text = "og batch" }', '{ text = "og batch", strenth = 1 }', "strenth: is unknown; do you mean strength?"),
        ("points = { serious = 12,", "points = { serius = 12,", "presets.taobao.points.serius: Input should be 'serious' or 'ordinary'"),
        ('USD = "6.64"', 'USD = "0"', "prices.rates.USD: Input should be greater"),
        ('USD = "6.64"', 'USD = "1E+999999"', "prices.rates.USD: Input should be less"),
        ('{ text = "山寨货" }', '{ text = " \u00ad" }', "needs two letters or digits"),
        ('preset = "taobao"', 'preset = "tabao"', "enforcement.preset: 'tabao' is not one of the presets"),
        ("[presets.taobao]", '[presets."a\\u001b"]', r"presets.'a\x1b': String should match"),
        ('version = "2016.1"', 'version = "a\\nb"', "version: String should match"),
    ],
)
def test_a_fault_stands_on_its_line(old: str, new: str, fault: str) -> None:
    text = default_text().replace(old, new, 1)
    assert old in default_text()
    with pytest.raises(PolicyError) as caught:
        parse(text, "mine.toml")
    said = [line for line in str(caught.value).splitlines() if fault in line]
    assert [line.split(":")[1] for line in said] == [str(line_of(text, new) + new.count("\n"))]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("review = 0.0", "review = 3.0", "review <= takedown <= serious must hold"),
        ('preset = "taobao"', 'preset = "tabao"', "'tabao' is not one of the presets"),
        ('code = "closure", at = 48', 'code = "closure", at = 20', "each step needs more points"),
        ('forget_after = "P180D"', "forget_after = 180", "times.forget_after: is a duration: write it as ISO 8601"),
        ("\nauthorised = { weight = -", "\nauthorised = { weight = ", "signals.authorised.weight: Input should be less than"),
        ("relisted = { weight = ", "relisted = { weight = -", "signals.relisted.weight: Input should be greater than"),
        ('code = "closure", at = 48', 'code = "closure", at = 48, lasts = "P7D"', "a closure has no `lasts`"),
        ("unless_from = 24, unless_below = 48", "unless_from = 48, unless_below = 24", "unless_from <= unless_below must hold"),
        ('code = "restriction", at = 24', 'code = "warning", at = 24', "a step is named twice"),
        ("ask_before_closure = true ", "ask_before_closure = 7 ", "valid boolean"),
        ('{ regime = "cn", sources = ["notice"], marketplaces = ["cn"] }', '{ regime = "cn" }', "rule 2 fits everything"),
        ('due_after = "P7D"', 'due_after = "7 days"', "ISO 8601"),
        ('calendar = "US"', 'calendar = "XX"', "no calendar that is known"),
        ("base_rate = 0.018", "base_rate = nan", "base_rate: Input should be"),
    ],
)
def test_what_does_not_fit_together_is_refused(old: str, new: str, message: str) -> None:
    assert old in default_text()
    with pytest.raises(PolicyError, match="(?i)" + message.replace(".", r"\.")):
        parse(default_text().replace(old, new), "mine.toml")


@pytest.mark.parametrize(("text", "line"), [("a = \n", 1), ("\n\nb = [1,", 3), ("[x]\n[x]\n", 2)])
def test_a_file_that_is_no_toml_names_its_line(text: str, line: int) -> None:
    assert faults(text) == [(line, "syntax")]


@pytest.mark.parametrize("text", ["x = 1" + "0" * 5000, "x = " + "[" * 100_000])
def test_what_the_reader_of_toml_itself_trips_over_is_a_fault(text: str) -> None:
    assert faults(text) == [(1, "file")]


def test_a_prior_is_told_what_to_write_instead() -> None:
    with pytest.raises(PolicyError) as caught:
        parse(default_text().replace("base_rate = 0.018", "prior = -4.0"), "mine.toml")
    said = str(caught.value).splitlines()
    assert [line.split(": ", 2)[1] for line in said] == ["decision.base_rate", "decision.prior"]
    assert "instead of prior = -4.0 write base_rate = 0.018" in said[1]


@pytest.mark.parametrize(("base_rate", "prior"), [(0.018, -4.0), (0.5, 0.0), (0.9, 2.2)])
def test_the_prior_is_the_log_odds_of_the_base_rate(base_rate: float, prior: float) -> None:
    policy = parse(default_text().replace("base_rate = 0.018", f"base_rate = {base_rate}"), "mine.toml")
    assert policy.decision.prior == prior


def test_a_file_that_is_too_large_is_refused() -> None:
    assert faults("#" * (SIZE_LIMIT + 1)) == [(1, "file")]


def test_a_mark_at_the_beginning_and_foreign_line_ends_in_comments_change_nothing() -> None:
    assert parse("\ufeff" + default_text(), "mine.toml") == parse(default_text(), "default.toml")
    assert faults("# one \u2028 \x85 line\nprior = 1\n" + default_text()) == [(2, "prior")]


def test_no_preset_is_called_none() -> None:
    with pytest.raises(PolicyError, match="none is the name"):
        parse(default_text().replace("[presets.aliexpress]", "[presets.none]"), "mine.toml")


@given(st.text(alphabet='abc[]{}="\n.1#', max_size=80))
def test_nothing_but_policy_errors_and_lines_within_the_text(text: str) -> None:
    for line, _ in faults(text):
        assert 1 <= line <= text.count("\n") + 1
