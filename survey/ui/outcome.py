"""What became of the answers: written on Collect, read by the code of a response."""

import html
from datetime import datetime

import streamlit as st

from data.errors import SoundingsError
from data.records import ConsultationRecord
from survey import outcomes
from survey.access import Actor
from survey.open_responses import OpenResponse
from survey.outcomes import outcome_of
from survey.translator import LANGUAGES, Words, direction
from survey.ui import resources
from survey.ui.shared_forms import SharedForm


def show_form(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """A text for each language of the application, a link and a date."""
    _ = words.translate
    written = outcome_of(consultation)
    tags = dict.fromkeys([*LANGUAGES, *written.words])
    present = {tag: written.words.get(tag, "") for tag in tags}
    present |= {"link": written.link, "on": written.on.isoformat() if written.on else ""}
    form = SharedForm(f"outcome_{consultation.slug}_", consultation.revision, present)
    with st.expander(_("What became of the answers")), st.form(f"outcome_{consultation.slug}"):
        told = _("Everybody who sent a response sees this by their personal code.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        for tag in tags:
            st.text_area(LANGUAGES.get(tag, tag), key=form.key + tag, height=68)
        st.text_input(_("Link to the report"), key=f"{form.key}link")
        st.text_input(_("Date, such as 2027-01-31"), key=f"{form.key}on")
        if st.form_submit_button(_("Save what became of the answers")):
            typed = form.typed()
            try:
                outcomes.write_outcome(
                    resources.store(),
                    consultation.slug,
                    words={tag: text for tag, text in form.changed().items() if tag in tags},
                    link=typed["link"],
                    on=typed["on"],
                    actor=actor,
                    now=now,
                    revision=form.revision,
                )
            except SoundingsError as error:
                form.refused(error, words)
            else:
                form.saved()
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
