"""Questions: one card for every question, under filters that apply to all, compared by groups on demand."""

import streamlit as st

from analysis import review
from analysis.findings.card import CardKind
from analysis.findings.method import PLAIN
from analysis.ui import cards, filters, frame, methods
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey import response_files
from survey.access import Action
from survey.ui import identity, messages, session

here = frame.open_page("Questions", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
audience = review.screen_audience(here.actor, here.slug)
chosen = filters.bar(here)
language = here.words.language
variables = review.filter_variables(
    here.store, here.slug, actor=here.actor, language=language, snapshot=chosen.snapshot
)
try:
    found = review.cards(
        here.store,
        here.slug,
        actor=here.actor,
        audience=audience,
        language=language,
        filters=chosen,
        now=frame.now(),
    )
except SoundingsError as error:
    messages.show(error, here.words, MESSAGES)
    st.stop()
st.html(
    '<div class="sd-muted">'
    + (
        _(
            "Internal figures: not for publication. Whatever you take away hides small counts and what they could "
            "be worked out from."
        )
        if audience == "internal"
        else _("Protected figures: small counts and what they could be worked out from are hidden.")
    )
    + "</div>"
)
sections = list(dict.fromkeys(card.section for card in found))
section_column, by_column = st.columns([3, 2])
with section_column:
    if session.widget("section") not in sections:
        # What was asked about the subject comes after who answers.
        start = filters.after_respondents([card.question for card in found], variables)
        told_before = {card.section for card in found[:start]}
        linked = [card.section for card in found if card.question == st.query_params.get("q")]
        subject = [name for name in sections if name not in told_before]
        session.set_widget("section", [*linked, *subject, sections[-1]][0])
    section = st.selectbox(_("Section"), sections, key="section")
with by_column:
    names = {variable.name: filters.name_of(variable, here.words) for variable in variables} | {"": _("no comparison")}
    by = st.selectbox(_("Compare by"), ["", *(v.name for v in variables)], format_func=names.__getitem__, key="compare")
method = methods.bar(here, chosen.snapshot)
for card in found:
    if card.section != section:
        continue
    shown = card
    compared = bool(by) and card.question != by
    if card.kind is not CardKind.TEXT and (compared or method != PLAIN):
        try:
            shown = review.card(
                here.store,
                here.slug,
                card.question,
                actor=here.actor,
                audience=audience,
                language=language,
                filters=chosen,
                now=frame.now(),
                by=by if compared else "",
                method=method,
            )
        except SoundingsError as error:
            messages.show(error, here.words, MESSAGES)
    cards.show(shown, here, chosen)
if identity.may(here.actor, Action.READ_ANSWERS, here.slug) and (
    files := response_files.staff_files(here.store, here.slug, actor=here.actor)
):
    with st.expander(_("Files that respondents sent")):
        cards.links([(f"{record.name} · {reference}", f"answers/files/{record.id}") for record, reference in files], "")
