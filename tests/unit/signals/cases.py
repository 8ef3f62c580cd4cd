"""Builds cases for the tests of signals."""

from typing import Any

from pipeline.events.match import Match
from pipeline.policy.reasons import LANGUAGES, text
from pipeline.signals.case import Case, Finding, Past
from pipeline.stages.fingerprint import text_fingerprint
from tests.build import START, default_policy, listing, match, right

NIKE = match()
REFERENCE = match(use="reference")


def case(
    title: str = "Nike Air Max 90",
    *,
    matches: tuple[Match, ...] = (NIKE,),
    past: Past | None = None,
    rights: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    **fields: Any,
) -> Case:
    """Return one listing against the trademark Nike."""
    one = listing(title, **fields)
    return Case(one, text_fingerprint(one), START, right(**(rights or {})), matches, past or Past(), default_policy(**(policy or {})))


def explained(code: str, finding: Finding | None) -> list[str]:
    """Return a finding's reason in every language, so that a test can see that no word is missing."""
    assert finding is not None
    return [text(code, language, "en", {**finding.words, "brand": "Nike"}) for language in LANGUAGES]
