"""One section of a response: what is asked, kept as it is left and every few seconds, and two windows at once."""

import html
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import streamlit as st

from data.errors import NotFound, SoundingsError, Unavailable
from survey import asking, confirmations, responses, saving
from survey.asking import Sentence
from survey.logic.answers import coerce
from survey.logic.instances import name_of
from survey.logic.marks import mark, marks
from survey.logic.merging import Clash
from survey.logic.values import to_text
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.questionnaire import Answer, Group, Question
from survey.receipts import Told, answer_words
from survey.saving import AnsweredElsewhere
from survey.translator import Words
from survey.ui import components, messages, questions, resources, session, theme
from survey.ui.language import zone
from survey.ui.response_changes import bring_back, show_note
from survey.ui.response_colleagues import show_changed, show_team
from survey.ui.response_corrections import show_correcting
from survey.ui.response_frame import (
    REVIEW,
    address,
    folded_link,
    interface,
    link_box,
    mail_button,
    now,
    progress,
    response_head,
    tag,
)
from survey.ui.response_own_data import show_own_data

STEPS = ("back", "next", "add_", "remove_")
"""Buttons of a section, or what their keys begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The response with what this window has entered.

    held   the widgets' values, from `session.widgets`
    error  why what was entered could not be kept
    """

    opened: OpenResponse
    held: dict[str, Any]
    error: SoundingsError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around a section and may change with an answer, or by another window.

    number  of the section among those that are shown, from 0
    total   how many are shown
    note    what is said of a questionnaire that was changed
    mail    the address that the link can be sent to, "" for none
    closes  when the consultation closes and how soon that is, None without an end
    """

    title: str
    number: int
    total: int
    declined: bool
    correcting: bool
    note: tuple[object, ...]
    mail: str
    closes: Sentence | None


def show_section(opened: OpenResponse, code: str, place: str, words: Words) -> None:
    """The section named by `place` and what stands around it, which a run of the section alone does not draw again."""
    entered = _entered(code, place, opened)
    opened, state = entered.opened, entered.opened.state
    if _moved(opened):  # since it was read for this run
        st.rerun()
    around = _around(opened, place, words)
    session.remember("around", around)
    bar = ""
    if not opened.declined and around.total > 1:
        text = words.translate("Section {number} of {total}", number=around.number + 1, total=around.total)
        bar = progress(around.number, around.total, words, text)
    if missing := asking.untranslated(state.form, state.language, words, _section_of(opened, place)):
        bar += f'<div class="sd-muted">{html.escape(missing)}</div>'
    response_head(opened, words, bar)
    show_note(opened, code, words)
    show_correcting(opened, code, words)
    st.title(around.title, anchor=False)
    if around.number == 0:
        theme.fictional_mark(opened.consultation, words)
    _section([entered], code, place)
    question = session.recall("go_to") or ""
    session.forget("go_to")
    around_place = f"{place}:{session.recall('again') or 0}"
    told = components.shell(words, around_place, respondent=True, question=question, keeps=True)
    if bring_back(opened, place, told.get("entered")):
        st.rerun()
    if not session.recall("fresh"):
        mail_button(opened, code, words)
        show_team(opened, code, words)
        show_own_data(opened, code, words)


@st.fragment
def _section(given: list[Entered], code: str, place: str) -> None:
    """What is asked, the steps back and on, and when it was kept: all that an answer draws again.

    given  when the whole page is drawn, what it has read already; taken out, for the session remembers the list
    """
    if given:
        _draw(given.pop(), code, place, session.recall("around"))
        return
    with resources.turn():
        try:
            entered = _entered(code, place)
        except (NotFound, Unavailable):
            st.rerun()  # the page says what is wrong
        opened = entered.opened
        if _moved(opened):
            st.rerun()
        around = _around(opened, place, interface(opened.state.language))
        elsewhere = entered.error is None and around != session.recall("around")
        if elsewhere and not _pressed(entered.held):
            st.rerun()  # before it is drawn: what appears would be given its first value twice, and undo a quick click
        _draw(entered, code, place, around)
        if elsewhere:
            st.rerun()


def _pressed(held: Mapping[str, Any]) -> bool:
    """True when a button of the section was pressed, which tells it to the run that draws it and to no other."""
    return any(value is True and name.startswith(STEPS) for name, value in held.items())


def _moved(opened: OpenResponse) -> bool:
    """True when another window sent the response, or moved it to a newer version: the page deals with that."""
    return opened.submitted or opened.response.version_number != session.recall("shown_version")


def _section_of(opened: OpenResponse, place: str) -> Group:
    return next(each for each in opened.state.questionnaire.sections() if each.name == place)


def _around(opened: OpenResponse, place: str, words: Words) -> Around:
    state, settings = opened.state, resources.settings()
    names = [shown.name for shown in asking.shown_sections(state)]
    mailed = settings.smtp_url and confirmations.can_mail(opened, settings)
    return Around(
        title=asking.heading(_section_of(opened, place), state) or asking.title_of(opened.consultation, words),
        number=names.index(place) if place in names else 0,
        total=len(names),
        declined=opened.declined,
        correcting=opened.response.correcting,
        note=(opened.response.moved_from, opened.attention),
        mail=confirmations.address_of(opened) if mailed else "",
        closes=asking.closes(opened.consultation, now(), words, zone()),
    )


def _draw(entered: Entered, code: str, place: str, around: Around) -> None:
    opened, held, state = entered.opened, entered.held, entered.opened.state
    words, section = interface(state.language), _section_of(opened, place)
    _ = words.translate
    as_kept = _of_questions(held)
    show_changed(opened, place, words)
    if session.recall("fresh") and around.number == 0:
        link_box(opened, code, words)
    with_issues = session.recall("issues_for") == place
    if with_issues and (issues := state.section_issues(place)):
        listed = "".join(_point(key, asking.place_of(key, state)) for key, _issue in issues)
        count = html.escape(asking.attention(len(issues), words))
        st.html(f'<div class="sd-issue" role="alert">{count}<ul>{listed}</ul></div>')
    sheet = questions.Sheet(
        state=state,
        words=words,
        held=held,
        with_issues=with_issues,
        files=opened.files,
        code=code,
        upload_limit_mb=resources.settings().upload_limit_mb,
    )
    instance = questions.draw_section(section, sheet)
    session.forget("brought_back")
    if opened.declined:
        st.info(_("You did not agree, so the questionnaire ends here and nothing is sent. You can change your answer."))
    if entered.error is None:
        session.remember("kept", {**as_kept, **sheet.begun})
    else:
        session.forget("kept")  # some of it may be kept: nothing of what is shown counts as such
        _not_saved(entered.error, opened, words)
    # The style sheet lays them side by side, and hides the one that the page presses itself.
    left = around.number > 0 and st.button(_("Back"), key="back", width="stretch")
    right = st.button(_("Save and go on"), key="next", type="primary", width="stretch", disabled=opened.declined)
    is_kept = entered.error is None
    if (left or right or instance) and is_kept:
        try:
            _leave(entered, code, place, on=not left, instance=instance)
        except SoundingsError as error:
            is_kept = False
            _not_saved(error, opened, words)
    saved_at = session.recall("saved_at") or opened.response.updated_at
    whole_days = policies_of(opened.consultation).anonymous and not session.recall("saved_at")
    moment = words.date(saved_at.date()) if whole_days else words.moment(saved_at, zone())
    saved = _("Saved at {moment}", moment=moment)
    below = "" if session.recall("fresh") else folded_link(opened, code, words)
    seen, run = session.recall("seen") or {}, (session.recall("run") or 0) + 1
    session.remember("run", run)
    keeper = components.keeper_attribute(
        components.Keeper(
            address=f"f/{opened.consultation.slug}",
            code=code,
            place=place,
            language=state.language,
            version=opened.response.version_number,
            run=run,
            kept=is_kept and not session.recall("not_placed"),
            settled=is_kept and not session.recall("lost_here"),
            marks=marks({name: seen.get(name) for name, _question in state.asked((section,))}),
            typed=_typed(questions.collected(section, state.answers, sheet.held), opened),
            codes=sheet.codes,
        )
    )
    st.html(f'<div class="sd-saved" role="status" {keeper}>{html.escape(saved)}</div>{below}')
    st.button(_("Save"), key="save")


def _leave(entered: Entered, code: str, place: str, *, on: bool, instance: tuple[str, int] | None) -> NoReturn:
    """The step that was asked for, once everything is kept; raises what `_save` raises.

    on        to the next section, else to the one before
    instance  of a repeat that is added or removed instead
    """
    opened = entered.opened
    if instance or not _is_kept(entered.held) or not _stands_at(opened, place):
        opened = _save(code, place, entered.held, instance=instance)
    if instance:  # the answers of later instances have moved, so every widget takes its answer anew
        session.forget("seen_for")
        st.rerun()
    if on and opened.state.section_issues(place):
        session.remember("issues_for", place)
        session.remember("again", (session.recall("again") or 0) + 1)
        st.rerun()
    session.forget("issues_for", "fresh")
    names = [shown.name for shown in asking.shown_sections(opened.state)]
    target = names.index(place) + (1 if on else -1) if place in names else 0
    session.remember("place", names[target] if target < len(names) else REVIEW)
    session.forget("seen_for")  # who comes back sees what is kept then
    st.rerun()


def _point(key: str, place: str) -> str:
    """A link to a question with a fault, as a line of a list; the shell brings its field into view."""
    name = html.escape(key)
    return f'<li><a href="#{name}" data-question="{name}">{html.escape(place)}</a></li>'


def _entered(code: str, place: str, opened: OpenResponse | None = None) -> Entered:
    """The response with what was entered in the widgets since they were drawn, which is kept.

    opened  the response as it was read for this run, where it was
    Raises  what `responses.resume` raises.
    """
    held = session.widgets()
    stays, error = session.recall("seen_for") == (place, code), None
    touched = stays and (bool(session.recall("brought_back")) or not _is_kept(held))
    if opened is None and not touched:
        opened = _resumed(code)
    if touched or (stays and opened is not None and not _moved(opened) and not _stands_at(opened, place)):
        try:
            return Entered(opened=_save(code, place, held), held=held)
        except SoundingsError as failed:
            opened, error = _resumed(code), failed
    assert opened is not None  # else it would have been touched
    if _moved(opened):
        return Entered(opened=opened, held=held)
    if not stays:
        session.drop_widgets("q_")
        session.remember("seen", dict(opened.state.answers))
        session.remember("seen_for", (place, code))
        session.forget("sent", "kept", "brought_back")
        return Entered(opened=opened, held={key: held[key] for key in held.keys() - _of_questions(held)})
    _see_own(opened)
    values = _in_fields(opened, place, held)
    taken = _answered_elsewhere(values, opened)
    _take_over(taken, opened, held)
    for name, value in values.items() if error else ():
        if name not in taken:
            with suppress(SoundingsError):  # it is drawn as it was entered, and the error is told
                opened.state.set(name, value)
    return Entered(opened=opened, held=held, error=error)


def _resumed(code: str) -> OpenResponse:
    return responses.resume(resources.store(), code, now=now(), language=session.recall("language") or "")


def _in_fields(opened: OpenResponse, place: str, held: Mapping[str, Any]) -> dict[str, object]:
    """Question -> what stands in its field, or will when it is drawn: what `bring_back` found."""
    shown = questions.collected(_section_of(opened, place), opened.state.answers, held)
    return {**shown, **(session.recall("brought_back") or {})}


def _of_questions(held: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in held.items() if key.startswith("q_")}


def _is_kept(held: Mapping[str, Any]) -> bool:
    """True when the widgets hold what they held when all of it was kept."""
    kept: dict[str, Any] | None = session.recall("kept")
    return _of_questions(held) == kept


def _stands_at(opened: OpenResponse, place: str) -> bool:
    """True when it is kept that the response is here, in the language of this window."""
    response = opened.response
    return response.section == place and (response.correcting or response.language == tag(opened))


def _save(code: str, place: str, held: dict[str, Any], *, instance: tuple[str, int] | None = None) -> OpenResponse:
    """Keeps what was changed in the widgets, which are the answers seen from now on.

    The response is opened once, to be changed and drawn.
    instance  of a repeat that is added or removed after that, as in `saving.save`.
    """
    resources.guard().require_calm(address(), "save", code)
    language, settings, changes, taken = session.recall("language") or "", resources.settings(), {}, list[str]()
    with saving.changing(resources.store(), code, now=now(), language=language) as draft:
        opened = draft.opened
        if not (moved := _moved(opened)):
            _see_own(opened)
            values = _in_fields(opened, place, held)
            taken = _answered_elsewhere(values, opened)
            # What this window did not change is not sent, so that another window's answer to it stays.
            changes = {name: values[name] for name in values if name not in taken and _touched(name, values, opened)}
            if changes or instance or not _stands_at(opened, place):
                sent = session.recall("sent") or {}
                own = {name: [*sent.get(name, ()), _answer(name, value, opened)] for name, value in changes.items()}
                session.remember("sent", {**sent, **own})
                draft.save(
                    changes,
                    seen=session.recall("seen") or {},
                    section=place,
                    language=tag(opened),
                    draft_days=settings.draft_days,
                    instance=instance,
                    version=opened.response.version_number,
                )
    # Nothing of Streamlit stands between the end of the transaction and this.
    if changes:
        answers = draft.opened.state.answers
        session.remember("seen", {**(session.recall("seen") or {}), **{name: answers.get(name) for name in changes}})
        session.remember("saved_at", now())
        session.forget("sent")
    if moved:
        st.rerun()
    _take_over(taken, draft.opened, held)
    return draft.opened


def _answer(name: str, value: object, opened: OpenResponse) -> Answer | None:
    """What a widget holds as an answer, or what was typed, where it cannot be one."""
    try:
        return coerce(opened.state.form.questions[name_of(name)].question, value, opened.state.language)
    except SoundingsError:
        return str(value)


def _touched(name: str, values: Mapping[str, object], opened: OpenResponse) -> bool:
    """True when this window holds another answer to a question than the one it has seen."""
    seen = session.recall("seen") or {}
    return _answer(name, values[name], opened) != seen.get(name)


def _typed(values: Mapping[str, object], opened: OpenResponse) -> dict[str, str]:
    """Question -> the mark of what its widget holds, where that is kept but written otherwise, as numbers are."""
    seen, found = session.recall("seen") or {}, {}
    for name, value in values.items():
        written = to_text(value) if isinstance(value, int | float) else value
        held = mark(written or None)  # type: ignore[arg-type]  # a list has the mark of a tuple
        if held != mark(seen.get(name)) and not _touched(name, values, opened):
            found[name] = held
    return found


def _see_own(opened: OpenResponse) -> None:
    """What this window sent is what it has seen.

    It may not know of an answer of its own: the database went away before it said that it had kept it. Without this the
    reader would be told of another window that does not exist.
    """
    sent = session.recall("sent")
    if not sent:
        return
    seen, stored = session.recall("seen") or {}, opened.state.answers
    session.remember("seen", {**seen, **{name: stored.get(name) for name in sent if stored.get(name) in sent[name]}})


def _answered_elsewhere(values: Mapping[str, object], opened: OpenResponse) -> list[str]:
    """Questions that another window answered meanwhile and this one did not touch."""
    seen, stored = session.recall("seen") or {}, opened.state.answers
    return [name for name in values if stored.get(name) != seen.get(name) and not _touched(name, values, opened)]


def _take_over(taken: Sequence[str], opened: OpenResponse, held: dict[str, Any]) -> None:
    """These questions show the answers that are stored."""
    if not taken:
        return
    for name in taken:
        questions.forget(name, held)
    answers = opened.state.answers
    session.remember("seen", {**(session.recall("seen") or {}), **{name: answers.get(name) for name in taken}})


def _not_saved(error: SoundingsError, opened: OpenResponse, words: Words) -> None:
    """Why something was not kept; where another window was faster, both answers to each question, to choose from."""
    _ = words.translate
    messages.show(error, words)
    if not isinstance(error, AnsweredElsewhere):
        return

    def settle(name: str, stored: Answer | None, *, take: bool) -> None:
        session.remember("seen", {**(session.recall("seen") or {}), name: stored})
        session.forget("kept")
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
            st.markdown(f"**{html.escape(asking.place_of(name, state))}**")
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
