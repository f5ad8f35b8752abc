"""Overview: in a minute, who answered, and what they said.

What takes seconds is made beside the page: it shows what is there, how far the rest is, and looks for it by itself.
"""

from functools import partial

import streamlit as st

from analysis import lenses, opened_data, overview
from analysis.gradual import UnderWay
from analysis.ui import cards, frame
from analysis.ui.progress import show_dates, show_figures
from analysis.ui.reading import cards_told, tested_told, until_read, until_worked_out
from survey.access import Action
from survey.ui import session

POLL_SECONDS = 1.0

here = frame.open_page("Overview", Action.READ_PROTECTED_FIGURES)
words = here.words
_ = words.translate
now, patience = frame.now(), lenses.Patience()
counted = partial(overview.progress, here.store, here.slug, actor=here.actor, words=words, now=now)
progress = until_worked_out(here, "progress", counted, patience)
show_figures(progress, words)
show_dates(progress, words)
until_read(here, patience)
under_way = overview.under_way(here.store, here.slug, actor=here.actor, words=words, now=now, visitor=session.visitor())
made = under_way.made(patience=patience.left)
found = overview.pictures(progress, made, words)
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


@st.fragment(run_every=POLL_SECONDS)
def wait_for_cards(under_way: UnderWay, shown: int) -> None:
    """How many cards are made; the page is drawn again when there is another picture, and when all are there."""
    if under_way.is_over or shown < overview.PICTURED <= under_way.ready:
        st.rerun()
    st.html(cards_told(under_way, opened_data.screen_audience(here.actor, here.slug), words))


@st.fragment(run_every=POLL_SECONDS)
def wait_for_lenses() -> None:
    """The page is drawn again when the findings are tested."""
    if overview.strongest(here.store, here.slug, made, actor=here.actor, words=words, patience=0) is not None:
        st.rerun()
    st.html(tested_told(words))


if len(made) < under_way.total:
    wait_for_cards(under_way, len(made))
else:
    strongest = overview.strongest(here.store, here.slug, made, actor=here.actor, words=words, patience=patience.left)
    if strongest is None:
        wait_for_lenses()
    else:
        cards.show_strongest(strongest, made[0].source if made else None, here)
