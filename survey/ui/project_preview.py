"""The questionnaire as a respondent sees it, in test mode.

It is drawn by the same code as the real form. What is answered here stays in this browser's session and is never
written anywhere: there is no row that an analysis could count by mistake (docs/decisions/0007-test-answers.md).
"""

import html
import json

import streamlit as st

from data.errors import InvalidInput, SoundingsError
from survey import asking, markup, open_responses, preparation, question_roles
from survey.logic.form_state import FormState, open_form
from survey.logic.instances import asked
from survey.questionnaire import UPLOAD_KINDS, Answer, Group, Kind
from survey.translator import LANGUAGES, Words, direction, nearest
from survey.ui import messages, questions, session
from survey.ui.project_frame import SHOWN_ISSUES, Work, issue_lines, languages, now
from survey.ui.response_frame import REVIEW, progress


def show_preview(work: Work) -> None:
    """The banner, the language, and the section, or what would be sent."""
    _ = work.words.translate
    st.html(f'<div class="sd-test" role="note">{html.escape(_("Test mode: nothing is counted"))}</div>')
    try:
        drawn = preparation.drawn_form(work.project.workbook)
    except InvalidInput as error:
        messages.show(error, work.words)
        issue_lines([issue for issue in work.issues if issue.severity == "error"][:SHOWN_ISSUES], work.words)
        return
    form = drawn.form
    if drawn.left_out:
        st.warning(_("Questions and conditions with errors are left out here. Whoever answers sees nothing of them."))
        with st.expander(work.words.plural("{count} error", "{count} errors", len(drawn.left_out))):
            issue_lines(list(drawn.left_out), work.words)
    names = {tag: each.name for tag, each in languages(work).items()}
    default = form.questionnaire.default_language
    if session.widget("preview-language") not in names:
        session.set_widget("preview-language", work.words.language if work.words.language in names else default)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tag = str(
            st.selectbox(_("Language"), list(names), format_func=names.__getitem__, key="preview-language", width=260)
        )
        if st.button(_("Begin the test again"), key="preview-again"):
            session.forget("trial", "trial_place", "trial_issues", "seen_for")
    state = open_form(form, _answers(work), language=tag, today=now().date(), now=now(), seed="test")
    words = Words(nearest(tag, tuple(LANGUAGES)))
    with st.container(border=True, key=f"preview-{direction(tag)}"):
        _page(work, state, words, tag)


def _answers(work: Work) -> dict[str, Answer]:
    project_id, answers = session.recall("trial") or (0, {})
    return dict(answers) if project_id == work.id else {}


def _page(work: Work, state: FormState, words: Words, tag: str) -> None:
    form = state.questionnaire
    sections = [each for each in form.sections() if state.group_relevant(each.name)] or list(form.sections()[:1])
    if not sections:
        st.info(words.translate("There is no question yet."))
        return
    project_id, place = session.recall("trial_place") or (0, "")
    if project_id != work.id or place not in {each.name for each in sections} | {REVIEW}:
        place = sections[0].name
    if place == REVIEW:
        progress(len(sections), len(sections), words)
        _review(work, state, sections, words)
        return
    _section(work, state, sections, place, words, tag)


def _section(work: Work, state: FormState, sections: list[Group], place: str, words: Words, tag: str) -> None:
    _ = words.translate
    section = next(each for each in sections if each.name == place)
    # The mark of the real form as well: whoever goes from one to the other finds no answer of the other there.
    shown = ("test", work.id, work.project.record.revision, place, tag)
    if session.recall("seen_for") != shown:
        session.drop_widgets("q_")
        session.remember("seen_for", shown)
    held = session.widgets()
    _take(work, state, section, held)
    sections = [each for each in state.questionnaire.sections() if state.group_relevant(each.name)] or sections
    number = next((at for at, each in enumerate(sections) if each.name == place), 0)
    total = len(sections)
    roles = question_roles.roles_of({1: state.questionnaire}, {})[1]
    declined = open_responses.declined(state.answers, roles)
    if not declined and total > 1:
        progress(number, total, words, _("Section {number} of {total}", number=number + 1, total=total))
    st.header(asking.heading(section, state) or state.questionnaire.title, anchor=False)
    with_issues = session.recall("trial_issues") == place
    if with_issues and (issues := state.section_issues(place)):
        st.html(f'<div class="sd-issue" role="alert">{html.escape(asking.attention(len(issues), words))}</div>')
    instance = questions.draw_section(
        section,
        questions.Sheet(
            state=state,
            words=words,
            held=held,
            with_issues=with_issues,
            files={},
            code="",
            upload_limit_mb=0,
            test=True,
        ),
    )
    if instance:
        repeat, number_of = instance
        if number_of:
            state.remove_instance(repeat, number_of)
        else:
            state.add_instance(repeat)
        session.remember("trial", (work.id, dict(state.answers)))
        session.forget("seen_for")
        st.rerun()
    if declined:
        st.info(_("You did not agree, so the questionnaire ends here and nothing is sent. You can change your answer."))
    with st.container(horizontal=True):
        left = number > 0 and st.button(_("Back"), key="preview-back", width="stretch")
        right = st.button(_("Save and go on"), key="preview-next", type="primary", width="stretch", disabled=declined)
        jump = st.button(_("To the review"), key="preview-review", width="stretch")
    if right and state.section_issues(place):
        session.remember("trial_issues", place)
        st.rerun()
    if left or right or jump:
        session.forget("trial_issues")
        target = REVIEW if jump else ""
        if not target:
            at = number - 1 if left else number + 1
            target = sections[at].name if at < len(sections) else REVIEW
        session.remember("trial_place", (work.id, target))
        st.rerun()


def _take(work: Work, state: FormState, section: Group, held: dict[str, object]) -> None:
    """The widgets' values become answers of the test; what cannot be taken in is told."""
    values = questions.collected(section, state.answers, held)
    for name, question in asked((section,), state.answers):
        key = questions.key_of(name)
        if question.kind in UPLOAD_KINDS and key in held:
            values[name] = "test-file" if held[key] else None
    for name, value in values.items():
        try:
            state.set(name, value)
        except SoundingsError as error:
            messages.show(error, work.words)
    session.remember("trial", (work.id, dict(state.answers)))


def _review(work: Work, state: FormState, sections: list[Group], words: Words) -> None:
    """Each section with its faults, and what would be sent."""
    _ = words.translate
    st.header(_("Look it over and send it"), anchor=False)
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
                if issues:
                    st.html(f'<div class="sd-issue">{html.escape(asking.attention(len(issues), words))}</div>')
            with right:
                if st.button(_("Change"), key=f"preview-go-{section.name}", width="stretch"):
                    session.remember("trial_place", (work.id, section.name))
                    if issues:
                        session.remember("trial_issues", section.name)
                    st.rerun()
    roles = question_roles.roles_of({1: state.questionnaire}, {})[1]
    rest, contact = open_responses.split_contact(sent, roles)
    here = work.words.translate
    issues = state.all_issues()
    said = (
        here("It could not be sent yet: {count} answers need attention.", count=len(issues))
        if issues
        else here("It could be sent as it is.")
    )
    st.markdown(f"**{here('What would be sent')}** – {said}")
    st.code(
        json.dumps({"submission": rest, "contact, kept apart": contact}, ensure_ascii=False, indent=2),
        language="json",
        wrap_lines=True,
    )
