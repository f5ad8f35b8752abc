"""A deck that people worked on gets new figures, and keeps all else."""

import copy
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_FILL
from pptx.util import Pt

from analysis.charts import palette
from analysis.charts.choose import chart, chart_to_take_away
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card
from analysis.report import powerpoint, table_refresh
from analysis.report.compose import bound, compose
from analysis.report.deck_refresh import Refreshed, refresh
from analysis.report.table import of_picture, tabulate, written
from analysis.report.table_refresh import Numbers as Behind
from analysis.report.tree import Figure, Numbers
from data.errors import InvalidInput, NotAllowed
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.analysis.report.decks import (
    HEATED,
    NEW,
    OLD,
    SOURCE,
    about,
    deck,
    deck_of,
    drawn_in,
    edited,
    figures,
    heated,
    native,
    over_time,
    redraw,
    refreshed_as,
    rewritten,
    two_groups,
    workbook,
)
from tests.small import refused


def redraw_with(part: Card) -> Callable[[str], ChartSpec]:
    """The same, where the first question's card is another one."""

    def other(query: str) -> ChartSpec:
        spec = chart(part if "part" in query else NEW["change"], ENGLISH)
        assert spec is not None
        return spec

    return other


def about_old() -> Any:
    return about(list(Presentation(io.BytesIO(deck())).slides), OLD[0])


def of(told: tuple[Refreshed, ...], question: str) -> Refreshed:
    return next(each for each in told if json.loads(each.query)["question"] == question)


def test_values_follow_in_chart_and_workbook_and_what_is_hidden_now_is_empty_and_marked() -> None:
    content, told = refresh(deck(), redraw)
    found = next(each for each in native(content) if len(each.plots[0].categories) == 3)
    expected = {"Yes": 0.5, "No": 0.5, "Not sure ([c])": None}
    assert {name: value for (name, _), value in figures(found).items()} == expected
    assert {name: value for (name, _), value in workbook(found).items()} == expected
    assert [(m.category, m.before, m.after) for m in of(told, "part").moved] == [
        ("Yes", "0.625", "0.5"),
        ("No", "0.25", "0.5"),
        ("Not sure", "0.125", ""),
    ]


def test_lines_tables_and_notes_that_nobody_touched_tell_the_new_state() -> None:
    content, _told = refresh(deck(), redraw)
    slides = list(Presentation(io.BytesIO(content)).slides)
    slide = about(slides, OLD[0])
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    wanted = redraw('{"question": "part"}').title.replace("n = ", "n\u00a0=\u00a0")  # which no line takes apart
    assert slide.shapes.title.text == wanted != about_old().shapes.title.text
    assert any("n = 410" in each for each in words)
    assert any("Data state aaaaaaaaaaaa" in each for each in words)
    assert json.loads(slide.notes_slide.notes_text_frame.text.split("\n")[1])["snapshot"] == "aaaaaaaaaaaa"
    other = about(slides, OLD[1])
    table = next(shape.table for shape in other.shapes if shape.has_table)
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    # The deck keeps its order of rows: the third item is now the highest.
    assert cells[0] == ["Net", "Don't know"] and cells[3] == ["+50", "15"]


def test_everything_that_people_made_is_the_same() -> None:
    def edit(file: Any) -> None:
        first, second = list(file.slides)[1:3]
        first.shapes.title.text = "Our own headline"
        shape = next(each for each in first.shapes if each.has_chart)
        shape.left, shape.top = Pt(11), Pt(22)
        series = shape.chart.plots[0].series[0]
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor(1, 2, 3)
        box = second.shapes.add_textbox(Pt(1), Pt(2), Pt(300), Pt(40))
        box.text_frame.text = "Half of them, 62% – our reading"

    before = edited(edit)
    after, _told = refresh(before, redraw)
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert old.namelist() == new.namelist()
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        assert all(name.split("/")[1] in ("charts", "embeddings", "slides", "notesSlides") for name in changed)
        for name in changed:
            if name.endswith(".xml"):
                assert bare(old.read(name)) == bare(new.read(name))
    file = Presentation(io.BytesIO(after))
    first, second = list(file.slides)[1:3]
    shape = next(each for each in first.shapes if each.has_chart)
    assert (first.shapes.title.text, shape.left, shape.top) == ("Our own headline", Pt(11), Pt(22))
    assert shape.chart.plots[0].series[0].format.fill.fore_color.rgb == RGBColor(1, 2, 3)
    assert "Half of them, 62% – our reading" in [s.text_frame.text for s in second.shapes if s.has_text_frame]


def bare(part: bytes) -> bytes:
    """The XML without figures and words: what remains must not change."""
    root = etree.fromstring(part)
    for each in list(root.iter()):
        if each.tag.endswith(("}v", "}t")):
            each.text = ""
        if each.tag.endswith("}pt") or each.get("descr"):
            each.attrib.pop("descr", None)
        if each.tag.endswith(("}numCache", "}strCache")):
            for child in list(each):
                if child.tag.endswith("}pt"):
                    each.remove(child)
    return etree.tostring(root, method="c14n")


def test_a_deleted_slide_stays_deleted_and_a_copied_one_is_refreshed_too() -> None:
    def edit(file: Any) -> None:
        source = about(list(file.slides), OLD[0])
        new = file.slides.add_slide(source.slide_layout)
        for shape in source.shapes:
            if shape.has_chart:
                element = copy.deepcopy(shape._element)
                related = new.part.relate_to(
                    shape.chart.part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
                )
                next(e for e in element.iter() if e.tag.endswith("}chart")).set(
                    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", related
                )
                new.shapes._spTree.append(element)
        ids = file.slides._sldIdLst
        for each in list(ids)[1:-1]:
            ids.remove(each)

    content, told = refresh(edited(edit), redraw)
    (copied,) = native(content)
    assert {name: value for (name, _), value in figures(copied).items()}["Yes"] == 0.5
    assert [json.loads(each.query)["question"] for each in told] == ["part"]


def test_a_chart_that_lost_its_workbooks_query_is_known_by_its_slides_notes() -> None:
    def edit(file: Any) -> None:
        for slide in file.slides:
            for shape in slide.shapes:
                if shape.has_chart:
                    part = shape.chart.part.chart_workbook.xlsx_part
                    book = load_workbook(io.BytesIO(part.blob))
                    book.properties.description = ""
                    target = io.BytesIO()
                    book.save(target)
                    part._blob = target.getvalue()

    content, told = refresh(edited(edit), redraw)
    assert len(told) == 2 and all(each.error is None for each in told)
    assert list(workbook(native(content)[0]).values())[:2] == [0.5, 0.5]


def test_a_category_that_is_gone_keeps_its_figure_and_is_told_and_so_is_a_new_one() -> None:
    rows = (cards.row("yes", "Yes", 205, 410), cards.row("maybe", "Maybe", 205, 410))
    content, told = refresh(deck(), redraw_with(replace(NEW["part"], rows=rows)))
    assert (of(told, "part").unknown, of(told, "part").added) == (("No", "Not sure"), ("Maybe",))
    found = next(each for each in native(content) if len(each.plots[0].categories) == 3)
    assert {name: value for (name, _), value in figures(found).items()} == {"Yes": 0.5, "No": 0.25, "Not sure": 0.125}


def test_a_chart_that_may_not_be_asked_for_stays_as_it_is_and_the_others_follow() -> None:
    def refusing(query: str) -> ChartSpec:
        if "part" in query:
            raise NotAllowed("access.role")
        return redraw(query)

    before = deck()
    content, told = refresh(before, refusing)
    error = of(told, "part").error
    assert error is not None and error.code == "access.role"
    assert of(told, "change").error is None and of(told, "change").moved
    assert figures(native(content)[0]) == figures(native(before)[0])


def test_a_value_beyond_the_axis_widens_it() -> None:
    tall = replace(NEW["part"], rows=(cards.row("yes", "Yes", 400, 410), cards.row("no", "No", 10, 410)))
    content, _told = refresh(deck(), redraw_with(tall))
    assert native(content)[0].value_axis.maximum_scale >= 400 / 410


def test_nothing_changes_when_nothing_moved() -> None:
    def same(query: str) -> ChartSpec:
        spec = chart(next(c for c in OLD if c.question == json.loads(query)["question"]), ENGLISH)
        assert spec is not None
        return spec

    before = deck()
    after, told = refresh(before, same)
    assert not any(each.moved or each.unknown or each.added for each in told)
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert [n for n in old.namelist() if n.endswith(".xml") and old.read(n) != new.read(n)] == []


def test_a_deck_without_charts_of_ours_is_refused() -> None:
    target = io.BytesIO()
    Presentation().save(target)
    with refused(InvalidInput, "returned.no_query"):
        refresh(target.getvalue(), redraw)


@pytest.mark.long
def test_a_deck_that_libreoffice_saved_again_is_refreshed(tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(deck())
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "pptx:Impress MS PowerPoint 2007 XML",
            "--outdir",
            tmp_path / "out",
            tmp_path / "deck.pptx",
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    content, told = refresh((tmp_path / "out" / "deck.pptx").read_bytes(), redraw)
    assert [len(each.moved) > 0 for each in told] == [True, True]
    found = {name.split(" (")[0]: value for (name, _), value in figures(native(content)[0]).items()}
    assert (found["Yes"], found["No"]) == (0.5, 0.5)


def test_a_workbook_that_cannot_be_opened_does_not_keep_the_other_charts_from_present_figures() -> None:
    names = [name for name in zipfile.ZipFile(io.BytesIO(deck())).namelist() if name.endswith(".xlsx")]
    spoiled = rewritten(lambda name, part: b"PK\x03\x04 no archive" if name == names[0] else part, deck())
    content, told = refresh(spoiled, redraw)
    assert len(told) == len(names) and all(each.error is None and each.moved for each in told)
    assert native(content)[0].plots[0].series[0].values[0] == 0.5


def heat_deck(card: Card = HEATED) -> bytes:
    spec = chart_to_take_away(card, ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)
    return powerpoint.render(report, ENGLISH)


def heat_refreshed(content: bytes, card: Card) -> tuple[Any, tuple[Refreshed, ...]]:
    def redraw(query: str) -> ChartSpec:
        asked = json.loads(query)
        assert asked["form"] == "heat_map"
        spec = chart_to_take_away(card, ENGLISH, form=Form(asked["form"]))
        assert spec is not None
        return spec

    def numbers_of(_query: str) -> Behind:
        return table_refresh.numbers_of(tabulate(card, ENGLISH), lambda value, unit: written(value, unit, ENGLISH))

    made, told = refresh(content, redraw, numbers_of)
    return Presentation(io.BytesIO(made)), told


def heat_cell(file: Any) -> Any:
    (table,) = [shape.table for shape in file.slides[1].shapes if shape.has_table]
    return table.cell(1, 2)


def test_a_heat_map_has_present_figures_on_their_own_grounds() -> None:
    assert heat_cell(Presentation(io.BytesIO(heat_deck()))).text == "64%"
    file, told = heat_refreshed(heat_deck(), heated(9))
    cell = heat_cell(file)
    assert cell.text == "10%"
    spec = chart(heated(9), ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    ground = palette.heat(0.1, spec.minimum, spec.maximum)
    assert f"#{cell.fill.fore_color.rgb}".lower() == ground
    assert f"#{cell.text_frame.paragraphs[0].runs[0].font.color.rgb}".lower() == palette.text_on(ground)
    (only,) = told
    assert [(each.before, each.after) for each in only.moved] == [("64%", "10%")]
    assert only.error is None


def test_a_figure_that_is_hidden_now_is_hatched_in_a_heat_map() -> None:
    file, _ = heat_refreshed(heat_deck(), heated(SUPPRESSED))
    cell = heat_cell(file)
    assert cell.text == "[c]"
    assert cell.fill.type == MSO_FILL.PATTERNED
    back, _ = heat_refreshed(heat_deck(heated(SUPPRESSED)), HEATED)
    assert heat_cell(back).text == "64%"
    assert heat_cell(back).fill.type == MSO_FILL.SOLID


def test_a_cell_that_somebody_coloured_or_wrote_into_stays_as_it_is() -> None:
    def edit(file: Any) -> None:
        cell = heat_cell(file)
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor(1, 2, 3)

    file, _ = heat_refreshed(edited(edit, heat_deck()), heated(9))
    assert (heat_cell(file).text, str(heat_cell(file).fill.fore_color.rgb)) == ("10%", "010203")

    def write(file: Any) -> None:
        heat_cell(file).text_frame.paragraphs[0].runs[0].text = "about two thirds"

    file, told = heat_refreshed(edited(write, heat_deck()), heated(9))
    assert heat_cell(file).text == "about two thirds"
    assert told[0].moved == ()


def test_a_table_that_nobody_can_tell_any_more_is_named() -> None:
    def edit(file: Any) -> None:
        (table,) = [shape.table for shape in file.slides[1].shapes if shape.has_table]
        for row in table.rows:
            for cell in row.cells:
                cell.text = "x"

    _, (told,) = heat_refreshed(edited(edit, heat_deck()), heated(9))
    assert told.error is not None
    assert told.error.code == "returned.no_table"


# what stands on several slides


def titles(content: bytes) -> list[tuple[str, list[str]]]:
    """The title of each slide behind the first, and its alternative texts."""
    return [
        (
            slide.shapes.title.text,
            [
                each.get("descr")
                for each in slide._element.iter()
                if str(each.tag).endswith("}cNvPr") and each.get("descr")
            ],
        )
        for slide in list(Presentation(io.BytesIO(content)).slides)[1:]
    ]


@pytest.mark.parametrize("form", [Form.STACKED, Form.INTERVALS])
def test_titles_on_several_slides_are_renewed_and_keep_their_numbers(form: Form) -> None:
    def long(source: Any, *counts: int) -> Card:
        labels = [f"{number} {OLD[1].items[1].label * 2}" for number in range(14)]
        items = tuple(cards.item(f"c{number}", label, *counts) for number, label in enumerate(labels))
        return cards.battery(question="change", items=items, source=source)

    old, new = long(cards.SOURCE, 40, 90, 110, 120, 40), long(SOURCE, 20, 50, 60, 150, 120)
    before, wanted = (deck_of(drawn_in(card, form), card) for card in (old, new))
    assert titles(before)[0][0].endswith("(1/3)")
    content, _told = refreshed_as(before, new, form)
    assert titles(content) == titles(wanted) != titles(before)


def test_a_number_at_the_end_of_a_title_is_part_of_it_where_the_description_has_it_too() -> None:
    spec = drawn_in(OLD[0], Form.BARS)
    old = replace(
        spec, title="Two of three took part (2/3)", alt=spec.alt.replace(spec.title, "Two of three took part (2/3)")
    )
    new = replace(spec, title="Half took part (1/2)")
    content, _told = refresh(deck_of(old, OLD[0]), lambda _query: new)
    assert titles(content)[0][0] == new.title


def test_slides_of_numbers_keep_their_titles() -> None:
    def made(shown: list[Card]) -> bytes:
        return powerpoint.render(compose(shown, title="Report", words=ENGLISH, numbers=Numbers.ALWAYS), ENGLISH)

    def numbers_of(query: str) -> Behind:
        table = tabulate(NEW[json.loads(query)["question"]], ENGLISH)
        return table_refresh.numbers_of(table, lambda value, unit: written(value, unit, ENGLISH))

    before = made(OLD)
    content, _told = refresh(before, redraw, numbers_of)
    of_numbers = [each for each in titles(before) if each[0].startswith("Numbers: ")]
    assert [title[-5:] for title, _alt in of_numbers] == ["part?", "(1/3)", "(2/3)", "(3/3)"]
    assert [each for each in titles(content) if each[0].startswith("Numbers: ")] == of_numbers


def test_bars_whose_middles_meet_are_set_off_anew() -> None:
    old, new = OLD[1], NEW["change"]
    content, (told,) = refreshed_as(deck_of(drawn_in(old, Form.DIVERGING), old), new, Form.DIVERGING)
    (found,), (wanted,) = native(content), native(deck_of(drawn_in(new, Form.DIVERGING), new))
    assert (told.unknown, told.added) == ((), ())
    assert {each.series for each in told.moved} <= {label for _code, label in cards.CHANGE}
    assert figures(found) == pytest.approx(figures(wanted))
    assert workbook(found) == pytest.approx(workbook(wanted))
    assert found.value_axis.maximum_scale == pytest.approx(wanted.value_axis.maximum_scale)


BARS, POINTS = ("bars",), ("points",)
SPOILT = (
    (b'<c:pt idx="', b'<c:pt idx="x', BARS + POINTS),
    (b'<c:max val="', b'<c:max val="x', BARS + POINTS),
    (b'<c:pt idx="', b'<c:pt idx="99999999999', BARS),
    (b"c:val>", b"c:other>", BARS),
    (b"c:ptCount", b"c:other", BARS),
    (b"<c:v>", b"<c:v/><c:other>", BARS),
    (b"c:cat>", b"c:other>", BARS),
    (b"c:ser>", b"c:other>", BARS),
    (b'<c:idx val="', b'<c:idx val="x', POINTS),
    (b"c:idx val", b"c:other val", POINTS),
    (b"c:xVal>", b"c:other>", POINTS),
    (b"c:tx>", b"c:other>", POINTS),
    (b"c:dLblPos", b"c:other", POINTS),
    (b"<c:v>1.5", b"<c:v>1e999", POINTS),
    (b"<c:v>0.", b"<c:v>nan", POINTS),
    (b"<c:v>", b"<c:v>x", POINTS),
    (b"c:axId", b"c:other", POINTS),
)


@pytest.mark.parametrize(("old", "new", "kind"), [(old, new, kind) for old, new, kinds in SPOILT for kind in kinds])
def test_a_chart_that_is_none_leaves_a_deck_or_a_clear_error(old: bytes, new: bytes, kind: str) -> None:
    def change(name: str, part: bytes) -> bytes:
        if not name.startswith("ppt/charts/chart"):
            return part
        assert old in part
        changed = part.replace(old, new)
        return changed.replace(b"</c:v>", b"</c:other>") if b"<c:v/>" in changed else changed

    card, present = two_groups(10, 70, 90), two_groups(60, SUPPRESSED, 100)
    with suppress(InvalidInput):  # any other error fails the test
        if kind == "bars":
            refresh(rewritten(change, deck()), redraw)
        else:
            refreshed_as(rewritten(change, deck_of(drawn_in(card, Form.DUMBBELL), card)), present, Form.DUMBBELL)


# replies over time


def handed_over_time(counts: dict[date, int]) -> bytes:
    return powerpoint.render(compose(OLD, title="Report", words=ENGLISH, pictures=[over_time(counts)]), ENGLISH)


def brought_up(content: bytes, now: dict[date, int]) -> tuple[bytes, Refreshed]:
    def drawn(query: str) -> ChartSpec:
        return over_time(now, "b" * 12) if "timeline" in query else redraw(query)

    found, told = refresh(content, drawn)
    return found, told[0]


def test_replies_over_time_go_on_to_the_present_day() -> None:
    first = {date(2026, 10, 1): 3, date(2026, 10, 2): 5}
    later = {**first, date(2026, 10, 2): 6, date(2026, 10, 4): 9}
    content, told = brought_up(handed_over_time(first), later)
    found = native(content)[0]
    wanted = {("1 Oct", 3.0), ("2 Oct", 6.0), ("3 Oct", 0.0), ("4 Oct", 9.0)}
    assert {(name, value) for (name, _series), value in figures(found).items()} == wanted
    assert workbook(found) == figures(found)
    assert [each.text for each in found._chartSpace.iter("{*}f")] == [
        "Sheet1!$B$1",
        "Sheet1!$A$2:$A$5",
        "Sheet1!$B$2:$B$5",
    ]
    assert found.value_axis.maximum_scale >= 9
    assert [(each.category, each.before, each.after) for each in told.moved] == [
        ("2 Oct", "5.0", "6.0"),
        ("3 Oct", "", "0.0"),
        ("4 Oct", "", "9.0"),
    ]
    assert (told.added, told.unknown, told.error) == ((), (), None)
    assert brought_up(content, later)[1].moved == ()
    assert [each.category for each in brought_up(content, {**later, date(2026, 10, 5): 1})[1].moved] == ["5 Oct"]


def test_days_go_on_over_nothing_that_people_wrote_below_them() -> None:
    first = {date(2026, 10, 1): 3, date(2026, 10, 2): 5}
    later = {**first, date(2026, 10, 2): 6, date(2026, 10, 4): 9}
    shown = Presentation(io.BytesIO(handed_over_time(first)))
    (drawn,) = [
        shape.chart
        for slide in shown.slides
        for shape in slide.shapes
        if shape.has_chart and "Oct" in str(list(shape.chart.plots[0].categories))
    ]
    part = drawn.part.chart_workbook.xlsx_part
    book = load_workbook(io.BytesIO(part.blob))
    book.active["A5"], book.active["B5"] = "Total", "=SUM(B2:B3)"
    target = io.BytesIO()
    book.save(target)
    part._blob = target.getvalue()
    written_below = io.BytesIO()
    shown.save(written_below)
    content, told = brought_up(written_below.getvalue(), later)
    assert told.added == ("3 Oct", "4 Oct")
    assert [(each.category, each.after) for each in told.moved] == [("2 Oct", "6.0")]
    sheet = load_workbook(io.BytesIO(native(content)[0].part.chart_workbook.xlsx_part.blob)).active
    assert [[cell.value for cell in row[:2]] for row in sheet.iter_rows(min_row=2, max_row=5)] == [
        ["1 Oct", 3],
        ["2 Oct", 6],
        [None, None],
        ["Total", "=SUM(B2:B3)"],
    ]


def test_a_table_of_days_on_slides_tells_which_it_lacks() -> None:
    first = {date(2026, 10, day): day for day in range(1, 30)}
    later = {**first, date(2026, 10, 30): 4}
    report = compose(OLD, title="Report", words=ENGLISH, pictures=[over_time(first)], numbers=Numbers.ALWAYS)

    def numbers_of(query: str) -> Behind:
        card = tabulate(OLD[0], ENGLISH) if "timeline" not in query else of_picture(over_time(later))
        return table_refresh.numbers_of(card, lambda value, unit: written(value, unit, ENGLISH))

    _content, told = refresh(
        powerpoint.render(report, ENGLISH),
        lambda query: over_time(later) if "timeline" in query else redraw(query),
        numbers_of,
    )
    lacking = [each.untold for each in told if each.untold]
    assert lacking == [("30 Oct",)]


def test_days_that_have_become_weeks_are_not_filled_into_the_days() -> None:
    first = {date(2026, 10, day): 1 for day in range(1, 20)}
    handed = handed_over_time(first)
    content, told = brought_up(handed, {date.fromordinal(date(2026, 10, 1).toordinal() + day): 1 for day in range(70)})
    assert told.error is not None
    assert told.error.code == "returned.steps"
    assert figures(native(content)[0]) == figures(native(handed)[0])
