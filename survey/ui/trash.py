"""Deleting responses on the page Collect: ask, agree, refuse, restore."""

import html
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from data.log_records import DeletionState
from data.records import ConsultationRecord
from data.store import Store
from survey import trash
from survey.access import Actor
from survey.translator import Words
from survey.trash import Deletion
from survey.ui import messages
from survey.ui.act_words import actor_words
from survey.ui.language import zone


def show_trash(store: Store, consultation: ConsultationRecord, actor: Actor, now: datetime, words: Words) -> None:
    """A form to ask for a deletion, and all that were asked for."""
    _, slug = words.translate, consultation.slug
    told = _(
        "A response is deleted when one person asks with a reason and another agrees. It then counts nowhere, can be "
        "restored for {days} days, and is erased after that. Write no names into the reason: it is kept.",
        days=trash.TRASH_DAYS,
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    with st.form(f"delete_{slug}", clear_on_submit=True):
        reference = st.text_input(_("Reference of the response"), key=f"delete_reference_{slug}")
        reason = st.text_area(_("Reason"), key=f"delete_reason_{slug}", max_chars=trash.REASON_LIMIT)
        if st.form_submit_button(_("Ask for its deletion")):
            with messages.explained(words):
                trash.ask(store, slug, reference or "", reason or "", actor=actor, now=now)
                st.rerun()
    for found in trash.deletions(store, slug, actor=actor, now=now):
        with st.container(border=True):
            st.html(_told(found, words))
            _buttons(store, slug, found, actor, now, words)


def _told(found: Deletion, words: Words) -> str:
    _, record = words.translate, found.record
    states = {
        DeletionState.ASKED: _("asked for"),
        DeletionState.REFUSED: _("refused"),
        DeletionState.TRASHED: _("in the trash"),
        DeletionState.RESTORED: _("restored"),
        DeletionState.ERASED: _("erased"),
    }
    lines = [f"<b><bdi>{html.escape(record.reference)}</bdi></b> · {html.escape(states[record.state])}"]
    lines.append(f"<bdi>{html.escape(record.reason)}</bdi>")
    told = [_("Asked by {name}, {at}", name=actor_words(record.asked_by, words), at=_moment(record.asked_at, words))]
    if record.decided_at is not None:
        name = actor_words(record.decided_by, words)
        told.append(_("Decided by {name}, {at}", name=name, at=_moment(record.decided_at, words)))
    if record.ended_at is not None:
        name = actor_words(record.ended_by, words)
        told.append(_("Ended by {name}, {at}", name=name, at=_moment(record.ended_at, words)))
    if found.erased_from is not None:
        told.append(_("It is erased after {at}", at=_moment(found.erased_from, words)))
    if found.agree_from is not None and not found.may_agree:
        told.append(_("You can agree yourself after {at}", at=_moment(found.agree_from, words)))
    lines += [f'<span class="sd-muted">{html.escape(each)}</span>' for each in told]
    return "<br>".join(lines)


def _moment(moment: datetime, words: Words) -> str:
    return words.moment(moment, zone())


def _buttons(store: Store, slug: str, found: Deletion, actor: Actor, now: datetime, words: Words) -> None:
    _, key = words.translate, found.record.id
    acts: list[tuple[str, Callable[..., None]]] = []
    if found.may_agree:
        acts.append((_("Agree: put it into the trash"), trash.agree))
    if found.record.state is DeletionState.ASKED:
        acts.append((_("Refuse: it stays"), trash.refuse))
    if found.record.state is DeletionState.TRASHED:
        acts.append((_("Restore it"), trash.restore))
    with st.container(horizontal=True):
        for label, act in acts:
            if st.button(label, key=f"{act.__name__}_{slug}_{key}"):
                with messages.explained(words):
                    act(store, slug, key, actor=actor, now=now)
                    st.rerun()
