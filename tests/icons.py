"""The icon font, cut to the icons that the code and Streamlit use.

python -m tests.icons    writes survey/ui/assets/icons.woff2 from the font that Streamlit brings (Apache-2.0)
"""

import re
import sys
from pathlib import Path

import streamlit
from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
STREAMLIT = Path(streamlit.__file__).parent
ICONS = ROOT / "survey" / "ui" / "assets" / "icons.woff2"
_NAMED = re.compile(r":material/([a-z0-9_]+)")
_LIGATURES = 4


def used_by_us() -> set[str]:
    """Names of the icons in our own code."""
    return {
        name
        for package in ("survey", "analysis")
        for path in (ROOT / package).rglob("*.py")
        for name in _NAMED.findall(path.read_text(encoding="utf-8"))
    }


def used_by_streamlit() -> set[str]:
    """Names of the icons in the installed Streamlit's own pages."""
    scripts = (STREAMLIT / "static" / "static" / "js").glob("*.js")
    return {name for path in scripts for name in _NAMED.findall(path.read_text(encoding="utf-8"))}


def full_font() -> Path:
    """Streamlit's font of all icons."""
    return next((STREAMLIT / "static" / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"))


def glyphs_by_name(font: TTFont) -> dict[str, str]:
    """Each icon's name, which is what a page writes, with its glyph: the ligatures of the font."""
    signs = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType != _LIGATURES:
                continue
            for first, ligatures in table.ligatures.items():
                for ligature in ligatures:
                    name = "".join(signs.get(glyph, "?") for glyph in (first, *ligature.Component))
                    found[name] = ligature.LigGlyph
    return found


def main() -> int:
    """Writes the font; 1 when one of our icons is in no font."""
    font = TTFont(full_font())
    known = glyphs_by_name(font)
    if missing := used_by_us() - known.keys():
        print(f"no such icon: {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    wanted = (used_by_us() | used_by_streamlit()) & known.keys()
    options = Options(flavor="woff2", layout_closure=False, layout_features=["*"], hinting=False, glyph_names=False)
    options.name_IDs = ["*"]
    subsetter = Subsetter(options)
    # Without closure only the ligatures stay whose letters and icon are both asked for.
    subsetter.populate(glyphs=[known[name] for name in wanted], unicodes=set(map(ord, "".join(wanted))))
    subsetter.subset(font)
    save_font(font, str(ICONS), options)
    print(f"{len(wanted)} icons, {ICONS.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
