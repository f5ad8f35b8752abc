"""The bundled letters: which family shows a text, how wide it is, and where its lines break.

The families are subsets of Noto Sans under names of their own, so that no font of the machine is taken by mistake
(data/reference/fonts/README.md). Text is measured with the same files that draw it.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FONTS = Path(__file__).parents[2] / "data" / "reference" / "fonts"
LATIN = "Soundings Sans"
ARABIC = "Soundings Sans Arabic"
CHINESE = "Soundings Sans SC"
_FILES = {
    (LATIN, False): "SoundingsSans-Regular.ttf",
    (LATIN, True): "SoundingsSans-Bold.ttf",
    (ARABIC, False): "SoundingsSansArabic-Regular.ttf",
    (ARABIC, True): "SoundingsSansArabic-Bold.ttf",
    (CHINESE, False): "SoundingsSansSC-Regular.otf",
    (CHINESE, True): "SoundingsSansSC-Bold.otf",
}
_MEASURED_AT = 100
_FIRST_OF_LEVEL_2 = 0xD8
_SPACES = " \t\n"
_OPENING = "（《「『【“‘"
_CLOSING = "，。、；：？！）》」』】”’…"
EMBED_RTL, END_EMBED = "\u202b", "\u202c"


def printable(text: str) -> str:
    """The text without control signs, which no XML may hold."""
    return "".join(sign for sign in text if sign in "\t\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))


def family(text: str) -> str:
    """The bundled family that has the script of the text."""
    if any("\u0600" <= sign <= "\u08ff" or "\ufb50" <= sign <= "\ufefe" for sign in text):
        return ARABIC
    return CHINESE if any(_is_wide(sign) for sign in text) else LATIN


def has_bold(text: str) -> bool:
    """Whether the bold face has every sign; bold Chinese holds only level 1 of GB 2312, to keep the file small."""
    if family(text) != CHINESE:
        return True
    return all(
        not "\u4e00" <= sign <= "\u9fff" or sign.encode("gb2312", "replace")[0] < _FIRST_OF_LEVEL_2 for sign in text
    )


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in the unit of `size`."""
    return _width(text, bold) * size / _MEASURED_AT


def wrap(text: str, available: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines no wider than `available`; a longer word is broken, nothing is cut off."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(f"{line}{piece}".rstrip(), size, bold=bold) > available:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
        while len(line.rstrip()) > 1 and width(line.rstrip(), size, bold=bold) > available:
            head = _fitting(line, available, size, bold)
            lines.append(line[:head])
            line = line[head:]
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def embedded(text: str, *, rtl: bool) -> str:
    """The text with its direction written into it, for renderers that know none."""
    return f"{EMBED_RTL}{text}{END_EMBED}" if rtl and text else text


def _fitting(word: str, available: float, size: float, bold: bool) -> int:
    """How many signs of a word fit, one at least."""
    for end in range(len(word) - 1, 1, -1):
        if width(word[:end], size, bold=bold) <= available:
            return end
    return 1


def _pieces(text: str) -> list[str]:
    """Smallest unbreakable parts: words with the space after them, single Chinese signs with their punctuation."""
    pieces: list[str] = []
    for sign in text:
        before = pieces[-1][-1] if pieces else " "
        is_held = sign in _CLOSING or before in _OPENING
        after_space = before in _SPACES and sign not in _SPACES
        if not pieces or after_space or ((_is_wide(sign) or _is_wide(before)) and not is_held and not sign.isspace()):
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


@lru_cache(maxsize=8)
def _font(name: str, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / _FILES[name, bold]), _MEASURED_AT)


@lru_cache(maxsize=16384)
def _width(text: str, bold: bool) -> float:
    return _font(family(text), bold and has_bold(text)).getlength(text)
