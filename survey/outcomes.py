"""What became of the answers: a short text by language, a link, a date; respondents see it by their code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from data.audit import differences
from data.errors import InvalidInput
from data.records import ConsultationRecord
from data.store import Store
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.translator import LANGUAGES, nearest

LIMIT = 5000
"""Characters of the text in one language."""
_LINK_LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the answers.

    words  language tag -> text
    link   where to read more, "" for nowhere
    on     the day of the report or of the decision; None: not said
    """

    words: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    on: date | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.link or self.on)

    def shown_in(self, tag: str) -> str:
        """The language in which whoever reads this one sees the text: else English, else whatever there is."""
        return next((each for each in (tag, "en", *self.words) if self.words.get(each)), tag)

    def in_language(self, tag: str) -> str:
        """The text in that language, else as `shown_in` tells; "" without any."""
        return self.words.get(self.shown_in(tag), "")


def outcome_of(consultation: ConsultationRecord) -> Outcome:
    """What is written of a consultation."""
    kept: Mapping[str, Any] = consultation.outcome
    on = kept.get("on")
    return Outcome(words=kept.get("words", {}), link=kept.get("link", ""), on=date.fromisoformat(on) if on else None)


def results_address(store: Store, consultation: ConsultationRecord, tag: str) -> str:
    """The path of the public page of its results, in the language of the program nearest to `tag`; "" without one."""
    with store.read() as kept:
        page = kept.published_mark(consultation.id)
    if page is None or page.published_at is None:
        return ""
    return f"results/{consultation.slug}/{nearest(tag, tuple(LANGUAGES))}"


def write_outcome(
    store: Store,
    slug: str,
    *,
    words: Mapping[str, str],
    link: str,
    on: str,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> Outcome:
    """Writes what became of the answers; languages that are not given stay, an empty text takes its language away.

    revision  of the consultation that the writer had before them; None: whatever it is now
    Raises    InvalidInput("outcome.too_long"), ("outcome.link"), ("outcome.date"); Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    if any(len(text) > LIMIT for text in words.values()):
        raise InvalidInput("outcome.too_long", limit=LIMIT)
    link, on = link.strip(), on.strip()
    if link and not _is_link(link):
        raise InvalidInput("outcome.link", text=link[:100])
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        raise InvalidInput("outcome.date", text=on[:100]) from None
    with store.write() as kept:
        consultation = kept.consultation(slug)
        texts = {**outcome_of(consultation).words, **{tag: text.strip() for tag, text in words.items()}}
        written = Outcome(words={tag: text for tag, text in texts.items() if text}, link=link, on=day)
        document = {"words": dict(written.words), "link": link, "on": day.isoformat() if day else ""}
        kept.change_consultation(consultation.id, expected_revision=revision, outcome=document if written else {})
        changes = differences(_told(outcome_of(consultation)), _told(written))
        note_staff(kept, slug, "consultation.outcome", actor=actor, now=now, changes=changes)
    return written


def _told(outcome: Outcome) -> dict[str, object]:
    """What is written, as the log tells it."""
    words = {f"words {tag}": text for tag, text in outcome.words.items()}
    return {**words, "link": outcome.link or None, "on": outcome.on.isoformat() if outcome.on else None}


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and len(text) <= _LINK_LIMIT
        and text.isprintable()
        and " " not in text
    )
