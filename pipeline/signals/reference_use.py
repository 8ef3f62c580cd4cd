"""For the seller: the brand says what the goods go with, not who made them."""

from collections.abc import Sequence

from pipeline.events.match import Match
from pipeline.signals.case import Case, Finding
from pipeline.signals.places import places


def detect(case: Case) -> Finding | None:
    """Find listings in which every mention of the brand is a reference, or every one in the title.

    A title that says "case for" speaks of the goods; its description then names the brand freely. Such a listing gets the references'
    share of all scores, so that one "for" in a title does not excuse a text that is full of the brand. Comparisons ("inspired by") excuse
    nothing: who compares goods with a brand's lives off its name.
    """
    references = [match for match in case.matches if _is_fair(match)]
    in_title = [match for match in case.matches if match.field == "title"]
    is_whole = len(references) == len(case.matches)
    is_about_title = bool(in_title) and all(map(_is_fair, in_title))
    if not references or not (is_whole or is_about_title):
        return None
    return Finding(round(_sum(references) / _sum(case.matches), 4), places(references))


def _is_fair(match: Match) -> bool:
    return match.use == "reference" and match.sense != "comparison"


def _sum(matches: Sequence[Match]) -> float:
    return sum(match.score for match in matches) or 1.0
