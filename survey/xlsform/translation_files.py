"""Files for translators, one per language: a workbook, or XLIFF for their own programs; and what comes back in them.

XLIFF is written in version 1.2, because OmegaT, Weblate and Poedit read and write all of it; of version 2.0 they read
parts. Placeholders stay plain text in it, so that no program can lose them. A file that comes back is hostile until
shown otherwise. Whether its texts can be used is for `survey.xlsform.translation_import`.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Literal
from xml.etree import ElementTree

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from data.errors import InvalidInput
from survey.questionnaire import Language, Questionnaire
from survey.xlsform.attachments import clean
from survey.xlsform.columns import column_of, language_of
from survey.xlsform.excel_files import ZIP_MAGIC, open_workbook
from survey.xlsform.reader import read
from survey.xlsform.sheets import MAX_FILE_BYTES, Sheets
from survey.xlsform.text_files import speakable
from survey.xlsform.translation_memory import TranslationMemory, fingerprint
from survey.xlsform.translations import Status, String, language_named, strings
from survey.xlsform.workbook_writer import TableColumn, table_workbook
from survey.xlsform.writer import spelling_of

FileFormat = Literal["xlsx", "xliff"]
SHEET = "translation"
_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_STATES = {
    Status.MISSING: "new",
    Status.TRANSLATED: "translated",
    Status.STALE: "needs-translation",
    Status.REVIEW: "needs-review-translation",
}
_STATUS_OF_STATE = {
    **{state: status for status, state in _STATES.items()},
    "final": Status.TRANSLATED,
    "signed-off": Status.TRANSLATED,
    "needs-adaptation": Status.STALE,
    "needs-l10n": Status.STALE,
    "needs-review-adaptation": Status.REVIEW,
    "needs-review-l10n": Status.REVIEW,
}
_FORMULA = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*>\s*<(?:\w+:)?f\b")
_MOST_UNITS = 200_000
_MOST_CONTEXT = 80
"""Characters of the question before; it is there to find one's way, not to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One text as it came back. `place` is the row or unit in the file; `source` the fingerprint of what was shown."""

    id: str
    place: int
    words: str
    source: str
    status: Status | None = None
    is_formula: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A translator's file, read: its languages by tag ("" where it names none) and its texts."""

    source_language: str
    language: str
    texts: tuple[Delivered, ...]


def export(sheets: Sheets, language: str, file_format: FileFormat, memory: TranslationMemory | None = None) -> bytes:
    """The file for translators into the language of that tag, which the questionnaire need not have yet.

    Raises  InvalidInput: translation.tag, translation.default_language.
    """
    texts = strings(sheets, language, memory)
    questionnaire = read(sheets)[0]
    source = language_named(questionnaire.default_language, questionnaire)
    target = language_named(language, questionnaire)
    if file_format == "xliff":
        return _xliff(texts, questionnaire, source, target)
    return _workbook(texts, questionnaire, source, target)


def delivered(content: bytes) -> Delivery:
    """The texts of a translator's file; its format is seen from its content.

    Raises  InvalidInput: translation.unreadable with a reason, workbook.too_large, workbook.unreadable.
    """
    if len(content) > MAX_FILE_BYTES:
        raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
    return _from_workbook(content) if content[:4] == ZIP_MAGIC else _from_xliff(content)


# Workbook


def _workbook(texts: Sequence[String], questionnaire: Questionnaire, source: Language, target: Language) -> bytes:
    columns = (
        TableColumn(head="section", width=22, language=source.tag),
        TableColumn(head="what", width=24),
        TableColumn(head="after", width=28, language=source.tag),
        TableColumn(head=f"source::{spelling_of(source)}", width=48, language=source.tag),
        TableColumn(head=f"translation::{spelling_of(target)}", width=48, language=target.tag, editable=True),
        TableColumn(head="status", width=14, editable=True, offered=tuple(Status)),
        TableColumn(head="keep", width=16),
        TableColumn(head="length", width=8),
        TableColumn(head="remarks", width=30, editable=True),
        TableColumn(head="id", width=36),
        TableColumn(head="fingerprint", width=18, hidden=True),
    )
    rows = [
        (
            text.section,
            _what(text),
            shorten(text.before, _MOST_CONTEXT, placeholder=" …"),
            text.source,
            text.current,
            str(text.status),
            " ".join(text.placeholders),
            str(text.length),
            "",
            text.id,
            text.fingerprint,
        )
        for text in texts
    ]
    notes = (
        f"{questionnaire.title}: {source.name} → {target.name}",
        "Write into the yellow columns of the sheet 'translation'. Leave id as it is; rows may be sorted and filtered.",
        "keep: these signs are filled in later. They must stand in the translation exactly as they are.",
        "length: more characters than this may not fit on a small screen.",
        "status: 'stale' means that the source has changed since it was translated. If the translation still fits, "
        "choose 'translated'. Choose 'needs review' for what somebody should look at.",
        "Remarks are for the people you work with; the program does not read them.",
    )
    return table_workbook(SHEET, columns, rows, notes)


def _what(text: String) -> str:
    return text.kind if text.column == "label" else f"{text.column.replace('_', ' ')}, {text.kind}"


def _from_workbook(content: bytes) -> Delivery:
    tables = open_workbook(content, lambda name: name.strip().lower() == SHEET).tables
    table = next((rows for name, rows in tables.items() if name.strip().lower() == SHEET), ())
    if not table:
        raise InvalidInput("translation.unreadable", reason=f"there is no sheet '{SHEET}'")
    heads = [column_of(str(cell)) for cell in table[0]]
    names = [head.name for head in heads]
    lacking = [name for name in ("id", "source", "translation", "fingerprint") if name not in names]
    if lacking:
        raise InvalidInput("translation.unreadable", reason=f"there is no column '{lacking[0]}'")
    if len(table) > _MOST_UNITS:
        raise InvalidInput("workbook.too_large", limit=_MOST_UNITS, unit="rows")
    formulas = _formulas(content)
    place = {name: names.index(name) for name in names}
    texts = []
    for number, cells in enumerate(table[1:], start=2):
        found = {name: _text(cells[at]) if at < len(cells) else "" for name, at in place.items()}
        if not found["id"] and not found["translation"]:
            continue
        status = found.get("status", "").lower()
        texts.append(
            Delivered(
                id=found["id"],
                place=number,
                words=found["translation"],
                source=found["fingerprint"] or fingerprint(found["source"]),
                status=Status(status) if status in set(Status) else None,
                is_formula=(place["translation"], number) in formulas,
            )
        )
    tags = {head.name: language_of(head.language).tag for head in heads if head.language}
    return Delivery(source_language=tags.get("source", ""), language=tags.get("translation", ""), texts=tuple(texts))


def _formulas(content: bytes) -> set[tuple[int, int]]:
    """Column (0 for A) and row of the cells with a formula on the first sheet; the bounds were checked before."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if name.lower() == "xl/worksheets/sheet1.xml"]
        found = _FORMULA.findall(archive.read(parts[0])) if parts else []
    return {(_column(letters.decode()), int(number)) for letters, number in found}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return clean(str(cell)) if cell is not None else ""


# XLIFF


def _xliff(texts: Sequence[String], questionnaire: Questionnaire, source: Language, target: Language) -> bytes:
    root = ElementTree.Element("xliff", {"version": "1.2", "xmlns": _XLIFF})
    attributes = {
        "original": speakable(questionnaire.form_id) or "questionnaire",
        "source-language": source.tag,
        "target-language": target.tag,
        "datatype": "plaintext",
    }
    body = ElementTree.SubElement(ElementTree.SubElement(root, "file", attributes), "body")
    for text in texts:
        unit = ElementTree.SubElement(body, "trans-unit", {"id": speakable(text.id), _SPACE: "preserve"})
        ElementTree.SubElement(unit, "source").text = speakable(text.source)
        ElementTree.SubElement(unit, "target", {"state": _STATES[text.status]}).text = speakable(text.current)
        for label, words in _context(text).items():
            if words:
                ElementTree.SubElement(unit, "note", {"from": "developer"}).text = speakable(f"{label}: {words}")
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'.encode()


def _context(text: String) -> Mapping[str, str]:
    return {
        "what": _what(text),
        "section": text.section,
        "after": shorten(text.before, _MOST_CONTEXT, placeholder=" …"),
        "keep": " ".join(text.placeholders),
        "length": str(text.length),
    }


def _from_xliff(content: bytes) -> Delivery:
    try:
        root = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise InvalidInput("translation.unreadable", reason="it declares a document type or entities") from error
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise InvalidInput("translation.unreadable", reason="it is neither .xlsx nor XLIFF") from error
    if _name(root) != "xliff" or not root.get("version", "").startswith("1."):
        raise InvalidInput("translation.unreadable", reason="it is not XLIFF 1.2")
    files = [each for each in root.iter() if _name(each) == "file"]
    if not files:
        raise InvalidInput("translation.unreadable", reason="it holds no texts")
    texts: list[Delivered] = []
    units = [each for file in files for each in file.iter() if _name(each) == "trans-unit"]
    if len(units) > _MOST_UNITS:
        raise InvalidInput("workbook.too_large", limit=_MOST_UNITS, unit="texts")
    for number, unit in enumerate(units, start=1):
        parts = {_name(part): part for part in reversed(unit)}
        target = parts.get("target")
        approved = unit.get("approved") == "yes"
        texts.append(
            Delivered(
                id=unit.get("id", ""),
                place=number,
                words=clean(_words(target)),
                source=fingerprint(_words(parts.get("source"))),
                status=Status.TRANSLATED if approved else _status(target),
            )
        )
    languages = {(each.get("source-language", ""), each.get("target-language", "")) for each in files}
    if len(languages) > 1:
        raise InvalidInput("translation.unreadable", reason="it holds several languages")
    source, language = languages.pop()
    return Delivery(source_language=source.replace("_", "-"), language=language.replace("_", "-"), texts=tuple(texts))


def _status(target: ElementTree.Element | None) -> Status | None:
    return None if target is None else _STATUS_OF_STATE.get(target.get("state", ""))


def _words(element: ElementTree.Element | None) -> str:
    """The text of a source or target; an inline element that stands for words gives them."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [_words(child) or child.get("equiv-text", ""), child.tail or ""]
    return "".join(parts)


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]
