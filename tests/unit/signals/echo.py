"""Builds what a listing is like, for the tests of signals."""

from pipeline.matching.near.likeness import Grade, Likeness
from pipeline.signals.case import Echo, Past


def like(grade: Grade, score: float = 0.7, distance: int | None = 6, image: int = 1, *, shared: int = 2, by_pdq: bool = False) -> Past:
    """Return the past of a seller one of whose takedowns, T9, is so like the listing."""
    if distance is None:
        return Past(12, 1, nearest=Echo("T9", Likeness(0.5, shared, score, grade)))
    return Past(12, 1, nearest=Echo("T9", Likeness(0.5, shared, score, grade, distance, image, by_pdq)))
