"""A report as a tagged PDF (PDF/UA-1): for paper, for screen readers, alike on every machine.

Typst sets it with the bundled fonts alone. Headings, tables and alternative texts stand in the structure; the contents
lead to their pages. A letter that no bundled font has is an error and never a box; in what respondents wrote it stands
as its number.
"""

import json
import re
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import typst

from analysis.charts import image, lettering, typesetting, wording
from analysis.charts.plane import SVG_NAMESPACE
from analysis.charts.spec import ChartSpec, Form, Words
from analysis.findings import provenance
from analysis.report import page_room
from analysis.report.table import Table, Unit, written
from analysis.report.tree import Figure, Numbers, Paragraphs, Quotes, RecommendationPart, Report
from data.errors import InvalidInput
from survey.translator import isolated

_TEMPLATE = (Path(__file__).parent / "report.typ").read_bytes()
_TEXT, _METADATA = (f"{{{SVG_NAMESPACE}}}{name}" for name in ("text", "metadata"))
_MOST_NAMED = 12
_LAID_OUT = 760.0
"""Pixels at which a chart is drawn; its letters are then as large as those of the text."""
_BESIDE = 28.0
"""Of which so many are empty on each side."""


def render(report: Report, words: Words) -> bytes:
    """The report as a PDF/UA-1 document, A4.

    Raises  InvalidInput "report.missing_letters", for words of staff alone.
    """
    contents = any(0 < each.level <= 2 for each in page_room.placed(report))
    document = {
        "title": _plain(report.title),
        "author": provenance.NAME,
        "keywords": [report.sha256] if report.sha256 else [],
        "query": report.provenance,
        "lang": report.language.split("-")[0],
        "rtl": report.is_rtl,
        "wide": page_room.WIDE,
        "fonts": lettering.families(""),
        "colon": words.colon,
        "running": _plain(" · ".join(line for line in (report.title, report.internal) if line)),
        "cover": [_plain(line) for line in report.cover],
        "mark": _plain(report.mark),
        "source": _plain(report.source),
        "foot": list(page_room.foot(words)),
        "contents": words.translate("Contents") if contents else "",
        "parts": [_part(each, report, words) for each in page_room.placed(report)],
    }
    _require_letters(document)
    return typst.compile(  # type: ignore[misc]  # its stub leaves the kind of input open
        _TEMPLATE,
        font_paths=[lettering.FONTS],
        ignore_system_fonts=True,
        sys_inputs={"kept": json.dumps(document, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=report.as_of.astimezone(UTC).replace(microsecond=0),
    )


def _part(placed: page_room.Placed, report: Report, words: Words) -> dict[str, Any]:
    """One part as the template reads it."""
    part, rtl = placed.part, report.is_rtl
    held: dict[str, Any] = {"level": placed.level, "title": _in_line(page_room.title_of(part, words), rtl)}
    match part:
        case Paragraphs():
            return {**held, "kind": "paragraphs", "texts": [_said(text, rtl) for text in part.texts if text.strip()]}
        case Figure():
            return {**held, "kind": "figure", **_figure(part, report, words)}
        case Quotes():
            return {**held, "kind": "quotes", **_quotes(part, rtl, words)}
        case RecommendationPart():
            return {
                **held,
                "kind": "recommendation",
                "text": _said(part.text, rtl),
                "facts": [[_plain(name), _in_line(value, rtl)] for name, value in part.facts],
                "rests_heading": words.translate("Rests on these findings"),
                "rests_on": [_in_line(statement, rtl) for statement in part.rests_on],
            }
    return {**held, "kind": "heading"}


def _figure(part: Figure, report: Report, words: Words) -> dict[str, Any]:
    spec, pictures = part.spec, _pictures(part.spec)
    shown, hidden = page_room.folded(part.numbers(words))
    if report.numbers is Numbers.NEVER and pictures:
        shown, hidden = Table(columns=()), ()
    return {
        "subtitle": _plain(spec.subtitle),
        "pictures": pictures,
        **_notes(part.remark, spec.note, spec.source, report.is_rtl),
        "tables": [_table(each, words) for each in page_room.parted(shown) if each.rows],
        "hidden": _plain(page_room.hidden_line(hidden, words)),
    }


def _quotes(part: Quotes, rtl: bool, words: Words) -> dict[str, Any]:
    """What respondents wrote is nobody's to change: a sign of theirs that no font has stands as its number."""
    theirs = "".join(f"{quote.text}{quote.attribution}" for quote in part.quotes)
    note = wording.sentences((part.note, _numbers_line(theirs, words)))
    return {
        "subtitle": _plain(part.base),
        "quotes": [
            {
                "said": _said(words.translate("“{quote}”", quote=_theirs(quote.text)), page_room.runs_rtl(quote.text)),
                "lang": _code(quote.language or words.language),
                "whose": _plain(wording.whose(replace(quote, attribution=_theirs(quote.attribution)), words)),
            }
            for quote in part.quotes
        ],
        **_notes(part.remark, note, part.source, rtl),
    }


def _theirs(text: str) -> str:
    """Words of respondents, as they can be printed."""
    return lettering.with_numbers(_plain(text))


def _numbers_line(theirs: str, words: Words) -> str:
    """That signs of respondents stand as numbers; "" where none does."""
    found = lettering.missing(_plain(theirs))
    if not found:
        return ""
    return words.translate(
        "Some signs cannot be printed here and stand as numbers, such as [{number}]. Word, PowerPoint and the web page "
        "have them as they were written.",
        number=f"U+{ord(found[0]):04X}",
    )


def _notes(remark: str, note: str, source: str, rtl: bool) -> dict[str, Any]:
    return {"remark": _said(remark, rtl), "notes": [_plain(note)] if note else [], "source": _plain(source)}


def _table(table: Table, words: Words) -> dict[str, Any]:
    """Heads and rows as words, a suppressed figure as "[c]"."""
    return {
        "heads": [_plain(column.head) for column in table.columns],
        "rows": [
            [_plain(written(value, column.unit, words)) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
        "widths": page_room.widths(table),
        "ends": [column.unit is not Unit.TEXT for column in table.columns],
    }


def _pictures(spec: ChartSpec) -> list[dict[str, Any]]:
    """The chart, over several pages when it is long; none where the table says it all."""
    if spec.form is Form.TABLE or not spec.categories:
        return []
    pieces = page_room.pages(spec)
    found = []
    for number, piece in enumerate(pieces, start=1):
        told = f" ({number}/{len(pieces)})" if len(pieces) > 1 else ""
        root = ElementTree.fromstring(image.alone(piece, _LAID_OUT))
        wide, high = (float(part) for part in root.attrib["viewBox"].split()[2:])
        root.set("viewBox", f"{_BESIDE} 0 {wide - 2 * _BESIDE} {high}")
        root.set("width", str(wide - 2 * _BESIDE))
        scale = page_room.WIDE / (wide - 2 * _BESIDE)
        words = [{**each, "x": each["x"] - _BESIDE * scale} for each in typesetting.words_of(root, scale)]
        for parent in list(root.iter()):
            for child in [each for each in parent if each.tag in (_TEXT, _METADATA)]:
                parent.remove(child)
        marks = ElementTree.tostring(root, encoding="unicode")
        found.append({"alt": _plain(f"{spec.alt}{told}"), "height": high * scale, "marks": marks, "words": words})
    return found


def _code(tag: str) -> str:
    """The ISO 639 code of a language; "und" for one that an author spelt without its code."""
    code = tag.split("-")[0].lower()
    return code if re.fullmatch("[a-z]{2,3}", code) else "und"


def _said(text: str, rtl: bool) -> dict[str, Any]:
    """Words with the direction in which they run."""
    return {"words": _plain(text), "rtl": page_room.turned(text, rtl=rtl)}


def _in_line(text: str, rtl: bool) -> str:
    """Words that keep their own order in a line of the other direction."""
    return _plain(isolated(text) if rtl and not page_room.turned(text, rtl=True) else text)


def _plain(text: str) -> str:
    return lettering.printable(text)


def _require_letters(document: dict[str, Any]) -> None:
    """Raises InvalidInput "report.missing_letters" when no bundled font has a letter of the document."""
    found = lettering.missing(_texts(document))
    if found:
        named = [f"{sign} (U+{ord(sign):04X})" for sign in found[:_MOST_NAMED]]
        raise InvalidInput("report.missing_letters", letters=", ".join(named) + (" …" if found[_MOST_NAMED:] else ""))


def _texts(value: Any) -> str:
    """All that a document says, one after the other; drawings say nothing."""
    match value:
        case str():
            return value
        case dict():
            return "".join(_texts(each) for name, each in value.items() if name != "marks")
        case list():
            return "".join(map(_texts, value))
    return ""
