"""The rows of the survey sheet one by one: names, appearances, parameters, defaults, cells without effect."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from data.errors import InvalidInput
from survey.logic.answers import coerce
from survey.logic.compiled_form import is_dynamic
from survey.logic.expression import Call, EvaluationContext, compile_expression, nodes, references
from survey.logic.judgement import faults_of
from survey.logic.typed_numbers import PROGRAMS
from survey.logic.values import from_answer, to_boolean
from survey.questionnaire import LIST_KINDS, UPLOAD_KINDS, Kind, Question
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.appearances import APPEARANCES, PARAMETERS, is_known
from survey.xlsform.checks.form import Element, Form, issue_at
from survey.xlsform.checks.sheet_checks import lacks, rows_with_media
from survey.xlsform.issues import CheckIssue, nearest

MAX_NAME = 64
"""Longest name that other tools, and column names of statistical programs, take."""
_LABELLED = frozenset(Kind) - {Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA}
_SILENT = frozenset({Kind.NOTE, Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA})
_RESERVED = frozenset({"meta", "instanceid", "instancename", "__version__", "formhub", "_uuid", "_id"})
_IMPORTED = frozenset({"reference", "started_at", "submitted_at"})
_PERSONAL = re.compile(
    r"(?:^|_)(?:e?mail|phone|tel|telephone|mobile|whatsapp|first_?name|last_?name|full_?name|surname|birth_?date"
    r"|date_of_birth|dob|passport|national_id|home_address|nom|prenom|courriel|telefono|correo|apellidos?)(?:_|$)"
)
_VALUES = {
    "randomize": (re.compile(r"true|false"), "true or false"),
    "max-pixels": (re.compile(r"\d+"), "a whole number"),
    "quality": (re.compile(r"normal|low|voice-only|external"), "normal, low, voice-only or external"),
    "rows": (re.compile(r"\d+"), "a whole number"),
}
"""What parameters may be, and in words."""
_CLOCK = frozenset({"today", "now", "random", "uuid", "pulldata", "instance", "position"})


def check_questions(form: Form) -> Iterator[CheckIssue]:
    """Every issue with a row of the survey sheet that is neither about its words nor about its expressions."""
    asked = any(question.kind in _LABELLED for question in form.questions.values())
    if not asked and not lacks(form.sheets, "type") and not lacks(form.sheets, "name"):
        yield finding("survey.empty", "survey", 0, "", "There is no question.", "Write at least one row.")
    pictured = rows_with_media(form.sheets)
    yield from _names(form)
    for element in form.elements:
        yield from _appearance(element)
        if isinstance(element, Question):
            yield from _question(element, pictured)
            yield from _without_effect(element)
            yield from _parameters(element)
            yield from _default(form, element)
    yield from _consent(form)


def _names(form: Form) -> Iterator[CheckIssue]:
    seen: dict[str, Element] = {}
    rows: set[int] = set()
    for element in form.elements:
        if element.row in rows:
            continue  # the text question of or_other and the rows of a loop have names of their own
        rows.add(element.row)
        node = element.node
        before = seen.setdefault(node.lower(), element)
        if before.node != node:
            yield issue_at(
                element,
                "name.case",
                "name",
                f"The name '{node}' differs only by capital letters from '{before.node}' in row {before.row}.",
                f"Give one of them another name, for example '{node.lower()}_2'.",
            )
        if len(node) > MAX_NAME:
            yield issue_at(
                element,
                "name.too_long",
                "name",
                f"The name has {len(node)} letters; programs for statistics cut it off.",
                f"Use at most {MAX_NAME}, for example '{node[:20].rstrip('_')}'.",
            )
        lowered = node.lower()
        if lowered in _RESERVED or lowered.startswith("xml"):
            yield issue_at(
                element,
                "name.reserved",
                "name",
                f"The name '{node}' is reserved: other tools use it for themselves.",
                f"Write for example 'q_{node.strip('_')}'.",
                severity="error" if node == "meta" else None,
            )
        elif lowered in _IMPORTED and isinstance(element, Question):
            yield issue_at(
                element,
                "name.reserved",
                "name",
                f"In a file of answers the column '{node}' means the response itself, not this question.",
                f"Write for example 'q_{node}'.",
                severity="info",
            )


def _appearance(element: Element) -> Iterator[CheckIssue]:
    for appearance in element.appearance:
        if not is_known(appearance):
            near = nearest(appearance, APPEARANCES, likeness=0.7)
            yield issue_at(
                element,
                "appearance.unknown",
                "appearance",
                f"The appearance '{appearance}' is not known and has no effect.",
                f"Did you mean '{near}'?" if near else "Remove it.",
            )


def _question(question: Question, pictured: set[int]) -> Iterator[CheckIssue]:
    name = question.name
    wordless = not question.label and not question.hint and not question.calculation
    if wordless and question.kind in _LABELLED and "label" not in question.appearance and question.row not in pictured:
        yield issue_at(question, "label.missing", "label", f"'{name}' has no label.", "Write its question.")
    if question.kind is Kind.CALCULATE and not question.calculation and not is_dynamic(question.default):
        yield issue_at(
            question,
            "calculation.missing",
            "calculation",
            f"'{name}' computes nothing.",
            f"Write {question.default} into the column calculation." if question.default else "Write what.",
        )
    if question.constraint and not question.constraint_message and question.kind not in _SILENT:
        yield issue_at(
            question,
            "constraint.no_message",
            "constraint_message",
            f"'{name}' has a constraint but no message: a respondent would not learn what is wrong.",
            "Say in constraint_message what a valid answer looks like.",
        )


def _without_effect(question: Question) -> Iterator[CheckIssue]:
    """Cells that ask something of an answer that nobody gives."""
    name = question.name
    if question.kind in _SILENT:
        what = "a note" if question.kind is Kind.NOTE else f"of the type {question.written_type or question.kind}"
        for column in ("required", "constraint"):
            if getattr(question, column) and getattr(question, column) != "false()":
                yield issue_at(
                    question,
                    f"{column}.no_answer",
                    column,
                    f"'{name}' is {what}: nobody answers it, so '{column}' has no effect.",
                    f"Empty the cell, or move the {column} to the question that it is about.",
                    severity="warning" if question.kind is Kind.NOTE else "info",
                )
    elif question.read_only == "true()" and not (question.calculation or question.default or question.trigger):
        required = question.required == "true()"
        yield issue_at(
            question,
            "read_only.no_value",
            "read_only",
            f"'{name}' is read-only and has no value"
            + (", but is required: nobody could send an answer." if required else ": it stays empty."),
            "Give it a default or a calculation; to show words only use the type note.",
            severity="error" if required else ("info" if question.kind is Kind.TEXT else "warning"),
        )
    if question.trigger and not question.calculation:
        yield issue_at(
            question,
            "trigger.no_calculation",
            "trigger",
            f"'{name}' has a trigger but no calculation, so its answer is cleared whenever the trigger changes.",
            "Say in the column calculation what is to be computed.",
        )
    if question.trigger and "${" not in question.trigger:
        yield issue_at(
            question,
            "trigger.unreadable",
            "trigger",
            f"The trigger '{question.trigger}' names no question.",
            f"Write ${{{question.trigger.strip()}}}.",
        )


def _parameters(question: Question) -> Iterator[CheckIssue]:
    for name in question.parameters:
        known = PARAMETERS.get(question.kind, set())
        if name not in known:
            yield issue_at(
                question,
                "parameters.unknown",
                "parameters",
                f"The parameter '{name}' means nothing for the type {question.kind}.",
                f"Known here: {', '.join(sorted(known))}." if known else "Remove it.",
                severity="error" if known and question.kind is not Kind.METADATA else None,
            )
        elif name in _VALUES and not _VALUES[name][0].fullmatch(question.parameters[name]):
            yield issue_at(
                question,
                "parameters.value",
                "parameters",
                f"The parameter {name}={question.parameters[name]} cannot have that value.",
                f"Write {name}= and {_VALUES[name][1]}.",
            )
    fault = _range_fault(question) if question.kind is Kind.RANGE else ""
    if fault:
        yield issue_at(
            question,
            "parameters.range",
            "parameters",
            f"The range of '{question.name}' is not usable: {fault}.",
            "Write for example start=1 end=5 step=1.",
        )


def _range_fault(question: Question) -> str:
    numbers: dict[str, float] = {}
    for name, standard in (("start", "1"), ("end", "10"), ("step", "1")):
        written = question.parameters.get(name, standard)
        try:
            numbers[name] = float(written)
        except ValueError:
            return f"{name}={written} is no number"
    distance = numbers["end"] - numbers["start"]
    if numbers["step"] == 0:
        return "the step is 0"
    if distance == 0:
        return "start and end are the same"
    if abs(numbers["step"]) > abs(distance):
        return "the step is larger than the range"
    return ""


def _default(form: Form, question: Question) -> Iterator[CheckIssue]:
    """A default that is no expression, held against type, choices and constraint."""
    written = question.default
    dynamic = (question.name, "default") in form.trees or "${" in written or "(" in written
    if not written or dynamic or question.kind in _SILENT | UPLOAD_KINDS:
        return
    if question.kind in LIST_KINDS:
        known = form.codes.get(question.list_name, {})
        for code in written.split():
            if known and code not in known:
                yield issue_at(
                    question,
                    "default.not_a_choice",
                    "default",
                    f"The default '{code}' is not among the choices of '{question.name}'.",
                    f"Use one of: {', '.join(sorted(known)[:12])}.",
                )
                return
    try:
        answer = coerce(question, written, PROGRAMS)
    except InvalidInput:
        yield issue_at(
            question,
            "default.wrong_type",
            "default",
            f"The default '{written}' cannot be an answer of the type {question.kind}.",
            "Write one that a respondent could give, or empty the cell.",
        )
        return
    ranged = _range_fault(question) == "" if question.kind is Kind.RANGE else True
    alone = form.questionnaire.exclusive(question)
    holds = _holds(form, question)
    faults = faults_of(question, answer, required=False, wrong=(), constraint_holds=holds, exclusive=alone)
    if ranged and faults:
        yield issue_at(
            question,
            "default.not_allowed",
            "default",
            f"The default '{written}' of '{question.name}' breaks its own constraint or range.",
            "Write one that is allowed, or correct the constraint.",
        )


def _holds(form: Form, question: Question) -> bool:
    """False when the default surely breaks the constraint."""
    tree = form.trees.get((question.name, "constraint"))
    if tree is None or references(tree) or any(isinstance(n, Call) and n.name in _CLOCK for n in nodes(tree)):
        return True
    try:
        current = from_answer(coerce(question, question.default, PROGRAMS))
        moment = datetime(2000, 1, 1, tzinfo=UTC)
        context = EvaluationContext(today=date(2000, 1, 1), now=moment, current=current)
        return to_boolean(compile_expression(tree)(context))
    except InvalidInput:
        return True


def _consent(form: Form) -> Iterator[CheckIssue]:
    """Personal data that is asked without consent."""
    if any("consent" in question.node.lower() for question in form.questions.values()):
        return
    for question in form.questions.values():
        if question.kind is Kind.TEXT and _PERSONAL.search(question.node.lower()):
            yield issue_at(
                question,
                "form.no_consent",
                "name",
                f"'{question.name}' seems to ask for personal data, and no question asks for consent.",
                "Add a question 'consent' that says who reads the answers, and why.",
            )
            return
