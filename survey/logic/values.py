"""Values of the expression language, their conversions and comparisons, and what an expression may look at.

The rules are those of XPath 1.0 as ODK uses it (https://getodk.github.io/xforms-spec/#data-types): empty is not zero,
ordering compares numbers only, `=` is textual only between two strings. Dates and times are ISO 8601 strings that
become days since 1970-01-01 where a number is wanted (`survey.logic.dates`).
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from data.errors import InvalidInput
from survey.logic.dates import days_of
from survey.questionnaire import Answer


class Node(Protocol):
    """A place in the form or in a list of choices, as paths see it. Nodes of one place are equal and hash alike."""

    def value(self) -> "str | float | bool":
        """What stands there; "" for a group, and for a question that is empty or not relevant."""

    def children(self, name: str) -> "tuple[Node, ...]":
        """The relevant nodes of that name inside ("*" for all), in order."""

    def parent(self) -> "Node | None":
        """The node around."""

    def position(self) -> int:
        """Which of the instances of its repeat it is, counted from 1; 1 for anything else."""


Scalar = str | float | bool
Value = Scalar | tuple[Node, ...]
"""What an expression yields: a text, number or truth, or the nodes that a path found.
A select_multiple or rank answer is its codes with spaces between."""

MAX_STEPS = 200_000
"""Most nodes that one evaluation may look at, so that predicates inside predicates come to an end."""
MAX_TEXT = 200_000
"""Longest text that an expression may build, so that a chain of concat() cannot exhaust the memory."""

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)


class ExpressionError(InvalidInput):
    """An expression cannot be read or computed; `position` is the 0-based place in its text, -1 where unknown."""

    def __init__(self, code: str, *, position: int = -1, **params: object) -> None:
        super().__init__(code, position=position, **params)
        self.position = position


def _nothing(name: str) -> Value:
    return ""


def _no_label(question: str, code: str) -> str:
    return ""


def _no_draw() -> float:
    return 0.0


def _no_nodes(name: str) -> tuple[Node, ...]:
    return ()


def _no_node(name: str) -> Node | None:
    return None


def _no_row(table: str, column: str, key_column: str, key: str) -> str:
    return ""


def _no_words(identifier: str) -> str:
    return ""


def _no_instance(name: str, wanted: tuple[tuple[str, int], ...]) -> Value:
    return ""


class EvaluationContext:
    """All that an expression may look at; nothing else reaches it.

    value         what is behind ${name}: a value, or nodes where it names questions inside another repeat.
    nodes         the nodes behind ${name}, for paths that begin there and for functions of nodes.
    visible       the values of the questions outside of repeats by name, for expressions compiled with `direct`.
    current       the value behind `.`.
    node          the place that relative paths begin at: inside a predicate or choice filter the item, else `origin`.
    origin        the question or group that the expression belongs to: current().
    root          the form itself, where absolute paths begin.
    instance      the root of a list of choices or attached table, for instance().
    instance_value  the value of a question in given instances, ((repeat, index), ...), for indexed-repeat().
    table         (table, column, key column, key) -> cell of an attached table, for pulldata().
    draw          a number in [0, 1) for random() and uuid().
    choice_label  the label of a code of a question, for jr:choice-name().
    words         the text that an identifier stands for, for jr:itext().
    language      tag of the language in which format-date() names months and days.
    position, size  which of how many nodes a predicate looks at.
    """

    __slots__ = (
        "choice_label",
        "current",
        "draw",
        "instance",
        "instance_value",
        "language",
        "node",
        "nodes",
        "now",
        "origin",
        "position",
        "root",
        "size",
        "steps",
        "table",
        "today",
        "value",
        "visible",
        "words",
    )

    def __init__(
        self,
        *,
        today: date,
        now: datetime,
        value: Callable[[str], Value] = _nothing,
        visible: Mapping[str, Scalar] | None = None,
        current: Value = "",
        nodes: Callable[[str], tuple[Node, ...]] = _no_nodes,
        node: Node | None = None,
        root: Node | None = None,
        instance: Callable[[str], Node | None] = _no_node,
        instance_value: Callable[[str, tuple[tuple[str, int], ...]], Value] = _no_instance,
        table: Callable[[str, str, str, str], str] = _no_row,
        draw: Callable[[], float] = _no_draw,
        choice_label: Callable[[str, str], str] = _no_label,
        words: Callable[[str], str] = _no_words,
        language: str = "",
    ) -> None:
        self.today = today
        self.now = now
        self.value = value
        self.visible = {} if visible is None else visible
        self.current = current
        self.nodes = nodes
        self.node = node
        self.origin = node
        self.root = root
        self.instance = instance
        self.instance_value = instance_value
        self.table = table
        self.draw = draw
        self.choice_label = choice_label
        self.words = words
        self.language = language
        self.position = 1
        self.size = 1
        self.steps = 0

    def count(self, steps: int) -> None:
        """Raises ExpressionError when the evaluation has looked at more than MAX_STEPS nodes."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise ExpressionError("expression.too_many_steps", limit=MAX_STEPS)


def scalar(value: Value) -> Scalar:
    """The value itself, or that of the first node; "" when there is none."""
    if isinstance(value, tuple):
        return value[0].value() if value else ""
    return value


def scalars(values: Iterable[Value]) -> Iterator[Scalar]:
    """The values one by one, every node of a node-set."""
    for value in values:
        if isinstance(value, tuple):
            for node in value:
                yield node.value()
        else:
            yield value


def from_answer(answer: Answer | None) -> Scalar:
    """The value that an expression sees for an answer; "" for none."""
    if answer is None:
        return ""
    if isinstance(answer, tuple):
        return " ".join(answer)
    if isinstance(answer, str):
        return answer
    return to_number(float(answer)) if abs(answer) < 1e300 else math.nan


def to_answer(value: Value) -> Answer | None:
    """The answer that a computed value is stored as; None for an empty text or a number that is none."""
    value = scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value or None
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def is_empty(value: Value) -> bool:
    """True for the empty text and for a number that is none."""
    value = scalar(value)
    return value == "" or (isinstance(value, float) and math.isnan(value))


def to_number(value: Value) -> float:
    """The value as a number; NaN where it is none. An ISO date counts as days since 1970-01-01."""
    if type(value) is float:
        return value
    if isinstance(value, tuple):
        value = scalar(value)
    if isinstance(value, str):
        text = value.strip(" \t\r\n")
        if _NUMBER.fullmatch(text):
            return float(text)
        days = days_of(text)
        return math.nan if days is None else days
    return float(value)


def to_text(value: Value) -> str:
    """The value as text: no exponent, no ".0", and "NaN" and "Infinity" as XPath writes them."""
    if isinstance(value, tuple):
        value = scalar(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def to_boolean(value: Value) -> bool:
    """False for "", 0, NaN, false and no nodes; true for the rest, the text "false" and an empty node included."""
    if isinstance(value, float):
        return value == value and value != 0
    return bool(value)


def equal(left: Value, right: Value) -> bool:
    """XPath `=`: as booleans when one is a boolean, as numbers when one is a number, else as texts.

    Between nodes and something else it holds when it holds for one of the nodes.
    """
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, tuple) or isinstance(right, tuple):
        if isinstance(left, bool) or isinstance(right, bool):
            return to_boolean(left) == to_boolean(right)
        return _share(list(scalars([left])), list(scalars([right])))
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    return to_number(left) == to_number(right)


def _share(left: list[Scalar], right: list[Scalar]) -> bool:
    """True when one of these equals one of those; in one walk over each, however many they are."""
    texts = {each for each in left if isinstance(each, str)} & {each for each in right if isinstance(each, str)}
    if texts:
        return True
    for ours, theirs in ((left, right), (right, left)):
        numbers = {to_number(each) for each in ours if not isinstance(each, str)}
        if any(each == each and each in numbers for each in map(to_number, theirs) if numbers):
            return True
    return False


def _distinct(value: Value) -> list[Scalar]:
    return [each for _, each in dict.fromkeys((type(each), each) for each in scalars([value]))]


def _numbers(value: Value) -> list[float]:
    return [number for each in scalars([value]) if (number := to_number(each)) == number]


def joined(separator: str, parts: Iterable[Value]) -> str:
    """The parts with the separator between; raises ExpressionError as soon as they are longer than MAX_TEXT."""
    found: list[str] = []
    left = MAX_TEXT + len(separator)
    for part in scalars(parts):
        found.append(to_text(part))
        left -= len(found[-1]) + len(separator)
        if left < 0:
            raise ExpressionError("expression.value_too_long", limit=MAX_TEXT)
    return separator.join(found)


def bounded(text: str) -> str:
    """The same text; raises ExpressionError when it is longer than MAX_TEXT."""
    if len(text) > MAX_TEXT:
        raise ExpressionError("expression.value_too_long", limit=MAX_TEXT)
    return text


def unequal(left: Value, right: Value) -> bool:
    """XPath `!=`: between nodes and something else, when it holds for one of the nodes."""
    if isinstance(left, tuple) or isinstance(right, tuple):
        if isinstance(left, bool) or isinstance(right, bool):
            return to_boolean(left) != to_boolean(right)
        others = _distinct(right)  # of different texts one is unequal soon, so that this ends early
        return any(not equal(one, other) for one in _distinct(left) for other in others)
    return not equal(left, right)


def compares(holds: Callable[[float, float], bool]) -> Callable[[Value, Value], bool]:
    """An ordering of numbers as XPath has it: between nodes and something else, when it holds for one of the nodes."""

    def compare(left: Value, right: Value) -> bool:
        if type(left) is float and type(right) is float:
            return holds(left, right)
        if isinstance(left, tuple) or isinstance(right, tuple):
            ours, theirs = _numbers(left), _numbers(right)
            if not ours or not theirs:
                return False
            return holds(min(ours), max(theirs)) or holds(max(ours), min(theirs))
        return holds(to_number(left), to_number(right))

    return compare
