"""A document that people worked on, and tables of numbers on slides, get new figures and keep all else."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.shared import RGBColor
from lxml import etree
from pptx import Presentation

from analysis.charts.choose import chart, chart_to_take_away
from analysis.charts.opinions import group_name
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Band, Card, Statement
from analysis.report import deck_refresh, document_refresh, opened, powerpoint, table_refresh, word, workbook
from analysis.report.chart_refresh import Refreshed
from analysis.report.compose import bound, compose
from analysis.report.table import of_picture, tabulate, written
from analysis.report.table_refresh import Numbers as Figures
from analysis.report.tree import Figure, Numbers
from data.errors import InvalidInput, NotAllowed
from survey.translator import LANGUAGES, Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH
from tests.analysis.charts.test_opinion_charts import BAN, FOUND, TALK, TAX
from tests.analysis.report import office
from tests.analysis.report.decks import NEW, OLD, over_time
from tests.small import refused


def redraw(query: str) -> ChartSpec:
    spec = chart(NEW[json.loads(query)["question"]], ENGLISH)
    assert spec is not None
    return spec


def numbers_of(query: str) -> Figures:
    table = tabulate(NEW[json.loads(query)["question"]], ENGLISH)
    return table_refresh.numbers_of(table, lambda value, unit: written(value, unit, ENGLISH))


def document(edit: Callable[[Any], None] | None = None) -> bytes:
    content = word.render(compose(OLD, title="Report", words=ENGLISH), ENGLISH)
    if edit is None:
        return content
    file = Document(io.BytesIO(content))
    edit(file)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def refreshed(content: bytes) -> tuple[bytes, tuple[Refreshed, ...]]:
    return document_refresh.refresh(content, redraw, numbers_of, most=400)


def expected() -> bytes:
    return word.render(compose([NEW["part"], NEW["change"]], title="Report", words=ENGLISH), ENGLISH)


def by_name(found: office.Chart) -> dict[tuple[str, str], float | None]:
    """(category, series) -> value."""
    return {
        (category, name): value
        for name, values in found.series
        for category, value in zip(found.categories, values, strict=True)
    }


def texts(content: bytes) -> list[str]:
    return [each.text for each in Document(io.BytesIO(content)).paragraphs]


def test_charts_workbooks_tables_and_lines_are_those_of_a_document_made_anew() -> None:
    content, told = refreshed(document())
    assert [each.error for each in told] == [None, None]
    assert office.tables(content) == office.tables(expected())
    new, wanted = list(office.charts(content, "word")), list(office.charts(expected(), "word"))
    assert list(map(by_name, new)) == list(map(by_name, wanted))  # bars keep their order
    assert all(each.workbook == each.cache for each in new)
    cover = 6  # what is known of the whole stays: title, time, replies, source
    assert [text for text in texts(content)[cover:] if "Source:" not in text] == [
        text for text in texts(expected())[cover:] if "Source:" not in text
    ]


def test_lines_of_a_document_in_which_letter_and_figure_could_be_parted_are_known() -> None:
    words = Words("en")
    content = word.render(compose(OLD, title="Report", words=words), words)
    before = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(before, "w") as of_before:
        for name in made.namelist():
            of_before.writestr(name, made.read(name).replace("n\u00a0=\u00a0".encode(), b"n = "))

    def drawn(query: str) -> ChartSpec:
        spec = chart(NEW[json.loads(query)["question"]], words)
        assert spec is not None
        return spec

    def numbers(query: str) -> Figures:
        table = tabulate(NEW[json.loads(query)["question"]], words)
        return table_refresh.numbers_of(table, lambda value, unit: written(value, unit, words))

    again, _told = document_refresh.refresh(before.getvalue(), drawn, numbers, most=400)
    wanted = texts(word.render(compose([NEW["part"], NEW["change"]], title="Report", words=words), words))
    of_figures = [text for text in wanted if "n\u00a0=" in text]
    assert len(of_figures) > 3
    assert [text for text in texts(again) if "n\u00a0=" in text or "n = " in text] == of_figures


def test_what_people_made_of_it_stays() -> None:
    def edit(file: Any) -> None:
        heading = next(each for each in file.paragraphs if each.style.name.startswith("Heading"))
        heading.runs[0].text = "In our words 63 %"
        heading.runs[0].font.color.rgb = RGBColor.from_string("7A1F5C")
        file.add_paragraph("We counted 250 of 400.")
        table = file.tables[0]
        table.cell(1, 1).paragraphs[0].runs[0].text = "many"
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = "Ours", "12"

    old = document(edit)
    content, told = refreshed(old)
    assert "In our words 63 %" in texts(content)
    assert "We counted 250 of 400." in texts(content)
    heading = next(each for each in Document(io.BytesIO(content)).paragraphs if each.text == "In our words 63 %")
    assert heading.runs[0].font.color.rgb == RGBColor.from_string("7A1F5C")
    rows = office.tables(content)[0]
    assert rows[1][:3] == ["Yes", "many", "50%"]
    assert rows[-1][:2] == ["Ours", "12"]
    assert told[0].moved


def test_a_document_of_which_nothing_moved_is_the_same() -> None:
    content = document()
    old = {each.question: each for each in OLD}

    def same(query: str) -> ChartSpec:
        spec = chart(old[json.loads(query)["question"]], ENGLISH)
        assert spec is not None
        return spec

    def numbers(query: str) -> Figures:
        table = tabulate(old[json.loads(query)["question"]], ENGLISH)
        return table_refresh.numbers_of(table, lambda value, unit: written(value, unit, ENGLISH))

    again, told = document_refresh.refresh(content, same, numbers, most=400)
    assert [each.moved for each in told] == [(), ()]
    assert texts(again) == texts(content)
    assert office.tables(again) == office.tables(content)


def test_a_chart_that_may_not_be_asked_for_stays_with_its_table() -> None:
    def only_one(query: str) -> ChartSpec:
        if json.loads(query)["question"] == "part":
            raise NotAllowed("access.denied")
        return redraw(query)

    content, told = document_refresh.refresh(document(), only_one, numbers_of, most=400)
    assert [each.error is not None for each in told] == [True, False]
    assert office.tables(content)[0] == office.tables(document())[0]


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_too_many_charts_are_refused(kind: str) -> None:
    with refused(InvalidInput, "returned.too_many_charts"):
        if kind == "docx":
            document_refresh.refresh(document(), redraw, numbers_of, most=1)
        else:
            deck_refresh.refresh(
                powerpoint.render(compose(OLD, title="Report", words=ENGLISH), ENGLISH), redraw, numbers_of, most=1
            )


def test_a_document_without_charts_of_ours_is_refused() -> None:
    target = io.BytesIO()
    Document().save(target)
    with refused(InvalidInput, "returned.no_query"):
        refreshed(target.getvalue())


def test_tables_of_numbers_on_slides_are_those_of_a_deck_made_anew() -> None:
    def slides(content: bytes) -> list[list[list[str]]]:
        return [
            [[cell.text for cell in row.cells] for row in shape.table.rows]
            for slide in Presentation(io.BytesIO(content)).slides
            for shape in slide.shapes
            if shape.has_table and shape.table.cell(0, 0).text in ("Option", "Item")  # the others stand beside bars
        ]

    def made(shown: list[Any]) -> bytes:
        return powerpoint.render(compose(shown, title="Report", words=ENGLISH, numbers=Numbers.ALWAYS), ENGLISH)

    content, told = deck_refresh.refresh(made(OLD), redraw, numbers_of)
    assert slides(content) == slides(made([NEW["part"], NEW["change"]]))
    assert [each.error for each in told] == [None] * len(told)


def test_a_table_is_known_by_its_heads_and_rows() -> None:
    card = cards.compared(question="part")
    spec = chart(card, ENGLISH)
    assert spec is not None
    hidden = cards.single(question="part", rows=(cards.row("yes", "Yes", SUPPRESSED),))
    table = table_refresh.numbers_of_chart(spec)
    assert table.heads[0] == ""
    assert table_refresh.is_of([["Option", "Count", "Share"], ["Yes", "[c]", "[c]"]], _figures(hidden))
    assert not table_refresh.is_of([["Name", "Phone"], ["Yes", "1"]], _figures(hidden))


def _figures(card: Any) -> Figures:
    return table_refresh.numbers_of(tabulate(card, ENGLISH), lambda value, unit: written(value, unit, ENGLISH))


def test_a_note_of_other_words_is_known_by_how_it_was_handed_over() -> None:
    def twice(query: str) -> ChartSpec:
        return replace(redraw(query), note="Robustness: holds in 4 of 4. Other words.")

    content, _told = document_refresh.refresh(document(), twice, numbers_of, most=400)
    assert texts(content).count("Robustness: holds in 4 of 4. Other words.") == 2
    again, _told = refreshed(content)
    assert [text for text in texts(again) if "Other words" in text] == []

    file = Document(io.BytesIO(content))
    for paragraph in file.paragraphs:
        if paragraph.text.startswith("Robustness"):
            paragraph.runs[0].text = "My own words."
    file.save(target := io.BytesIO())
    kept, _told = refreshed(target.getvalue())
    assert texts(kept).count("My own words.") == 2


def drawn_in(card: Card, form: Form) -> ChartSpec:
    spec = chart_to_take_away(card, ENGLISH, form=form)
    assert spec is not None
    return spec


def document_of(card: Card, form: Form) -> bytes:
    spec = drawn_in(card, form)
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)
    return word.render(report, ENGLISH)


def refreshed_as(content: bytes, card: Card, form: Form) -> tuple[bytes, tuple[Refreshed, ...]]:
    return document_refresh.refresh(
        content, lambda _query, **_asked: drawn_in(card, form), lambda _query: _figures(card), most=400
    )


def lines_across(content: bytes) -> list[str]:
    """Of every bar: how far its interval reaches up and down."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/charts/chart1.xml"))
    return [point.findtext("{*}v") for bars in root.iter("{*}errBars") for point in bars.iter("{*}pt")]


def test_lines_across_bars_reach_to_the_present_bounds() -> None:
    rows = [cards.row("yes", "Yes", 205, 410), cards.row("no", "No", 205, 410), cards.row("x", "Not sure", SUPPRESSED)]
    rows[0] = replace(rows[0], cell=replace(rows[0].cell, low=0.3, high=0.75))
    new = replace(NEW["part"], rows=tuple(rows))
    content, (told,) = refreshed_as(document_of(OLD[0], Form.INTERVALS), new, Form.INTERVALS)
    assert told.moved
    assert lines_across(content) == lines_across(document_of(new, Form.INTERVALS))
    assert [float(each) for each in lines_across(content)][:3] == [0.25, pytest.approx(0.05), 0]


def test_net_values_that_turned_negative_have_room_on_the_axis() -> None:
    def nets(*counts: int, source: Any = cards.SOURCE) -> Card:
        items = (cards.item("c01", "Markets", *counts), cards.item("c02", "Services", 20, 40, 60, 120, 160))
        return cards.battery(question="nets", items=items, source=source)

    old, new = nets(10, 20, 70, 150, 150), nets(150, 150, 70, 20, 10, source=NEW["part"].source)
    content, (told,) = refreshed_as(document_of(old, Form.INTERVALS), new, Form.INTERVALS)
    assert told.moved
    beginning = drawn_in(new, Form.INTERVALS).minimum
    assert (axis_begins(document_of(old, Form.INTERVALS)), axis_begins(content)) == (0, beginning)
    assert beginning < 0


def axis_begins(content: bytes) -> float:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/charts/chart1.xml"))
    return float(root.find(".//{*}valAx/{*}scaling/{*}min").get("val"))


def test_a_plane_of_two_questions_in_a_document_stays_and_is_told() -> None:
    old = cards.crossed()
    before = document_of(old, Form.SCATTER)
    new = replace(old, source=NEW["part"].source)
    content, (told,) = refreshed_as(before, new, Form.SCATTER)
    assert told.error is not None
    assert told.error.code == "returned.points"
    assert (texts(content), office.tables(content)) == (texts(before), office.tables(before))


def grouped(*apart: Statement, sizes: tuple[int, int] = (60, 40)) -> Card:
    """A battery with two groups of opinion, of which these statements are told."""
    groups = tuple(replace(each, size=size, apart=apart) for each, size in zip(FOUND.groups, sizes, strict=True))
    found = replace(FOUND, groups=groups, dividing=(), shared=(), source=cards.SOURCE)
    return cards.battery(question="views", opinions=found, form=Form.OPINIONS.value)


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_tables_of_groups_of_opinion_are_those_of_a_file_made_anew_and_tell_what_is_not_told_any_more(
    kind: str,
) -> None:
    rough = replace(TALK, shares=(Band(low=0.8, high=1.0), SUPPRESSED))
    exact = replace(TALK, shares=(0.5, Band(low=0.2, high=0.4)))
    old, new = grouped(TAX, rough, BAN), grouped(replace(TAX, shares=(0.25, 0.5)), exact, sizes=(70, 55))

    def made(card: Card) -> bytes:
        report = compose([card], title="Report", words=ENGLISH, numbers=Numbers.ALWAYS)
        return (powerpoint if kind == "pptx" else word).render(report, ENGLISH)

    def redraw(_query: str, **_asked: bool) -> ChartSpec:
        spec = chart(new, ENGLISH)
        assert spec is not None
        return spec

    if kind == "pptx":
        content, told = deck_refresh.refresh(made(old), redraw, lambda _query: _figures(new))
        shapes = [shape for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes]
        (table,) = [[[cell.text for cell in row.cells] for row in s.table.rows] for s in shapes if s.has_table]
    else:
        content, told = document_refresh.refresh(made(old), redraw, lambda _query: _figures(new), most=400)
        (table,) = office.tables(content)
    assert table == [
        ["Statement", "Side", "Group 1 (n = 70)", "Group 2 (n = 55)"],
        ["Raise the tax", "Good / Very good", "25%", "50%"],
        ["Talk", "Good / Very good", "50%", "20%–40%"],
        ["Ban it", "Bad", "20%", "70%"],
    ]
    assert [each.error for each in told] == [None] * len(told)
    assert told[-1].unknown[-1:] == ("Ban it · Bad",)


def test_shares_of_groups_of_opinion_are_figures_of_a_csv_that_comes_back() -> None:
    rough = replace(TAX, shares=(Band(low=0.8, high=1.0), SUPPRESSED))
    _queries, figures = opened.csv_figures(workbook.card_csv(grouped(rough, BAN), ENGLISH))
    assert figures == {
        ("Raise the tax · Good / Very good", "Group 1"): "80%–100%",
        ("Raise the tax · Good / Very good", "Group 2"): "[c]",
        ("Ban it · Bad", "Group 1"): "20%",
        ("Ban it · Bad", "Group 2"): "70%",
    }


def test_figures_of_groups_of_opinion_are_the_same_when_a_group_has_grown() -> None:
    was, now = (
        opened.csv_figures(workbook.card_csv(grouped(TAX, BAN, sizes=sizes), ENGLISH))[1]
        for sizes in ((60, 40), (61, 40))
    )
    assert was == now


def test_a_group_that_is_named_by_percents_is_part_of_a_rows_name() -> None:
    head = ["Question", "Item", "Group", "Net", "Base", "Note", "Source", "Query"]
    rows = [["q", "Prevention", group, net, "", "", "", "{}"] for group, net in (("0–25 %", "0.4"), ("26–50 %", "0.1"))]
    table = "\n".join(",".join(row) for row in [head, *rows])
    _queries, figures = opened.csv_figures(table.encode())
    assert figures == {("Prevention · 0–25 %", "Net"): "0.4", ("Prevention · 26–50 %", "Net"): "0.1"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [60, SUPPRESSED])
def test_a_group_of_opinion_is_known_by_its_name_whatever_its_size(language: str, size: Any) -> None:
    words = Words(language)
    named = [group_name(replace(FOUND.groups[0], size=n), words) for n in (size, 1234)]
    assert named[0] != named[1]
    assert opened.plain(named[0]) == opened.plain(named[1])
    assert all(opened.COUNT.search(each) for each in named)


def test_a_table_with_the_old_column_of_net_values_has_present_ones_as_they_were_written_then() -> None:
    def edit(file: Any) -> None:
        for table in file.tables:
            for at, cell in enumerate(table.rows[0].cells):
                if cell.text == "Net, percentage points":
                    cell.paragraphs[0].runs[0].text = "Net"
                    for row, share in zip(table.rows[1:], ("-50%", "8%", "40%", "[c]"), strict=True):
                        row.cells[at].paragraphs[0].runs[0].text = share

    content, told = refreshed(document(edit))
    table = next(each for each in office.tables(content) if "Net" in each[0])
    assert [row[table[0].index("Net")] for row in table[1:]] == ["50%", "8%", "40%", "[c]"]
    assert [(each.before, each.after) for each in told[1].moved if each.series == "Net"] == [("-50%", "50%")]


def test_figures_that_are_a_table_alone_keep_their_lines_and_figures_between_two_charts() -> None:
    alone = cards.single(question="part", label="Of two regions only", base=cards.base(120))
    parts = [
        Figure(spec=drawn_in(OLD[0], Form.BARS), card=OLD[0]),
        Figure(spec=drawn_in(alone, Form.TABLE), card=alone),
        Figure(spec=drawn_in(OLD[0], Form.BARS), card=OLD[0]),
    ]
    report = bound(parts, OLD[0], title="Report", words=ENGLISH, asked=parts[0].spec.provenance)
    old = word.render(report, ENGLISH)
    content, told = refreshed_as(old, NEW["part"], Form.BARS)
    assert [each.error for each in told] == [None, None]
    assert len(office.tables(old)) == 3
    assert office.tables(content)[1] == office.tables(old)[1]
    assert office.tables(content)[0] == office.tables(content)[2] != office.tables(old)[0]
    base, source = parts[1].spec.subtitle, parts[1].spec.source
    assert texts(content).count(base) == texts(old).count(base) == 1
    at = texts(content).index(base)
    assert source in texts(content)[at : at + 4]
    assert sum("aaaaaaaaaaaa" in text for text in texts(content)) == 2


# replies over time

FIRST = {date(2026, 10, 1): 3, date(2026, 10, 2): 5}
LATER = {**FIRST, date(2026, 10, 2): 6, date(2026, 10, 4): 9}


def brought_up(edit: Callable[[Any], None], now: dict[date, int] = LATER) -> tuple[Any, Refreshed]:
    """The table under the replies over time, and what became of them."""
    file = Document(
        io.BytesIO(word.render(compose(OLD, title="Report", words=ENGLISH, pictures=[over_time(FIRST)]), ENGLISH))
    )
    edit(file.tables[0])
    target = io.BytesIO()
    file.save(target)

    def drawn(query: str) -> ChartSpec:
        return over_time(now, "b" * 12) if "timeline" in query else redraw(query)

    def numbers(query: str) -> Figures:
        if "timeline" not in query:
            return numbers_of(query)
        return table_refresh.numbers_of(of_picture(over_time(now)), lambda value, unit: written(value, unit, ENGLISH))

    content, told = document_refresh.refresh(target.getvalue(), drawn, numbers, most=400)
    return Document(io.BytesIO(content)).tables[0], told[0]


def cells(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_table_under_replies_over_time_goes_on_in_the_look_of_its_last_row() -> None:
    def coloured(table: Any) -> None:
        table.rows[-1].cells[1].paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string("7A1F5C")

    table, told = brought_up(coloured)
    assert cells(table)[1:] == [["1 Oct", "3"], ["2 Oct", "6"], ["3 Oct", "0"], ["4 Oct", "9"]]
    colours = [row.cells[1].paragraphs[0].runs[0].font.color.rgb for row in table.rows]
    assert [str(each) for each in colours[2:]] == ["7A1F5C"] * 3
    assert (told.untold, told.unknown, told.added, told.error) == ((), (), (), None)
    assert cells(brought_up(lambda _table: None, FIRST)[0])[1:] == [["1 Oct", "3"], ["2 Oct", "5"]]


def _with_a_row(table: Any) -> None:
    row = table.add_row()
    row.cells[0].text, row.cells[1].text = "All", "8"


def _in_words(table: Any) -> None:
    table.rows[-1].cells[1].paragraphs[0].runs[0].text = "five"


@pytest.mark.parametrize("edit", [_with_a_row, _in_words])
def test_a_table_whose_rows_people_changed_has_no_new_ones_and_they_are_told(edit: Callable[[Any], None]) -> None:
    table, told = brought_up(edit)
    assert told.untold == ("3 Oct", "4 Oct")
    assert not {"3 Oct", "4 Oct"} & {row[0] for row in cells(table)}
