"""Every form of every kind of chart, with one option and thirty, with nobody's answers, with names of 200 signs."""

import io
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

import pytest
from pptx import Presentation

from analysis.charts import lettering
from analysis.charts.choose import chart, forms_of
from analysis.charts.image import svg
from analysis.charts.screen import figure
from analysis.charts.screen_forms import upset
from analysis.charts.spec import ChartSpec, Form
from analysis.findings.card import Card, CardKind
from analysis.report import powerpoint
from analysis.report.compose import bound
from analysis.report.tree import Figure
from tests.analysis import hard_cards
from tests.analysis.cards import ENGLISH, PlainWords

SVG = "{http://www.w3.org/2000/svg}"
ARABIC = PlainWords(language="ar", direction="rtl")
STATES = hard_cards.STATES


def drawn(
    state: str, words: PlainWords = ENGLISH, options: Sequence[int] = hard_cards.OPTIONS
) -> Iterator[tuple[str, Card, ChartSpec]]:
    """Every form of every card with so many options in that state."""
    for name, card in hard_cards.hard_cards(state, options):
        for form in forms_of(card):
            spec = chart(card, words, form=form)
            assert spec is not None
            yield f"{name} as {form}", card, spec


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
    for name, _, spec in drawn(state, words, options):
        drawing = svg(spec)
        width = float(ElementTree.fromstring(drawing).attrib["width"])
        for left, right, what in extents(drawing):
            assert left >= -0.5, (name, what)
            assert right <= width + 0.5, (name, what)


@pytest.mark.parametrize("state", STATES)
def test_every_form_says_measure_base_source_and_alternative_text(state: str) -> None:
    for name, _, spec in drawn(state):
        assert spec.measure, name
        assert spec.base.startswith("n = "), name
        assert spec.source, name
        assert len(spec.alt) > len(spec.title), name
        for column in spec.series:
            assert len(column.values) == len(column.labels) == len(spec.categories), name
        assert all(len(side.labels) == len(spec.categories) for side in spec.sides), name


@pytest.mark.parametrize("state", STATES)
def test_a_browser_can_draw_every_form(state: str) -> None:
    for name, _, spec in drawn(state, options=(7,)):
        if spec.form is Form.UPSET:  # a table of its own
            assert upset.markup(spec).count("<tr>") == 1 + len(spec.plan.options), name  # type: ignore[union-attr]
            continue
        found = figure(spec).to_dict()
        assert found["layout"]["height"] > 0, name


def test_what_is_hidden_stands_as_a_mark_and_never_as_a_figure() -> None:
    for name, _, spec in drawn("everything hidden"):
        assert all(value is None for series in spec.series for value in series.values), name
        assert "[c]: not shown, to protect small groups." in spec.note, name
        texts = [mark.text for mark in ElementTree.fromstring(svg(spec)).iter(f"{SVG}text")]
        assert "[c]" in texts, name


def test_a_group_without_answers_has_a_dash_in_a_heat_map_and_no_share() -> None:
    card = hard_cards.hard_card(CardKind.MULTIPLE, 2, "one answer", 12)
    spec = chart(card, ENGLISH)
    assert spec is not None
    assert spec.series[1].name == "Group 1 (n\u00a0=\u00a01)"
    assert spec.series[2].values == (None, None)
    assert spec.series[2].labels == ("–", "–")


@pytest.mark.parametrize("state", ["no answer", "everything hidden", "long names"])
def test_every_form_becomes_slides_without_pictures(state: str) -> None:
    made = list(drawn(state, options=(2,)))
    report = bound(
        [Figure(spec=spec, card=card, remark="") for _, card, spec in made],
        made[0][1],
        title="Forms",
        words=ENGLISH,
        asked="",
    )
    slides = Presentation(io.BytesIO(powerpoint.render(report, ENGLISH))).slides
    kinds = {shape.shape_type for slide in slides for shape in slide.shapes}
    assert "PICTURE" not in {kind.name for kind in kinds if kind is not None}
    assert len(slides) > len(made)
