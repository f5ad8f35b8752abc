"""Files that come back: read, judged anew with the rights of who brings them, and hostile until shown otherwise."""

import csv
import io
import json
import zipfile
from contextlib import suppress
from time import process_time
from typing import Any

import pytest
from pptx import Presentation

from analysis import homecoming, opened_data, review, snapshots, take_away
from analysis.disclosure import Audience
from analysis.findings.method import Method
from analysis.homecoming import Verdict
from analysis.opened_data import Filters
from analysis.report import opened, powerpoint
from analysis.report.compose import compose
from analysis.waves import Wave, slope_file
from data.errors import InvalidInput, NotAllowed
from data.store import Store
from survey.access import ANONYMOUS, Actor, ConsultationRole
from survey.demo import SLUG
from survey.translator import Words
from tests.small import NOW, REPORT_WRITER, SECRETARIAT, granted, refused

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


def withdraw(store: Store, count: int) -> None:
    """The first replies are taken back, so that figures move."""
    with store.write() as kept:
        for each in kept.responses(kept.consultation(SLUG).id)[:count]:
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
