"""Several people at one response: who changed a section, further codes, hand-over and approval."""

import html

import streamlit as st

from data.records import KeyRole
from survey import asking, colleagues
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import messages, resources, session
from survey.ui.language import zone
from survey.ui.response_frame import now


def show_changed(opened: OpenResponse, section: str, words: Words) -> None:
    """Under the heading of a section: who changed it last, and when."""
    if told := asking.changed_words(opened.changed.get(section), words, zone()):
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')


def show_approval(opened: OpenResponse, code: str, words: Words) -> None:
    """On the last page: that it is ready, who must send it, and what is missing for that."""
    _ = words.translate
    response = opened.response
    if response.ready_at is not None:
        name = response.ready_by or _("whoever began this response")
        moment = words.moment(response.ready_at, zone())
        st.success(_("Ready for approval: {name}, {moment}", name=name, moment=moment))
    if opened.may_send:
        return
    approvers = [
        key.name or _("a colleague")
        for key in colleagues.colleagues(resources.store(), code, now=now())
        if key.role is KeyRole.APPROVER
    ]
    st.info(
        _("It is sent by somebody who may approve: {names}.", names=", ".join(approvers))
        if approvers
        else _("It is sent by somebody who may approve, and nobody has such a code yet. Invite a colleague.")
    )
    if response.ready_at is None and st.button(_("Ready for approval"), key="hand-over", type="primary"):
        with messages.explained(words):
            colleagues.hand_over(resources.store(), code, now=now())
            st.rerun()


def show_team(opened: OpenResponse, code: str, words: Words) -> None:
    """A button that opens the colleagues of the response, for its owner."""
    if opened.holder.role is not KeyRole.OWNER:
        return
    _ = words.translate
    if not session.recall("team"):
        if st.button(_("Invite a colleague"), key="team"):
            session.remember("team", True)
            st.rerun()
        return
    with st.container(border=True, key="colleagues"):
        st.markdown(f"**{_('Colleagues at this response')}**")
        _show_given(opened, words)
        for key in colleagues.colleagues(resources.store(), code, now=now()):
            left, right = st.columns([3, 1], vertical_alignment="center")
            name = key.name or _("a colleague")
            left.html(
                f'<div class="sd-answer">{html.escape(name)} · {html.escape(asking.role_words(key.role, words))}</div>'
            )
            if right.button(_("Take the code away"), key=f"revoke-{key.id}", width="stretch"):
                with messages.explained(words):
                    colleagues.revoke_colleague(resources.store(), code, key.id, now=now())
                    st.rerun()
        _show_invitation(opened, code, words)
        if not policies_of(opened.consultation).sign_off_required:
            label = (
                _("Somebody who may approve must send it") if not opened.response.sign_off else _("Anybody may send it")
            )
            if st.button(label, key="sign-off"):
                with messages.explained(words):
                    colleagues.ask_for_approval(resources.store(), code, not opened.response.sign_off, now=now())
                    st.rerun()
        if st.button(_("Close"), key="team-close"):
            session.forget("team", "given")
            st.rerun()


def _show_invitation(opened: OpenResponse, code: str, words: Words) -> None:
    _ = words.translate
    with st.form("colleague", clear_on_submit=True):
        name = st.text_input(_("Name of the colleague"), key="colleague-name")
        if policies_of(opened.consultation).anonymous:
            told = _("The consultation is anonymous, so the name is not kept.")
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        role = st.radio(
            _("What the colleague does"),
            [KeyRole.WRITER, KeyRole.APPROVER],
            format_func=lambda each: asking.role_words(KeyRole(each), words),
            key="colleague-role",
        )
        if st.form_submit_button(_("Make a code")):
            with messages.explained(words):
                given = colleagues.invite_colleague(resources.store(), code, name=name or "", role=str(role), now=now())
                session.remember("given", (name, given))
                st.rerun()


def _show_given(opened: OpenResponse, words: Words) -> None:
    if not (given := session.recall("given")):
        return
    _ = words.translate
    name, code = given
    link = f"{resources.settings().base_url}/respond?c={opened.consultation.slug}&r={code}"
    told = _("Give this code or link to {name}. It is shown only now.", name=name)
    st.html(
        f'<div class="sd-box" role="status"><strong>{html.escape(told)}</strong><br>'
        f'<span class="sd-code">{html.escape(code)}</span><br><span class="sd-link">{html.escape(link)}</span></div>'
    )
