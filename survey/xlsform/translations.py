"""The texts of a questionnaire as translators see them: what is there in a language, what is missing, what is outdated.

Files for translators are made and read in `survey.xlsform.translation_files`; what they bring is taken in by
`survey.xlsform.translation_import`. Everything here is pure: sheets and a memory in, values out.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from data.errors import InvalidInput
from survey.questionnaire import Group, Language, Question, Questionnaire, Text
from survey.xlsform.columns import choice_column_of, column_of, language_of
from survey.xlsform.editing import with_references
from survey.xlsform.reader import read
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.translation_memory import Remembered, TranslationMemory, entry, fingerprint
from survey.xlsform.writer import to_sheets

TRANSLATED_COLUMNS = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
"""Columns with words; file names of pictures and sounds are no translator's business."""
CHOICE_SHEETS = ("choices", "external_choices")
_PLACEHOLDER = re.compile(r"\$\{[^{}\s]*\}")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LEAST_LIMIT = 40


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
    memory: TranslationMemory, source: Sheets | Questionnaire, *, now: datetime, without: Collection[str] = ()
) -> TranslationMemory:
    """The memory with every translation that it did not know, taken as made from today's source text.

    A translation that was rewritten outside counts as new. To be called when rows come in and before they change.

    without  tags of languages that are passed over
    """
    sheets = to_sheets(source) if isinstance(source, Questionnaire) else source
    questionnaire = read(sheets)[0]
    for tag in _targets(questionnaire):
        entries = {}
        for text in _strings(sheets, questionnaire, tag, memory) if tag not in without else ():
            known = memory.get(text.id, tag)
            if text.current and (known is None or known.words != fingerprint(text.current)):
                entries[text.id] = entry(text.source, text.current, now=now)
        memory = memory.with_entries(tag, entries)
    return memory


def followed(
    memory: TranslationMemory, before: Sheets, after: Sheets, names: Mapping[str, str] | None = None
) -> TranslationMemory:
    """The memory for rows of which some are called otherwise now; what was stale stays stale.

    A text whose id is new is the one that stood in its row before, when its words did not change.

    names  old name -> new name of questions whose references were rewritten in all words
    """
    was, now = read(before)[0], read(after)[0]
    for tag in _targets(now):
        if tag == was.default_language:
            continue
        earlier = {text.id: text for text in _strings(before, was, tag, memory)}
        places = {(text.sheet, text.row, text.column): text for text in earlier.values()}
        entries = {}
        for text in _strings(after, now, tag, memory):
            old = earlier.get(text.id) or places.get((text.sheet, text.row, text.column))
            known = memory.get(old.id, tag) if old else None
            if old is None or known is None or known.words != fingerprint(old.current):
                continue
            if text.current != with_references(old.current, names or {}):
                continue
            is_fresh = known.source == old.fingerprint and text.source == with_references(old.source, names or {})
            source = text.fingerprint if is_fresh else known.source
            entries[text.id] = replace(known, source=source, words=fingerprint(text.current))
        memory = memory.with_entries(tag, entries)
    return memory


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


def _targets(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Tags of the languages that are translated into."""
    tags = (language.tag for language in questionnaire.languages)
    return tuple(tag for tag in tags if tag != questionnaire.default_language)


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
