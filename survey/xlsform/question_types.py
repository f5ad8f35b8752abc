"""The type column: every spelling of every type, and what becomes of it in a browser form.

Specification: https://xlsform.org/en/#question-types; spellings as in pyxform's `aliases.py` and
`question_type_dictionary.py`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from survey.questionnaire import Kind
from survey.xlsform.issues import nearest

Structure = Literal["begin group", "end group", "begin repeat", "end repeat", "begin loop", "end loop"]

_KINDS = {
    Kind.TEXT: "text string phone_number barcode",
    Kind.INTEGER: (
        "integer int percentage number_of_days_in_last_month number_of_days_in_last_six_months"
        " number_of_days_in_last_year"
    ),
    Kind.DECIMAL: "decimal",
    Kind.RANGE: "range",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime date_time",
    Kind.ACKNOWLEDGE: "acknowledge trigger",
    Kind.NOTE: "note",
    Kind.FILE: "file",
    Kind.IMAGE: "image photo picture",
    Kind.AUDIO: "audio",
    Kind.VIDEO: "video",
    Kind.GEOPOINT: "geopoint gps location",
    Kind.GEOTRACE: "geotrace",
    Kind.GEOSHAPE: "geoshape",
    Kind.CALCULATE: "calculate",
    Kind.HIDDEN: "hidden",
    Kind.METADATA: "start end today deviceid username phonenumber email subscriberid simserial",
}
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_METADATA = {
    "imei": "deviceid",
    "device_id": "deviceid",
    "get_device_id": "deviceid",
    "start_time": "start",
    "get_start_time": "start",
    "end_time": "end",
    "get_end_time": "end",
    "get_today": "today",
    "get_phone_number": "phonenumber",
    "subscriber_id": "subscriberid",
    "get_subscriber_id": "subscriberid",
    "sim_id": "simserial",
    "get_sim_id": "simserial",
}
_BY_PREFIX = frozenset(_BY_NAME) - set(_KINDS[Kind.METADATA].split())
"""What may stand in `add ... prompt` and `q ...`."""
INHERENT = {
    "percentage": ("0 <= . and . <= 100", ""),
    "phone_number": (r"regex(., '^\d*$')", "Enter numbers only."),
    "number_of_days_in_last_month": ("0 <= . and . <= 31", "Enter a number 0-31."),
    "number_of_days_in_last_six_months": ("0 <= . and . <= 183", "Enter a number 0-183."),
    "number_of_days_in_last_year": ("0 <= . and . <= 365", "Enter a number 0-365."),
}
"""Constraint and hint that an old type brings with it where a row has none."""
_SELECT_ONE = (
    "select_one select1 select_one_from select_one_using add_select_one_prompt_using q_select1"
    " select_one_from_file select_one_external"
)
_SELECT_MULTIPLE = (
    "select_multiple select_multiple_from select_multiple_using select_all_that_apply select_all_that_apply_from"
    " add_select_multiple_prompt_using q_select select_multiple_from_file"
)
_SELECTS = {
    **dict.fromkeys(_SELECT_ONE.split(), Kind.SELECT_ONE),
    **dict.fromkeys(_SELECT_MULTIPLE.split(), Kind.SELECT_MULTIPLE),
    "rank": Kind.RANK,
}
TABLE_TYPES = {"csv-external": (".csv",), "xml-external": (".xml",)}
"""Types that attach a table under the row's name, with the endings it may have."""
NOT_COLLECTED = {
    "audit": "no record of the respondent's steps is kept",
    "start-geopoint": "the device's position is not read when the form is opened, and it stays empty",
    "background-geopoint": "the device's position is not read in the background, and it stays empty",
    "background-audio": "nothing is recorded in the background, and it stays empty",
    "osm": "no buildings can be picked from a map, and it is not asked",
    "deviceid": "a browser has no number of a device, and it stays empty",
    "subscriberid": "a browser has no subscriber, and it stays empty",
    "simserial": "a browser has no SIM card, and it stays empty",
    "username": "respondents have no user name, and it stays empty",
    "phonenumber": "a browser knows no telephone number, and it stays empty",
    "email": "respondents are not signed in, and it stays empty",
    "end": "it stays empty; the time at which a response is sent is kept with it",
}
"""Types that a browser form records nothing for, each with what follows from that. They are kept as METADATA."""
NOT_READ = {
    "include": "questions of another workbook are not taken in",
    "cascading_select": "cascades of columns are not taken apart",
}
"""Types of old forms for which nothing can be asked."""
SETTING_TYPES = {
    "form_title": "form_title",
    "set_form_title": "form_title",
    "form_id": "form_id",
    "set_form_id": "form_id",
    "prefix": "prefix",
}
"""Settings that old forms write into the sheet survey, as a type with the value as name."""

_ELSEWHERE = {
    "integer for whole numbers, decimal for others": "number numeric num float double real currency money amount",
    "select_one LIST": "select single single_select single_choice radio radio_button dropdown drop_down choice option"
    " mcq likert select_single choose_one one_choice",
    "select_multiple LIST": "select_all select_many multi multiple multiple_choice multi_select multiselect checkbox"
    " checkboxes select_multi choose_many check_all_that_apply",
    "select_one with a list of yes and no": "boolean bool yesno yes_no yes/no true_false",
    "text": "free_text freetext open open_ended open_text varchar char short_text url link website phone tel mobile",
    "text, with the appearance multiline": "paragraph longtext long_text textarea memo comment_box essay",
    "calculate": "calculation calc formula compute computed",
    "note": "label info information heading header title instruction instructions text_block display",
    "begin group": "section page group start_group group_start open_group begin",
    "end group": "close_group group_end end_section end_page",
    "begin repeat": "repeat roster start_repeat repeat_start table",
    "end repeat": "close_repeat repeat_end end_roster",
    "file": "attachment upload document",
    "rank": "ranking order sort",
    "range": "slider scale",
    "date": "day",
    "time": "hour",
    "image, with the appearance signature": "signature",
    "geopoint": "map coordinates point geo place",
}
_MEANT = {name: meant for meant, names in _ELSEWHERE.items() for name in names.split()}
_BRACKETS: dict[str, Structure] = {
    "begingroup": "begin group",
    "endgroup": "end group",
    "beginrepeat": "begin repeat",
    "endrepeat": "end repeat",
}
_STRUCTURE = re.compile(r"(begin|end)[_ ](group|repeat|lgroup|looped[_ ]group|loop)(?: (?:over )?(\S+))?(?: .*)?")
_ASK_PREFIX = re.compile(r"(?:add_(.+)_prompt|q_(.+))")
_OTHERS = (["or_other"], ["or", "other"], ["or", "specify", "other"])


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionType:
    """What a type cell means. `kind` is None when no question comes of it; `written` is its name."""

    kind: Kind | None
    written: str
    list_name: str = ""
    or_other: bool = False
    metadata: str = ""

    @property
    def from_file(self) -> bool:
        """True when the choices come from an attached file."""
        return self.written.endswith("_from_file")

    @property
    def external(self) -> bool:
        """True when the choices come from the sheet external_choices."""
        return self.written == "select_one_external"


def structure_of(cell: str) -> Structure | None:
    """Which bracket of a group, repeat or loop the cell is, None when it is none."""
    found = _STRUCTURE.fullmatch(" ".join(cell.lower().split()))
    if not found:
        return None
    kind = found[2] if found[2] in ("group", "loop") else "repeat"
    return f"{found[1]} {kind}"  # type: ignore[return-value]


def bracket_meant(cell: str) -> Structure | None:
    """Which bracket a cell that is no type was probably meant to be."""
    plain = re.sub(r"[\W_]+", "", cell.lower())
    near = nearest(plain, _BRACKETS, likeness=0.85)
    if near and plain[:2] == near[:2]:
        return _BRACKETS[near]
    meant = _MEANT.get(_plain(cell.split()).replace("-", "_"), "")
    return meant if meant in _BRACKETS.values() else None  # type: ignore[return-value]


def type_meant(cell: str, lists: Iterable[str]) -> str:
    """What to write in place of a cell that is no type; "" when it cannot be guessed."""
    words = cell.split()
    plain = _plain(words).replace("-", "_")
    by_lower = {name.lower(): name for name in lists}
    if plain in by_lower:
        return f"Write 'select_one {by_lower[plain]}', or select_multiple for several answers."
    if plain in _MEANT:
        return f"Write {_MEANT[plain]}."
    for verb in ("select_one", "select_multiple"):
        for split in range(1, len(words)):
            first, rest = _plain(words[:split]).replace("-", "_"), " ".join(words[split:])
            if _MEANT.get(first, "").startswith(f"{verb} LIST") or nearest(first, [verb], likeness=0.8):
                return f"Did you mean '{verb} {rest}'?"
        for name in by_lower:
            if plain in (f"{verb}_{name}", f"{verb}{name}"):
                return f"Did you mean '{verb} {by_lower[name]}'?"
    near = nearest(plain, [*_BY_NAME, "select_one", "select_multiple", "rank"], likeness=0.75)
    return f"Did you mean '{near}'?" if near else ""


def loop_list_of(cell: str) -> str:
    """The list that `begin loop over LIST` names, "" when it names none."""
    words = cell.split()
    words = words[1:] if "_" in words[0] else words[2:]
    words = words[1:] if words and words[0].lower() == "over" else words
    return words[0] if words else ""


def question_type_of(cell: str) -> QuestionType:
    """The meaning of a type cell that is no bracket."""
    words = cell.split()
    or_other = False
    for ending in _OTHERS:
        if len(words) > 1 and [word.lower() for word in words[-len(ending) :]] == ending:
            words, or_other = words[: -len(ending)], True
            break
    for split in range(1, len(words)):
        verb = _plain(words[:split])
        if verb in _SELECTS and not _is_verb(words[: split + 1]):
            return QuestionType(
                kind=_SELECTS[verb], written=_select(verb), list_name=" ".join(words[split:]), or_other=or_other
            )
    whole = _plain(words)
    if whole in _SELECTS:
        return QuestionType(kind=_SELECTS[whole], written=_select(whole))
    if words and _plain(words[:1]) in ("osm", "include", "cascading_select"):
        first = _plain(words[:1])
        return QuestionType(
            kind=Kind.METADATA if first == "osm" else None, written=first, list_name=" ".join(words[1:])
        )
    if whole.replace("_", "-") in NOT_COLLECTED or whole.replace("_", "-") in TABLE_TYPES:
        written = whole.replace("_", "-")
        known = written in _BY_NAME
        return QuestionType(kind=Kind.METADATA, written=written, metadata=written if known else "")
    asked = _ASK_PREFIX.fullmatch(whole)
    inner = (asked[1] or asked[2]) if asked else ""
    whole = inner if inner in _BY_PREFIX else _METADATA.get(whole.removeprefix("uri:"), whole.removeprefix("uri:"))
    kind = _BY_NAME.get(whole)
    if kind is None and whole.startswith("cascading_select"):
        return QuestionType(kind=None, written="cascading_select")
    return QuestionType(
        kind=kind,
        written=whole if kind else (words[0].lower() if words else ""),
        metadata=whole if kind is Kind.METADATA else "",
    )


def _plain(words: list[str]) -> str:
    return "_".join(words).lower()


def _is_verb(words: list[str]) -> bool:
    """True when the words begin a longer spelling of a select, as `select one` does that of `select one from`."""
    verb = _plain(words)
    return verb in _SELECTS or any(
        other.startswith(f"{verb}_") for other in _SELECTS if "_from" in other or "that" in other
    )


def _select(verb: str) -> str:
    """The name by which the field calls a select today."""
    if verb.endswith("_from_file") or verb in ("select_one_external", "rank"):
        return verb
    return str(_SELECTS[verb])
