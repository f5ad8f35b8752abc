"""The functions of XLSForm expressions, one Python function each, and the table by which a form calls them.

Names, argument counts and results: https://getodk.github.io/xforms-spec/#xpath-functions. Where engines differ the
choice stands in the docstring. Areas and distances are in `survey.logic.geography`.
"""

import base64
import hashlib
import math
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeVar

from survey.logic.answers import CONTROL
from survey.logic.dates import day_fraction, formatted, iso_date, iso_moment, moment_from_days, moment_of
from survey.logic.geography import area, distance, geofence, intersects
from survey.logic.patterns import matches
from survey.logic.values import (
    EvaluationContext,
    ExpressionError,
    Value,
    bounded,
    is_empty,
    joined,
    scalar,
    scalars,
    to_boolean,
    to_number,
    to_text,
)

Expression = Callable[[EvaluationContext], Value]
"""A compiled expression."""


_Item = TypeVar("_Item")
_MAX_UUID = 1_000.0
"""Longest random text that uuid() makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """How a form calls a function: the least and the most arguments (None: any number), and what runs.

    `call` gets its arguments unevaluated, so that if() or coalesce() compute only what they need.
    """

    least: int
    most: int | None
    call: Callable[[EvaluationContext, tuple[Expression, ...]], Value]
    of_nodes: bool = False
    """True when a reference among the arguments stands for its node, not for its value."""


# Text


def concat(*parts: Value) -> str:
    """The parts, one after the other; of nodes, each."""
    return joined("", parts)


def join(separator: Value, *parts: Value) -> str:
    """The parts with the separator between; of nodes, each."""
    return joined(to_text(separator), parts)


def substr(text: Value, start: Value, end: Value = math.inf) -> str:
    """The characters from `start` (0-based) up to but not including `end`; negatives count from the end."""
    first, last = to_number(start), to_number(end)
    if math.isnan(first) or math.isnan(last):
        return ""
    return to_text(text)[_index(first) : _index(last)]


def substring(text: Value, start: Value, length: Value = math.inf) -> str:
    """XPath 1.0 substring: 1-based, rounded."""
    whole, first = to_text(text), to_number(start)
    begin = math.floor(first + 0.5) if math.isfinite(first) else first
    extent = to_number(length)
    extent = math.floor(extent + 0.5) if math.isfinite(extent) else extent
    end = math.inf if extent == math.inf else begin + extent
    if math.isnan(begin) or math.isnan(end):
        return ""
    return whole[max(0, _index(begin - 1)) : max(0, _index(end - 1))]


def substring_before(text: Value, mark: Value) -> str:
    """What stands before the first `mark`; "" when there is none."""
    before, found, _ = to_text(text).partition(to_text(mark)) if to_text(mark) else ("", "", "")
    return before if found else ""


def substring_after(text: Value, mark: Value) -> str:
    """What stands after the first `mark`; the whole text when the mark is empty."""
    return to_text(text).partition(to_text(mark))[2] if to_text(mark) else to_text(text)


def translate(text: Value, old: Value, new: Value) -> str:
    """Each character of `old` replaced by the one at the same place in `new`, or removed."""
    replacement = to_text(new)
    table: dict[int, str | None] = {}
    for place, character in enumerate(to_text(old)):
        table.setdefault(ord(character), replacement[place] if place < len(replacement) else None)
    return to_text(text).translate(table)


def string_length(text: Value) -> float:
    """How many characters."""
    return float(len(to_text(text)))


def normalize_space(text: Value) -> str:
    """Without outer space and with single inner spaces; space is what XML calls so."""
    return " ".join(part for part in to_text(text).translate({9: " ", 10: " ", 13: " "}).split(" ") if part)


def contains(text: Value, part: Value) -> bool:
    """True when the part stands in the text."""
    return to_text(part) in to_text(text)


def starts_with(text: Value, part: Value) -> bool:
    """True when the text begins with the part."""
    return to_text(text).startswith(to_text(part))


def ends_with(text: Value, part: Value) -> bool:
    """True when the text ends with the part."""
    return to_text(text).endswith(to_text(part))


def regex(text: Value, pattern: Value) -> bool:
    """True when the pattern is found in the text; anchor it with ^ and $ to mean the whole text."""
    return matches(to_text(text), to_text(pattern))


def digest(text: Value, algorithm: Value, encoding: Value = "base64") -> str:
    """The hash of the text; "" for an algorithm or encoding that is not known."""
    names = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
    name, form = names.get(to_text(algorithm)), to_text(encoding)
    if name is None or form not in ("base64", "hex"):
        return ""
    hashed = hashlib.new(name, to_text(text).encode("utf-8", "replace"), usedforsecurity=False).digest()
    return hashed.hex() if form == "hex" else base64.b64encode(hashed).decode("ascii")


def base64_decode(text: Value) -> str:
    """The text that was encoded, without signs that no answer has; "" when it was none."""
    try:
        return CONTROL.sub("", base64.b64decode(to_text(text), validate=True).decode("utf-8", "replace"))
    except ValueError:
        return ""


# Truth


def not_(value: Value) -> bool:
    """True for what is false."""
    return not to_boolean(value)


def boolean_from_string(value: Value) -> bool:
    """True for "true" and "1" only."""
    return to_text(value) in ("true", "1")


def checklist(least: Value, most: Value, *flags: Value) -> bool:
    """True when at least `least` and at most `most` flags are true; -1 means no limit."""
    return _within(sum(to_boolean(flag) for flag in scalars(flags)), least, most)


def weighted_checklist(least: Value, most: Value, *flags_and_weights: Value) -> bool:
    """True when the weights of the true flags add up to between `least` and `most`; -1 means no limit."""
    each = list(scalars(flags_and_weights))
    pairs = zip(each[::2], each[1::2], strict=False)
    return _within(sum(to_number(weight) for flag, weight in pairs if to_boolean(flag)), least, most)


# Numbers


def int_(value: Value) -> float:
    """The number without its fraction, towards zero."""
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def floor(value: Value) -> float:
    """The next whole number below."""
    number = to_number(value)
    return float(math.floor(number)) if math.isfinite(number) else number


def ceiling(value: Value) -> float:
    """The next whole number above."""
    number = to_number(value)
    return float(math.ceil(number)) if math.isfinite(number) else number


def round_(value: Value, digits: Value = 0.0) -> float:
    """Rounded to `digits` decimals, half away from zero as Enketo and Web Forms do; JavaRosa rounds half up."""
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number) or not math.isfinite(places):
        return number if math.isinf(number) else math.nan
    step = Decimal(1).scaleb(-int(max(-400, min(400, places))))
    return float(Decimal(repr(number)).quantize(step, rounding=ROUND_HALF_UP, context=Context(prec=800)))


def sum_(*values: Value) -> float:
    """The values, of nodes each, added up; NaN when one is no number, 0 when there is none."""
    numbers = _numbers(values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # beyond the largest number, or of infinities of both signs
        return sum(numbers, 0.0)


def max_(*values: Value) -> float:
    """The largest; NaN when one is no number or there is none."""
    numbers = _numbers(values)
    return math.nan if any(map(math.isnan, numbers)) else max(numbers, default=math.nan)


def min_(*values: Value) -> float:
    """The smallest; NaN when one is no number or there is none."""
    numbers = _numbers(values)
    return math.nan if any(map(math.isnan, numbers)) else min(numbers, default=math.nan)


def pow_(value: Value, exponent: Value) -> float:
    """The value to the power."""
    base, power = to_number(value), to_number(exponent)
    try:
        return math.pow(base, power)
    except OverflowError:
        return -math.inf if base < 0 and power % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def log(value: Value) -> float:
    """Natural logarithm."""
    return _log(value, math.log)


def log10(value: Value) -> float:
    """Logarithm to base ten."""
    return _log(value, math.log10)


# Choices


def selected(chosen: Value, code: Value) -> bool:
    """True when the code is among the chosen ones; also for nothing among nothing, as other engines say."""
    codes, wanted = to_text(chosen).split(), to_text(code).strip()
    return wanted in codes if wanted else not codes


def selected_at(chosen: Value, index: Value) -> str:
    """The code at that place, counted from 0; "" when there is none."""
    codes, place = to_text(chosen).split(), to_number(index)
    return codes[int(place)] if 0 <= place < len(codes) else ""


def count_selected(chosen: Value) -> float:
    """How many codes are chosen."""
    return float(len(to_text(chosen).split()))


# Dates


def date_(value: Value) -> str:
    """The date as ISO text, with a time of day the moment in UTC, as Web Forms and Enketo write it.

    From a number, that many days after 1970-01-01; "" for what is neither.
    """
    value = scalar(value)
    if isinstance(value, str):
        moment, timed = moment_of(value), len(value.strip()) > 10
    else:
        moment = moment_from_days(value) if math.isfinite(value) else None
        timed = moment is not None and value != math.floor(value)
    if moment is None:
        return ""
    if not timed:
        return iso_date(moment)
    try:
        return iso_moment(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError:  # in UTC it lies before the first year or after the last
        return ""


def decimal_date_time(value: Value) -> float:
    """Days since 1970-01-01, with the time as fraction."""
    return to_number(value)


def decimal_time(value: Value) -> float:
    """The time as part of the day, from 0 to 1."""
    fraction = day_fraction(to_text(value))
    if fraction is None:
        moment = moment_of(to_text(value))
        fraction = None if moment is None else day_fraction(moment.strftime("%H:%M:%S"))
    return math.nan if fraction is None else fraction


def format_date(value: Value, pattern: Value, language: str = "") -> str:
    """The date written by a pattern such as "%e %b %Y", names in that language; "" when there is no date."""
    moment: datetime | None
    value = scalar(value)
    if isinstance(value, str) and math.isnan(to_number(value)):
        return ""
    if isinstance(value, str) and (moment := moment_of(value)):
        return bounded(formatted(moment, to_text(pattern), language))
    number = to_number(value)
    moment = moment_from_days(number) if math.isfinite(number) else None
    return bounded(formatted(moment, to_text(pattern), language)) if moment else ""


# What needs the context, or not all of its arguments


def _if(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    condition, then, otherwise = arguments
    return then(context) if to_boolean(condition(context)) else otherwise(context)


def _coalesce(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    for argument in arguments[:-1]:
        value = scalar(argument(context))
        if not is_empty(value):
            return value
    return scalar(arguments[-1](context))


def _once(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    if not is_empty(context.current):
        return context.current
    value = arguments[0](context)
    return "" if is_empty(value) else value  # Web Forms; Enketo would store the text "NaN"


def _choice_name(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    code, reference = (to_text(argument(context)) for argument in arguments)
    question = reference.strip().removeprefix("${").removesuffix("}").strip().rpartition("/")[2]
    return context.choice_label(question, code)


def _format_date(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    return format_date(arguments[0](context), arguments[1](context), context.language)


# Nodes


def _count(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    found = arguments[0](context)
    return float(len(found)) if isinstance(found, tuple) else math.nan


def _count_non_empty(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    found = arguments[0](context)
    return float(sum(node.value() != "" for node in found)) if isinstance(found, tuple) else math.nan


def _position(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    if not arguments:
        return float(context.position)
    found = arguments[0](context)
    return float(found[0].position()) if isinstance(found, tuple) and found else math.nan


def _last(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    return float(context.size)


def _current(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    return () if context.origin is None else (context.origin,)


def _instance(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    found = context.instance(to_text(arguments[0](context)))
    return () if found is None else (found,)


def _randomize(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    found = arguments[0](context)
    if not isinstance(found, tuple):
        return found
    seed = to_number(arguments[1](context)) if len(arguments) > 1 else math.nan
    if not math.isfinite(seed):
        seed = math.floor(context.draw() * 2_147_483_646) + 1
    return tuple(shuffled(found, seed))


def shuffled(items: Sequence[_Item], seed: float) -> list[_Item]:
    """The items in the order that every ODK tool gives for this seed.

    Fisher-Yates with the generator of Park and Miller, as https://getodk.github.io/xforms-spec/#fn:randomize tells.
    """
    state = int(seed) % 2_147_483_647
    state = state + 2_147_483_646 if state <= 0 else state
    mixed = list(items)
    for left in range(len(mixed), 0, -1):
        state = state * 16_807 % 2_147_483_647
        chosen = math.floor((state - 1) / 2_147_483_646 * left)
        mixed[left - 1], mixed[chosen] = mixed[chosen], mixed[left - 1]
    return mixed


def _pulldata(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    table, column, key_column, key = (to_text(argument(context)) for argument in arguments)
    return context.table(table.strip(), column.strip(), key_column.strip(), key)


def _itext(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    return context.words(to_text(arguments[0](context)))


def _not_a_reference(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    raise ExpressionError("expression.indexed_repeat")  # with references it is compiled in another way


def _implicit(function: Callable[[Value], Value]) -> Function:
    """A function of one value that means the context's own when it gets none."""
    return Function(
        least=0,
        most=1,
        call=lambda context, arguments: function(arguments[0](context) if arguments else context.current),
    )


def _uuid(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
    length = to_number(arguments[0](context)) if arguments else math.nan
    if length >= 0:
        return "".join(f"{int(context.draw() * 16):x}" for _ in range(int(min(length, _MAX_UUID))))
    digits = 0
    for _ in range(8):
        digits = (digits << 16) | (int(context.draw() * 65_536) & 0xFFFF)
    return str(uuid.UUID(int=digits, version=4))


def _plain(function: Callable[..., Value], least: int, most: int | None) -> Function:
    """A function of values only."""

    def call(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
        if len(arguments) == 2:  # the commonest, made fast
            return function(arguments[0](context), arguments[1](context))
        return function(*[argument(context) for argument in arguments])

    return Function(least=least, most=most, call=call)


def _numeric(function: Callable[..., float], count: int) -> Function:
    """A function of numbers from the math library; NaN where it has no value."""

    def call(context: EvaluationContext, arguments: tuple[Expression, ...]) -> Value:
        try:
            return float(function(*[to_number(argument(context)) for argument in arguments]))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return Function(least=count, most=count, call=call)


def _index(number: float) -> int:
    return int(max(-(2.0**31), min(2.0**31, number)))


def _numbers(values: Iterable[Value]) -> list[float]:
    return [to_number(value) for value in scalars(values)]


def _within(count: float, least: Value, most: Value) -> bool:
    lowest, highest = to_number(least), to_number(most)
    return (lowest < 0 or count >= lowest) and (highest < 0 or count <= highest)


def _log(value: Value, logarithm: Callable[[float], float]) -> float:
    number = to_number(value)
    if number == 0:
        return -math.inf
    return logarithm(number) if number > 0 else math.nan


FUNCTIONS: dict[str, Function] = {
    "string": _implicit(to_text),
    "concat": _plain(concat, 0, None),
    "join": _plain(join, 2, None),
    "substr": _plain(substr, 2, 3),
    "substring": _plain(substring, 2, 3),
    "substring-before": _plain(substring_before, 2, 2),
    "substring-after": _plain(substring_after, 2, 2),
    "translate": _plain(translate, 3, 3),
    "string-length": _implicit(string_length),
    "normalize-space": _implicit(normalize_space),
    "contains": _plain(contains, 2, 2),
    "starts-with": _plain(starts_with, 2, 2),
    "ends-with": _plain(ends_with, 2, 2),
    "regex": _plain(regex, 2, 2),
    "digest": _plain(digest, 2, 3),
    "base64-decode": _plain(base64_decode, 1, 1),
    "uuid": Function(least=0, most=1, call=_uuid),
    "if": Function(least=3, most=3, call=_if),
    "coalesce": Function(least=2, most=None, call=_coalesce),
    "once": Function(least=1, most=1, call=_once),
    "true": _plain(lambda: True, 0, 0),
    "false": _plain(lambda: False, 0, 0),
    "boolean": _plain(to_boolean, 1, 1),
    "boolean-from-string": _plain(boolean_from_string, 1, 1),
    "not": _plain(not_, 1, 1),
    "checklist": _plain(checklist, 3, None),
    "weighted-checklist": _plain(weighted_checklist, 4, None),
    "number": _implicit(to_number),
    "int": _plain(int_, 1, 1),
    "floor": _plain(floor, 1, 1),
    "ceiling": _plain(ceiling, 1, 1),
    "round": _plain(round_, 1, 2),
    "sum": _plain(sum_, 1, None),
    "max": _plain(max_, 1, None),
    "min": _plain(min_, 1, None),
    "count": Function(least=1, most=1, call=_count, of_nodes=True),
    "count-non-empty": Function(least=1, most=1, call=_count_non_empty, of_nodes=True),
    "position": Function(least=0, most=1, call=_position, of_nodes=True),
    "last": Function(least=0, most=0, call=_last),
    "current": Function(least=0, most=0, call=_current),
    "instance": Function(least=1, most=1, call=_instance),
    "randomize": Function(least=1, most=2, call=_randomize, of_nodes=True),
    "indexed-repeat": Function(least=3, most=None, call=_not_a_reference),
    "pulldata": Function(least=4, most=4, call=_pulldata),
    "jr:itext": Function(least=1, most=1, call=_itext),
    "area": _plain(area, 1, 1),
    "distance": _plain(distance, 1, None),
    "geofence": _plain(geofence, 2, 2),
    "intersects": _plain(intersects, 1, 1),
    "pow": _plain(pow_, 2, 2),
    "log": _plain(log, 1, 1),
    "log10": _plain(log10, 1, 1),
    "abs": _numeric(math.fabs, 1),
    "sqrt": _numeric(math.sqrt, 1),
    "exp": _numeric(math.exp, 1),
    "exp10": _numeric(lambda exponent: math.pow(10, exponent), 1),
    "pi": _numeric(lambda: math.pi, 0),
    "sin": _numeric(math.sin, 1),
    "cos": _numeric(math.cos, 1),
    "tan": _numeric(math.tan, 1),
    "asin": _numeric(math.asin, 1),
    "acos": _numeric(math.acos, 1),
    "atan": _numeric(math.atan, 1),
    "atan2": _numeric(math.atan2, 2),
    "random": Function(least=0, most=0, call=lambda context, arguments: context.draw()),
    "selected": _plain(selected, 2, 2),
    "selected-at": _plain(selected_at, 2, 2),
    "count-selected": _plain(count_selected, 1, 1),
    "jr:choice-name": Function(least=2, most=2, call=_choice_name),
    "today": Function(least=0, most=0, call=lambda context, arguments: iso_date(context.today)),
    "now": Function(least=0, most=0, call=lambda context, arguments: iso_moment(context.now)),
    "date": _plain(date_, 1, 1),
    "date-time": _plain(date_, 1, 1),
    "decimal-date-time": _plain(decimal_date_time, 1, 1),
    "decimal-time": _plain(decimal_time, 1, 1),
    "format-date": Function(least=2, most=2, call=_format_date),
    "format-date-time": Function(least=2, most=2, call=_format_date),
}

NOT_OFFERED = frozenset(
    ["extract-signed", "id", "name", "local-name", "namespace-uri", "lang", "property", "instance-id", "version"]
)
"""Functions that need signatures, XML names or the device; no questionnaire of an organisation asks for them."""
