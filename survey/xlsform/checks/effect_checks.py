"""Cells and rows that do nothing where they stand: messages without a rule, rules of groups, appearances of other
types, filters of questions without choices."""

from collections.abc import Iterator

from survey.questionnaire import LIST_KINDS, Group, Kind, Question
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.appearances import OF_KINDS
from survey.xlsform.checks.form import Element, Form, issue_at
from survey.xlsform.issues import CheckIssue
from survey.xlsform.question_types import INHERENT, question_type_of, structure_of
from survey.xlsform.wording import first_cells

_OF_ANSWERS = ("required", "constraint", "calculation", "default", "choice_filter", "trigger")
"""Columns that say something of an answer, which a group has not."""
_NO = frozenset({"", "no", "false", "false()"})


def check_effects(form: Form) -> Iterator[CheckIssue]:
    """Every cell that has no effect where it stands, in the order of the rows."""
    for element in form.elements:
        yield from _appearance(element)
        if isinstance(element, Question):
            yield from _filter(element)
    yield from _rows(form)
    for row in form.sheets["settings"][1:]:
        yield finding(
            "setting.second_row",
            "settings",
            row.number,
            "",
            "Only the first row of the settings is read.",
            "Put all settings into that row, each under its header.",
        )


def _appearance(element: Element) -> Iterator[CheckIssue]:
    for appearance in element.appearance:
        if isinstance(element, Group) or appearance not in OF_KINDS:
            continue
        kinds, where = OF_KINDS[appearance]
        if element.kind not in kinds:
            yield issue_at(
                element,
                "appearance.wrong_type",
                "appearance",
                f"The appearance '{appearance}' does nothing for the type {element.kind}.",
                f"It is for {where}; remove it here.",
            )


def _filter(question: Question) -> Iterator[CheckIssue]:
    if question.choice_filter and question.kind not in LIST_KINDS:
        yield issue_at(
            question,
            "choice_filter.no_choices",
            "choice_filter",
            f"'{question.name}' offers no choices, so its choice_filter does nothing.",
            "Remove it, or write a select with a list into the type.",
        )


def _rows(form: Form) -> Iterator[CheckIssue]:
    for row in form.sheets["survey"]:
        cells = first_cells(row)
        written = cells.get("type", "")
        structure = structure_of(written)
        if structure in ("begin group", "begin repeat"):
            for column in _OF_ANSWERS:
                if cells.get(column, "").lower() not in _NO:
                    yield finding(
                        "group.no_answer",
                        "survey",
                        row.number,
                        column,
                        f"A {structure.removeprefix('begin ')} has no answer, so '{column}' does nothing here.",
                        f"Move {column} to the questions in it.",
                    )
            if structure == "begin group" and cells.get("repeat_count"):
                yield finding(
                    "group.no_answer",
                    "survey",
                    row.number,
                    "repeat_count",
                    "A group stands there once, so 'repeat_count' does nothing.",
                    "Write begin repeat and end repeat.",
                )
        elif structure is None and (kind := question_type_of(written)).kind not in (None, Kind.NOTE):
            for message, rule in (("constraint_message", "constraint"), ("required_message", "required")):
                if cells.get(message) and cells.get(rule, "").lower() in _NO and kind.written not in INHERENT:
                    yield finding(
                        "message.no_rule",
                        "survey",
                        row.number,
                        message,
                        f"There is a {message} but no {rule}, so nobody ever reads it.",
                        f"Say in {rule} what the message is about, or remove it.",
                    )
