"""What expressions compare: choices that do not exist, numbers with words, dates that are none, conditions that are a
mere answer.

XForms tools take all of it in silence.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from survey.logic.dates import moment_of
from survey.logic.expression import (
    Call,
    Chain,
    Current,
    Literal,
    Negation,
    Reference,
    Tree,
    written,
)
from survey.logic.values import to_number, to_text
from survey.questionnaire import LIST_KINDS, NUMBER_KINDS, Kind, Question
from survey.xlsform.checks.form import Cell, Form, issue_at, listed, outer_nodes
from survey.xlsform.habits import as_date
from survey.xlsform.issues import CheckIssue, nearest

_CONDITIONS = ("relevant", "required", "read_only", "constraint", "choice_filter")
_ORDERINGS = ("<", "<=", ">", ">=")
_REFERENCE = re.compile(r"\$\{([^{}]+)\}")
_EXPRESSION = re.compile(r"\$\{|[=<>(]|^\.")
_LIKE_A_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}.*)?")


class Sort(StrEnum):
    """What kind of value a part of an expression is."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    CODE = "choice"
    CODES = "several choices"
    OTHER = "other"


_CALLS = {
    **dict.fromkeys(("today", "now", "date", "date-time"), Sort.DATE),
    **dict.fromkeys(
        (
            *("number", "int", "floor", "ceiling", "round", "sum", "count", "count-non-empty", "count-selected"),
            *("string-length", "position", "decimal-date-time", "decimal-time", "abs", "pow", "random", "area"),
        ),
        Sort.NUMBER,
    ),
}
_KINDS = {
    **dict.fromkeys(NUMBER_KINDS, Sort.NUMBER),
    **dict.fromkeys((Kind.DATE, Kind.DATETIME), Sort.DATE),
    Kind.TIME: Sort.TIME,
    Kind.TEXT: Sort.TEXT,
    Kind.SELECT_ONE: Sort.CODE,
    Kind.ACKNOWLEDGE: Sort.CODE,
    Kind.SELECT_MULTIPLE: Sort.CODES,
    Kind.RANK: Sort.CODES,
}


def check_comparisons(form: Form) -> Iterator[CheckIssue]:
    """Every issue with comparisons and conditions, in the order of the rows."""
    for cell in form.cells:
        if cell.tree is None:
            continue
        found: dict[tuple[str, str], list[CheckIssue]] = {}
        for node in outer_nodes(cell.tree):
            for issue in (*_choices(form, cell, node), *_sorts(form, cell, node), *_quoted(form, cell, node)):
                subject = issue.message.partition(";")[0]  # one question compared again and again is told once
                found.setdefault((issue.code, subject), []).append(issue)
        for alike in found.values():
            more = len(dict.fromkeys(alike)) - 1
            others = f" In this cell it is compared like that {more + 1} times." if more else ""
            yield replace(alike[0], message=alike[0].message + others)
        if cell.column in _CONDITIONS:
            yield from _bare_truths(form, cell, cell.tree)
            yield from _constant_truths(cell, cell.tree)
        elif cell.column == "calculation":
            for node in outer_nodes(cell.tree):
                if isinstance(node, Call) and node.name == "if":
                    yield from _bare_truths(form, cell, node.arguments[0])
                    yield from _constant_truths(cell, node.arguments[0])


def question_behind(form: Form, cell: Cell, node: Tree) -> Question | None:
    """The question whose answer the node is, if it is one."""
    if isinstance(node, Reference):
        return form.questions.get(node.name)
    if isinstance(node, Current) and cell.column != "choice_filter":
        return cell.owner if isinstance(cell.owner, Question) else None
    return None


# Choices


def _choices(form: Form, cell: Cell, node: Tree) -> Iterator[CheckIssue]:
    if isinstance(node, Call) and node.name == "selected":
        pairs = [("selected", node.arguments[0], node.arguments[1])]
    elif isinstance(node, Call) and node.name == "jr:choice-name":
        yield from _choice_name(form, cell, node)
        return
    elif isinstance(node, Chain) and node.rest[0][0] in ("=", "!="):
        sign, right = node.rest[0]
        pairs = [(sign, node.first, right), (sign, right, node.first)]
    else:
        return
    for sign, subject, literal in pairs:
        question = question_behind(form, cell, subject)
        if question is None or not isinstance(literal, Literal):
            continue
        code = to_text(literal.value).strip()
        known = ["OK"] if question.kind is Kind.ACKNOWLEDGE else list(form.codes.get(question.list_name, ()))
        if (
            not code
            or "${" in code
            or not known
            or (question.kind not in LIST_KINDS and question.kind is not Kind.ACKNOWLEDGE)
        ):
            continue
        if not _is_among(literal, code, known):
            yield _unknown_choice(form, cell, question, code, known)
        elif sign != "selected" and question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
            yield from _equals(cell, question, node, sign, subject, code)


def _is_among(literal: Literal, code: str, known: list[str]) -> bool:
    if isinstance(literal.value, float):  # compared as numbers: 1 finds '01'
        return any(to_number(each) == literal.value for each in known)
    return code in known


def _unknown_choice(form: Form, cell: Cell, question: Question, code: str, known: list[str]) -> CheckIssue:
    parts = code.split()
    near = nearest(code, known, likeness=0.7)
    if cell.column == "choice_filter" and isinstance(cell.owner, Question) and code in form.columns_of(cell.owner):
        fix = f"For the column write {code} without quotation marks."
    elif len(parts) > 1 and all(part in known for part in parts):
        each = (f"selected(${{{question.node}}}, '{part}')" for part in parts[:4])
        fix = f"Ask for each: {' and '.join(each)}."
    elif labelled := _by_label(form, question, code):
        fix = f"Write its name, '{labelled}', not its label."
    else:
        fix = f"Did you mean '{near}'?" if near else f"Its choices are: {listed(known)}."
    return issue_at(
        cell.owner,
        "expression.unknown_choice",
        cell.column,
        f"'{question.name}' has no choice '{code}', so the comparison never finds it.",
        fix,
    )


def _by_label(form: Form, question: Question, words: str) -> str:
    """The choice whose label was written in place of its name."""
    for name, choice in form.codes.get(question.list_name, {}).items():
        if words.casefold() in (label.casefold() for label in choice.label.by_tag.values()):
            return name if name.casefold() != words.casefold() else ""
    return ""


def _equals(cell: Cell, question: Question, node: Tree, sign: str, subject: Tree, code: str) -> Iterator[CheckIssue]:
    subject_written = written(subject)
    call = f"selected({subject_written}, '{code}')"
    if question.kind is Kind.RANK:
        call = f"selected-at({subject_written}, 0) = '{code}' for the first place, or {call}"
    yield issue_at(
        cell.owner,
        "expression.equals_on_multiple",
        cell.column,
        f"'{question.name}' can hold several choices; '{sign}' compares all of them at once with '{code}'.",
        f"Write {call}." if sign == "=" else f"Write not(selected({subject_written}, '{code}')).",
    )


def _choice_name(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    code, named = call.arguments
    if not isinstance(named, Literal | Reference):
        return
    name = named.name if isinstance(named, Reference) else to_text(named.value)
    name = name.strip().removeprefix("${").removesuffix("}").strip().rpartition("/")[2]
    question = form.questions.get(name)
    if question is None:
        if isinstance(named, Literal):
            near = nearest(name, form.questions, likeness=0.6)
            yield issue_at(
                cell.owner,
                "reference.unknown",
                cell.column,
                f"There is no question '{name}' for jr:choice-name().",
                f"Did you mean '${{{near}}}'?" if near else "Use the name of a question with choices.",
            )
        return
    known = list(form.codes.get(question.list_name, ()))
    if isinstance(code, Literal) and known and not _is_among(code, to_text(code.value).strip(), known):
        yield _unknown_choice(form, cell, question, to_text(code.value).strip(), known)


# Numbers, words, dates


def sort_of(form: Form, cell: Cell, node: Tree) -> Sort:
    """What kind of value the node is, as far as it can be told without answers."""
    match node:
        case Literal(value):
            return Sort.NUMBER if isinstance(value, float) else Sort.TEXT
        case Negation():
            return Sort.NUMBER
        case Chain(_, rest) if rest[0][0] in ("+", "-", "*", "div", "mod"):
            return Sort.NUMBER
        case Call(name):
            return _CALLS.get(name, Sort.OTHER)
    question = question_behind(form, cell, node)
    if question is None:
        return Sort.OTHER
    numeric = question.kind is Kind.TEXT and (question.calculation or question.constraint or question.appearance)
    return Sort.OTHER if numeric else _KINDS.get(question.kind, Sort.OTHER)


def _sorts(form: Form, cell: Cell, node: Tree) -> Iterator[CheckIssue]:
    if isinstance(node, Call) and node.name in ("date", "date-time", "format-date", "format-date-time"):
        yield from _date_argument(cell, node)
    if not isinstance(node, Chain) or node.rest[0][0] not in (*_ORDERINGS, "=", "!="):
        return
    if len(node.rest) > 1:
        yield _chained(cell, node)
        return
    sign, right = node.rest[0]
    for bare in (node.first, right):
        day, difference = _bare_date(bare)
        if day:
            yield issue_at(
                cell.owner,
                "expression.not_a_date",
                cell.column,
                f"{day} without quotation marks is a subtraction, so it is {difference:g}.",
                f"Write date('{day}').",
            )
            return
    for one, other in ((node.first, right), (right, node.first)):
        if isinstance(other, Literal) and isinstance(other.value, str):
            issue = _with_words(form, cell, one, other.value.strip(), sign)
        elif one is node.first:
            issue = _of_two(form, cell, one, other, sign)
        else:
            issue = None
        if issue:
            yield issue
            return


def _chained(cell: Cell, chain: Chain) -> CheckIssue:
    """1 < x < 5, which compares the truth of the first comparison with 5."""
    signs = [sign for sign, _ in chain.rest]
    operands = [chain.first, *(operand for _, operand in chain.rest)]
    pairs = [
        f"{plainly(left)} {sign} {plainly(right)}"
        for left, sign, right in zip(operands, signs, operands[1:], strict=False)
    ]
    return issue_at(
        cell.owner,
        "comparison.chained",
        cell.column,
        f"After '{pairs[0]}' another '{signs[1]}' compares whether that holds, not {plainly(operands[1])}.",
        f"Write {' and '.join(pairs)}.",
    )


def _bare_date(node: Tree) -> tuple[str, float]:
    """The date that 2020-01-31 was meant to be, and what it is; "" for other subtractions."""
    match node:
        case Chain(Literal(float() as year), (("-", Literal(float() as month)), ("-", Literal(float() as day)))):
            found = f"{year:04.0f}-{month:02.0f}-{day:02.0f}"
            return (found if moment_of(found) is not None else ""), year - month - day
    return "", 0


def plainly(node: Tree) -> str:
    """The node as authors write it, without the parentheses that keep its parts together."""
    match node:
        case Chain(first, rest):
            return " ".join([_part(first), *(f"{sign} {_part(operand)}" for sign, operand in rest)])
        case Call(name, arguments):
            return f"{name}({', '.join(map(plainly, arguments))})"
        case Negation(operand):
            return f"-{_part(operand)}"
    return written(node)


def _part(node: Tree) -> str:
    return f"({plainly(node)})" if isinstance(node, Chain) else plainly(node)


def _with_words(form: Form, cell: Cell, node: Tree, words: str, sign: str) -> CheckIssue | None:
    """A comparison with a text in quotation marks."""
    sort, ordered = sort_of(form, cell, node), sign in _ORDERINGS
    number, subject = to_number(words), written(node)
    is_number, is_date = not math.isnan(number), moment_of(words) is not None
    if not words:
        if not ordered:
            return None
        return issue_at(
            cell.owner,
            "comparison.order_of_text",
            cell.column,
            f"'{subject} {sign} ''' never holds: an empty answer is neither more nor less.",
            f"Write {subject} != ''.",
        )
    if sort is Sort.DATE and not is_date:
        return issue_at(
            cell.owner,
            "expression.not_a_date",
            cell.column,
            f"{subject} is a date, but '{words}' is none, so the comparison is never right.",
            f"Write the date as year-month-day: {as_date(words)}.",
        )
    if sort is Sort.NUMBER and (not is_number or (is_date and not words.isdigit())):
        return issue_at(
            cell.owner,
            "comparison.number_with_text",
            cell.column,
            f"{subject} is a number and is compared with the text '{words}'.",
            f"Write a number, for example {subject} {sign} 5.",
        )
    if ordered and (sort is Sort.TIME or _LIKE_A_TIME.fullmatch(words)) and _LIKE_A_TIME.match(words):
        return _of_times(cell, node, Literal(words, 0), sign)
    if ordered and not is_number and not is_date:
        return issue_at(
            cell.owner,
            "comparison.order_of_text",
            cell.column,
            f"'{sign}' compares numbers only; with the text '{words}' it never holds.",
            "Compare texts with = or !=.",
        )
    return _of_two(form, cell, node, Literal(number, 0), sign) if is_number and not is_date and ordered else None


def _of_times(cell: Cell, one: Tree, other: Tree, sign: str) -> CheckIssue:
    return issue_at(
        cell.owner,
        "comparison.order_of_times",
        cell.column,
        f"'{sign}' compares numbers only, and a time of the day is none: {plainly(one)} {sign} {plainly(other)}"
        " never holds.",
        f"Write decimal-time({plainly(one)}) {sign} decimal-time({plainly(other)}).",
    )


def _of_two(form: Form, cell: Cell, one: Tree, other: Tree, sign: str) -> CheckIssue | None:
    """A comparison of a question or a function with a number or with each other."""
    by_sort = {sort_of(form, cell, one): one, sort_of(form, cell, other): other}
    sorts = by_sort.keys()
    if Sort.DATE in sorts and sorts & {Sort.TEXT, Sort.CODE, Sort.NUMBER}:
        wrong = next(node for sort, node in by_sort.items() if sort is not Sort.DATE)
        if isinstance(wrong, Chain | Call | Negation) or (isinstance(wrong, Literal) and wrong.value == 0):
            return None  # counted in days
        return issue_at(
            cell.owner,
            "expression.not_a_date",
            cell.column,
            f"The date {written(by_sort[Sort.DATE])} is compared with {written(wrong)}, which is none.",
            "Compare dates with dates: the type date, or a text such as '2026-10-31'.",
        )
    if sign not in _ORDERINGS:
        return None
    if Sort.TIME in sorts:
        return _of_times(cell, one, other, sign) if sorts == {Sort.TIME} else None
    if sorts == {Sort.TEXT}:
        return issue_at(
            cell.owner,
            "comparison.order_of_text",
            cell.column,
            f"'{sign}' compares numbers only, but {written(one)} and {written(other)} are texts.",
            "Make them questions of the type integer, decimal or date.",
        )
    if Sort.NUMBER not in sorts:
        return None
    for sort, remedy in (
        (Sort.TEXT, "Make it a question of the type integer or decimal."),
        (Sort.CODE, "Compare it with the names of its choices: ${{{name}}} = '{code}'."),
        (Sort.CODES, "Count them: count-selected(${{{name}}})."),
    ):
        question = question_behind(form, cell, by_sort[sort]) if sort in sorts else None
        if question is None:
            continue
        codes = form.codes.get(question.list_name, {})
        if sort is Sort.CODE and (not codes or not all(math.isnan(to_number(code)) for code in codes)):
            continue  # names that are numbers have an order
        return issue_at(
            cell.owner,
            "comparison.text_as_number",
            cell.column,
            f"The answer of '{question.name}' is {_NOUNS[sort]}, but '{sign}' compares it as a number.",
            remedy.format(name=question.node, code=next(iter(codes), "")),
        )
    return None


_NOUNS = {Sort.TEXT: "a text", Sort.CODE: "a choice whose name is no number", Sort.CODES: "several choices"}


def _date_argument(cell: Cell, call: Call) -> Iterator[CheckIssue]:
    first = call.arguments[0]
    if isinstance(first, Literal) and isinstance(first.value, str):
        words = first.value.strip()
        if words and "%" not in words and moment_of(words) is None and math.isnan(to_number(words)):
            yield issue_at(
                cell.owner,
                "expression.not_a_date",
                cell.column,
                f"{call.name}('{words}') is no date.",
                f"Write the date as year-month-day: {as_date(words)}.",
            )


# Quotation marks


def _quoted(form: Form, cell: Cell, node: Tree) -> Iterator[CheckIssue]:
    """'${name}' in quotation marks: a text that is the same whatever is answered."""
    if isinstance(node, Call) and node.name != "jr:choice-name":
        parts: tuple[Tree, ...] = node.arguments
    elif isinstance(node, Chain) and node.rest[0][0] not in ("and", "or"):
        parts = (node.first, *(operand for _, operand in node.rest))
    elif isinstance(node, Literal) and node is cell.tree and cell.column not in _CONDITIONS:
        parts = (node,)
    else:
        return
    for part in parts:
        if isinstance(part, Literal) and (named := _REFERENCE.findall(to_text(part.value))):
            whole = to_text(part.value).strip()
            alone = whole == f"${{{named[0]}}}"
            yield issue_at(
                cell.owner,
                "reference.quoted",
                cell.column,
                f"'{whole}' in quotation marks is a text, not the answer of {named[0].strip()}.",
                f"Take the quotation marks off: {whole}." if alone else "Join with concat('words ', ${name}).",
            )


# Conditions


def _constant_truths(cell: Cell, tree: Tree) -> Iterator[CheckIssue]:
    """A text that stands as a condition by itself, as in a = 'x' or 'y'."""
    before: Tree | None = None
    match tree:
        case Chain(first, rest) if rest[0][0] in ("and", "or"):
            for operand in (first, *(each for _, each in rest)):
                if isinstance(operand, Literal) and isinstance(operand.value, str):
                    yield _constant_truth(cell, operand.value, before)
                else:
                    yield from _constant_truths(cell, operand)
                    before = operand
        case Call("not", (operand,)):
            yield from _constant_truths(cell, operand)
        case Literal(str() as words):
            yield _constant_truth(cell, words, None)


def _constant_truth(cell: Cell, words: str, before: Tree | None) -> CheckIssue:
    match before:
        case Chain(subject, ((("=" | "!=") as sign, Literal()),)):
            fix = f"Write {plainly(subject)} {sign} '{words}'."
        case Call("selected", (subject, Literal())):
            fix = f"Write selected({plainly(subject)}, '{words}')."
        case _:
            fix = (
                f"Take the quotation marks off: {words}."
                if _EXPRESSION.search(words)
                else "Say what is compared with it."
            )
    return issue_at(
        cell.owner,
        "expression.constant_condition",
        cell.column,
        f"The text '{words}' stands as a condition by itself, and {'always' if words else 'never'} holds.",
        fix,
    )


def _bare_truths(form: Form, cell: Cell, tree: Tree) -> Iterator[CheckIssue]:
    """A question that stands as a condition by itself."""
    match tree:
        case Reference(name) | Call("not", (Reference(name),)) | Call("boolean", (Reference(name),)):
            question = form.questions.get(name)
            if question is None:
                return
            negated = isinstance(tree, Call) and tree.name == "not"
            if question.kind in (Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA):
                fix = f"Compare it with what it can be, for example ${{{name}}} = 'true' or ${{{name}}} = 1."
            else:
                fix = f"Write ${{{name}}} {'=' if negated else '!='} ''."
            yield issue_at(
                cell.owner,
                "expression.bare_truth",
                cell.column,
                f"'{written(tree)}' is no comparison, and tools disagree on when it holds.",
                fix,
            )
        case Chain(first, rest) if rest[0][0] in ("and", "or"):
            for operand in (first, *(each for _, each in rest)):
                yield from _bare_truths(form, cell, operand)
        case Call("not", (operand,)):
            yield from _bare_truths(form, cell, operand)
