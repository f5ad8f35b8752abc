"""Question widgets: one kind of question, one Streamlit widget, and back from widget values to answers.

Widgets do not rerun the page (`on_change="ignore"`); only a question on which something in the same section depends
does. Nothing is checked by the browser; the use case judges what arrives.
"""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from data.records import FileRecord
from survey.logic.form_state import FormState, Issue, QuestionState
from survey.questionnaire import UPLOAD_KINDS, Answer, Choice, Group, Kind, Question
from survey.receipts import answer_words
from survey.translator import Words
from survey.ui import components, session
from survey.words import ANSWER_WORDS

_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
Mode = Literal["rerun", "ignore"]
RADIO_LIMIT = 16
"""Longest list that is shown open; a longer one becomes a menu."""


def key_of(name: str) -> str:
    """The widget key of a question."""
    return f"q_{name}"


def forget(name: str) -> None:
    """The widget of a question takes the stored answer when it is drawn next."""
    session.drop_widget(key_of(name))
    session.drop_widgets(f"{key_of(name)}__")


def drivers(section: Group) -> frozenset[str]:
    """Questions on which something else in the section depends: an answer to one of them redraws the section."""
    found: set[str] = set()

    def look(item: Group | Question) -> None:
        texts = [item.relevant]
        if isinstance(item, Group):
            for child in item.children:
                look(child)
        else:
            texts += [item.choice_filter, item.required, item.calculation, *item.label.by_tag.values()]
        found.update(name for text in texts for name in _REFERENCE.findall(text))

    for child in section.children:
        look(child)
    return frozenset(found & {question.name for question in section.questions()})


def collected(section: Group) -> dict[str, object]:
    """Question -> what its widget holds now, for every question of the section that is on screen."""
    answers: dict[str, object] = {}
    for question in section.questions():
        key = key_of(question.name)
        if question.kind is Kind.SELECT_MULTIPLE:
            ticked = session.recall(f"options:{question.name}")
            if ticked and session.has_widget(f"{key}__{ticked[0]}"):
                answers[question.name] = [code for code in ticked if session.widget(f"{key}__{code}")]
            elif session.has_widget(key):
                answers[question.name] = list(session.widget(key) or ())
        elif question.kind in UPLOAD_KINDS or not session.has_widget(key):
            continue
        elif question.kind is Kind.RANK:
            answers[question.name] = list((session.widget(key) or {}).get("order") or ())
        elif question.kind is Kind.ACKNOWLEDGE:
            answers[question.name] = "OK" if session.widget(key) else None
        else:
            answers[question.name] = session.widget(key)
    return answers


def draw_section(
    section: Group,
    state: FormState,
    words: Words,
    *,
    with_issues: bool,
    files: Mapping[str, FileRecord],
    code: str,
    upload_limit_mb: int,
) -> None:
    """Every relevant question of a section, with its issues when they are to be shown."""
    driving = drivers(section)

    def draw(item: Group | Question) -> None:
        if isinstance(item, Question):
            shown = state.state(item.name)
            if shown.relevant:
                _question(item, shown, state, words, with_issues, item.name in driving, files, code, upload_limit_mb)
            return
        if not state.group_relevant(item.name):
            return
        if item.is_battery:
            _battery(item, state, words, with_issues)
            return
        if item.label:
            st.subheader(state.words(item.label), anchor=False)
        for child in item.children:
            draw(child)

    for child in section.children:
        draw(child)


def issue_words(issue: Issue, state: FormState, words: Words) -> str:
    """What to tell the respondent: the form author's own message, else ours."""
    if issue.message:
        return state.words(issue.message)
    return words.translate(ANSWER_WORDS.get(issue.code, ANSWER_WORDS["answer.constraint"]), **issue.params)


def _issues(shown: QuestionState, state: FormState, words: Words, with_issues: bool) -> None:
    for issue in shown.issues if with_issues else ():
        st.html(f'<div class="sd-issue" role="alert">{html.escape(issue_words(issue, state, words))}</div>')


def _label(question: Question, shown: QuestionState, state: FormState, words: Words) -> str:
    label = state.words(question.label) or question.name
    return f"{label} ({words.translate('required')})" if shown.required else label


def _hint(text: str) -> None:
    if text:
        st.html(f'<div class="sd-hint">{html.escape(text)}</div>')


def _begin_with(key: str, value: Any) -> None:
    if not session.has_widget(key):
        session.set_widget(key, value)


def _names(choices: Sequence[Choice], state: FormState) -> dict[str, str]:
    return {choice.name: state.words(choice.label) or choice.name for choice in choices}


def _question(
    question: Question,
    shown: QuestionState,
    state: FormState,
    words: Words,
    with_issues: bool,
    driving: bool,
    files: Mapping[str, FileRecord],
    code: str,
    upload_limit_mb: int,
) -> None:
    if question.kind is Kind.NOTE:
        st.markdown(state.words(question.label))
        return
    if question.kind in (Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA):
        return
    label = _label(question, shown, state, words)
    with st.container(key=f"box_{question.name}", gap="xxsmall"):
        if shown.read_only:
            _heading(label, question, state)
            if shown.value is not None:
                value = answer_words(question, shown.value, state, files)
                st.html(f'<div class="sd-answer">{html.escape(value)}</div>')
        elif question.kind is Kind.SELECT_MULTIPLE:
            _multiple(question, shown, state, label, driving)
        elif question.kind is Kind.RANK:
            _heading(label, question, state)
            names = _names(shown.choices, state)
            order = [name for name in _codes(shown.value) if name in names]
            components.ranking(key_of(question.name), list(names.items()), order, "1", words)
        elif question.kind in UPLOAD_KINDS:
            _heading(label, question, state)
            record = files.get(question.name)
            components.upload(
                key_of(question.name),
                code=code,
                question=question.name,
                file="" if record is None else record.name,
                limit_mb=upload_limit_mb,
                words=words,
            )
        else:
            _single_valued(question, shown, state, words, label, driving)
        _issues(shown, state, words, with_issues)


def _heading(label: str, question: Question, state: FormState) -> None:
    st.html(f'<div class="sd-label">{html.escape(label)}</div>')
    _hint(state.words(question.hint))


def _codes(value: Answer | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _multiple(question: Question, shown: QuestionState, state: FormState, label: str, driving: bool) -> None:
    names = _names(shown.choices, state)
    key = key_of(question.name)
    chosen = set(_codes(shown.value))
    mode: Mode = "rerun" if driving else "ignore"
    if len(names) > RADIO_LIMIT * 2:
        session.remember(f"options:{question.name}", ())
        _begin_with(key, [name for name in names if name in chosen])
        st.multiselect(label, list(names), format_func=names.__getitem__, key=key, on_change=mode, placeholder="")
        _hint(state.words(question.hint))
        return
    _heading(label, question, state)
    session.remember(f"options:{question.name}", tuple(names))
    for name, words_of in names.items():
        _begin_with(f"{key}__{name}", name in chosen)
        st.checkbox(words_of, key=f"{key}__{name}", on_change=mode)


def _single_valued(
    question: Question, shown: QuestionState, state: FormState, words: Words, label: str, driving: bool
) -> None:
    key = key_of(question.name)
    hint = state.words(question.hint)
    mode: Mode = "rerun" if driving else "ignore"
    value = shown.value
    match question.kind:
        case Kind.SELECT_ONE:
            names = _names(shown.choices, state)
            _begin_with(key, value if value in names else None)
            if session.widget(key) not in names:
                session.set_widget(key, None)
            if len(names) > RADIO_LIMIT or "minimal" in question.appearance:
                search = words.translate("Choose or type to search")
                st.selectbox(
                    label,
                    list(names),
                    index=None,
                    format_func=names.__getitem__,
                    key=key,
                    on_change=mode,
                    placeholder=search,
                )
            else:
                st.radio(label, list(names), index=None, format_func=names.__getitem__, key=key, on_change=mode)
        case Kind.RANGE:
            points = range_points(question)
            _begin_with(key, value if value in points else None)
            st.radio(label, points, index=None, key=key, on_change=mode, horizontal=True)
        case Kind.ACKNOWLEDGE:
            _begin_with(key, value is not None)
            st.checkbox(label, key=key, on_change=mode)
        case Kind.TEXT if "multiline" in question.appearance:
            _begin_with(key, "" if value is None else str(value))
            st.text_area(label, key=key, on_change=mode, height=140)
        case _:
            _begin_with(key, "" if value is None else _typed(value))
            example = {Kind.DATE: "2026-10-31", Kind.TIME: "14:30"}.get(question.kind)
            st.text_input(label, key=key, on_change=mode, placeholder=example)
    _hint(hint)


def _typed(value: Answer) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def range_points(question: Question) -> list[int | float]:
    """The values that a range offers, lowest first."""
    start, end, step = (
        float(question.parameters.get(name, default)) for name, default in (("start", 1), ("end", 10), ("step", 1))
    )
    step = abs(step) or 1.0
    count = int(abs(end - start) / step + 1e-9) + 1
    points = [min(start, end) + step * place for place in range(min(count, 101))]
    return [int(point) if point.is_integer() else point for point in points]


def _battery(group: Group, state: FormState, words: Words, with_issues: bool) -> None:
    asked = [question for question in group.questions() if question.kind is Kind.SELECT_ONE]
    st.html(f'<div class="sd-label">{html.escape(state.words(group.label))}</div>')
    _hint(state.words(group.hint))
    scale = _names(state.state(asked[0].name).choices, state)
    with st.container(key=f"battery_{group.name}"):
        points = "".join(f"<span>{html.escape(name)}</span>" for name in scale.values())
        st.html(f'<div class="sd-scale" aria-hidden="true"><span></span><div>{points}</div></div>')
        for question in asked:
            shown = state.state(question.name)
            if not shown.relevant:
                continue
            key = key_of(question.name)
            _begin_with(key, shown.value if shown.value in scale else None)
            st.radio(
                _label(question, shown, state, words),
                list(scale),
                index=None,
                format_func=scale.__getitem__,
                key=key,
                on_change="ignore",
                horizontal=True,
            )
            _issues(shown, state, words, with_issues)
