"""Questions: one card for every question, under filters that apply to all, compared by groups on demand.

What is looked at stands in the address. Only the cards of one section, or those that a search finds, are made: beside
the page, in the order in which they stand on it. It shows those that are there, and looks for the others by itself;
their badges follow when all are drawn.
"""

import html
from functools import partial

import streamlit as st

from analysis import card_notes, estimates, exploration, gradual, inventory, lenses, opened_data, review
from analysis.card_notes import NO_NOTE, CardNote
from analysis.exploration import Look
from analysis.findings.card import Card
from analysis.inventory import Listed
from analysis.ui import address, card_choices, cards, file_links, filters, frame, methods
from analysis.ui.card_notes import show as note_box
from analysis.ui.reading import cards_told, until_read
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey import response_files
from survey.access import Action
from survey.ui import identity, messages, session

POLL_SECONDS, CARDS_POLL_SECONDS = 3.0, 1.0
MOST_FOUND = 15  # cards of a search; more words find fewer (a text of its own line would be drawn on the page)

here = frame.open_page("Questions", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
audience, language = opened_data.screen_audience(here.actor, here.slug), here.words.language
patience = lenses.Patience()
until_read(here, patience)
if state := address.frozen_state(here):
    until_read(here, patience, state)
refused = address.arrive(here, again=session.recall(frame.BEFORE) == "Questions")
address.tell(refused, here.words)
chosen = filters.bar(here, more=True)
variables = inventory.filter_variables(
    here.store, here.slug, actor=here.actor, language=language, snapshot=chosen.snapshot, every=True
)
listed = inventory.questions(
    here.store, here.slug, actor=here.actor, language=language, audience=audience, snapshot=chosen.snapshot
)
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
sections = exploration.sections(listed)
# What was asked about the subject comes after who answers.
start = filters.after_respondents([each.name for each in listed], [each for each in variables if each.role])
told_before = {each.place for each in listed[:start]}
usual = next((place for place in sections if place not in told_before), list(sections)[-1])
wanted = address.wanted_section()
linked = st.query_params.get("q")
if wanted is not None or session.widget(address.SECTION) not in sections:
    of_question = next((each.place for each in listed if each.name == linked), usual)
    session.set_widget(address.SECTION, wanted if wanted and wanted in sections else of_question)
with st.container(key="look"):  # two beside each other on a telephone, by the style sheet
    section_column, search_column, by_column, weights_column = st.columns([4, 3, 2, 2], vertical_alignment="bottom")
with section_column:
    section = st.selectbox(
        _("Section"), list(sections), format_func=lambda place: sections.get(place, place), key=address.SECTION
    )
with search_column:
    search = (
        st.text_input(_("Search in questions and options"), key=address.SEARCH, persist_state="session") or ""
    ).strip()
with by_column:
    names = {"": _("no comparison"), **filters.banner_names(variables, here.words)}
    if session.widget(address.BY) not in names:
        session.set_widget(address.BY, "")
    by = st.selectbox(_("Compare by"), list(names), format_func=names.__getitem__, key=address.BY)
with weights_column:
    weights = methods.weights_of(here)
method = methods.bar(here, chosen.snapshot, weights)
framed = estimates.framed(here.store, here.slug, actor=here.actor, snapshot=chosen.snapshot)
row = st.container(horizontal=True, vertical_alignment="center")
with row:
    numbers = st.checkbox(_("Show all numbers with their intervals"), key=address.NUMBERS, persist_state="session")
look = Look(
    filters=chosen,
    section="" if section == usual else section,
    by=by,
    search=search[: exploration.LONGEST_SEARCH],
    method=method,
    numbers=bool(numbers),
    forms=card_choices.pairs(card_choices.FORMS, {each.name for each in listed if not each.wordy}),
    answers=card_choices.pairs(card_choices.ANSWERS, {each.name for each in listed if each.wordy}),
)
address.write(look)
with row:
    address.steps(here.words)


def asked_for() -> list[Listed]:
    """The questions of which cards are shown."""
    if not search:
        return [each for each in listed if each.place == section]
    found = exploration.found(listed, search)
    told = here.words.plural(
        "{count} question found in all sections", "{count} questions found in all sections", len(found)
    )
    if len(found) > MOST_FOUND:
        shown, count = here.words.number(MOST_FOUND), here.words.number(len(found))
        told = f"{told}. {_('The first {shown} of {count} are shown.', shown=shown, count=count)}"
    st.html(f'<div class="sd-muted" role="status">{html.escape(told)}</div>')
    return list(found[:MOST_FOUND])


def show(asked: list[Listed]) -> None:
    """The cards that are made by now, then their badges, or how far the others are."""
    under_way = gradual.under_way(
        here.store,
        here.slug,
        [each.name for each in asked],
        actor=here.actor,
        audience=audience,
        language=language,
        filters=chosen,
        now=frame.now(),
        by=by,
        method=method,
        visitor=session.visitor(),
    )
    notes: dict[str, CardNote] = {}
    if not chosen.snapshot:  # notes are of the present
        names = [each.name for each in asked]
        notes = card_notes.notes(here.store, here.slug, actor=here.actor, audience=audience, now=frame.now(), of=names)
    waiting: list[tuple[Card, cards.Badge]] = []
    heading = ""
    for place, each in enumerate(asked):
        try:
            card = under_way.card(place, patience=patience.left)
        except SoundingsError as error:
            messages.show(error, here.words, MESSAGES)
            continue
        if card is None:
            wait_for_cards(under_way, place)
            return
        if search and sections[each.place] != heading:
            heading = sections[each.place]
            st.subheader(heading, anchor=False)
        note = partial(note_box, each.name, notes.get(each.name, NO_NOTE), here)
        badge = cards.show(card, here, chosen, numbers=look.numbers, framed=framed, below=note)
        if badge is not None:
            waiting.append((card, badge))
    if not badges(waiting, patience.left):
        wait(waiting)


@st.fragment(run_every=CARDS_POLL_SECONDS)
def wait_for_cards(under_way: gradual.UnderWay, shown: int) -> None:
    """How many cards are made; the page is drawn again when there is one more."""
    if under_way.ready > shown or under_way.is_over:
        st.rerun()
    st.html(cards_told(under_way, audience, here.words))


def badges(waiting: list[tuple[Card, cards.Badge]], seconds: float | None) -> bool:
    """Whether the badges stand on the cards; False while what they rest on is being worked out."""
    untested = [card for card, _badge in waiting]
    tested = review.assessed(
        here.store, here.slug, untested, actor=here.actor, snapshot=chosen.snapshot, patience=seconds
    )
    for card, (_untested, badge) in zip(tested or (), waiting, strict=tested is not None):
        badge(card)
    return tested is not None


@st.fragment(run_every=POLL_SECONDS)
def wait(waiting: list[tuple[Card, cards.Badge]]) -> None:
    """Looks again from time to time, without holding up what is pressed meanwhile."""
    untested = [card for card, _badge in waiting]
    if review.assessed(here.store, here.slug, untested, actor=here.actor, snapshot=chosen.snapshot, patience=0):
        st.rerun()


try:
    show(asked_for())
except SoundingsError as error:
    messages.show(error, here.words, MESSAGES)
if identity.may(here.actor, Action.READ_ANSWERS, here.slug) and (
    files := response_files.staff_files(here.store, here.slug, actor=here.actor)
):
    with st.expander(_("Files that respondents sent")):
        file_links.show(
            [(f"{record.name} · {reference}", f"answers/files/{record.id}") for record, reference in files], ""
        )
