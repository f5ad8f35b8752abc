"""The countries of the demo consultation: how often each answers, its cities, its words, and how texts name it."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One country within one region; `mentions` are strings that give the country away in a text."""

    country: str
    region: str
    languages: tuple[str, ...]
    weight: int
    name_languages: tuple[str, ...]
    cities: tuple[str, ...]
    words: tuple[str, ...]
    mentions: tuple[str, ...]


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> tuple[str, ...]:
    """The parts of a cell that are divided by semicolons; blanks beside a part are kept, they limit a mention."""
    return tuple(part for part in cell.split(";") if part)


@cache
def places() -> tuple[Place, ...]:
    """Every place, in the order of countries.csv."""
    return tuple(
        Place(
            country=row["country"],
            region=row["region"],
            languages=parts(row["languages"]),
            weight=int(row["weight"]),
            name_languages=parts(row["name_languages"]),
            cities=parts(row["cities"]),
            words=parts(row["words"]),
            mentions=parts(row["mentions"]),
        )
        for row in rows(FOLDER / "countries.csv")
    )


@cache
def cell_places(region: str, language: str) -> tuple[Place, ...]:
    """The places of a region where organisations answer in that language."""
    return tuple(place for place in places() if place.region == region and language in place.languages)


def named_countries(text: str, region: str, language: str) -> frozenset[str]:
    """Countries of that region and language which the text names; global texts name none."""
    if region == "glob":
        return frozenset()
    padded = f"{text} "
    return frozenset(
        place.country
        for place in cell_places(region, language)
        if any(mention in padded for mention in (*place.mentions, *(city.split("|")[0] for city in place.cities)))
    )
