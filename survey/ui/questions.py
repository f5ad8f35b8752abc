"""Question widgets: one kind of question, one Streamlit widget, and back from widget values to answers.

Widgets do not rerun the page (`on_change="ignore"`); only a question on which something in the same section depends
does. Nothing is checked by the browser; the use case judges what arrives.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
BOXES_LIMIT = 2 * RADIO_LIMIT
"""Longest list of which several are chosen by boxes to tick; a longer one becomes a menu."""


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


def collected(section: Group, held: Mapping[str, Any]) -> dict[str, object]:
    """Question -> what its widget holds, for every question of the section that is on screen.

    held  the widgets' values, from `session.widgets`
    """
    answers: dict[str, object] = {}
    offered: Mapping[str, Sequence[str]] = session.recall("options") or {}
    for question in section.questions():
        key = key_of(question.name)
        if question.kind is Kind.SELECT_MULTIPLE:
            codes = offered.get(question.name)
            if codes and f"{key}__{codes[0]}" in held:
                answers[question.name] = [code for code in codes if held.get(f"{key}__{code}")]
            elif key in held:
                answers[question.name] = list(held[key] or ())
        elif question.kind in UPLOAD_KINDS or key not in held:
            continue
        elif question.kind is Kind.RANK:
            answers[question.name] = list((held[key] or {}).get("order") or ())
        elif question.kind is Kind.ACKNOWLEDGE:
            answers[question.name] = "OK" if held[key] else None
        else:
            answers[question.name] = held[key]
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a section is drawn from.

    held         the widgets' values, from `session.widgets`
    with_issues  what is missing or wrong is said at the questions
    test         nothing is sent anywhere: a box to tick stands where a file would be chosen
    """

    state: FormState
    words: Words
    held: dict[str, Any]
    with_issues: bool
    files: Mapping[str, FileRecord]
    code: str
    upload_limit_mb: int
    test: bool = False

    def begin_with(self, key: str, value: Any) -> None:
        """A widget that this session does not hold yet begins with this value."""
        if key not in self.held:
            self.hold(key, value)

    def hold(self, key: str, value: Any) -> None:
        """A widget has this value when it is drawn."""
        session.set_widget(key, value)
        self.held[key] = value


def draw_section(section: Group, sheet: Sheet) -> None:
    """Every relevant question of a section, with its issues when they are to be shown."""
    driving = drivers(section)
    state = sheet.state
    offered: dict[str, tuple[str, ...]] = dict(session.recall("options") or {})
    session.remember("options", offered)  # filled below, so that a run that is cut short has told what it drew

    def draw(item: Group | Question) -> None:
        if isinstance(item, Question):
            shown = state.state(item.name)
            if shown.relevant:
                if item.kind is Kind.SELECT_MULTIPLE:
                    boxes = shown.choices if len(shown.choices) <= BOXES_LIMIT else ()
                    offered[item.name] = tuple(choice.name for choice in boxes)
                _question(item, shown, sheet, "rerun" if item.name in driving else "ignore")
            return
        if not state.group_relevant(item.name):
            return
        if item.is_battery:
            _battery(item, sheet)
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


def _issues(shown: QuestionState, sheet: Sheet) -> None:
    for issue in shown.issues if sheet.with_issues else ():
        words = issue_words(issue, sheet.state, sheet.words)
        st.html(f'<div class="sd-issue" role="alert">{html.escape(words)}</div>')


def _label(question: Question, shown: QuestionState, sheet: Sheet) -> str:
    label = sheet.state.words(question.label) or question.name
    return f"{label} ({sheet.words.translate('required')})" if shown.required else label


def _names(choices: Sequence[Choice], state: FormState) -> dict[str, str]:
    return {choice.name: state.words(choice.label) or choice.name for choice in choices}


def _question(question: Question, shown: QuestionState, sheet: Sheet, mode: Mode) -> None:
    if question.kind is Kind.NOTE:
        st.markdown(sheet.state.words(question.label))
    elif question.kind in (Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA):
        return
    elif sheet.with_issues:
        with st.container(key=f"box_{question.name}"):
            _asked(question, shown, sheet, mode)
            _issues(shown, sheet)
    else:
        # A container of its own would be one message more for each question of each rerun.
        _asked(question, shown, sheet, mode)


def _asked(question: Question, shown: QuestionState, sheet: Sheet, mode: Mode) -> None:
    state = sheet.state
    label = _label(question, shown, sheet)
    if shown.read_only:
        value = "" if shown.value is None else answer_words(question, shown.value, state, sheet.files)
        answer = f'<div class="sd-answer">{html.escape(value)}</div>' if value else ""
        st.html(_heading(label, question, state) + answer)
    elif question.kind is Kind.SELECT_MULTIPLE and len(shown.choices) <= BOXES_LIMIT:
        _multiple(question, shown, sheet, label, mode)
    elif question.kind is Kind.RANK:
        st.html(_heading(label, question, state))
        names = _names(shown.choices, state)
        order = [name for name in _codes(shown.value) if name in names]
        components.ranking(key_of(question.name), list(names.items()), order, "1", sheet.words)
    elif question.kind in UPLOAD_KINDS:
        st.html(_heading(label, question, state))
        if sheet.test:
            sheet.begin_with(key_of(question.name), shown.value is not None)
            st.checkbox(sheet.words.translate("As if a file were attached"), key=key_of(question.name), on_change=mode)
            return
        record = sheet.files.get(question.name)
        components.upload(
            key_of(question.name),
            code=sheet.code,
            question=question.name,
            file="" if record is None else record.name,
            limit_mb=sheet.upload_limit_mb,
            words=sheet.words,
        )
    else:
        _one_widget(question, shown, sheet, label, mode)
        if hint := state.words(question.hint):
            st.html(f'<div class="sd-hint sd-under">{html.escape(hint)}</div>')


def _heading(label: str, item: Question | Group, state: FormState) -> str:
    hint = state.words(item.hint)
    below = f'<div class="sd-hint">{html.escape(hint)}</div>' if hint else ""
    return f'<div class="sd-label">{html.escape(label)}</div>{below}'


def _codes(value: Answer | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _multiple(question: Question, shown: QuestionState, sheet: Sheet, label: str, mode: Mode) -> None:
    st.html(_heading(label, question, sheet.state))
    key = key_of(question.name)
    chosen = set(_codes(shown.value))
    for name, words_of in _names(shown.choices, sheet.state).items():
        sheet.begin_with(f"{key}__{name}", name in chosen)
        st.checkbox(words_of, key=f"{key}__{name}", on_change=mode)


def _one_widget(question: Question, shown: QuestionState, sheet: Sheet, label: str, mode: Mode) -> None:
    key = key_of(question.name)
    value = shown.value
    match question.kind:
        case Kind.SELECT_MULTIPLE:
            names = _names(shown.choices, sheet.state)
            chosen = set(_codes(value))
            sheet.begin_with(key, [name for name in names if name in chosen])
            st.multiselect(label, list(names), format_func=names.__getitem__, key=key, on_change=mode, placeholder="")
        case Kind.SELECT_ONE:
            names = _names(shown.choices, sheet.state)
            sheet.begin_with(key, value if value in names else None)
            if sheet.held[key] is not None and sheet.held[key] not in names:
                sheet.hold(key, None)
            if len(names) > RADIO_LIMIT or "minimal" in question.appearance:
                search = sheet.words.translate("Choose or type to search")
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
            sheet.begin_with(key, value if value in points else None)
            st.radio(label, points, index=None, key=key, on_change=mode, horizontal=True)
        case Kind.ACKNOWLEDGE:
            sheet.begin_with(key, value is not None)
            st.checkbox(label, key=key, on_change=mode)
        case Kind.TEXT if "multiline" in question.appearance:
            sheet.begin_with(key, "" if value is None else str(value))
            st.text_area(label, key=key, on_change=mode, height=140)
        case _:
            sheet.begin_with(key, "" if value is None else _typed(value))
            example = {Kind.DATE: "2026-10-31", Kind.TIME: "14:30"}.get(question.kind)
            st.text_input(label, key=key, on_change=mode, placeholder=example)


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


def _battery(group: Group, sheet: Sheet) -> None:
    state = sheet.state
    asked = [question for question in group.questions() if question.kind is Kind.SELECT_ONE]
    scale = _names(state.state(asked[0].name).choices, state)
    codes = list(scale)
    with st.container(key=f"battery_{group.name}"):
        points = "".join(f"<span>{html.escape(name)}</span>" for name in scale.values())
        st.html(
            _heading(state.words(group.label), group, state)
            + f'<div class="sd-scale" aria-hidden="true"><span></span><div>{points}</div></div>'
        )
        for question in asked:
            shown = state.state(question.name)
            if not shown.relevant:
                continue
            key = key_of(question.name)
            sheet.begin_with(key, shown.value if shown.value in scale else None)
            st.radio(
                _label(question, shown, sheet),
                codes,
                index=None,
                format_func=scale.__getitem__,
                key=key,
                on_change="ignore",
                horizontal=True,
            )
            _issues(shown, sheet)
