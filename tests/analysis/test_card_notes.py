"""Notes under cards: kept for the consultation, read by whoever sees the card, silent about what is hidden, and taken
along where the card goes."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from pptx import Presentation
from python_calamine import CalamineWorkbook

from analysis import card_notes, review, snapshots, take_away
from analysis.disclosure import Audience, Suppressed
from analysis.opened_data import Filters
from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.records import Scope
from data.store import Store
from survey.access import Actor, ConsultationRole
from survey.demo import SLUG
from survey.translator import Words
from tests.small import REPORT_WRITER, SECRETARIAT, granted, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
STAFF: dict[str, Any] = {"actor": SECRETARIAT, "now": NOW}
ARABIC = "سُئلت المنظمات التي تقدم خدمات فقط."
MARKUP = '=HYPERLINK("http://x.example") <b>only</b> & {{led_by}} asked'


def write(store: Store, text: str, question: str = "led_by", revision: int = 0, actor: Actor = SECRETARIAT) -> None:
    card_notes.write_note(store, SLUG, question, text, revision=revision, actor=actor, now=NOW)


def told(store: Store, question: str = "led_by", actor: Actor = REPORT_WRITER) -> str:
    found = card_notes.notes(store, SLUG, actor=actor, audience=Audience.MEETING, now=NOW)
    return found.get(question, card_notes.NO_NOTE).text


def chart_file(store: Store, kind: str, language: str = "en", **changes: Any) -> bytes:
    asked = {"actor": REPORT_WRITER, "words": Words(language), "filters": Filters(), "now": NOW, **changes}
    return take_away.chart_file(store, SLUG, "led_by", kind, **asked).content


def hidden_count(store: Store) -> tuple[str, int]:
    """A question and a count on its card that a meeting does not see."""
    asked: dict[str, Any] = {**STAFF, "language": "en", "filters": Filters(), "kept": False}
    for question in ("led_by", "org_type", "work_level", "region", "barriers", "prio_1"):
        shown = review.card(store, SLUG, question, audience=Audience.MEETING, **asked)
        whole = review.card(store, SLUG, question, audience=Audience.INTERNAL, **asked)
        for row, true in zip(shown.rows, whole.rows, strict=True):
            if isinstance(row.cell.count, Suppressed) and isinstance(true.cell.count, int) and true.cell.count:
                return question, true.cell.count
    raise AssertionError("the demonstration hides nothing in these questions")


def test_a_note_is_read_by_whoever_sees_the_card_and_changed_by_who_has_its_last_state(demo_copy: Store) -> None:
    write(demo_copy, "  Asked of <services>\n\n only.\u0000 ")
    assert (
        told(demo_copy)
        == told(demo_copy, actor=granted(ConsultationRole.VIEWER, consultation=SLUG))
        == ("Asked of <services> only.")
    )
    with refused(Conflict, "record.changed_elsewhere"):
        write(demo_copy, "Other")
    write(demo_copy, "", revision=1)
    assert told(demo_copy) == ""
    write(demo_copy, "又一次", revision=2)
    assert told(demo_copy) == "又一次"
    with demo_copy.read() as kept:
        acts = [act for act in kept.log() if act.action == "card.noted"]
    assert len(acts) == 3


def test_whoever_sees_a_part_has_notes_of_their_own(demo_copy: Store) -> None:
    write(demo_copy, "Of all.")
    north = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"lac"})), consultation=SLUG)
    assert told(demo_copy, actor=north) == ""
    write(demo_copy, "Of the part.", actor=north)
    assert (told(demo_copy), told(demo_copy, actor=north)) == ("Of all.", "Of the part.")


def test_a_note_that_names_a_hidden_figure_is_refused_in_whichever_digits(demo_copy: Store) -> None:
    question, count = hidden_count(demo_copy)
    for written in (f"Only {count} said so.", Words("ar").number(count), f"{count}%"):
        with refused(InvalidInput, "note.hidden_number"):
            write(demo_copy, written, question)
    write(demo_copy, "Only a few said so, in 2027.", question)
    write(demo_copy, "9" * card_notes.LONGEST, question, revision=1)


def test_a_note_that_came_to_name_a_hidden_figure_is_silent_for_meeting_and_public(demo_copy: Store) -> None:
    question, count = hidden_count(demo_copy)
    with demo_copy.write() as kept:
        key = kept.consultation(SLUG).id
        kept.keep_card_note(
            key, question, Scope(), expected_revision=0, text=f"Then {count}.", written_at=NOW, written_by="Ana"
        )
    assert told(demo_copy, question) == ""
    for audience in (Audience.MEETING, Audience.PUBLIC):
        card = review.card(
            demo_copy, SLUG, question, language="en", audience=audience, filters=Filters(), kept=False, **STAFF
        )
        assert card_notes.remarked(demo_copy, SLUG, [card], audience=audience, **STAFF) == (card,)
    inside = card_notes.notes(demo_copy, SLUG, audience=Audience.INTERNAL, **STAFF)[question]
    assert (inside.text, inside.hidden) == (f"Then {count}.", str(count))
    with refused(NotAllowed, "access.denied"):
        card_notes.notes(demo_copy, SLUG, audience=Audience.INTERNAL, actor=REPORT_WRITER, now=NOW)


def test_what_is_no_card_or_too_long_or_not_ones_own_to_write_is_refused(demo_copy: Store) -> None:
    with refused(NotFound, "card.unknown_question"):
        write(demo_copy, "x", "nothing")
    with refused(InvalidInput, "note.too_long"):
        write(demo_copy, "x" * (card_notes.LONGEST + 1))
    for actor in (REPORT_WRITER, granted(ConsultationRole.VIEWER, consultation=SLUG)):
        with refused(NotAllowed, "access.denied"):
            write(demo_copy, "x", actor=actor)


def test_a_chart_takes_its_note_along_as_words_and_nothing_else(demo_copy: Store) -> None:
    before = {kind: chart_file(demo_copy, kind) for kind in ("png", "pdf")}
    write(demo_copy, MARKUP)
    assert all(chart_file(demo_copy, kind) != content for kind, content in before.items())
    for kind in ("svg", "html", "code"):
        content = chart_file(demo_copy, kind).decode()
        assert "<b>only" not in content
        assert "&lt;b&gt;only&lt;/b&gt;" in content
    slide = Presentation(io.BytesIO(chart_file(demo_copy, "pptx"))).slides
    assert any(MARKUP in shape.text_frame.text for each in slide for shape in each.shapes if shape.has_text_frame)
    assert MARKUP in [each.text for each in Document(io.BytesIO(chart_file(demo_copy, "docx"))).paragraphs]
    rows = list(csv.DictReader(io.StringIO(chart_file(demo_copy, "csv").decode("utf-8-sig"))))
    assert all(row["Note"].startswith(f"'{MARKUP}") for row in rows)
    xlsx = chart_file(demo_copy, "xlsx")
    lines = [row[0] for row in CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_index(0).to_python()]
    assert any(str(line).startswith(MARKUP) for line in lines)
    with zipfile.ZipFile(io.BytesIO(xlsx)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_long_note_still_fits_every_place(demo_copy: Store) -> None:
    write(demo_copy, "word " * 99)
    for size in take_away.Size:
        look = take_away.Look(size=size)
        assert "word word" in chart_file(demo_copy, "svg", look=look).decode()


def test_an_arabic_note_keeps_its_direction_in_an_english_page(demo_copy: Store) -> None:
    write(demo_copy, ARABIC)
    assert f'<p dir="auto" style="margin:.4em 0">{ARABIC}</p>' in chart_file(demo_copy, "html").decode()


def test_the_deck_and_the_zip_of_all_cards_carry_the_notes(demo_copy: Store) -> None:
    write(demo_copy, "Asked of all.")
    write(demo_copy, "Said in words.", "finding")
    asked: dict[str, Any] = {"actor": REPORT_WRITER, "words": Words("en"), "filters": Filters(), "now": NOW}
    deck = take_away.dashboard_file(demo_copy, SLUG, "html", **asked).content.decode()
    assert (deck.count("Asked of all."), deck.count("Said in words.")) == (1, 1)
    packed = b"".join(take_away.charts_zip(demo_copy, SLUG, ["csv"], **asked).pieces)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("-led_by.csv")]
        assert "Asked of all." in archive.read(name).decode()


def test_a_frozen_state_takes_no_note_of_the_present_along(demo_copy: Store) -> None:
    frozen = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW)
    look = Filters(snapshot=frozen.record.sha256)
    write(demo_copy, "Asked of all.")
    assert "Asked of all." not in chart_file(demo_copy, "svg", filters=look, actor=SECRETARIAT).decode()


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_note_in_a_script_of_another_language_is_drawn(demo_copy: Store, kind: str) -> None:
    write(demo_copy, ARABIC)
    assert chart_file(demo_copy, kind)
