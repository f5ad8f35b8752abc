"""After sending: open the response for changes, drop them, withdraw it, with the dates that hold."""

import streamlit as st

from data.records import ResponseStatus
from survey import corrections
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import messages, resources, session
from survey.ui.response_frame import now


def show_afterwards(opened: OpenResponse, code: str, words: Words) -> None:
    """Below the receipt: until when it can be changed and seen, and the two acts."""
    _ = words.translate
    moment = now()
    may = corrections.afterwards(opened, now=moment)
    zone = policies_of(opened.consultation).clock
    lines = []
    if may.corrections_until is not None:
        until = words.moment(may.corrections_until, zone)
        lines.append(
            _("You can change what you sent until {moment}.", moment=until)
            if moment <= may.corrections_until
            else _("Changes were possible until {moment}.", moment=until)
        )
    if may.visible_until is not None:
        lines.append(_("Your code shows this page until {moment}.", moment=words.moment(may.visible_until, zone)))
    for line in lines:
        st.markdown(line)
    if opened.response.status is ResponseStatus.WITHDRAWN:
        return
    if may.correctable and st.button(_("Change what was sent"), key="correct"):
        with messages.explained(words):
            corrections.correct(resources.store(), code, now=moment)
            _begin_anew()
    if not may.withdrawable:
        return
    with st.expander(_("Withdraw the response")):
        st.markdown(_("It will count nowhere any more. It is kept with its reference, and this cannot be undone."))
        sure = st.checkbox(_("I want to withdraw this response"), key="withdraw-sure")
        if st.button(_("Withdraw"), key="withdraw", disabled=not sure):
            with messages.explained(words):
                corrections.withdraw(resources.store(), code, now=moment)
                _begin_anew()


def show_correcting(opened: OpenResponse, code: str, words: Words) -> None:
    """Above every section of a correction: what counts meanwhile, until when, and the way back."""
    if not opened.response.correcting:
        return
    _ = words.translate
    until = corrections.afterwards(opened, now=now()).corrections_until
    with st.container(border=True, key="correcting"):
        st.markdown(f"**{_('You are changing a response that was sent.')}**")
        told = _("What was sent counts until you send the changes.")
        if until is not None:
            moment = words.moment(until, policies_of(opened.consultation).clock)
            told += " " + _("They can be sent until {moment}.", moment=moment)
        st.markdown(told)
        if st.button(_("Drop the changes"), key="drop-correction"):
            with messages.explained(words):
                corrections.drop_correction(resources.store(), code, now=now())
                _begin_anew()


def _begin_anew() -> None:
    session.drop_widgets(("q_", "withdraw"))
    session.forget("place", "seen", "seen_for", "sent", "issues_for")
    st.rerun()
