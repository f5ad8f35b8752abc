"""Use case: a letter for each invited organisation, in its language, with its link as a QR code; all in one page to
print."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
from jinja2 import Environment
from markupsafe import Markup

from data.errors import InvalidInput
from data.store import Store
from survey import links
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.mail_templates import MailKind
from survey.mailings import tokens_for, worded
from survey.translator import LANGUAGES, Words, direction, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One printed page."""

    organisation: str
    language: str
    direction: str
    words: Words
    subject: str
    body: str
    code: str
    code_image: Markup


def letters(
    store: Store,
    slug: str,
    *,
    base_url: str,
    actor: Actor,
    now: datetime,
    language: str = "en",
    only: Collection[int] | None = None,
) -> str:
    """One HTML page with a letter for every organisation that has not replied, by name; each has a new link.

    Where respondents are anonymous everybody gets a letter, with the link that is the same for all.

    language  of the page itself
    only      keys of invitations: of those who have not replied, these alone
    Raises InvalidInput("mailing.nobody"), ("link.only_here").
    """
    require(actor, Action.READ_CONTACTS, slug)
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        links.require_reachable(consultation, base_url)
        frame = kept.invitations(consultation.id)
        replied = kept.replied_invitations(consultation.id)
        chosen = [each for each in frame if each.id not in replied and (only is None or each.id in only)]
        if not chosen:
            raise InvalidInput("mailing.nobody")
        tokens = tokens_for(kept, consultation, (each.id for each in chosen), purpose="letter", now=now)
        pages = []
        for each in chosen:
            wording, tag, values = worded(kept, consultation, each, MailKind.INVITATION, tokens[each.id], base_url)
            pages.append(
                Letter(
                    organisation=each.organisation,
                    language=tag,
                    direction=direction(tag),
                    words=Words(nearest(tag, tuple(LANGUAGES))),
                    subject=wording.subject,
                    body=wording.body.strip(),
                    code=tokens[each.id],
                    code_image=qr_code(values["link"]),
                )
            )
        details = {"letters": len(pages)}
        note_staff(kept, slug, "letters.made", actor=actor, now=now, details=details)
    return _PAGE.render(letters=pages, title=pages[0].subject, fictional=consultation.fictional, language=language)


def qr_code(text: str) -> Markup:
    """The text as a QR code, an SVG that stands inside a page; a quarter of it may be unreadable (level Q)."""
    drawn = segno.make(text, error="q", micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn.replace("<svg ", '<svg role="img" aria-label="QR" ', 1))


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "letter.html").read_text(encoding="utf-8"))
