"""Invented organisations: name, address and kind. None of them exists; every address is in an example domain."""

import random
import unicodedata
from dataclasses import dataclass
from functools import cache

from data.demo.places import FOLDER, Place, parts, rows

CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)
DOMAINS = ("example.org", "example.org", "example.org", "example.net", "example.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One fictional organisation; `theme` is what its name and its answers are mostly about."""

    name: str
    email: str
    region: str
    country: str
    organisation_type: str
    language: str
    theme: str


@cache
def name_parts() -> dict[tuple[str, str], tuple[str, ...]]:
    """(language, slot) -> the parts that may fill the slot."""
    return {(row["language"], row["slot"]): parts(row["parts"]) for row in rows(FOLDER / "name_parts.csv")}


def romanised(text: str) -> str:
    """The text with Cyrillic letters written in Latin ones."""
    letters = (
        CYRILLIC.get(letter.lower(), letter).capitalize() if letter.isupper() else CYRILLIC.get(letter, letter)
        for letter in text
    )
    return "".join(letters)


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits of a name, words joined by hyphens, at most 40 characters."""
    latin = "".join(CYRILLIC.get(letter, letter) for letter in text.lower())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    words = "".join(letter if letter.isalnum() else " " for letter in plain.replace("'", "")).split()
    short = ""
    for word in words:
        if len(short) + len(word) > 40:
            break
        short = f"{short}-{word}" if short else word
    return short


class Register:
    """Hands out organisations whose names and addresses nobody has had before."""

    def __init__(self, rng: random.Random, *, taken: tuple[Organisation, ...] = ()) -> None:
        self._rng = rng
        self._names = {one.name.casefold() for one in taken}
        self._addresses = {_address_of(one.email) for one in taken}
        self._cores: dict[str, int] = {}

    def found(self, place: Place, *, language: str, organisation_type: str, theme: str) -> Organisation:
        """A new organisation in that place, named in one of the place's languages."""
        for _attempt in range(500):
            name, latin, core = self._draw(place, language, organisation_type, theme)
            address = slug(latin)
            key = name.casefold()
            if len(address) < 4 or key in self._names or address in self._addresses or self._cores.get(core, 0) > 4:
                continue
            self._names.add(key)
            self._addresses.add(address)
            self._cores[core] = self._cores.get(core, 0) + 1
            return Organisation(
                name=name,
                email=self._email(address),
                region=place.region,
                country=place.country,
                organisation_type=organisation_type,
                language=language,
                theme=theme,
            )
        raise LookupError(f"no name left for {place.country}")

    def _email(self, address: str) -> str:
        if self._rng.random() < 0.75:
            return f"{address}@{self._rng.choice(DOMAINS)}"
        box = self._rng.choice(("info", "office", "team", "contact", "hello"))
        return f"{box}@{address}.example"

    def _draw(self, place: Place, language: str, organisation_type: str, theme: str) -> tuple[str, str, str]:
        rng = self._rng
        tongue = language if language in place.name_languages else rng.choice(place.name_languages)
        if tongue in ("ar", "zh", "ru") and tongue != language:
            tongue = "en"
        slots = name_parts()
        pattern = rng.choice(slots[tongue, "pattern"])
        chosen = {
            "word": rng.choice(place.words) if place.words else rng.choice(slots[tongue, "image"]),
            "image": rng.choice(slots[tongue, "image"]),
            "image2": rng.choice(slots.get((tongue, "image2"), slots[tongue, "image"])),
            "city": rng.choice(place.cities),
            "focus": rng.choice(slots[tongue, f"focus.{theme}"]),
            "form": rng.choice(slots[tongue, f"form.{organisation_type}"]),
        }
        native = {slot: part.split("|")[0] for slot, part in chosen.items()}
        if tongue != "ru":
            native = {slot: romanised(part) for slot, part in native.items()}
        latin = {slot: f" {part.split('|')[-1]} " for slot, part in chosen.items()}
        core = "|".join(chosen[slot] for slot in ("word", "image", "image2") if f"{{{slot}}}" in pattern)
        return (pattern.format(**native), pattern.format(**latin), f"{place.country}{core}")


def _address_of(email: str) -> str:
    """The part of an address that was made from the organisation's name."""
    box, _, domain = email.partition("@")
    return box if domain in DOMAINS else domain.removesuffix(".example")
