"""What a file says of itself to programs: the state of the data and the question that was asked of it, as JSON.

It stands in the metadata of every chart, table and deck that is taken away, so that the same view can be opened again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analysis.dataset.snapshot import canonical, plain, shown
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method
from data.version import VERSION

COMBINATIONS, OPINIONS, SCATTER, SLOPE = "combinations", "opinion_groups", "scatter", "slope"
"""What the picture of a query is called that tells which options were chosen together, or groups of opinion; of one
question set against another, and of one in two states."""
FIGURES, ANSWERS = "figures", "answers"
"""What the data of a query are called: protected figures, and replies one by one."""
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
    one that is set against another, that of the other too."""
    if card.against is not None:
        both = [query(card), query(card.against)]
        return canonical({**both[0], "of": both, "picture": SCATTER}).decode()
    if card.opinions is not None:
        return canonical({**query(card), "picture": OPINIONS}).decode()
    if card.combinations is not None:
        return canonical({**query(card), "picture": COMBINATIONS}).decode()
    return canonical(query(card)).decode()


def as_drawn(query: str, *, form: str = "", intervals: bool = False) -> str:
    """The query with the form in which its chart is drawn, "" for the first, and whether its bars show intervals."""
    more = ({"form": form} if form else {}) | ({"intervals": True} if intervals else {})
    return canonical({**json.loads(query), **more}).decode() if more else query


def of_cards(cards: Sequence[Card], *, picked: bool = False) -> str:
    """The query of all cards of a view, which has no question; "" without a card. That of a tab book, of which every
    card is compared, names all that they are compared by; that of `picked` questions names them."""
    if not cards:
        return ""
    first = next((card for card in cards if card.statistics is not None), cards[0])  # an open question has no method
    common = {name: value for name, value in query(first).items() if name not in ("question", "by")}
    banners = list(dict.fromkeys(card.by for card in cards))
    questions = list(dict.fromkeys(card.question for card in cards))
    return canonical(
        {
            **common,
            **({"banners": banners} if all(banners) else {}),
            **({"questions": questions} if picked else {}),
        }
    ).decode()


def of_change(before: Card, after: Card) -> str:
    """The query of a picture of two cards, of which the later one says consultation, state and time."""
    asked = [query(card) for card in (before, after)]
    told = {name: asked[1][name] for name in ("as_of", "audience", "consultation", "language", "program", "snapshot")}
    return canonical({**told, "of": asked, "picture": SLOPE}).decode()


def of_picture(name: str, *, consultation: str, sha256: str, as_of: datetime, audience: str, language: str) -> str:
    """The query of a picture of the monitor."""
    return canonical(
        {
            "as_of": as_of,
            "audience": audience,
            "consultation": consultation,
            "language": language,
            "picture": name,
            "program": VERSION,
            "snapshot": sha256,
        }
    ).decode()


def of_data(
    content: str,
    kind: str,
    *,
    consultation: str,
    sha256: str,
    as_of: datetime,
    audience: str,
    language: str,
    filters: Mapping[str, Sequence[str]],
    questions: Sequence[str] = (),
    by: str = "",
    names: bool = False,
    texts: bool = False,
    method: Method = PLAIN,
) -> str:
    """The query of a file for statistical programs, as one line of ASCII without a space, which may be parted anywhere.

    content  FIGURES or ANSWERS; kind  of the file, such as "sav"; language  of the labels
    method   of which the weights are a column of answers
    """
    asked = {
        "as_of": as_of,
        "audience": audience,
        "by": by,
        "consultation": consultation,
        "data": content,
        "filters": filters,
        "format": kind,
        "language": language,
        "names": names,
        "program": VERSION,
        "questions": questions,
        "snapshot": sha256,
        "texts": texts,
        **({} if method == PLAIN else {"method": method}),
    }
    # Spaces and other letters stand inside words only, where JSON lets them be written as escapes.
    found = json.dumps(plain(asked), ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return found.replace(" ", "\\u0020")


def moment_of(query: str) -> datetime | None:
    """The moment that a query names; None when it names none."""
    named = json.loads(query).get("as_of") if query else None
    return datetime.fromisoformat(named) if named else None


def state_of(query: str) -> str:
    """The SHA-256 of the state that a query names; "" when it names none."""
    return str(json.loads(query).get("snapshot", "")) if query else ""


def short(sha256: str) -> str:
    """The digits that are printed."""
    return shown(sha256)
