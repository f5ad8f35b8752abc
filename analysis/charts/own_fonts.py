"""The fonts of a drawing that leaves the house, inside it: of each bundled face only the letters that are drawn.

Each face has a name of its own, made of what is in it, so that two drawings in one page do not take each other's.
"""

import base64
import hashlib
import io
from collections.abc import Iterable
from functools import lru_cache
from xml.etree import ElementTree

from fontTools import subset

from analysis.charts import lettering, typesetting
from analysis.charts.plane import SVG_NAMESPACE

_TEXT, _STYLE = (f"{{{SVG_NAMESPACE}}}{tag}" for tag in ("text", "style"))
_SHOWN = 8
"""Digits of the hash that stand in the name of a face."""


def with_fonts(drawing: bytes) -> bytes:
    """The SVG with the fonts of its words inside, as data: addresses; nothing is asked for from elsewhere.

    Raises  InvalidInput "chart.missing_letters" when no bundled font has a letter of it.
    """
    root = ElementTree.fromstring(drawing)
    marks = [mark for mark in root.iter(_TEXT) if mark.text]
    typesetting.require_letters("".join(mark.text or "" for mark in marks))
    signs: dict[tuple[str, bool], set[str]] = {}
    for mark in marks:
        for family, drawn in lettering.by_family(mark.text or "").items():
            signs.setdefault((family, _is_bold(mark)), set()).update(drawn)
    names: dict[tuple[str, bool], str] = {}
    rules = []
    for (family, bold), drawn in sorted(signs.items()):
        content = _face(family, bold, "".join(sorted(drawn)))
        names[family, bold] = f"{family} {hashlib.sha256(content).hexdigest()[:_SHOWN]}"
        weight = "bold" if bold else "normal"
        source = f"url(data:font/woff2;base64,{base64.b64encode(content).decode()}) format('woff2')"
        rules.append(f"@font-face{{font-family:'{names[family, bold]}';font-weight:{weight};src:{source}}}")
    for mark in marks:
        own = [names[family, _is_bold(mark)] for family in lettering.by_family(mark.text or "")]
        mark.set("font-family", ", ".join([*_quoted(own), mark.get("font-family", "sans-serif")]))
    style = ElementTree.Element(_STYLE)
    style.text = "".join(rules)
    root.insert(next((at for at, each in enumerate(root) if each.tag.endswith("}rect")), 0), style)
    ElementTree.register_namespace("", SVG_NAMESPACE)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"'{name}'" for name in names]


def _is_bold(mark: ElementTree.Element) -> bool:
    return mark.get("font-weight") == "bold"


@lru_cache(maxsize=64)
def _face(family: str, bold: bool, signs: str) -> bytes:
    """The signs of a bundled face, with what shapes them, as WOFF 2; the same signs give the same bytes."""
    options = subset.Options(hinting=False, notdef_outline=True, recalc_timestamp=False)
    font = subset.load_font(str(lettering.file_of(family, signs, bold=bold)), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=signs)
    cutter.subset(font)
    font.flavor = "woff2"
    made = io.BytesIO()
    font.save(made)
    font.close()
    return made.getvalue()
