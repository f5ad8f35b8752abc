"""Take the whole away in a template of the organisation's own: a master is chosen, filled and handed back, not kept."""

import html
from collections.abc import Callable

import streamlit as st

from analysis import take_away
from analysis.report.opened import MOST_MB
from analysis.report.template import Template, open_template
from analysis.take_away import File
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from survey.ui import messages


def show(frame: Frame, make: Callable[[Template], File], *, key: str) -> None:
    """A form for the master and, once it is filled, the file; make  asks the use case."""
    words = frame.words
    _ = words.translate
    told = _(
        "Choose a PowerPoint (.pptx, .potx) or Word (.docx, .dotx) file. Its layouts or styles, letters, colours, head "
        "and foot are taken over; its own slides and text are not. Nothing of it is kept here."
    )
    with st.expander(_("In a template of your organisation")):
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        with st.form(f"{key}-form", border=False):
            file = st.file_uploader(_("Template"), key=key, max_upload_size=MOST_MB)
            pressed = st.form_submit_button(_("Make the file"))
        if not pressed:
            return
        if file is None:  # also when the browser refused it, which it tells by a sign only
            st.error(_("No file came. Choose one of at most {most} MB.", most=words.number(MOST_MB)))
            return
        with messages.explained(words, MESSAGES):
            made = make(open_template(file.getvalue()))
            take_away.record(frame.store, made.name, actor=frame.actor, now=now())
            st.download_button(
                _("Take {file} away", file=made.name),
                made.content,
                file_name=made.name,
                mime=made.content_type,
                on_click="ignore",
                type="primary",
            )
