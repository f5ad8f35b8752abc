"""What a form, a spreadsheet or a program sends, made into an answer.

Only the shape is judged here; whether an answer fits the others is a matter of `survey.logic.form_state`.
"""

import math
import re
from collections.abc import Iterable
from datetime import date

from data.errors import InvalidInput
from survey.logic.dates import iso_date, moment_of
from survey.logic.geography import figures, points
from survey.logic.typed_numbers import PROGRAMS, read_number
from survey.questionnaire import NUMBER_KINDS, PLACE_KINDS, UNASKED_KINDS, UPLOAD_KINDS, Answer, Kind, Question

MAX_TEXT = 20_000
"""Longest answer in characters, so that nobody can post megabytes."""
MAX_CODES = 1_000
ACKNOWLEDGED = "OK"
"""What XForms stores for an acknowledge question."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""Signs that no answer has: no keyboard makes them, no XML holds them, and PostgreSQL keeps no NUL."""
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{1,2}", re.ASCII)
_MAX_NUMBER = 1e15


def coerce(question: Question, raw: object, language: str = "") -> Answer | None:
    """The answer that `raw` stands for; None when it is empty.

    raw       text, number, boolean, date, or a list of codes; codes may also come as one text with spaces between.
    language  of whoever wrote a number; "" where that is not known, so that `1,000` is refused
    Raises    InvalidInput with an `answer.` code and the question's name when it cannot be an answer to this question.
    """
    kind = question.kind
    if kind in UNASKED_KINDS:
        raise InvalidInput("answer.not_askable", question=question.name)
    if kind is Kind.SELECT_MULTIPLE or kind is Kind.RANK:
        return _codes(question, raw)
    if type(raw) is str and len(raw) <= MAX_TEXT and raw.isprintable():  # nearly every answer
        text = raw.strip()
    else:
        text = _text(question, raw)
    if not text:
        return None
    if kind is Kind.TEXT:
        return text
    if kind is Kind.SELECT_ONE:
        if len(text.split()) > 1:
            raise InvalidInput("answer.not_a_choice", question=question.name, choice=text[:100])
        return text
    if kind in NUMBER_KINDS:
        # A number that comes as such, and the values that a range offers, are written as programs do.
        as_data = not isinstance(raw, str | list | tuple) or kind is Kind.RANGE
        return _number(question, text, PROGRAMS if as_data else language)
    if kind in PLACE_KINDS:
        return _place(question, text)
    match kind:
        case Kind.DATE:
            return _date(question, text)
        case Kind.TIME:
            return _time(question, text)
        case Kind.DATETIME:
            if moment_of(text) is None:
                raise InvalidInput("answer.not_a_date", question=question.name)
        case Kind.ACKNOWLEDGE:
            return _acknowledged(question, text)
    if kind in UPLOAD_KINDS and len(text) > 500:
        raise InvalidInput("answer.too_long", question=question.name, limit=500)
    return text


def cleaned(text: str) -> str:
    """The text without control characters and surrounding space, with line ends as \\n."""
    if text.isprintable():  # nearly every answer
        return text.strip()
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _text(question: Question, raw: object) -> str:
    if isinstance(raw, str):
        return _within(question, raw)
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else ("" if question.kind is Kind.ACKNOWLEDGE else "false")
    if isinstance(raw, int | float):
        if isinstance(raw, float) and not math.isfinite(raw):
            return ""
        if abs(raw) > _MAX_NUMBER:
            raise InvalidInput("answer.not_a_number", question=question.name)
        return str(int(raw)) if raw == int(raw) else repr(raw)
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, list | tuple) and len(raw) <= 1:
        return _text(question, raw[0]) if raw and isinstance(raw[0], str | int | float) else ""
    raise InvalidInput("answer.not_text", question=question.name)


def _within(question: Question, raw: str) -> str:
    if len(raw) > 2 * MAX_TEXT:
        raise InvalidInput("answer.too_long", question=question.name, limit=MAX_TEXT)
    text = cleaned(raw)
    if len(text) > MAX_TEXT:
        raise InvalidInput("answer.too_long", question=question.name, limit=MAX_TEXT)
    return text


def _number(question: Question, text: str, language: str) -> int | float:
    whole = question.kind is Kind.INTEGER
    try:
        plain = read_number(text, language, whole=whole)
    except InvalidInput as error:
        raise InvalidInput(error.code, question=question.name, **error.params) from None
    if plain is None or abs(number := float(plain)) > _MAX_NUMBER:
        raise InvalidInput("answer.not_a_number", question=question.name)
    if whole and number != int(number):
        raise InvalidInput("answer.not_an_integer", question=question.name)
    return int(number) if number == int(number) else number


def _ascii_digit(character: str) -> str:
    """Arabic-Indic and other decimal digits as 0-9; the Arabic decimal sign as a point."""
    if character == "٫":
        return "."
    return str(int(character)) if character.isdecimal() else character


def _date(question: Question, text: str) -> str:
    if "year" in question.appearance and _YEAR.fullmatch(text):
        text += "-01-01"
    elif "month-year" in question.appearance and _MONTH.fullmatch(text):
        text += "-01"
    moment = moment_of(text)
    if moment is None:
        raise InvalidInput("answer.not_a_date", question=question.name)
    return iso_date(moment)


def _place(question: Question, text: str) -> str:
    """One point, or with two and three at least a line or outline, as "latitude longitude altitude accuracy;...".

    Decimal commas are understood, and the comma that maps write between latitude and longitude.
    """
    text = "".join(map(_ascii_digit, text))
    found = points(text)
    least, most = {Kind.GEOTRACE: (2, 1_000), Kind.GEOSHAPE: (3, 1_000)}.get(question.kind, (1, 1))
    if found is None or not least <= len(found) <= most:
        raise InvalidInput("answer.not_a_place", question=question.name, least=least)
    parts = [" ".join(figures(part)) for part in text.replace("\n", " ").split(";")]
    return ";".join(part for part in parts if part)


def _time(question: Question, text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        raise InvalidInput("answer.not_a_time", question=question.name)
    return f"{int(found[1]):02d}:{found[2]}" + (f":{found[3]}" if found[3] and found[3] != "00" else "")


def _acknowledged(question: Question, text: str) -> str | None:
    if text.lower() in ("ok", "true", "on", "yes", "1"):
        return ACKNOWLEDGED
    if text.lower() in ("false", "off", "no", "0"):
        return None
    raise InvalidInput("answer.not_a_choice", question=question.name, choice=text[:100])


def _codes(question: Question, raw: object) -> tuple[str, ...] | None:
    if isinstance(raw, Iterable) and not isinstance(raw, str | bytes | dict):
        parts = list(raw)
        if not all(isinstance(part, str | int) for part in parts):
            raise InvalidInput("answer.not_text", question=question.name)
        codes = tuple(code for part in parts[: MAX_CODES + 1] if (code := cleaned(str(part)[:MAX_TEXT])))
    else:
        codes = tuple(_text(question, raw).split())
    if len(codes) > MAX_CODES:
        raise InvalidInput("answer.too_long", question=question.name, limit=MAX_CODES)
    if len(set(codes)) != len(codes):
        raise InvalidInput("answer.duplicate_choice", question=question.name)
    return codes or None
