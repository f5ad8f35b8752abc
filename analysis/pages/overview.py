"""Overview: in a minute, who answered, and what they said."""

import streamlit as st

from analysis import overview
from analysis.ui import cards, frame
from analysis.ui.progress import show_dates, show_figures
from survey.access import Action

here = frame.open_page("Overview", Action.READ_PROTECTED_FIGURES)
words = here.words
_ = words.translate
moment = frame.now()
progress = overview.progress(here.store, here.slug, actor=here.actor, words=words, now=moment)
show_figures(progress, words)
show_dates(progress, words)
# The cards take seconds the first time.
found = overview.overview(here.store, here.slug, actor=here.actor, words=words, now=moment, found=progress)
first, second = st.columns(2)
with first:
    cards.show_picture(found.arrivals, here)
if found.who:
    with second:
        for tab, picture in zip(st.tabs([each.label for each in found.who]), found.who, strict=True):
            with tab:
                cards.show_picture(picture, here)
if found.countries is not None:
    cards.show_picture(found.countries, here)
st.header(_("What they said"), anchor=False)
cards.show_strongest(found.strongest, found.source, here)
