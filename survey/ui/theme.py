"""How every page looks: the style sheet, the header with the language menu, the mark on fictional data."""

import streamlit as st

from data.records import ConsultationRecord
from survey.translator import Words
from survey.ui import look


def style() -> None:
    """The style sheet; once per run, before anything else. A respondent's page links to it instead."""
    st.html(f"<style>{look.STYLE}</style>")


def is_dark() -> bool:
    """Whether the reader's device asks for dark pages, which Streamlit and the style sheet then follow by themselves.

    Only what is coloured on the server asks this. Before the browser has told, and outside of one, it is light.
    """
    return st.context.theme.type == "dark"


def fictional_mark(consultation: ConsultationRecord, words: Words) -> None:
    """Says that nothing here is real, wherever that is so."""
    if consultation.fictional:
        words_shown = words.translate("Demonstration: organisations, people and answers shown here are invented.")
        st.html(f'<div class="sd-fictional" role="note">{words_shown}</div>')
