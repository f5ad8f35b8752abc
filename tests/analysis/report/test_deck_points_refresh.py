"""Points of x and y, and bounds across bars, in a deck that people worked on: new figures, all else as it was."""

import copy
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx.dml.color import RGBColor

from analysis.charts.choose import chart_to_take_away
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card
from analysis.report.deck_refresh import refresh
from tests.analysis.cards import ENGLISH
from tests.analysis.report.decks import (
    HEATED,
    NEW,
    OLD,
    SOURCE,
    deck_of,
    drawn_in,
    edited,
    heated,
    native,
    refreshed_as,
    shown_on,
    two_groups,
)


def points_of(content: bytes) -> list[Any]:
    """(name, points as x and y, labels) of each series, and the figures of the workbook."""
    (found,) = native(content)
    shown: list[Any] = []
    for series in found.plots[0].series:
        root = series._element
        across, up = ({p.get("idx"): p[0].text for p in root.find(f".//{{*}}{tag}").iter("{*}pt")} for tag in AXES)
        labels = [(x.find("{*}idx").get("val"), "".join(x.itertext("{*}t"))) for x in root.iter("{*}dLbl")]
        shown.append((series.name, sorted((float(up[at]), float(across[at])) for at in across), labels))
    book = load_workbook(io.BytesIO(found.part.chart_workbook.xlsx_part.blob)).active
    return [*shown, list(book.iter_rows(values_only=True))]


AXES = ("xVal", "yVal")


@pytest.mark.parametrize(
    ("form", "old", "new"),
    [
        (Form.DUMBBELL, two_groups(10, 70, 90), replace(two_groups(60, 20, 100), source=SOURCE)),
        (Form.DUMBBELL, two_groups(SUPPRESSED, 70, 90), replace(two_groups(60, SUPPRESSED, 100), source=SOURCE)),
        (Form.DUMBBELL, HEATED, heated(9)),
        (Form.INTERVALS, OLD[0], NEW["part"]),
        (Form.INTERVALS, NEW["part"], OLD[0]),
        (Form.INTERVALS, OLD[1], NEW["change"]),
    ],
)
def test_points_labels_and_names_are_those_of_a_deck_made_anew(form: Form, old: Card, new: Card) -> None:
    before, wanted = deck_of(drawn_in(old, form), old), deck_of(drawn_in(new, form), new)
    content, (told,) = refreshed_as(before, new, form)
    assert told.error is None
    assert told.moved
    assert (told.unknown, told.added) == ((), ())
    if drawn_in(old, form).categories[0][:3] == drawn_in(new, form).categories[0][:3]:
        assert points_of(content) == points_of(wanted) != points_of(before)
    assert sorted(shown_on(content, 1)) == sorted(shown_on(wanted, 1))


def test_points_keep_their_looks_and_stay_where_nothing_moved() -> None:
    def edit(file: Any) -> None:
        (found,) = [shape.chart for slide in file.slides for shape in slide.shapes if shape.has_chart]
        point = found.plots[0].series[1].points[1]
        point.marker.format.fill.solid()
        point.marker.format.fill.fore_color.rgb = RGBColor(1, 2, 3)

    old = two_groups(SUPPRESSED, 70, 90)
    made = edited(lambda _file: None, deck_of(drawn_in(old, Form.DUMBBELL), old))
    same, (told,) = refreshed_as(made, old, Form.DUMBBELL)
    assert told.moved == ()
    with zipfile.ZipFile(io.BytesIO(made)) as one, zipfile.ZipFile(io.BytesIO(same)) as other:
        assert [n for n in one.namelist() if n.endswith(".xml") and one.read(n) != other.read(n)] == []
    old = two_groups(10, 70, 90)
    coloured = edited(edit, deck_of(drawn_in(old, Form.DUMBBELL), old))
    content, _told = refreshed_as(coloured, two_groups(SUPPRESSED, 20, 100), Form.DUMBBELL)
    (found,) = native(content)
    assert found.plots[0].series[1].points[0].marker.format.fill.fore_color.rgb == RGBColor(1, 2, 3)


def test_points_without_their_names_stay_with_all_that_is_said_of_them() -> None:
    def edit(file: Any) -> None:
        for shape in list(file.slides[1].shapes):
            if shape.has_table and shape.table.cell(0, 0).text != "Difference":
                shape._element.getparent().remove(shape._element)

    old = two_groups(10, 70, 90)
    content = edited(edit, deck_of(drawn_in(old, Form.DUMBBELL), old))
    again, (told,) = refreshed_as(content, two_groups(60, 20, 100), Form.DUMBBELL)
    assert told.error is not None
    assert told.error.code == "returned.points"
    with zipfile.ZipFile(io.BytesIO(content)) as one, zipfile.ZipFile(io.BytesIO(again)) as other:
        assert [n for n in one.namelist() if one.read(n) != other.read(n)] == []


def test_points_beside_which_somebody_added_a_name_stay_for_no_name_is_level_with_them() -> None:
    def edit(file: Any) -> None:
        (names,) = [s.table for s in file.slides[1].shapes if s.has_table and s.table.cell(0, 0).text != "Difference"]
        row = copy.deepcopy(names._tbl.tr_lst[-1])
        names._tbl.append(row)
        names.cell(len(names.rows) - 1, 0).text = "Ours"

    old = two_groups(10, 70, 90)
    content = edited(edit, deck_of(drawn_in(old, Form.DUMBBELL), old))
    again, (told,) = refreshed_as(content, two_groups(60, 20, 100), Form.DUMBBELL)
    assert told.error is not None
    assert told.error.code == "returned.points"
    assert points_of(again) == points_of(content)


def test_bars_with_intervals_have_present_bounds() -> None:
    old, new = OLD[0], NEW["part"]
    before = deck_of(drawn_in(old, Form.BARS, intervals=True), old)
    wanted = deck_of(drawn_in(new, Form.BARS, intervals=True), new)
    content, (told,) = refreshed_as(before, new, Form.BARS)
    assert told.moved
    assert bounds_in(content) == bounds_in(wanted) != bounds_in(before)
    assert sorted(shown_on(content, 1)) == sorted(shown_on(wanted, 1))
    plain, _told = refresh(before, lambda _query, with_intervals: drawn_in(new, Form.BARS))
    assert bounds_in(plain) == []


def bounds_in(content: bytes) -> list[list[str]]:
    (found,) = native(content)
    bars = found._chartSpace.iter("{*}errBars")
    return [
        [p.findtext("{*}v") for p in part.iter("{*}pt")] for each in bars for part in each.iter("{*}plus", "{*}minus")
    ]


@pytest.mark.parametrize("kind", ["percentage", "cust"])
def test_lines_across_bars_that_people_added_stay_and_nobody_claims_that_they_are_ours(kind: str) -> None:
    """Those of a share of the value, and those whose lengths lie in cells of the workbook."""

    def edit(file: Any) -> None:
        series = file.slides[1].shapes
        drawn = next(shape.chart for shape in series if shape.has_chart).plots[0].series[0]._element
        cells = "<c:numRef><c:f>S!A1</c:f></c:numRef>"
        lengths = f"<c:plus>{cells}</c:plus><c:minus>{cells}</c:minus>" if kind == "cust" else '<c:val val="5"/>'
        added = etree.fromstring(
            f'<c:errBars xmlns:c="{drawn.nsmap["c"]}"><c:errBarType val="both"/><c:errValType val="{kind}"/>'
            f"{lengths}</c:errBars>"
        )
        drawn.find("{*}cat").addprevious(added)

    old, new = OLD[0], NEW["part"]
    before = edited(edit, deck_of(drawn_in(old, Form.BARS), old))
    content, (told,) = refresh(before, lambda _query: drawn_in(new, Form.BARS))  # intervals are not asked for
    assert told.moved
    lines = [
        etree.tostring(each) for part in (before, content) for each in native(part)[0]._chartSpace.iter("{*}errBars")
    ]
    assert len(lines) == 2 and lines[0] == lines[1]
    with_ours, _told = refreshed_as(
        edited(edit, deck_of(drawn_in(old, Form.BARS, intervals=True), old)), new, Form.BARS
    )
    assert len(list(native(with_ours)[0]._chartSpace.iter("{*}errBars"))) == 2


@pytest.mark.parametrize("form", [Form.STACKED, Form.DIVERGING])
def test_net_values_keep_their_intervals_and_the_bars_their_form(form: Form) -> None:
    def redraw(query: str, *, with_intervals: bool = False) -> ChartSpec:
        asked = Form(json.loads(query)["form"]) if json.loads(query).get("form") else None
        spec = chart_to_take_away(new, ENGLISH, form=asked, with_intervals=with_intervals)
        assert spec is not None
        return spec

    old, new = OLD[1], NEW["change"]
    before, wanted = (deck_of(drawn_in(card, form, intervals=True), card) for card in (old, new))
    assert any("(" in text and "–" in text for text in shown_on(before, 1))
    content, (told,) = refresh(before, redraw)
    assert told.error is None
    assert told.moved
    assert sorted(shown_on(content, 1)) == sorted(shown_on(wanted, 1))
    plain, _told = refresh(deck_of(drawn_in(old, form), old), redraw)
    assert sorted(shown_on(plain, 1)) == sorted(shown_on(deck_of(drawn_in(new, form), new), 1))
