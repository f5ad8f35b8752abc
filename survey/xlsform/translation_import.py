"""What translators sent is taken into the sheets, with every fault at once; nothing that is faulty is taken.

Files are read by `survey.xlsform.translation_files`. Pure: sheets, delivery and memory in, new ones out.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.errors import InvalidInput
from survey.questionnaire import Language, Questionnaire
from survey.xlsform.columns import TRANSLATABLE, column_of, language_of, languages_in
from survey.xlsform.reader import read
from survey.xlsform.rows import MAX_CELL, Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.text_files import all_headers, speakable
from survey.xlsform.translation_files import Delivered, Delivery
from survey.xlsform.translation_memory import Remembered, TranslationMemory, entry, fingerprint
from survey.xlsform.translations import (
    CHOICE_SHEETS,
    Status,
    String,
    headers_of,
    language_named,
    placeholders_of,
    remembered,
    strings,
)
from survey.xlsform.writer import spelling_of

_SCRIPTS = {
    "ar": "ARABIC",
    "fa": "ARABIC",
    "ur": "ARABIC",
    "ps": "ARABIC",
    "ru": "CYRILLIC",
    "uk": "CYRILLIC",
    "bg": "CYRILLIC",
    "zh": "CJK",
    "he": "HEBREW",
    "el": "GREEK",
    "hi": "DEVANAGARI",
    "th": "THAI",
}
_LEAST_JUDGED = 5
"""With fewer new texts than this, names and abbreviations could mislead the look at the script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationIssue:
    """Why a text was not taken, or what to know about it; `place` is its row or unit in the file."""

    code: str
    id: str
    place: int
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of every text of the delivery, by id, and all issues in the order of the file."""

    language: str
    taken: tuple[str, ...]
    """Filled in, or confirmed as still right."""
    unchanged: tuple[str, ...]
    empty: tuple[str, ...]
    stale: tuple[str, ...]
    """The source changed after the export; filled in only where nothing newer stands, and marked stale."""
    faulty: tuple[str, ...]
    absent: tuple[str, ...]
    """Texts of the questionnaire that the file leaves out."""
    issues: tuple[TranslationIssue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The sheets with the translations, the memory that goes with them, and what became of each text."""

    sheets: Sheets
    memory: TranslationMemory
    report: Report


def take_in(
    sheets: Sheets, delivery: Delivery, *, memory: TranslationMemory | None = None, language: str = "", now: datetime
) -> TakenIn:
    """The delivery's texts in the column of its language, which is added when it is new.

    From now on the memory knows every translation of the sheets, also those that the delivery leaves alone.

    language  tag that is expected; when empty, the file's own counts.
    Raises    InvalidInput: translation.language, translation.source_language, translation.wrong_script,
              translation.tag, translation.default_language.
    """
    memory = memory or TranslationMemory()
    target = language or delivery.language
    if delivery.language and delivery.language != target:
        raise InvalidInput("translation.language", found=delivery.language, wanted=target)
    questionnaire = read(sheets)[0]
    known = {text.id: text for text in strings(sheets, target, memory)}
    if delivery.source_language not in ("", questionnaire.default_language):
        raise InvalidInput(
            "translation.source_language", found=delivery.source_language, wanted=questionnaire.default_language
        )
    judged = _Judgement(known, delivery, {each: memory.get(each, target) for each in known}, now)
    _require_script(target, judged.words)
    filled = _filled(sheets, questionnaire, target, {known[each]: words for each, words in judged.words.items()})
    return TakenIn(
        sheets=filled,
        memory=remembered(memory.with_entries(target, judged.entries), filled, now=now),
        report=judged.report(target),
    )


class _Judgement:
    """Goes over a delivery once and sorts its texts."""

    def __init__(
        self,
        known: Mapping[str, String],
        delivery: Delivery,
        remembered: Mapping[str, Remembered | None],
        now: datetime,
    ) -> None:
        self._remembered, self._now = remembered, now
        self.words: dict[str, str] = {}
        self.entries: dict[str, Remembered] = {}
        self._issues: list[TranslationIssue] = []
        self._sorted: dict[str, list[str]] = {name: [] for name in ("taken", "unchanged", "empty", "stale", "faulty")}
        times = Counter(text.id for text in delivery.texts)
        for text in delivery.texts:
            if times[text.id] > 1:
                self._fault(text, "translation.duplicate")
            elif text.id not in known:
                self._fault(text, "translation.unknown_id")
            else:
                self._judge(text, known[text.id])
        self._absent = tuple(each for each in known if each not in times)

    def report(self, language: str) -> Report:
        """Everything that was found."""
        sorted_ids = {name: tuple(dict.fromkeys(ids)) for name, ids in self._sorted.items()}
        return Report(language=language, absent=self._absent, issues=tuple(self._issues), **sorted_ids)

    def _judge(self, text: Delivered, string: String) -> None:
        words = _plain(text.words)
        if text.is_formula:
            self._fault(text, "translation.formula")
        elif not words:
            self._sorted["empty"].append(text.id)
            if string.current:
                self._tell(text, "translation.emptied")
        elif len(words) > MAX_CELL:
            self._fault(text, "translation.too_long", limit=MAX_CELL)
        else:
            self._weigh(text, string, words)

    def _weigh(self, text: Delivered, string: String, words: str) -> None:
        """Sorts a text that has words."""
        if _leaves_direction_open(words):
            self._tell(text, "translation.direction")
        is_same = words == _plain(string.current)
        confirms = is_same and text.status is Status.TRANSLATED and string.status in (Status.STALE, Status.REVIEW)
        if text.source != string.fingerprint and not (is_same and self._is_fresh(string)):
            self._take_stale(text, string, words, is_same=is_same)
        elif is_same and not confirms:
            self._sorted["unchanged"].append(text.id)
            if text.status is Status.REVIEW and string.status is Status.TRANSLATED:
                self.entries[text.id] = entry(string.source, string.current, now=self._now, review=True)
        elif not self._has_placeholder_fault(text, string, words):
            self._sorted["taken"].append(text.id)
            if not is_same:
                self.words[text.id] = words
            self.entries[text.id] = entry(
                string.source, words, now=self._now, review=text.status is Status.REVIEW and not is_same
            )

    def _take_stale(self, text: Delivered, string: String, words: str, *, is_same: bool) -> None:
        self._sorted["stale"].append(text.id)
        self._tell(text, "translation.source_changed")
        if is_same:
            self.entries[text.id] = replace(entry("", string.current, now=self._now), source=text.source)
        elif string.status in (Status.MISSING, Status.STALE) and not self._has_placeholder_fault(text, string, words):
            self.words[text.id] = words
            self.entries[text.id] = replace(entry("", words, now=self._now), source=text.source)

    def _is_fresh(self, string: String) -> bool:
        """True when the translation in the sheets is known to be made from today's source."""
        known = self._remembered[string.id]
        return known is not None and known.words == fingerprint(string.current) and known.source == string.fingerprint

    def _has_placeholder_fault(self, text: Delivered, string: String, words: str) -> bool:
        wanted, found = set(string.placeholders), set(placeholders_of(words))
        if wanted - found:
            self._fault(text, "translation.placeholder", names=" ".join(sorted(wanted - found)))
        if found - wanted:
            self._fault(text, "translation.foreign_placeholder", names=" ".join(sorted(found - wanted)))
        return wanted != found

    def _fault(self, text: Delivered, code: str, **params: object) -> None:
        self._sorted["faulty"].append(text.id)
        self._tell(text, code, **params)

    def _tell(self, text: Delivered, code: str, **params: object) -> None:
        self._issues.append(TranslationIssue(code=code, id=text.id, place=text.place, params=params))


def _plain(text: str) -> str:
    """Words as XML and a workbook both give them back."""
    return speakable(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _leaves_direction_open(words: str) -> bool:
    """True when a sign that turns the direction of writing is not closed in its line (Unicode annex 9)."""
    for line in words.splitlines():
        isolates = embeddings = 0
        for sign in line:
            kind = unicodedata.bidirectional(sign)
            isolates += kind in ("LRI", "RLI", "FSI")
            isolates -= kind == "PDI" and isolates > 0
            embeddings += kind in ("LRE", "RLE", "LRO", "RLO")
            embeddings -= kind == "PDF" and embeddings > 0
        if isolates or embeddings:
            return True
    return False


def _require_script(tag: str, words: Mapping[str, str]) -> None:
    """Raises when most new texts have letters, but none of the language's own script: the wrong file, or unfinished."""
    script = _SCRIPTS.get(tag.partition("-")[0])
    spelt = [text for text in words.values() if any(map(str.isalpha, text))]
    foreign = [text for text in spelt if not any(unicodedata.name(sign, "").startswith(script or "") for sign in text)]
    if script and len(spelt) >= _LEAST_JUDGED and len(foreign) > len(spelt) / 2:
        raise InvalidInput("translation.wrong_script", tag=tag, count=len(foreign), total=len(spelt))


# Filling in


def _filled(sheets: Sheets, questionnaire: Questionnaire, tag: str, words: Mapping[String, str]) -> Sheets:
    """The sheets with these words; unchanged when there are none."""
    if not words:
        return sheets
    if tag not in {language.tag for language in questionnaire.languages}:
        sheets = _with_named_default(sheets, questionnaire)
    spelling = _spelling(sheets, language_named(tag, questionnaire))
    by_sheet: dict[str, dict[int, dict[str, str]]] = {}
    for string, text in words.items():
        by_sheet.setdefault(string.sheet, {}).setdefault(string.row, {})[string.column] = text
    rows, headers = dict(sheets.rows), dict(sheets.headers)
    for sheet, changes in by_sheet.items():
        known = list(all_headers(sheets, sheet))
        columns = dict.fromkeys(column for change in changes.values() for column in change)
        standard = {column: _header(known, column, tag, spelling) for column in columns}
        rows[sheet] = tuple(
            _changed(row, changes.get(row.number, {}), standard, tag, questionnaire.default_language)
            for row in sheets[sheet]
        )
        headers[sheet] = tuple(known)
    return replace(sheets, rows=rows, headers=headers)


def _changed(row: Row, change: Mapping[str, str], standard: Mapping[str, str], tag: str, default: str) -> Row:
    if not change:
        return row
    cells, headers = dict(row.cells), headers_of(row, default)
    for column, text in change.items():
        cells[headers.get((column, tag), standard[column])] = text
    return Row(row.number, cells)


def _header(headers: list[str], column: str, tag: str, spelling: str) -> str:
    """The header of a column in the language; a new one is put beside those of the same column."""
    for header in headers:
        meaning = column_of(header)
        if meaning.name == column and meaning.language and language_of(meaning.language).tag == tag:
            return header
    last = max((place for place, header in enumerate(headers) if column_of(header).name == column), default=-1)
    headers.insert(last + 1 if last >= 0 else len(headers), f"{column}::{spelling}")
    return f"{column}::{spelling}"


def _spelling(sheets: Sheets, language: Language) -> str:
    """How the headers spell the language; as the writer does when none names it."""
    for spelling in languages_in(
        header for sheet in ("survey", *CHOICE_SHEETS) for header in all_headers(sheets, sheet)
    ):
        if language_of(spelling).tag == language.tag:
            return spelling
    return spelling_of(language)


def _with_named_default(sheets: Sheets, questionnaire: Questionnaire) -> Sheets:
    """The sheets ready for one more language: the default one is set, and columns without language get its name.

    Without that the new language would become the default, and its column would take the place of the plain one.
    """
    spelling = _spelling(sheets, language_named(questionnaire.default_language, questionnaire))
    rows, headers = dict(sheets.rows), dict(sheets.headers)
    named = languages_in(header for sheet in ("survey", *CHOICE_SHEETS) for header in all_headers(sheets, sheet))
    for sheet in ("survey", *CHOICE_SHEETS):
        plain = {
            header: f"{header}::{spelling}"
            for header in all_headers(sheets, sheet)
            if column_of(header).name in TRANSLATABLE and not column_of(header).language
        }
        if plain and not named:
            headers[sheet] = tuple(plain.get(header, header) for header in all_headers(sheets, sheet))
            rows[sheet] = tuple(
                Row(row.number, {plain.get(header, header): cell for header, cell in row.cells.items()})
                for row in sheets[sheet]
            )
    settings = sheets["settings"]
    if not any(column_of(header).name == "default_language" for row in settings[:1] for header in row.cells):
        first = settings[0] if settings else Row(2, {})
        rows["settings"] = (Row(first.number, {**first.cells, "default_language": spelling}), *settings[1:])
        before = [header for header in all_headers(sheets, "settings") if column_of(header).name != "default_language"]
        headers["settings"] = (*before, "default_language")
    return replace(sheets, rows=rows, headers=headers)
