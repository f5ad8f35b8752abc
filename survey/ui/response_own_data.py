"""What a respondent may do with all that is kept about the response: take it along, or erase it."""

import html

import streamlit as st

from data.records import KeyRole
from survey import erasure
from survey.open_responses import OpenResponse
from survey.translator import Words
from survey.ui import messages, resources, session
from survey.ui.response_frame import now, tag


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
    with st.container(border=True, key="own-data-box"):
        st.markdown(f"**{_('Your data')}**")
        st.markdown(
            _("Everything that is kept about this response: answers, contact data, files, and what you agreed to.")
        )
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in (("code", code), ("lang", tag(opened)))
        )
        st.html(
            f'<div class="sd-buttons"><form method="post" action="own-data">{hidden}'
            f'<button class="sd-button">{html.escape(_("Take everything (ZIP)"))}</button></form></div>'
        )
        if opened.holder.role is not KeyRole.WRITER:
            _show_erasing(opened, code, words)
        if st.button(_("Close"), key="own-data-close"):
            session.drop_widgets(("erase",))
            session.forget("own_data", "erasing")
            st.rerun()


def _show_erasing(opened: OpenResponse, code: str, words: Words) -> None:
    _ = words.translate
    st.markdown(
        _(
            "Erasing removes answers, files and contact data for good. What remains is the reference and that it "
            "was erased. Figures that were published stay."
        )
    )
    sure = st.checkbox(_("I want to erase this response"), key="erase-sure")
    if st.button(_("Erase"), key="erase", disabled=not sure):
        session.remember("erasing", code)
    if sure and session.recall("erasing") == code:
        st.warning(
            f"{_('Erase this response?')} {opened.response.reference}. "
            + _("This cannot be undone: nobody can bring the answers back.")
        )
        with st.container(horizontal=True):
            if st.button(_("Erase for good"), key="erase-now", type="primary"):
                with messages.explained(words):
                    erasure.erase(resources.store(), code, now=now())
                    _begin_anew()
            if st.button(_("Keep the response"), key="erase-not"):
                session.drop_widgets(("erase",))
                session.forget("erasing")
                st.rerun()


def _begin_anew() -> None:
    session.drop_widgets(("q_", "erase"))
    session.forget("place", "seen", "seen_for", "sent", "issues_for", "erasing", "own_data")
    st.rerun()
