"""What expressions do with their functions and with repeats: patterns without anchors, sums that one blank spoils,
columns that no table has, answers of a repeat read from outside."""

import re
from collections.abc import Iterable, Iterator

from survey.logic.expression import Call, Column, Current, Literal, Path, Reference, Tree, nodes, references
from survey.logic.form_state import MAX_ALL_INSTANCES, MAX_INSTANCES
from survey.logic.values import to_text
from survey.questionnaire import NUMBER_KINDS, Group, Kind, Question
from survey.xlsform.checks.comparison_checks import plainly, question_behind
from survey.xlsform.checks.form import WORDS, Cell, Element, Form, issue_at, listed, outer_nodes
from survey.xlsform.issues import CheckIssue, nearest

_OF_NODES = frozenset(
    (
        *("sum", "min", "max", "count", "count-non-empty", "join", "concat", "randomize", "position"),
        *("indexed-repeat", "area", "distance", "checklist", "weighted-checklist", "jr:choice-name"),
    )
)
"""Functions that take the answers of all instances, or know which one is meant."""
_TOTALS = frozenset({"sum", "min", "max"})
_PLAIN_COUNT = re.compile(r"[0-9]{1,9}")
_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
_OPEN_START, _OPEN_END = (".*", "(.*", ".+"), (".*", ".*)", ".+")


def check_functions(form: Form) -> Iterator[CheckIssue]:
    """Every issue with how expressions use functions, repeats and themselves, in the order of the rows."""
    for cell in form.cells:
        if cell.tree is None:
            continue
        yield from _itself(cell)
        yield from _count(form, cell)
        if not references(cell.tree) <= form.definitions.keys():
            continue  # reported as such
        yield from _into_repeats(form, cell)
        for node in nodes(cell.tree):
            if isinstance(node, Call):
                yield from _pattern(cell, node)
                yield from _swapped(form, cell, node)
                yield from _total(form, cell, node)
                yield from _lookup(form, cell, node)
            elif isinstance(node, Path):
                yield from _items(form, cell, node)
    for element in form.elements:
        yield from _labels(form, element)
    yield from _instances(form, form.questionnaire.children, 1)


def _itself(cell: Cell) -> Iterator[CheckIssue]:
    if cell.column != "relevant" or cell.tree is None:
        return
    by_point = isinstance(cell.owner, Question) and any(isinstance(node, Current) for node in outer_nodes(cell.tree))
    if by_point or cell.owner.name in references(cell.tree):
        yield issue_at(
            cell.owner,
            "relevance.itself",
            "relevant",
            f"Whether '{cell.owner.name}' is asked depends on its own answer, so it cannot be answered in peace.",
            "Let it depend on earlier questions; what an answer must be belongs into constraint.",
        )


def _count(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    if cell.column != "repeat_count":
        return
    name = cell.tree.name if isinstance(cell.tree, Reference) else ""
    question = form.questions.get(name)
    words = isinstance(cell.tree, Literal) and isinstance(cell.tree.value, str) and not cell.tree.value.isdigit()
    plain = question is not None and question.kind in (Kind.TEXT, Kind.DATE, Kind.SELECT_MULTIPLE, Kind.RANK, Kind.NOTE)
    if words or (plain and question is not None and not question.constraint and not question.calculation):
        many = question is not None and question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK)
        yield issue_at(
            cell.owner,
            "repeat_count.not_a_number",
            "repeat_count",
            f"The repeat_count {cell.text} of '{cell.owner.name}' is no number.",
            f"Write count-selected(${{{name}}})."
            if many
            else "Ask for the number with a question of the type integer.",
        )


def _instances(form: Form, children: Iterable[Group | Question], around: int) -> Iterator[CheckIssue]:
    """Repeats whose written counts, multiplied, are more than a response holds; `around` stand outside of these."""
    for group in children:
        if not isinstance(group, Group):
            continue
        count = int(group.repeat_count) if _PLAIN_COUNT.fullmatch(group.repeat_count.strip()) else 1
        every = around * count if group.repeats else around
        if group.repeats and (count > MAX_INSTANCES or every > MAX_ALL_INSTANCES):
            yield issue_at(
                group,
                "repeat_count.too_many",
                "repeat_count",
                f"'{group.name}' would have {every:,} instances; a repeat has at most {MAX_INSTANCES}, and all repeats "
                f"of a response together {MAX_ALL_INSTANCES:,}. The rest is left out.",
                "Write a smaller number, or let respondents add as many as they need.",
            )
        else:
            yield from _instances(form, group.children, every)


# Repeats


def _into_repeats(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    assert cell.tree is not None
    for name in sorted(set(_alone(cell.tree))):
        question = form.questions.get(name)
        if question is not None and not form.is_single(name, cell.owner):
            yield _first_only(form, cell.owner, cell.column, question)


def _alone(tree: Tree) -> Iterator[str]:
    """The references that are read as one value."""
    match tree:
        case Reference(name):
            yield name
        case Call(name, arguments):
            if name not in _OF_NODES:
                for argument in arguments:
                    yield from _alone(argument)
        case Path():
            return
        case _:
            for part in _parts(tree):
                yield from _alone(part)


def _parts(tree: Tree) -> tuple[Tree, ...]:
    operand = getattr(tree, "operand", None)
    if operand is not None:
        return (operand,)
    first = getattr(tree, "first", None)
    return () if first is None else (first, *(each for _, each in tree.rest))  # type: ignore[union-attr]


def _labels(form: Form, element: Element) -> Iterator[CheckIssue]:
    for column in WORDS:
        text = getattr(element, column, None)
        names = dict.fromkeys(
            name for words in (text.by_tag.values() if text else ()) for name in _REFERENCE.findall(words)
        )
        for name in names:
            question = form.questions.get(name)
            if question is not None and not form.is_single(name, element):
                yield _first_only(form, element, column, question)


def _first_only(form: Form, owner: Element, column: str, question: Question) -> CheckIssue:
    repeat = form.definitions[question.name].around[-1]
    node = question.node
    instead = f"sum(${{{node}}}) or count(${{{node}}})" if question.kind in NUMBER_KINDS else f"join(', ', ${{{node}}})"
    return issue_at(
        owner,
        "reference.into_repeat",
        column,
        f"'{question.name}' is asked once for each '{repeat}'; read from outside, only the first counts.",
        f"Write {instead} for all, or indexed-repeat(${{{node}}}, ${{{repeat}}}, 1) for one of them.",
    )


# Functions


def _pattern(cell: Cell, call: Call) -> Iterator[CheckIssue]:
    if call.name != "regex" or not isinstance(call.arguments[1], Literal):
        return
    pattern = to_text(call.arguments[1].value)
    start = pattern.startswith(("^", "(^", r"\A", *_OPEN_START))
    end = pattern.endswith(("$", r"\Z", "$)", *_OPEN_END))
    if start and end:
        return
    whole = ("" if start else "^") + (pattern if "|" not in pattern else f"({pattern})") + ("" if end else "$")
    yield issue_at(
        cell.owner,
        "expression.regex_unanchored",
        cell.column,
        f"The pattern '{pattern}' is found anywhere in an answer here; other tools want it to be the whole answer.",
        f"To mean the whole answer write '{whole}'; to mean a part write '.*{pattern.strip('^$')}.*'.",
        severity="warning" if cell.column == "constraint" else "info",
    )


def _swapped(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    """selected('hr', ${fields}) and the like, which look for an answer in a text."""
    match call:
        case Call("selected", (Literal(), Reference() | Current() as subject)):
            question = question_behind(form, cell, subject)
            if question is None or question.kind not in (Kind.SELECT_MULTIPLE, Kind.RANK):
                return  # a text of several choices is a way to say "one of them"
        case Call("regex" | "format-date" | "format-date-time", (Literal(value), Reference() | Current() | Call())):
            if call.name != "regex" and "%" not in to_text(value):
                return
        case Call("selected-at" | "substr", (Literal(float()), Reference() | Current(), *_)):
            pass
        case _:
            return
    first, second, *others = map(plainly, call.arguments)
    yield issue_at(
        cell.owner,
        "expression.swapped_arguments",
        cell.column,
        f"{call.name}() is given {first} where the answer belongs.",
        f"Write {call.name}({', '.join((second, first, *others))}).",
    )


def _total(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    if call.name not in _TOTALS:
        return
    for argument in call.arguments:
        question = form.questions.get(argument.name) if isinstance(argument, Reference) else None
        if question is None or question.kind not in NUMBER_KINDS:
            continue
        if question.required or question.default or question.calculation:
            continue
        repeated = not form.is_single(question.name, cell.owner)
        yield issue_at(
            cell.owner,
            "expression.total_of_optional",
            cell.column,
            f"'{question.name}' may be left empty; then {call.name}() has no result.",
            f"Make '{question.name}' required or give it a default."
            if repeated
            else f"Write {call.name}(coalesce(${{{question.node}}}, 0), ...), or make '{question.name}' required.",
        )


def _lookup(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    if call.name != "pulldata" or not isinstance(call.arguments[0], Literal):
        return
    table = to_text(call.arguments[0].value).strip().removesuffix(".csv")
    rows = form.questionnaire.tables.get(table)
    if not rows:
        return
    known = {column for row in rows for column in row}
    for argument in call.arguments[1:3]:
        if isinstance(argument, Literal) and to_text(argument.value).strip() not in known:
            yield _no_column(cell, f"The file '{table}.csv'", to_text(argument.value).strip(), known)


def _items(form: Form, cell: Cell, path: Path) -> Iterator[CheckIssue]:
    """instance('list')/root/item[...]/column"""
    match path:
        case Path(Call("instance", (Literal(name),)), (root, item, *rest)) if root.name == "root":
            pass
        case _:
            return
    listed_as = to_text(name).strip()
    known = {"name", "label", *(key for row in form.questionnaire.tables.get(listed_as, ()) for key in row)}
    for choice in form.codes.get(listed_as, {}).values():
        known |= choice.attributes.keys()
    if len(known) == 2 and listed_as not in form.codes:
        return
    wanted = [rest[0].name] if rest and rest[0].axis == "child" else []
    for predicate in item.predicates:
        wanted += [node.name for node in nodes(predicate) if isinstance(node, Column)]
    for column in dict.fromkeys(wanted):
        if column not in known | {"*", "itextId", "__entity"}:
            yield _no_column(cell, f"The list '{listed_as}'", column, known)


def _no_column(cell: Cell, where: str, column: str, known: set[str]) -> CheckIssue:
    near = nearest(column, known, likeness=0.6)
    return issue_at(
        cell.owner,
        "lookup.unknown_column",
        cell.column,
        f"{where} has no column '{column}', so nothing is found.",
        f"Did you mean '{near}'?" if near else f"It has: {listed(sorted(known))}.",
    )
