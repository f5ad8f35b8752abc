"""The end of a response: look it over, send it, keep the copy."""

import html
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NoReturn

import streamlit as st

from survey import asking, confirmations, markup, receipts, responses
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.questionnaire import Group, Kind
from survey.translator import Words
from survey.ui import messages, questions, resources, session, theme
from survey.ui.language import zone
from survey.ui.outcome import show_outcome
from survey.ui.response_colleagues import show_approval, show_changed, show_team
from survey.ui.response_corrections import show_afterwards
from survey.ui.response_frame import link_later, now
from survey.ui.response_own_data import show_own_data


def show_review(opened: OpenResponse, code: str, sections: list[Group], words: Words) -> None:
    """Each section with what is missing in it, and the button that sends."""
    _ = words.translate
    st.title(_("Look it over and send it"), anchor=False)
    theme.fictional_mark(opened.consultation, words)
    state = opened.state
    sent = state.submission()
    for section in sections:
        answered = [key for key, question in state.asked((section,)) if key in sent and question.kind is not Kind.NOTE]
        issues = state.section_issues(section.name)
        with st.container(border=True):
            left, right = st.columns([3, 1], vertical_alignment="center")
            with left:
                st.markdown(f"**{markup.plain(asking.heading(section, state))}**")
                count = words.plural("{count} answer", "{count} answers", len(answered))
                st.html(f'<div class="sd-muted">{html.escape(count)}</div>')
                show_changed(opened, section.name, words)
                if issues:
                    st.html(f'<div class="sd-issue">{html.escape(asking.attention(len(issues), words))}</div>')
            with right:
                if st.button(_("Change"), key=f"go-{section.name}", width="stretch"):
                    _go_to(section, issues)
            with st.container(key=f"points-{section.name}") if issues else nullcontext():
                for key, issue in issues:
                    point = f"{asking.place_of(key, state)}{words.colon}{asking.issue_words(issue, key, state, words)}"
                    if st.button(point, key=f"point-{key}", type="tertiary"):
                        session.remember("go_to", key)
                        _go_to(section, issues)
    if name := responses.duplicate_hint(resources.store(), code, now=now()):
        st.info(
            _(
                "A response of {organisation} was sent already. If your colleagues sent it, ask them for its personal "
                "code before you send a second one. If it is another organisation, go on.",
                organisation=name,
            )
        )
    st.markdown(_("After sending, you get a reference and a copy of your answers."))
    show_approval(opened, code, words)
    if opened.may_send and st.button(_("Send the response"), key="submit", type="primary"):
        with messages.explained(words):
            received = responses.submit(resources.store(), code, now=now(), version=opened.response.version_number)
            if received.just_sent:
                confirmations.confirm(received, settings=resources.settings(), now=now())
            session.forget("place", "seen", "seen_for", "issues_for")
            st.rerun()
    link_later(opened, code, words)
    show_team(opened, code, words)
    show_own_data(opened, code, words)


def _go_to(section: Group, issues: Sequence[object]) -> NoReturn:
    """The section, with its faults said at the questions when it has any."""
    session.remember("place", section.name)
    if issues:
        session.remember("issues_for", section.name)
    st.rerun()


def show_receipt(opened: OpenResponse, code: str, words: Words, tag: str) -> None:
    """Reference, time with zone, downloads, and every answer."""
    _ = words.translate
    kept = receipts.receipt(resources.store(), code, now=now(), language=tag)
    heading = _("This response was withdrawn.") if kept.withdrawn_at else _("Thank you. Your response was received.")
    st.title(heading, anchor=False)
    theme.fictional_mark(opened.consultation, words)
    local, stated = zone(), policies_of(opened.consultation).clock
    moments = [kept.moment(kept.submitted_at, words)]
    if local.key != stated.key and not kept.whole_days:
        moments.append(words.moment(kept.submitted_at, local))
    late = _("Received after the first deadline; it is marked as late and counted.")
    st.html(
        '<div class="sd-box">'
        f"{html.escape(_('Reference'))}{words.colon}<span class='sd-code'>{html.escape(kept.reference)}</span><br>"
        f"{html.escape(_('Received'))}{words.colon}{' / '.join(f'<bdi>{html.escape(each)}</bdi>' for each in moments)}"
        + (f"<br>{html.escape(late)}" if kept.late else "")
        + "".join(f"<br>{html.escape(line)}" for line in receipts.since(kept, words))
        + "</div>"
    )
    show_outcome(opened, words, tag)
    st.subheader(_("Keep a copy"), anchor=False)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("code", code), ("lang", tag))
    )
    buttons = "".join(
        f'<form method="post" action="receipts/{kind}">{hidden}'
        f'<button class="sd-button">{html.escape(label)}</button></form>'
        for kind, label in (
            ("pdf", _("Copy to print (PDF)")),
            ("html", _("Copy as a page (HTML)")),
            ("json", _("Copy as data (JSON)")),
        )
    )
    st.html(f'<div class="sd-buttons">{buttons}</div>')
    show_afterwards(opened, code, words)
    show_own_data(opened, code, words)
    if kept.consent is not None:
        with st.expander(_("What you agreed to")):
            st.html(f'<div class="sd-answer">{html.escape(kept.consent.text)}</div>')
    for heading, entries in kept.sections:
        with st.expander(heading):
            for entry in entries:
                st.html(
                    f'<div class="sd-label">{html.escape(entry.label)}</div>'
                    + questions.answer_box(entry.words, entry.direction)
                )
