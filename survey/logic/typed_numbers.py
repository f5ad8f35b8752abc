"""Numbers as people type them: the digits of every script, and the signs that part thousands and decimals.

`1,000` is a thousand to one reader and one to another. Where neither the signs nor the reader's language decide, the
number is refused, because whoever is misread by a factor of a thousand is never told.
"""

import re
from collections.abc import Mapping

from data.errors import InvalidInput
from survey.logic.values import to_text

PROGRAMS = "en"
"""How forms and tables of data write numbers."""
_DECIMAL_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("en", "zh", "ja", "ko", "th", "hi", "bn", "sw", "am"), "."),
    **dict.fromkeys(("fr", "ru", "de", "pt", "it", "nl", "pl", "uk", "tr", "id", "vi"), ","),
}
"""Where one sign alone begins the decimals. Spanish and Arabic have either, by the country."""
_LEFT_OUT = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_ALIKE = str.maketrans(
    {
        **dict.fromkeys(" \u00a0\u2007\u2008\u2009\u202f'’ʼ`´＇٬", "_"),  # they part thousands and nothing else
        "٫": ":",  # it begins decimals and nothing else
        **dict.fromkeys("،，", ","),
        "．": ".",
        **dict.fromkeys("\u2212－", "-"),
        "＋": "+",
    }
)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""One sign after which a group of thousands may stand as well as three decimals."""
_GROUPED = re.compile(r"[+-]?(?:\d{1,3}(?:([_.,])\d{3})(?:\1\d{3})*|\d{1,2}(?:([_,])\d\d)+\2\d{3})", re.ASCII)
"""Thousands, also as in India: 12,34,567."""


def read_number(text: str, language: str, *, whole: bool) -> str | None:
    """The number as `float` reads it; None where it is none.

    language  of the reader; "" refuses whatever some reader would understand otherwise
    whole     only whole numbers are asked
    Raises    InvalidInput("answer.ambiguous_whole", "answer.ambiguous_number") with ways in which it can be written.
    """
    plain = "".join(map(_ascii_digit, text.translate(_LEFT_OUT).translate(_ALIKE)))
    marks = [sign for sign in plain if sign in "_.,:"]
    decimal = marks[-1] if marks and marks[-1] != "_" and marks.count(marks[-1]) == 1 else ""
    if _EITHER.fullmatch(plain) and not _begins_decimals(plain, decimal, language, whole=whole):
        decimal = ""
    front, _sign, back = plain.partition(decimal) if decimal else (plain, "", "")
    if _GROUPED.fullmatch(front):
        front = re.sub("[_.,]", "", front)
    number = f"{front}.{back}" if decimal else front
    return number if _PLAIN.fullmatch(number) else None


def _begins_decimals(plain: str, sign: str, language: str, *, whole: bool) -> bool:
    """True when three decimals follow the sign, false when a group of thousands does."""
    begins = _DECIMAL_SIGNS.get(language.split("-")[0])
    if begins == "." and sign == ",":
        return False
    # Nobody writes three decimals that are nothing; whoever writes 1,000 in French may well mean a thousand.
    if begins == sign and not whole and not (sign == "," and plain.endswith("000")):
        return True
    front, _sign, back = plain.partition(sign)
    thousands = front + back
    if whole:
        raise InvalidInput("answer.ambiguous_whole", whole=thousands)
    short = back.rstrip("0") or "0"
    raise InvalidInput(
        "answer.ambiguous_number",
        whole=thousands,
        decimal=f"{front}{sign}{short if len(short) < 3 else short + '0'}",
    )


def written_number(value: int | float, language: str) -> str:
    """The number as it stands in a field for a reader of this language, who may send it back as it is."""
    text = to_text(float(value)) if isinstance(value, float) else str(value)
    begins = _DECIMAL_SIGNS.get(language.split("-")[0])
    if begins is None and _EITHER.fullmatch(text):
        return text + "0"
    return text.replace(".", begins or ".")


def _ascii_digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character
