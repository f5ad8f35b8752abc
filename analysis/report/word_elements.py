"""Elements of a Word document: runs, paragraphs, fields, tables and drawings, in the order that its schema asks for.

Each is made whole, with direction and language; word.py puts them together. Lengths are in points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from analysis.charts import lettering

_EMU = 12_700
_TWIPS = 20
_ASIAN = ("zh", "ja", "ko")
_DRAWING = (
    '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
    "<wp:docPr/><wp:cNvGraphicFramePr/>"
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart/></a:graphicData>'
    "</a:graphic></wp:inline></w:drawing>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How words are set: size 0, bold False and colour "" are those of the style.

    rtl, language  of the words, which may not be the document's
    """

    language: str
    rtl: bool
    size: float = 0.0
    bold: bool = False
    colour: str = ""


def node(tag: str, *children: Any, **attributes: str | int) -> Any:
    """An element of the main namespace, `w:`."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend([child for child in children if child is not None])
    return made


def run(text: str, look: Look) -> Any:
    """Words set alike."""
    held = node("t")
    held.text = lettering.printable(text)
    held.set(qn("xml:space"), "preserve")
    return node("r", _look(look), held)


def paragraph(
    style: str, runs: Sequence[Any], *, rtl: bool, keep: bool = False, end: bool = False, centred: bool = False
) -> Any:
    """A paragraph; keep  on one page with the next, end  with its words at the end of the line."""
    properties = node(
        "pPr",
        node("pStyle", val=style),
        node("keepNext") if keep else None,
        node("bidi") if rtl else None,
        node("jc", val="right" if end else "center") if end or centred else None,
    )
    return node("p", properties, *runs)


def field(instruction: str, shown: str, look: Look) -> list[Any]:
    """A field with what it shows until it is made anew."""
    return [*field_start(instruction, look), run(shown, look), field_end(look)]


def field_start(instruction: str, look: Look, *, is_stale: bool = False) -> list[Any]:
    """Before what a field shows; a stale one is made anew when the document is opened."""
    told = node("instrText")
    told.text = f" {instruction} "
    told.set(qn("xml:space"), "preserve")
    begin = node("fldChar", fldCharType="begin", **({"dirty": "true"} if is_stale else {}))
    between = node("fldChar", fldCharType="separate")
    return [node("r", _look(look), part) for part in (begin, told, between)]


def field_end(look: Look) -> Any:
    """After what a field shows."""
    return node("r", _look(look), node("fldChar", fldCharType="end"))


def link(anchor: str, *runs: Any) -> Any:
    """Words that lead to a bookmark of the document."""
    return node("hyperlink", *runs, anchor=anchor, history=1)


def bookmarked(number: int, name: str, *runs: Any) -> list[Any]:
    """Words that a link leads to."""
    return [node("bookmarkStart", id=number, name=name), *runs, node("bookmarkEnd", id=number)]


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    at_end: Sequence[bool],
    alt: str,
    look: Look,
    style: str,
) -> Any:
    """Rows under a head that stands again on every page; rtl turns the columns round, as a reader expects them.

    at_end  per column, whether its words stand at the end of their cells
    """
    properties = node(
        "tblPr",
        node("bidiVisual") if look.rtl else None,
        node("tblW", w=round(sum(widths) * _TWIPS), type="dxa"),
        _borders(),
        node("tblLayout", type="fixed"),
        node("tblCellMar", node("left", w=60, type="dxa"), node("right", w=60, type="dxa")),
        node("tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        node("tblCaption", val=lettering.printable(alt)),
    )
    twips = [round(wide * _TWIPS) for wide in widths]
    grid = node("tblGrid", *(node("gridCol", w=wide) for wide in twips))
    made = node("tbl", properties, grid)
    bold = Look(language=look.language, rtl=look.rtl, size=look.size, bold=True)
    for number, texts in enumerate((heads, *rows)):
        set_as = bold if number == 0 else look
        cells = [
            node(
                "tc",
                node("tcPr", node("tcW", w=wide, type="dxa"), _shade() if number == 0 else None),
                paragraph(style, [run(text, set_as)] if text else [], rtl=look.rtl, end=end, keep=number == 0),
            )
            for text, wide, end in zip(texts, twips, at_end, strict=True)
        ]
        held = node("trPr", node("cantSplit"), node("tblHeader") if number == 0 else None)
        made.append(node("tr", held, *cells))
    return made


def chart(key: str, number: int, alt: str, wide: float, high: float, *, language: str) -> Any:
    """The run that holds a chart, in line with the text; key  of its part among the document's relations."""
    drawing = parse_xml(_DRAWING)
    size, name, held = (drawing.find(f".//{qn(tag)}") for tag in ("wp:extent", "wp:docPr", "c:chart"))
    size.set("cx", str(round(wide * _EMU)))
    size.set("cy", str(round(high * _EMU)))
    name.set("id", str(number))
    name.set("name", f"Chart {number}")
    name.set("descr", lettering.printable(alt))
    held.set(qn("r:id"), key)
    return node("r", node("rPr", node("noProof"), _speech(language)), drawing)


def _look(look: Look) -> Any:
    half = round(look.size * 2)
    return node(
        "rPr",
        *((node("b"), node("bCs")) if look.bold else ()),
        node("color", val=look.colour.removeprefix("#").upper()) if look.colour else None,
        *((node("sz", val=half), node("szCs", val=half)) if half else ()),
        node("rtl") if look.rtl else None,
        _speech(look.language),
    )


def _speech(language: str) -> Any:
    """The language of a run, for its script's kind of letters: Word keeps three side by side."""
    primary = language.split("-")[0]
    if primary in _ASIAN:
        return node("lang", eastAsia={"zh": "zh-CN", "ja": "ja-JP", "ko": "ko-KR"}[primary])
    return node("lang", bidi=language) if primary in ("ar", "he", "fa", "ur") else node("lang", val=language)


def _borders() -> Any:
    """Thin lines between rows, none between columns."""
    line = {"val": "single", "sz": 4, "space": 0, "color": "BFBFBF"}
    return node("tblBorders", *(node(name, **line) for name in ("top", "bottom", "insideH")))  # type: ignore[arg-type]


def _shade() -> Any:
    return node("shd", val="clear", color="auto", fill="ECECEC")
