"""The questionnaire was changed since a draft was begun: the draft moves, what was typed goes with it, and a note."""

import html
from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from data.errors import SoundingsError
from survey import responses, saving
from survey.logic.answers import coerce
from survey.logic.instances import name_of
from survey.open_responses import OpenResponse
from survey.translator import Words
from survey.ui import messages, questions, resources, session
from survey.ui.response_frame import address, now


def present(code: str) -> OpenResponse:
    """The response behind the code, in the newest version of the questionnaire when this session opens it.

    A session that shows an older version than the draft has meanwhile gives what was typed in it to the draft first.
    """
    store = resources.store()
    language = session.recall("language") or st.query_params.get("lang", "")  # the light form leads here in its own
    if session.recall("opened_code") != code:
        with resources.guard().guessing(address(), st.query_params.get("c", "")):
            opened = responses.reopen(store, code, now=now(), language=language)
        session.forget("not_placed")
    else:
        opened = responses.resume(store, code, now=now(), language=language)
        shown = session.recall("shown_version")
        if not opened.submitted and shown not in (None, opened.response.version_number):
            _keep_typed(opened, code, shown)
            opened = responses.resume(store, code, now=now(), language=language)
    session.remember("opened_code", code)
    session.remember("shown_version", opened.response.version_number)
    return opened


def _keep_typed(opened: OpenResponse, code: str, shown: int) -> None:
    """What this window holds of the old version is saved; what another window answered meanwhile is shown instead."""
    form = responses.form_of_version(resources.store(), code, shown, now=now())
    place, _code = session.recall("seen_for") or ("", "")
    seen: Mapping[str, object] = session.recall("seen") or {}
    section = next((each for each in form.sections() if each.name == place), None)
    not_placed = []
    for name, value in questions.collected(section, seen, session.widgets()).items() if section else ():
        with suppress(SoundingsError):
            if coerce(form.question(name_of(name)), value) == seen.get(name):
                continue
        try:
            saving.save(
                resources.store(),
                code,
                {name: value},
                seen=seen,  # type: ignore[arg-type]
                section="",
                language=opened.response.language,
                now=now(),
                draft_days=resources.settings().draft_days,
                version=shown,
            )
        except SoundingsError:
            not_placed.append(str(value))
    session.remember("not_placed", not_placed)
    session.drop_widgets("q_")
    session.forget("seen", "seen_for", "sent", "place", "issues_for", "options")


def show_note(opened: OpenResponse, code: str, words: Words) -> None:
    """That the questionnaire changed, which answers need attention, and what could not be kept; until it was read."""
    _ = words.translate
    not_placed = session.recall("not_placed") or []
    if not opened.response.moved_from and not not_placed:
        return
    with st.container(border=True, key="changed-note"):
        st.markdown(f"**{_('The questionnaire was changed since you began. Your answers were taken over.')}**")
        if opened.attention:
            state = opened.state
            labels = [state.words(state.questionnaire.question(name).label) or name for name in opened.attention]
            st.html(_listed(_("Please look at these answers again:"), labels))
        if not_placed:
            st.html(_listed(_("Another window answered meanwhile. This was not kept:"), not_placed))
        if st.button(_("I have read this"), key="note-read"):
            with messages.explained(words):
                responses.dismiss_note(resources.store(), code, now=now())
                session.forget("not_placed")
                st.rerun()


def _listed(head: str, lines: list[str]) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<div class="sd-muted">{html.escape(head)}<ul>{items}</ul></div>'
