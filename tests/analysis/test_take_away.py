"""Files to take away: what a person asked for, named and typed, as a meeting may see it."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from analysis import estimates, overview, recommendations, review, take_away
from analysis.charts import choose, wording
from analysis.charts.sizes import MAP_SIZES, Size
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.method import Correction, Interval, Method, WeightKind
from analysis.opened_data import Filters
from analysis.report import bundle
from analysis.report.formats import CHART_FORMATS, Look
from analysis.words import MESSAGES
from data.errors import InvalidInput, NotAllowed, NotFound
from data.store import Store
from survey.demo import SLUG, TITLE
from survey.translator import Words
from tests.analysis import cards
from tests.small import REPORT_WRITER, SECRETARIAT, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
WORDS = Words("en")
STARTS = {
    "png": b"\x89PNG\r\n",
    "svg": b"<?xml",
    "pdf": b"%PDF-1.7",
    "html": b"<!doctype html>",
    "csv": b"\xef\xbb\xbf",
    "xlsx": b"PK\x03\x04",
    "pptx": b"PK\x03\x04",
    "docx": b"PK\x03\x04",
}
TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "html": "text/html",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def chart_file(store: Store, question: str, kind: str, **changes: object) -> take_away.File:
    values: dict[str, object] = {"actor": REPORT_WRITER, "words": WORDS, "filters": Filters(), "now": NOW}
    return take_away.chart_file(store, SLUG, question, kind, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", STARTS)
def test_a_report_writer_takes_a_chart_away_in_every_format(demo_store: Store, kind: str) -> None:
    file = chart_file(demo_store, "region", kind)
    assert (file.name, file.content_type.split(";")[0]) == (f"{SLUG}-region.{kind}", TYPES[kind])
    assert file.content.lstrip()[: len(STARTS[kind])] == STARTS[kind]


@pytest.mark.parametrize("kind", ["exe", "", "../png", "key"])
def test_an_unknown_format_is_refused(demo_store: Store, kind: str) -> None:
    with refused(InvalidInput, "format.unknown"):
        chart_file(demo_store, "region", kind)


def test_a_chart_leaves_in_the_form_that_was_chosen(demo_store: Store) -> None:
    chosen = chart_file(demo_store, "work_level", "svg", by="region", look=Look(form=Form.DUMBBELL)).content.decode()
    assert "Dumbbell chart: At which levels do you work. Furthest apart: " in chosen
    assert "Lowest group" in chosen
    assert (
        b"Heat map: At which levels do you work. Highest: "
        in chart_file(demo_store, "work_level", "svg", by="region").content
    )
    tables = [
        list(
            csv.reader(
                io.StringIO(chart_file(demo_store, "work_level", "csv", by="region", look=look).content.decode())
            )
        )
        for look in (Look(), Look(form=Form.DUMBBELL))
    ]
    assert [row[:-1] for row in tables[0]] == [row[:-1] for row in tables[1]]
    queries = [json.loads(rows[1][-1]) for rows in tables]
    assert queries[0] | {"form": "dumbbell"} == queries[1]


@pytest.mark.parametrize("kind", ["png", "csv"])
def test_a_form_that_does_not_suit_a_question_is_refused(demo_store: Store, kind: str) -> None:
    with refused(InvalidInput, "form.unsuitable"):
        chart_file(demo_store, "region", kind, look=Look(form=Form.DIVERGING))


def test_names_of_organisations_do_not_leave_the_house(demo_store: Store) -> None:
    for actor in (REPORT_WRITER, SECRETARIAT):
        with refused(NotAllowed, "card.identifying"):
            chart_file(demo_store, "org_name", "csv", actor=actor)


def test_open_answers_have_no_picture(demo_store: Store) -> None:
    with refused(InvalidInput, "format.no_chart"):
        chart_file(demo_store, "worrying", "png")


def test_an_unknown_question_and_finding_are_not_found(demo_store: Store) -> None:
    with refused(NotFound, "card.unknown_question"):
        chart_file(demo_store, "nothing", "csv")
    with refused(NotFound, "finding.unknown"):
        take_away.finding_file(demo_store, SLUG, 77, "csv", actor=REPORT_WRITER, words=WORDS)


@pytest.mark.parametrize("name", overview.PICTURES)
def test_the_pictures_of_the_monitor_are_drawings(demo_store: Store, name: str) -> None:
    file = take_away.monitor_file(demo_store, SLUG, name, "svg", actor=REPORT_WRITER, words=WORDS, now=NOW)
    assert (file.name, ElementTree.fromstring(file.content).tag) == (
        f"{SLUG}-{name}.svg",
        "{http://www.w3.org/2000/svg}svg",
    )


def test_a_picture_of_who_answered_leaves_as_numbers_and_as_a_web_page(demo_store: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}
    spec = overview.picture(demo_store, SLUG, "coverage", **asked)  # type: ignore[arg-type]
    files = {
        kind: take_away.monitor_file(demo_store, SLUG, "coverage", kind, **asked)  # type: ignore[arg-type]
        for kind in ("csv", "xlsx", "html")
    }
    assert {kind: file.name for kind, file in files.items()} == {kind: f"{SLUG}-coverage.{kind}" for kind in files}
    head, *rows = csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig"), newline=""))
    assert head[1:4] == ["Region", "Replied", "Replied / invited"]
    told = dict(zip(spec.categories, spec.series[0].values, strict=True))
    assert {row[1]: row[2] for row in rows} == {
        name: wording.HIDDEN if value is None else str(round(value, 6)) for name, value in told.items()
    }
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"].content)).sheet_names
    assert sheet == "Who has replied, by region"
    assert all(name in files["html"].content.decode() for name in told)


@pytest.mark.parametrize(
    ("name", "kind", "code"), [("x", "svg", "card.unknown_question"), ("timeline", "pptx", "format.unknown")]
)
def test_the_monitor_has_no_other_files(demo_store: Store, name: str, kind: str, code: str) -> None:
    with refused(NotFound if name == "x" else InvalidInput, code):
        take_away.monitor_file(demo_store, SLUG, name, kind, actor=REPORT_WRITER, words=WORDS, now=NOW)


def test_the_file_of_a_kept_finding_stays_as_it_was(demo_copy: Store) -> None:
    key = recommendations.keep_finding(
        demo_copy, SLUG, "region", "Most are African.", filters=Filters(), actor=SECRETARIAT, now=NOW
    )
    first = take_away.finding_file(demo_copy, SLUG, key, "csv", actor=REPORT_WRITER, words=WORDS)
    assert first.name == f"{SLUG}-finding-{key}.csv"
    assert first.content == chart_file(demo_copy, "region", "csv").content


def _asked(audience: Audience, **more: object) -> dict[str, Any]:
    return {"actor": SECRETARIAT, "audience": audience, "filters": Filters(), "now": NOW, **more}


def _csv(file: take_away.File) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def _slide_of(file: take_away.File, title: str) -> Any:
    deck, title = Presentation(io.BytesIO(file.content)), wording.unbroken(title)
    return next(slide for slide in deck.slides if slide.shapes.title and slide.shapes.title.text == title)


def _words_on(slide: Any) -> str:
    return " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


WEIGHTED = Method(weights=WeightKind.RAKED, interval=Interval.JEFFREYS)


@pytest.mark.parametrize(
    ("method", "audience"),
    [
        (WEIGHTED, Audience.INTERNAL),
        (Method(interval=Interval.JEFFREYS), Audience.INTERNAL),
        (Method(interval=Interval.JEFFREYS), Audience.MEETING),
    ],
)
def test_screen_slide_and_table_have_the_same_figures(demo_store: Store, method: Method, audience: Audience) -> None:
    asked = _asked(audience, method=method)
    card = review.card(demo_store, SLUG, "led_by", language="en", **asked)
    spec = choose.chart(card, WORDS)
    assert spec is not None
    screen = dict(zip(spec.categories, spec.series[0].values, strict=True))
    file = take_away.chart_file(demo_store, SLUG, "led_by", "csv", words=WORDS, **asked)
    table = {row["Option"]: row for row in _csv(file)}
    whole = take_away.dashboard_file(demo_store, SLUG, "pptx", words=WORDS, **asked)
    slide = _slide_of(whole, spec.title)
    (chart,) = (shape.chart for shape in slide.shapes if shape.has_chart)
    (plot,) = chart.plots
    deck = dict(zip(plot.categories, plot.series[0].values, strict=True))
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(take_away.dashboard_file(demo_store, SLUG, "xlsx", words=WORDS, **asked).content)
    )
    sheet = {row[0]: row for row in book.get_sheet_by_name("led_by").to_python()}
    assert len(card.rows) > 2
    for row in card.rows:
        assert screen[row.label] == deck[row.label] == row.cell.share
        assert float(table[row.label]["Share"]) == pytest.approx(screen[row.label], abs=1e-6)
        assert sheet[row.label][2:5] == pytest.approx([row.cell.share, row.cell.low, row.cell.high])
    assert sheet[wording.with_plain_spaces(spec.title)]
    assert f"{card.label} · {spec.measure}" in _words_on(slide)
    # The same words everywhere, and among them what was done.
    assert wording.with_plain_spaces(spec.note) in table[card.rows[0].label]["Note"]
    assert spec.note in _words_on(slide)
    assert "Intervals: Jeffreys, 95 %." in spec.note


def test_weighted_figures_leave_in_files_that_say_so(demo_store: Store) -> None:
    asked = _asked(Audience.INTERNAL, words=WORDS)
    file = take_away.chart_file(demo_store, SLUG, "led_by", "csv", method=WEIGHTED, **asked)
    assert file.name == f"{SLUG}-led_by-internal.csv"
    plain = take_away.chart_file(demo_store, SLUG, "led_by", "csv", **asked)
    weighted = _csv(file)
    assert [row["Share"] for row in weighted] != [row["Share"] for row in _csv(plain)]
    assert [row["Count"] for row in weighted] == [row["Count"] for row in _csv(plain)]
    report = estimates.weights(demo_store, SLUG, Method(weights=WeightKind.RAKED), actor=SECRETARIAT, language="en")
    assert report is not None
    note = weighted[0]["Note"]
    assert note.startswith("Internal figures: not for publication. Weighted to the contact frame by: ")
    assert f"Effective number of 461 replies: {round(report.effective_n)} (design effect" in note
    assert f"{report.design_effect:.2f}" in note
    assert "Effective n here: " in note
    picture = take_away.chart_file(demo_store, SLUG, "led_by", "svg", method=WEIGHTED, **asked)
    assert "Internal figures" in "".join(ElementTree.fromstring(picture.content).itertext())
    deck = Presentation(
        io.BytesIO(take_away.dashboard_file(demo_store, SLUG, "pptx", method=WEIGHTED, **asked).content)
    )
    assert "Internal figures: not for publication." in _words_on(deck.slides[0])


def test_a_meeting_gets_no_weighted_file_and_a_report_writer_no_internal_one(demo_store: Store) -> None:
    with refused(NotAllowed, "weights.internal_only"):
        chart_file(demo_store, "led_by", "csv", method=WEIGHTED)
    for make in (
        lambda: chart_file(demo_store, "led_by", "csv", method=WEIGHTED, audience=Audience.INTERNAL),
        lambda: take_away.dashboard_file(
            demo_store, SLUG, "xlsx", words=WORDS, **_asked(Audience.INTERNAL, actor=REPORT_WRITER, by=["region"])
        ),
    ):
        with pytest.raises(NotAllowed):
            make()
    with refused(NotAllowed, "weights.internal_only"):
        take_away.dashboard_file(demo_store, SLUG, "xlsx", words=WORDS, **_asked(Audience.MEETING, method=WEIGHTED))


def test_a_tab_book_has_every_question_by_every_banner_with_letters(demo_store: Store) -> None:
    method = Method(letters=True, correction=Correction.HOLM)
    asked = _asked(Audience.INTERNAL, words=WORDS, by=["region", "language"], method=method)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(take_away.dashboard_file(demo_store, SLUG, "xlsx", **asked).content)
    )
    assert {"led_by", "led_by (2)", "region"} <= set(book.sheet_names)
    assert "region (2)" not in book.sheet_names  # a question is not compared by itself
    first, second = (book.get_sheet_by_name(name).to_python() for name in ("led_by", "led_by (2)"))
    assert any("(A): higher than" in str(head) for head in first[5])
    assert "(Holm)" in first[2][0]
    assert first[5] != second[5]
    contents = book.get_sheet_by_name("Contents").to_python()
    assert contents[4][2] == "Compared by"
    assert len({row[2] for row in contents[5:]} - {""}) == 2  # pictures of who answered are compared by nothing


WHO = ("timeline", "coverage", "coverage-types", "coverage-languages", "countries")


def test_a_whole_dashboard_begins_with_who_answered(demo_store: Store) -> None:
    asked = _asked(Audience.MEETING, words=WORDS)
    pictures = dict(
        overview.pictures_to_take(demo_store, SLUG, actor=SECRETARIAT, words=WORDS, now=NOW, audience=Audience.MEETING)
    )
    assert tuple(pictures) == WHO
    titles = [spec.title for spec in pictures.values()]
    deck = Presentation(io.BytesIO(take_away.dashboard_file(demo_store, SLUG, "pptx", **asked).content))
    assert [slide.shapes.title.text for slide in deck.slides][1:6] == titles
    assert [any(shape.has_chart for shape in slide.shapes) for slide in deck.slides][1:6] == [True] * 5
    book = take_away.dashboard_file(demo_store, SLUG, "xlsx", **asked).content
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names[1:6] == [title[:31] for title in titles]
    names = whole_zip(demo_store, ["svg"], **_asked(Audience.MEETING)).namelist()
    assert [name for name in names if "/00-" in name] == [
        f"{kind}/00-{name}.{kind}" for name in WHO for kind in ("svg", "csv")
    ]


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.INTERNAL])
def test_pictures_in_an_internal_file_say_so_and_hide_nothing(demo_store: Store, audience: Audience) -> None:
    found = overview.pictures_to_take(demo_store, SLUG, actor=SECRETARIAT, words=WORDS, now=NOW, audience=audience)
    internal = audience is Audience.INTERNAL
    for _name, spec in found:
        assert ("Internal figures: not for publication." in spec.note) is internal
        assert json.loads(spec.provenance)["audience"] == audience
        assert not internal or wording.HIDDEN not in " ".join(spec.series[0].labels)


def test_who_answered_is_left_out_beside_filters_and_picked_questions(demo_store: Store) -> None:
    for more in ({"questions": ["region"]}, {"filters": Filters.of({"region": ["ssa"]}), "questions": ["region"]}):
        asked = {**_asked(Audience.MEETING, words=WORDS), **more}
        file = take_away.dashboard_file(demo_store, SLUG, "pptx", **asked)
        first = Presentation(io.BytesIO(file.content)).slides[1]
        assert '"question"' in first.notes_slide.notes_text_frame.text


FIVE = ("networks", "region", "m_serv", "barriers", "org_type")


@pytest.mark.parametrize("kind", ["pptx", "docx", "pdf", "html", "xlsx"])
def test_a_report_writer_takes_the_questions_that_are_picked_in_another_language(demo_copy: Store, kind: str) -> None:
    recommendations.keep_finding(demo_copy, SLUG, "led_by", "Kept.", filters=Filters(), actor=SECRETARIAT, now=NOW)
    asked = {"actor": REPORT_WRITER, "filters": Filters(), "now": NOW, "words": Words("fr")}
    file = take_away.dashboard_file(demo_copy, SLUG, kind, questions=FIVE, **asked)  # type: ignore[arg-type]
    cards = review.cards(
        demo_copy,
        SLUG,
        audience=Audience.MEETING,
        language="fr",
        questions=FIVE,
        actor=REPORT_WRITER,
        filters=Filters(),
        now=NOW,
    )
    assert [card.question for card in cards] == ["region", "org_type", "networks", "m_serv", "barriers"]
    if kind == "pptx":
        deck = Presentation(io.BytesIO(file.content))
        charted = [slide for slide in deck.slides if any(shape.has_chart for shape in slide.shapes)]
        asked_of = [re.findall(r'"question": ?"(\w+)"', slide.notes_slide.notes_text_frame.text) for slide in charted]
        assert list(dict.fromkeys(name for (name,) in asked_of)) == [card.question for card in cards]
        assert "Kept." not in " ".join(_words_on(slide) for slide in deck.slides)
        assert deck.slides[0].shapes.title.text == TITLE["fr"]
    if kind == "xlsx":
        sheets = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).sheet_names
        assert [name for name in sheets if name in FIVE] == [card.question for card in cards]
        assert "led_by" not in sheets


def test_a_tab_book_and_pictures_are_of_the_questions_that_are_picked(demo_store: Store) -> None:
    asked = _asked(Audience.MEETING, words=Words("ar"), questions=["region", "led_by"], by=["org_type"])
    asked["actor"] = REPORT_WRITER
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(take_away.dashboard_file(demo_store, SLUG, "xlsx", **asked).content)
    )
    assert [name for name in book.sheet_names if name in ("region", "led_by", "networks")] == ["region", "led_by"]
    packed = b"".join(take_away.charts_zip(demo_store, SLUG, ["svg"], **asked).pieces)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        svgs = [name for name in archive.namelist() if name.endswith(".svg")]
        assert svgs == ["svg/01-region-by-org_type.svg", "svg/02-led_by-by-org_type.svg"]
        assert b'xml:lang="ar"' in archive.read(svgs[0])


@pytest.mark.parametrize("by", [(), ("region",)])
def test_what_is_picked_and_the_language_must_be_there(demo_store: Store, by: tuple[str, ...]) -> None:
    asked = _asked(Audience.MEETING, by=by)
    for make in (
        lambda **more: take_away.dashboard_file(demo_store, SLUG, "xlsx", **asked, **more),
        lambda **more: take_away.charts_zip(demo_store, SLUG, ["csv"], **asked, **more),
    ):
        for question in ("nothing", "org_name"):
            with refused(NotFound, "card.unknown_question"):
                make(words=WORDS, questions=["region", question])
        with refused(InvalidInput, "data.unknown_language"):
            make(words=Words("xx"), questions=["region"])


@pytest.mark.parametrize(
    ("name", "size", "width"),
    [("timeline", Size.SLIDE, 1280), ("countries", Size.SQUARE, 1080)],
)
def test_pictures_of_who_answered_are_made_for_a_place(demo_store: Store, name: str, size: Size, width: int) -> None:
    look = Look(size=size, scale=4)
    file = take_away.monitor_file(demo_store, SLUG, name, "png", actor=REPORT_WRITER, words=WORDS, now=NOW, look=look)
    assert file.name == f"{SLUG}-{name}-{size}.png"
    assert int.from_bytes(file.content[16:20]) == width * 4


@pytest.mark.parametrize("size", MAP_SIZES)
def test_the_map_is_made_for_every_place_that_is_offered(demo_store: Store, size: Size) -> None:
    look = Look(size=size)
    asked = {"actor": REPORT_WRITER, "words": Words("ar"), "now": NOW, "look": look}
    assert take_away.monitor_file(demo_store, SLUG, "countries", "svg", **asked).content  # type: ignore[arg-type]


def test_a_finding_keeps_the_method_of_its_figures(demo_copy: Store) -> None:
    method = Method(letters=True, interval=Interval.CLOPPER_PEARSON)
    key = recommendations.keep_finding(
        demo_copy,
        SLUG,
        "led_by",
        "Regions differ.",
        filters=Filters(),
        actor=SECRETARIAT,
        now=NOW,
        by="region",
        method=method,
    )
    (kept,) = (
        each
        for each in recommendations.findings(demo_copy, SLUG, actor=REPORT_WRITER, language="en")
        if each.record.id == key
    )
    assert kept.card.statistics is not None
    assert kept.card.statistics.method == method
    file = take_away.finding_file(demo_copy, SLUG, key, "csv", actor=REPORT_WRITER, words=WORDS)
    assert file.content == chart_file(demo_copy, "led_by", "csv", by="region", method=method).content
    assert "Intervals: Clopper–Pearson, 95 %." in _csv(file)[0]["Note"]
    spec = choose.chart(kept.card, WORDS, statement=kept.record.statement)
    assert spec is not None and "A letter names a column with a lower share" in spec.note
    with refused(NotAllowed, "weights.internal_only"):
        recommendations.keep_finding(
            demo_copy,
            SLUG,
            "led_by",
            "Weighted.",
            filters=Filters(),
            actor=SECRETARIAT,
            now=NOW,
            method=WEIGHTED,
        )


def whole_zip(store: Store, kinds: list[str], **changes: object) -> zipfile.ZipFile:
    values: dict[str, object] = {"actor": REPORT_WRITER, "words": WORDS, "filters": Filters(), "now": NOW}
    file = take_away.charts_zip(store, SLUG, kinds, **{**values, **changes})  # type: ignore[arg-type]
    return zipfile.ZipFile(io.BytesIO(b"".join(file.pieces)))


def test_a_picture_is_named_for_its_place(demo_store: Store) -> None:
    file = chart_file(demo_store, "region", "png", look=Look(size=Size.SLIDE, scale=1))
    assert file.name == f"{SLUG}-region-slide.png"
    assert chart_file(demo_store, "region", "csv", look=Look(size=Size.SLIDE)).name == f"{SLUG}-region.csv"


def test_the_zip_of_all_charts_has_each_card_its_numbers_an_index_and_a_readme(demo_store: Store) -> None:
    found = whole_zip(demo_store, ["svg", "xlsx"])
    assert found.testzip() is None
    names = found.namelist()
    asked = {"actor": REPORT_WRITER, "audience": Audience.MEETING, "language": "en", "filters": Filters(), "now": NOW}
    everything = review.cards(demo_store, SLUG, **asked)  # type: ignore[arg-type]
    drawn = [card for card in everything if choose.chart(card, WORDS) is not None]
    assert 30 < len(drawn) < len(everything)
    assert len([name for name in names if name.startswith("svg/")]) == len(WHO) + len(drawn)
    assert len([name for name in names if name.startswith("csv/")]) == len(WHO) + len(everything)
    index = found.read("index.html").decode()
    assert all(f'href="{name}"' in index for name in names if "/" in name)
    readme = found.read("README.txt").decode("utf-8-sig")
    assert readme.startswith("Civil society consultation") and "Fictional data" in readme
    number = next(n for n, card in enumerate(everything, start=1) if card.question == "region")
    single = chart_file(demo_store, "region", "csv").content
    assert found.read(f"csv/{number:02d}-region.csv") == single


def test_the_zip_is_handed_over_while_it_is_drawn(demo_store: Store) -> None:
    asked = {"actor": REPORT_WRITER, "words": WORDS, "filters": Filters.of({"region": ["ssa"]}), "now": NOW}
    file = take_away.charts_zip(demo_store, SLUG, [], **asked)  # type: ignore[arg-type]
    pieces = list(file.pieces)
    assert len(pieces) > 30
    assert len(max(pieces, key=len)) < sum(map(len, pieces)) / 5


def test_what_cannot_be_drawn_is_told_in_the_zip_and_the_rest_is_there(demo_store: Store) -> None:
    card = cards.single(label="Party 🎉")
    made = bundle.pieces(
        [card, cards.single()],
        WORDS,
        [CHART_FORMATS["pdf"], CHART_FORMATS["csv"]],
        Look(),
        explain=lambda e: WORDS.error(e, MESSAGES),
    )
    found = zipfile.ZipFile(io.BytesIO(b"".join(made)))
    assert [name for name in found.namelist() if name.startswith("pdf/")] == ["pdf/02-q.pdf"]
    for name in ("README.txt", "index.html"):
        told = found.read(name).decode("utf-8-sig")
        assert "pdf/01-q.pdf: No font here has 🎉 (U+1F389)" in told


def test_a_zip_compared_by_groups_has_a_chart_for_each_comparison(demo_store: Store) -> None:
    asked = _asked(Audience.INTERNAL, by=["language"])
    names = whole_zip(demo_store, ["svg"], **asked).namelist()
    assert any(name.endswith("-barriers-by-language.svg") for name in names)


def test_a_zip_of_an_unknown_format_is_refused_before_it_begins(demo_store: Store) -> None:
    with refused(InvalidInput, "format.unknown"):
        whole_zip(demo_store, ["png", "exe"])


def test_code_to_paste_is_of_what_a_meeting_may_see(demo_store: Store) -> None:
    code = take_away.embedded(demo_store, SLUG, "region", actor=SECRETARIAT, words=WORDS, filters=Filters(), now=NOW)
    assert code.startswith('<figure lang="en"') and "Internal figures" not in code
