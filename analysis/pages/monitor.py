"""Replies: who has answered and who has not, over time and by region."""

import html

import streamlit as st

from analysis import monitoring, take_away
from analysis.charts import choose, wording
from analysis.ui import cards, frame
from analysis.ui.doubts import show_doubts
from analysis.ui.progress import forecast_words, show_cells, show_invited, show_outreach, show_sections
from survey.access import Action
from survey.policies import policies_of
from survey.ui import identity

here = frame.open_page("Replies", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
found = monitoring.progress(here.store, here.slug, actor=here.actor, language=here.words.language, now=frame.now())
words = here.words
number = words.number
against_list = (
    (_("of {invited} invited organisations replied", invited=number(found.invited)), found.replied),
    (_("from organisations that are not on the list"), found.off_frame),
)
figures = (
    (_("replies"), found.replies),
    *(against_list[:1] if found.shows_frame else ()),
    (_("after the first deadline"), found.late),
    (_("drafts not sent yet"), found.drafts),
    *(against_list[1:] if found.shows_frame else ()),
)
tiles = "".join(
    f'<div class="sd-tile"><b>{html.escape(value)}</b><span>{html.escape(label)}</span></div>'
    for label, value in ((label, wording.count(count, here.words)) for label, count in figures)
)
st.html(f'<div class="sd-tiles">{tiles}</div>')
lines = []
clock = policies_of(found.consultation).clock
if found.consultation.deadline_at is not None:
    lines.append(_("First deadline: {moment}.", moment=here.words.moment(found.consultation.deadline_at, clock)))
if found.consultation.closes_at is not None:
    lines.append(_("Closes: {moment}.", moment=here.words.moment(found.consultation.closes_at, clock)))
st.markdown(" ".join(lines))
if found.target is not None:
    st.markdown(forecast_words(found, here.words))
charts = [("timeline", take_away.timeline_chart(found, here.words))]
if found.shows_frame:
    charts.append(("coverage", choose.coverage(found.coverage, source=found.source, words=here.words)))
for name, spec in charts:
    with st.container(border=True, key=f"card_{name}"):
        cards.draw(spec, name)
        cards.links(
            [
                (kind.upper(), f"export/{here.slug}/monitor/{name}.{kind}?lang={here.words.language}")
                for kind in ("png", "svg")
            ],
            _("Take away:"),
        )
if found.shows_frame:
    st.header(_("Replies of invited organisations"), anchor=False)
    show_cells(found, here.words)
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
show_sections(found, here.words)
if found.shows_frame and reads_contacts:
    show_invited(here)
