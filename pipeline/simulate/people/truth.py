"""What is true of what people say. The pipeline never sees it; it is scored against it."""

from typing import Literal

from pipeline.events.value import Value

What = Literal["notice", "retraction", "appeal", "question", "ruling"]
Temper = Literal["honest", "careless", "abusive"]
Who = Literal[
    "honest", "careless", "abusive", "competitor", "consumer", "trusted_flagger", "authority",  # notifiers
    "honest_seller", "counterfeiter", "team", "brand", "reviewer", "court", "dispute_body",
]  # fmt: skip


class PersonTruth(Value, frozen=True):
    """One notice, retraction, appeal, question or ruling, by its id at its seller, and who is behind it.

    `rightful`: a notice says the truth of its listing; a retraction takes back a wrong one; an appeal or a complaint deserves to succeed;
    of a question, there is a counterfeit (or a counterfeiter's store) behind it; a ruling says what is true.
    `flaw` names what is wrong with its form or time, on purpose.
    `subject` is the listing, question, measure or notice that it is about.
    """

    what: What
    id: str
    seller_id: str
    by: Who
    rightful: bool
    subject: str
    flaw: str | None = None
