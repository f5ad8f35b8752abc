"""Colours that everybody can tell from paper and from each other."""

import itertools
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.charts import palette
from analysis.charts.choose import chart, forms_for
from analysis.charts.spec import Form
from analysis.findings.card import CardKind
from analysis.stats.opinions import MOST_GROUPS
from tests.analysis import hard_cards
from tests.analysis.cards import ENGLISH

DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
TRITANOPIA = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
"""Machado, Oliveira, Fernandes (2009), severity 1."""
EVERY_HUE = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
KINDS = {"deuteranopia": DEUTERANOPIA, "protanopia": PROTANOPIA, "tritanopia": TRITANOPIA}
BLINDNESS = pytest.mark.parametrize("matrix", KINDS.values(), ids=KINDS)
EYES = pytest.mark.parametrize("matrix", [EVERY_HUE, *KINDS.values()], ids=["every hue", *KINDS])
SHARES = [step / 20 for step in range(21)]
HEAT = sorted({palette.heat(share, 0, 1) for share in SHARES} | {palette.heat(2 * each - 1, -1, 1) for each in SHARES})


def linear(colour: str) -> list[float]:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        sum(weight * max(0.0, part) for weight, part in zip(line, rgb, strict=True)) / white
        for line, white in zip(matrix, (0.9505, 1.0, 1.089), strict=True)
    )
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    rgb = linear(colour)
    return lab([sum(weight * part for weight, part in zip(line, rgb, strict=True)) for line in matrix])


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


EVERY_SCALE = [palette.scale(points) for points in range(2, 8)]


@pytest.mark.parametrize("colour", sorted({palette.ACCENT, *palette.GROUPS, *itertools.chain(*EVERY_SCALE)}))
def test_every_bar_stands_out_from_white_paper(colour: str) -> None:
    assert palette.contrast(colour, palette.PAPER) >= 3.0


@pytest.mark.parametrize("colour", sorted({*palette.GROUPS, *palette.PLACES, *HEAT, *itertools.chain(*EVERY_SCALE)}))
def test_labels_on_bars_can_be_read(colour: str) -> None:
    assert palette.contrast(palette.text_on(colour), colour) >= 4.5


@BLINDNESS
def test_neighbours_on_a_scale_differ_for_colour_blind_readers(matrix: tuple[tuple[float, ...], ...]) -> None:
    for one, other in itertools.pairwise(palette.scale(5)):
        assert distance(seen(one, matrix), seen(other, matrix)) >= 15


@BLINDNESS
def test_places_of_a_ranking_differ_for_colour_blind_readers(matrix: tuple[tuple[float, ...], ...]) -> None:
    for one, other in itertools.pairwise(palette.PLACES):
        assert distance(seen(one, matrix), seen(other, matrix)) >= 15


@EYES
def test_any_two_groups_differ_for_every_reader_by_day_and_by_night(matrix: tuple[tuple[float, ...], ...]) -> None:
    nights = [palette.in_dark(colour) for colour in palette.GROUPS]
    for shown in (palette.GROUPS, nights):
        for one, other in itertools.combinations(shown, 2):
            assert distance(seen(one, matrix), seen(other, matrix)) >= 15, (one, other)


def test_any_two_groups_differ_in_grey_print_and_the_first_five_more() -> None:
    for part, least in ((palette.GROUPS, 1.2), (palette.GROUPS[:5], 1.35)):
        for one, other in itertools.combinations(part, 2):
            assert palette.contrast(one, other) >= least, (one, other)


def test_no_chart_tells_more_groups_apart_by_colour_than_there_are() -> None:
    most = dict.fromkeys((Form.GROUPED, Form.STACKED, Form.DIVERGING, Form.DUMBBELL), 0)
    for options, groups in itertools.product((1, 2, 7, 8, 30), (0, 1, 2, 4, 5, 8, 30)):
        battery = hard_cards.hard_card(CardKind.BATTERY, 2, "many answers", points=options)
        unordered = replace(battery, items=tuple(replace(each, net=None) for each in battery.items))
        choices = [
            hard_cards.hard_card(kind, options, "many answers", groups) for kind in (CardKind.SINGLE, CardKind.MULTIPLE)
        ]
        for card in (battery, unordered, *choices):
            for form in most.keys() & set(forms_for(card)):
                spec = chart(card, ENGLISH, form=form)
                assert spec is not None
                assert len(set(palette.colours(spec))) == len(spec.series), (form, card.kind)
                most[form] = max(most[form], len(spec.series))
    assert most == {Form.GROUPED: 4, Form.STACKED: 7, Form.DIVERGING: 7, Form.DUMBBELL: 2}
    assert len(palette.GROUPS) >= max(*most.values(), MOST_GROUPS)  # of opinion, in bars and on the map


def test_more_is_darker_in_a_heat_map_also_in_grey() -> None:
    light = list(dict.fromkeys(palette.luminance(palette.heat(share, 0, 1)) for share in SHARES))
    assert len(light) == 6
    assert light == sorted(light, reverse=True)
    for one, other in itertools.pairwise(light):
        assert (one + 0.05) / (other + 0.05) >= 1.15


def test_net_values_of_both_sides_are_darker_further_from_zero_and_light_in_the_middle() -> None:
    sides = [palette.luminance(palette.heat(net, -1, 1)) for net in (0, 0.3, 0.6, 1.0)]
    others = [palette.luminance(palette.heat(-net, -1, 1)) for net in (0, 0.3, 0.6, 1.0)]
    for side in (sides, others):
        assert side == sorted(side, reverse=True)


@pytest.mark.parametrize("points", [3, 4, 5])
def test_points_of_one_side_of_a_scale_and_its_middle_differ_in_grey_print(points: int) -> None:
    scale = palette.scale(points)
    for place, (one, other) in enumerate(itertools.pairwise(scale)):
        # Without a middle the two sides meet in colours that are equally dark; the paper between them parts them.
        if points % 2 or place != points // 2 - 1:
            assert palette.contrast(one, other) >= 1.3, (one, other)


def test_an_odd_scale_has_a_grey_middle() -> None:
    assert [palette.scale(points)[points // 2] for points in (3, 5, 7)] == [palette.NEUTRAL] * 3


def test_black_on_white_has_the_highest_contrast() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21.0)


BARS = sorted({palette.ACCENT, *palette.GROUPS, *itertools.chain(*EVERY_SCALE)})
STEPS = [palette.step(place, 5) for place in range(5)]
NIGHT = palette.in_dark(palette.PAPER)


@pytest.mark.parametrize("colour", [*BARS, palette.MARK])
def test_every_bar_stands_out_from_a_dark_screen(colour: str) -> None:
    assert palette.contrast(palette.in_dark(colour), NIGHT) >= 3.0


@pytest.mark.parametrize("colour", sorted({*BARS, *palette.PLACES, *HEAT, *STEPS}))
def test_labels_on_bars_can_be_read_on_a_dark_screen(colour: str) -> None:
    letters = palette.in_dark(palette.text_on(colour))
    assert palette.contrast(letters, palette.in_dark(colour)) >= 4.5
    assert f"--night:{palette.in_dark(colour)};--night-text:{letters}" in palette.style(colour)


@pytest.mark.parametrize("colour", [palette.TEXT, palette.QUIET_TEXT, palette.MARK])
def test_words_beside_bars_can_be_read_on_a_dark_screen(colour: str) -> None:
    assert palette.contrast(palette.in_dark(colour), NIGHT) >= 4.5


@BLINDNESS
def test_neighbours_differ_for_colour_blind_readers_on_a_dark_screen(matrix: tuple[tuple[float, ...], ...]) -> None:
    for part in (palette.scale(5), palette.PLACES):
        for one, other in itertools.pairwise(palette.in_dark(colour) for colour in part):
            assert distance(seen(one, matrix), seen(other, matrix)) >= 15


def test_more_is_lighter_in_a_heat_map_and_in_steps_on_a_dark_screen() -> None:
    heat = list(dict.fromkeys(palette.heat(share, 0, 1) for share in SHARES))
    sides = [[palette.heat(side * net, -1, 1) for net in (0, 0.3, 0.6, 1.0)] for side in (1, -1)]
    for colours in (heat, STEPS, *sides):
        light = [palette.luminance(palette.in_dark(colour)) for colour in colours]
        assert light == sorted(light)
        assert len(set(light)) == len(colours)


def test_the_dark_screen_of_charts_is_that_of_the_pages() -> None:
    config = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    theme = config["theme"]["dark"]
    assert (theme["backgroundColor"], theme["textColor"]) == (NIGHT, palette.in_dark(palette.TEXT))
