"""Headers of XLSForm sheets: their many spellings, and the languages named in them.

`label::Français (fr)`, `LABEL :: french`, `label:French`, `bind::jr:constraintMsg` all come out as a column and a
language. Specification: https://xlsform.org/en/ref-table/
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
        "save_to",
        "disabled",
        "note",
    ]
)
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
    ]
)

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
_PREFIXES = frozenset({"bind", "body", "control", "media", "instance", "attribute"})

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


def column_of(header: str) -> Column:
    """The meaning of a header; an unknown one comes back as its own name in lower case."""
    parts = [part.strip() for part in re.split(r"::" if "::" in header else r"(?<!\bjr):", header)]
    while len(parts) > 1 and _plain(parts[0]) in _PREFIXES:
        parts.pop(0)
    name = _plain(parts[0])
    return Column(_ALIASES.get(name, name), " ".join(parts[1:]).strip())


def choice_column_of(header: str) -> Column:
    """As `column_of` on the choices sheet, where an unknown header keeps its case: a filter reads it by that name."""
    column = column_of(header)
    return column if column.name in CHOICES else Column(header)


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
    return re.sub(r"\s+", "_", part.strip().lower())


def _normal_tag(tag: str) -> str:
    first, *others = tag.replace("_", "-").split("-")
    return "-".join([first.lower(), *(other.upper() if len(other) == 2 else other for other in others)])
