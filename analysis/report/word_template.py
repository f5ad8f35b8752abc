"""A Word template made ready for a report: without its text, with its styles, its page, its head and its foot.

With word.py and word_elements.py the place of docx. Lengths are in points.
"""

import io
from copy import deepcopy
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.shared import Length
from lxml.etree import LxmlError

from analysis.report.template import damaged
from data.errors import InvalidInput

_KEPT = ("styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "theme", "numbering")
_KEPT_TOO = ("header", "footer", "footnotes", "endnotes")
_NARROWEST, _LOWEST = 240.0, 320.0


def open_document(content: bytes) -> Any:
    """The template without its text; its last section is the only one and has the head and foot of those before.

    Raises  InvalidInput "template.too_small", "template.damaged".
    """
    try:
        file: Any = Document(io.BytesIO(content))
        _empty(file)
        if room_wide(file) < _NARROWEST or room_high(file) < _LOWEST:
            raise InvalidInput("template.too_small")
    except (OpcError, LxmlError, SyntaxError, LookupError, ValueError, TypeError, AttributeError):
        raise damaged() from None
    return file


def room_wide(file: Any) -> float:
    """Between the margins of a page."""
    section = file.sections[-1]
    return float(Length(section.page_width - section.left_margin - section.right_margin - section.gutter).pt)


def room_high(file: Any) -> float:
    """Between the upper and the lower margin of a page."""
    section = file.sections[-1]
    return float(Length(section.page_height - abs(section.top_margin) - abs(section.bottom_margin)).pt)


def heads(section: Any) -> list[Any]:
    """What stands above the text: of first and even pages too, where those differ."""
    is_even = section._document_part.settings.odd_and_even_pages_header_footer
    first = [section.first_page_header] if section.different_first_page_header_footer else []
    return [section.header, *first, *([section.even_page_header] if is_even else [])]


def _empty(file: Any) -> None:
    body = file.element.body
    sections = list(body.iter(qn("w:sectPr")))
    last = sections[-1] if sections and sections[-1].getparent() is body else body.get_or_add_sectPr()
    known = {(each.tag, each.get(qn("w:type"))) for each in _references(last)}
    for section in reversed(sections):
        for each in _references(section):
            if (each.tag, each.get(qn("w:type"))) not in known:
                known.add((each.tag, each.get(qn("w:type"))))
                last.insert(0, deepcopy(each))
        if section.find(qn("w:titlePg")) is not None and section is not last and last.find(qn("w:titlePg")) is None:
            file.sections[-1].different_first_page_header_footer = True
    for each in list(body):
        if each is not last:
            body.remove(each)
    for name in ("w:cols", "w:vAlign", "w:pgNumType"):
        for each in last.findall(qn(name)):
            last.remove(each)
    _loosen(file, {each.get(qn("r:id")) for each in _references(last)})


def _references(section: Any) -> list[Any]:
    return [*section.findall(qn("w:headerReference")), *section.findall(qn("w:footerReference"))]


def _loosen(file: Any, referred: set[str]) -> None:
    """Parts that only the text had need of are not handed on, and no template is asked for on the reader's machine."""
    relations = file.part.rels
    for key, each in list(relations.items()):
        kind = each.reltype.rsplit("/", 1)[-1]
        if kind not in (*_KEPT, *_KEPT_TOO) or (kind in ("header", "footer") and key not in referred):
            del relations[key]
    settings = file.settings.element
    for each in settings.findall(qn("w:attachedTemplate")):
        settings.remove(each)
    relations = file.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS).rels
    for key in [key for key, each in relations.items() if each.reltype.endswith("/attachedTemplate")]:
        del relations[key]
