"""Shares of counts, as scores have them: rounded to four places."""


def share(part: float, whole: float) -> float:
    """Return a share; 0 of nothing is 0."""
    return round(part / whole, 4) if whole else 0.0


def share_if_any(measure: str, part: float, whole: float) -> dict[str, float]:
    """Return a share under its name; nothing where there is nothing to share."""
    return {measure: round(part / whole, 4)} if whole else {}


def f1(right: int, found: int, true: int) -> float:
    """Return the harmonic mean of precision (right of found) and recall (right of true)."""
    precision, recall = share(right, found), share(right, true)
    both = precision + recall
    return round(2 * precision * recall / both, 4) if both else 0.0
