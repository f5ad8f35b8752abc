"""Headers of XLSForm sheets: their many spellings, and the languages named in them.

`label::Français (fr)`, `LABEL :: french`, `label:French`, `bind::jr:constraintMsg` all come out as a column and a
language. Specification: https://xlsform.org/en/ref-table/
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from survey.questionnaire import Language

TRANSLATABLE = frozenset(
    {"label", "hint", "guidance_hint", "required_message", "constraint_message", "image", "big-image", "audio", "video"}
)
SURVEY = TRANSLATABLE | frozenset(
    [
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "calculation",
        "default",
        "read_only",
        "appearance",
        "parameters",
        "choice_filter",
        "repeat_count",
        "trigger",
        "autoplay",
        "rows",
        "disabled",
        "note",
        "kobo--score-choices",
        "kobo--rank-items",
        "kobo--rank-constraint-message",
        "kobo--matrix_list",
    ]
)
WITHOUT_EFFECT = {
    "save_to": "no entity is created or changed",
    "autoplay": "sounds and films start when the respondent starts them",
    "intent": "no other application is started",
    "compact_tag": "answers are not sent as text messages",
    "sms_field": "answers are not sent as text messages",
    "sms_option": "answers are not sent as text messages",
    "sms_separator": "answers are not sent as text messages",
    "sms_allow_media": "answers are not sent as text messages",
    "sms_date_format": "answers are not sent as text messages",
    "sms_datetime_format": "answers are not sent as text messages",
    "sms_response": "answers are not sent as text messages",
    "no_app_error_string": "no other application is started",
    "noapperrorstring": "no other application is started",
    "buttontext": "buttons have the words of the program",
    "hxl": "tags of the Humanitarian Exchange Language are not written into files",
    "tags": "tags are not written into files",
    "$kuid": "KoboToolbox's own mark of a row means nothing here",
    "$prev": "KoboToolbox's own mark of a row means nothing here",
    "$autoname": "KoboToolbox's own name of a row is not used; the column name is",
    "$given_name": "KoboToolbox's own name of a row is not used; the column name is",
    "kobo--locking-profile": "nothing is locked against changes",
}
"""Columns of the survey sheet that are known, and what follows from their having no effect."""
CHOICES = frozenset({"list_name", "name", "label", "image", "big-image", "audio", "video"})
SETTINGS = frozenset(
    [
        "form_title",
        "form_id",
        "version",
        "default_language",
        "style",
        "instance_name",
        "public_key",
        "submission_url",
        "auto_send",
        "auto_delete",
        "allow_choice_duplicates",
        "clean_text_values",
        "omit_instanceid",
        "client_editable",
        "name",
        "namespaces",
        "prefix",
        "delimiter",
        "add_none_option",
        "sms_keyword",
        "instance_id",
        "flat",
        "kobo--locking-profile",
        "kobo--lock_all",
    ]
)
SETTINGS_WITHOUT_EFFECT = {
    "public_key": "answers are not encrypted with it; they are protected by the server's own means",
    "submission_url": "answers are kept by this server and not sent there",
    "auto_send": "an answer is sent when the respondent sends it",
    "auto_delete": "nothing is kept on the respondent's device that could be deleted",
    "omit_instanceid": "every response has its own reference all the same",
    "client_editable": "what respondents may change afterwards is decided by the consultation",
    "namespaces": "no XML is written",
    "prefix": "answers are not sent as text messages",
    "delimiter": "answers are not sent as text messages",
    "sms_keyword": "answers are not sent as text messages",
    "instance_name": "responses are listed by their reference",
    "instance_id": "every response has a reference of its own",
    "add_none_option": "no choice 'None' is added; write it into the lists where it is wanted",
    "flat": "groups stay as they are",
    "kobo--locking-profile": "nothing is locked against changes",
    "kobo--lock_all": "nothing is locked against changes",
}
"""Settings that are known and kept, and what follows from their having no effect."""

_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "set_form_title": "form_title",
    "set_form_id": "form_id",
}
_ALIASES |= {
    "no_app_error_string": "noapperrorstring",
    "jr:noapperrorstring": "noapperrorstring",
    "entities:saveto": "save_to",
    "odk:tag": "compact_tag",
    "id_string": "form_id",
    "title": "form_title",
}
ELSEWHERE = {
    "constraint_msg": "constraint_message",
    "required_msg": "required_message",
    "error_message": "constraint_message",
    "validation": "constraint",
    "validation_message": "constraint_message",
    "skip_logic": "relevant",
    "condition": "relevant",
    "show_if": "relevant",
    "display_logic": "relevant",
    "question": "label",
    "question_text": "label",
    "text": "label",
    "labels": "label",
    "libellé": "label",
    "étiquette": "label",
    "etiqueta": "label",
    "question_type": "type",
    "typ": "type",
    "tipo": "type",
    "variable": "name",
    "variable_name": "name",
    "question_name": "name",
    "code": "name",
    "nom": "name",
    "nombre": "name",
    "mandatory": "required",
    "obligatoire": "required",
    "formula": "calculation",
    "list": "list_name",
    "listname": "list_name",
    "list_id": "list_name",
    "option": "label",
    "title_of_form": "form_title",
}
"""Headers of other programs and languages, in small letters with _, and the column that is meant."""
_PREFIXES = frozenset({"bind", "body", "control", "media"})
_FOREIGN = frozenset({"instance", "attribute"})
"""Prefixes of attributes that only an XForm has."""

_LANGUAGE_NAMES = {
    "ar": ("arabic", "العربية"),
    "zh": ("chinese", "中文"),
    "en": ("english",),
    "fr": ("french", "français"),
    "ru": ("russian", "русский"),
    "es": ("spanish", "español"),
    "de": ("german", "deutsch"),
    "pt": ("portuguese", "português"),
    "sw": ("swahili", "kiswahili"),
    "hi": ("hindi", "हिन्दी"),
    "fa": ("persian", "farsi", "فارسی"),
    "uk": ("ukrainian", "українська"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a header means: the column of the specification, and the language as the header spells it ("" for none)."""

    name: str
    language: str = ""


@lru_cache(maxsize=4096)
def column_of(header: str) -> Column:
    """The meaning of a header; an unknown one comes back as its own name in lower case."""
    parts = _parts(header)
    if len(parts) > 1 and _plain(parts[0]) in _FOREIGN and _plain(parts[1]) != "odk:tag":
        return Column("::".join(map(_plain, parts)))
    while len(parts) > 1 and _plain(parts[0]) in _PREFIXES | _FOREIGN:
        if _known(_plain(parts[1])) is None:
            return Column("::".join(map(_plain, parts)))
        parts.pop(0)
    name = _plain(parts[0])
    return Column(_known(name) or name, " ".join(" ".join(parts[1:]).split()))


def _parts(header: str) -> list[str]:
    return [part.strip() for part in re.split(r"::" if "::" in header else r"(?<!\bjr)(?<!\bodk):", header)]


def _known(name: str) -> str | None:
    """The column of the specification that the name, in lower case, stands for; None when there is none."""
    name = _ALIASES.get(name, name)
    return name if name in SURVEY or name in WITHOUT_EFFECT or name in SETTINGS or name == "list_name" else None


def choice_column_of(header: str) -> Column:
    """As `column_of` on the choices sheet, where an unknown header keeps its case: a filter reads it by that name."""
    column = column_of(header)
    return column if column.name in CHOICES else Column(" ".join(header.split()))


def language_of(spelling: str) -> Language:
    """The language that an author names: "Français (fr)" says the tag; without one a known name is recognised."""
    tagged = re.fullmatch(r"(.*?)\s*\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)", spelling.strip())
    if tagged:
        return Language(tag=_normal_tag(tagged[2]), name=tagged[1].strip() or tagged[2])
    lowered = spelling.strip().lower()
    for tag, names in _LANGUAGE_NAMES.items():
        if lowered == tag or lowered in names:
            return Language(tag=tag, name=spelling.strip() if lowered != tag else names[-1].capitalize())
    return Language(tag=re.sub(r"[^\w]+", "-", lowered).strip("-") or "und", name=spelling.strip())


def has_tag(spelling: str) -> bool:
    """True when an author named the language's tag, as in "Français (fr)"."""
    return bool(re.search(r"\(\s*[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\s*\)\s*$", spelling))


def languages_in(headers: Iterable[str]) -> tuple[str, ...]:
    """The languages that headers of translatable columns name, as spelt there, in order, each once."""
    found = (column_of(header) for header in headers)
    return tuple(dict.fromkeys(each.language for each in found if each.language and each.name in TRANSLATABLE))


def _plain(part: str) -> str:
    return "_".join(part.lower().split())


def _normal_tag(tag: str) -> str:
    first, *others = tag.replace("_", "-").split("-")
    return "-".join([first.lower(), *(other.upper() if len(other) == 2 else other for other in others)])
