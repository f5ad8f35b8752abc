"""How long personal data of a consultation are kept, on Collect: the rules, what goes when, and erasing what is due."""

import html
from datetime import datetime

import streamlit as st

from data.records import ConsultationRecord
from survey import retention
from survey.access import Actor
from survey.policies import policies_of, written
from survey.retention import Due, Kind
from survey.translator import Words
from survey.ui import messages, resources
from survey.ui.rules import save_rules
from survey.ui.shared_forms import SharedForm
from survey.ui.tables import cards_table


def show_retention(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """The preview, the months of each kind, and the button when something is due."""
    _ = words.translate
    with st.expander(_("How long data are kept")):
        found = retention.preview(resources.store(), consultation.slug, actor=actor, now=now)
        names = kind_words(words)
        rows = [(names[each.kind], counted(each, words), when(each, consultation, words)) for each in found.due]
        st.html(cards_table((_("Data"), _("There now"), _("Erased")), rows))
        _show_rules(consultation, actor, now, words)
        if any(each.is_due and each.total for each in found.due):
            key = f"retention_{consultation.slug}"
            sure = st.checkbox(_("I want to erase now what is due"), key=f"{key}_sure")
            if st.button(_("Erase what is due"), key=f"{key}_run", disabled=not sure):
                with messages.explained(words):
                    retention.run(resources.store(), consultation.slug, actor=actor, now=now)
                    st.rerun()


def kind_words(words: Words) -> dict[Kind, str]:
    """What each kind of data is called."""
    _ = words.translate
    return {
        Kind.CONTACTS: _("Contact data, addresses on the contact list and in mails"),
        Kind.DRAFTS: _("Drafts that were never sent"),
        Kind.ANSWERS: _("Answers and files"),
    }


def counted(due: Due, words: Words) -> str:
    """How much of it there is."""
    return words.exactly(due.total)


def when(due: Due, consultation: ConsultationRecord, words: Words) -> str:
    """When it is erased, as a sentence."""
    _ = words.translate
    if due.months is None:
        return _("Never: there is no rule")
    if due.at is None:
        return _("Nobody knows when: set a closing date")
    moment = words.moment(due.at, policies_of(consultation).clock)
    return _("Due since {moment}", moment=moment) if due.is_due else moment


def _show_rules(consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    _ = words.translate
    present, names = written(policies_of(consultation)), kind_words(words)
    kept = {str(kind): present[f"keep_{kind}_months"] for kind in Kind}
    form = SharedForm(f"keep_{consultation.slug}_", consultation.revision, kept)
    with st.form(f"retention_{consultation.slug}"):
        told = _("Months after closing; empty: kept without end. A daily job erases what is due, for good.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        for kind in Kind:
            st.text_input(names[kind], key=f"{form.key}{kind}")
        if st.form_submit_button(_("Save how long data are kept")):
            texts = {f"keep_{kind}_months": text for kind, text in form.changed().items()}
            save_rules(consultation, form, texts, actor, now, words)
