"""The type column: every spelling of every type, and what becomes of it in a browser form.

Specification: https://xlsform.org/en/#question-types; aliases as in pyxform's `aliases.py`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from survey.questionnaire import Kind

Structure = Literal["begin group", "end group", "begin repeat", "end repeat"]

_KINDS = {
    Kind.TEXT: "text string",
    Kind.INTEGER: "integer int",
    Kind.DECIMAL: "decimal",
    Kind.RANGE: "range",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime date_time",
    Kind.ACKNOWLEDGE: "acknowledge trigger",
    Kind.NOTE: "note",
    Kind.FILE: "file",
    Kind.IMAGE: "image photo",
    Kind.AUDIO: "audio",
    Kind.VIDEO: "video",
    Kind.GEOPOINT: "geopoint gps location",
    Kind.CALCULATE: "calculate",
    Kind.HIDDEN: "hidden",
    Kind.METADATA: "start end today deviceid imei username phonenumber email subscriberid simserial uri:deviceid",
}
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_LEGACY = {
    "phone_number": Kind.TEXT,
    "percentage": Kind.INTEGER,
    "number_of_days_in_last_month": Kind.INTEGER,
    "number_of_days_in_last_six_months": Kind.INTEGER,
    "number_of_days_in_last_year": Kind.INTEGER,
    "barcode": Kind.TEXT,
}
_SELECTS = {
    "select_one": Kind.SELECT_ONE,
    "select1": Kind.SELECT_ONE,
    "select_one_from": Kind.SELECT_ONE,
    "add_select_one_prompt_using": Kind.SELECT_ONE,
    "select_multiple": Kind.SELECT_MULTIPLE,
    "select_multiple_from": Kind.SELECT_MULTIPLE,
    "select_all_that_apply": Kind.SELECT_MULTIPLE,
    "select_all_that_apply_from": Kind.SELECT_MULTIPLE,
    "add_select_multiple_prompt_using": Kind.SELECT_MULTIPLE,
    "rank": Kind.RANK,
}
NOT_COLLECTED = frozenset(
    ["audit", "start-geopoint", "background-geopoint", "background-audio", "csv-external", "xml-external"]
)
"""Types without an input that a browser form does nothing with."""
NOT_ASKED = frozenset(
    ["geotrace", "geoshape", "osm", "select_one_external", "select_one_from_file", "select_multiple_from_file"]
)
"""Types with an input that this browser form cannot show yet."""
_STRUCTURE = re.compile(r"(begin|end)[_ ](group|repeat|lgroup|looped group|loop)\b.*")
_ASK_PREFIX = re.compile(r"(?:add |q )(.*?)(?: prompt)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionType:
    """What a type cell means. `kind` is None when no question comes of it; `written` is the type's first word."""

    kind: Kind | None
    written: str
    list_name: str = ""
    or_other: bool = False
    metadata: str = ""


def structure_of(cell: str) -> Structure | None:
    """Which bracket of a group or repeat the cell is, None when it is none."""
    found = _STRUCTURE.fullmatch(re.sub(r"\s+", " ", cell.strip().lower()))
    if not found:
        return None
    if found[1] == "begin":
        return "begin group" if found[2] == "group" else "begin repeat"
    return "end group" if found[2] == "group" else "end repeat"


def question_type_of(cell: str) -> QuestionType:
    """The meaning of a type cell that is no bracket."""
    words = cell.split()
    or_other = words[-1:] == ["or_other"] or words[-3:] == ["or", "specify", "other"]
    if or_other:
        words = words[: -1 if words[-1] == "or_other" else -3]
    verb = "_".join(words[:-1]).lower()
    if verb in _SELECTS and len(words) > 1:
        return QuestionType(kind=_SELECTS[verb], written=words[0], list_name=words[-1], or_other=or_other)
    whole = "_".join(words).lower()
    if whole in _SELECTS:
        return QuestionType(kind=_SELECTS[whole], written=whole)
    asked = _ASK_PREFIX.fullmatch(" ".join(words).lower())
    if asked and asked[1].replace(" ", "_") in _BY_NAME:
        whole = asked[1].replace(" ", "_")
    kind = _BY_NAME.get(whole) or _LEGACY.get(whole)
    return QuestionType(
        kind=kind,
        written=whole if kind else (words[0].lower() if words else ""),
        metadata=whole.removeprefix("uri:") if kind is Kind.METADATA else "",
    )
