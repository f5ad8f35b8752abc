"""Notes and lines of a deck that people worked on: ours are renewed, and what a speaker wrote stays."""

import re
from dataclasses import replace
from typing import Any

import pytest
from pptx.util import Pt

from analysis.charts.choose import chart
from analysis.charts.spec import ChartSpec
from analysis.report import powerpoint, table_refresh
from analysis.report.compose import compose
from analysis.report.deck_refresh import refresh
from analysis.report.table import tabulate, written
from analysis.report.table_refresh import Numbers as Behind
from analysis.report.tree import Numbers
from survey.translator import Words
from tests.analysis.cards import ENGLISH
from tests.analysis.report.decks import (
    NEW,
    OLD,
    SOURCE,
    about,
    deck,
    edited,
    noted,
    notes_on,
    redraw,
    rewritten,
    said,
    shown_on,
)


def test_a_note_whose_words_changed_is_renewed_behind_the_remark_of_staff() -> None:
    made = deck([replace(OLD[0], remark="Mind the small groups."), OLD[1]])
    (before,) = [each for each in said(made) if each.startswith("Mind the small groups.")]
    content, _told = refresh(made, redraw)
    note = redraw('{"question": "part"}').note
    assert note not in before
    assert f"Mind the small groups. {note}" in said(content)
    again, _told = refresh(content, lambda query: replace(redraw(query), note=""))
    assert "Mind the small groups." in said(again)


@pytest.mark.parametrize("spaced", [False, True])
def test_a_chinese_note_is_renewed_though_no_space_parts_it_from_what_stands_before(spaced: bool) -> None:
    words, old = Words("zh"), replace(OLD[0], remark="小组人数少。")

    def present(_query: str) -> ChartSpec:
        spec = chart(NEW["part"], words)
        assert spec is not None
        return spec

    made = powerpoint.render(compose([old], title="Report", words=words), words)
    if spaced:  # as decks of before have it
        made = rewritten(lambda _name, part: re.sub("。(?!<)".encode(), "。 ".encode(), part), made)
    content, _told = refresh(made, present)
    note = present("").note
    assert "[c]" in note and "。 " not in note
    between = " " if spaced else ""
    assert f"小组人数少。{between}{note}" in [each.strip() for each in said(content)]


def test_a_note_that_somebody_worded_stays() -> None:
    def word(file: Any) -> None:
        slide = about(list(file.slides), OLD[0])
        for shape in slide.shapes:
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
                if paragraph.text.startswith("Fictional data"):
                    paragraph.runs[0].text = "All of this is invented."

    content, _told = refresh(edited(word), redraw)
    assert "All of this is invented." in said(content)


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
