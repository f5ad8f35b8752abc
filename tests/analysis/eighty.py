"""Eighty replies, the list of contacts that they came from, and their cards under a chosen method."""

from typing import Any

from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.listed import ContactList
from analysis.findings.method import (
    FrameMargin,
    Interval,
    Method,
    WeightKind,
)
from analysis.findings.refine import refine
from analysis.findings.summary import summarise
from survey.translator import Words
from tests.analysis.consultations import SOURCE

FRAME = (FrameMargin(variable="region", targets={"n": 30, "s": 90, "na": 6}),)
LISTED = ContactList(margins=FRAME)
RAKED = Method(weights=WeightKind.RAKED)
ENGLISH = Words("en")


def submissions() -> list[dict[str, Any]]:
    """Sixty from the north, of whom 15 are led by the community; twenty from the south, of whom 15 are."""
    found: list[dict[str, Any]] = []
    for region, n, yes in (("n", 60, 15), ("s", 20, 15)):
        for number in range(n):
            order = ("prev", "care", "other") if number % 3 else ("care", "prev")
            found.append(
                {
                    "region": region,
                    "led": "yes" if number < yes else "no",
                    "fields": ("prev", "care") if number % 2 else ("care",),
                    "g1": str(1 + number % 5),
                    "staff": number % 7,
                    "order": order,
                }
            )
    return found


def refined(data: Dataset, question: str, method: Method, audience: Audience = Audience.INTERNAL, **more: Any) -> Card:
    plain = summarise(data, question, audience=audience, language="en", source=SOURCE, **more)
    return refine(plain, data, method, LISTED)


EXACT, WORST = Method(interval=Interval.HYPERGEOMETRIC), Method(interval=Interval.WORST_CASE)
