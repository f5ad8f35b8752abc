"""Countries as a map of tiles."""

import csv
import itertools
import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analysis.charts import image, lettering, palette
from analysis.charts.countries import REFERENCE, as_bars, asks_for_countries, choices, countries_of, country_map, places
from analysis.charts.forms import tiles
from analysis.charts.screen_forms.tiles import markup
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.card import Card
from survey.translator import LANGUAGES, Words
from tests.analysis.cards import row, single

SVG = "{http://www.w3.org/2000/svg}"


def counted(**counts: int | Suppressed) -> Card:
    return single(rows=tuple(row(code, code, count) for code, count in counts.items()))


SEVEN = counted(FRA=60, KEN=12, IND=7, NZL=SUPPRESSED, CUB=0, CAN=5, other=3)


def described(card: Card = SEVEN, language: str = "en") -> ChartSpec:
    return country_map(card, Words(language))


# Places


def test_every_country_and_area_of_the_list_has_a_tile_of_its_own() -> None:
    with (REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(places()) == len(rows) == 248
    assert max(Counter((one.row, one.column) for one in places().values()).values()) == 1
    regions = {r["iso3"]: r["intermediate_code"] or r["subregion_code"] or r["region_code"] for r in rows}
    assert {one.iso3: one.group for one in places().values()} == regions


def test_blocks_and_the_row_of_their_name_do_not_overlap() -> None:
    plan = described().plan
    assert plan is not None
    taken: Counter[tuple[int, int]] = Counter()
    for block in plan.blocks:
        last = max(tile.row for tile in block.tiles)
        for line, column in itertools.product(range(block.row - 1, last + 1), range(block.columns)):
            taken[line, block.column + column] += 1
    assert max(taken.values()) == 1
    assert min(line for line, _ in taken) == 0


# Which option is which country


@pytest.mark.parametrize(
    ("code", "label", "iso3"),
    [
        ("FRA", "", "FRA"),
        ("fra", "", "FRA"),
        ("250", "", "FRA"),
        ("x1", "Кения", "KEN"),
        ("x1", "Bolivia", "BOL"),
        ("x1", "玻利维亚", "BOL"),
        ("x1", "South Korea", "KOR"),
        ("COD", "Congo", "COD"),
        ("dk", "Don't know", None),
        ("x1", "Saint-Martin", None),
        ("other", "Another country", None),
    ],
)
def test_a_country_is_known_by_its_code_or_its_name(code: str, label: str, iso3: str | None) -> None:
    assert countries_of([(code, label)]).get(code) == iso3


def test_of_two_options_for_one_country_only_the_first_has_its_tile() -> None:
    assert countries_of([("FRA", "France"), ("fr", "France")]) == {"FRA": "FRA"}


def test_a_question_about_something_else_gets_no_map() -> None:
    assert not asks_for_countries(single())
    assert asks_for_countries(SEVEN)
    assert not asks_for_countries(counted(FRA=1, KEN=1, IND=1, NZL=1, **{f"x{n}": 1 for n in range(9)}))


# What is told


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_those_of_the_united_nations_in_the_readers_language(language: str) -> None:
    spec = described(language=language)
    assert spec.categories == tuple(
        places()[iso3].names[language] for iso3 in ("FRA", "KEN", "IND", "NZL", "CUB", "CAN")
    )


def test_a_hidden_count_is_neither_drawn_nor_told() -> None:
    spec = described()
    assert spec.series[0].values == (60.0, 12.0, 7.0, None, 0.0, 5.0)
    assert spec.series[0].labels == ("60", "12", "7", "[c]", "0", "5")
    assert "New Zealand" not in spec.alt
    assert spec.alt == (
        "Replies by country or area. Map of tiles: replies from 4 countries and areas are shown. "
        "Highest: France 60, Kenya 12, India 7. "
        "n\u00a0=\u00a0400 (replies: 400)."
    )


def test_what_is_no_country_and_the_disclaimer_stand_in_the_note() -> None:
    note = described().note
    assert "Not on the map: other 3." in note
    assert "their place and size say nothing about status or borders" in note
    assert "[c]: not shown" in note


def test_the_steps_end_at_the_highest_count_and_leave_out_what_no_count_reaches() -> None:
    plan = described().plan
    assert plan is not None
    assert [(step.low, step.label) for step in plan.steps] == [(5, "5–9"), (10, "10–19"), (50, "50+")]
    assert [plan.step(value) for value in (0, 5, 9, 12, 60)] == [None, 0, 0, 1, 2]


@pytest.mark.parametrize("hidden", [SUPPRESSED, 0])
def test_with_nothing_to_show_there_is_still_a_map(hidden: int | Suppressed) -> None:
    spec = described(counted(FRA=hidden, KEN=hidden))
    assert spec.plan is not None and spec.plan.steps == ()
    assert ElementTree.fromstring(image.svg(spec)).tag == f"{SVG}svg"
    assert markup(spec)


# What is drawn


def test_the_steps_grow_darker_and_can_be_told_apart_in_grey_print() -> None:
    colours = [palette.PAPER, *(palette.step(place, 5) for place in range(5))]
    for light, dark in itertools.pairwise(colours):
        assert palette.contrast(light, dark) >= 1.25
        assert palette.luminance(light) > palette.luminance(dark)
    for colour in colours:
        assert palette.contrast(palette.text_on(colour), colour) >= 4.5


def test_each_tile_is_told_apart_as_counted_hidden_none_or_not_asked() -> None:
    drawn = markup(described())
    assert 'title="France: 60"' in drawn
    assert drawn.count('class="sd-square sd-unseen"') == 1 and 'title="New Zealand: [c]"' in drawn
    assert drawn.count('class="sd-square sd-none"') == 1
    assert drawn.count('class="sd-square sd-unasked"') == 248 - 6


def test_countries_and_regions_lead_somewhere_where_a_figure_is_shown() -> None:
    spec = described()
    chosen = choices(SEVEN)
    assert chosen == tuple(("q", code) for code in ("FRA", "KEN", "IND", "NZL", "CUB", "CAN"))
    drawn = markup(spec, lambda at: f"x?{'+'.join(chosen[place][1] for place in at)}&y")
    tile, region = (
        r'<a class="sd-square sd-ground" href="x\?(\w+)&amp;y"',
        r'<a href="x\?(\w+)&amp;y" [^>]*>([^<]+)</a>',
    )
    assert sorted(re.findall(tile, drawn)) == ["CAN", "FRA", "IND", "KEN"]
    assert dict(re.findall(region, drawn))["FRA"] == "Western Europe"
    assert "NZL" not in dict(re.findall(region, drawn))  # its region has nothing that is shown
    assert 'role="group"' in drawn and 'title="New Zealand: [c]"' in drawn
    assert "<a " not in markup(spec)


def test_labels_of_an_author_cannot_leave_the_markup() -> None:
    spec = described(counted(FRA=9, KEN=9, **{"<script>": 4}))
    assert "<script>" not in markup(spec)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_blocks_fit_into_the_row_above_them(language: str) -> None:
    spec = described(language=language)
    assert spec.plan is not None
    unit = (1000 - 2 * tiles.EDGE) / spec.plan.columns
    for block in spec.plan.blocks:
        lines = lettering.wrap(block.name, (block.columns + 0.9) * unit, tiles.HEADING_SIZE)
        assert len(lines) * tiles.HEADING_SIZE * 1.3 <= unit, block.name


def test_the_world_is_not_turned_for_arabic() -> None:
    def place(language: str, sign: str) -> float:
        marks = ElementTree.fromstring(image.svg(described(language=language))).iter(f"{SVG}text")
        (found,) = [mark for mark in marks if (mark.text or "").strip("\u202b\u202c") == sign]
        return float(found.get("x", "nan"))

    assert place("ar", "CAN") == pytest.approx(place("en", "CAN"))
    assert place("ar", "CAN") < place("ar", "NZL")


# As bars


def test_a_map_becomes_bars_for_office_the_most_replies_first() -> None:
    spec = described()
    bars = as_bars(spec, Words("en"))
    assert (bars.form, bars.plan) == (Form.BARS, None)
    assert bars.categories == ("France", "Kenya", "India", "Canada", "New Zealand")
    assert bars.series[0].values == (60.0, 12.0, 7.0, 5.0, None)
    assert bars.series[0].labels == ("60", "12", "7", "5", "[c]")
    assert "Tiles" in spec.note and "Tiles" not in bars.note
    assert bars.alt.startswith("Replies by country or area. Highest: France 60, Kenya 12, India 7. n\u00a0=\u00a0")
    internal = as_bars(replace(spec, note=f"Internal figures: not for publication. {spec.note}"), Words("en"))
    assert internal.note == f"Internal figures: not for publication. {bars.note}"


def test_bars_of_many_countries_are_the_highest_and_say_how_many_are_left_out() -> None:
    card = counted(**{code: 100 - place for place, code in enumerate(list(places())[:40])})
    bars = as_bars(described(card), Words("en"))
    assert bars.series[0].values == tuple(100.0 - place for place in range(15))
    assert bars.note.startswith("Options not shown: 25. ")
