"""Replies that may be there twice or may be of an invited organisation, on the page Replies."""

import html

import streamlit as st

from analysis.ui.frame import Frame, now
from survey import invitations
from survey.access import Action
from survey.duplicates import Doubt
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import identity, messages
from survey.ui.tables import cards_table

SHOWN = 100
"""Rows on the page; more would make it slow, and those that are settled make room."""


def show_doubts(here: Frame) -> None:
    """What may be doubled, and for staff who may, whose reply it is; nothing when nothing is doubted."""
    found = invitations.doubted(here.store, here.slug, actor=here.actor)
    if not found:
        return
    words = here.words
    _ = words.translate
    st.header(_("Possible duplicates"), anchor=False)
    told = _(
        "Sent without a personal link, in the name of an invited organisation or in a name that was used before. "
        "Anybody can type a name: such a reply counts for the organisation only when you say so, or brought it in "
        "yourself, and until then reminders go on."
    )
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
    heads = (_("Reference"), _("Sent"), _("Organisation, as it was typed"), _("On the contact list"), _("Others sent"))
    clock = policies_of(here.consultation).clock
    rows = [
        (
            each.reference,
            words.moment(each.submitted_at, clock),
            each.name,
            _invited(each, words),
            words.number(each.others),
        )
        for each in found[:SHOWN]
    ]
    st.html(cards_table(heads, rows))
    claims = {each.reference: each for each in found if each.invitation_id is not None and not each.counts}
    if claims and identity.may(here.actor, Action.REVIEW_REPLIES, here.slug):
        _settle(here, claims)


def _invited(doubt: Doubt, words: Words) -> str:
    if doubt.is_near:
        return words.translate("nearly the name of {organisation}", organisation=doubt.organisation)
    return doubt.organisation


def _settle(here: Frame, claims: dict[str, Doubt]) -> None:
    _ = here.words.translate
    with st.form("settle"):
        reference = st.selectbox(
            _("Reply"),
            list(claims),
            format_func=lambda each: f"{each} · {claims[each].name} → {claims[each].organisation}",
            key="settle_reply",
        )
        if st.form_submit_button(_("It is the reply of this organisation")) and reference in claims:
            doubt = claims[reference]
            with messages.explained(here.words):
                invitations.count_reply(
                    here.store, here.slug, doubt.response_id, doubt.invitation_id, actor=here.actor, now=now()
                )
                st.rerun()
