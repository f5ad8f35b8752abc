"""A drawing as pixels or as a PDF, set by Typst with the bundled fonts alone: no browser, no font of the machine.

Marks go in as they are; words are taken out of the SVG and set by Typst itself, because the renderers of SVG shape
Devanagari and mixtures of scripts wrongly. A letter that no bundled font has is an error and never a box.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import typst

from analysis.charts import lettering
from data.errors import InvalidInput

_TEMPLATE = (Path(__file__).parent / "picture.typ").read_bytes()
_SVG = "{http://www.w3.org/2000/svg}"
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
_LOWERED = re.compile(r"translate\(0 (-?[\d.]+)\)")
_POINTS = 72
_MOST_NAMED = 12


def pixels(drawing: bytes, *, width: float, scale: float) -> bytes:
    """The drawing as a PNG of `width` times `scale` pixels.

    Raises  InvalidInput "chart.missing_letters".
    """
    return _set(drawing, width=width, format="png", ppi=_POINTS * scale)


def document(drawing: bytes, *, width: float, alt: str, query: str, moment: datetime | None) -> bytes:
    """The drawing as a PDF/UA-1 of one page, `width` points wide: vectors, and words that can be searched.

    alt, query  for who cannot see it, and for programs; `moment` of which it is dated
    Raises      InvalidInput "chart.missing_letters".
    """
    return _set(drawing, width=width, alt=alt, query=query, format="pdf", pdf_standards=["ua-1"], timestamp=moment)


def _set(drawing: bytes, *, width: float, alt: str = "", query: str = "", **how: Any) -> bytes:
    root = ElementTree.fromstring(drawing)
    own = [float(part) for part in root.attrib["viewBox"].split()]
    scale = width / own[2]
    words = list(_words(root, scale, 0.0))
    require_letters("".join(each["words"] for each in words))
    for parent in list(root.iter()):
        for child in [each for each in parent if each.tag in (f"{_SVG}text", f"{_SVG}metadata")]:
            parent.remove(child)
    title = root.findtext(f"{_SVG}title") or ""
    kept = {
        "title": _plain(title),
        "alt": _plain(alt or title),
        "query": query,
        "lang": root.get("{http://www.w3.org/XML/1998/namespace}lang", "en").split("-")[0],
        "width": width,
        "height": own[3] * scale,
        "marks": ElementTree.tostring(root, encoding="unicode"),
        "words": words,
    }
    made: Any = typst.compile(
        _TEMPLATE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"kept": json.dumps(kept, ensure_ascii=False)},
        **how,
    )
    content: bytes = made[0] if isinstance(made, list) else made
    return content


def require_letters(text: str) -> None:
    """Raises InvalidInput "chart.missing_letters" when no bundled font has a letter of the text."""
    found = lettering.missing(text)
    if found:
        named = [f"{sign} (U+{ord(sign):04X})" for sign in found[:_MOST_NAMED]]
        raise InvalidInput("chart.missing_letters", letters=", ".join(named) + (" …" if found[_MOST_NAMED:] else ""))


def _words(part: ElementTree.Element, scale: float, down: float) -> Iterator[dict[str, Any]]:
    """The lines of words in a part of the drawing as the template reads them; `down` is how far the part is lowered."""
    for mark in part:
        lowered = _LOWERED.fullmatch(mark.get("transform", ""))
        yield from _words(mark, scale, down + (float(lowered[1]) if lowered else 0.0))
        if mark.tag != f"{_SVG}text":
            continue
        text = mark.text or ""
        clean = _plain(text)
        yield {
            "words": clean,
            "x": float(mark.get("x", 0)) * scale,
            "y": (float(mark.get("y", 0)) + down) * scale,
            "size": float(mark.get("font-size", 0)) * scale,
            "colour": mark.get("fill", "#000000"),
            "weight": mark.get("font-weight", "normal").replace("normal", "regular"),
            "before": _BEFORE[mark.get("text-anchor", "start")],
            "rtl": text.startswith(lettering.EMBED_RTL),
            "fonts": lettering.families(clean),
        }


def _plain(text: str) -> str:
    """The text without the marks that write its direction into it; the template is told the direction."""
    return text.removeprefix(lettering.EMBED_RTL).removesuffix(lettering.END_EMBED)


@cache
def _fonts() -> Any:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(lettering.FONTS)])
