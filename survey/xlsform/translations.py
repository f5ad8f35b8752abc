"""The texts of a questionnaire as translators see them: what is there in a language, what is missing, what is outdated.

Files for translators are made and read in `survey.xlsform.translation_files`; what they bring is taken in by
`survey.xlsform.translation_import`. Everything here is pure: sheets and a memory in, values out.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from data.errors import InvalidInput
from survey.questionnaire import Group, Language, Question, Questionnaire, Text
from survey.xlsform.columns import choice_column_of, column_of, language_of
from survey.xlsform.reader import read
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.writer import to_sheets

TRANSLATED_COLUMNS = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
"""Columns with words; file names of pictures and sounds are no translator's business."""
CHOICE_SHEETS = ("choices", "external_choices")
_PLACEHOLDER = re.compile(r"\$\{[^{}\s]*\}")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LEAST_LIMIT = 40
_FORMAT = 1


class Status(StrEnum):
    """How a text stands in a language."""

    MISSING = "missing"
    TRANSLATED = "translated"
    STALE = "stale"
    """The source changed after it was translated."""
    REVIEW = "needs review"
    """A translator marked it so, or a placeholder of the source is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class String:
    """One text to translate, with what a translator needs to know. `id` stays the same while names do."""

    id: str
    sheet: str
    row: int
    column: str
    source: str
    current: str
    status: Status
    kind: str
    """What it is: the type of the question, or the list of the choice."""
    section: str = ""
    before: str = ""
    """The question before it; for a choice, the question that offers it."""
    length: int = 0
    """Characters that fit well; a hint, not a bound."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What must stand in the translation as it is: `${name}`."""
        return placeholders_of(self.source)

    @property
    def fingerprint(self) -> str:
        """Of the source text."""
        return fingerprint(self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a translation was made from: fingerprints of source and translation, the moment in ISO 8601."""

    source: str
    words: str
    when: str
    review: bool = False


@dataclass(frozen=True, slots=True)
class TranslationMemory:
    """Which source text each translation belongs to, by language tag and the text's id. It keeps staleness alive."""

    languages: Mapping[str, Mapping[str, Remembered]] = field(default_factory=dict)

    def get(self, identity: str, tag: str) -> Remembered | None:
        """What is remembered of a text in a language."""
        return self.languages.get(tag, {}).get(identity)

    def with_entries(self, tag: str, entries: Mapping[str, Remembered]) -> "TranslationMemory":
        """The memory with these entries of a language put in or replaced."""
        if not entries:
            return self
        return TranslationMemory({**self.languages, tag: {**self.languages.get(tag, {}), **entries}})

    def to_json(self) -> str:
        """The memory as text to be kept."""
        languages = {
            tag: {
                identity: {"source": each.source, "words": each.words, "when": each.when}
                | ({"review": True} if each.review else {})
                for identity, each in entries.items()
            }
            for tag, entries in self.languages.items()
        }
        return json.dumps({"format": _FORMAT, "languages": languages}, ensure_ascii=False, indent=1, sort_keys=True)


def memory_from_json(text: str) -> TranslationMemory:
    """The memory that `to_json` wrote; raises InvalidInput translation.memory for anything else."""
    try:
        kept = json.loads(text)
        if kept["format"] != _FORMAT:
            raise ValueError("unknown format")
        return TranslationMemory(
            {
                str(tag): {
                    str(identity): Remembered(
                        source=str(each["source"]),
                        words=str(each["words"]),
                        when=str(each["when"]),
                        review=each.get("review") is True,
                    )
                    for identity, each in entries.items()
                }
                for tag, entries in kept["languages"].items()
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput("translation.memory") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a language is. `translated` counts neither stale texts nor those that need review."""

    language: Language
    total: int
    translated: int
    stale: int
    review: int
    missing: int

    @property
    def share(self) -> float:
        """Translated texts of all, 0 to 1; 1 when there is nothing to translate."""
        return self.translated / self.total if self.total else 1.0


def strings(source: Sheets | Questionnaire, target: str, memory: TranslationMemory | None = None) -> tuple[String, ...]:
    """Every text that has words in another language than `target`, in the order of the sheets.

    The source text is that of the default language; where it has none, of the first language that has.
    Raises  InvalidInput: translation.tag, translation.default_language.
    """
    sheets = to_sheets(source) if isinstance(source, Questionnaire) else source
    questionnaire = read(sheets)[0]
    _require_target(questionnaire, target)
    return tuple(_strings(sheets, questionnaire, target, memory or TranslationMemory()))


def progress(source: Sheets | Questionnaire, memory: TranslationMemory | None = None) -> tuple[Progress, ...]:
    """How far each language but the default one is, in the order of the questionnaire."""
    sheets = to_sheets(source) if isinstance(source, Questionnaire) else source
    questionnaire = read(sheets)[0]
    found = []
    for language in questionnaire.languages:
        if language.tag == questionnaire.default_language:
            continue
        texts = _strings(sheets, questionnaire, language.tag, memory or TranslationMemory())
        counts = Counter(text.status for text in texts)
        found.append(
            Progress(
                language=language,
                total=counts.total(),
                translated=counts[Status.TRANSLATED],
                stale=counts[Status.STALE],
                review=counts[Status.REVIEW],
                missing=counts[Status.MISSING],
            )
        )
    return tuple(found)


def publishable(progress: Progress, least_share: float) -> bool:
    """True when the language is complete enough; what is missing falls back to the default language."""
    return progress.share >= least_share


def with_languages(questionnaire: Questionnaire, tags: Iterable[str]) -> Questionnaire:
    """The questionnaire offered in these languages only, in its own order.

    The default language stays, because every text falls back to it. No words are lost.
    Raises InvalidInput translation.no_language for a tag that the questionnaire does not have.
    """
    wanted = {questionnaire.default_language, *tags}
    unknown = wanted - {language.tag for language in questionnaire.languages}
    if unknown:
        raise InvalidInput("translation.no_language", tag=min(unknown))
    return replace(
        questionnaire, languages=tuple(language for language in questionnaire.languages if language.tag in wanted)
    )


def falls_back(text: Text, tag: str) -> bool:
    """True when the text is shown in another language than `tag`: it has words, but none in that language."""
    return bool(text) and not text.by_tag.get(tag)


def fallbacks(source: Sheets | Questionnaire, tag: str) -> frozenset[str]:
    """Ids of the texts that are shown in another language than `tag`."""
    return frozenset(text.id for text in strings(source, tag) if text.status is Status.MISSING)


def remembered(
    memory: TranslationMemory, source: Sheets | Questionnaire, tags: Iterable[str], *, now: datetime
) -> TranslationMemory:
    """The memory with every translation that it did not know, taken as made from today's source text.

    A translation that was rewritten outside counts as new. To be called when a version is published.
    """
    sheets = to_sheets(source) if isinstance(source, Questionnaire) else source
    for tag in tags:
        entries = {}
        for text in strings(sheets, tag, memory):
            known = memory.get(text.id, tag)
            if text.current and (known is None or known.words != fingerprint(text.current)):
                entries[text.id] = entry(text.source, text.current, now=now)
        memory = memory.with_entries(tag, entries)
    return memory


def entry(source: str, words: str, *, now: datetime, review: bool = False) -> Remembered:
    """What is remembered of a translation made now."""
    return Remembered(
        source=fingerprint(source), words=fingerprint(words), when=now.isoformat(timespec="seconds"), review=review
    )


def fingerprint(text: str) -> str:
    """A short mark of the words; white space does not change it, because programs of translators do."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def placeholders_of(text: str) -> tuple[str, ...]:
    """The `${name}` in a text, in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def language_named(tag: str, questionnaire: Questionnaire) -> Language:
    """The language of that tag, as the questionnaire names it, else by the name its speakers use."""
    for language in questionnaire.languages:
        if language.tag == tag:
            return language
    known = language_of(tag)
    if known.tag == tag and known.name != tag:
        return known
    try:
        name = Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        name = tag
    plain = name.replace("(", "").replace(")", "")
    return Language(tag=tag, name=plain[:1].upper() + plain[1:])


def words_of(row: Row, default: str) -> dict[tuple[str, str], str]:
    """The translatable cells of a row by column and language; a column without language is in the default one."""
    return {place: row.cells[header] for place, header in headers_of(row, default).items()}


def headers_of(row: Row, default: str) -> dict[tuple[str, str], str]:
    """The headers of the translatable cells of a row by column and language; the first where there are several."""
    found: dict[tuple[str, str], str] = {}
    for header in row.cells:
        column, tag = _meaning(header)
        if column in TRANSLATED_COLUMNS:
            found.setdefault((column, tag or default), header)
    return found


@lru_cache(maxsize=4096)
def _meaning(header: str) -> tuple[str, str]:
    column = column_of(header)
    return column.name, language_of(column.language).tag if column.language else ""


def _require_target(questionnaire: Questionnaire, target: str) -> None:
    if not _TAG.fullmatch(target) and target not in {language.tag for language in questionnaire.languages}:
        raise InvalidInput("translation.tag", tag=target[:40])
    if target == questionnaire.default_language:
        raise InvalidInput("translation.default_language", tag=target)


def _strings(sheets: Sheets, questionnaire: Questionnaire, target: str, memory: TranslationMemory) -> Iterator[String]:
    default, order = questionnaire.default_language, _order(questionnaire)
    for place in (*_survey_places(sheets, questionnaire), *_choice_places(sheets, questionnaire)):
        words = words_of(place.row, default)
        for column in place.columns:
            others = [words[column, tag] for tag in order if tag != target and (column, tag) in words]
            if not others:
                continue
            identity, source = f"{place.id}:{column}", others[0]
            current = words.get((column, target), "")
            yield String(
                id=identity,
                sheet=place.sheet,
                row=place.row.number,
                column=column,
                source=source,
                current=current,
                status=_status(source, current, memory.get(identity, target)),
                kind=place.kind,
                section=place.section,
                before=place.before,
                length=max(_LEAST_LIMIT, round(len(source) * 1.5)),
            )


def _status(source: str, current: str, known: Remembered | None) -> Status:
    if not current:
        return Status.MISSING
    is_known = known is not None and known.words == fingerprint(current)
    if known is not None and is_known and known.source != fingerprint(source):
        return Status.STALE
    if (known is not None and is_known and known.review) or set(placeholders_of(source)) - set(
        placeholders_of(current)
    ):
        return Status.REVIEW
    return Status.TRANSLATED


def _order(questionnaire: Questionnaire) -> list[str]:
    """Tags, the default language first."""
    tags = (language.tag for language in questionnaire.languages)
    return list(dict.fromkeys((questionnaire.default_language, *tags)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A row with words, and what a translator is told about it."""

    id: str
    sheet: str
    row: Row
    kind: str
    columns: Sequence[str]
    section: str = ""
    before: str = ""


def _survey_places(sheets: Sheets, questionnaire: Questionnaire) -> Iterator[_Place]:
    default = questionnaire.default_language
    elements: dict[int, tuple[Group | Question, str]] = {}
    for child in questionnaire.children:
        section = child.label.in_language(default) if isinstance(child, Group) else ""
        for element in _elements((child,)):
            elements.setdefault(element.row, (element, section))
    before = ""
    for row in sheets["survey"]:
        if row.number not in elements:
            continue
        element, section = elements[row.number]
        kind = next((cell for header, cell in row.cells.items() if column_of(header).name == "type"), "")
        yield _Place(
            id=f"survey:{_part(element.name)}",
            sheet="survey",
            row=row,
            kind=kind,
            columns=TRANSLATED_COLUMNS,
            section=section,
            before=before,
        )
        if isinstance(element, Question):
            before = element.label.in_language(default) or before


def _choice_places(sheets: Sheets, questionnaire: Questionnaire) -> Iterator[_Place]:
    default = questionnaire.default_language
    offered: dict[str, str] = {}
    for question in questionnaire.questions():
        offered.setdefault(question.list_name, question.label.in_language(default))
    seen: Counter[tuple[str, str, str]] = Counter()
    for sheet in CHOICE_SHEETS:
        for row in sheets[sheet]:
            cells = {choice_column_of(header).name: cell for header, cell in reversed(tuple(row.cells.items()))}
            listed, name = cells.get("list_name", ""), cells.get("name", "")
            if not listed or not name:
                continue
            seen[sheet, listed, name] += 1
            again = seen[sheet, listed, name]
            yield _Place(
                id=f"{sheet}:{_part(listed)}:{_part(name)}" + (f"#{again}" if again > 1 else ""),
                sheet=sheet,
                row=row,
                kind=f"choice of {listed}",
                columns=("label",),
                before=offered.get(listed, ""),
            )


def _part(name: str) -> str:
    """A name as a part of an id: the signs that part and number ids are written otherwise."""
    return name.replace("%", "%25").replace(":", "%3A").replace("#", "%23")


def _elements(children: Iterable[Group | Question]) -> Iterator[Group | Question]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _elements(child.children)
