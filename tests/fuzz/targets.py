"""What is held against spoiled input: each target makes a case from a Random and looks whether what must hold holds.

A target keeps its case in `Case.shown`, so that a finding tells what was tried.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from random import Random
from time import process_time

from data.errors import InvalidInput, SoundingsError
from survey.logic.answers import cleaned
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.logic.expression import (
    ExpressionError,
    Tree,
    columns,
    compile_expression,
    nodes,
    parse,
    references,
    written,
)
from survey.logic.form_state import FormState, open_form
from survey.logic.instances import name_of
from survey.questionnaire import LIST_KINDS, UNASKED_KINDS, Answer, Question
from survey.xlsform.checker import check
from survey.xlsform.reader import read
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, from_json, from_markdown, read_sheets, to_json
from tests.fuzz import corpus
from tests.fuzz.mutations import (
    ODD,
    OPERANDS,
    markdown_of,
    soup,
    spoiled_bytes,
    spoiled_expression,
    spoiled_form,
    spoiled_text,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FAMILY_ANSWERS: Mapping[str, Answer] = {
    "agree": "y",
    "head": "Ana",
    "staff": 7,
    "money": 2.5,
    "founded": "2001-02-03",
    "country": "fr",
    "fields": ("a", "x"),
    "order": ("b", "a", "x"),
    "member": 2,
    "member[1]/name": "Ben",
    "member[1]/age": 40,
    "member[2]/name": "Cem",
    "member[2]/age": 7,
    "member[2]/pet": 2,
    "member[2]/pet[1]/petname": "Rex",
    "where": "10.1 20.2 0 0",
}


@dataclass(slots=True)
class Case:
    """One thing that was tried: its random source, and its words as soon as there are some."""

    random: Random
    shown: object = field(default="")


class Broken(AssertionError):
    """Something that must always hold did not."""


def hold(condition: bool, what: str) -> None:
    """Raises Broken unless it holds."""
    if not condition:
        raise Broken(what)


# Expressions


def expressions(case: Case) -> None:
    """Any text is an expression or an ExpressionError; what can be read can be computed, written and read again."""
    random = case.random
    text = soup(random) if random.random() < 0.5 else spoiled_expression(random, corpus.expressions())
    case.shown = text
    try:
        tree = parse(text)
    except ExpressionError:
        tree = None
    if tree is not None:
        _written_again(tree)
        list(nodes(tree)), references(tree), columns(tree)
        state = family()
        for key in ("staff", "member[2]/age", "member[2]/pet[1]/petname", "fields", ""):
            began = process_time()
            try:
                value = state.evaluate(text, key)
            except ExpressionError:
                continue
            finally:
                hold(process_time() - began < 1, "slow")
            hold(isinstance(value, str | float | bool), f"{value!r} is no value")
    if random.random() < 0.2:
        column = random.choice(
            ("relevant", "constraint", "calculation", "choice_filter", "default", "required", "repeat_count")
        )
        _form_with(column, text, pyxform=random.random() < 0.2)


def _written_again(tree: Tree) -> None:
    with suppress(ExpressionError):
        compile_expression(tree)
    text = written(tree)
    try:
        again = parse(text)
    except ExpressionError as error:
        hold(error.code in ("expression.too_deep", "expression.too_long"), f"written as {text!r}: {error}")
        return
    hold(_bare(again) == _bare(tree), f"written as {text!r}, it is another expression")


def _bare(tree: object) -> object:
    """The tree without positions; -(1) and -1 are the same."""
    if isinstance(tree, tuple):
        return tuple(_bare(each) for each in tree)
    if isinstance(tree, float) and math.isnan(tree):
        return "NaN"
    if is_dataclass(tree):
        values = [_bare(getattr(tree, each.name)) for each in fields(tree) if each.name != "position"]
        return (type(tree).__name__, *values)
    return tree


def _form_with(column: str, text: str, *, pyxform: bool) -> None:
    """The family's form with the expression in a cell: checked, and filled in when it compiles."""
    sheets = corpus.forms()["family.md"]
    target = {"choice_filter": "city", "repeat_count": "project", "calculation": "total"}.get(column, "school")
    rows = tuple(
        Row(row.number, {**row.cells, column: text}) if row["name"] == target and text else row
        for row in sheets["survey"]
    )
    changed = Sheets(rows={**sheets.rows, "survey": rows}, headers=sheets.headers)
    if pyxform:
        check(changed)
    form = _compiled(changed)
    if form is not None:
        _opened(form, dict(FAMILY_ANSWERS)).submission()


@cache
def family() -> FormState:
    """The family's form with some answers."""
    form = _compiled(corpus.forms()["family.md"])
    assert form is not None
    return _opened(form, dict(FAMILY_ANSWERS))


# Forms


def forms(case: Case) -> None:
    """Any rows can be read and checked; what compiles can be opened, answered, and shown."""
    random = case.random
    known = tuple(corpus.forms().values())
    sheets = spoiled_form(random, random.choice(known), known, corpus.expressions())
    case.shown = sheets
    if random.random() < 0.2:
        text = markdown_of(sheets)
        try:
            sheets = from_markdown(text)
        except SoundingsError:
            return
    hold(from_json(to_json(sheets)) == sheets, "it is not kept as it is")
    if random.random() < 0.5:
        check(sheets)
    form = _compiled(sheets)
    if form is None:
        return
    state = _opened(form, {})
    keys = [key for key, _ in state.asked(form.questionnaire.children)]
    for key in random.sample(keys, min(len(keys), 5)):
        _try(lambda key=key: state.set(key, any_answer(random, state, key)))
    for repeat in list(state._counts)[:2]:
        _try(lambda repeat=repeat: state.set(repeat, random.choice((0, 1, 3, 201, "x"))))
    state.submission()
    state.all_issues()
    for key, question in state.asked(form.questionnaire.children):
        state.words(question.label, key[: key.rfind("/") + 1])


def _compiled(sheets: Sheets) -> CompiledForm | None:
    questionnaire, _issues = read(sheets)
    try:
        return compile_form(questionnaire)
    except SoundingsError:
        return None


def _opened(form: CompiledForm, answers: Mapping[str, Answer]) -> FormState:
    return open_form(form, answers, language="en", today=date(2026, 11, 23), now=NOW, seed="7")


def _try(change: Callable[[], object]) -> None:
    with suppress(InvalidInput):
        change()


# Bytes


def contents(case: Case) -> None:
    """Any bytes are a workbook or an InvalidInput, under any name."""
    random = case.random
    files = corpus.files()
    name = random.choice(sorted(name for name, content in files.items() if len(content) < 400_000))
    content = files[name]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        content = spoiled_bytes(random, content, files[random.choice(sorted(files))])
    called = (
        name
        if random.random() < 0.9
        else random.choice(("a.xlsx", "a.xls", "a.csv", "a.md", "a.zip", "survey.csv", "", "a"))
    )
    case.shown = (called, content)
    try:
        sheets = read_sheets(content, called)
    except SoundingsError:
        return
    hold(from_json(to_json(sheets)).rows == sheets.rows, "it is not kept as it is")
    if random.random() < 0.2:
        read(sheets)


# Answers


def answers(case: Case) -> None:
    """Whatever is answered: opening it again changes nothing, only relevant answers are sent, and undoing undoes."""
    random = case.random
    form = random.choice(answerable())
    state = _opened(form, {})
    done: list[object] = []
    case.shown = (form.questionnaire.form_id, done)
    for _ in range(random.choice((1, 3, 8, 20))):
        _change(random, state, done)
    _sent_is_kept(state)
    _reopens(form, state)
    _undoes(random, form, state, done)


@cache
def answerable() -> tuple[CompiledForm, ...]:
    """The forms that can be filled in, compiled; those of our own more often than others."""
    found = []
    for name, sheets in corpus.forms().items():
        form = _compiled(sheets)
        if form is not None and len(form.questions) < 150:
            found += [form] * (3 if name in corpus.OWN_FORMS else 1)
    return tuple(found)


def _change(random: Random, state: FormState, done: list[object]) -> None:
    repeats = sorted(state._counts)
    if repeats and random.random() < 0.35:
        repeat = random.choice(repeats)
        count = state._counts[repeat]
        match random.randrange(3):
            case 0 if count < 6:
                done.append(("add", repeat))
                _try(lambda: state.add_instance(repeat))
            case 1:
                number = random.randint(0, count + 1)
                done.append(("remove", repeat, number))
                _try(lambda: state.remove_instance(repeat, number))
            case _:
                wanted = random.choice((0, 1, 2, 4, None, "", "2", -1, 201, "x", 1.5, "1e3", math.nan, True, (), "²"))
                done.append(("set", repeat, wanted))
                _try(lambda: state.set(repeat, wanted))
        return
    keys = [key for key, _ in state.asked(state.questionnaire.children)] or ["nothing"]
    key = (
        random.choice(keys)
        if random.random() < 0.97
        else random.choice(("nowhere", "member[9]/age", "member[1]", "", "member[1]/"))
    )
    answer = any_answer(random, state, key)
    done.append(("set", key, answer))
    _try(lambda: state.set(key, answer))


def any_answer(random: Random, state: FormState, key: str) -> object:
    """Something that might be sent as the answer to the question, often a proper one."""
    compiled = state.form.questions.get(name_of(key))
    codes = [choice.name for choice in compiled.choices] if compiled else []
    if codes and random.random() < 0.8:
        several = random.sample(codes, random.randrange(min(len(codes), 4) + 1))
        return random.choice((random.choice(codes), several, " ".join(several)))
    match random.randrange(12):
        case 0:
            return random.choice(ODD)
        case 1:
            return None
        case 2:
            return random.choice(
                (
                    True,
                    False,
                    math.nan,
                    math.inf,
                    -0.0,
                    10**400,
                    b"x",
                    {"a": 1},
                    [[]],
                    [1, "a"],
                    [None],
                    date(2026, 1, 2),
                )
            )
        case 3:
            return random.choice(
                ("2026-02-30", "2026-01-02", "2026-01-02T10:00:00+02:00", "25:00", "10:30", "1 2 3 4", "1;2")
            )
        case 4:
            return spoiled_text(random, random.choice(OPERANDS))
        case 5:
            return random.choice((1.5, "1,5", "٣", "-3", "1e3", "1e400", "²", 2**53 + 1, "007", "0x10"))
        case 6:
            return random.choice(("y", "yes", "OK", "Ana", "x y", "y y", ["y", "y"]))
    return random.choice((0, 1, 3, 7, 17, 18, 40, 99, "12"))


def _sent_is_kept(state: FormState) -> None:
    """What is sent is an answer that is kept, of a question that is relevant; nothing empty."""
    kept, sent = state.answers, state.submission()
    for key, answer in sent.items():
        hold(key in kept and kept[key] == answer, f"{key} is sent but not kept")
        hold(state.is_known(key) and state._relevant[key], f"{key} is sent though not relevant")
        hold(answer not in ("", None, ()), f"{key} is sent empty")
        hold(isinstance(answer, str | int | float | tuple), f"{key} is sent as {type(answer)}")
    for key, answer in kept.items():
        typed = name_of(key) in state.form.questions and not state.form.questions[name_of(key)].computed
        hold(not typed or not isinstance(answer, str) or cleaned(answer) == answer, f"{key} is kept as {answer!r:.100}")
    for key, question in state.asked(state.questionnaire.children):
        shown = state.state(key)
        hold(shown.relevant or (not shown.issues and key not in sent), f"{key} is not relevant and yet {shown}")
        if question.kind in LIST_KINDS and key in sent:
            codes = {choice.name for choice in shown.choices}
            given = sent[key] if isinstance(sent[key], tuple) else (str(sent[key]),)
            hold(set(given) <= codes, f"{key} is sent with a choice that is not offered")  # type: ignore[arg-type]


def _reopens(form: CompiledForm, state: FormState) -> None:
    """Opened again with what is kept, it is the same."""
    if not state.answers:
        return
    unkept = [key for key in state._faults if key not in state.answers]
    for key in unkept:  # nothing of it could be kept, which is told only once
        state.set(key, None)
    if state.answers:
        _same(state, _opened(form, state.answers), "opened again")


def _same(one: FormState, other: FormState, when: str) -> None:
    first, second = one.submission(), other.submission()
    differing = {
        key: (first.get(key), second.get(key)) for key in {**first, **second} if first.get(key) != second.get(key)
    }
    hold(not differing, f"{when}: {differing}")
    hold(one._relevant == other._relevant, f"{when}: relevance differs")
    told = (
        [(key, issue.code) for key, issue in one.all_issues()],
        [(key, issue.code) for key, issue in other.all_issues()],
    )
    hold(told[0] == told[1], f"{when}: issues {told[0]} and {told[1]}")


def _undoes(random: Random, form: CompiledForm, state: FormState, done: list[object]) -> None:
    """An answer given and taken back leaves all computed values as they were; once() and triggers remember."""
    remembering = any(
        "once(" in each.question.calculation or each.triggers or (each.default is not None)
        for each in form.questions.values()
    )
    keys = [
        key
        for key, question in state.asked(form.questionnaire.children)
        if question.kind not in UNASKED_KINDS and not form.questions[question.name].computed
    ]
    if remembering or not keys:
        return
    before = _opened(form, state.answers) if state.answers else None
    key = random.choice(keys)
    former, tried = state.answers.get(key), any_answer(random, state, key)
    done.append(("set and back", key, tried, former))
    counts = dict(state._counts)
    _try(lambda: state.set(key, tried))
    if not set(state._counts) <= set(counts):
        return  # new instances bring defaults, which stay
    _try(lambda: state.set(key, former))
    if before is not None and state._counts == counts:
        _same(before, state, "set and back")


def question_of(form: CompiledForm, key: str) -> Question:
    """The question of a key."""
    return form.questions[name_of(key)].question


TARGETS: Mapping[str, Callable[[Case], None]] = {
    "expressions": expressions,
    "forms": forms,
    "contents": contents,
    "answers": answers,
}
