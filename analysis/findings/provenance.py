"""What a file says of itself to programs: the state of the data and the question that was asked of it, as JSON.

It stands in the metadata of every chart, table and deck that is taken away, so that the same view can be opened again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analysis.dataset.snapshot import canonical, shown
from analysis.findings.card import Card
from analysis.findings.method import PLAIN
from data.version import VERSION

COMBINATIONS, OPINIONS = "combinations", "opinion_groups"
"""What the picture of a query is called that tells which options were chosen together, or groups of opinion."""
NAME = "Soundings"
"""Under which it stands where metadata have names."""


def query(card: Card) -> dict[str, Any]:
    """Consultation, question, comparison, filters, method, audience, language, state (full SHA-256), time, program."""
    method = PLAIN if card.statistics is None else card.statistics.method
    found: dict[str, Any] = json.loads(
        canonical(
            {
                "as_of": card.source.as_of,
                "audience": card.audience,
                "by": card.by,
                "consultation": card.source.consultation,
                "filters": card.filters,
                "language": card.language,
                "method": method,
                "program": VERSION,
                "question": card.question,
                "snapshot": card.source.sha256 or card.source.snapshot,
            }
        )
    )
    return found


def of_card(card: Card) -> str:
    """The query of one card as one line of JSON, with the picture where it tells which options were chosen together; of
    two that are set against each other, that of both."""
    if card.against is not None:
        return _of_two(card, card.against, picture="scatter")
    if card.opinions is not None:
        return canonical({**query(card), "picture": OPINIONS}).decode()
    if card.combinations is not None:
        return canonical({**query(card), "picture": COMBINATIONS}).decode()
    return canonical(query(card)).decode()


def in_form(query: str, form: str) -> str:
    """The query with the form in which its chart was chosen to be drawn."""
    return canonical({**json.loads(query), "form": form}).decode()


def of_cards(cards: Sequence[Card]) -> str:
    """The query of all cards of a view, which has no question; "" without a card."""
    if not cards:
        return ""
    common = {name: value for name, value in query(cards[0]).items() if name not in ("question", "by")}
    return canonical(common).decode()


def of_change(before: Card, after: Card) -> str:
    """The query of a picture of two cards, of which the later one says consultation, state and time."""
    return _of_two(before, after, picture="slope")


def _of_two(one: Card, other: Card, *, picture: str) -> str:
    asked = [query(card) for card in (one, other)]
    told = {name: asked[1][name] for name in ("as_of", "audience", "consultation", "language", "program", "snapshot")}
    return canonical({**told, "of": asked, "picture": picture}).decode()


def of_picture(name: str, *, consultation: str, sha256: str) -> str:
    """The query of a picture of the monitor."""
    return canonical({"consultation": consultation, "picture": name, "program": VERSION, "snapshot": sha256}).decode()


def moment_of(query: str) -> datetime | None:
    """The moment that a query names; None when it names none."""
    named = json.loads(query).get("as_of") if query else None
    return datetime.fromisoformat(named) if named else None


def short(sha256: str) -> str:
    """The digits that are printed."""
    return shown(sha256)
