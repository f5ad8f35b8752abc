"""What became of the answers: written on Collect, read by the code of a response."""

import html
from datetime import datetime

import streamlit as st

from data.records import ConsultationRecord
from survey import outcomes
from survey.access import Actor
from survey.open_responses import OpenResponse
from survey.outcomes import outcome_of
from survey.translator import LANGUAGES, Words, direction
from survey.ui import messages, resources


def show_form(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """A text for each language of the application, a link and a date."""
    _ = words.translate
    written = outcome_of(consultation)
    key = f"outcome_{consultation.slug}_"
    with st.expander(_("What became of the answers")), st.form(f"outcome_{consultation.slug}"):
        told = _("Everybody who sent a response sees this by their personal code.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        tags = dict.fromkeys([*LANGUAGES, *written.words])
        typed = {
            tag: st.text_area(LANGUAGES.get(tag, tag), written.words.get(tag, ""), key=key + tag, height=68)
            for tag in tags
        }
        link = st.text_input(_("Link to the report"), written.link, key=f"{key}link")
        on = st.text_input(_("Date, such as 2027-01-31"), written.on.isoformat() if written.on else "", key=f"{key}on")
        if st.form_submit_button(_("Save what became of the answers")):
            with messages.explained(words):
                outcomes.write_outcome(
                    resources.store(),
                    consultation.slug,
                    words={tag: text or "" for tag, text in typed.items()},
                    link=link or "",
                    on=on or "",
                    actor=actor,
                    now=now,
                )
                st.rerun()


def show_outcome(opened: OpenResponse, words: Words, tag: str) -> None:
    """The same for whoever sent a response, once it is written."""
    written = outcome_of(opened.consultation)
    results = outcomes.results_address(resources.store(), opened.consultation, tag)
    if not written and not results:
        return
    _ = words.translate
    st.subheader(_("What became of your answer"), anchor=False)
    text, shown, parts = written.in_language(tag), written.shown_in(tag), []
    if written.on is not None:
        parts.append(f'<div class="sd-muted">{html.escape(words.date(written.on))}</div>')
    if text:
        parts.append(
            f'<div class="sd-answer" lang="{html.escape(shown)}" dir="{direction(shown)}">{html.escape(text)}</div>'
        )
    if written.link:
        address = html.escape(written.link)
        parts.append(f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>')
    if results:
        told = html.escape(_("See the results"))
        parts.append(f'<a href="{html.escape(results)}" target="_blank" rel="noopener">{told}</a>')
    st.html(f'<div class="sd-box">{"<br>".join(parts)}</div>')
