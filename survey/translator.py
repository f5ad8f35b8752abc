"""The application's own words in the reader's language, and numbers and dates as that language writes them.

A `Words` is a value that is passed down; there is no current language anywhere. The English words are the keys of
the catalogues in `survey/locale` (gettext .po files, read as they are).
"""

import gettext
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from data.errors import SoundingsError

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
    "ar": "العربية",
    "zh": "中文",
}
"""Languages of the application itself, each by its own name."""
UNKNOWN = "error.unknown"
"""Code of the words for an error that nobody wrote words for."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ku"})
_SEPARATORS = {"ar": "؛ ", "fa": "؛ ", "ur": "؛ ", "zh": "；", "fr": "\u00a0; "}
_COLONS = {"fr": "\u00a0: ", "zh": "："}
_EVERY_DIGIT = "#,##0." + "#" * 20
_PARTED_FROM = 10_000
_Unit = Literal["year", "month", "day", "hour", "minute"]
_SPANS: tuple[tuple[_Unit, timedelta], ...] = (
    ("year", timedelta(days=730)),
    ("month", timedelta(days=100)),
    ("day", timedelta(days=2)),
    ("hour", timedelta(hours=2)),
)
_MINUTE = timedelta(minutes=1)
_ISOLATE, _END = "\u2068", "\u2069"
_FROM_LEFT = ("L", "ES", "ET")
"""Bidirectional classes of Latin letters and of signs of numbers."""
_CATALOGUES = Path(__file__).parent / "locale"
_TYPESET = {
    # "n = {n}" and "{percent} %" are read from the left inside words that are read from the right.
    "ar": ((re.compile(r"\b[a-z] = \{\w+\}|(?:\{\w+\}|\b\d+) %"), "\u2066\\g<0>\u2069"),),
    # Between Chinese signs, LibreOffice takes figures behind a space at which no line ends apart.
    "zh": ((re.compile(r"\b([a-z]) = (?=\{)"), r"\1="),),
    "fr": (
        (re.compile(r"(?<=\S) (?=[:;?!%»])|(?<=«) "), "\u00a0"),
        (re.compile(r"(?<=[\w)}»]):(?= )"), "\u00a0:"),
        (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])"), "’"),
    ),
}
"""Signs that translators need not type: French parts its signs from the words by a space at which no line ends; Arabic
holds a letter and its figure together, by signs that are not seen; Chinese has no spaces between them."""
_LETTER_AND_FIGURE = re.compile(r"\b([a-z]) = (?=\{)")
"""Of which no end of a line takes one from the other, in any language: "n = {n}"."""


def direction(tag: str) -> str:
    """ "rtl" or "ltr"."""
    return "rtl" if tag.split("-")[0] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Words:
    """Words, numbers and dates in one language."""

    language: str

    def translate(self, msgid: str, /, **params: object) -> str:
        """The words in this language, English where they are not translated, with {params} filled in."""
        return _filled(_catalogue(self.language).gettext(msgid), self.isolating(params))

    def plural(self, one: str, many: str, count: int, /, **params: object) -> str:
        """The form that the language uses for `count`, which fills {count}."""
        shown = {"count": self.number(count), **params}
        return _filled(_catalogue(self.language).ngettext(one, many, count), self.isolating(shown))

    @property
    def direction(self) -> str:
        """ "rtl" or "ltr"."""
        return direction(self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        """The number with this language's separators."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=locale_of(self.language))

    def language_name(self, tag: str) -> str:
        """A language in the reader's words, e.g. Arabic for ar; the tag itself when nobody knows a name for it."""
        return str(locale_of(self.language).languages.get(tag.replace("-", "_"), tag)) if tag else ""

    def exactly(self, value: float) -> str:
        """The number with every digit that it has; four digits are not parted, for they may be a year."""
        plain = Decimal(repr(value))
        locale, parted = locale_of(self.language), abs(plain) >= _PARTED_FROM
        return format_decimal(plain, format=_EVERY_DIGIT, locale=locale, group_separator=parted)

    def listed(self, parts: Iterable[str]) -> str:
        """Several answers in a row, with a sign between that no answer holds as often as a comma."""
        return _SEPARATORS.get(self.language.split("-")[0], "; ").join(parts)

    @property
    def colon(self) -> str:
        """What stands between the name of something and its value."""
        return _COLONS.get(self.language.split("-")[0], ": ")

    def aside(self, said: str) -> str:
        """What follows on something in brackets, with the space before it where the language has one."""
        return f"（{said}）" if self.language.split("-")[0] == "zh" else f" ({said})"

    def month(self, day: date) -> str:
        """A month, e.g. October 2026."""
        return format_skeleton("yMMMM", day, locale=locale_of(self.language))

    def date(self, day: date) -> str:
        """A day, e.g. 31 October 2026."""
        return format_date(day, format="long", locale=locale_of(self.language))

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A moment with its zone, e.g. 31 October 2026, 23:59 UTC, or 23:59 UTC+04 for a zone without letters."""
        local = moment.astimezone(zone)
        name = local.tzname() or ""
        return self.local_moment(local, f"{'UTC' if name[:1] in ('+', '-') else ''}{name}")

    def until(self, span: timedelta) -> str:
        """How long it is until then, in the largest unit of which there are two, to the minute: in 3 days."""
        return _until(self.language, max(_MINUTE, round(span / _MINUTE) * _MINUTE))

    def local_moment(self, moment: datetime, zone: str = "") -> str:
        """A moment as a clock shows it, e.g. 31 October 2026, 23:59."""
        day, clock = _day_and_clock(self.language, moment.replace(second=0, microsecond=0, tzinfo=None))
        time = f"{clock} {zone}".strip()
        whole = self.translate("{date}, {time}", date=day, time=time)
        return isolated(whole) if self.direction == "rtl" else whole

    def isolating(self, params: Mapping[str, object]) -> Mapping[str, object]:
        """What is filled in, such that it does not change the order of the words around it.

        An address stays as it is: it holds together by itself, and a sign at its end would be taken as part of it.
        """
        if self.direction == "ltr":
            return params
        return {
            name: isolated(value)
            if isinstance(value, str)
            and "://" not in value
            and any(unicodedata.bidirectional(sign) in _FROM_LEFT for sign in value)
            else value
            for name, value in params.items()
        }

    def error(self, error: SoundingsError, messages: Mapping[str, str]) -> str:
        """What to tell the reader about an error; an unknown code is shown as such, never the Python text."""
        return self.translate(
            messages.get(error.code, messages.get(UNKNOWN, error.code)), **{"code": error.code, **error.params}
        )


@lru_cache(maxsize=1024)
def _day_and_clock(language: str, minute: datetime) -> tuple[str, str]:
    locale = locale_of(language)
    return format_date(minute, format="long", locale=locale), format_datetime(minute, format="HH:mm", locale=locale)


@lru_cache(maxsize=1024)
def _until(language: str, span: timedelta) -> str:
    unit: _Unit = next((name for name, least in _SPANS if span >= least), "minute")
    return format_timedelta(span, granularity=unit, threshold=math.inf, add_direction=True, locale=locale_of(language))


def isolated(text: str) -> str:
    """The text as a unit in a line of the other direction, by signs that are not seen."""
    return text if text.startswith(_ISOLATE) else f"{_ISOLATE}{text}{_END}"


def _filled(words: str, params: Mapping[str, object]) -> str:
    # A catalogue is data: a wrong placeholder in a translation must not end a page.
    try:
        return words.format(**params) if params else words
    except (KeyError, IndexError, ValueError):
        return words


def nearest(wanted: str, offered: tuple[str, ...], fallback: str = "en") -> str:
    """The offered tag that comes nearest to a wanted one ("fr-CA" -> "fr")."""
    for candidate in (wanted, wanted.split("-")[0]):
        if candidate in offered:
            return candidate
    return fallback if fallback in offered or not offered else offered[0]


@lru_cache(maxsize=32)
def _catalogue(tag: str) -> gettext.NullTranslations:
    path = _CATALOGUES / f"{tag}.po"
    if not path.is_file():
        return _English()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=tag)
    for message in catalogue:
        if message.id:
            message.string = _typeset(message.string, tag)
    binary = io.BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    found = gettext.GNUTranslations(binary)
    found.add_fallback(_English())
    return found


class _English(gettext.NullTranslations):
    """The keys of the catalogues as words, for what is not translated."""

    def gettext(self, message: str) -> str:
        return _typeset_english(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _typeset_english(msgid1 if n == 1 else msgid2)


@lru_cache(maxsize=8192)
def _typeset_english(message: str) -> str:
    return str(_typeset(message, "en"))


def _typeset(translated: Any, tag: str) -> Any:
    """The words of a message, or each form of a plural, with the signs of its language."""
    if not isinstance(translated, str):
        return tuple(_typeset(each, tag) for each in translated)
    for pattern, sign in _TYPESET.get(tag, ()):
        translated = pattern.sub(sign, translated)
    return _LETTER_AND_FIGURE.sub("\\1\u00a0=\u00a0", translated)


@lru_cache(maxsize=32)
def locale_of(tag: str) -> Locale:
    """How a language writes numbers and dates; English as the United Nations does: 31 October 2026."""
    try:
        return Locale.parse("en-GB" if tag == "en" else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
