"""The figure in the browser: what is drawn where, and nothing that was hidden."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from analysis.charts import image, palette
from analysis.charts.choose import chart
from analysis.charts.screen import figure
from analysis.charts.screen_forms.rows import TITLE_LINE
from analysis.charts.sheet import IF_NARROW, IF_WIDE, WIDE
from analysis.charts.spec import ChartSpec, Side
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card, CardKind
from survey.ui import look
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords

DRAWN = [card for card in cards.ALL if card.kind is not CardKind.TEXT]


def described(card: Card, words: PlainWords = ENGLISH) -> ChartSpec:
    spec = chart(card, words)
    assert spec is not None
    return spec


def texts(spec: ChartSpec) -> list[str]:
    return [annotation.text for annotation in figure(spec).layout.annotations]


def test_bars_have_their_values_and_the_suppressed_one_has_none() -> None:
    fig = figure(described(cards.single()))
    assert tuple(fig.data[0].x) == (0.625, 0.3675, None)
    assert [annotation.text for annotation in fig.layout.annotations[:3]] == ["63%", "37%", "[c]"]


@pytest.mark.parametrize("card", DRAWN, ids=lambda card: card.label)
def test_every_label_and_every_side_is_written_on_the_figure(card: Card) -> None:
    spec = described(card)
    written = " ".join(texts(spec))
    for text in (text for side in spec.sides for text in (side.title, *side.labels)):
        assert text.replace("<", "&lt;") in written


@pytest.mark.parametrize("card", DRAWN, ids=lambda card: card.label)
def test_a_figure_can_be_sent_to_a_browser(card: Card) -> None:
    assert json.loads(figure(described(card)).to_json())["data"]


def test_arabic_bars_grow_to_the_left() -> None:
    spec = described(cards.single(), PlainWords(language="ar", direction="rtl"))
    assert tuple(figure(spec).layout.xaxis.range) == (0.7, 0.0)


def test_more_bars_make_a_higher_figure() -> None:
    few, many = figure(described(cards.many(3))), figure(described(cards.many(12)))
    assert many.layout.height > few.layout.height + 9 * 24


def test_words_of_the_questionnaire_are_no_markup() -> None:
    card = cards.single(rows=(cards.row("x", '<a href="javascript:x">A & B</a>', 10),))
    assert '&lt;a href="javascript:x"&gt;A &amp; B&lt;/a&gt;' in "".join(texts(described(card))).replace("\n", "")


def test_a_segment_that_is_suppressed_leaves_no_zero_behind() -> None:
    card = replace(cards.battery(), items=cards.battery().items[3:])
    assert card.items[0].rows[0].cell.count is SUPPRESSED
    assert "[c]" in texts(described(card))


@pytest.mark.parametrize("card", DRAWN, ids=lambda card: card.label)
def test_a_figure_for_a_dark_page_differs_in_nothing_but_its_colours(card: Card) -> None:
    day, night = figure(described(card)).to_json(), figure(described(card), dark=True).to_json()
    ours = re.compile("#[0-9a-f]{6}")
    assert json.loads(ours.sub("", day)) == json.loads(ours.sub("", night))
    shown = json.loads(night)
    assert shown["layout"]["font"]["color"] == palette.in_dark(palette.TEXT)
    shown["layout"].pop("template")
    light = {palette.TEXT, palette.QUIET_TEXT, palette.PAPER, palette.ACCENT, *palette.scale(7), *palette.GROUPS}
    assert not light & set(ours.findall(json.dumps(shown)))


def test_a_picture_for_a_dark_page_keeps_its_words() -> None:
    drawing = image.svg(described(cards.single(label='fill="#ffffff" & more')))
    night = palette.picture_in_dark(drawing)
    assert palette.in_dark(palette.ACCENT).encode() in night and palette.ACCENT.encode() not in night
    words = [[part.text for part in ElementTree.fromstring(each).iter()] for each in (drawing, night)]
    assert words[0] == words[1]


LONG = "Medicines under control for the relief of pain and for care at the end of life"


def with_long_label() -> ChartSpec:
    spec = described(cards.battery())
    return replace(spec, categories=(LONG, *spec.categories[1:]))


def shown_in(spec: ChartSpec, *, wide: bool) -> list[str]:
    """What the style sheet leaves of the notes of a chart, without the signs that tell it."""
    other = IF_NARROW if wide else IF_WIDE
    return [text.lstrip(IF_WIDE + IF_NARROW) for text in texts(spec) if not text.startswith(other)]


def test_a_long_label_stands_in_one_line_where_there_is_room_and_whole_in_both() -> None:
    spec = with_long_label()
    assert LONG in shown_in(spec, wide=True)
    narrow = shown_in(spec, wide=False)
    assert LONG not in narrow
    assert " ".join(part for part in narrow if part in LONG) == LONG


def test_a_figure_stands_in_a_segment_only_where_it_fits() -> None:
    spec = described(cards.battery())
    crowded = replace(
        spec,
        sides=(Side(title="Everybody else, whatever they said", labels=("1,000,000 replies",) * len(spec.categories)),),
    )
    wide, narrow = (shown_in(crowded, wide=each) for each in (True, False))
    figures = {label for series in crowded.series for label in series.labels}
    assert sum(text in figures for text in narrow) < sum(text in figures for text in wide)


def test_the_heading_of_a_column_beyond_the_bars_takes_lines_and_keeps_its_words() -> None:
    spec = described(cards.battery())
    spec = replace(spec, sides=(replace(spec.sides[0], title="Затруднились ответить"),))
    assert [text for text in texts(spec) if text.startswith("<b>")] == ["<b>Затруднились</b>", "<b>ответить</b>"]
    one = replace(spec, sides=(replace(spec.sides[0], title="Net"),))
    assert figure(spec).layout.height == figure(one).layout.height + TITLE_LINE


def test_the_style_sheet_knows_the_signs_of_the_notes() -> None:
    style = (look.ASSETS / "style.css").read_text(encoding="utf-8")
    for sign in (IF_WIDE, IF_NARROW):
        assert f'text[data-unformatted^="\\{ord(sign):x}"]' in style
    assert f"@container (min-width: {WIDE}px)" in style
