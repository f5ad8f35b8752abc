"""Use case: whether a text that somebody writes for a meeting tells a number that the meeting does not see.

Asked only for writers who see more than a meeting does: to anybody else a refusal would tell which number is hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from analysis import opened_data, review
from analysis.charts.choose import own_form
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method
from analysis.findings.said import hidden_in, numbers
from analysis.opened_data import Filters
from data.analysis_records import FindingRecord
from data.errors import InvalidInput, NotAllowed, NotFound
from data.store import Store
from survey.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A table that a text is written about: what is asked, and the card as its readers were shown it, if they were.

    form  of its chart, which may tell more than the question's own figures
    """

    question: str
    filters: Filters = field(default_factory=Filters)
    by: str = ""
    method: Method = PLAIN
    shown: Card | None = None
    form: Form | None = None


def beside_finding(record: FindingRecord, card: Card) -> Beside:
    """What a text beside a kept finding is written about: its table in its own form and by its own method."""
    return Beside(
        question=record.question,
        filters=Filters.of(record.filters),
        by=card.by,
        method=PLAIN if card.statistics is None else card.statistics.method,
        shown=card,
        form=own_form(card),
    )


def number_in(
    store: Store, slug: str, texts: Iterable[str], tables: Iterable[Beside], *, actor: Actor, now: datetime
) -> str:
    """A number of the texts that stands in one of the tables and that a meeting is not shown there; "" for none.

    Always "" for an actor who sees no internal figures. The ledger remembers nothing of it.
    """
    held = [text for text in texts if numbers(text)]
    if not held or opened_data.screen_audience(actor, slug) is not Audience.INTERNAL:
        return ""
    seen: list[Card] = []
    shown: list[Card] = []
    for each in tables:
        shown += [each.shown] if each.shown is not None else []
        try:
            cards = [
                _card(store, slug, each, audience, actor, now) for audience in (Audience.INTERNAL, Audience.MEETING)
            ]
        except (InvalidInput, NotFound, NotAllowed):
            continue  # the question is gone, or not this actor's to ask: nobody reads its figures off a screen
        seen.append(cards[0])
        shown.append(cards[1])
    return hidden_in(held, seen, shown)


def _card(store: Store, slug: str, beside: Beside, audience: Audience, actor: Actor, now: datetime) -> Card:
    return review.drawn_or_plain(
        store,
        slug,
        beside.question,
        None if beside.form is Form.OPINIONS else beside.form,  # no card but the kept one tells of groups
        actor=actor,
        audience=audience,
        language="en",
        filters=beside.filters,
        by=beside.by,
        method=beside.method,
        now=now,
        kept=False,
    )
