"""The bundled letters: which family shows a text, which letters none has, how wide it is, and where its lines break.

The families are subsets of Noto Sans under names of their own, so that no font of the machine is taken by mistake
(data/reference/fonts/README.md). Text is measured with the same files that draw it.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
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
_OTHER_SCRIPTS = (
    *("Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada"),
    *("Khmer", "Lao", "Malayalam", "Myanmar", "NKo", "Sinhala", "Tamil", "Telugu", "Thaana", "Thai", "Tifinagh"),
)
"""In which questionnaires may be written, though the program does not speak them; there is no bold of them."""
_FILES |= {(f"{LATIN} {script}", False): f"SoundingsSans{script}-Regular.ttf" for script in _OTHER_SCRIPTS}
_MEASURED_AT = 100
_FIRST_OF_LEVEL_2 = 0xD8
_SPACES = " \t\n"
_OPENING = "（《「『【“‘"
_CLOSING = "，。、；：？！）》」』】”’…"
_JOINER = "\u200d"
_IN_EMOJI = frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
"""Colours of skin, and the letters of flags of parts of countries."""
_OF_FLAGS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Letters of which two make the flag of a country."""
EMBED_RTL, END_EMBED = "\u202b", "\u202c"


def printable(text: str) -> str:
    """The text without control signs and half pairs, which no XML may hold; letters all stay."""
    return "".join(
        sign for sign in text if sign in "\t\n" or not (unicodedata.category(sign) in ("Cc", "Cs") or _is_no_sign(sign))
    )


def family(text: str) -> str:
    """The bundled family that has the script of the text."""
    if any(
        "\u0600" <= sign <= "\u06ff"
        or "\u0750" <= sign <= "\u077f"
        or "\u08a0" <= sign <= "\u08ff"
        or "\ufb50" <= sign <= "\ufefe"
        for sign in text
    ):
        return ARABIC
    if any(_is_wide(sign) for sign in text):
        return CHINESE
    return next((_family_of(sign) for sign in text if sign > "\u052f" and _family_of(sign) not in ("", LATIN)), LATIN)


def families(text: str) -> list[str]:
    """All bundled families, in the order in which a letter of the text is looked up."""
    first = family(text)
    return [first, *(name for name in _letters() if name != first)]


def by_family(text: str, order: Sequence[str] = ()) -> dict[str, set[str]]:
    """The bundled families that draw the text, in the order in which a letter is looked up, each with its letters.

    order  of the families; () for that of the text
    """
    found: dict[str, set[str]] = {}
    left = set(text)
    for name in order or families(text):
        drawn = {sign for sign in left if ord(sign) in _letters()[name]}
        if drawn:
            found[name] = drawn
        left = {sign for sign in left - drawn if not _has_no_shape(sign)}
        if not left:
            break
    return found


def file_of(name: str, signs: str, *, bold: bool) -> Path:
    """The file of a family that has the signs; the one that is not bold where the bold one has not all of them."""
    has_bold_face = (name, True) in _FILES and all(ord(sign) in _signs_of(name, True) for sign in signs)
    return FONTS / _FILES[name, bold and has_bold_face]


def missing(text: str) -> tuple[str, ...]:
    """The letters that no bundled font has, each once; a picture would show a box for them."""
    return tuple(sign for sign in dict.fromkeys(text) if not (_has_no_shape(sign) or _family_of(sign)))


def with_numbers(text: str) -> str:
    """The text with each sign that no bundled font has as its number, [U+1F600], for words that nobody may change.

    What makes one sign together stands in one pair of brackets: letters with their marks, an emoji with the colour of
    its skin or joined with others, the two letters of a flag.
    """
    if not missing(text):
        return text
    return "".join(
        f"[{' '.join(f'U+{ord(sign):04X}' for sign in piece)}]" if missing(piece) else piece for piece in _joined(text)
    )


def has_bold(text: str) -> bool:
    """Whether the bold face has every sign; bold Chinese holds only level 1 of GB 2312, to keep the file small."""
    name = family(text)
    if name != CHINESE:
        return (name, True) in _FILES
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


def runs_left(text: str, *, rtl: bool) -> bool:
    """Whether a text runs from right to left: as its letters do when all run one way, else as the picture does.

    A finding that was kept in English has its full stop after its last word, also in an Arabic picture. A single letter
    ("n = 12") is part of the figures around it.
    """
    kinds = [unicodedata.bidirectional(sign) for sign in text]
    leftward, rightward = any(kind in ("R", "AL") for kind in kinds), kinds.count("L") > 1
    return leftward if leftward is not rightward else rtl


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


def _joined(text: str) -> list[str]:
    """Signs, each with those behind it that are drawn into it (Unicode Technical Standard 51)."""
    pieces: list[str] = []
    for sign in text:
        if pieces and _belongs_to(pieces[-1], sign):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _belongs_to(piece: str, sign: str) -> bool:
    """Whether a sign is drawn into the piece before it."""
    if piece.isspace():
        return False
    is_emoji = not (piece[0].isalpha() or sign.isalpha())
    return (
        unicodedata.category(sign).startswith("M")  # accents, vowels, keys, what chooses between black and colours
        or (sign == _JOINER and is_emoji)
        or (piece[-1] == _JOINER and is_emoji and not sign.isspace())
        or sign in _IN_EMOJI
        or (sign in _OF_FLAGS and piece in _OF_FLAGS)
    )


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _is_no_sign(sign: str) -> bool:
    """True for the code points that are no characters and never will be."""
    return ord(sign) & 0xFFFE == 0xFFFE or "\ufdd0" <= sign <= "\ufdef"


def _has_no_shape(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp") or "\ufe00" <= sign <= "\ufe0f"


@lru_cache(maxsize=1)
def _letters() -> dict[str, frozenset[int]]:
    """The bundled families, Latin, Arabic and Chinese first, with the code points of each."""
    return {name: _signs_of(name, False) for name, bold in _FILES if not bold}


@lru_cache(maxsize=32)
def _signs_of(name: str, bold: bool) -> frozenset[int]:
    """The code points of a face."""
    return frozenset(TTFont(FONTS / _FILES[name, bold], lazy=True).getBestCmap())


@lru_cache(maxsize=4096)
def _family_of(sign: str) -> str:
    """The first family that has a sign; "" when none has."""
    return next((name for name, signs in _letters().items() if ord(sign) in signs), "")


def _runs(text: str) -> list[tuple[str, str]]:
    """The text in pieces of one family each: a sign that the main one has not is taken from the next that has it."""
    first = family(text)
    pieces: list[tuple[str, str]] = []
    for sign in text:
        has_it = sign < "\u0250" or _has_no_shape(sign) or ord(sign) in _letters()[first]
        name = first if has_it else _family_of(sign) or first
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + sign)
        else:
            pieces.append((name, sign))
    return pieces


@lru_cache(maxsize=32)
def _font(name: str, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / _FILES[name, bold]), _MEASURED_AT)


@lru_cache(maxsize=16384)
def _width(text: str, bold: bool) -> float:
    if text.isascii():
        return _font(LATIN, bold).getlength(text)
    return sum(
        _font(name, bold and (name, True) in _FILES and has_bold(piece)).getlength(piece) for name, piece in _runs(text)
    )
