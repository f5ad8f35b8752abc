"""Expressions of XLSForm: from text to a tree, and from the tree to a function of the context.

The dialect is XPath 1.0 as ODK uses it: ${name}, `.`, a choice's own column by its bare name, literals, operators,
function calls, parentheses, and paths over the axes parent, child and self with predicates. Length, nesting and steps
are bounded, and nothing but ExpressionError comes out, whatever goes in.
What functions do is in `survey.logic.functions`; conversions and comparisons are in `survey.logic.values`, and how
paths walk is in `survey.logic.paths`.
"""

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from survey.logic.functions import FUNCTIONS, NOT_OFFERED, Expression
from survey.logic.paths import Walk, path, union
from survey.logic.tokens import Part, Token, tokens
from survey.logic.values import (
    EvaluationContext,
    ExpressionError,
    Value,
    compares,
    equal,
    from_answer,
    to_boolean,
    to_number,
    to_text,
    unequal,
)

__all__ = [
    "Call",
    "Chain",
    "Column",
    "Current",
    "EvaluationContext",
    "Expression",
    "ExpressionError",
    "Here",
    "Literal",
    "Negation",
    "Path",
    "Reference",
    "Root",
    "Step",
    "Tree",
    "Union",
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


@dataclass(frozen=True, slots=True)
class Root:
    """The whole form, where `/data/...` begins."""

    position: int


@dataclass(frozen=True, slots=True)
class Here:
    """The place that a relative path begins at."""

    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: to the children of a name ("*": all), to the parent, or nowhere; then what must hold."""

    axis: OneOf["child", "parent", "self"]
    name: str
    predicates: tuple["Tree", ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from a place, a reference or the nodes of a call."""

    start: "Tree"
    steps: tuple[Step, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Union:
    """The nodes of several paths."""

    parts: tuple["Tree", ...]
    position: int


Tree = Literal | Reference | Current | Column | Negation | Chain | Call | Root | Here | Path | Union

_RANKS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_YIELD_NODES = frozenset({"current", "instance", "randomize", "if", "once", "indexed-repeat"})
"""Functions whose result may be nodes."""
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
        case Call(arguments=parts) | Union(parts=parts):
            for part in parts:
                yield from nodes(part)
        case Path(start, steps):
            yield from nodes(start)
            for step in steps:
                for predicate in step.predicates:
                    yield from nodes(predicate)


def references(tree: Tree) -> frozenset[str]:
    """The names of all questions that the expression reads by ${name}."""
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Reference))


def columns(tree: Tree) -> frozenset[str]:
    """The bare names in the expression, those in predicates left out; only in a choice filter they mean something."""
    match tree:
        case Column(name):
            return frozenset({name})
        case Negation(operand):
            return columns(operand)
        case Chain(first, rest):
            return columns(first).union(*(columns(operand) for _, operand in rest))
        case Call(arguments=parts) | Union(parts=parts):
            return frozenset().union(*map(columns, parts))
        case Path(Here(), (Step("child", name), *_)):
            return frozenset({name})
        case Path(start):
            return columns(start)
    return frozenset()


def written(tree: Tree) -> str:
    """The expression as text again; parsing it gives an equal tree but for positions."""
    match tree:
        case Literal(value):
            if isinstance(value, str):
                return _quoted(value)
            return "9" * 400 if math.isinf(value) else to_text(value)
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
        case Union(parts):
            return " | ".join(written(part) for part in parts)
        case Path(start, steps):
            beginning = "" if isinstance(start, Root | Here) else written(start)
            if isinstance(start, Chain | Negation | Union | Literal | Path | Column | Current):
                beginning = f"({beginning})"
            if isinstance(start, Here) or (steps and steps[0].axis == "self" and steps[0].predicates):
                return beginning + "/".join(map(_written_step, steps)).removeprefix("." if beginning else "")
            return beginning + "".join("/" + _written_step(step) for step in steps)
        case Root():
            return "/"
        case Here():
            return "."


def _quoted(text: str) -> str:
    """The text in marks that do not stand in it; read from an expression, it lacks those that it stood in."""
    marks = next((marks for marks in ("''", '""', "“”", "‘’") if not {*marks} & {*text}), "''")
    return marks[0] + text + marks[1]


def _written_step(step: Step) -> str:
    place = {"child": step.name, "parent": "..", "self": "."}[step.axis]
    return place + "".join(f"[{written(predicate)}]" for predicate in step.predicates)


def compile_expression(tree: Tree, direct: frozenset[str] = frozenset()) -> Expression:
    """A function from context to value; it raises nothing but ExpressionError.

    direct  questions whose value stands in the context's `visible` under their name.
    """
    match tree:
        case Literal(value):
            return lambda context: value
        case Reference(name):
            if name in direct:
                return lambda context: context.visible.get(name, "")
            return lambda context: context.value(name)
        case Current():
            return lambda context: context.current
        case Column(name):
            return path(None, (Walk("child", name),))
        case Negation(operand):
            compiled = compile_expression(operand, direct)
            return lambda context: -to_number(compiled(context))
        case Chain(first, ((sign, Literal(value)),)) if sign in _OPERATORS:
            operate, compiled = _OPERATORS[sign], compile_expression(first, direct)
            return lambda context: operate(compiled(context), value)
        case Chain(first, rest):
            return _compiled_chain(
                compile_expression(first, direct), [(sign, compile_expression(each, direct)) for sign, each in rest]
            )
        case Call("indexed-repeat", (Reference(name), *arguments)):
            return _indexed_repeat(name, arguments, direct)
        case Call("jr:choice-name", (code, Reference(name, position))):
            return compile_expression(Call("jr:choice-name", (code, Literal(name, position)), position), direct)
        case Call("indexed-repeat", _, position):
            raise ExpressionError("expression.indexed_repeat", position=position)
        case Call(name, arguments):
            call = FUNCTIONS[name].call
            compile_argument = _compiled_nodes if FUNCTIONS[name].of_nodes else compile_expression
            compiled_arguments = tuple(compile_argument(argument, direct) for argument in arguments)
            return lambda context: call(context, compiled_arguments)
        case Union(parts):
            return union(tuple(compile_expression(part, direct) for part in parts))
        case Path(start, steps):
            walks = tuple(
                Walk(step.axis, step.name, tuple(compile_expression(each, direct) for each in step.predicates))
                for step in steps
            )
            if isinstance(start, Root):  # the first step names the form itself
                return path(_compiled_nodes(start, direct), walks[1:])
            return path(None if isinstance(start, Here) else _compiled_nodes(start, direct), walks)
        case Root():
            return lambda context: () if context.root is None else (context.root,)
        case Here():
            return lambda context: () if context.node is None else (context.node,)


def _compiled_nodes(tree: Tree, direct: frozenset[str]) -> Expression:
    """The expression where nodes are wanted: a reference gives its node, never its bare value."""
    match tree:
        case Reference(name):
            return lambda context: context.nodes(name)
        case Current():
            return lambda context: () if context.node is None else (context.node,)
    return compile_expression(tree, direct)


def _indexed_repeat(name: str, arguments: list[Tree], direct: frozenset[str]) -> Expression:
    """indexed-repeat(${question}, ${repeat}, index, ...); a blank index means the first instance."""
    repeats = [each.name for each in arguments[::2] if isinstance(each, Reference)]
    indices = [compile_expression(index, direct) for index in arguments[1::2]]
    if len(repeats) != len(arguments[::2]) or len(indices) != len(repeats):
        position = arguments[0].position if arguments else -1
        raise ExpressionError("expression.indexed_repeat", position=position)

    def run(context: EvaluationContext) -> Value:
        wanted = []
        for repeat, index in zip(repeats, indices, strict=True):
            number = to_number(index(context))
            wanted.append((repeat, 1 if math.isnan(number) else int(max(-1.0, min(number, 1e6)))))
        return context.instance_value(name, tuple(wanted))

    return run


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
        first = self._path(depth)
        if not self._is_sign("|"):
            return first
        parts = [first]
        while self._is_sign("|"):
            self._take()
            parts.append(self._path(depth))
        if any(map(_is_value, parts)):
            raise ExpressionError("expression.not_nodes", position=first.position, function="|")
        return Union(tuple(parts), first.position)

    def _path(self, depth: int) -> Tree:
        token = self._peek()
        steps: list[Step] = []
        start: Tree
        if self._is_sign("/"):
            self._take()
            start = Root(token.position)
            steps.append(self._step(depth))
        elif self._begins_step(token):
            start = Here(token.position)
            steps.append(self._step(depth))
        else:
            start = self._primary(depth)
            if self._is_sign("["):
                steps.append(Step("self", "", self._predicates(depth)))
        while self._is_sign("/"):
            self._take()
            steps.append(self._step(depth))
        match start, steps:
            case _, []:
                return start
            case Here(), [Step("child", name, ())] if name != "*":
                return Column(name, token.position)
            case Here(), [Step("self", "", ())]:
                return Current(token.position)
            case Literal(), _:
                raise ExpressionError("expression.path", position=token.position)
        return Path(start, tuple(steps), token.position)

    def _begins_step(self, token: Token) -> bool:
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        opens = after.part is Part.SIGN and after.text == "("
        if token.part is Part.NAME:
            return token.text in ("node", "text") if opens else ":" not in token.text
        return token.part is Part.SIGN and token.text in (".", "..", "*")

    def _step(self, depth: int) -> Step:
        """`name`, `*`, `.`, `..`, `node()`, or `child::name` and its like, and the predicates after it."""
        token = self._take()
        axis: OneOf["child", "parent", "self"] = "child"
        name = token.text
        if token.part is Part.SIGN and name in (".", ".."):
            return Step("self" if name == "." else "parent", "", self._predicates(depth))
        if token.part is Part.NAME and self._is_sign("::"):
            self._take()
            if name not in ("child", "parent", "self"):
                raise ExpressionError("expression.axis", position=token.position, axis=name)
            axis = "parent" if name == "parent" else "self" if name == "self" else "child"
            token = self._take()
            name = token.text
        if token.part is Part.NAME and name in ("node", "text") and self._is_sign("("):
            self._close(self._take())
            if name == "text":
                axis = "self"  # the value of a node is its text
            name = "*"
        elif token.part is not Part.NAME and not (token.part is Part.SIGN and name == "*"):
            code = "expression.incomplete" if token.part is Part.END else "expression.path"
            raise ExpressionError(code, position=token.position)
        return Step(axis, name if axis == "child" else "", self._predicates(depth))

    def _predicates(self, depth: int) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self._is_sign("["):
            opening = self._take()
            self._descend(depth + 1, opening)
            found.append(self.chain(0, depth + 1))
            if not self._is_sign("]"):
                raise ExpressionError("expression.unbalanced", position=opening.position)
            self._take()
        return tuple(found)

    def _primary(self, depth: int) -> Tree:
        token = self._take()
        match token.part:
            case Part.NUMBER:
                return Literal(float(token.text), token.position)
            case Part.STRING:
                return Literal(token.text, token.position)
            case Part.REFERENCE:
                return Reference(token.text, token.position)
            case Part.NAME if self._is_sign("("):
                return self._call(token, depth + 1)
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
        _check_types(name.text, arguments, name.position)
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

    def _is_sign(self, text: str) -> bool:
        token = self._tokens[self._next]
        return token.part is Part.SIGN and token.text == text

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


def _check_types(name: str, arguments: list[Tree], position: int) -> None:
    """Raises ExpressionError for arguments that can be told to be of the wrong kind without any answer."""
    if FUNCTIONS[name].of_nodes and arguments and _is_value(arguments[0]):
        raise ExpressionError("expression.not_nodes", position=position, function=name)
    if name == "weighted-checklist" and len(arguments) % 2 and all(map(_is_value, arguments[2:])):
        raise ExpressionError("expression.unpaired", position=position)


def _is_value(tree: Tree) -> bool:
    """True when the expression yields a text, number or truth and never nodes."""
    match tree:
        case Literal() | Negation() | Chain():
            return True
        case Call(name):
            return name not in _YIELD_NODES
    return False


def _compiled_chain(first: Expression, rest: list[tuple[str, Expression]]) -> Expression:
    if len(rest) == 1:
        return _compiled_pair(first, *rest[0])
    if rest[0][0] == "or":
        return lambda context: to_boolean(first(context)) or any(to_boolean(operand(context)) for _, operand in rest)
    if rest[0][0] == "and":
        return lambda context: to_boolean(first(context)) and all(to_boolean(operand(context)) for _, operand in rest)
    steps = [(_OPERATORS[sign], operand) for sign, operand in rest]

    def run(context: EvaluationContext) -> Value:
        value = first(context)
        for operate, operand in steps:
            value = operate(value, operand(context))
        return value

    return run


def _compiled_pair(first: Expression, sign: str, second: Expression) -> Expression:
    if sign == "or":
        return lambda context: to_boolean(first(context)) or to_boolean(second(context))
    if sign == "and":
        return lambda context: to_boolean(first(context)) and to_boolean(second(context))
    operate = _OPERATORS[sign]
    return lambda context: operate(first(context), second(context))


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
    "!=": unequal,
    "<": compares(operator.lt),
    "<=": compares(operator.le),
    ">": compares(operator.gt),
    ">=": compares(operator.ge),
    "+": lambda left, right: to_number(left) + to_number(right),
    "-": lambda left, right: to_number(left) - to_number(right),
    "*": lambda left, right: to_number(left) * to_number(right),
    "div": _divided,
    "mod": _remainder,
}
