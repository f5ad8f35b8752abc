"""Question widgets: one kind of question, one Streamlit widget, and back from widget values to answers.

Widgets do not rerun the page (`on_change="ignore"`); only a question on which something in the same section depends
does. Nothing is checked by the browser; the use case judges what arrives.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import streamlit as st

from data.records import FileRecord
from survey import asking, markup
from survey.logic.compiled_form import drivers
from survey.logic.form_state import FormState, QuestionState
from survey.logic.instances import asked
from survey.logic.values import to_text
from survey.questionnaire import UPLOAD_KINDS, Answer, Group, Kind, Question
from survey.receipts import answer_words
from survey.translator import Words
from survey.ui import components, session

Mode = Literal["rerun", "ignore"]
NO_ANSWER = ""
_Code = TypeVar("_Code")
_FIGURES = '<bdi dir="ltr">{}</bdi>'


def key_of(name: str) -> str:
    """The widget key of a question."""
    return f"q_{name}"


def forget(name: str, held: dict[str, Any] | None = None) -> None:
    """The widget of a question takes the stored answer when it is drawn next.

    held  the widgets' values as they were read for this run, which lose it as well
    """
    session.drop_widget(key_of(name))
    session.drop_widgets(f"{key_of(name)}__")
    held = {} if held is None else held
    for key in [key for key in held if key == key_of(name) or key.startswith(f"{key_of(name)}__")]:
        del held[key]


def collected(section: Group, counts: Mapping[str, object], held: Mapping[str, Any]) -> dict[str, object]:
    """Key of a question -> what its widget holds, for every question of the section that is on screen.

    counts  how many instances repeats have, by their keys; answers hold them
    held    the widgets' values, from `session.widgets`
    """
    answers: dict[str, object] = {}
    offered: Mapping[str, Sequence[str]] = session.recall("options") or {}
    for name, question in asked((section,), counts):
        key = key_of(name)
        if question.kind is Kind.SELECT_MULTIPLE:
            codes = offered.get(name)
            if codes and f"{key}__{codes[0]}" in held:
                answers[name] = [code for code in codes if held.get(f"{key}__{code}")]
            elif key in held:
                answers[name] = list(held[key] or ())
        elif question.kind in UPLOAD_KINDS or key not in held:
            continue
        elif question.kind is Kind.RANK:
            answers[name] = list((held[key] or {}).get("order") or ())
        elif question.kind is Kind.GEOPOINT:
            answers[name] = (held[key] or {}).get("text") or None
        elif question.kind is Kind.ACKNOWLEDGE:
            answers[name] = "OK" if held[key] else None
        else:
            answers[name] = held[key]
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a section is drawn from.

    held         the widgets' values, from `session.widgets`
    begun        those that a widget began with when it was drawn
    with_issues  what is missing or wrong is said at the questions
    test         nothing is sent anywhere: a box to tick stands where a file would be chosen
    codes        question -> its codes in the order in which they were drawn, where they are chosen in an open list
    """

    state: FormState
    words: Words
    held: dict[str, Any]
    with_issues: bool
    files: Mapping[str, FileRecord]
    code: str
    upload_limit_mb: int
    test: bool = False
    begun: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)

    def begin_with(self, key: str, value: Any) -> None:
        """A widget that this session does not hold yet begins with this value."""
        if key not in self.held:
            self.hold(key, value)
            self.begun[key] = value

    def hold(self, key: str, value: Any) -> None:
        """A widget has this value when it is drawn."""
        session.set_widget(key, value)
        self.held[key] = value


def answer_box(words: str, direction: str) -> str:
    """An answer in words as HTML; `direction` as in `survey.receipts.Told`."""
    inside = html.escape(words)
    return f'<div class="sd-answer">{_FIGURES.format(inside) if direction == "ltr" else inside}</div>'


def draw_section(section: Group, sheet: Sheet) -> tuple[str, int] | None:
    """Every relevant question of a section, with its issues when they are to be shown.

    Returns (repeat, number) when its reader wants to remove that instance, with the number 0 to add one.
    """
    driving = drivers(sheet.state.form, section)
    wanted: list[tuple[str, int]] = []
    state = sheet.state
    offered: dict[str, tuple[str, ...]] = dict(session.recall("options") or {})
    session.remember("options", offered)  # filled below, so that a run that is cut short has told what it drew

    def draw(item: Group | Question, prefix: str) -> None:
        if isinstance(item, Question):
            shown = state.state(prefix + item.name)
            if shown.relevant:
                if item.kind is Kind.SELECT_MULTIPLE:
                    boxes = shown.choices if asking.boxed(item, shown) else ()
                    offered[shown.name] = tuple(choice.name for choice in boxes)
                _question(item, shown, sheet, "rerun" if item.name in driving else "ignore")
            return
        if not state.group_relevant(prefix + item.name):
            return
        if item.repeats and state.is_counted(prefix + item.name) and not state.instances(prefix + item.name):
            return  # a heading with nothing below it
        if item.is_battery and not item.repeats:
            _battery(item, prefix, sheet)
            return
        if said := asking.heading(item, state, prefix):
            st.subheader(said, anchor=False)
        if item.repeats:
            draw_instances(item, prefix)
            return
        if hint := state.words(item.hint, prefix):
            st.html(f'<div class="sd-hint">{html.escape(hint)}</div>')
        draw_children(item, prefix)

    def draw_children(group: Group, prefix: str) -> None:
        for child in group.children:
            draw(child, prefix)

    def draw_instances(repeat: Group, prefix: str) -> None:
        key, words = prefix + repeat.name, sheet.words
        label = asking.heading(repeat, state, prefix)
        for number, within in enumerate(state.instances(key), start=1):
            with st.container(border=True, key=f"instance_{within}"):
                name = asking.instance_name(repeat, number, within, state, words)
                st.html(f'<div class="sd-label sd-instance">{html.escape(name)}</div>')
                draw_children(repeat, within)
                remove = words.translate("Remove {name}", name=name)
                if not state.is_counted(key) and st.button(
                    remove, key=f"remove_{within}", type="tertiary", icon=":material/delete:"
                ):
                    wanted.append((key, number))
        if not state.is_counted(key):
            full = len(state.instances(key)) >= state.most_instances(key)
            add = words.translate("Add another: {name}", name=label) if label else words.translate("Add another")
            if st.button(add, key=f"add_{key}", icon=":material/add:", disabled=full):
                wanted.append((key, 0))

    if section.repeats:
        draw_instances(section, "")
    else:
        draw_children(section, "")
    return wanted[0] if wanted else None


def _issues(shown: QuestionState, sheet: Sheet) -> None:
    for issue in shown.issues if sheet.with_issues else ():
        words = asking.issue_words(issue, shown.name, sheet.state, sheet.words)
        st.html(f'<div class="sd-issue" role="alert">{html.escape(words)}</div>')


def _question(question: Question, shown: QuestionState, sheet: Sheet, mode: Mode) -> None:
    if question.kind is Kind.NOTE:
        st.html(markup.html_of(sheet.state.words(question.label, asking.prefix(shown.name))))
    elif question.kind in (Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA):
        return
    elif sheet.with_issues:
        with st.container(key=f"box_{shown.name}"):
            _asked(question, shown, sheet, mode)
            _issues(shown, sheet)
    else:
        # A container of its own would be one message more for each question of each rerun.
        _asked(question, shown, sheet, mode)


def _asked(question: Question, shown: QuestionState, sheet: Sheet, mode: Mode) -> None:
    state = sheet.state
    label = asking.label(question, shown, sheet.state, sheet.words)
    if shown.read_only:
        answer = ""
        if shown.value is not None:
            told = answer_words(question, shown.name, shown.value, state, sheet.files)
            answer = answer_box(told.text, told.direction)
        st.html(_heading(label, question, sheet, asking.prefix(shown.name)) + answer)
    elif question.kind is Kind.SELECT_MULTIPLE and asking.boxed(question, shown):
        _multiple(question, shown, sheet, label, mode)
    elif question.kind is Kind.RANK:
        st.html(_heading(label, question, sheet, asking.prefix(shown.name)))
        names = asking.choice_names(shown.choices, shown.name, state)
        order = [name for name in _codes(shown.value) if name in names]
        components.ranking(key_of(shown.name), list(names.items()), order, "1", sheet.words)
    elif question.kind is Kind.GEOPOINT:
        st.html(_heading(label, question, sheet, asking.prefix(shown.name)))
        components.place(key_of(shown.name), "" if shown.value is None else str(shown.value), label, sheet.words)
    elif question.kind in UPLOAD_KINDS:
        st.html(_heading(label, question, sheet, asking.prefix(shown.name)))
        if sheet.test:
            key = key_of(shown.name)
            sheet.begin_with(key, shown.value is not None)
            st.checkbox(sheet.words.translate("As if a file were attached"), key=key, on_change=mode)
            return
        record = sheet.files.get(shown.name)
        components.upload(
            key_of(shown.name),
            code=sheet.code,
            question=shown.name,
            file="" if record is None else record.name,
            limit_mb=sheet.upload_limit_mb,
            accept=asking.accept(question),
            capture=asking.capture(question),
            words=sheet.words,
        )
    else:
        _one_widget(question, shown, sheet, label, mode)
        prefix = asking.prefix(shown.name)
        hint, guidance = state.words(question.hint, prefix), _guidance(question, sheet, prefix)
        if hint or guidance:
            st.html(f'<div class="sd-hint sd-under">{html.escape(hint)}</div>{guidance}')


def _heading(label: str, item: Question | Group, sheet: Sheet, prefix: str) -> str:
    hint = sheet.state.words(item.hint, prefix)
    below = f'<div class="sd-hint">{html.escape(hint)}</div>' if hint else ""
    return f'<div class="sd-label">{html.escape(label)}</div>{below}{_guidance(item, sheet, prefix)}'


def _guidance(item: Question | Group, sheet: Sheet, prefix: str) -> str:
    """What the author says at length, folded away until it is wanted."""
    text = sheet.state.words(item.guidance_hint, prefix) if isinstance(item, Question) else ""
    if not text:
        return ""
    more = html.escape(sheet.words.translate("More about this question"))
    return f'<details class="sd-guide"><summary>{more}</summary>{html.escape(text)}</details>'


def _codes(value: Answer | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _multiple(question: Question, shown: QuestionState, sheet: Sheet, label: str, mode: Mode) -> None:
    st.html(_heading(label, question, sheet, asking.prefix(shown.name)))
    key = key_of(shown.name)
    chosen = set(_codes(shown.value))
    names = asking.choice_names(shown.choices, shown.name, sheet.state)
    sheet.codes[shown.name] = list(names)
    for name, words_of in names.items():
        sheet.begin_with(f"{key}__{name}", name in chosen)
        st.checkbox(words_of, key=f"{key}__{name}", on_change=mode)


def _undoable(names: Mapping[_Code, str], shown: QuestionState, words: Words) -> dict[_Code | str, str]:
    """The choices, and last the one that takes a choice back where none is required.

    The style sheet shows it, by its colour, only while something is chosen.
    """
    offered: dict[_Code | str, str] = dict(names.items())
    return offered if shown.required else {**offered, NO_ANSWER: f":gray[{words.translate('No answer')}]"}


def _one_widget(question: Question, shown: QuestionState, sheet: Sheet, label: str, mode: Mode) -> None:
    key = key_of(shown.name)
    value = shown.value
    match question.kind:
        case Kind.SELECT_MULTIPLE:
            names = asking.choice_names(shown.choices, shown.name, sheet.state)
            chosen = set(_codes(value))
            sheet.begin_with(key, [name for name in names if name in chosen])
            st.multiselect(label, list(names), format_func=names.__getitem__, key=key, on_change=mode, placeholder="")
        case Kind.SELECT_ONE:
            names = asking.choice_names(shown.choices, shown.name, sheet.state)
            sheet.begin_with(key, value if value in names else None)
            if sheet.held[key] and sheet.held[key] not in names:
                sheet.hold(key, None)
            if asking.as_menu(question, len(names)):
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
                sheet.codes[shown.name] = list(names)
                names = _undoable(names, shown, sheet.words)
                st.radio(
                    label,
                    list(names),
                    index=None,
                    format_func=names.__getitem__,
                    key=key,
                    on_change=mode,
                    horizontal=asking.in_a_row(question),
                )
        case Kind.RANGE:
            points, number = asking.range_points(question), sheet.words.exactly
            sheet.begin_with(key, value if value in points else None)
            if "picker" in question.appearance:
                st.selectbox(label, points, index=None, format_func=number, key=key, on_change=mode, placeholder="")
            else:
                sheet.codes[shown.name] = [to_text(float(point)) for point in points]
                row = "vertical" not in question.appearance
                offered = _undoable({point: number(point) for point in points}, shown, sheet.words)
                st.radio(
                    label,
                    list(offered),
                    index=None,
                    format_func=offered.__getitem__,
                    key=key,
                    on_change=mode,
                    horizontal=row,
                )
        case Kind.ACKNOWLEDGE:
            sheet.begin_with(key, value is not None)
            st.checkbox(label, key=key, on_change=mode)
        case Kind.GEOTRACE | Kind.GEOSHAPE:
            sheet.begin_with(key, "" if value is None else str(value).replace(";", ";\n"))
            st.text_area(label, key=key, on_change=mode, placeholder=asking.example(question))
        case Kind.TEXT if "multiline" in question.appearance:
            sheet.begin_with(key, "" if value is None else str(value))
            st.text_area(label, key=key, on_change=mode, height=140)
        case _:
            sheet.begin_with(key, asking.typed(question, value, sheet.state.language))
            st.text_input(label, key=key, on_change=mode, placeholder=asking.example(question) or None)


def _battery(group: Group, prefix: str, sheet: Sheet) -> None:
    state = sheet.state
    asked = [question for question in group.questions() if question.kind is Kind.SELECT_ONE]
    first = state.state(prefix + asked[0].name)
    scale = asking.choice_names(first.choices, first.name, state)
    with st.container(key=f"battery_{prefix}{group.name}"):
        points = "".join(f"<span>{html.escape(name)}</span>" for name in scale.values())
        st.html(
            _heading(state.words(group.label, prefix), group, sheet, prefix)
            + f'<div class="sd-scale" aria-hidden="true"><span></span><div>{points}</div></div>'
        )
        for question in asked:
            shown = state.state(prefix + question.name)
            if not shown.relevant:
                continue
            key = key_of(shown.name)
            sheet.begin_with(key, shown.value if shown.value in scale else None)
            sheet.codes[shown.name] = list(scale)
            offered = _undoable(scale, shown, sheet.words)
            st.radio(
                asking.label(question, shown, sheet.state, sheet.words),
                list(offered),
                index=None,
                format_func=offered.__getitem__,
                key=key,
                on_change="ignore",
                horizontal=True,
            )
            _issues(shown, sheet)
