"""One section of a response: what is asked, kept as it is left and every few seconds, and two windows at once."""

import html
from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from data.errors import Conflict, SoundingsError
from survey import asking, responses, saving
from survey.logic.instances import name_of
from survey.logic.marks import marks
from survey.logic.merging import Clash
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.questionnaire import Answer, Group, Question
from survey.receipts import Told, answer_words
from survey.saving import AnsweredElsewhere
from survey.translator import Words
from survey.ui import components, messages, questions, resources, session, theme
from survey.ui.language import zone
from survey.ui.response_changes import show_note
from survey.ui.response_colleagues import show_changed, show_team
from survey.ui.response_corrections import show_correcting
from survey.ui.response_frame import (
    REVIEW,
    address,
    folded_link,
    link_box,
    mail_button,
    now,
    progress,
    response_head,
    tag,
)
from survey.ui.response_own_data import show_own_data


def show_section(opened: OpenResponse, code: str, sections: list[Group], place: str, words: Words) -> None:
    """The section named by `place`, with its buttons back and on."""
    _ = words.translate
    section = next(section for section in sections if section.name == place)
    questions.follow_language(section, opened.state)
    if session.recall("seen_for") != (place, opened.response.id):
        session.drop_widgets("q_")
        session.remember("seen", dict(opened.state.answers))
        session.remember("seen_for", (place, opened.response.id))
        session.forget("sent")
    state = opened.state
    _see_own(opened)
    held = session.widgets()
    values = questions.collected(section, state.answers, held)
    if taken := _take_over(values, opened):
        values = {name: value for name, value in values.items() if name not in taken}
        held = session.widgets()
    for name, value in values.items():
        with messages.explained(words):
            state.set(name, value)
    sections = asking.shown_sections(opened.state)
    number = next((at for at, shown in enumerate(sections) if shown.name == place), 0)
    total = max(len(sections), number + 1)
    bar = ""
    if not opened.declined and len(sections) > 1:
        bar = progress(number, total, words, _("Section {number} of {total}", number=number + 1, total=total))
    if missing := asking.untranslated(state.questionnaire, state.language, words, section):
        bar += f'<div class="sd-muted">{html.escape(missing)}</div>'
    response_head(opened, words, bar)
    show_note(opened, code, words)
    show_correcting(opened, code, words)
    st.title(state.words(section.label) or asking.title_of(opened.consultation, words), anchor=False)
    if number == 0:
        theme.fictional_mark(opened.consultation, words)
    show_changed(opened, place, words)
    if session.recall("fresh") and number == 0:
        link_box(opened, code, words)
    with_issues = session.recall("issues_for") == place
    if with_issues and (issues := state.section_issues(place)):
        listed = "".join(_point(key, asking.place_of(key, state)) for key, _issue in issues)
        count = html.escape(asking.attention(len(issues), words))
        st.html(f'<div class="sd-issue" role="alert">{count}<ul>{listed}</ul></div>')
    instance = questions.draw_section(
        section,
        questions.Sheet(
            state=state,
            words=words,
            held=held,
            with_issues=with_issues,
            files=opened.files,
            code=code,
            upload_limit_mb=resources.settings().upload_limit_mb,
        ),
    )
    if opened.declined:
        st.info(_("You did not agree, so the questionnaire ends here and nothing is sent. You can change your answer."))
    answers, seen = state.answers, session.recall("seen") or {}
    untouched = (opened.response.section, opened.response.language) == (place, tag(opened)) and all(
        answers.get(name) == seen.get(name) for name in values
    )
    stays = session.recall("shown") == place
    session.remember("shown", place)
    told = stays and not untouched and _autosave(opened, code, section, place, words)
    with st.container(key="steps", horizontal=True):
        left = number > 0 and st.button(_("Back"), key="back", width="stretch")
        right = st.button(_("Save and go on"), key="next", type="primary", width="stretch", disabled=opened.declined)
    if left or right or instance:
        try:
            _save(opened, code, section, place=place, instance=instance)
        except SoundingsError as error:
            if not told:
                _not_saved(error, opened, words)
            return
        if instance:  # the answers of later instances have moved, so every widget takes its answer anew
            session.forget("seen_for")
            st.rerun()
        if right and state.section_issues(place):
            session.remember("issues_for", place)
            session.remember("again", (session.recall("again") or 0) + 1)
            st.rerun()
        session.forget("issues_for", "fresh")
        if right and number == 0:
            session.forget("fresh")
        sections = asking.shown_sections(opened.state)
        at = next(at for at, shown in enumerate(sections) if shown.name == place)
        target = at - 1 if left else at + 1
        session.remember("place", sections[target].name if target < len(sections) else REVIEW)
        st.rerun()
    saved_at = session.recall("saved_at") or opened.response.updated_at
    whole_days = policies_of(opened.consultation).anonymous and not session.recall("saved_at")
    moment = words.date(saved_at.date()) if whole_days else words.moment(saved_at, zone())
    saved = _("Saved at {moment}", moment=moment)
    below = "" if session.recall("fresh") else folded_link(opened, code, words)
    st.html(f'<div class="sd-saved" role="status">{html.escape(saved)}</div>{below}')
    if not session.recall("fresh"):
        mail_button(opened, code, words)
        show_team(opened, code, words)
        show_own_data(opened, code, words)
    answers_seen = session.recall("seen") or {}
    components.keeper(
        address=f"f/{opened.consultation.slug}",
        code=code,
        place=place,
        language=state.language,
        version=opened.response.version_number,
        marks=marks({name: answers_seen.get(name) for name, _question in state.asked((section,))}),
        codes=questions.codes_of(section, state),
    )


def _point(key: str, place: str) -> str:
    """A link to a question with a fault, as a line of a list; the shell brings its field into view."""
    name = html.escape(key)
    return f'<li><a href="#{name}" data-question="{name}">{html.escape(place)}</a></li>'


def _save(
    opened: OpenResponse, code: str, section: Group, *, place: str, instance: tuple[str, int] | None = None
) -> OpenResponse:
    """Keeps what was changed in the widgets, which are the answers seen from now on.

    instance  of a repeat that is added or removed after that, as in `saving.save`.
    """
    seen = session.recall("seen") or {}
    sent = dict(session.recall("sent") or {})
    changes = {}
    for name, value in questions.collected(section, opened.state.answers, session.widgets()).items():
        # What this window did not change is not sent, so that another window's answer to it stays.
        with suppress(SoundingsError):  # the use case says what is wrong
            opened.state.set(name, value)
            if opened.state.answers.get(name) == seen.get(name):
                continue
            sent[name] = [*sent.get(name, ()), opened.state.answers.get(name)]
        changes[name] = value
    if not changes and not instance and (opened.response.section, opened.response.language) == (place, tag(opened)):
        return opened
    session.remember("sent", sent)

    def attempt() -> OpenResponse:
        resources.guard().require_calm(address(), "save", code)
        return saving.save(
            resources.store(),
            code,
            changes,
            seen=session.recall("seen") or {},
            section=place,
            language=tag(opened),
            now=now(),
            draft_days=resources.settings().draft_days,
            instance=instance,
            version=opened.response.version_number,
        )

    try:
        kept = attempt()
    except Conflict:
        if not _see_own(responses.resume(resources.store(), code, now=now())):
            raise
        kept = attempt()
    if kept.response.version_number != opened.response.version_number:
        st.rerun()  # another window moved the draft to a newer version, which the page shows from now on
    seen = session.recall("seen") or {}
    session.remember("seen", {**seen, **{name: kept.state.answers.get(name) for name in changes}})
    session.remember("saved_at", now())
    session.forget("sent")
    return kept


def _see_own(opened: OpenResponse) -> bool:
    """What this window sent is what it has seen; True when there was such an answer that it did not know of.

    Streamlit stops a run at its next call when the reader clicks again, which may be after the transaction and before
    its outcome was remembered. Without this the reader would be told of another window that does not exist.
    """
    sent = session.recall("sent")
    if not sent:
        return False
    seen = dict(session.recall("seen") or {})
    stored = opened.state.answers
    own = {
        name: stored.get(name)
        for name, answers in sent.items()
        if stored.get(name) in answers and stored.get(name) != seen.get(name)
    }
    session.remember("seen", {**seen, **own})
    return bool(own)


def _take_over(values: Mapping[str, object], opened: OpenResponse) -> list[str]:
    """Questions that another window answered meanwhile and this one did not touch show the new answer; their names."""
    seen, answers = dict(session.recall("seen") or {}), opened.state.answers
    taken = []
    for name, value in values.items():
        stored = answers.get(name)
        if stored == seen.get(name):
            continue
        with suppress(SoundingsError):
            opened.state.set(name, value)
            touched = opened.state.answers.get(name) != seen.get(name)
            opened.state.set(name, stored)
            if not touched:
                questions.forget(name)
                seen[name] = stored
                taken.append(name)
    if taken:
        session.remember("seen", seen)
    return taken


def _autosave(opened: OpenResponse, code: str, section: Group, place: str, words: Words) -> bool:
    """What was typed is kept; True when it could not be kept, which is said then.

    The shell runs the page again now and then while somebody answers.
    """
    try:
        _save(opened, code, section, place=place)
    except SoundingsError as error:
        _not_saved(error, opened, words)
        return True
    return False


def _not_saved(error: SoundingsError, opened: OpenResponse, words: Words) -> None:
    """Why something was not kept; where another window was faster, both answers to each question, to choose from."""
    _ = words.translate
    messages.show(error, words)
    if not isinstance(error, AnsweredElsewhere):
        return

    def settle(name: str, stored: Answer | None, *, take: bool) -> None:
        session.remember("seen", {**(session.recall("seen") or {}), name: stored})
        if take:
            questions.forget(name)

    def take_all() -> None:
        session.drop_widgets("q_")
        session.forget("seen_for")

    if not error.clashes:  # other instances stand there now, so every widget takes its answer anew
        st.button(_("Load the other version"), on_click=take_all, key="take-other")
    for clash in error.clashes:
        name, state = clash.question, opened.state
        question = state.questionnaire.question(name_of(name))
        entered, stored = (_shown(question, answer, clash, opened, words) for answer in (clash.entered, clash.stored))
        by = asking.elsewhere_words(error, name, words, zone())
        with st.container(border=True, key=f"clash-{name}"):
            st.markdown(f"**{html.escape(state.words(question.label, asking.prefix(name)) or name)}**")
            _version(_("Entered here"), entered)
            _version(by, Told(text=_("This entry was removed there.")) if clash.gone else stored)
            if not clash.gone:
                st.button(
                    _("Load the other version"),
                    on_click=settle,
                    args=(name, clash.stored),
                    kwargs={"take": True},
                    key=f"take-other-{name}",
                )
                st.button(
                    _("Keep what stands here"),
                    on_click=settle,
                    args=(name, clash.stored),
                    kwargs={"take": False},
                    key=f"keep-mine-{name}",
                )


def _shown(question: Question, answer: Answer | None, clash: Clash, opened: OpenResponse, words: Words) -> Told:
    if answer is None:
        return Told(text=words.translate("No answer"))
    if clash.gone:
        return Told(text=str(answer))
    return answer_words(question, clash.question, answer, opened.state, opened.files)


def _version(whose: str, answer: Told) -> None:
    st.html(f'<div class="sd-muted">{html.escape(whose)}</div>' + questions.answer_box(answer.text, answer.direction))
