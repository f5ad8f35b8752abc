"""What expressions do with values that cannot be there: sums of texts, answers of groups and notes, results that a
calculation never has, choices that no filter offers, formats of dates that no tool knows."""

import math
import re
from collections.abc import Iterator

from survey.logic.expression import (
    Call,
    Chain,
    Column,
    Current,
    Literal,
    Negation,
    Path,
    Reference,
    Tree,
    nodes,
    references,
)
from survey.logic.values import to_number, to_text
from survey.questionnaire import Kind, Question
from survey.xlsform.checks.comparison_checks import plainly, question_behind
from survey.xlsform.checks.domains import same
from survey.xlsform.checks.form import Cell, Form, issue_at, listed, outer_nodes
from survey.xlsform.issues import CheckIssue

_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_PARTS_OF_DATES = frozenset("YymnbBdeHhIMSs3aAwWupj%")
_ELSEWHERE = (("yyyy", "%Y"), ("yy", "%y"), ("mmm", "%b"), ("mm", "%m"), ("dd", "%d"), ("hh", "%H"), ("ss", "%S"))


def check_values(form: Form) -> Iterator[CheckIssue]:
    """Every use of a value that cannot be there, in the order of the rows."""
    for cell in form.cells:
        if cell.tree is None or not references(cell.tree) <= form.definitions.keys():
            continue
        for node in outer_nodes(cell.tree):
            if isinstance(node, Chain):
                yield from _arithmetic(form, cell, node)
                yield from _no_value(form, cell, node)
                yield from _never_computed(form, cell, node)
            elif isinstance(node, Call):
                yield from _date_format(cell, node)
                yield from _indexed(form, cell, node)
                yield from _position(form, cell, node)
        yield from _result(form, cell)
        yield from _count(cell)
        yield from _without_answer(form, cell)
    yield from _filters(form)


def _arithmetic(form: Form, cell: Cell, chain: Chain) -> Iterator[CheckIssue]:
    if chain.rest[0][0] not in _ARITHMETIC:
        return
    operands = [chain.first, *(operand for _, operand in chain.rest)]
    for operand in operands:
        if isinstance(operand, Literal) and isinstance(operand.value, str) and math.isnan(to_number(operand.value)):
            what, fix = f"the text '{operand.value}'", f"Join texts with concat({', '.join(map(plainly, operands))})."
        else:
            question = question_behind(form, cell, operand)
            if question is None:
                continue
            codes = form.codes.get(question.list_name, {})
            if question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK) and codes:
                what, fix = f"several choices ({question.name})", f"Write count-selected(${{{question.node}}})."
            elif question.kind is Kind.SELECT_ONE and codes and all(math.isnan(to_number(code)) for code in codes):
                what = f"the choice of '{question.name}', which is no number"
                fix = f"Write if(${{{question.node}}} = '{next(iter(codes))}', 1, 0)."
            else:
                continue
        yield issue_at(
            cell.owner,
            "expression.arithmetic_on_text",
            cell.column,
            f"'{chain.rest[0][0]}' computes with {what}, so it has no result.",
            fix,
        )
        return


def _no_value(form: Form, cell: Cell, chain: Chain) -> Iterator[CheckIssue]:
    """A group or note that is compared as if it had an answer."""
    if chain.rest[0][0] not in _COMPARISONS:
        return
    for operand in (chain.first, chain.rest[0][1]):
        if not isinstance(operand, Reference):
            continue
        question = form.questions.get(operand.name)
        if operand.name in form.groups:
            what = "a group"
        elif question and question.kind is Kind.NOTE and not (question.calculation or question.default):
            what = "a note"
        else:
            continue
        yield issue_at(
            cell.owner,
            "reference.no_answer",
            cell.column,
            f"'{operand.name}' is {what} and has no answer that could be compared.",
            "Compare the answer of a question.",
        )


def _results(tree: Tree | None) -> set[str] | None:
    """All texts and numbers that a calculation can have, None when they cannot be told."""
    match tree:
        case Literal(value):
            return {to_text(value)}
        case Negation(Literal(value)):
            return {to_text(-to_number(value))}
        case Call("if", (_, yes, no)):
            first, second = _results(yes), _results(no)
            return None if first is None or second is None else first | second
        case Call("once" | "string" | "number", (inner,)):
            return _results(inner)
    return None


def _never_computed(form: Form, cell: Cell, chain: Chain) -> Iterator[CheckIssue]:
    if len(chain.rest) > 1 or chain.rest[0][0] not in ("=", "!="):
        return
    for one, other in ((chain.first, chain.rest[0][1]), (chain.rest[0][1], chain.first)):
        if not isinstance(one, Reference) or not isinstance(other, Literal):
            continue
        question = form.questions.get(one.name)
        if question is None or question.default or question.trigger or question.kind is not Kind.CALCULATE:
            continue
        found, wanted = _results(form.trees.get((one.name, "calculation"))), to_text(other.value)
        if found is None or not wanted or any(same(each, wanted) for each in found):
            continue
        yield issue_at(
            cell.owner,
            "comparison.never_computed",
            cell.column,
            f"The calculation '{question.name}' never is {wanted}.",
            f"It can be: {listed(sorted(each or 'empty' for each in found))}.",
        )


def _date_format(cell: Cell, call: Call) -> Iterator[CheckIssue]:
    if call.name not in ("format-date", "format-date-time") or not isinstance(call.arguments[1], Literal):
        return
    pattern = to_text(call.arguments[1].value)
    unknown = [each for each in re.findall(r"%(.)", pattern, flags=re.DOTALL) if each not in _PARTS_OF_DATES]
    if "%" not in pattern and re.search(r"[a-zA-Z]", pattern):
        meant = pattern.lower()
        for theirs, ours in _ELSEWHERE:
            meant = re.sub(rf"(?<!%){theirs}", ours, meant)
        fix = f"Write '{meant}'." if "%" in meant else "Write for example '%d/%m/%Y'."
        message = f"The format '{pattern}' has no %, so it is written as it stands."
    elif unknown:
        message = f"No tool knows %{unknown[0]} in a format of dates."
        fix = "%Y is the year, %m the month, %d the day, %b the month's name, %H the hour, %M the minute."
    else:
        return
    yield issue_at(cell.owner, "expression.date_format", cell.column, message, fix)


def _indexed(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    if call.name != "indexed-repeat" or not all(isinstance(each, Reference) for each in call.arguments[:2]):
        return
    question, repeat = call.arguments[0].name, call.arguments[1].name  # type: ignore[union-attr]
    around = form.definitions[question].around
    if repeat not in around:
        yield issue_at(
            cell.owner,
            "expression.not_a_repeat",
            cell.column,
            f"'{repeat}' is no repeat around '{question}', so indexed-repeat() finds nothing.",
            f"Write indexed-repeat(${{{question}}}, ${{{around[-1]}}}, 1)." if around else f"Write ${{{question}}}.",
        )


def _position(form: Form, cell: Cell, call: Call) -> Iterator[CheckIssue]:
    match call:
        case Call("position", (Path(_, (step,)),)) if (
            step.axis == "parent" and not form.definitions[cell.owner.name].repeats
        ):
            yield issue_at(
                cell.owner,
                "expression.not_a_repeat",
                cell.column,
                f"'{cell.owner.name}' stands in no repeat, so position(..) is always 1.",
                "Move it into the repeat whose number is meant.",
            )


def _result(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    """A computed answer that is no choice of its question."""
    question = cell.owner
    if cell.column not in ("default", "calculation") or not isinstance(question, Question):
        return
    codes = form.codes.get(question.list_name, {})
    if not codes or question.kind is not Kind.SELECT_ONE:
        return
    for code in sorted(_literals(cell.tree) - codes.keys() - {""}):
        yield issue_at(
            question,
            "default.not_a_choice",
            cell.column,
            f"'{code}', which the {cell.column} may give, is not among the choices of '{question.name}'.",
            f"Use one of: {listed(codes)}.",
        )


def _literals(tree: Tree | None) -> set[str]:
    """The texts and numbers that an expression may give, as far as they stand in it."""
    match tree:
        case Literal(value):
            return {to_text(value)}
        case Call("if", (_, yes, no)):
            return _literals(yes) | _literals(no)
        case Call("once", (inner,)):
            return _literals(inner)
        case Call("coalesce", parts):
            return set().union(*map(_literals, parts))
    return set()


def _count(cell: Cell) -> Iterator[CheckIssue]:
    if cell.column != "repeat_count":
        return
    match cell.tree:
        case Literal(float() as number) if number < 1:
            pass
        case Negation(Literal()):
            pass
        case _:
            return
    yield issue_at(
        cell.owner,
        "repeat_count.none",
        "repeat_count",
        f"With a repeat_count of {cell.text} '{cell.owner.name}' is never asked.",
        "Write how often it is asked, or nothing to let respondents decide.",
    )


def _without_answer(form: Form, cell: Cell) -> Iterator[CheckIssue]:
    """A constraint that looks at other answers only, not even by what is computed from its own."""
    if cell.column != "constraint" or cell.tree is None or not isinstance(cell.owner, Question):
        return
    waiting, met = [cell.tree], {cell.owner.name}
    while waiting:
        tree = waiting.pop()
        if any(isinstance(node, Current | Path | Column) for node in nodes(tree)) or cell.owner.name in references(
            tree
        ):
            return
        for name in references(tree) - met:
            met.add(name)
            if name in form.groups:
                return
            computed = form.trees.get((name, "calculation"))
            waiting += [computed] if computed is not None else []
    if len(met) > 1 and cell.owner.kind is not Kind.NOTE and not cell.owner.calculation:
        yield issue_at(
            cell.owner,
            "constraint.without_answer",
            "constraint",
            f"The constraint of '{cell.owner.name}' does not look at its own answer.",
            "Write . for the answer; to ask only in some cases use relevant.",
        )


# Filters of choices


def _filters(form: Form) -> Iterator[CheckIssue]:
    for users in form.users.values():
        for question in users:
            tree = form.trees.get((question.name, "choice_filter"))
            for column, wanted in _conjuncts(tree):
                values = {
                    choice.name if column == "name" else choice.attributes.get(column, "")
                    for choice in form.questionnaire.choices(question)
                } - {""}
                if not values or column == "label":
                    continue
                if isinstance(wanted, Literal):
                    yield from _unknown_value(question, column, to_text(wanted.value), values)
                elif isinstance(wanted, Reference) and len(users) == 1:
                    yield from _unreachable(form, question, column, wanted.name, values)


def _conjuncts(tree: Tree | None) -> Iterator[tuple[str, Tree]]:
    """column = value, of those that must hold."""
    match tree:
        case Chain(first, rest) if rest[0][0] == "and":
            for part in (first, *(operand for _, operand in rest)):
                yield from _conjuncts(part)
        case Chain(Column(name), (("=", value),)) | Chain(value, (("=", Column(name)),)):
            yield name, value


def _unknown_value(question: Question, column: str, wanted: str, values: set[str]) -> Iterator[CheckIssue]:
    if wanted and not any(same(value, wanted) for value in values):
        yield issue_at(
            question,
            "choice_filter.unknown_value",
            "choice_filter",
            f"No choice of '{question.list_name}' has '{wanted}' in the column '{column}', so none is offered.",
            f"Its values are: {listed(sorted(values))}.",
        )


def _unreachable(form: Form, question: Question, column: str, name: str, values: set[str]) -> Iterator[CheckIssue]:
    asked = form.questions.get(name)
    if asked is None or asked.kind is not Kind.SELECT_ONE or asked.calculation:
        return
    codes = form.codes.get(asked.list_name, {})
    lost = sorted(value for value in values if not any(same(code, value) for code in codes))
    if codes and lost:
        yield issue_at(
            question,
            "choice_filter.unreachable",
            "choice_filter",
            f"No answer to '{asked.name}' offers the choices of '{question.list_name}' whose {column} is"
            f" {listed(lost, 6)}.",
            f"Write a name of the list '{asked.list_name}': {listed(codes, 8)}.",
        )
