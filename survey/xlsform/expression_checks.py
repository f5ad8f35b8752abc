"""Whether the expressions of a questionnaire can be read and mean what their author meant.

The checks know the form: which questions exist, their types and their choices. That finds what XForms tools accept in
silence, such as a comparison with a choice that does not exist.
"""

import re
from collections.abc import Iterable, Iterator

from survey.logic.compiled_form import dependency_cycle, edges_of, flag_expression, is_dynamic
from survey.logic.definitions import Definition, definitions_of, read_by, root_names
from survey.logic.expression import (
    Call,
    Chain,
    Current,
    ExpressionError,
    Literal,
    Reference,
    Tree,
    columns,
    compile_expression,
    nodes,
    parse,
    references,
)
from survey.logic.functions import FUNCTIONS
from survey.logic.patterns import compiled_pattern
from survey.logic.tokens import odd_characters
from survey.logic.values import to_text
from survey.questionnaire import LIST_KINDS, Group, Kind, Question, Questionnaire, Text
from survey.xlsform.issues import CheckIssue, Severity, nearest

_EXPRESSION_COLUMNS = (
    "relevant",
    "required",
    "read_only",
    "constraint",
    "calculation",
    "choice_filter",
    "default",
    "repeat_count",
)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")

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
        "Test it on a page such as regex101.com (flavour Python).",
    ),
    "expression.pattern_unsafe": (
        "The pattern of regex() could take for ever on some answers.",
        "Avoid a repeated group that repeats inside, such as (a+)+; write a character class, such as [a-z0-9]+.",
    ),
    "expression.pattern_too_long": ("The pattern of regex() is too long.", "Use a shorter one."),
}


def check_expressions(questionnaire: Questionnaire) -> Iterator[CheckIssue]:
    """Every issue with an expression or a reference, in the order of the rows."""
    kinds = {question.name: question for question in questionnaire.questions()}
    known = definitions_of(questionnaire)
    for element in _elements(questionnaire.children):
        for column in _EXPRESSION_COLUMNS:
            text = _expression_of(element, column)
            if text:
                yield from _check(questionnaire, kinds, known, element, column, text)
        for column in ("label", "hint", "constraint_message", "required_message"):
            yield from _check_label(kinds, element, column, getattr(element, column, Text()))
        if isinstance(element, Question) and element.trigger:
            yield from _check_names(kinds, element, "trigger", map(str.strip, _REFERENCE.findall(element.trigger)))
    cycle = dependency_cycle(edges_of(questionnaire))
    if cycle:
        rows = {element.name: element.row for element in _elements(questionnaire.children)}
        yield CheckIssue(
            code="questionnaire.cycle",
            severity="error",
            sheet="survey",
            row=rows.get(cycle[0], 0),
            message=f"These wait for each other in a circle: {', '.join(cycle)}.",
            fix="Take one of the references out of their relevant or calculation cells.",
        )


def _elements(children: Iterable[Group | Question]) -> Iterator[Group | Question]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _elements(child.children)


def _expression_of(element: Group | Question, column: str) -> str:
    text = str(getattr(element, column, "")).strip()
    if column in ("required", "read_only"):
        return flag_expression(text)
    if column == "default" and not is_dynamic(text):
        return ""
    return text


def _check(
    questionnaire: Questionnaire,
    kinds: dict[str, Question],
    known: dict[str, Definition],
    element: Group | Question,
    column: str,
    text: str,
) -> Iterator[CheckIssue]:
    odd = odd_characters(text)
    if odd:
        yield _issue(
            "expression.odd_character",
            "warning",
            element,
            column,
            f"The expression has typographic characters that other tools refuse: {' '.join(map(repr, odd))}.",
            "Type plain quotation marks ' and plain spaces.",
        )
    try:
        tree = parse(text)
        compile_expression(tree)
        if column != "choice_filter" and columns(tree):
            raise ExpressionError("expression.bare_name", bare_name=min(columns(tree)))
        roots = root_names(questionnaire)
        if references(tree) <= known.keys():
            read_by(tree, known[element.name], known, roots, of_choice=column == "choice_filter")
        for node in nodes(tree):
            if isinstance(node, Call) and node.name == "regex" and isinstance(node.arguments[1], Literal):
                compiled_pattern(to_text(node.arguments[1].value))
    except ExpressionError as error:
        yield _issue(error.code, "error", element, column, *in_words(error, text))
        return
    named = sorted(name for name in references(tree) if name not in known or known[name].is_question)
    yield from _check_names(kinds, element, column, named)
    yield from _check_tables(questionnaire, element, column, tree)
    if column == "choice_filter" and isinstance(element, Question):
        yield from _check_filter_columns(questionnaire, element, tree)
    for node in nodes(tree):
        yield from _check_comparisons(questionnaire, kinds, element, column, node)


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


def _check_names(
    kinds: dict[str, Question], element: Group | Question, column: str, names: Iterable[str]
) -> Iterator[CheckIssue]:
    for name in names:
        if name not in kinds:
            near = nearest(name, kinds, likeness=0.6)
            yield _issue(
                "reference.unknown",
                "error",
                element,
                column,
                f"There is no question '{name}'.",
                f"Did you mean ${{{near}}}?" if near else "Use the name of a question of this form.",
            )


def _check_tables(
    questionnaire: Questionnaire, element: Group | Question, column: str, tree: Tree
) -> Iterator[CheckIssue]:
    for node in nodes(tree):
        if not isinstance(node, Call) or node.name not in ("pulldata", "instance"):
            continue
        named = node.arguments[0]
        if not isinstance(named, Literal):
            continue
        name = to_text(named.value).strip()
        tables = questionnaire.tables.keys()
        if node.name == "pulldata" and name.removesuffix(".csv") not in tables:
            yield _issue(
                "file.missing",
                "error",
                element,
                column,
                f"pulldata() reads the file '{name.removesuffix('.csv')}.csv', which is not beside the workbook.",
                "Hand it over together with the workbook.",
            )
        if node.name == "instance" and name not in tables | questionnaire.choice_lists.keys():
            near = nearest(name, tables | questionnaire.choice_lists.keys(), likeness=0.6)
            yield _issue(
                "instance.unknown",
                "error",
                element,
                column,
                f"There is no list or file '{name}' for instance().",
                f"Did you mean '{near}'?" if near else "Use the name of a list of choices or of an attached CSV file.",
            )


def _check_label(
    kinds: dict[str, Question], element: Group | Question, column: str, text: Text
) -> Iterator[CheckIssue]:
    names = dict.fromkeys(name.strip() for words in text.by_tag.values() for name in _REFERENCE.findall(words))
    yield from _check_names(kinds, element, column, names)


def _check_filter_columns(questionnaire: Questionnaire, question: Question, tree: Tree) -> Iterator[CheckIssue]:
    known = {"name", "label"} | {column for choice in questionnaire.choices(question) for column in choice.attributes}
    for column in sorted(columns(tree) - known):
        yield _issue(
            "choice_filter.unknown_column",
            "warning",
            question,
            "choice_filter",
            f"No choice of list '{question.list_name}' has a value in a column '{column}', so the filter sees nothing.",
            f"Add the column '{column}' to the choices sheet, or put quotation marks around a text.",
        )


def _check_comparisons(
    questionnaire: Questionnaire, kinds: dict[str, Question], element: Group | Question, column: str, node: Tree
) -> Iterator[CheckIssue]:
    if isinstance(node, Call) and node.name == "selected":
        pairs: list[tuple[str, Tree, Tree]] = [("selected", *node.arguments[:2])]  # type: ignore[list-item]
    elif isinstance(node, Chain) and node.rest[0][0] in ("=", "!="):
        sign, right = node.rest[0]
        pairs = [(sign, node.first, right), (sign, right, node.first)]
    else:
        return
    for sign, subject, literal in pairs:
        question = _subject(kinds, element, subject)
        if question is None or question.kind not in LIST_KINDS or not isinstance(literal, Literal):
            continue
        code = to_text(literal.value).strip()
        if not code:
            continue
        known = {choice.name for choice in questionnaire.choices(question)}
        if known and code not in known:
            near = nearest(code, known, likeness=0.5)
            yield _issue(
                "expression.unknown_choice",
                "warning",
                element,
                column,
                f"'{question.name}' has no choice '{code}', so the comparison never finds it.",
                f"Did you mean '{near}'?" if near else f"Its choices are: {', '.join(sorted(known)[:12])}.",
            )
        elif sign != "selected" and question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
            yield _issue(
                "expression.equals_on_multiple",
                "warning",
                element,
                column,
                f"'{question.name}' can hold several choices; '{sign}' compares all of them at once with '{code}'.",
                _selected_instead(subject, code, sign),
            )


def _subject(kinds: dict[str, Question], element: Group | Question, node: Tree) -> Question | None:
    if isinstance(node, Reference):
        return kinds.get(node.name)
    return element if isinstance(node, Current) and isinstance(element, Question) else None


def _selected_instead(subject: Tree, code: str, sign: str) -> str:
    reference = f"${{{subject.name}}}" if isinstance(subject, Reference) else "."
    call = f"selected({reference}, '{code}')"
    return f"Write {call}." if sign == "=" else f"Write not({call})."


def _issue(code: str, severity: Severity, element: Group | Question, column: str, message: str, fix: str) -> CheckIssue:
    return CheckIssue(
        code=code, severity=severity, sheet="survey", row=element.row, column=column, message=message, fix=fix
    )
