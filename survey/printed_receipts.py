"""The copy of what was sent as a PDF: one that a screen reader can read (PDF/UA) and that looks alike on every machine.

Typst sets it with the bundled fonts alone. Signs that they do not have are never drawn as boxes: they are written as
their number, and a line says where they stand in full.
"""

import json
import unicodedata
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

from survey.receipts import Receipt, since
from survey.translator import LANGUAGES, Words, direction, isolated, nearest

FONTS = Path(__file__).resolve().parents[1] / "data" / "reference" / "fonts"
_TEMPLATE = (Path(__file__).parent / "receipt.typ").read_bytes()


def as_pdf(kept: Receipt) -> bytes:
    """The receipt as a PDF/UA-1 document in its language, A4."""
    words = Words(nearest(kept.language, tuple(LANGUAGES)))
    _ = words.translate
    head = [
        _("Copy of your response"),
        f"{_('Reference')}{words.colon}{kept.reference}",
        f"{_('Received')}{words.colon}{kept.moment(kept.submitted_at, words)}",
        *([_("Received after the first deadline; it is marked as late and counted.")] if kept.late else []),
        *since(kept, words),
    ]
    way = direction(kept.language)
    document = {
        "title": _ordered(kept.title, way),
        "reference": kept.reference,
        "fonts": list(_families()),
        "lang": kept.language.split("-")[0],
        "direction": way,
        "fictional": _("Demonstration: organisations, people and answers shown here are invented.")
        if kept.fictional
        else "",
        "head": head,
        "consent": None
        if kept.consent is None
        else {"heading": _("What you agreed to"), "text": _ordered(kept.consent.text, way)},
        "sections": [
            {
                "heading": _ordered(heading, way),
                "entries": [
                    {
                        "label": _ordered(entry.label, way),
                        "words": _ordered(entry.words, way),
                        "direction": entry.direction,
                    }
                    for entry in entries
                ],
            }
            for heading, entries in kept.sections
        ],
    }
    printable = _printable(document)
    note = _(
        "Some signs cannot be printed here and stand as numbers, such as [U+0905]. "
        "The copies as a page and as data have them in full."
    )
    printable["unprintable"] = note if _numbers(printable) > _numbers(document) else ""
    return typst.compile(  # type: ignore[misc]  # its stub leaves the kind of input open
        _TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"kept": json.dumps(printable, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=kept.submitted_at.astimezone(UTC).replace(microsecond=0),
    )


def _ordered(text: str, way: str) -> str:
    """The text with each line that holds words of the other direction kept in its own order."""
    other = ("L",) if way == "rtl" else ("R", "AL")
    return "\n".join(
        isolated(line) if any(unicodedata.bidirectional(sign) in other for sign in line) else line
        for line in text.split("\n")
    )


def _numbers(document: Any) -> int:
    return json.dumps(document).count("[U+")


def _printable(value: Any) -> Any:
    """A document of texts, lists and mappings with every sign that no bundled font has written as its number."""
    match value:
        case str():
            return "".join(map(_sign, value))
        case dict():
            return {name: _printable(each) for name, each in value.items()}
        case list():
            return [_printable(each) for each in value]
    return value


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    """The sign, its number where it has no shape, nothing where no document may hold it."""
    kind = unicodedata.category(sign)
    if kind == "Cc" and sign not in "\n\t":
        return ""
    if kind in ("Cc", "Cf", "Zs") or any(ord(sign) in signs for signs in _families().values()):
        return sign
    return f"[U+{ord(sign):04X}]"


@lru_cache(maxsize=1)
def _families() -> dict[str, frozenset[int]]:
    """The bundled families, that of Latin first, with their code points; what a bold face lacks is set in regular."""
    fonts = [TTFont(path, lazy=True) for path in sorted(FONTS.glob("*-Regular.*"), key=lambda path: len(path.name))]
    return {font["name"].getDebugName(1): frozenset(font.getBestCmap()) for font in fonts}
