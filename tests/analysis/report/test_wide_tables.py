"""Tables of many groups on slides; points with intervals and scatters in documents: words have room."""

import io
import zipfile
from dataclasses import replace

import pytest

from analysis.charts import lettering
from analysis.charts.choose import chart_to_take_away
from analysis.charts.spec import Form
from analysis.findings.card import CardKind
from analysis.report import page_room, slide_room, word
from analysis.report.compose import bound
from analysis.report.tree import Figure
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH, PlainWords

ARABIC = PlainWords(language="ar", direction="rtl")


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=["left to right", "right to left"])
@pytest.mark.parametrize("options", [7, 30])
def test_a_heat_map_of_many_groups_is_parted_so_that_heads_and_rows_have_room(words: PlainWords, options: int) -> None:
    card = hard_cards.hard_card(CardKind.MULTIPLE, options, "many answers", 12)
    columns = tuple(replace(each, label="Eastern Europe, Oceania and Internationalisation") for each in card.columns)
    spec = chart_to_take_away(replace(card, columns=columns), words, form=Form.HEAT_MAP)
    assert spec is not None
    pieces = slide_room.pages(spec)
    assert len(pieces) > 1
    assert {each.name for piece in pieces for each in piece.series} == {each.name for each in spec.series}
    for piece in pieces:
        head = slide_room.head_height(piece.title, piece.subtitle, rtl=piece.is_rtl)
        high = slide_room.HIGH - head - slide_room.foot_height(piece.note, piece.source, rtl=piece.is_rtl)
        assert sum(slide_room.table_heights(piece, slide_room.FULL)) <= high
        size, (_, other) = slide_room.table_look(piece, slide_room.FULL)
        assert lettering.width("Internationalisation", size) <= other


def document(form: Form, card: object) -> zipfile.ZipFile:
    spec = chart_to_take_away(card, ENGLISH, form=form)  # type: ignore[arg-type]
    assert spec is not None
    report = bound([Figure(spec=spec, card=card)], card, title="Report", words=ENGLISH, asked=spec.provenance)  # type: ignore[arg-type]
    return zipfile.ZipFile(io.BytesIO(word.render(report, ENGLISH)))


@pytest.mark.parametrize("card", [cards.multiple(), cards.battery()], ids=["shares", "net values"])
def test_points_with_intervals_are_bars_with_error_bars_in_a_document(card: object) -> None:
    drawn = document(Form.INTERVALS, card).read("word/charts/chart1.xml")
    assert b"errBars" in drawn
    assert (b'<c:min val="-' in drawn) is (card == cards.battery())


def test_the_letters_of_a_scatter_in_a_document_are_those_of_its_other_charts() -> None:
    drawn = document(Form.SCATTER, cards.crossed()).read("word/charts/chart1.xml")
    size = round(page_room.SIZE * 100)
    assert f'sz="{size}"'.encode() in drawn
    assert b'sz="1200"' not in drawn and b'sz="1400"' not in drawn
