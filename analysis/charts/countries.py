"""Countries and areas as squares: which option of a question is which, and the description of the map.

Codes, names and regions are those of the United Nations (M49); the places are our own (data/reference/SOURCE.md).
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, zip_longest
from pathlib import Path

from babel.core import Locale, get_global

from analysis.charts import wording
from analysis.charts.description import BARS_WHEN_FOLDED, MOST_BARS
from analysis.charts.spec import Block, ChartSpec, Form, Series, Step, Tile, TileMap, ValueFormat, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card, CardKind, Row
from survey.translator import LANGUAGES, locale_of

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
LADDER = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
MOST_STEPS = 5
FEWEST = 5
"""Options that are countries, from which on a question is taken for one about countries."""
NAMED_OFF_THE_MAP = 6
NAMED = 3
"""Countries and areas that the alternative text names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country or area: ISO 3166-1 alpha-3, M49 code, names by language, M49 code of its group, and its square."""

    iso3: str
    m49: str
    names: Mapping[str, str]
    group: str
    row: int
    column: int


@cache
def places() -> Mapping[str, Place]:
    """Every country and area by its ISO 3166-1 alpha-3 code."""
    squares = {row["iso3"]: row for row in _rows("country_tiles.csv")}
    return {
        row["iso3"]: Place(
            iso3=row["iso3"],
            m49=row["m49"],
            names={language: row[f"name_{language}"] for language in LANGUAGES},
            group=squares[row["iso3"]]["m49_group"],
            row=int(squares[row["iso3"]]["row"]),
            column=int(squares[row["iso3"]]["column"]),
        )
        for row in _rows("countries.csv")
    }


def countries_of(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Code of an option -> ISO 3166-1 alpha-3 code, for (code, words) that name a country or area.

    By a code of ISO 3166-1 (three letters) or M49, else by a name in one of the six languages. Codes of two letters are
    not looked at: "na" and "dk" mean other things in questionnaires. The first option that means a country has it.
    """
    known = _by_sign()
    found: dict[str, str] = {}
    for code, label in options:
        iso3 = known.get(_plain(code)) or known.get(_plain(label))
        if iso3 is not None and iso3 not in found.values():
            found[code] = iso3
    return found


def asks_for_countries(card: Card) -> bool:
    """Whether a card is about countries: a choice most of whose options, five at least, name one."""
    if card.kind is not CardKind.SINGLE or card.columns:
        return False
    return len(countries_of((row.code, row.label) for row in card.rows)) >= max(FEWEST, len(card.rows) / 2)


def choices(card: Card) -> tuple[tuple[str, str], ...]:
    """(variable, code) of each category of `country_map`, by which replies from there are chosen."""
    found = countries_of((row.code, row.label) for row in card.rows)
    return tuple((card.question, row.code) for row in card.rows if row.code in found)


def title(words: Words) -> str:
    """What `country_map` is called."""
    return words.translate("Replies by country or area")


def country_map(card: Card, words: Words) -> ChartSpec:
    """Replies by country or area as a map of squares.

    card  a choice whose options are countries. Counts that it hides stay hidden; what is not on the map is in the note.
    """
    card = replace(card, robustness=None)  # how many replied from where is no finding that could turn
    found = countries_of((row.code, row.label) for row in card.rows)
    on_map = [row for row in card.rows if row.code in found]
    labels = tuple(wording.count(row.cell.count, words) for row in on_map)
    names = tuple(_name(places()[found[row.code]], words) for row in on_map)
    at = {found[row.code]: place for place, row in enumerate(on_map)}
    known = [(name, row.cell.count) for name, row in zip(names, on_map, strict=True)]
    base = wording.base_line(card, words)
    notes = (
        _of_tiles(words),
        _off_the_map([row for row in card.rows if row.code not in found], words),
        *wording.note_lines(card, words, has_hidden=any(isinstance(row.cell.count, Suppressed) for row in card.rows)),
    )
    return ChartSpec(
        form=Form.TILES,
        title=title(words),
        measure=words.translate("Number of replies"),
        base=base,
        categories=names,
        series=(
            Series(
                name=words.translate("Number of replies"),
                values=tuple(_value(row) for row in on_map),
                labels=labels,
            ),
        ),
        value_format=ValueFormat.COUNT,
        maximum=max((_value(row) or 0.0 for row in on_map), default=0.0) or 1.0,
        note=wording.sentences(notes),
        source=wording.source_line(card.source, words),
        alt=wording.sentences((wording.sentence(title(words), words), _told(known, base, words))),
        language=words.language,
        direction=words.direction,
        provenance=provenance.of_card(card),
        plan=TileMap(blocks=_blocks(at, words), steps=_steps([_value(row) for row in on_map], words)),
        axis=words.translate("Country"),
    )


def with_replies(spec: ChartSpec) -> ChartSpec:
    """A map without the countries and areas from which nobody replied; the most replies first, then what is hidden."""
    (series,) = spec.series
    kept = sorted(
        (at for at, value in enumerate(series.values) if value != 0), key=lambda at: -(series.values[at] or 0.0)
    )
    values, labels = tuple(series.values[at] for at in kept), tuple(series.labels[at] for at in kept)
    return replace(
        spec,
        categories=tuple(spec.categories[at] for at in kept),
        series=(replace(series, values=values, labels=labels),),
    )


def as_bars(spec: ChartSpec, words: Words) -> ChartSpec:
    """A map as bars, for Office, which has none of squares: `with_replies`, and no more of them than have room."""
    found = with_replies(spec)
    (series,) = found.series
    left = len(found.categories) - BARS_WHEN_FOLDED if len(found.categories) > MOST_BARS else 0
    end = len(found.categories) - left
    shown = [name for name, value in zip(found.categories, series.values, strict=True) if value is not None][:NAMED]
    figures = wording.listing((f"{name} {label}" for name, label in zip(shown, series.labels, strict=False)), words)
    highest = words.translate("Highest: {figures}.", figures=figures) if shown else ""
    told = words.translate("Options not shown: {number}.", number=wording.count(left, words)) if left else ""
    note = found.note.replace(_of_tiles(words), "").replace("  ", " ").strip()
    return replace(
        found,
        form=Form.BARS,
        plan=None,
        categories=found.categories[:end],
        series=(replace(series, values=series.values[:end], labels=series.labels[:end]),),
        note=wording.sentences((told, note)),
        alt=wording.sentences((wording.sentence(found.title, words), highest, wording.sentence(found.base, words))),
    )


def _of_tiles(words: Words) -> str:
    return words.translate(
        "Tiles stand for countries and areas; their place and size say nothing about status or borders."
    )


def _told(known: list[tuple[str, int | Suppressed]], base: str, words: Words) -> str:
    """The map as a sentence, with the three highest of the figures that are shown."""
    shown = [(name, value) for name, value in known if not isinstance(value, Suppressed) and value]
    highest = sorted(shown, key=lambda pair: -pair[1])[:NAMED]
    told = words.plural(
        "Map of tiles: replies from {count} country or area are shown.",
        "Map of tiles: replies from {count} countries and areas are shown.",
        len(shown),
    )
    figures = wording.listing((f"{name} {wording.count(value, words)}" for name, value in highest), words)
    leading = words.translate("Highest: {figures}.", figures=figures) if highest else ""
    return wording.sentences((told, leading, wording.sentence(base, words)))


def _off_the_map(rows: list[Row], words: Words) -> str:
    """Options that are no country, with their counts; "" when nobody chose one."""
    told = [f"{row.label} {wording.count(row.cell.count, words)}" for row in rows if row.cell.count != 0]
    if not told:
        return ""
    if len(told) > NAMED_OFF_THE_MAP:
        return words.translate("Options not shown: {number}.", number=wording.count(len(told), words))
    return words.translate("Not on the map: {options}.", options=wording.listing(told, words))


def _blocks(at: Mapping[str, int], words: Words) -> tuple[Block, ...]:
    regions = {row["m49"]: row for row in _rows("regions.csv")}

    def above(group: str) -> tuple[str, ...]:
        """The regions that hold the group, the whole continent first; what lies in none comes last."""
        return (*above(regions[group]["parent"]), group) if group else ()

    ordered = sorted(places().values(), key=lambda one: (not one.group, above(one.group), one.row, one.column))
    language = words.language if words.language in LANGUAGES else "en"
    blocks = []
    for group, members in groupby(ordered, key=lambda place: place.group):
        inside = tuple(members)
        left, right = min(one.column for one in inside), max(one.column for one in inside)
        blocks.append(
            Block(
                name=regions[group][f"name_{language}"] if group else "",
                row=min(one.row for one in inside),
                column=left,
                columns=right - left + 1,
                tiles=tuple(
                    Tile(
                        sign=one.iso3,
                        name=_name(one, words),
                        row=one.row,
                        column=one.column,
                        at=at.get(one.iso3),
                    )
                    for one in inside
                ),
            )
        )
    return tuple(blocks)


def _steps(values: Iterable[float | None], words: Words) -> tuple[Step, ...]:
    """At most five steps of a ladder up to the highest value, without those that no value reaches."""
    known = [value for value in values if value]
    highest = max(known, default=0.0)
    lows = [low for low in LADDER if low <= highest][-MOST_STEPS:]
    if lows:
        lows[0] = 1
    found = []
    for low, beyond in zip_longest(lows, lows[1:]):
        if not any(low <= value and (beyond is None or value < beyond) for value in known):
            continue
        label = wording.count(low, words)
        if beyond is None:
            label = wording.figures_in_order(f"{label}+", words)
        elif beyond > low + 1:
            label = wording.figures_in_order(f"{label}–{wording.count(beyond - 1, words)}", words)
        found.append(Step(low=low, label=label))
    return tuple(found)


def _value(row: Row) -> float | None:
    return None if isinstance(row.cell.count, Suppressed) else float(row.cell.count)


def _name(place: Place, words: Words) -> str:
    return place.names.get(words.language) or place.names["en"]


@cache
def _by_sign() -> Mapping[str, str]:
    """Everything by which a country is known -> its alpha-3 code."""
    found: dict[str, set[str]] = {}
    for place in places().values():
        for sign in (place.iso3, place.m49, *place.names.values(), *_everyday_names(place.iso3)):
            # "Bolivia (Plurinational State of)" is called Bolivia.
            for known in (sign, sign.split("(")[0].split("（")[0]):
                found.setdefault(_plain(known), set()).add(place.iso3)
    # Of two halves of an island under one name, neither is meant.
    return {sign: next(iter(meant)) for sign, meant in found.items() if len(meant) == 1}


def _everyday_names(iso3: str) -> list[str]:
    """What a country is called outside the United Nations, by CLDR."""
    aliases = get_global("territory_aliases")
    return [
        Locale.parse(locale_of(language)).territories[iso2]
        for iso2 in aliases.get(iso3, ())
        for language in LANGUAGES
        if iso2 in Locale.parse(locale_of(language)).territories
    ]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _rows(file: str) -> list[dict[str, str]]:
    with (REFERENCE / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
