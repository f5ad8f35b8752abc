"""Use case: what staff write under a card, such as who was asked, for everybody who may see the card.

A note is a plain text of one paragraph. One that names a figure which a meeting does not see on its card is refused;
one that comes to do so later, because other replies arrived, is silent except for those who see internal figures.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis import inventory, review
from analysis.charts.lettering import printable
from analysis.disclosure import Audience
from analysis.findings.card import Card
from data.errors import InvalidInput, NotFound
from data.store import Store
from survey import consultations
from survey.access import Action, Actor, decide, require
from survey.acts import note_staff

LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNote:
    """A note as its reader may see it.

    text      "" for one that was taken away, or that this reader may not see
    revision  how often it was written
    hidden    a number in it that a meeting, or a public that reads it, does not see on this card
    """

    text: str
    revision: int
    hidden: str = ""


NO_NOTE = CardNote(text="", revision=0)


def may_note(actor: Actor, slug: str) -> bool:
    """Whether the actor writes notes under cards."""
    return decide(actor, Action.WRITE_FINDINGS, slug).allowed


def notes(
    store: Store, slug: str, *, actor: Actor, audience: Audience, now: datetime, of: Collection[str] = ()
) -> dict[str, CardNote]:
    """Question -> the note under its card, for those who see the same part of the consultation as its writer.

    audience  who reads them; INTERNAL takes the right to internal figures
    of        these questions only, none for all
    """
    action = Action.READ_INTERNAL_FIGURES if audience is Audience.INTERNAL else Action.READ_PROTECTED_FIGURES
    scope = require(actor, action, slug)
    with store.read() as kept:
        consultation, _rows = consultations.admitted(kept, slug, actor, action)
        written = kept.card_notes(consultation.id, scope)
    found = {}
    for question, each in written.items():
        if of and question not in of:
            continue
        reader = Audience.MEETING if audience is Audience.INTERNAL else audience
        hidden = review.hidden_number(store, slug, question, each.text, actor=actor, audience=reader, now=now)
        text = "" if hidden and audience is not Audience.INTERNAL else each.text
        found[question] = CardNote(text=text, revision=each.revision, hidden=hidden)
    return found


def remarked(
    store: Store, slug: str, cards: Sequence[Card], *, actor: Actor, audience: Audience, now: datetime
) -> tuple[Card, ...]:
    """The cards, on their way into a file, each with the note that stands under it, unless it tells a hidden number."""
    of = {each.question for each in cards}
    found = notes(store, slug, actor=actor, audience=audience, now=now, of=of)
    told = {question: note.text for question, note in found.items() if not note.hidden}
    return tuple(replace(each, remark=told.get(each.question, "")) for each in cards)


def write_note(
    store: Store, slug: str, question: str, text: str, *, revision: int, actor: Actor, now: datetime
) -> None:
    """The note stands under the card of the question; an empty one takes it away.

    revision  of the note that the writer had before them; 0 for none
    Raises    Conflict "record.changed_elsewhere"; NotFound "card.unknown_question"; InvalidInput "note.too_long",
              "note.hidden_number".
    """
    scope = require(actor, Action.WRITE_FINDINGS, slug)
    text = " ".join(printable(text).split())
    if len(text) > LONGEST:
        raise InvalidInput("note.too_long", limit=LONGEST)
    known = inventory.questions(store, slug, actor=actor, language="en", audience=Audience.INTERNAL)
    if question not in {each.name for each in known}:
        raise NotFound("card.unknown_question", question=question)
    if number := review.hidden_number(store, slug, question, text, actor=actor, audience=Audience.MEETING, now=now):
        raise InvalidInput("note.hidden_number", number=number)
    with store.write() as kept:
        consultation, _rows = consultations.admitted(kept, slug, actor, Action.WRITE_FINDINGS)
        before = kept.card_notes(consultation.id, scope).get(question)
        kept.keep_card_note(
            consultation.id,
            question,
            scope,
            expected_revision=revision,
            text=text,
            written_at=now,
            written_by=actor.name or actor.label,
        )
        changes = {"text": ["" if before is None else before.text, text]}
        note_staff(kept, slug, "card.noted", actor=actor, now=now, of=question, changes=changes)
