"""Files that come back: read, judged anew with the rights of who brings them, and hostile until shown otherwise."""

import csv
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pyreadstat
import pytest
from pandas.io.stata import StataReader
from pptx import Presentation

from analysis import data_out, homecoming, opened_data, overview, review, snapshots, take_away
from analysis.charts.spec import Form
from analysis.data_files.formats import DATA_FORMATS
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.method import Method
from analysis.homecoming import DataAsked, Verdict
from analysis.opened_data import Filters
from analysis.report import opened, powerpoint, word
from analysis.report.compose import compose
from analysis.report.formats import Look
from analysis.report.table import new_heads, tabulate
from analysis.report.tree import Numbers
from analysis.waves import Wave, slope_file
from data.errors import InvalidInput, NotAllowed
from data.store import Store
from survey.access import ANONYMOUS, Actor, ConsultationRole
from survey.demo import SLUG
from survey.translator import LANGUAGES, Words
from tests.analysis.report import office
from tests.small import NOW, REPORT_WRITER, SECRETARIAT, granted, publish, refused, send
from tests.small import SLUG as SMALL

WORDS = Words("en")
FILTERS = Filters.of({"region": ["ssa", "lac"]})


def taken(store: Store, kind: str, **changes: object) -> bytes:
    values: dict[str, object] = {
        "actor": REPORT_WRITER,
        "words": Words("fr"),
        "filters": FILTERS,
        "by": "language",
        "method": Method(letters=True),
        "now": NOW,
        "question": "led_by",
    }
    return take_away.chart_file(store, SLUG, kind=kind, **{**values, **changes}).content  # type: ignore[arg-type]


def view(store: Store, content: bytes, actor: Actor = REPORT_WRITER) -> homecoming.View:
    (found,) = homecoming.check(store, content, actor=actor, now=NOW).views
    return found


def withdraw(store: Store, count: int, *, behind: int = 0) -> None:
    """The first replies, or those behind so many, are taken back, so that figures move."""
    with store.write() as kept:
        for each in kept.responses(kept.consultation(SLUG).id)[behind : behind + count]:
            kept.save_response(each.id, expected_revision=each.revision, status="withdrawn", updated_at=NOW)


def internal_deck(store: Store) -> bytes:
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "language": "en", "filters": Filters(), "now": NOW}
    found = [review.card(store, SLUG, name, **asked) for name in ("led_by", "region")]  # type: ignore[arg-type]
    return powerpoint.render(compose(found, title="Deck", words=WORDS), WORDS)


@pytest.fixture(scope="module")
def files(demo_store: Store) -> dict[str, bytes]:
    return {kind: taken(demo_store, kind) for kind in ("png", "svg", "pdf", "html", "csv", "xlsx")}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "html", "csv", "xlsx"])
def test_every_kind_of_file_tells_its_view_and_that_it_holds(
    demo_store: Store, files: dict[str, bytes], kind: str
) -> None:
    found = view(demo_store, files[kind])
    assert (found.verdict, found.consultation, found.question, found.by) == (Verdict.HOLDS, SLUG, "led_by", "language")
    assert (found.filters, found.method, found.language) == (FILTERS, Method(letters=True), "fr")
    assert found.snapshot == opened_data.digest(demo_store, SLUG, actor=REPORT_WRITER)


def test_the_kind_is_judged_by_content_alone(files: dict[str, bytes]) -> None:
    assert {opened.open_file(content).kind for content in files.values()} == set(files)


def test_a_table_tells_which_figures_differ_and_a_picture_only_when_its_state_is_frozen(demo_copy: Store) -> None:
    asked: dict[str, Any] = {"by": "", "filters": Filters(), "method": Method()}
    table, picture = taken(demo_copy, "csv", **asked), taken(demo_copy, "png", **asked)
    withdraw(demo_copy, 30)
    found = view(demo_copy, table)
    assert found.verdict is Verdict.CHANGED and not found.frozen
    before = {(row, column): value for (row, column), value in (opened.open_file(table).figures or {}).items()}
    after = opened.open_file(taken(demo_copy, "csv", **asked)).figures or {}
    assert {(m.category, m.series): (m.before, m.after) for m in found.moved} == {
        key: (before.get(key, ""), after.get(key, "")) for key in {*before, *after} if before.get(key) != after.get(key)
    }
    assert view(demo_copy, picture).verdict is Verdict.UNTOLD


def test_a_table_whose_figures_were_written_over_does_not_hold(demo_store: Store) -> None:
    asked: dict[str, Any] = {"by": "", "filters": Filters(), "method": Method()}
    table = taken(demo_store, "csv", **asked)
    (place, figure), *_rest = (opened.open_file(table).figures or {}).items()
    forged_table = table.replace(f",{figure},".encode(), b",9999,", 1)
    found = view(demo_store, forged_table)
    assert found.verdict is Verdict.CHANGED
    assert ("9999", figure) in [
        (each.before, each.after) for each in found.moved if (each.category, each.series) == place
    ]


def test_a_table_of_the_first_version_holds_while_its_net_values_are_the_same(demo_store: Store) -> None:
    asked: dict[str, Any] = {"by": "", "filters": Filters(), "method": Method(), "words": WORDS}
    rows = list(csv.reader(io.StringIO(taken(demo_store, "csv", question="m_serv", **asked).decode("utf-8-sig"))))
    (net,) = [at for at, head in enumerate(rows[0]) if head == "Net, percentage points"]
    bounds = [at for at, head in enumerate(rows[0]) if head.startswith("Net, ") and at != net]
    assert bounds
    rows[0][net] = "Net"
    for row in rows[1:]:
        row[net] = str(round(float(row[net]) / 100, 6))
    old = [[cell for at, cell in enumerate(row) if at not in bounds] for row in rows]

    def saved() -> bytes:
        csv.writer(text := io.StringIO()).writerows(old)
        return text.getvalue().encode("utf-8-sig")

    assert (view(demo_store, saved()).verdict, view(demo_store, saved()).moved) == (Verdict.HOLDS, ())
    was, old[1][net] = old[1][net], "0.999"
    (moved,) = view(demo_store, saved()).moved
    assert (moved.series, moved.before, moved.after) == ("Net", "0.999", was)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("question", "by"), [("m_serv", ""), ("invest_rank", "org_type")])
def test_a_table_holds_in_every_language_also_without_the_columns_that_are_new(
    demo_store: Store, question: str, by: str, language: str
) -> None:
    asked: dict[str, Any] = {"by": by, "filters": Filters(), "method": Method(), "words": Words(language)}
    table = taken(demo_store, "csv", question=question, **asked)
    assert (view(demo_store, table).verdict, view(demo_store, table).moved) == (Verdict.HOLDS, ())
    card = review.card(
        demo_store,
        SLUG,
        question,
        actor=REPORT_WRITER,
        audience=Audience.MEETING,
        language=language,
        filters=Filters(),
        now=NOW,
        by=by,
    )
    new = {opened.plain(head) for head in new_heads(tabulate(card, Words(language)))}
    assert new
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    kept = [at for at, head in enumerate(rows[0]) if opened.plain(head) not in new]
    assert len(kept) < len(rows[0])
    csv.writer(text := io.StringIO()).writerows([[row[at] for at in kept] for row in rows])
    older = view(demo_store, text.getvalue().encode("utf-8-sig"))
    assert (older.verdict, older.moved) == (Verdict.HOLDS, ())


def test_a_deck_whose_figures_were_written_over_does_not_hold_on_whichever_of_its_slides(demo_store: Store) -> None:
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "language": "en", "filters": Filters(), "now": NOW}
    card = review.card(demo_store, SLUG, "fields", **asked)  # type: ignore[arg-type]
    deck = powerpoint.render(compose([card], title="Deck", words=WORDS), WORDS)
    file = Presentation(io.BytesIO(deck))
    charts = [shape.chart for slide in file.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) > 1
    charts[0]._chartSpace.xpath(".//c:val//c:v")[0].text = "0.999"
    target = io.BytesIO()
    file.save(target)
    verdicts = [
        {
            each.question: each.verdict
            for each in homecoming.check(demo_store, content, actor=SECRETARIAT, now=NOW).views
        }
        for content in (deck, target.getvalue())
    ]
    assert [each["fields"] for each in verdicts] == [Verdict.HOLDS, Verdict.CHANGED]


def test_a_picture_of_a_frozen_state_tells_what_moved_since(demo_copy: Store) -> None:
    asked: dict[str, Any] = {"by": "", "filters": Filters(), "method": Method()}
    snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW)
    picture = taken(demo_copy, "png", **asked)
    withdraw(demo_copy, 30)
    found = view(demo_copy, picture)
    assert found.frozen and found.verdict is Verdict.CHANGED and found.moved


def test_a_deck_comes_home_with_present_figures(demo_copy: Store) -> None:
    deck = internal_deck(demo_copy)
    assert homecoming.check(demo_copy, deck, actor=SECRETARIAT, now=NOW).views[0].verdict is Verdict.HOLDS
    withdraw(demo_copy, 30)
    content, charts = homecoming.refresh(demo_copy, deck, actor=SECRETARIAT, now=NOW)
    assert [each.error for each in charts] == [None, None] and all(each.moved for each in charts)
    asked = {"actor": SECRETARIAT, "audience": Audience.INTERNAL, "language": "en", "filters": Filters(), "now": NOW}
    card = review.card(demo_copy, SLUG, "led_by", **asked)  # type: ignore[arg-type]
    chart = next(s.chart for s in Presentation(io.BytesIO(content)).slides[1].shapes if s.has_chart)
    found = dict(zip(map(str, chart.plots[0].categories), chart.plots[0].series[0].values, strict=True))
    assert {row.label: row.cell.share for row in card.rows} == found
    checked = homecoming.check(demo_copy, content, actor=SECRETARIAT, now=NOW)
    assert {each.verdict for each in checked.views if each.question} == {Verdict.HOLDS}


def test_internal_figures_come_home_to_nobody_who_may_not_see_them(demo_store: Store) -> None:
    deck = internal_deck(demo_store)
    checked = homecoming.check(demo_store, deck, actor=REPORT_WRITER, now=NOW)
    assert {each.verdict for each in checked.views} == {Verdict.REFUSED}
    assert all(isinstance(each.error, NotAllowed) for each in checked.charts)
    with zipfile.ZipFile(io.BytesIO(deck)) as old, zipfile.ZipFile(io.BytesIO(checked.deck)) as new:
        assert all(old.read(name) == new.read(name) for name in old.namelist())


def forged(**changes: object) -> bytes:
    asked = {
        "consultation": SLUG,
        "question": "led_by",
        "audience": "meeting",
        "language": "en",
        "filters": {},
        "by": "",
        "method": {},
        "snapshot": "0" * 64,
    }
    text = json.dumps({**asked, **changes}).replace('"', "&quot;")
    return f'<!doctype html><html><head><meta name="Soundings" content="{text}"></head></html>'.encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "internal"},
        {"audience": "public; drop"},
        {"consultation": "nowhere"},
        {"consultation": "../../etc"},
        {"question": "org_name"},
        {"question": "nothing"},
        {"language": "xx"},
        {"filters": {"region": ["moon"]}},
        {"filters": {"region": "ssa"}},
        {"filters": ["region"]},
        {"method": {"weights": "raked"}},
        {"method": {"weights": 7}},
        {"question": ["led_by"]},
        {"form": "cake"},
        {"intervals": 1},
        {"banners": "region"},
        {"picture": "scatter"},
        {"picture": "timeline", "language": "xx"},
        {"picture": "timeline", "consultation": "nowhere"},
        {"data": "everything"},
        {"data": "figures", "audience": "internal"},
        {"data": "figures", "questions": "led_by"},
        {"data": "figures", "names": "1"},
        {"consultation": "x" * 300},
    ],
)
def test_a_forged_query_opens_nothing_that_its_bringer_may_not_see(
    demo_store: Store, changes: dict[str, object]
) -> None:
    found = view(demo_store, forged(**changes))
    assert found.verdict is Verdict.REFUSED and found.error is not None and not found.moved


def test_the_owner_of_another_consultation_is_told_that_there_is_none(demo_store: Store) -> None:
    stranger = granted(ConsultationRole.OWNER, consultation="other")
    found = view(demo_store, forged(), stranger)
    assert found.verdict is Verdict.REFUSED and found.error is not None
    assert found.error.code == "consultation.unknown"


def test_nobody_without_an_account_brings_files(demo_store: Store) -> None:
    for act in (homecoming.check, homecoming.refresh):
        with refused(NotAllowed, "access.sign_in"):
            act(demo_store, forged(), actor=ANONYMOUS, now=NOW)  # type: ignore[operator]


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_x", ".x"), part)
    return target.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "returned.unknown"),
        (b"MZ\x90\x00", "returned.unknown"),
        (b"PK\x03\x04", "returned.unknown"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, "returned.no_query"),
        (b"%PDF-1.7\n<x:xmpmeta>", "returned.no_query"),
        (b"<?xml version='1.0'?>" + ENTITY.replace(b"<x>", b"<svg>"), "returned.damaged"),
        (b"<svg><metadata>", "returned.damaged"),
        (b'"a","{""consultation"":1"\n', "returned.no_query"),
        (zipped(xl__workbook_xml=b"<x/>"), "returned.no_query"),
        (zipped(xl__workbook_xml=b"<x/>", docProps__core_xml=ENTITY), "returned.damaged"),
        (zipped(ppt__notesSlides__notesSlide1_xml=b"<x>"), "returned.damaged"),
        (b"<!doctype html><![<![", "returned.damaged"),
        (zipped(xl__a=b"0" * (51 * 2**20)), "returned.too_large"),
        (b"0" * (opened.MOST_BYTES + 1), "returned.too_large"),
        (zipped(**{"README.txt": b"0" * (51 * 2**20)}), "returned.too_large"),
        (zipped(**{"README.txt": b"words"}), "returned.no_query"),
        (zipped(**{"README.text": b"words"}), "returned.unknown"),
        (b"$FL2" + b"Query: {" * 5_000, "returned.no_query"),
        (b"<stata_dta>" + b"Query: {" * 5_000, "returned.no_query"),
        (b"PAR1" + b"Soundings\x18\xff\xff\xff" + b"\xff" * 4 + b"PAR1", "returned.no_query"),
        (b"<?xml version='1.0'?>" + ENTITY.replace(b"<x>", b"<x xmlns='ddi:codebook:2_5'>"), "returned.damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_file_of_ours_is_refused(content: bytes, code: str) -> None:
    with refused(InvalidInput, code):
        opened.open_file(content)


def test_a_pdf_of_many_beginnings_without_an_end_is_read_in_no_time() -> None:
    began = process_time()
    with refused(InvalidInput, "returned.no_query"):
        opened.open_file(b"%PDF-1.7\n" + b"<x:xmpmeta" * 20_000)
    assert process_time() - began < 1


def test_of_a_workbook_inside_a_deck_only_its_properties_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def noted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        names.append(entry.filename)
        return archive.read(entry)

    monkeypatch.setattr(opened, "unpacked", noted)
    inside = zipped(xl__workbook_xml=b"0" * 2**20, docProps__core_xml=b"<x/>")
    with refused(InvalidInput, "returned.no_query"):
        opened.open_file(zipped(ppt__embeddings__book_xlsx=inside))
    assert names == ["ppt/embeddings/book.xlsx", "docProps/core.xml"]


def test_a_spoiled_deck_is_refused_or_read_and_never_breaks(demo_store: Store) -> None:
    deck = internal_deck(demo_store)
    for place in range(0, len(deck), len(deck) // 40):
        spoiled = deck[:place] + b"\x00\xff\x00" + deck[place + 3 :]
        with suppress(InvalidInput):  # any other error fails the test
            homecoming.refresh(demo_store, spoiled, actor=SECRETARIAT, now=NOW)


@pytest.mark.parametrize("name", overview.PICTURES)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_picture_of_who_answered_tells_what_it_is_and_whether_it_holds(
    demo_store: Store, name: str, kind: str
) -> None:
    asked = {"actor": REPORT_WRITER, "words": Words("fr"), "now": NOW}
    content = take_away.monitor_file(demo_store, SLUG, name, kind, **asked).content  # type: ignore[arg-type]
    found = view(demo_store, content)
    assert (found.verdict, found.picture, found.language, found.error) == (Verdict.HOLDS, name, "fr", None)
    assert found.label == overview.picture(demo_store, SLUG, name, **asked).title  # type: ignore[arg-type]


def test_the_numbers_of_a_picture_of_who_answered_are_compared(demo_copy: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}
    content = take_away.monitor_file(demo_copy, SLUG, "coverage-types", "csv", **asked).content  # type: ignore[arg-type]
    assert view(demo_copy, content).verdict is Verdict.HOLDS
    withdraw(demo_copy, 30)
    found = view(demo_copy, content)
    assert (found.verdict, found.picture) == (Verdict.CHANGED, "coverage-types")
    assert {each.series for each in found.moved} == {"Replied"}


@pytest.mark.parametrize("kind", ["pptx", "docx"])
def test_pictures_of_who_answered_get_present_figures_in_a_deck_and_a_document(demo_copy: Store, kind: str) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}

    def made() -> bytes:
        pictures = [spec for _name, spec in overview.pictures_to_take(demo_copy, SLUG, **asked)]  # type: ignore[arg-type]
        card = review.card(
            demo_copy, SLUG, "led_by", audience=Audience.MEETING, language="en", filters=Filters(), **asked_of
        )
        report = compose([card], title="Deck", words=WORDS, pictures=pictures)
        return {"pptx": powerpoint.render, "docx": word.render}[kind](report, WORDS)

    asked_of: dict[str, Any] = {"actor": REPORT_WRITER, "now": NOW}
    before = made()
    withdraw(demo_copy, 30, behind=30)
    content, told = homecoming.refresh(demo_copy, before, actor=REPORT_WRITER, now=NOW)
    assert [each.error for each in told] == [None] * 6
    assert all(each.moved for each in told[:3])
    room = {"pptx": "ppt", "docx": "word"}[kind]
    present = {names[0]: dict(zip(names, series[0][1], strict=True)) for names, series in office.caches(made(), room)}
    for names, series in office.caches(content, room):
        now_is = present.get(names[0], {})
        for name, value in zip(names, series[0][1], strict=True):
            assert name not in now_is or value == pytest.approx(now_is[name])


def test_a_picture_whose_table_nobody_can_tell_any_more_is_not_said_to_be_the_same(demo_copy: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}
    pictures = [overview.picture(demo_copy, SLUG, "coverage-types", **asked)]  # type: ignore[arg-type]
    card = review.card(
        demo_copy,
        SLUG,
        "led_by",
        audience=Audience.MEETING,
        language="en",
        filters=Filters(),
        actor=REPORT_WRITER,
        now=NOW,
    )
    report = compose([card], title="Deck", words=WORDS, pictures=pictures, numbers=Numbers.ALWAYS)
    deck = Presentation(io.BytesIO(powerpoint.render(report, WORDS)))
    for table in (shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table):
        for cell in (cell for row in table.rows for cell in row.cells):
            cell.text = "x"
    spoiled = io.BytesIO()
    deck.save(spoiled)
    withdraw(demo_copy, 30)
    views = homecoming.check(demo_copy, spoiled.getvalue(), actor=REPORT_WRITER, now=NOW).views
    assert [each.verdict for each in views if each.picture == "coverage-types"] == [Verdict.CHANGED]


def test_a_picture_of_who_answered_does_not_hold_when_the_data_changed(demo_copy: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}
    content = take_away.monitor_file(demo_copy, SLUG, "timeline", "png", **asked).content  # type: ignore[arg-type]
    withdraw(demo_copy, 3)
    assert view(demo_copy, content).verdict is Verdict.UNTOLD


@pytest.mark.parametrize("kind", ["png", "pdf", "html", "csv", "xlsx", "pptx", "docx"])
@pytest.mark.parametrize(("question", "form"), [("m_serv", Form.SCATTER), ("networks", Form.UPSET)])
def test_a_chart_of_more_than_its_question_tells_its_view_and_that_it_holds(
    demo_store: Store, kind: str, question: str, form: Form
) -> None:
    content = taken(demo_store, kind, question=question, by="", look=Look(form=form))
    found = homecoming.check(demo_store, content, actor=REPORT_WRITER, now=NOW).views[0]
    assert (found.verdict, found.question, found.form, found.error) == (Verdict.HOLDS, question, form, None)
    assert (found.filters, found.method) == (FILTERS, Method(letters=True))


def test_a_plane_of_two_questions_of_a_frozen_state_tells_what_moved_since(demo_copy: Store) -> None:
    asked: dict[str, Any] = {"by": "", "filters": Filters(), "method": Method(), "look": Look(form=Form.SCATTER)}
    snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW)
    picture, table = (taken(demo_copy, kind, question="m_serv", **asked) for kind in ("png", "csv"))
    withdraw(demo_copy, 30)
    of_picture, of_table = view(demo_copy, picture), view(demo_copy, table)
    assert of_picture.verdict is Verdict.CHANGED
    assert of_picture.moved == of_table.moved


@pytest.mark.parametrize("kind", ["png", "pptx"])
def test_a_view_has_the_form_of_its_chart_and_its_intervals(demo_store: Store, kind: str) -> None:
    for form, intervals in ((Form.HEAT_MAP, False), (Form.INTERVALS, False), (Form.STACKED, True), (None, False)):
        content = taken(demo_store, kind, question="m_serv", look=Look(form=form, intervals=intervals))
        found = view(demo_store, content)
        assert (found.form, found.intervals, found.error) == (form, intervals, None)


@pytest.mark.parametrize("kind", ["xlsx", "html", "zip"])
def test_a_tab_book_tells_all_that_it_compares_by(store: Store, kind: str) -> None:
    publish(store)
    for number in range(12):
        send(store, org_name=f"Organisation {number}")
    asked = {"actor": SECRETARIAT, "words": WORDS, "filters": Filters(), "now": NOW, "by": ["region", "language"]}
    if kind == "zip":
        content = b"".join(take_away.charts_zip(store, SMALL, ["svg"], **asked).pieces)  # type: ignore[arg-type]
    else:
        content = take_away.dashboard_file(store, SMALL, kind, **asked).content  # type: ignore[arg-type]
    found = next(
        each for each in homecoming.check(store, content, actor=SECRETARIAT, now=NOW).views if not each.question
    )
    assert (found.verdict, found.banners) == (Verdict.HOLDS, ("region", "language"))


DATA = {"sav": "sav", "dta": "dta", "parquet": "parquet", "xlsx": "xlsx", "ddi": "", "r": ""}
"""Format -> the ending of its file with the data; "" where that file cannot carry a query."""


@pytest.mark.parametrize("kind", DATA_FORMATS)
@pytest.mark.parametrize("content", [provenance.FIGURES, provenance.ANSWERS])
def test_data_for_other_programs_tell_what_was_chosen_as_a_zip_and_file_by_file(
    demo_store: Store, content: str, kind: str
) -> None:
    asked: dict[str, Any] = {"actor": SECRETARIAT, "words": Words("ar"), "filters": FILTERS, "now": NOW}
    if content == provenance.FIGURES:
        asked |= {"questions": ["led_by", "m_serv"], "by": "language"}
        file = data_out.figures_file(demo_store, SLUG, kind, **asked)
    else:
        asked |= {"questions": ["led_by", "m_serv"], "names": True}
        file = data_out.answers_file(demo_store, SLUG, kind, **asked)
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        names = ["README.txt", "ddi-codebook.xml", *([f"{SLUG}-{content}.{DATA[kind]}"] if DATA[kind] else [])]
        files = {"the zip": file.content} | {name: packed.read(name) for name in names}
    for name, each in files.items():
        found = view(demo_store, each, SECRETARIAT)
        assert (found.verdict, found.filters, found.by) == (Verdict.HOLDS, FILTERS, asked.get("by", "")), name
        assert found.data == DataAsked(
            content=content,
            kind=kind,
            labels="ar",
            questions=("led_by", "m_serv"),
            names="names" in asked,
            texts=False,
        )


def test_the_notes_of_a_data_file_are_read_by_other_programs(demo_store: Store, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"actor": SECRETARIAT, "words": WORDS, "filters": FILTERS, "now": NOW}
    told = []
    for kind, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        file = data_out.answers_file(demo_store, SLUG, kind, questions=["led_by", "fields"], **asked)
        with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
            (tmp_path / f"x.{kind}").write_bytes(packed.read(f"{SLUG}-answers.{kind}"))
        frame, about = read(str(tmp_path / f"x.{kind}"))
        assert frame.shape[0] > 0
        told.append("".join(line.strip()[7:] for line in about.notes if line.startswith(("Query: ", "Query+ "))))
    whole = [json.loads(text) for text in told]
    assert whole[0] | {"format": "dta"} == whole[1]
    assert whole[0]["questions"] == ["led_by", "fields"]
    with StataReader(tmp_path / "x.dta") as stata:  # by its own way through the map of the file
        assert stata.read(convert_categoricals=False).shape == frame.shape
        assert len(stata.value_labels()) == len(about.value_labels)


def test_data_of_another_state_are_told_and_open_as_they_were_when_it_is_frozen(demo_copy: Store) -> None:
    asked: dict[str, Any] = {"actor": SECRETARIAT, "words": WORDS, "filters": Filters(), "now": NOW}
    state = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW).record.sha256
    figures = data_out.figures_file(demo_copy, SLUG, "r", questions=["led_by"], **asked).content
    replies = data_out.answers_file(demo_copy, SLUG, "r", questions=["led_by"], **asked).content
    withdraw(demo_copy, 30)
    told = [view(demo_copy, content, SECRETARIAT) for content in (figures, replies)]
    assert [(each.verdict, each.frozen, each.snapshot) for each in told] == [
        (Verdict.UNTOLD, True, state),
        (Verdict.UNTOLD, False, state),
    ]


def test_replies_one_by_one_open_to_nobody_who_may_not_read_them(demo_store: Store) -> None:
    content = data_out.answers_file(
        demo_store, SLUG, "ddi", actor=SECRETARIAT, words=WORDS, filters=Filters(), now=NOW
    ).content
    for each in (content, forged(data="answers", audience="meeting")):
        found = view(demo_store, each)
        assert (found.verdict, getattr(found.error, "code", "")) == (Verdict.REFUSED, "access.denied")


def test_only_a_deck_can_be_refreshed(demo_store: Store, files: dict[str, bytes]) -> None:
    with refused(InvalidInput, "returned.no_deck"):
        homecoming.refresh(demo_store, files["svg"], actor=REPORT_WRITER, now=NOW)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "pptx"])
def test_a_slope_holds_while_its_states_can_be_made_again(demo_copy: Store, kind: str) -> None:
    ours = {"actor": SECRETARIAT, "now": NOW}
    first = snapshots.take(demo_copy, SLUG, **ours).record.sha256  # type: ignore[arg-type]
    withdraw(demo_copy, 30)
    both = (Wave(slug=SLUG, snapshot=first), Wave(slug=SLUG))
    content = slope_file(demo_copy, both, "led_by", kind, words=WORDS, **ours).content  # type: ignore[arg-type]
    found = view(demo_copy, content, SECRETARIAT)
    assert (found.verdict, found.question, found.moved) == (Verdict.HOLDS, "led_by", ())
    withdraw(demo_copy, 60)
    assert view(demo_copy, content, SECRETARIAT).verdict is Verdict.UNTOLD
    if kind == "pptx":
        (told,) = homecoming.refresh(demo_copy, content, **ours)[1]  # type: ignore[arg-type]
        assert told.error is not None
        assert told.error.code == "returned.slope"
