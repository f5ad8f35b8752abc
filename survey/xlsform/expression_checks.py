"""Whether the expressions of a questionnaire can be read and name what exists, and the words of what cannot be read.

What they compare is for `survey.xlsform.checks.comparison_checks`, how they call functions for `function_checks`.
"""

import re
from collections.abc import Iterable, Iterator

from survey.logic.definitions import read_by
from survey.logic.expression import (
    Call,
    Chain,
    Column,
    ExpressionError,
    Literal,
    Path,
    Reference,
    Tree,
    columns,
    compile_expression,
    nodes,
)
from survey.logic.functions import FUNCTIONS
from survey.logic.patterns import compiled_pattern
from survey.logic.tokens import odd_characters
from survey.logic.values import to_text
from survey.questionnaire import Kind, Question, Text
from survey.xlsform.checks.appearances import APPEARANCES
from survey.xlsform.checks.comparison_checks import question_behind
from survey.xlsform.checks.form import WORDS, Cell, Element, Form, issue_at, listed
from survey.xlsform.habits import NOTHING, function_elsewhere, remedy_near
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


_OF_SPELLING = frozenset(
    f"expression.{each}"
    for each in (
        "syntax",
        "unknown_character",
        "path",
        "bad_reference",
        "unclosed_quote",
        "double_equals",
        "unbalanced",
    )
)
"""Faults behind which a spelling of another language may stand."""


def check_expressions(form: Form) -> Iterator[CheckIssue]:
    """Every issue with reading an expression or with a name in it, in the order of the rows."""
    for cell in form.cells:
        yield from _check(form, cell)
    for element in form.elements:
        for column in WORDS:
            yield from _check_label(form, element, column, getattr(element, column, Text()))
        if isinstance(element, Question) and element.trigger:
            yield from _check_names(form, element, "trigger", map(str.strip, _REFERENCE.findall(element.trigger)))


def _check(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    element, column, text = cell.owner, cell.column, cell.text
    odd = () if text.isascii() else odd_characters(text)
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
        parts = tuple(nodes(tree))
        named = frozenset(node.name for node in parts if isinstance(node, Reference))
        if any(isinstance(node, Call) for node in parts):
            compile_expression(tree)
        if any(isinstance(node, Column | Path) for node in parts):
            if column != "choice_filter" and columns(tree):
                raise ExpressionError("expression.bare_name", bare_name=min(columns(tree)))
            if named <= form.definitions.keys():
                owner = form.definitions[element.name]
                read_by(tree, owner, form.definitions, form.roots, of_choice=column == "choice_filter")
        for node in parts:
            if isinstance(node, Call) and node.name == "regex" and isinstance(node.arguments[1], Literal):
                compiled_pattern(to_text(node.arguments[1].value))
    except ExpressionError as error:
        message, fix = in_words(error, text)
        yield issue_at(element, error.code, column, message, _fix_here(form, cell, error) or fix, severity="error")
        return
    yield from _check_names(form, element, column, sorted(named - form.groups.keys()))
    yield from _check_tables(form, element, column, parts)
    if column == "choice_filter" and isinstance(element, Question):
        yield from _check_filter_columns(form, element, tree)


def in_words(error: ExpressionError, text: str) -> tuple[str, str]:
    """(what is wrong, what to do) with the expression `text` that cannot be read or computed."""
    details: dict[str, object] = dict(error.params)
    place = error.position
    details["near"] = f"near '{text[max(0, place - 12) : place + 12].strip()}'" if place >= 0 else ""
    if error.code == "expression.unknown_function":
        details["suggestion"] = _function_meant(str(details["function"]))
    if error.code == "expression.wrong_argument_count":
        details["arity"] = _arity(details["least"], details["most"])
    message, fix = _WORDS.get(error.code, ("The expression cannot be read.", "Write it anew."))
    habit = remedy_near(text, place) if error.code in _OF_SPELLING and place >= 0 else ""
    return message.format(**details), habit or fix.format(**details)


def _function_meant(written: str) -> str:
    near = nearest(written, FUNCTIONS, likeness=0.9) or (
        "" if function_elsewhere(written) else nearest(written, FUNCTIONS, likeness=0.6)
    )
    if near:
        return f"Did you mean {near}()?"
    return function_elsewhere(written) or "See https://docs.getodk.org/form-operators-functions/ for the list."


def _fix_here(form: Form, cell: Cell, error: ExpressionError) -> str:
    """What the cell and the names of the form say about a fault; "" when they say nothing."""
    if error.code == "expression.bare_name":
        return _name_meant(form, cell, str(error.params["bare_name"]))
    words = not re.search(r"[^\w\s,.;:!-]", cell.text)
    if words and cell.column in _FIXES_OF_WORDS and error.code.startswith("expression."):
        return _FIXES_OF_WORDS[cell.column]
    return ""


_FIXES_OF_WORDS = {
    "required": "Write yes or no, or a condition.",
    "read_only": "Write yes or no, or a condition.",
    "repeat_count": "Write a number, for example 3, or ${question}.",
}
"""What to write in place of mere words in these columns."""


def _name_meant(form: Form, cell: Cell, name: str) -> str:
    """What to write in place of a word without quotation marks, going by what is compared with it and what exists."""
    compared = next(filter(None, (_compared_with(form, cell, node, name) for node in nodes(cell.tree))), None)  # type: ignore[arg-type]
    if compared is not None:
        question, sign = compared
        codes = form.codes.get(question.list_name, {})
        near = name if name in codes else nearest(name, codes, likeness=0.75)
        if near and question.kind is Kind.SELECT_MULTIPLE:
            call = f"selected(${{{question.node}}}, '{near}')"
            return f"Write {call if sign != '!=' else f'not({call})'}."
        if near:
            return f"Write ${{{question.node}}} {sign.replace('selected', '=')} '{near}'."
    if name in form.questions:
        return f"Write ${{{name}}}."
    function = FUNCTIONS.get(name.lower())
    if function is not None and function.least == 0:
        return f"Write {name.lower()}()."
    if isinstance(cell.tree, Column) and name.lower() in APPEARANCES:
        return f"Move {name} to the column appearance."
    if name.lower() in NOTHING:
        return "For an answer that is missing write = '', for one that was given != ''."
    if cell.column in _FIXES_OF_WORDS and isinstance(cell.tree, Column):
        return _FIXES_OF_WORDS[cell.column]
    near = nearest(name, form.questions, likeness=0.8)
    if near:
        return f"Did you mean ${{{near}}}?"
    if isinstance(cell.tree, Column):
        return f"For a text write '{name}' between quotation marks."
    if compared is not None and form.codes.get(compared[0].list_name):
        return f"The choices of '{compared[0].name}' are: {listed(form.codes[compared[0].list_name])}."
    return ""


def _compared_with(form: Form, cell: Cell, node: Tree, name: str) -> tuple[Question, str] | None:
    """The question that the node compares with the bare name, and by what."""
    match node:
        case Call("selected", (subject, Column(other))) if other == name:
            sign = "selected"
        case Chain(subject, ((("=" | "!=") as sign, Column(other)),)) if other == name:
            pass
        case Chain(Column(other), ((("=" | "!=") as sign, subject),)) if other == name:
            pass
        case _:
            return None
    question = question_behind(form, cell, subject)
    return (question, sign) if question else None


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
            fix = f"Did you mean ${{{near}}}?" if near else "Use the name of a question of this form."
            if column == "choice_filter" and isinstance(element, Question) and name in form.columns_of(element):
                fix = f"Write {name} without ${{}}: it is a column of the choices, and only questions have the sign."
            yield issue_at(element, "reference.unknown", column, f"There is no question '{name}'.", fix)


def _check_tables(form: Form, element: Element, column: str, parts: Iterable[Tree]) -> Iterator[CheckIssue]:
    for node in parts:
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
    known = form.columns_of(question)
    values = {value for choice in choices for value in (choice.name, *choice.attributes.values())}
    for column in sorted(columns(tree) - known) if choices else ():
        yield issue_at(
            question,
            "choice_filter.unknown_column",
            "choice_filter",
            f"No choice of list '{question.list_name}' has a value in a column '{column}', so the filter sees nothing.",
            f"For the value write '{column}' between quotation marks."
            if column in values
            else (
                f"Did you mean {near}?"
                if (near := nearest(column, known, likeness=0.75))
                else f"Add the column '{column}' to the choices sheet, or put quotation marks around a text."
            ),
        )
