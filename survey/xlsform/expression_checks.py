"""Whether the expressions of a questionnaire can be read and name what exists, and the words of what cannot be read.

What they compare is for `survey.xlsform.checks.comparison_checks`, how they call functions for `function_checks`.
"""

import re
from collections.abc import Iterable, Iterator

from survey.logic.compiled_form import dependency_cycle, edges_of
from survey.logic.definitions import read_by
from survey.logic.expression import (
    Call,
    ExpressionError,
    Literal,
    Tree,
    columns,
    compile_expression,
    nodes,
    references,
)
from survey.logic.functions import FUNCTIONS
from survey.logic.patterns import compiled_pattern
from survey.logic.tokens import odd_characters
from survey.logic.values import to_text
from survey.questionnaire import Question, Text
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import WORDS, Cell, Element, Form, issue_at
from survey.xlsform.issues import CheckIssue, nearest

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_LAST_SAVED = re.compile(r"\$\{\s*last-saved#([^{}]*)\}")

_WORDS: dict[str, tuple[str, str]] = {
    "expression.too_long": ("The expression is too long.", "Compute parts of it in calculate rows."),
    "expression.too_deep": ("The expression is nested too deeply.", "Compute parts of it in calculate rows."),
    "expression.unclosed_quote": ("A quotation mark is not closed, {near}.", "Add the closing quotation mark."),
    "expression.bad_reference": (
        "A reference is not written properly, {near}.",
        "Write ${{name}} with the name of one question between the braces.",
    ),
    "expression.unknown_character": (
        "The character '{character}' has no meaning here, {near}.",
        "Remove it, or put texts between quotation marks.",
    ),
    "expression.double_equals": ("'==' is not an operator, {near}.", "Write a single '='."),
    "expression.unbalanced": (
        "A parenthesis has no partner, {near}.",
        "Count the parentheses: each '(' needs one ')'.",
    ),
    "expression.path": (
        "A path cannot go on like this, {near}.",
        "Refer to a question as ${{name}}, or write a path such as ../name or /data/group/name.",
    ),
    "expression.axis": (
        "The axis '{axis}::' is not supported, {near}.",
        "Use .. for what is around and / for what is inside.",
    ),
    "expression.unknown_path": (
        "The path leads nowhere: there is no '{step}' there.",
        "Refer to a question as ${{name}}; that finds it wherever it stands.",
    ),
    "expression.indexed_repeat": (
        "indexed-repeat() needs references to the question and its repeats.",
        "Write indexed-repeat(${{question}}, ${{repeat}}, 1).",
    ),
    "expression.not_nodes": (
        "'{function}' needs questions, groups or choices here, not a value.",
        "Write a reference such as ${{name}} or a path such as /data/group/name.",
    ),
    "expression.unpaired": (
        "weighted-checklist() has a condition without a weight, or a weight without its condition.",
        "After the two limits write condition, weight, condition, weight.",
    ),
    "expression.syntax": (
        "'{found}' is not expected here, {near}.",
        "Look for a missing operator, comma, quotation mark or parenthesis before it.",
    ),
    "expression.incomplete": ("The expression ends too early.", "Add what is missing at its end."),
    "expression.unknown_function": ("There is no function '{function}'.", "{suggestion}"),
    "expression.unsupported_function": (
        "The function '{function}' is not supported in the browser form.",
        "Leave it out, or compute the value after the consultation.",
    ),
    "expression.wrong_argument_count": (
        "The function '{function}' takes {arity}, but {found} stand here.",
        "Check the commas and parentheses of this call.",
    ),
    "expression.bare_name": (
        "'{bare_name}' stands without quotation marks, so it means nothing.",
        "Write '{bare_name}' between quotation marks for a choice or text, or ${{{bare_name}}} for a question.",
    ),
    "expression.too_many_steps": (
        "The expression looks at too many places.",
        "Avoid predicates inside predicates, or look things up in smaller lists.",
    ),
    "expression.value_too_long": ("The expression builds too long a text.", "Join fewer or shorter texts."),
    "expression.pattern_invalid": (
        "The pattern of regex() is not valid: {reason}.",
        "Test it on a page such as regex101.com (flavour Golang); a part may repeat 1,000 times.",
    ),
    "expression.pattern_unsafe": (
        "The pattern of regex() uses '{part}', for which no limit of time can be given.",
        "Write a pattern that reads the answer from left to right; join several conditions by 'and'.",
    ),
    "expression.pattern_too_long": (
        "The pattern of regex() is too long.",
        "Use a shorter one, and string-length() for lengths.",
    ),
}


def check_expressions(form: Form) -> Iterator[CheckIssue]:
    """Every issue with reading an expression or with a name in it, in the order of the rows."""
    for cell in form.cells:
        yield from _check(form, cell)
    for element in form.elements:
        for column in WORDS:
            yield from _check_label(form, element, column, getattr(element, column, Text()))
        if isinstance(element, Question) and element.trigger:
            yield from _check_names(form, element, "trigger", map(str.strip, _REFERENCE.findall(element.trigger)))
    yield from _cycle(form)


def _cycle(form: Form) -> Iterator[CheckIssue]:
    cycle = dependency_cycle(edges_of(form.questionnaire))
    if not cycle:
        return
    first = form.by_name[cycle[0]]
    if len(cycle) == 1:
        yield issue_at(
            first,
            "calculation.itself",
            "calculation",
            f"'{first.name}' is computed from itself.",
            "Take it out of its own calculation; to keep the first value write once(...).",
        )
        return
    yield finding(
        "questionnaire.cycle",
        "survey",
        first.row,
        "",
        f"These wait for each other in a circle: {', '.join(cycle)}.",
        "Take one of the references out of their relevant or calculation cells.",
    )


def _check(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    element, column, text = cell.owner, cell.column, cell.text
    odd = odd_characters(text)
    if odd:
        yield issue_at(
            element,
            "expression.odd_character",
            column,
            f"The expression has typographic characters that other tools refuse: {' '.join(map(repr, odd))}.",
            "Type plain quotation marks ' and plain spaces.",
        )
    saved = _LAST_SAVED.search(text)
    if saved:
        yield issue_at(
            element,
            "reference.last_saved",
            column,
            f"'{saved[0]}' means the answer of the form that was filled in before; a browser form knows none.",
            "Remove it; where most answers are the same, write that answer as default.",
        )
        return
    try:
        if cell.fault or cell.tree is None:
            raise cell.fault or ExpressionError("expression.syntax")
        tree = cell.tree
        compile_expression(tree)
        if column != "choice_filter" and columns(tree):
            raise ExpressionError("expression.bare_name", bare_name=min(columns(tree)))
        if references(tree) <= form.definitions.keys():
            owner = form.definitions[element.name]
            read_by(tree, owner, form.definitions, form.roots, of_choice=column == "choice_filter")
        for node in nodes(tree):
            if isinstance(node, Call) and node.name == "regex" and isinstance(node.arguments[1], Literal):
                compiled_pattern(to_text(node.arguments[1].value))
    except ExpressionError as error:
        yield issue_at(element, error.code, column, *in_words(error, text), severity="error")
        return
    yield from _check_names(form, element, column, sorted(references(tree) - form.groups.keys()))
    yield from _check_tables(form, element, column, tree)
    if column == "choice_filter" and isinstance(element, Question):
        yield from _check_filter_columns(form, element, tree)


def in_words(error: ExpressionError, text: str) -> tuple[str, str]:
    """(what is wrong, what to do) with the expression `text` that cannot be read or computed."""
    details: dict[str, object] = dict(error.params)
    place = error.position
    details["near"] = f"near '{text[max(0, place - 12) : place + 12].strip()}'" if place >= 0 else ""
    if error.code == "expression.unknown_function":
        near = nearest(str(details["function"]), FUNCTIONS, likeness=0.6)
        details["suggestion"] = (
            f"Did you mean {near}()?" if near else "See https://docs.getodk.org/form-operators-functions/ for the list."
        )
    if error.code == "expression.wrong_argument_count":
        details["arity"] = _arity(details["least"], details["most"])
    message, fix = _WORDS.get(error.code, ("The expression cannot be read.", "Write it anew."))
    return message.format(**details), fix.format(**details)


def _arity(least: object, most: object) -> str:
    count = f"{least}" if least == most else (f"{least} or more" if most is None else f"{least} to {most}")
    return f"{count} argument" if count == "1" else f"{count} arguments"


def _check_names(form: Form, element: Element, column: str, names: Iterable[str]) -> Iterator[CheckIssue]:
    for name in names:
        if name.startswith("last-saved#"):
            yield issue_at(
                element,
                "reference.last_saved",
                column,
                f"'${{{name}}}' means the answer of the form that was filled in before; a browser form knows none.",
                "Remove it.",
            )
        elif name not in form.questions:
            near = nearest(name, form.questions, likeness=0.6)
            yield issue_at(
                element,
                "reference.unknown",
                column,
                f"There is no question '{name}'.",
                f"Did you mean ${{{near}}}?" if near else "Use the name of a question of this form.",
            )


def _check_tables(form: Form, element: Element, column: str, tree: Tree) -> Iterator[CheckIssue]:
    for node in nodes(tree):
        if not isinstance(node, Call) or node.name not in ("pulldata", "instance"):
            continue
        named = node.arguments[0]
        if not isinstance(named, Literal):
            continue
        name = to_text(named.value).strip()
        tables = form.questionnaire.tables.keys()
        if node.name == "pulldata" and name.removesuffix(".csv") not in tables:
            yield issue_at(
                element,
                "file.missing",
                column,
                f"pulldata() reads the file '{name.removesuffix('.csv')}.csv', which is not beside the workbook.",
                "Hand it over together with the workbook.",
            )
        if node.name == "instance" and name not in tables | form.codes.keys():
            near = nearest(name, tables | form.codes.keys(), likeness=0.6)
            yield issue_at(
                element,
                "instance.unknown",
                column,
                f"There is no list or file '{name}' for instance().",
                f"Did you mean '{near}'?" if near else "Use the name of a list of choices or of an attached CSV file.",
            )


def _check_label(form: Form, element: Element, column: str, text: Text) -> Iterator[CheckIssue]:
    names = dict.fromkeys(name.strip() for words in text.by_tag.values() for name in _REFERENCE.findall(words))
    yield from _check_names(form, element, column, names)


def _check_filter_columns(form: Form, question: Question, tree: Tree) -> Iterator[CheckIssue]:
    choices = form.questionnaire.choices(question)
    known = {"name", "label"} | {column for choice in choices for column in choice.attributes}
    for column in sorted(columns(tree) - known) if choices else ():
        yield issue_at(
            question,
            "choice_filter.unknown_column",
            "choice_filter",
            f"No choice of list '{question.list_name}' has a value in a column '{column}', so the filter sees nothing.",
            f"Add the column '{column}' to the choices sheet, or put quotation marks around a text.",
        )
