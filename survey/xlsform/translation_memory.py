"""The memory of translations: from which source text each was made. It travels as JSON, or as a sheet of the workbook.

Without it nobody could tell, once a source text has changed, which of its translations are older than the change.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.errors import InvalidInput
from survey.xlsform.excel_files import MEMORY_SHEET
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

_FORMAT = 1
_HEADERS = ("language", "id", "source", "words", "when", "review")


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

    def joined(self, newer: "TranslationMemory") -> "TranslationMemory":
        """Both memories; where both know a text, the newer one counts."""
        memory = self
        for tag, entries in newer.languages.items():
            memory = memory.with_entries(tag, entries)
        return memory

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


def entry(source: str, words: str, *, now: datetime, review: bool = False) -> Remembered:
    """What is remembered of a translation made now."""
    return Remembered(
        source=fingerprint(source), words=fingerprint(words), when=now.isoformat(timespec="seconds"), review=review
    )


def fingerprint(text: str) -> str:
    """A short mark of the words; white space does not change it, because programs of translators do."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def with_memory(sheets: Sheets, memory: TranslationMemory) -> Sheets:
    """The sheets with the memory in a sheet of its own, in place of an older one; an empty memory makes none."""
    plain = without_memory(sheets)
    listed = [
        (tag, identity, each) for tag in sorted(memory.languages) for identity, each in memory.languages[tag].items()
    ]
    if not listed:
        return plain
    cells = [
        (tag, identity, each.source, each.words, each.when, "yes" if each.review else "")
        for tag, identity, each in sorted(listed, key=lambda found: found[:2])
    ]
    rows = tuple(
        Row(number, {header: cell for header, cell in zip(_HEADERS, line, strict=True) if cell})
        for number, line in enumerate(cells, start=2)
    )
    return replace(plain, rows={**plain.rows, MEMORY_SHEET: rows}, headers={**plain.headers, MEMORY_SHEET: _HEADERS})


def memory_in(sheets: Sheets) -> TranslationMemory:
    """The memory that `with_memory` put into the workbook; empty when there is none, and rows of another kind are no
    part of it."""
    found: dict[str, dict[str, Remembered]] = {}
    for row in sheets[MEMORY_SHEET]:
        tag, identity, source, words, when, review = (row[header] for header in _HEADERS)
        if tag and identity and source and words:
            found.setdefault(tag, {})[identity] = Remembered(
                source=source, words=words, when=when, review=review == "yes"
            )
    return TranslationMemory(found)


def without_memory(sheets: Sheets) -> Sheets:
    """The sheets without the one that holds the memory."""
    if MEMORY_SHEET not in sheets.rows and MEMORY_SHEET not in sheets.headers:
        return sheets
    return replace(
        sheets,
        rows={name: rows for name, rows in sheets.rows.items() if name != MEMORY_SHEET},
        headers={name: headers for name, headers in sheets.headers.items() if name != MEMORY_SHEET},
    )
