"""Every form of every kind of chart, with one option and thirty, with nobody's answers, with names of 200 signs."""

import io
import math
import re
from collections.abc import Iterator, Sequence
from itertools import product
from xml.etree import ElementTree

import pytest
from docx import Document
from PIL import Image
from pptx import Presentation

from analysis.charts import inline, lettering
from analysis.charts.choose import chart
from analysis.charts.image import alone, narrow, png, svg
from analysis.charts.image import pdf as image_pdf
from analysis.charts.palette import ACCENT
from analysis.charts.screen import figure
from analysis.charts.screen_forms import tiles, upset
from analysis.charts.spec import ChartSpec, Form, Sets, TileMap
from analysis.findings.card import CardKind
from analysis.report import html, pdf, powerpoint, word
from analysis.report.compose import bound
from analysis.report.tree import Figure
from survey.translator import Words
from tests.analysis import hard_cards
from tests.analysis.cards import ENGLISH, PlainWords

SVG = "{http://www.w3.org/2000/svg}"
ARABIC = PlainWords(language="ar", direction="rtl")
STATES = hard_cards.STATES
HIDDEN = "everything hidden"


def drawn(
    state: str, words: PlainWords | Words = ENGLISH, options: Sequence[int] = hard_cards.OPTIONS
) -> Iterator[tuple[str, ChartSpec]]:
    """Every form of every card with so many options in that state, and the charts of who replied."""
    for name, _, spec in hard_cards.hard_charts(state, words, options):
        yield name, spec
    yield from hard_cards.monitoring(state, words, options)


def extents(drawing: bytes) -> Iterator[tuple[float, float, str]]:
    """How far each mark reaches to the left and to the right, and what it is."""
    for mark in ElementTree.fromstring(drawing).iter():
        if mark.tag == f"{SVG}rect":
            left = float(mark.get("x", 0))
            yield left, left + float(mark.get("width", 0)), "box"
        elif mark.tag == f"{SVG}circle":
            middle, radius = float(mark.get("cx", 0)), float(mark.get("r", 0))
            yield middle - radius, middle + radius, "dot"
        elif mark.tag == f"{SVG}text":
            text = (mark.text or "").strip(f"{lettering.EMBED_RTL}{lettering.END_EMBED}")
            x, bold = float(mark.get("x", 0)), mark.get("font-weight") == "bold"
            wide = lettering.width(text, float(mark.get("font-size", 0)), bold=bold)
            before = {"start": 0.0, "middle": wide / 2, "end": wide}[mark.get("text-anchor", "start")]
            yield x - before, x - before + wide, text


@pytest.mark.parametrize(
    ("state", "words", "options"),
    [
        *((state, ENGLISH, (1, 30)) for state in STATES),
        *(pytest.param(state, ENGLISH, (2, 7), marks=pytest.mark.long) for state in STATES),
        ("long names", ARABIC, (7,)),
    ],
)
def test_nothing_is_drawn_outside_the_picture(state: str, words: PlainWords, options: Sequence[int]) -> None:
    for name, spec in drawn(state, words, options):
        drawing = svg(spec)
        width = float(ElementTree.fromstring(drawing).attrib["width"])
        for left, right, what in extents(drawing):
            assert left >= -0.5, (name, what)
            assert right <= width + 0.5, (name, what)


@pytest.mark.parametrize("state", STATES)
def test_every_form_says_measure_base_source_and_alternative_text(state: str) -> None:
    for name, spec in drawn(state):
        assert spec.measure, name
        assert spec.base.startswith("n = "), name
        assert spec.source, name
        assert len(spec.alt) > len(spec.title), name
        for column in spec.series:
            assert len(column.values) == len(column.labels) == len(spec.categories), name
        assert all(len(side.labels) == len(spec.categories) for side in spec.sides), name


@pytest.mark.parametrize("state", STATES)
def test_a_browser_can_draw_every_form(state: str) -> None:
    for name, spec in drawn(state, options=(7,)):
        if isinstance(spec.plan, Sets):  # a table of its own
            assert upset.markup(spec).count("<tr>") == 1 + len(spec.plan.options), name
            continue
        if isinstance(spec.plan, TileMap):
            told = sum(value is not None for value in spec.series[0].values)
            assert (told, tiles.markup(spec).count("sd-square sd-unseen")) == ((0, 7) if state == HIDDEN else (7, 0)), (
                name
            )
            continue
        found = figure(spec).to_dict()
        assert found["layout"]["height"] > 0, name


def test_what_is_hidden_stands_as_a_mark_and_never_as_a_figure() -> None:
    for name, spec in drawn(HIDDEN):
        assert all(value is None for series in spec.series for value in series.values), name
        if spec.form is Form.UPSET:
            assert spec.note.startswith("No combination can be shown without telling of a small group."), name
            continue
        if spec.title.startswith("Groups of opinion"):  # of which what is hidden is not told at all
            continue
        assert "[c]: not shown, to protect small groups." in spec.note, name
        texts = [mark.text for mark in ElementTree.fromstring(svg(spec)).iter(f"{SVG}text")]
        assert "[c]" in texts, name


def high(spec: ChartSpec) -> float:
    """How high the chart is without the words around it."""
    return float(ElementTree.fromstring(alone(spec, 800)).attrib["height"])


@pytest.mark.parametrize("state", ["no answer", HIDDEN])
def test_a_chart_of_nothing_is_no_empty_frame(state: str) -> None:
    sets = chart(hard_cards.together(7, state), ENGLISH, form=Form.UPSET)
    assert sets is not None
    assert high(sets) < 20
    for name, _, spec in hard_cards.hard_charts(state, ENGLISH, (7,)):
        if spec.form is Form.SLOPE:
            assert high(spec) < 40 * 7, name


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_column_alone_is_no_wall(count: int) -> None:
    spec = next(spec for name, spec in drawn("many answers", options=(count,)) if name.startswith("timeline"))
    boxes = [mark for mark in ElementTree.fromstring(svg(spec)).iter(f"{SVG}rect") if mark.get("fill") == ACCENT]
    assert max(float(box.attrib["width"]) for box in boxes) < 300
    assert figure(spec).data[0].width <= 0.3 * count


def test_a_group_without_answers_has_a_dash_in_a_heat_map_and_no_share() -> None:
    card = hard_cards.hard_card(CardKind.MULTIPLE, 2, "one answer", 12)
    spec = chart(card, ENGLISH)
    assert spec is not None
    assert spec.series[1].name == "Group 1 (n\u00a0=\u00a01)"
    assert spec.series[2].values == (None, None)
    assert spec.series[2].labels == ("–", "–")


RENDERERS = {"pptx": powerpoint.render, "docx": word.render, "pdf": pdf.render, "html": html.render}


def figures(state: str, options: Sequence[int]) -> list[Figure]:
    """All these charts as parts of a report."""
    return [
        Figure(spec=spec, card=card, remark="") for _, card, spec in hard_cards.hard_charts(state, ENGLISH, options)
    ]


@pytest.mark.parametrize(
    ("kind", "state", "options"),
    [
        *(("pptx", state, (2,)) for state in ("no answer", HIDDEN, "long names")),
        *((kind, HIDDEN, (2,)) for kind in ("docx", "pdf", "html")),
        *(pytest.param(*each, hard_cards.OPTIONS, marks=pytest.mark.long) for each in product(RENDERERS, STATES)),
    ],
)
def test_every_form_stands_in_every_kind_of_document(kind: str, state: str, options: Sequence[int]) -> None:
    made = figures(state, options)
    report = bound(made, made[0].card, title="Forms", words=ENGLISH, asked="")
    file = RENDERERS[kind](report, ENGLISH)
    pictured = sum(each.spec.form is not Form.TABLE and bool(each.spec.categories) for each in made)
    match kind:
        case "pptx":
            slides = Presentation(io.BytesIO(file)).slides
            kinds = {shape.shape_type for slide in slides for shape in slide.shapes}
            assert "PICTURE" not in {each.name for each in kinds if each is not None}
            assert len(slides) > len(made)
        case "docx":
            headings = [each for each in Document(io.BytesIO(file)).paragraphs if each.style.name.startswith("Heading")]
            assert len(headings) >= len(made)
        case "html":
            assert file.decode().count("<figure>") == pictured
        case _:
            assert file.startswith(b"%PDF")


def test_names_that_leave_bars_no_room_on_a_slide_stand_over_columns_of_figures() -> None:
    card = hard_cards.hard_card(CardKind.SINGLE, 7, "long names", 2)
    spec = chart(card, ENGLISH, form=Form.STACKED)
    assert spec is not None
    report = bound([Figure(spec=spec, card=card, remark="")], card, title="Forms", words=ENGLISH, asked="")
    slides = Presentation(io.BytesIO(powerpoint.render(report, ENGLISH))).slides
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    heads = [table.cell(0, at).text for table in tables for at in range(1, len(table.columns))]
    assert list(dict.fromkeys(heads)) == [*(series.name for series in spec.series), "n"]


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
def test_every_form_becomes_pixels_a_page_and_a_drawing_for_a_telephone(state: str) -> None:
    for name, spec in drawn(state):
        plain = ElementTree.fromstring(svg(spec))
        size = (round(float(plain.attrib["width"])), math.ceil(float(plain.attrib["height"])))
        assert Image.open(io.BytesIO(png(spec, scale=1))).size == size, name
        assert image_pdf(spec).startswith(b"%PDF"), name
        drawing = narrow(spec)
        width = float(ElementTree.fromstring(drawing).attrib["width"])
        for left, right, what in extents(drawing):
            assert left >= -0.5, (name, what)
            assert right <= width + 0.5, (name, what)
        if inline.is_fluid(spec):
            assert inline.svg(spec).startswith("<svg"), name


@pytest.mark.parametrize("state", STATES)
def test_chinese_sentences_end_with_a_chinese_full_stop_and_no_space_follows(state: str) -> None:
    for name, spec in drawn(state, Words("zh"), (7,)):
        texts = (spec.note, spec.source, spec.alt)
        assert not [text for text in texts if re.search(r"。\s|[\u3000-\u9fff\uff00-\uffef]\.", text)], name
        assert spec.alt.endswith("。") and (not spec.note or spec.note.endswith(("。", "…"))), name
