"""Two questions set against each other: which pair, what is drawn, named and said, and that nothing overlaps."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from analysis import review, take_away
from analysis.charts import placing
from analysis.charts.choose import chart, forms_for
from analysis.charts.image import svg
from analysis.charts.screen import figure
from analysis.charts.spec import Axis, ChartSpec, Crossing, Form
from analysis.dataset.codebook import build_codebook
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.card import Card
from analysis.findings.crossing import facing, pairs
from analysis.opened_data import Filters
from analysis.report.formats import CHART_FORMATS, Look
from data.errors import InvalidInput
from data.store import Store
from survey import consultations, published_forms
from survey.demo import SLUG
from survey.translator import LANGUAGES, Words
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH
from tests.small import REPORT_WRITER, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
SCATTER = Look(form=Form.SCATTER)


def drawn(card: Card) -> ChartSpec:
    spec = chart(card, ENGLISH, form=Form.SCATTER)
    assert spec is not None
    return spec


def chart_file(store: Store, question: str, kind: str, language: str = "en") -> bytes:
    return take_away.chart_file(
        store,
        SLUG,
        question,
        kind,
        actor=REPORT_WRITER,
        words=Words(language),
        filters=Filters(),
        now=NOW,
        look=SCATTER,
    ).content


def test_questions_pair_by_the_codes_that_they_share(demo_store: Store) -> None:
    found = consultations.find(demo_store, SLUG)
    book = build_codebook(published_forms.questionnaire(demo_store, found), found.roles)
    asked = {name: facing(book, name) for name in ("m_prog", "prio_2", "m_serv", "invest_rank", "barriers", "m_part")}
    assert {name: each and each.question for name, each in asked.items()} == {
        "m_prog": "prio_1",
        "prio_2": "m_prog",
        "m_serv": "invest_rank",
        "invest_rank": "m_serv",
        "barriers": None,
        "m_part": None,
    }
    assert asked["invest_rank"] is not None
    assert ("prev", "serv_prev") in asked["invest_rank"].pairs
    assert facing(book, "work_challenges") is None, "it asks who the respondents are"


def test_the_ranking_is_across_and_the_battery_upwards_whichever_card_is_looked_at() -> None:
    card = cards.crossed()
    assert card.facing is not None
    assert card.against is not None
    turned = tuple((theirs, own) for own, theirs in card.facing.pairs)
    other = cards.battery(
        question="m",
        items=card.against.items,
        facing=type(card.facing)(question="q", pairs=turned),
        against=cards.ranking(),
    )
    assert [(each.x, each.y) for each in pairs(other)] == [(each.x, each.y) for each in pairs(card)]
    assert drawn(card).series[0].values[:3] == (130 / 400, 180 / 400, 30 / 400)
    assert drawn(card).series[1].labels == ("+33", "\u221230", "\u221250", "[c]")


def test_what_is_hidden_is_not_drawn_but_named() -> None:
    spec = drawn(cards.crossed())
    assert "Not drawn, because a figure is not shown: Research." in spec.note
    assert "[c]: not shown, to protect small groups." in spec.note
    root = ElementTree.fromstring(svg(spec))
    assert sum(mark.tag.endswith("circle") for mark in root.iter()) == 3
    assert len(figure(spec).data[0].x) == 3


def test_the_title_says_what_is_important_and_has_the_lowest_net_value() -> None:
    told = "Of what is drawn and put first more often than the median, “Prevention” (45%) has the lowest net value "
    assert drawn(cards.crossed()).title == f"{told}(\u221230)."
    few = cards.crossed(base=cards.base(29))
    assert drawn(few).title == few.label


def test_the_line_stands_at_nought_where_net_values_lie_on_both_sides() -> None:
    plan = drawn(cards.crossed()).plan
    assert isinstance(plan, Crossing)
    assert (plan.x.middle, plan.y.middle) == (130 / 400, 0.0)
    assert plan.corners[3] == "put first more often, negative net value"
    card = cards.crossed()
    assert card.against is not None
    below = drawn(cards.crossed(against=cards.battery(question="m", items=card.against.items[1:]))).plan
    assert isinstance(below, Crossing)
    assert below.y.middle == pytest.approx(-0.4)
    assert below.y.halves == ("lower net value", "higher net value")


def test_a_card_without_the_other_one_has_no_scatter() -> None:
    alone = cards.crossed(against=None)
    assert Form.SCATTER in forms_for(alone)
    assert Form.SCATTER not in forms_for(cards.ranking())
    with refused(InvalidInput, "form.unsuitable"):
        chart(alone, ENGLISH, form=Form.SCATTER)


@pytest.mark.parametrize("seed", range(30))
def test_no_name_lies_on_another_and_no_leading_lines_cross(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(1, 30)
    values = [[chance.choice((0.1, 0.2, chance.random())) for _ in range(count)] for _ in range(2)]
    axis = Axis(low=0, high=1, middle=0.5, labels=("", "", ""), halves=("", ""))
    spec = drawn(hard_cards.crossed(count, "many answers"))
    series = tuple(
        type(each)(name=each.name, values=tuple(known), labels=each.labels)
        for each, known in zip(spec.series, values, strict=True)
    )
    changed = type(spec)(
        **{name: getattr(spec, name) for name in spec.__slots__ if name not in ("series", "plan")},
        series=series,
        plan=Crossing(x=axis, y=axis, corners=("",) * 4),
    )
    plan = placing.scatter(changed, name_width=120, size=13, least=300, corner=20)
    blocks = sorted(zip(plan.labels, (len(lines) * 13 * 1.3 for lines in plan.lines), strict=True))
    for (upper, high), (lower, low) in pairwise(blocks):
        assert lower - upper >= (high + low) / 2 - 1e-6
    assert blocks[0][0] >= 0
    assert blocks[-1][0] <= plan.height
    for one, other in combinations(zip(plan.points, plan.labels, strict=True), 2):
        assert not crosses(one, other)


Leader = tuple[tuple[float, float], float]


def crosses(one: Leader, other: Leader) -> bool:
    """Whether two lines to names meet before their ends; those from one point do not."""
    start = max(one[0][0], other[0][0])
    begin = [y + (label - y) * (start - x) / (placing.LABEL_EDGE - x) for (x, y), label in (one, other)]
    return (begin[0] - begin[1]) * (one[1] - other[1]) < -1e-6


def test_figures_on_screen_are_those_of_the_slide_the_csv_and_the_workbook(demo_store: Store) -> None:
    for question in ("m_prog", "invest_rank"):
        card = review.card(
            demo_store,
            SLUG,
            question,
            actor=REPORT_WRITER,
            audience=Audience.MEETING,
            language="en",
            filters=Filters(),
            now=NOW,
        )
        spec = drawn(review.set_against(demo_store, SLUG, card, actor=REPORT_WRITER, filters=Filters(), now=NOW))
        shown = [pair for pair in zip(*(each.values for each in spec.series), strict=True) if None not in pair]
        rows = list(csv.reader(io.StringIO(chart_file(demo_store, question, "csv").decode("utf-8-sig"))))[1:]
        # The net value stands in percentage points, as its heading says.
        told = [(float(row[2]), float(row[3]) / 100) for row in rows if "[c]" not in row[2:4]]
        assert flat(told) == pytest.approx(flat(shown), abs=1e-6)  # a CSV has six digits
        assert len(rows) == len(spec.categories)
        book = CalamineWorkbook.from_filelike(io.BytesIO(chart_file(demo_store, question, "xlsx")))
        cells = {
            round(cell, 9) for row in book.get_sheet_by_index(0).to_python() for cell in row if isinstance(cell, float)
        }
        assert {round(value, 9) for share, net in shown for value in (share, (net or 0.0) * 100)} <= cells
        slides = Presentation(io.BytesIO(chart_file(demo_store, question, "pptx"))).slides
        charts = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
        points = [each.plots[0].series[-1] for each in charts]
        drawn_points = [pair for each in points for pair in zip(each.iter_values(), _across(each), strict=True)]
        assert flat([(x, y) for y, x in drawn_points]) == pytest.approx(flat(shown))


def flat(found: Iterable[Iterable[float]]) -> list[float]:
    return [value for each in found for value in each]


def _across(series: object) -> list[float]:
    xml = series._element.xVal  # type: ignore[attr-defined]
    return [float(point.text) for point in xml.iter() if point.tag.endswith("}v")]


def test_a_document_holds_the_chart_and_both_figures(demo_store: Store) -> None:
    content = chart_file(demo_store, "invest_rank", "docx", "ar")
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert "word/charts/chart1.xml" in parts.namelist()
    assert b"scatterChart" in parts.read("word/charts/chart1.xml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_it_in_its_own_words(language: str) -> None:
    english = drawn(cards.crossed())
    spec = chart(cards.crossed(), Words(language), form=Form.SCATTER)
    assert spec is not None
    assert isinstance(spec.plan, Crossing)
    assert isinstance(english.plan, Crossing)
    if language != "en":
        assert spec.title != english.title
        assert not set(spec.plan.corners) & set(english.plan.corners)
    assert spec.title in spec.alt


@pytest.mark.parametrize("kind", ["pptx", "docx"])
@pytest.mark.parametrize("state", hard_cards.STATES)
@pytest.mark.parametrize("options", [1, 30])
def test_office_draws_the_hardest_cards(kind: str, state: str, options: int) -> None:
    content = CHART_FORMATS[kind].make(hard_cards.crossed(options, state), ENGLISH, SCATTER)
    assert content.startswith(b"PK")


def test_a_hidden_share_hides_its_point() -> None:
    rows = (cards.row("hr", "Harm reduction", SUPPRESSED), *cards.multiple().rows[:1])
    card = cards.multiple(rows=rows, facing=cards.crossed().facing, against=cards.crossed().against)
    assert [each.x for each in pairs(card)] == [SUPPRESSED, 0.4]
