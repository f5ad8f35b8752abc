"""An expression's text cut into tokens. It knows the spelling of the language, not its grammar.

Typographic quotation marks and no-break spaces, which spreadsheets put in by themselves, are read as the plain ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from survey.logic.values import ExpressionError

MAX_LENGTH = 32_767
"""Longest expression: what a spreadsheet cell holds."""
MAX_TOKENS = 8_000


class Part(StrEnum):
    """What a token is."""

    NUMBER = "number"
    STRING = "string"
    REFERENCE = "reference"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression: what it is, its content (without quotation marks or ${}), and its 0-based place."""

    part: Part
    text: str
    position: int


_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_QUESTION_NAME = re.compile(r"[^\W\d][\w.\-]*")
_NAME = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")
_SIGN = re.compile(r"<=|>=|!=|\.\.|//|::|==|[-+*=<>(),./|\[\]@]")
_CLOSING = {"'": "'", '"': '"', "‘": "’‘", "’": "’‘", "“": "”“", "”": "”“", "„": "“”"}
_ODD_SPACE = re.compile(r"[^\S \t\r\n]")


def tokens(text: str) -> tuple[Token, ...]:
    """All tokens of the text, closed by one END; raises ExpressionError where something has no place."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError("expression.too_long", position=MAX_LENGTH, limit=MAX_LENGTH)
    found: list[Token] = []
    for token in _cut(text):
        found.append(token)
        if len(found) > MAX_TOKENS:
            raise ExpressionError("expression.too_long", position=token.position, limit=MAX_LENGTH)
    return (*found, Token(Part.END, "", len(text)))


def odd_characters(text: str) -> tuple[str, ...]:
    """Typographic quotation marks and odd spaces outside of literals, which other tools refuse."""
    odd: list[str] = []
    covered = 0
    try:
        for token in _cut(text):
            odd += _ODD_SPACE.findall(text[covered : token.position])
            if token.part is Part.STRING:
                if text[token.position] not in "'\"":
                    odd.append(text[token.position])
                covered = token.position + len(token.text) + 2
            else:
                covered = token.position + 1
    except ExpressionError:
        pass  # a broken expression is reported as such
    return tuple(dict.fromkeys(odd))


def _cut(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        character = text[position]
        if space := _SPACE.match(text, position):
            position = space.end()
        elif character in _CLOSING:
            end = next((place for place in range(position + 1, len(text)) if text[place] in _CLOSING[character]), -1)
            if end < 0:
                raise ExpressionError("expression.unclosed_quote", position=position)
            yield Token(Part.STRING, text[position + 1 : end], position)
            position = end + 1
        elif character == "$":
            reference = _REFERENCE.match(text, position)
            if not reference or not _QUESTION_NAME.fullmatch(reference[1].strip()):
                raise ExpressionError("expression.bad_reference", position=position)
            yield Token(Part.REFERENCE, reference[1].strip(), position)
            position = reference.end()
        else:
            for part, pattern in ((Part.NUMBER, _NUMBER), (Part.NAME, _NAME), (Part.SIGN, _SIGN)):
                if matched := pattern.match(text, position):
                    yield Token(part, matched[0], position)
                    position = matched.end()
                    break
            else:
                raise ExpressionError("expression.unknown_character", position=position, character=character)
