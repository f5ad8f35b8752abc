"""What changed since a page was drawn: the questionnaire, which a draft moves to with what was typed, and the answers
that other windows gave while this browser held some. And a note about both."""

import html
from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from data.errors import InvalidInput, NotFound, SoundingsError
from survey import asking, responses, saving
from survey.logic.answers import cleaned, coerce
from survey.logic.instances import name_of
from survey.logic.marks import mark
from survey.open_responses import OpenResponse
from survey.questionnaire import LIST_KINDS, UPLOAD_KINDS, Answer, Kind, Question
from survey.receipts import answer_words
from survey.translator import Words
from survey.ui import messages, questions, resources, session
from survey.ui.response_frame import address, interface, now

_CHOSEN = LIST_KINDS | {Kind.RANGE, Kind.ACKNOWLEDGE}
"""Kinds of which a field shows what is on offer and nothing else."""


def present(code: str) -> OpenResponse:
    """The response behind the code, in the newest version of the questionnaire when this session opens it.

    A session that shows an older version than the draft has meanwhile gives what was typed in it to the draft first.
    One in which a response was erased by its personal link says so until another is begun by that link.
    """
    try:
        return _present(code)
    except NotFound as error:
        erased, reference = session.recall("erased") or ("", "")
        if error.code == "response.not_begun" and erased == code:
            raise NotFound("response.erased", reference=reference) from error
        raise


def _present(code: str) -> OpenResponse:
    store = resources.store()
    language = session.recall("language") or st.query_params.get("lang", "")  # the light form leads here in its own
    if session.recall("opened_code") != code:
        with resources.guard().guessing(address(), st.query_params.get("c", ""), code):
            opened = responses.reopen(store, code, now=now(), language=language)
        session.forget("not_placed", "lost_here")
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


def bring_back(opened: OpenResponse, place: str, told: object) -> bool:
    """What the browser held of a closed page, and another window answered otherwise meanwhile, stands in its fields
    again, as an entry that its reader has to choose about, also with a fault; True when the section is to be drawn so.

    What no field of the section takes is told, with its question, and so is what belongs to another section.

    told  {"place": section, "answers": {question: what was entered}, "elsewhere": the same of others}, from the browser
    """
    if not isinstance(told, Mapping) or told.get("place") != place or not isinstance(told.get("answers"), Mapping):
        return False
    state, stored = opened.state, opened.state.answers
    section = next((each for each in state.questionnaire.sections() if each.name == place), None)
    asked = dict(state.asked((section,))) if section else {}
    found: dict[str, Answer] = {}
    lost: list[str] = []
    for name, value in told["answers"].items():
        question = asked.get(name)
        try:
            if question is None or question.kind in UPLOAD_KINDS or not state.is_asked(name):
                raise InvalidInput("answer.not_askable")
            answer = _as_entered(question, value, state.language)
        except SoundingsError:
            if value not in (None, "", []):
                lost.append(_line(name, value, opened))
            continue
        if answer != stored.get(name):
            found[name] = answer  # type: ignore[assignment]  # None is kept too: somebody emptied the field
    others = told.get("elsewhere")
    session.remember("lost_here", bool(lost) or bool(session.recall("lost_here")))
    if isinstance(others, Mapping):
        lost += [_line(name, value, opened) for name, value in others.items() if value not in (None, "", [])]
    # Equal to no answer: what is stored counts as not seen until its reader has chosen.
    unseen = {name: f"\x00{mark(stored.get(name))}" for name in found}
    session.remember("seen", {**(session.recall("seen") or {}), **unseen})
    session.remember("brought_back", found)
    session.remember("not_placed", list(dict.fromkeys([*(session.recall("not_placed") or []), *lost])))
    for name in found:
        questions.forget(name)
    return bool(found or lost)


def _as_entered(question: Question, value: object, language: str) -> Answer | None:
    """The answer, or the text that cannot be one, where its field takes any text and an open page would keep it."""
    try:
        return coerce(question, value, language)
    except InvalidInput as error:
        if question.kind in _CHOSEN or not isinstance(value, str) or error.code == "answer.too_long":
            raise
        return cleaned(value)


def _line(name: str, value: object, opened: OpenResponse) -> str:
    """A question and what was entered for it, in words; the latter alone where nobody knows the question."""
    state, words = opened.state, interface(opened.state.language)
    parts = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    entered: Answer = parts if isinstance(value, list) else parts[0]
    try:
        question, place = state.form.questions[name_of(name)].question, asking.place_of(name, state)
    except KeyError:
        return words.listed(parts)
    with suppress(InvalidInput):
        entered = coerce(question, value, state.language) or entered
    said = answer_words(question, name, entered, state, {}).text
    return f"{place}{words.colon}{words.isolating({'said': said})['said']}"


def show_note(opened: OpenResponse, code: str, words: Words) -> None:
    """That the questionnaire changed, which answers need attention, and what could not be kept; until it was read."""
    _ = words.translate
    not_placed = session.recall("not_placed") or []
    if not opened.response.moved_from and not not_placed:
        return
    with st.container(border=True, key="changed-note"):
        if opened.response.moved_from:
            st.markdown(f"**{_('The questionnaire was changed since you began. Your answers were taken over.')}**")
        if opened.attention:
            labels = [asking.place_of(key, opened.state) for key in opened.attention]
            st.html(_listed(_("Please look at these answers again:"), labels))
        if not_placed:
            st.html(_listed(_("Entered in this browser and not kept:"), not_placed))
        if st.button(_("I have read this"), key="note-read"):
            with messages.explained(words):
                responses.dismiss_note(resources.store(), code, now=now())
                session.forget("not_placed", "lost_here")
                st.rerun()


def _listed(head: str, lines: list[str]) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<div class="sd-muted">{html.escape(head)}<ul>{items}</ul></div>'
