"""What a question says of the whole contact list, under its card: worked out when somebody asks."""

import html

import streamlit as st

from analysis import estimates
from analysis.charts import estimate_words, wording
from analysis.findings.card import Card
from analysis.findings.estimates import ESTIMATED
from analysis.opened_data import Filters
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from survey.ui import messages
from survey.ui.tables import plain_table


def show_estimates(card: Card, frame: Frame, filters: Filters) -> None:
    """A box to tick, and behind it a row for each option and group, and of whom they are; nothing for another card."""
    words = frame.words
    if card.kind not in ESTIMATED:
        return
    label = words.translate("Estimates for the whole contact list")
    if not st.checkbox(label, key=f"estimate_{card.question}"):
        return
    with messages.explained(words, MESSAGES):
        found = estimates.estimate(
            frame.store,
            frame.slug,
            card.question,
            actor=frame.actor,
            audience=card.audience,
            language=card.language,
            filters=filters,
            by=card.by,
            now=now(),
        )
        st.html(plain_table(*estimate_words.table(found.estimates, found.card, words)))
        told = wording.sentences(estimate_words.note_lines(found.estimates, found.card, words))
        st.html(f'<div class="sd-note">{html.escape(told)}</div>')
