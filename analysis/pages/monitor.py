"""Replies: who is still awaited, whom to remind, and where drafts stand."""

import html

import streamlit as st

from analysis import monitoring, overview
from analysis.ui import frame
from analysis.ui.doubts import show_doubts
from analysis.ui.progress import (
    forecast_words,
    show_cells,
    show_dates,
    show_figures,
    show_invited,
    show_outreach,
    show_sections,
)
from survey.access import Action
from survey.ui import identity

here = frame.open_page("Replies", Action.READ_PROTECTED_FIGURES)
words = here.words
_ = words.translate
found = monitoring.progress(here.store, here.slug, actor=here.actor, language=words.language, now=frame.now())
show_figures(found, words)
show_dates(found, words)
if found.target is not None:
    st.markdown(forecast_words(found, words))
if found.shows_frame:
    st.header(_("Replies of invited organisations"), anchor=False)
    show_cells(found, words)
elif found.anonymous:
    st.info(
        words.plural(
            "This consultation is anonymous. {count} organisation is on the contact list, but nobody can know whether "
            "it replied: there are no shares of the invited and no list of whom to remind. A reminder goes to "
            "everybody.",
            "This consultation is anonymous. {count} organisations are on the contact list, but nobody can know which "
            "of them replied: there are no shares of the invited and no list of whom to remind. A reminder goes to "
            "everybody.",
            found.invited,
        )
    )
else:
    st.markdown(_("There is no contact list, so nothing can be said about shares of the invited."))
reads_contacts = identity.may(here.actor, Action.READ_CONTACTS, here.slug)
if found.shows_frame and reads_contacts:
    show_outreach(here)
if reads_contacts:
    show_doubts(here)
st.header(_("Section by section"), anchor=False)
show_sections(found, words)
if found.shows_frame and reads_contacts:
    show_invited(here)
# Last, because the state is worked out of all replies.
line = overview.source_line(here.store, here.slug, found, actor=here.actor, words=words)
st.html(f'<div class="sd-note">{html.escape(line)}</div>')
