"""Groups of opinion under a battery's card: looked for when somebody asks, because it takes a while."""

import html

import streamlit as st

from analysis import opinions
from analysis.charts import opinions as opinion_words
from analysis.charts import palette, wording
from analysis.charts.screen import map_legend
from analysis.charts.spec import MapSpec
from analysis.findings.card import Card
from analysis.findings.opinions import Opinions
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.errors import SoundingsError
from survey.translator import Words
from survey.ui import messages


def chosen(card: Card, frame: Frame, snapshot: str) -> Opinions | None:
    """The groups of opinion of this battery, when they are asked for; the reason on the page when there can be none."""
    _ = frame.words.translate
    if not st.toggle(_("Groups of opinion"), key=f"groups_wanted_{card.question}"):
        return None
    with st.spinner(_("Looking for groups of opinion")):
        try:
            return opinions.opinions(
                frame.store,
                frame.slug,
                card.question,
                actor=frame.actor,
                audience=card.audience,
                language=frame.words.language,
                now=now(),
                snapshot=snapshot,
            )
        except SoundingsError as error:
            messages.show(error, frame.words, MESSAGES)
            return None


def told(found: Opinions, words: Words, *, with_notes: bool) -> str:
    """Everything that is said in words, as HTML.

    with_notes  False where a chart with the same notes follows
    """
    trust = html.escape(wording.sentences(opinion_words.trust_lines(found, words)))
    parts = "".join(
        f"<h4>{html.escape(heading)}</h4><ul>"
        + "".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
        + "</ul>"
        for heading, sentences in opinion_words.sections(found, words)
    )
    lines = opinion_words.note_lines(found, words) if with_notes else ()
    notes = "".join(f'<div class="sd-note">{html.escape(line)}</div>' for line in lines)
    return (
        f"<p><strong>{html.escape(opinion_words.headline(found, words))}</strong></p>"
        f'<div class="sd-muted">{html.escape(opinion_words.base_line(found, words))}</div><p>{trust}</p>{parts}{notes}'
    )


def map_heading(spec: MapSpec) -> str:
    """Title and legend of the map as HTML; the signs carry the colours of the points."""
    names = " &nbsp; ".join(
        f'<span class="sd-sign" style="{palette.style(colour)}">{sign}</span> {html.escape(name)}'
        for sign, colour, name in map_legend(spec)
    )
    return f"<h4>{html.escape(spec.title)}</h4><div>{names}</div>"
