"""An organisation's name in several languages and scripts: what it says, word by word, so that two names compare.

`survey.organisations.same_name` tells when a name is the same, whatever the spelling. Here is what may be the same: a
hint for people, which takes nobody's place.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

_REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
_FILLING = frozenset(
    (
        *("the", "of", "for", "and", "in", "to", "on", "by", "with", "a", "an"),
        *("la", "le", "les", "l", "de", "des", "du", "d", "et", "en", "pour", "sur", "au", "aux", "un", "une"),
        *("el", "los", "las", "y", "del", "por", "para", "e", "da", "do"),
        *("и", "в", "по", "для", "на", "о", "из", "с", "во", "في", "من", "و", "على", "的", "和", "与"),
        *("inc", "ltd", "ev", "ngo", "ong", "asbl", "нко", "ано", "оо", "ооо"),
    )
)
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэіїєґ", "abvgdeziiklmnoprstufyeiieg", strict=True)),
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}
_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
_VOWELS = "аеийоуыьэюя"
_LONGEST_ENDING = 3
"""Letters that Russian declension may put behind a name, its last vowel taken off."""


@lru_cache(maxsize=20_000)
def meanings(name: str) -> frozenset[str]:
    """What the words of a name mean: a word that names of organisations often have, by its English word; a country, by
    its ISO code; any other word, in Latin letters. Small words and endings are left out.

    "Молодёжный совет Кении" and "Youth Council of Kenya" are {"youth", "council", "KEN"}.
    """
    bare = plain(name)
    found, rest = set[str](), f" {bare} "
    for phrase, meaning in _possible(bare):
        if phrase in rest:
            found.add(meaning)
            rest = rest.replace(phrase, " ")
    for word in rest.split():
        if word not in _FILLING:
            found.add(_meaning(word))
    return frozenset(found)


def variants(name: str) -> tuple[str, ...]:
    """The name, and what may be the same name in another language: what stands in brackets, and what around them; what
    stands before and after a stroke or a spaced dash."""
    inside = re.findall(r"[(（\[]([^)）\]]+)[)）\]]", name)
    around = re.sub(r"[(（\[][^)）\]]*[)）\]]", " ", name)
    parts = [*inside, *re.split(r"\s[-–—|/]\s|/", around)]
    return tuple(dict.fromkeys(part.strip() for part in (name, *parts) if part.strip()))


def initials(name: str) -> str:
    """The initials of a name's words, small words left out, in capital Latin letters; "" below three words."""
    words = [latin(word) for word in plain(name).split() if word not in _FILLING]
    found = "".join(word[:1] for word in words).upper()
    return found if len(found) >= 3 and found.isascii() else ""


def is_acronym(name: str) -> bool:
    """True for three to eight capital letters, such as IFRC."""
    bare = name.replace(".", "").strip()
    return 3 <= len(bare) <= 8 and bare.isalpha() and bare.isupper()


def latin(word: str) -> str:
    """A folded word in Latin letters where it is Cyrillic, else the word."""
    return word if word.isascii() else word.translate(_LATIN)


_LATIN = str.maketrans(_CYRILLIC)


def plain(name: str) -> str:
    """Letters and digits in lower case without accents, words one space apart; Arabic letters in one spelling each."""
    return " ".join(unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN).split())


class _Plain(dict[int, str | int | None]):
    """Sign of a name -> itself, its usual spelling, a space, or nothing; each is looked up once."""

    def __missing__(self, sign: int) -> str | int | None:
        found: str | int | None = sign if unicodedata.category(chr(sign))[0] in "LN" else " "
        if unicodedata.combining(chr(sign)):
            found = None
        self[sign] = found
        return found


_PLAIN = _Plain(str.maketrans("أإآىة", "اااية"))


@lru_cache(maxsize=50_000)  # names of organisations have many words in common
def _meaning(word: str) -> str:
    stems, countries = _stems(), _countries()
    for end in range(len(word), 1, -1):
        if (found := stems.get(word[:end])) is not None:
            return found
    for country, code in countries.get(word[:3], ()):
        # A Russian name in another case has another ending: Кения, Кении.
        kept = country[:-1] if _is_cyrillic(country) and len(country) > 3 and country[-1] in _VOWELS else country
        if word == country or (
            _is_cyrillic(country) and word.startswith(kept) and len(word) - len(kept) <= _LONGEST_ENDING
        ):
            return code
    return latin(word)


def _is_cyrillic(word: str) -> bool:
    return any(sign in _CYRILLIC for sign in word)


@cache
def _stems() -> Mapping[str, str]:
    """Beginning of a word -> what it means."""
    return {stem: meaning for stem, meaning in _words() if " " not in stem}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """What is looked for in the whole name, the longest first: several words, names of countries, Chinese words."""
    found = [(f" {text} ", meaning) for text, meaning in (*_words(), *_country_names()) if " " in text]
    chinese = [(text, meaning) for text, meaning in (*_words(), *_country_names()) if _is_chinese(text)]
    return tuple(sorted([*found, *chinese], key=lambda pair: -len(pair[0])))


def _possible(bare: str) -> Iterable[tuple[str, str]]:
    """Those of the phrases that can be in a name, in their order: most begin with none of its words."""
    phrases = _phrases()
    if not bare.isascii() and _is_chinese(bare):  # a word between Chinese signs begins where they are taken away
        return phrases
    first = _places_of_phrases()
    return [phrases[place] for place in sorted({place for word in bare.split() for place in first.get(word, ())})]


@cache
def _places_of_phrases() -> Mapping[str, tuple[int, ...]]:
    """First word -> the places of the phrases that begin with it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, (phrase, _meaning) in enumerate(_phrases()):
        if phrase.startswith(" "):
            found[phrase.split()[0]].append(place)
    return {word: tuple(places) for word, places in found.items()}


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def _words() -> Iterator[tuple[str, str]]:
    with (_REFERENCE / "organisation_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for language in _LANGUAGES:
                for stem in filter(None, row[language].split("|")):
                    yield plain(stem), row["concept"]


def _country_names() -> Iterator[tuple[str, str]]:
    with (_REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for language in _LANGUAGES:
                # "Bolivia (Plurinational State of)" is called Bolivia.
                yield plain(row[f"name_{language}"].split("(")[0].split("（")[0]), row["iso3"]


@cache
def _countries() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """First three letters -> (name of one word, code)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, code in _country_names():
        if name and " " not in name:
            found.setdefault(name[:3], []).append((name, code))
    return {start: tuple(names) for start, names in found.items()}
