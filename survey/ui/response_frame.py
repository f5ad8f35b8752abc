"""What every page of a response shares: its head and progress, its personal link, and the reader's clock."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import streamlit as st

from survey import asking, confirmations
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.translator import LANGUAGES, Words, nearest
from survey.ui import language, messages, resources, session

REVIEW = "_review"
"""The place after the last section."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def address() -> str:
    """The reader's address; Streamlit has none for who sits at the machine itself."""
    return st.context.ip_address or "127.0.0.1"


def interface(opened_language: str) -> Words:
    """The application's words for a language of the questionnaire."""
    return Words(nearest(opened_language, tuple(LANGUAGES)))


def tag(opened: OpenResponse) -> str:
    """The language in which the response is being given."""
    return session.recall("language") or opened.response.language


def head(title: str, names: Mapping[str, str], words: Words, below: str = "", *, place: str = "") -> None:
    """The languages, the title of the consultation, and what stands below, as HTML.

    place  as of `language.links`
    """
    offered = language.links(names, words.translate("Language"), place)
    named = f'<div class="sd-head sd-muted">{html.escape(title)}</div>' if title else ""
    if whole := f"{offered}{named}{below}":
        st.html(whole)


def response_head(opened: OpenResponse, words: Words, below: str = "") -> None:
    """The head of a response in its languages."""
    names = {offered.tag: offered.name for offered in opened.state.questionnaire.languages}
    ends = None if opened.submitted else asking.closes(opened.consultation, now(), words, language.zone_if_known())
    told = "" if ends is None else f'<div class="sd-muted sd-ends">{sentence(ends, words)}</div>'
    place = "" if opened.submitted else session.recall("place") or ""
    head(asking.title_of(opened.consultation, words), names, words, told + below, place=place)


def sentence(said: asking.Sentence, words: Words) -> str:
    """A sentence with its moment in the stated zone and in the reader's, and how long it is until then; HTML."""
    if said.at is None:
        return html.escape(said.before)
    own = f" / <bdi>{html.escape(said.own)}</bdi>" if said.own else ""
    left = f'<span class="sd-left">{html.escape(words.aside(said.left))}</span>' if said.left else ""
    time = f'<time datetime="{said.at.isoformat()}"><bdi>{html.escape(said.shown)}</bdi></time>'
    return f"{html.escape(said.before)}{time}{own}{left}{html.escape(said.after)}"


def progress(done: int, total: int, words: Words, text: str = "") -> str:
    """How far it is, in words and as a bar; HTML."""
    share = 100 * done // max(total, 1)
    text = html.escape(text or words.translate("Last step"))
    return (
        f'<div class="sd-progress"><div class="words">{text}</div><div class="bar" role="progressbar" '
        f'aria-label="{text}" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{share}">'
        f'<div style="width:{share}%"></div></div></div>'
    )


def link_box(opened: OpenResponse, code: str, words: Words) -> None:
    """The personal code and link, and how long they work."""
    st.html(f'<div class="sd-box">{_link(opened, code, words)}</div>')


def link_later(opened: OpenResponse, code: str, words: Words) -> None:
    """The same, folded away until it is wanted."""
    st.html(folded_link(opened, code, words))
    mail_button(opened, code, words)


def mail_button(opened: OpenResponse, code: str, words: Words) -> None:
    """Sends the link to the address that was given, where mail can be sent."""
    settings = resources.settings()
    if settings.smtp_url and confirmations.can_mail(opened, settings):
        label = words.translate("Send me the link to {address}", address=confirmations.address_of(opened))
        if st.button(label, key="mail-link", type="tertiary"):
            with messages.explained(words):
                confirmations.mail_link(resources.store(), code, settings=settings, now=now())
                st.success(words.translate("It is on its way."))


def folded_link(opened: OpenResponse, code: str, words: Words) -> str:
    """The same as HTML."""
    summary = html.escape(words.translate("Go on later or on another device"))
    return f'<details class="sd-later"><summary>{summary}</summary><div>{_link(opened, code, words)}</div></details>'


def _link(opened: OpenResponse, code: str, words: Words) -> str:
    _ = words.translate
    link = f"{resources.settings().base_url}/respond?c={opened.consultation.slug}&r={code}"
    until = opened.response.expires_at
    warning = _("Keep this personal code and link. Whoever has them can read and change this response.")
    lines = [
        f"<strong>{html.escape(warning)}</strong>",
        f'<span class="sd-code">{html.escape(code)}</span>',
        f'<span class="sd-link">{html.escape(link)}</span>',
    ]
    if until is not None:
        text = _(
            "They work until {moment}, longer if you go on before.",
            moment=words.moment(until, policies_of(opened.consultation).clock),
        )
        lines.append(f'<span class="sd-muted">{html.escape(text)}</span>')
    light = f"/f/{opened.consultation.slug}?{urlencode({'r': code, 'lang': tag(opened)})}"
    simple = html.escape(_("Go on in the simple version (works without JavaScript)"))
    lines.append(f'<a href="{html.escape(light)}" target="_self">{simple}</a>')
    return "<br>".join(lines)
