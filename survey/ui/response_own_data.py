"""What a respondent may do with all that is kept about the response: take it along, or erase it."""

import html
from urllib.parse import urlencode

import streamlit as st

from data.errors import SoundingsError
from data.records import KeyRole
from survey import asking, erasure, own_data, responses
from survey.open_responses import TO_TAKE, OpenResponse
from survey.translator import Words
from survey.ui import components, messages, resources, session
from survey.ui.language import zone
from survey.ui.response_frame import interface, now, response_head, tag


def show_own_data(opened: OpenResponse, code: str, words: Words) -> None:
    """A button that opens it: everything as a zip, and erasing, which is asked for twice.

    Not an expander, whose six elements would be drawn with every answer of everybody who never opens it.
    """
    _ = words.translate
    if not session.recall("own_data"):
        if st.button(_("Your data"), key="own-data"):
            session.remember("own_data", True)
            st.rerun()
        return
    if _box(opened, code, words, closes=True):
        session.drop_widgets(("erase",))
        session.forget("own_data", "erasing")
        st.rerun()


def show_left(code: str, error: SoundingsError) -> None:
    """The page of a response that is not opened any more: what is kept of it, to take along where it may, or erase."""
    store, wanted = resources.store(), session.recall("language") or st.query_params.get("lang", "")
    opened = own_data.opened_to_erase(store, code, now=now(), language=wanted)
    session.remember("language", opened.state.language)
    words = interface(opened.state.language)
    st.set_page_config(page_title=asking.title_of(opened.consultation, words), layout="wide")
    components.shell(words, "expired", respondent=True)
    response_head(opened, words)
    title, told = asking.left_words(opened, words, zone())
    st.title(title, anchor=False)
    messages.show(error, words)
    st.markdown(html.escape(told))
    takes = error.code in TO_TAKE
    if takes or opened.holder.role is not KeyRole.WRITER:
        _box(opened, code, words, takes=takes)
    match responses.begins_anew(store, opened, now=now()):
        case responses.Anew.FIRST_PAGE:
            _begin_link(words, c=opened.consultation.slug, lang=opened.state.language)
        case responses.Anew.BY_LINK:
            st.markdown(html.escape(asking.erase_first(words)))


def show_erased(slug: str, code: str, words: Words) -> None:
    """Below what is said of an erased response: where its personal link begins another one."""
    if responses.is_beginning(resources.store(), code, now=now()):
        _begin_link(words, c=slug, i=code, lang=words.language)


def _begin_link(words: Words, **query: str) -> None:
    address = html.escape(urlencode(query))
    st.html(f'<a href="?{address}" target="_self">{html.escape(words.translate("Begin"))}</a>')


def _box(opened: OpenResponse, code: str, words: Words, *, takes: bool = True, closes: bool = False) -> bool:
    """Erasing, and taking along where it `takes`, in a box; True when it `closes` and is to be closed."""
    _ = words.translate
    with st.container(border=True, key="own-data-box"):
        st.markdown(f"**{_('Your data')}**")
        if takes:
            _show_taking(opened, code, words)
        if opened.holder.role is not KeyRole.WRITER:
            _show_erasing(opened, code, words)
        return closes and st.button(_("Close"), key="own-data-close")


def _show_taking(opened: OpenResponse, code: str, words: Words) -> None:
    _ = words.translate
    st.markdown(_("Everything that is kept about this response: answers, contact data, files, and what you agreed to."))
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("code", code), ("lang", tag(opened)))
    )
    st.html(
        f'<div class="sd-buttons"><form method="post" action="own-data">{hidden}'
        f'<button class="sd-button">{html.escape(_("Take everything (ZIP)"))}</button></form></div>'
    )


def _show_erasing(opened: OpenResponse, code: str, words: Words) -> None:
    _ = words.translate
    st.markdown(
        _(
            "Erasing removes answers, files and contact data for good. What remains is the reference and that it "
            "was erased. Figures that were published stay."
        )
    )
    asked = code, opened.response.reference  # by the same link another response may be begun since
    sure = st.checkbox(_("I want to erase this response"), key="erase-sure")
    if st.button(_("Erase"), key="erase", disabled=not sure):
        session.remember("erasing", asked)
    if sure and session.recall("erasing") == asked:
        st.warning(
            f"{_('Erase this response?')} {opened.response.reference}\n\n"
            + _("This cannot be undone: nobody can bring the answers back.")
        )
        with st.container(horizontal=True):
            if st.button(_("Erase for good"), key="erase-now", type="primary"):
                with messages.explained(words):
                    reference = erasure.erase(resources.store(), code, now=now())
                    # A personal link leads to the first page again, so this visit has to know what it did.
                    session.remember("erased", (code, reference))
                    _leave()
            if st.button(_("Keep the response"), key="erase-not"):
                session.drop_widgets(("erase",))
                session.forget("erasing")
                st.rerun()


def _leave() -> None:
    session.drop_widgets(("q_", "erase"))
    session.forget("place", "seen", "seen_for", "sent", "issues_for", "erasing", "own_data")
    st.rerun()
