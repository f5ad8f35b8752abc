"""Replies: who has answered and who has not, over time and by region."""

from datetime import UTC

import streamlit as st

from analysis import monitoring, take_away
from analysis.charts import choose
from analysis.ui import cards, frame
from survey.access import Action

here = frame.open_page("Replies", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
found = monitoring.progress(here.store, here.slug, actor=here.actor, language=here.words.language, now=frame.now())
number = here.words.number
with st.container(horizontal=True, key="figures"):
    for label, value in (
        (_("Replies"), number(found.replies)),
        (_("Of {invited} invited organisations", invited=number(found.invited)), number(found.replied)),
        (_("After the first deadline"), number(found.late)),
        (_("Drafts not sent yet"), number(found.drafts)),
        (_("From organisations not on the list"), number(found.off_frame)),
    ):
        st.metric(label, value, border=True, width=185)
lines = []
if found.consultation.deadline_at is not None:
    lines.append(_("First deadline: {moment}.", moment=here.words.moment(found.consultation.deadline_at, UTC)))
if found.consultation.closes_at is not None:
    lines.append(_("Closes: {moment}.", moment=here.words.moment(found.consultation.closes_at, UTC)))
st.markdown(" ".join(lines))
for name, spec in (
    ("timeline", take_away.timeline_chart(found, here.words)),
    ("coverage", choose.coverage(found.coverage, source=found.source, words=here.words)),
):
    with st.container(border=True):
        cards.draw(spec, name)
        cards.links(
            [
                (kind.upper(), f"export/{here.slug}/monitor/{name}.{kind}?lang={here.words.language}")
                for kind in ("png", "svg")
            ],
            _("Take away:"),
        )
