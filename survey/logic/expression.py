"""Expressions of XLSForm: from text to a tree, and from the tree to a function of the context.

The dialect is XPath 1.0 as ODK uses it, without paths: ${name}, `.`, a choice's own column by its bare name, literals,
operators, function calls and parentheses. Length, nesting and steps are bounded, and nothing but ExpressionError
comes out, whatever goes in.
What functions do is in `survey.logic.functions`; conversions and comparisons are in `survey.logic.values`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from survey.logic.functions import FUNCTIONS, NOT_OFFERED, Expression
from survey.logic.tokens import Part, Token, tokens
from survey.logic.values import (
    EvaluationContext,
    ExpressionError,
    Value,
    equal,
    from_answer,
    to_boolean,
    to_number,
    to_text,
)

__all__ = [
    "Call",
    "Chain",
    "Column",
    "Current",
    "EvaluationContext",
    "Expression",
    "ExpressionError",
    "Literal",
    "Negation",
    "Reference",
    "Tree",
    "Value",
    "columns",
    "compile_expression",
    "from_answer",
    "nodes",
    "parse",
    "references",
    "written",
]

MAX_DEPTH = 40
"""Deepest nesting of parentheses and calls."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text."""

    value: float | str
    position: int


@dataclass(frozen=True, slots=True)
class Reference:
    """${name}: another question's value."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Current:
    """`.`: the value of the question itself."""

    position: int


@dataclass(frozen=True, slots=True)
class Column:
    """A bare name: in a choice filter, the choice's own column."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Negation:
    """A number with its sign turned."""

    operand: "Tree"
    position: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one rank, from left to right: first, then (operator, operand) again and again."""

    first: "Tree"
    rest: tuple[tuple[str, "Tree"], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    name: str
    arguments: tuple["Tree", ...]
    position: int


Tree = Literal | Reference | Current | Column | Negation | Chain | Call

_RANKS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_PATH_SIGNS = frozenset({"/", "//", "..", "[", "]", "@", "::", "|"})


def parse(text: str) -> Tree:
    """The tree of the expression; raises ExpressionError with the place of the first fault."""
    reader = _Reader(tokens(text))
    tree = reader.chain(0, 0)
    reader.finish()
    return tree


def nodes(tree: Tree) -> Iterator[Tree]:
    """Every node of the tree, the root first."""
    yield tree
    match tree:
        case Negation(operand):
            yield from nodes(operand)
        case Chain(first, rest):
            yield from nodes(first)
            for _, operand in rest:
                yield from nodes(operand)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from nodes(argument)


def references(tree: Tree) -> frozenset[str]:
    """The names of all questions that the expression reads by ${name}."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Reference))


def columns(tree: Tree) -> frozenset[str]:
    """The bare names in the expression; outside of a choice filter they mean nothing."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Column))


def written(tree: Tree) -> str:
    """The expression as text again; parsing it gives an equal tree but for positions."""
    match tree:
        case Literal(value):
            if isinstance(value, str):
                return f'"{value}"' if "'" in value else f"'{value}'"
            return to_text(value)
        case Reference(name):
            return f"${{{name}}}"
        case Current():
            return "."
        case Column(name):
            return name
        case Negation(operand):
            return f"-({written(operand)})"
        case Chain(first, rest):
            return " ".join([f"({written(first)})", *(f"{sign} ({written(operand)})" for sign, operand in rest)])
        case Call(name, arguments):
            return f"{name}({', '.join(written(argument) for argument in arguments)})"


def compile_expression(tree: Tree) -> Expression:
    """A function from context to value; it raises nothing but ExpressionError."""
    match tree:
        case Literal(value):
            return lambda context: value
        case Reference(name):
            return lambda context: context.value(name)
        case Current():
            return lambda context: context.current
        case Column(name):
            return lambda context: context.column(name)
        case Negation(operand):
            compiled = compile_expression(operand)
            return lambda context: -to_number(compiled(context))
        case Chain(first, rest):
            return _compiled_chain(compile_expression(first), [(sign, compile_expression(tree)) for sign, tree in rest])
        case Call(name, arguments):
            call = FUNCTIONS[name].call
            compiled_arguments = tuple(compile_expression(argument) for argument in arguments)
            return lambda context: call(context, compiled_arguments)


class _Reader:
    """Walks over the tokens once, from left to right."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self._tokens = found
        self._next = 0

    def chain(self, rank: int, depth: int) -> Tree:
        """Operands joined by operators of this rank or a stronger one."""
        if rank == len(_RANKS):
            return self._signed(depth)
        first = self.chain(rank + 1, depth)
        rest: list[tuple[str, Tree]] = []
        while self._peek().text in _RANKS[rank] and self._peek().part in (Part.SIGN, Part.NAME):
            sign = self._take()
            rest.append((sign.text, self.chain(rank + 1, depth)))
        return Chain(first, tuple(rest), first.position) if rest else first

    def finish(self) -> None:
        """Raises ExpressionError unless all is read."""
        token = self._peek()
        if token.part is Part.END:
            return
        if token.text == "==":
            raise ExpressionError("expression.double_equals", position=token.position)
        if token.text == ")":
            raise ExpressionError("expression.unbalanced", position=token.position)
        if token.part is Part.SIGN and token.text in _PATH_SIGNS:
            raise ExpressionError("expression.path", position=token.position)
        raise ExpressionError("expression.syntax", position=token.position, found=token.text)

    def _signed(self, depth: int) -> Tree:
        position, minus = self._peek().position, 0
        while self._peek().part is Part.SIGN and self._peek().text == "-":
            self._take()
            minus += 1
        operand = self._operand(depth)
        if minus % 2:
            return Negation(operand, position)
        return Negation(Negation(operand, position), position) if minus else operand

    def _operand(self, depth: int) -> Tree:
        token = self._take()
        match token.part:
            case Part.NUMBER:
                return Literal(float(token.text), token.position)
            case Part.STRING:
                return Literal(token.text, token.position)
            case Part.REFERENCE:
                return Reference(token.text, token.position)
            case Part.NAME if self._peek().text == "(" and self._peek().part is Part.SIGN:
                return self._call(token, depth + 1)
            case Part.NAME if ":" not in token.text:
                return Column(token.text, token.position)
            case Part.SIGN if token.text == ".":
                return Current(token.position)
            case Part.SIGN if token.text == "(":
                self._descend(depth + 1, token)
                inner = self.chain(0, depth + 1)
                self._close(token)
                return inner
            case Part.SIGN if token.text in _PATH_SIGNS:
                raise ExpressionError("expression.path", position=token.position)
            case Part.END:
                raise ExpressionError("expression.incomplete", position=token.position)
        raise ExpressionError("expression.syntax", position=token.position, found=token.text)

    def _call(self, name: Token, depth: int) -> Tree:
        opening = self._take()
        self._descend(depth, name)
        arguments: list[Tree] = []
        if self._peek().text != ")" or self._peek().part is not Part.SIGN:
            arguments.append(self.chain(0, depth))
            while self._peek().part is Part.SIGN and self._peek().text == ",":
                self._take()
                arguments.append(self.chain(0, depth))
        self._close(opening)
        _check_call(name, len(arguments))
        return Call(name.text, tuple(arguments), name.position)

    def _close(self, opening: Token) -> None:
        token = self._peek()
        if token.part is Part.SIGN and token.text == ")":
            self._take()
        elif token.part is Part.END:
            raise ExpressionError("expression.unbalanced", position=opening.position)
        else:
            self.finish()

    def _descend(self, depth: int, token: Token) -> None:
        if depth > MAX_DEPTH:
            raise ExpressionError("expression.too_deep", position=token.position, limit=MAX_DEPTH)

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token


def _check_call(name: Token, count: int) -> None:
    if name.text in NOT_OFFERED:
        raise ExpressionError("expression.unsupported_function", position=name.position, function=name.text)
    function = FUNCTIONS.get(name.text)
    if function is None:
        raise ExpressionError("expression.unknown_function", position=name.position, function=name.text)
    if count < function.least or (function.most is not None and count > function.most):
        raise ExpressionError(
            "expression.wrong_argument_count",
            position=name.position,
            function=name.text,
            least=function.least,
            most=function.most,
            found=count,
        )


def _compiled_chain(first: Expression, rest: list[tuple[str, Expression]]) -> Expression:
    if rest[0][0] == "or":
        return lambda context: to_boolean(first(context)) or any(to_boolean(operand(context)) for _, operand in rest)
    if rest[0][0] == "and":
        return lambda context: to_boolean(first(context)) and all(to_boolean(operand(context)) for _, operand in rest)
    steps = [(_OPERATORS[sign], operand) for sign, operand in rest]

    def run(context: EvaluationContext) -> Value:
        value = first(context)
        for operator, operand in steps:
            value = operator(value, operand(context))
        return value

    return run


def _divided(left: Value, right: Value) -> float:
    numerator, divisor = to_number(left), to_number(right)
    if divisor == 0:
        if numerator == 0 or math.isnan(numerator):
            return math.nan
        return math.copysign(math.inf, numerator) * math.copysign(1, divisor)
    return numerator / divisor


def _remainder(left: Value, right: Value) -> float:
    try:
        return math.fmod(to_number(left), to_number(right))  # keeps the sign of the dividend
    except ValueError:
        return math.nan


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: to_number(left) < to_number(right),
    "<=": lambda left, right: to_number(left) <= to_number(right),
    ">": lambda left, right: to_number(left) > to_number(right),
    ">=": lambda left, right: to_number(left) >= to_number(right),
    "+": lambda left, right: to_number(left) + to_number(right),
    "-": lambda left, right: to_number(left) - to_number(right),
    "*": lambda left, right: to_number(left) * to_number(right),
    "div": _divided,
    "mod": _remainder,
}
