"""Values of the expression language, their conversions and comparisons, and what an expression may look at.

The rules are those of XPath 1.0 as ODK uses it (https://getodk.github.io/xforms-spec/#data-types): empty is not zero,
ordering compares numbers only, `=` is textual only between two strings. Dates and times are ISO 8601 strings that
become days since 1970-01-01 where a number is wanted (`survey.logic.dates`).
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data.errors import InvalidInput
from survey.logic.dates import days_of
from survey.questionnaire import Answer

Value = str | float | bool
"""What an expression yields. A select_multiple or rank answer is its codes with spaces between."""

MAX_TEXT = 200_000
"""Longest text that an expression may build, so that a chain of concat() cannot exhaust the memory."""

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_SAME = 1e-12  # JavaRosa's tolerance in XPathEqExpr, so that 6.1 - 7.8 = -1.7 holds


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationContext:
    """All that an expression may look at; nothing else reaches it.

    value         the value behind ${name}; "" when empty or not relevant.
    current       the value behind `.`.
    column        the value of a choice's own column, in a choice filter.
    draw          a number in [0, 1) for random() and uuid().
    choice_label  the label of a code of a question, for jr:choice-name().
    """

    today: date
    now: datetime
    value: Callable[[str], Value] = _nothing
    current: Value = ""
    column: Callable[[str], Value] = _nothing
    draw: Callable[[], float] = _no_draw
    choice_label: Callable[[str, str], str] = _no_label


def from_answer(answer: Answer | None) -> Value:
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
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value or None
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def is_empty(value: Value) -> bool:
    """True for the empty text and for a number that is none."""
    return value == "" or (isinstance(value, float) and math.isnan(value))


def to_number(value: Value) -> float:
    """The value as a number; NaN where it is none. An ISO date counts as days since 1970-01-01."""
    if isinstance(value, str):
        text = value.strip(" \t\r\n")
        if _NUMBER.fullmatch(text):
            return float(text)
        days = days_of(text)
        return math.nan if days is None else days
    return float(value)


def to_text(value: Value) -> str:
    """The value as text: no exponent, no ".0", and "NaN" and "Infinity" as XPath writes them."""
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
    """False for "", 0, NaN and false; true for the rest, the text "false" included."""
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)


def equal(left: Value, right: Value) -> bool:
    """XPath `=`: as booleans when one is a boolean, as numbers when one is a number, else as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    first, second = to_number(left), to_number(right)
    return first == second or abs(first - second) < _SAME


def bounded(text: str) -> str:
    """The same text; raises ExpressionError when it is longer than MAX_TEXT."""
    if len(text) > MAX_TEXT:
        raise ExpressionError("expression.value_too_long", limit=MAX_TEXT)
    return text
