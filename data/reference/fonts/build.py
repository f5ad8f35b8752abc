"""Make the bundled fonts from Debian's Noto files; run by hand with fonttools installed (see README.md)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NOTO = "/usr/share/fonts/truetype/noto/{name}-{style}.ttf"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-{style}.ttc"
SIMPLIFIED_CHINESE = 2
OTHER_SCRIPTS = (
    *(
        "Armenian",
        "Bengali",
        "Devanagari",
        "Ethiopic",
        "Georgian",
        "Gujarati",
        "Gurmukhi",
        "Hebrew",
        "Kannada",
        "Khmer",
    ),
    *("Lao", "Malayalam", "Myanmar", "NKo", "Sinhala", "Tamil", "Telugu", "Thaana", "Thai", "Tifinagh"),
)
"""Scripts of questionnaires that the program itself does not speak; what is written in them is printed in regular."""
HERE = Path(__file__).parent
MINUS, EN_DASH = 0x2212, 0x2013
SIGNS = {0x2116, 0x2122, *range(0x2190, 0x2194), MINUS, 0x2248, 0x2260, 0x2264, 0x2265, 0x25A0, 0x25CB, 0x25CF, 0xFFFD}
PUNCTUATION = {*range(0x2000, 0x20D0), *SIGNS}
LATIN = {*range(0x20, 0x250), *range(0x2B0, 0x370), *range(0x1E00, 0x1F00)}
GREEK_AND_CYRILLIC = set(range(0x370, 0x530))
BASIC_LATIN = {*range(0x20, 0x180), *range(0x2010, 0x2028), 0x202F, *range(0x2030, 0x20D0), *SIGNS}


def gb2312(first: int, last: int) -> set[int]:
    """Code points of the rows of GB 2312 from `first` to `last`; rows B0 to D7 are level 1."""
    signs = set()
    for row in range(first, last + 1):
        for cell in range(0xA1, 0xFF):
            try:
                signs.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return signs


def subset(font: TTFont, signs: set[int], features: list[str]) -> TTFont:
    """The font with the signs and features alone, without hints."""
    options = Options(layout_features=features, hinting=False, notdef_outline=True, glyph_names=False)
    options.name_IDs = ["*"]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    return font


def save(font: TTFont, family: str, style: str, suffix: str) -> None:
    """The font under its own name; copyright and licence are kept. Noto Sans lacks the minus sign: its dash serves."""
    for table in font["cmap"].tables:
        if table.isUnicode() and EN_DASH in table.cmap:
            table.cmap.setdefault(MINUS, table.cmap[EN_DASH])
    postscript = f"{family.replace(' ', '')}-{style}"
    kept = {record.nameID: str(record) for record in font["name"].names if record.nameID in (0, 13, 14)}
    own = {
        1: family,
        2: style,
        3: f"{postscript}, subset of Noto",
        4: f"{family} {style}",
        5: "Version 1.0",
        6: postscript,
    }
    font["name"].names = []
    for number, text in {**kept, **own}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    for table_name in ("DSIG", "meta"):
        if table_name in font:
            del font[table_name]
    is_bold = style == "Bold"
    font["OS/2"].usWeightClass = 700 if is_bold else 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | (0x20 if is_bold else 0x40)
    font["head"].macStyle = int(is_bold)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [postscript]
        cff.topDictIndex[0].FamilyName = family
        cff.topDictIndex[0].FullName = f"{family} {style}"
    font.save(HERE / f"{postscript}.{suffix}")


def main() -> None:
    """Write all files."""
    for script in OTHER_SCRIPTS:
        font = TTFont(NOTO.format(name=f"NotoSans{script}", style="Regular"))
        save(subset(font, set(font.getBestCmap()), ["*"]), f"Soundings Sans {script}", "Regular", "ttf")
    for style in ("Regular", "Bold"):
        latin = subset(
            TTFont(NOTO.format(name="NotoSans", style=style)), LATIN | GREEK_AND_CYRILLIC | PUNCTUATION, ["*"]
        )
        save(latin, "Soundings Sans", style, "ttf")
        with TemporaryDirectory() as folder:
            parts = [f"{folder}/arabic.ttf", f"{folder}/latin.ttf"]
            added = TTFont(NOTO.format(name="NotoSans", style=style))
            subset(added, BASIC_LATIN, ["kern", "mark", "ccmp", "locl"]).save(parts[1])
            arabic = TTFont(NOTO.format(name="NotoSansArabic", style=style))
            subset(arabic, set(arabic.getBestCmap()) - set(added.getBestCmap()), ["*"]).save(parts[0])
            save(Merger().merge(parts), "Soundings Sans Arabic", style, "ttf")
        level = gb2312(0xA1, 0xF7) if style == "Regular" else gb2312(0xA1, 0xD7)
        signs = level | set(range(0x20, 0x180)) | set(range(0x400, 0x460)) | PUNCTUATION
        chinese = TTFont(CJK.format(style=style), fontNumber=SIMPLIFIED_CHINESE)
        subset(chinese, signs | set(range(0x3000, 0x3040)) | set(range(0xFF00, 0xFFF0)), ["kern", "ccmp", "locl"])
        save(chinese, "Soundings Sans SC", style, "otf")


if __name__ == "__main__":
    main()
