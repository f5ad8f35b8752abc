"""The slides of a template: layouts known by the placeholders that they have, and the room that they leave.

With powerpoint.py the place of pptx. Lengths are in points.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import LxmlError
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml.ns import qn

from analysis.report.slide_room import EDGE, TITLE_SIZES, TOP, Area, Room
from analysis.report.template import damaged
from data.errors import InvalidInput

_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_FOOT = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)
_BODY = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
_NARROWEST, _LOWEST = 480.0, 360.0
_FOOT_BEGINS = 0.75
"""Of the slide's height: what begins below is the template's foot."""
_UNKNOWN_SIZE = 44.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slides:
    """A presentation without slides, the layouts to make them of, and their room.

    cover        with a title and, where the template has such a one, a subtitle; plain  with a title and least besides
    cover_size  of the letters of the title on the cover
    """

    file: Any
    cover: Any
    plain: Any
    room: Room
    cover_size: float


def open_slides(content: bytes) -> Slides:
    """The template without its slides.

    Raises  InvalidInput "template.no_title", "template.too_small", "template.damaged".
    """
    try:
        file: Any = Presentation(io.BytesIO(content))
        layouts = [layout for master in file.slide_masters for layout in master.slide_layouts]
        plain = _plain(layouts)
        cover = _cover(layouts) or plain
        room = _room(file, plain)
        _empty(file)
        return Slides(file=file, cover=cover, plain=plain, room=room, cover_size=_size(cover))
    except (PythonPptxError, LxmlError, SyntaxError, LookupError, ValueError, TypeError, AttributeError):
        raise damaged() from None


def placeholder(page: Any, *kinds: PP_PLACEHOLDER) -> Any | None:
    """The first placeholder of one of these kinds on a slide or a layout."""
    return next((each for each in page.placeholders if each.placeholder_format.type in kinds), None)


def title_of(page: Any) -> Any | None:
    """The title of a slide or a layout."""
    return placeholder(page, *_TITLES)


def area_of(shape: Any) -> Area | None:
    """Where a shape stands, itself or by its layout; None when nothing says so."""
    sides = (shape.left, shape.top, shape.width, shape.height)
    return None if None in sides else Area(*(side.pt for side in sides))


def add_foot(slide: Any) -> Any | None:
    """The template's own words at the foot; returns the place of the slide's number, None where it has none."""
    for each in slide.slide_layout.placeholders:
        kind = each.placeholder_format.type
        if kind is PP_PLACEHOLDER.SLIDE_NUMBER or (kind is PP_PLACEHOLDER.FOOTER and each.text_frame.text.strip()):
            slide.shapes.clone_placeholder(each)
            if kind is PP_PLACEHOLDER.FOOTER:
                placeholder(slide, kind).text_frame.text = each.text_frame.text  # type: ignore[union-attr]
    return placeholder(slide, PP_PLACEHOLDER.SLIDE_NUMBER)


def drop_unfilled(slide: Any) -> None:
    """No placeholder asks for words that nobody will write."""
    for each in list(slide.placeholders):
        if not (each.has_text_frame and each.text_frame.text) and each.placeholder_format.type not in _FOOT:
            each._element.getparent().remove(each._element)


def _kinds(layout: Any) -> list[PP_PLACEHOLDER]:
    return [each.placeholder_format.type for each in layout.placeholders]


def _plain(layouts: list[Any]) -> Any:
    """The layout with a title and the fewest other places to fill; one that calls itself so before others."""
    found = [layout for layout in layouts if title_of(layout) is not None]
    if not found:
        raise InvalidInput("template.no_title")

    def other(layout: Any) -> tuple[bool, int, bool]:
        kinds = _kinds(layout)
        filled = sum(kind not in (*_TITLES, *_FOOT) for kind in kinds)
        return PP_PLACEHOLDER.TITLE not in kinds, filled, layout._element.get("type") != "titleOnly"

    return min(found, key=other)


def _cover(layouts: list[Any]) -> Any | None:
    """The layout with a title and a subtitle, or with a title in the middle."""

    def fits(layout: Any) -> int:
        kinds = _kinds(layout)
        centred, below = PP_PLACEHOLDER.CENTER_TITLE in kinds, PP_PLACEHOLDER.SUBTITLE in kinds
        return 2 * (below and title_of(layout) is not None) + centred

    best = max(layouts, key=fits)
    return best if fits(best) else None


def _room(file: Any, layout: Any) -> Room:
    wide, high = file.slide_width.pt, file.slide_height.pt
    if wide < _NARROWEST or high < _LOWEST:
        raise InvalidInput("template.too_small")
    title = area_of(title_of(layout))
    if title is None or not 0 <= title.y <= high * 0.3 or title.x < 0 or not wide / 2 <= title.wide <= wide - title.x:
        title = Area(EDGE, TOP, wide - 2 * EDGE, 0)
    title = Area(title.x, title.y, title.wide, min(title.high, high / 4))
    bodies = (placeholder(layout, *_BODY), placeholder(layout.slide_master, *_BODY))
    body = next((area for each in bodies if each is not None and (area := area_of(each)) is not None), title)
    if body.x < 0 or not wide * 0.6 <= body.wide <= wide - body.x:
        body = title
    feet = [area.y for each in _standing(layout) if (area := area_of(each)) and area.y >= high * _FOOT_BEGINS]
    own = _size(layout)
    sizes = tuple(size for size in TITLE_SIZES if size <= own) or (own,)
    return Room(title=title, title_sizes=sizes, x=body.x, wide=body.wide, bottom=min([high, *feet]))


def _standing(layout: Any) -> Iterator[Any]:
    """The shapes that every slide of a layout shows, and the placeholders of its foot."""
    for each in layout.shapes:
        if not each.is_placeholder or each.placeholder_format.type in _FOOT:
            yield each
    if layout._element.get("showMasterSp") not in ("0", "false"):
        yield from (each for each in layout.slide_master.shapes if not each.is_placeholder)


def _size(layout: Any) -> float:
    """Of a title's letters, as its layout or its master says."""
    for place in (title_of(layout)._element, layout.slide_master._element.find(f".//{qn('p:titleStyle')}")):  # type: ignore[union-attr]
        told = None if place is None else place.find(f".//{qn('a:lvl1pPr')}/{qn('a:defRPr')}")
        if told is not None and told.get("sz"):
            return int(told.get("sz")) / 100
    return _UNKNOWN_SIZE


def _empty(file: Any) -> None:
    """No slide of the template's own, and no list that would still name one."""
    whole = file.part._element
    listed = file.slides._sldIdLst
    for each in list(listed):
        file.part.drop_rel(each.rId)
        listed.remove(each)
    for name in ("p:custShowLst", "p:extLst"):  # sections are an extension
        for each in whole.findall(qn(name)):
            whole.remove(each)
