"""The frame of every staff page: who is it, in which language, which consultation."""

import html
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from analysis.exploration import as_asked
from data.records import ConsultationRecord
from data.store import Store
from survey import asking, consultations, grants, published_forms
from survey.access import Action, Actor, decide
from survey.translator import Words
from survey.ui import components, identity, language, resources, session, theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a page needs to ask a use case."""

    store: Store
    actor: Actor
    words: Words
    consultation: ConsultationRecord

    @property
    def slug(self) -> str:
        """Short name of the consultation."""
        return self.consultation.slug


BEFORE, _PAGE = "page-before", "page"
"""Title of the staff page that was drawn before this one, of this one."""
_MENU, _LEFT = "consultation-menu", "consultation-left"


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def open_page(title: str, action: Action, *, heading: bool = True) -> Frame:
    """The frame of a page; the run ends here, with a reason, when the actor may not see it or there is nothing yet.

    title  English words, translated here.
    """
    words = language.words()
    actor = identity.actor()
    session.remember(BEFORE, session.recall(_PAGE))
    session.remember(_PAGE, title)
    components.shell(words, title)
    if heading:
        st.title(words.translate(title), anchor=False)
    if not identity.may(actor, action):
        st.warning(words.translate("Please sign in with an account that may see this page."))
        st.html(f'<a class="sd-action" href=".">{html.escape(words.translate("Sign in"))}</a>')
        st.stop()
    store = resources.store()
    found = consultations.visible(store, actor=actor, action=action)
    if not found:
        st.info(words.translate("There is no consultation yet."))
        st.stop()
    consultation = _chosen(found, words)
    theme.fictional_mark(consultation, words)
    _show_scope(store, actor, action, consultation, words)
    return Frame(store=store, actor=actor, words=words, consultation=consultation)


def _show_scope(store: Store, actor: Actor, action: Action, consultation: ConsultationRecord, words: Words) -> None:
    """Says of which part everything on the page speaks, to somebody who sees a part only."""
    scope = decide(actor, action, consultation.slug).scope
    if scope.is_narrow:
        form = published_forms.newest_form(store, consultation).questionnaire
        seen = " · ".join(grants.scope_words(form, consultation.roles, scope, words.language))
        told = words.translate("You see this part only: {part}", part=seen)
        st.html(f'<div class="sd-box" role="note">{html.escape(told)}</div>')


def _chosen(found: tuple[ConsultationRecord, ...], words: Words) -> ConsultationRecord:
    """The consultation that the page speaks of; the run ends here when the address names one that is not among them.

    Nothing of another one is shown under that address: somebody has to choose it, and then the address names it.
    """
    by_slug = {consultation.slug: consultation for consultation in found}
    asked = st.query_params.get("c", "")
    if session.went_through_history():
        session.forget(_LEFT)
        if asked in by_slug:
            session.set_widget(_MENU, asked)
    is_missing = asked not in ("", session.recall(_LEFT), *by_slug)
    if len(found) == 1 and not is_missing:
        return found[0]
    if is_missing:
        told = words.translate(
            "Not there, or not for you to see: {what}. Nothing is shown until you choose a consultation."
        )
        st.warning(told.format(what=f"`c={as_asked(asked)}`"))
        session.set_widget(_MENU, None)
    elif session.widget(_MENU) not in by_slug:
        current = session.recall("consultation") or asked
        session.set_widget(_MENU, current if current in by_slug else found[0].slug)
    slug = st.selectbox(
        words.translate("Consultation"),
        list(by_slug),
        format_func=lambda slug: asking.title_of(by_slug[slug], words),
        key=_MENU,
        on_change=_choose,
    )
    if slug is None:
        st.stop()
    session.remember("consultation", slug)
    return by_slug[slug]


def _choose() -> None:
    """The address names the consultation that was chosen; what it named before is left, should it come once more."""
    session.remember(_LEFT, st.query_params.get("c"))
    st.query_params["c"] = session.widget(_MENU)
