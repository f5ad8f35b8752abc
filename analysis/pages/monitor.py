"""Replies: who is still awaited, whom to remind, and where drafts stand.

Figures and shares follow what comes in; the lists below stay as they are until somebody asks for them.
"""

import html
from dataclasses import replace
from functools import partial

import streamlit as st

from analysis import lenses, overview
from analysis.monitoring import Progress
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
from analysis.ui.reading import until_worked_out
from survey.access import Action
from survey.policies import policies_of
from survey.ui import identity

here = frame.open_page("Replies", Action.READ_PROTECTED_FIGURES)
words = here.words
_ = words.translate
LOOK_SECONDS = 30.0


def looked_up(here: frame.Frame) -> Progress:
    """Where the consultation stands now."""
    return overview.progress(here.store, here.slug, actor=here.actor, words=words, now=frame.now())


@st.fragment(run_every=LOOK_SECONDS)
def follow(fresh: list[Progress]) -> None:
    """Figures and shares, drawn anew every half minute for whoever may still see them.

    fresh  what the page has looked up already, for the first time; it is taken out
    """
    if fresh:
        found = fresh.pop()
    else:
        actor = identity.actor(clicked=False)
        if not identity.may(actor, Action.READ_PROTECTED_FIGURES, here.slug):
            st.rerun()
        found = looked_up(replace(here, actor=actor))
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
                "This consultation is anonymous. {count} organisation is on the contact list, but nobody can know "
                "whether it replied: there are no shares of the invited and no list of whom to remind. A reminder goes "
                "to everybody.",
                "This consultation is anonymous. {count} organisations are on the contact list, but nobody can know "
                "which of them replied: there are no shares of the invited and no list of whom to remind. A reminder "
                "goes to everybody.",
                found.invited,
            )
        )
    else:
        st.markdown(_("There is no contact list, so nothing can be said about shares of the invited."))
    moment = words.moment(frame.now(), policies_of(found.consultation).clock)
    told = _("As of {moment}. These figures are looked up again every half minute.", moment=moment)
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')


found = until_worked_out(here, "replies", partial(looked_up, here), lenses.Patience())
follow([found])
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
