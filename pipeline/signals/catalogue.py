"""The catalogue: every signal, with the group it belongs to. Their order is that of reasons in a decision."""

from collections.abc import Callable

from pipeline.signals import (
    authorised,
    brand_disguised,
    counterfeit_picture,
    price_far_below,
    reference_use,
    relisted,
    replica_vocabulary,
    resembles_taken_down,
    seller_not_authorised,
    seller_record,
    used_at_plausible_price,
)
from pipeline.signals.case import Case, Finding, Group

Detect = Callable[[Case], Finding | None]

SIGNALS: tuple[tuple[str, Group, Detect], ...] = (
    ("replica_vocabulary", "goods", replica_vocabulary.detect),
    ("brand_disguised", "goods", brand_disguised.detect),
    ("counterfeit_picture", "goods", counterfeit_picture.detect),
    ("price_far_below", "circumstance", price_far_below.detect),
    ("seller_not_authorised", "circumstance", seller_not_authorised.detect),
    ("seller_record", "circumstance", seller_record.detect),
    ("relisted", "circumstance", relisted.detect),
    ("resembles_taken_down", "circumstance", resembles_taken_down.detect),
    ("authorised", "favour", authorised.detect),
    ("used_at_plausible_price", "favour", used_at_plausible_price.detect),
    ("reference_use", "favour", reference_use.detect),
)
