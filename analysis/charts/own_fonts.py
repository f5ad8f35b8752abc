"""The fonts of a drawing or a page that leaves the house, inside it: of each bundled face only the letters it shows.

In a drawing each face has a name of its own, made of what is in it, so that two drawings in one page do not take each
other's.
"""

import base64
import hashlib
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html.parser import HTMLParser
from xml.etree import ElementTree

from fontTools import subset

from analysis.charts import lettering, typesetting
from analysis.charts.plane import SVG_NAMESPACE

_TEXT, _STYLE = (f"{{{SVG_NAMESPACE}}}{tag}" for tag in ("text", "style"))
_OTHERS = "'Noto Sans', 'Segoe UI', Arial, sans-serif"
"""For letters that no bundled font has."""
_BOLD = frozenset({"h1", "h2", "h3", "h4", "strong", "caption", ".mark"})
"""What pages set in bold letters."""
_EITHER = frozenset({"th", "summary", "nav"})
"""What is bold in one place or page and normal in another: heads of columns and of rows, for one."""
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
        rules.append(_rule(names[family, bold], bold, content))
    for mark in marks:
        own = [names[family, _is_bold(mark)] for family in lettering.by_family(mark.text or "")]
        mark.set("font-family", f"{quoted(own)}, {mark.get('font-family', 'sans-serif')}")
    style = ElementTree.Element(_STYLE)
    style.text = "".join(rules)
    root.insert(next((at for at, each in enumerate(root) if each.tag.endswith("}rect")), 0), style)
    ElementTree.register_namespace("", SVG_NAMESPACE)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def of_page(body: str, order: Sequence[str]) -> str:
    """The style that brings the letters of a page and names their families in this order.

    body   HTML, in which drawings name families of their own
    order  of all families
    """
    signs = _Letters(body, order).signs
    rules = (
        _rule(family, bold, _face(family, bold, "".join(sorted(drawn))))
        for (family, bold), drawn in sorted(signs.items())
    )
    names = quoted(name for name in order if {(name, False), (name, True)} & set(signs))
    return f"{''.join(rules)}\nbody {{ font-family: {names}, {_OTHERS}; }}\n"


def quoted(names: Iterable[str]) -> str:
    """Families as a style names them."""
    return ", ".join(f"'{name}'" for name in names)


def _rule(name: str, bold: bool, content: bytes) -> str:
    weight = "bold" if bold else "normal"
    source = f"url(data:font/woff2;base64,{base64.b64encode(content).decode()}) format('woff2')"
    return f"@font-face{{font-family:'{name}';font-weight:{weight};src:{source}}}"


class _Letters(HTMLParser):
    """The letters of a page by family and whether they are bold; those of drawings as the drawings name them."""

    def __init__(self, body: str, order: Sequence[str]) -> None:
        super().__init__()
        self.signs: dict[tuple[str, bool], set[str]] = {}
        self._order, self._open = order, list[tuple[str, str | None]]()
        self._bold = False
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, f".{dict(attrs).get('class')}"))
        self._bold = dict(attrs).get("font-weight") == "bold"

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        is_drawn = bool(self._open) and self._open[-1][0] == "text"
        for family, signs in lettering.by_family(data, () if is_drawn else self._order).items():
            for bold in self._weights(is_drawn):
                self.signs.setdefault((family, bold), set()).update(signs)

    def _weights(self, is_drawn: bool) -> tuple[bool, ...]:
        """Whether letters here are bold, or may be either."""
        if is_drawn:
            return (self._bold,)
        around = {name for each in self._open for name in each}
        if around & _BOLD:
            return (True,)
        return (False, True) if around & _EITHER else (False,)


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
