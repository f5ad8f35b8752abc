"""The note under a card: everybody who may see the card reads it, staff write it."""

import html

import streamlit as st

from analysis import card_notes
from analysis.card_notes import CardNote
from analysis.ui.frame import Frame, now
from analysis.words import MESSAGES
from data.errors import Conflict, SoundingsError
from survey.ui import messages, session


def show(question: str, note: CardNote, frame: Frame) -> None:
    """The note, and for staff the box in which it is written."""
    _ = frame.words.translate
    if note.text:
        st.html(f'<div class="sd-card-note" role="note" dir="auto">{html.escape(note.text)}</div>')
    if not card_notes.may_note(frame.actor, frame.slug):
        return
    if note.hidden:
        st.warning(
            _(
                "Only those who see internal figures read this note, and no file holds it: a meeting does not see "
                "{number} on this card. Word it without.",
                number=note.hidden,
            )
        )
    _write(question, note, frame)


def _write(question: str, note: CardNote, frame: Frame) -> None:
    _ = frame.words.translate
    key, opened = f"note_{question}", f"note-opened_{question}"
    before = session.recall(opened)
    typed = str(session.widget(key) or "")
    if before is None or not session.has_widget(key) or (before[0] != note.revision and typed == before[1]):
        session.set_widget(key, note.text)
        session.remember(opened, (note.revision, note.text))
    with st.popover(_("Note"), key=f"note_box_{question}"):
        told = _("Everybody who may see this card reads the note, in the language in which you write it.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        st.text_area(_("Note under the card"), key=key, max_chars=card_notes.LONGEST, on_change="ignore")
        if st.button(_("Keep the note"), key=f"note_keep_{question}", type="primary"):
            try:
                card_notes.write_note(
                    frame.store,
                    frame.slug,
                    question,
                    str(session.widget(key) or ""),
                    revision=session.recall(opened)[0],
                    actor=frame.actor,
                    now=now(),
                )
            except SoundingsError as error:
                messages.show(error, frame.words, MESSAGES)
                if isinstance(error, Conflict):
                    st.info(_("The other note stands under the card now. Press again to put yours in its place."))
                    session.remember(opened, (note.revision, note.text))
            else:
                session.forget(opened)
                st.rerun()
