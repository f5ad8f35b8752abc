"""A deck that people worked on gets new figures, and keeps all else."""

import copy
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
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
from analysis.report.table import tabulate, written
from analysis.report.table_refresh import Numbers as Behind
from analysis.report.tree import Figure, Numbers
from data.errors import InvalidInput, NotAllowed
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.small import refused

SOURCE = replace(cards.SOURCE, snapshot="aaaaaaaaaaaa", sha256="aaaaaaaaaaaa")
OLD = [
    cards.single(
        question="part", rows=(cards.row("yes", "Yes", 250), cards.row("no", "No", 100), cards.row("x", "Not sure", 50))
    ),
    cards.battery(question="change"),
]
NEW: dict[str, Card] = {
    "part": cards.single(
        question="part",
        base=cards.base(410),
        source=SOURCE,
        rows=(
            cards.row("yes", "Yes", 205, 410),
            cards.row("no", "No", 205, 410),
            cards.row("x", "Not sure", SUPPRESSED),
        ),
    ),
    "change": cards.battery(
        question="change",
        source=SOURCE,
        items=(
            cards.item(
                "c01", "Expanding and diversifying range of drugs and drug markets", 20, 50, 60, 150, 120, dont_know=15
            ),
            *OLD[1].items[1:],
        ),
    ),
}


def deck(written: list[Card] = OLD) -> bytes:
    return powerpoint.render(compose(written, title="Report", words=ENGLISH), ENGLISH)


def redraw(query: str) -> ChartSpec:
    spec = chart(NEW[json.loads(query)["question"]], ENGLISH)
    assert spec is not None
    return spec


def redraw_with(part: Card) -> Callable[[str], ChartSpec]:
    """The same, where the first question's card is another one."""

    def other(query: str) -> ChartSpec:
        spec = chart(part if "part" in query else NEW["change"], ENGLISH)
        assert spec is not None
        return spec

    return other


def edited(edit: Callable[[Any], None], content: bytes | None = None) -> bytes:
    file = Presentation(io.BytesIO(content or deck()))
    edit(file)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def native(content: bytes) -> list[Any]:
    return [
        shape.chart for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart
    ]


def figures(found: Any) -> dict[tuple[str, str], float | None]:
    """(category, series) -> value, by the chart's cache."""
    plot = found.plots[0]
    names = [str(name) for name in plot.categories]
    return {(name, s.name): value for s in plot.series for name, value in zip(names, s.values, strict=True)}


def workbook(found: Any) -> dict[tuple[str, str], float | None]:
    sheet = load_workbook(io.BytesIO(found.part.chart_workbook.xlsx_part.blob)).active
    rows = list(sheet.iter_rows(values_only=True))
    return {(row[0], head): row[at] for row in rows[1:] for at, head in enumerate(rows[0]) if at and row[0]}


def about(slides: list[Any], card: Card) -> Any:
    """The slide whose words name the question."""
    return next(
        s for s in slides if any(card.label in each.text_frame.text for each in s.shapes if each.has_text_frame)
    )


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


def rewritten(change: Callable[[str, bytes], bytes], content: bytes) -> bytes:
    """The deck with other bytes in its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


def test_a_workbook_that_cannot_be_opened_does_not_keep_the_other_charts_from_present_figures() -> None:
    names = [name for name in zipfile.ZipFile(io.BytesIO(deck())).namelist() if name.endswith(".xlsx")]
    spoiled = rewritten(lambda name, part: b"PK\x03\x04 no archive" if name == names[0] else part, deck())
    content, told = refresh(spoiled, redraw)
    assert len(told) == len(names) and all(each.error is None and each.moved for each in told)
    assert native(content)[0].plots[0].series[0].values[0] == 0.5


# heat maps

HEATED = cards.compared(question="heat")


def heat_deck(card: Card = HEATED) -> bytes:
    spec = chart_to_take_away(card, ENGLISH, form=Form.HEAT_MAP)
    assert spec is not None
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)
    return powerpoint.render(report, ENGLISH)


def heated(share: Any) -> Card:
    """The same card in which a group's share of the first option is another one."""
    first = HEATED.columns[0].code
    rows = (replace(HEATED.rows[0], by={**HEATED.rows[0].by, first: cards.cell(share, 90)}), *HEATED.rows[1:])
    return replace(HEATED, source=SOURCE, rows=rows)


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


def said(content: bytes) -> list[str]:
    """Every paragraph on the slide of the first card."""
    slide = about(list(Presentation(io.BytesIO(content)).slides), OLD[0])
    shapes = [shape for shape in slide.shapes if shape.has_text_frame]
    return [paragraph.text for shape in shapes for paragraph in shape.text_frame.paragraphs]


def test_a_note_whose_words_changed_is_renewed_behind_the_remark_of_staff() -> None:
    made = deck([replace(OLD[0], remark="Mind the small groups."), OLD[1]])
    (before,) = [each for each in said(made) if each.startswith("Mind the small groups.")]
    content, _told = refresh(made, redraw)
    note = redraw('{"question": "part"}').note
    assert note not in before
    assert f"Mind the small groups. {note}" in said(content)
    again, _told = refresh(content, lambda query: replace(redraw(query), note=""))
    assert "Mind the small groups." in said(again)


def test_a_note_that_somebody_worded_stays() -> None:
    def word(file: Any) -> None:
        slide = about(list(file.slides), OLD[0])
        for shape in slide.shapes:
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
                if paragraph.text.startswith("Fictional data"):
                    paragraph.runs[0].text = "All of this is invented."

    content, _told = refresh(edited(word), redraw)
    assert "All of this is invented." in said(content)


# what a speaker wrote


def noted(write: Callable[[list[str]], list[str]], content: bytes, slide: int = 1) -> bytes:
    """The deck in which a speaker changed the lines of a slide's notes."""

    def edit(file: Any) -> None:
        frame = file.slides[slide].notes_slide.notes_text_frame
        frame.text = "\n".join(write(frame.text.split("\n")))

    return edited(edit, content)


def notes_on(content: bytes, slide: int = 1) -> list[str]:
    lines: list[str] = Presentation(io.BytesIO(content)).slides[slide].notes_slide.notes_text_frame.text.split("\n")
    return lines


@pytest.mark.parametrize("mine", ["My own first line, which is long.", "3"])
@pytest.mark.parametrize("numbers", [Numbers.NEVER, Numbers.ALWAYS])
def test_a_speakers_own_line_behind_the_query_stays(numbers: Numbers, mine: str) -> None:
    plain = replace(OLD[0], source=replace(OLD[0].source, fictional=False), rows=OLD[0].rows[:2])
    new = replace(NEW["part"], source=replace(SOURCE, fictional=False), rows=NEW["part"].rows)

    def numbers_of(_query: str) -> Behind:
        return table_refresh.numbers_of(tabulate(new, ENGLISH), lambda value, unit: written(value, unit, ENGLISH))

    def only(_query: str) -> ChartSpec:
        spec = chart(new, ENGLISH)
        assert spec is not None
        return spec

    made = powerpoint.render(compose([plain], title="Report", words=ENGLISH, numbers=numbers), ENGLISH)
    slide = 1 if numbers is Numbers.NEVER else 2
    assert len(notes_on(made, slide)) == 2  # source and query
    content, _told = refresh(noted(lambda lines: [*lines, mine], made, slide), only, numbers_of)
    assert notes_on(content, slide)[2:] == [mine]
    assert "aaaaaaaaaaaa" in notes_on(content, slide)[0]
    again, _told = refresh(made, only, numbers_of)
    assert shown_on(content, slide) == shown_on(again, slide)


def shown_on(content: bytes, slide: int) -> list[str]:
    """Every text on a slide, of shapes and of cells."""
    shapes = list(Presentation(io.BytesIO(content)).slides[slide].shapes)
    cells = [cell.text for s in shapes if s.has_table for row in s.table.rows for cell in row.cells]
    return [*(s.text_frame.text for s in shapes if s.has_text_frame), *cells]


def test_a_speakers_own_line_that_stands_in_a_box_too_stays_in_both() -> None:
    mine = "Ask for questions, then go on."

    def edit(file: Any) -> None:
        slide = file.slides[1]
        slide.shapes.add_textbox(Pt(1), Pt(2), Pt(300), Pt(40)).text_frame.text = mine

    plain = replace(OLD[0], source=replace(OLD[0].source, fictional=False), rows=OLD[0].rows[:2])
    made = powerpoint.render(compose([plain], title="Report", words=ENGLISH), ENGLISH)
    content, _told = refresh(edited(edit, noted(lambda lines: [*lines, mine], made)), redraw)
    assert redraw('{"question": "part"}').note
    assert mine in shown_on(content, 1)
    assert notes_on(content)[2:] == [mine]


def test_lines_that_a_speaker_wrote_around_ours_stay_and_ours_are_renewed() -> None:
    made = deck()
    content, _told = refresh(noted(lambda lines: ["Welcome.", "", *lines, "Thank you."], made), redraw)
    first, empty, source, _query, note, last = notes_on(content)
    assert (first, empty, last) == ("Welcome.", "", "Thank you.")
    wanted = redraw('{"question": "part"}')
    assert (source, note) == (wanted.source, wanted.note)
    assert wanted.source in said(content) and wanted.note in said(content)


def test_a_note_that_is_empty_now_is_empty_on_the_slide_and_in_its_notes() -> None:
    (before,) = [each for each in said(deck()) if each.startswith("Fictional data")]
    content, _told = refresh(deck(), lambda query: replace(redraw(query), note=""))
    assert before not in said(content)
    assert before not in notes_on(content)


# points of x and y


def drawn_in(card: Card, form: Form, *, intervals: bool = False) -> ChartSpec:
    spec = chart_to_take_away(card, ENGLISH, form=form, with_intervals=intervals)
    assert spec is not None
    return spec


def deck_of(spec: ChartSpec, card: Card) -> bytes:
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)
    return powerpoint.render(report, ENGLISH)


def refreshed_as(content: bytes, card: Card, form: Form) -> tuple[bytes, tuple[Refreshed, ...]]:
    def redraw(_query: str, *, with_intervals: bool = False) -> ChartSpec:
        return drawn_in(card, form, intervals=with_intervals)

    return refresh(content, redraw)


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


def two_groups(first: Any, second: Any, n: int) -> Card:
    """Two groups of which n answered; the first one's shares of both options."""
    card = cards.compared(question="heat")
    one, two = (replace(each, base=cards.base(n)) for each in card.columns[:2])
    by = [{one.code: cards.cell(v, n), two.code: cards.cell(n // 2, n)} for v in (first, second)]
    rows = tuple(replace(row, by=each) for row, each in zip(card.rows, by, strict=False))
    return replace(card, columns=(one, two), rows=rows)


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
