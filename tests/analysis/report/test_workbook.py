"""Tables to take away: numbers as numbers, words never as formulas, nothing of what is suppressed."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from analysis.charts import choose
from analysis.charts.spec import CoverageRow
from analysis.findings.card import Card
from analysis.report.workbook import card_csv, card_xlsx, cards_xlsx, picture_csv, picture_xlsx
from data.formulas import guarded
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report.test_pictures import SOURCE

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")')


def lines(card: Card) -> list[list[str]]:
    return list(csv.reader(io.StringIO(card_csv(card, ENGLISH).decode("utf-8-sig"), newline="")))


def sheets(file: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(file: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")}


def test_a_csv_begins_with_a_byte_order_mark_and_one_heading() -> None:
    assert card_csv(cards.single(), ENGLISH).startswith(b"\xef\xbb\xbfQuestion,Option,Count,Share,")
    assert lines(cards.single())[1][:6] == [
        "Has your organisation taken part?",
        "Yes",
        "250",
        "0.625",
        "0.575",
        "0.675",
    ]


def test_a_csv_says_base_note_and_source_in_every_row() -> None:
    for line in lines(cards.single())[1:]:
        assert line[-4:-1] == [
            "% of those who answered · n = 400 (replies: 400)",
            "[c]: not shown, to protect small groups. Fictional data: organisations and answers are invented.",
            "Source: Civil society consultation: the way forward to 2029. As of 23 November 2026, 19:05 UTC. "
            "Data state 3fa94c21d07b.",
        ]


def test_a_letter_and_its_figure_have_spaces_that_a_keyboard_has() -> None:
    words = Words("en")
    for text in (card_csv(cards.single(), words).decode("utf-8-sig"), str(sheets(card_xlsx(cards.single(), words)))):
        assert "n = 400 (replies: 400)" in text
        assert "\u00a0" not in text and "\\xa0" not in text


def test_figures_and_their_signs_have_spaces_that_a_keyboard_has() -> None:
    """Of 8 invited 7 replied; and in the note of a card stands how likely that is by chance."""
    words = Words("en")
    spec = choose.coverage([CoverageRow(label="North", invited=8, replied=7)], source=SOURCE, words=words)
    note = "Compared with the other group: p\u00a0=\u00a00.02."
    written = replace(spec, note=note)
    for text in (picture_csv(written, words).decode("utf-8-sig"), str(sheets(picture_xlsx(written, words)))):
        assert "7 / 8" in text and "p = 0.02" in text
        assert "\u00a0" not in text and "\\xa0" not in text


def test_a_suppressed_figure_is_the_same_mark_in_a_csv() -> None:
    assert lines(cards.single())[3][1:6] == ["Not sure", "[c]", "[c]", "", ""]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula(formula: str) -> None:
    card = cards.compared(label=formula, rows=(cards.row("x", formula, 10),))
    columns = (replace(card.columns[0], label=formula),)
    for cell in (cell for line in lines(replace(card, columns=columns)) for cell in line):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_negative_number_stays_a_number_in_a_csv() -> None:
    assert lines(cards.battery())[1][4] == "-50.0"  # percentage points


def test_words_that_are_no_formula_are_left_alone() -> None:
    assert guarded("a = b") == "a = b"


def test_a_workbook_holds_numbers_and_the_lines_above_them() -> None:
    (rows,) = sheets(card_xlsx(cards.single(), ENGLISH)).values()
    assert [row[0] for row in rows[:4]] == [
        "Most respondents (63%, n = 400) chose “Yes”.",
        "Has your organisation taken part? · % of those who answered · n = 400 (replies: 400)",
        "[c]: not shown, to protect small groups. Fictional data: organisations and answers are invented.",
        "Source: Civil society consultation: the way forward to 2029. As of 23 November 2026, 19:05 UTC. "
        "Data state 3fa94c21d07b.",
    ]
    assert rows[6] == ["Yes", 250.0, 0.625, 0.575, 0.675]
    assert rows[8] == ["Not sure", "[c]", "[c]", "", ""]


def test_shares_of_a_workbook_are_shown_as_percent() -> None:
    file = parts(card_xlsx(cards.single(), ENGLISH))
    formats = re.findall(r'<xf numFmtId="(\d+)"', file["xl/styles.xml"].split("<cellXfs")[1])
    (style,) = re.findall(r'<c r="C7" s="(\d+)">', file["xl/worksheets/sheet1.xml"])
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', file["xl/styles.xml"]))
    assert codes[formats[int(style)]] == "0%"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(formula: str) -> None:
    card = cards.single(label=formula, rows=(cards.row("x", formula, 10),), question=formula)
    for name, part in parts(cards_xlsx([card], ENGLISH, title=formula)).items():
        if name.startswith("xl/worksheets/"):
            assert "<f>" not in part


def test_a_workbook_of_all_cards_begins_with_its_contents() -> None:
    books = sheets(cards_xlsx(cards.ALL, ENGLISH))
    assert list(books) == ["Contents", "q", "q (2)", "q (3)", "q (4)", "q (5)", "q (6)", "q (7)", "q (8)"]
    assert books["Contents"][5] == ["Has your organisation taken part?", "s1", 400.0]
    assert books["Contents"][2][0] == "Fictional data: organisations and answers are invented."


def test_names_of_sheets_are_those_that_excel_allows() -> None:
    odd = [cards.single(question=name) for name in ("a/b[c]:*?", "history", "x" * 40, "X" * 40, "'")]
    assert list(sheets(cards_xlsx(odd, ENGLISH))) == [
        "Contents",
        "a_b_c____",
        "history (2)",
        "x" * 31,
        "X" * 27 + " (2)",
        "_",
    ]


def test_an_arabic_sheet_reads_from_right_to_left() -> None:
    file = card_xlsx(cards.single(), PlainWords(language="ar", direction="rtl"))
    assert 'rightToLeft="1"' in parts(file)["xl/worksheets/sheet1.xml"]


def test_a_table_that_shows_every_option_does_not_speak_of_hidden_ones() -> None:
    (rows,) = sheets(card_xlsx(cards.many(30), ENGLISH)).values()
    assert rows[2][0] == "Fictional data: organisations and answers are invented."
    assert len(rows) == 6 + 30


def test_a_sheet_that_compares_groups_says_who_stands_behind_each() -> None:
    sheet = next(iter(sheets(card_xlsx(cards.compared(), ENGLISH)).values()))
    heads, bases = sheet[5], sheet[-1]
    told = {head: base for head, base in zip(heads, bases, strict=True) if base != ""}
    assert told == {
        "Option": "Base",
        "Count": 400,
        "Eastern Europe and Central Asia: count": 90,
        "Latin America: count": 170,
        "Africa: count": 140,
    }
    hidden = cards.compared()
    few = replace(hidden.columns[0], base=cards.base(cards.SUPPRESSED))
    sheet = next(iter(sheets(card_xlsx(replace(hidden, columns=(few, *hidden.columns[1:])), ENGLISH)).values()))
    assert "[c]" in sheet[-1]
