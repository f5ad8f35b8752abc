"""A table of data with its labels, before any format is chosen: what every writer of this room reads.

Numbers, choices and reasons for a missing value are coded here once, so that all formats hold the same codes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from survey.questionnaire import Text

NumberArray: TypeAlias = NDArray[np.int8] | NDArray[np.int16] | NDArray[np.int32] | NDArray[np.float64]
QUERY = "Query: "
"""What a line inside a file begins with that says what was asked of it, for programs."""
LONGEST_NAME = 32
"""Stata's limit; SPSS allows 64 bytes."""
_RESERVED = (
    " all and by eq ge gt le lt ne not or to with "  # SPSS
    " _all _b _n _cons byte double float if in int long str strl using "  # Stata
    " break else false for function inf na nan next null repeat true while "  # R
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Reason(StrEnum):
    """Why a value is missing; the order gives the codes."""

    NOT_ASKED = "not_asked"
    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_RANKED = "not_ranked"
    HIDDEN = "hidden"
    NOT_APPLICABLE = "not_applicable"


REASONS = tuple(Reason)


class Measure(StrEnum):
    """What may be computed with a column; the words are those of SPSS."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A code of a column: the number in the file, the name in the questionnaire, and the words."""

    code: int
    name: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberColumn:
    """A column of numbers: codes of choices, flags, ranks or quantities.

    name      in the file; unique whatever its case, and allowed in SPSS, Stata and R
    question  name in the questionnaire, with "/code" for an option of a multiple choice
    numbers   (n,) without NaN: a missing value is a code of its reason
    values    the codes that have words; () for quantities
    reasons   those that can occur
    whole     True when every number is whole
    versions  of the questionnaire that ask it, when not all do
    is_weight True when rows are to be weighted by it
    """

    name: str
    question: str
    label: Text
    numbers: NumberArray
    measure: Measure
    values: tuple[Value, ...] = ()
    reasons: tuple[Reason, ...] = ()
    whole: bool = True
    versions: tuple[int, ...] = ()
    is_weight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordColumn:
    """A column of words; `texts` has n of them, "" where there is none."""

    name: str
    question: str
    label: Text
    texts: Sequence[str]
    versions: tuple[int, ...] = ()


FileColumn: TypeAlias = NumberColumn | WordColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleSet:
    """The columns of one question with several answers: 1 = chosen."""

    name: str
    label: Text
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a reader must know of a table besides its columns.

    rows        what one row is, in words
    snapshot    SHA-256 (64 hex digits) of the state of the data
    query       what was asked of it, as `provenance.of_data` writes it
    protected   True when counts below the threshold are hidden
    weights     lines on the columns of weights; () without such columns
    notes       further lines: filters, what was left out
    consent     what respondents agreed to, "" when they were not asked
    conditions  what may be done with the file
    """

    consultation: str
    title: str
    rows: str
    made_at: datetime
    snapshot: str
    fictional: bool
    protected: bool
    weights: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    query: str = ""
    consent: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataTable:
    """Columns of n rows with their labels in every language of the questionnaire.

    language          of the labels in files that have one language only
    default_language  whose words stand in where that one has none
    first_reason      code of REASONS[0]; that of REASONS[i] is first_reason + i
    reason_labels     words of REASONS, in `language`
    """

    columns: tuple[FileColumn, ...]
    sets: tuple[MultipleSet, ...]
    about: About
    language: str
    default_language: str
    first_reason: int
    reason_labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of rows."""
        if not self.columns:
            return 0
        first = self.columns[0]
        return len(first.texts) if isinstance(first, WordColumn) else len(first.numbers)

    def words(self, text: Text, otherwise: str) -> str:
        """The text in the table's language, on one line."""
        return " ".join((text.in_language(self.language, self.default_language) or otherwise).split())

    def code_of(self, reason: Reason) -> int:
        """The number that stands for a reason."""
        return self.first_reason + REASONS.index(reason)

    def reason_words(self, reason: Reason) -> str:
        """The reason in the table's language."""
        return self.reason_labels[REASONS.index(reason)]


def first_reason(numbers: Iterable[NDArray[np.float64]]) -> int:
    """The code of the first reason: -99, or -999, -9999 ... where a number of the data lies among those codes."""
    arrays = list(numbers)
    low = -99
    while any(((each >= low) & (each < low + len(REASONS))).any() for each in arrays):
        low = low * 10 - 9
    return low


def file_names(wanted: Iterable[str]) -> list[str]:
    """Names that SPSS, Stata and R allow, at most 32 letters, no two alike whatever their case, in the same order."""
    names: list[str] = []
    taken: set[str] = set()
    for each in wanted:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", each)
        if not plain[:1].isalpha() or f" {plain.lower()} " in _RESERVED or re.fullmatch(r"(?i)str\d+", plain):
            plain = f"v_{plain}"
        # SPSS lets no name end in an underscore without a warning.
        name, number = plain[:LONGEST_NAME].rstrip("_"), 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = plain[: LONGEST_NAME - len(ending)].rstrip("_") + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def english_stamp(moment: datetime, rest: str) -> bytes:
    """Day and month as SPSS and Stata write them in their headers, whatever the locale, then `rest` by strftime."""
    return f"{moment:%d} {_MONTHS[moment.month - 1]} {moment.strftime(rest)}".encode()


def cut(text: str, most_bytes: int) -> str:
    """The text within so many bytes of UTF-8, with an ellipsis where something was left out."""
    if len(text.encode()) <= most_bytes:
        return text
    kept = text.encode()[: most_bytes - 3].decode(errors="ignore")
    return f"{kept.rstrip()}…"
