"""Files that are taken away: who may, what they hold, and what is said when there is none."""

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable

import openpyxl
import pptx
import pytest

from analysis import reports
from analysis.report.outline import Item, ItemKind
from data.store import Store
from survey import demo, responses
from survey.access import OPERATOR, Role
from survey.translator import Words
from survey.words import MESSAGES
from tests.server.conftest import OPEN
from tests.server.process import Answer, Server, now

BASE = f"/export/{demo.SLUG}"
ROLES = (Role.SECRETARIAT, Role.REPORT_WRITER)
ADDRESSES = (
    *(f"{BASE}/chart/region.{kind}" for kind in ("png", "svg", "csv", "xlsx")),
    f"{BASE}/monitor/timeline.png",
    f"{BASE}/monitor/coverage.svg",
    f"{BASE}/monitor/countries.png",
    f"{BASE}/charts.zip",
    f"{BASE}/chart/region.pdf",
    f"{BASE}/chart/region.html",
    f"{BASE}/slope/region.svg",
    f"{BASE}/trend/region.csv",
    f"{BASE}/dashboard.xlsx",
    f"{BASE}/dashboard.pptx",
    f"{BASE}/finding/1.png",
    f"{BASE}/report/1.pptx",
    f"{BASE}/data/figures.r",
    f"{BASE}/data/answers.r",
    "/answers/files/abc",
)


def table(content: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("cookie", ["", "soundings_session=made-up"])
def test_nobody_takes_a_file_without_a_session(address: str, cookie: str, server: Server) -> None:
    answer = server.get(f"{address}?lang=ar", Cookie=cookie)
    assert answer.status == 403
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert Words("ar").translate(MESSAGES["access.sign_in"]) in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_a_chart_is_taken_as_picture_and_as_numbers(role: Role, server: Server, cookies: dict[Role, str]) -> None:
    def file(kind: str) -> bytes:
        answer = server.get(f"{BASE}/chart/region.{kind}?lang=en", Cookie=cookies[role])
        assert answer.status == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{demo.SLUG}-region.{kind}"'
        assert answer.headers["cache-control"] == "no-store"
        return answer.body

    assert file("png").startswith(b"\x89PNG\r\n\x1a\n")
    assert ElementTree.fromstring(file("svg")).tag == "{http://www.w3.org/2000/svg}svg"
    assert any("96" in cell for row in table(file("csv")) for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(file("xlsx")))
    assert any(cell == 96 for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("name", ["timeline", "coverage", "coverage-types", "countries"])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_charts_of_replies_are_taken(name: str, kind: str, server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/monitor/{name}.{kind}", Cookie=cookies[Role.REPORT_WRITER])
    assert answer.status == 200
    assert answer.headers["content-type"] == {"png": "image/png", "svg": "image/svg+xml"}[kind]


def test_the_dashboard_is_taken_as_a_workbook(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/dashboard.xlsx?lang=fr", Cookie=cookies[Role.REPORT_WRITER])
    assert answer.status == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    assert len(book.sheetnames) > 30


def test_the_dashboard_is_taken_as_an_editable_deck(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/dashboard.pptx", Cookie=cookies[Role.REPORT_WRITER])
    assert answer.status == 200
    deck = pptx.Presentation(io.BytesIO(answer.body))
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) > 20
    assert zipfile.is_zipfile(io.BytesIO(answer.body))


def test_five_charts_are_taken_in_french_as_one_deck(server: Server, cookies: dict[Role, str]) -> None:
    picked = "&".join(f"q={name}" for name in ("region", "org_type", "networks", "m_serv", "barriers"))
    answer = server.get(f"{BASE}/dashboard.pptx?lang=en&labels=fr&{picked}", Cookie=cookies[Role.REPORT_WRITER])
    assert answer.status == 200
    deck = pptx.Presentation(io.BytesIO(answer.body))
    noted = " ".join(slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide)
    assert set(re.findall(r'"question": ?"(\w+)"', noted)) == {"region", "org_type", "networks", "m_serv", "barriers"}
    assert deck.slides[0].shapes.title.text == demo.TITLE["fr"]


def test_data_are_taken_as_the_rights_are(server: Server, cookies: dict[Role, str]) -> None:
    def inside(address: str, role: Role) -> tuple[int, list[str], str]:
        answer = server.get(f"{BASE}/data/{address}", Cookie=cookies[role])
        if answer.status != 200:
            return answer.status, [], ""
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
            return 200, packed.namelist(), packed.read("README.txt").decode("utf-8-sig")

    for role in ROLES:
        status, names, told = inside("figures.sav?labels=fr&q=region&by=org_type", role)
        assert (status, names[1]) == (200, f"{demo.SLUG}-figures.sav")
        assert told.startswith("Consultation de la société civile")
    assert inside("answers.r?labels=fr&texts=1&names=1", Role.REPORT_WRITER) == (403, [], "")
    status, names, _told = inside("answers.r?labels=fr&texts=1&names=1&q=region&f=region:ssa", Role.SECRETARIAT)
    assert (status, names[1]) == (200, f"{demo.SLUG}-answers.csv")


def test_a_question_in_two_states_is_taken_as_a_slope(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/slope/region.svg?lang=en", Cookie=cookies[Role.REPORT_WRITER])
    assert (answer.status, "Slope chart" in answer.text) == (200, True)
    assert answer.headers["content-disposition"] == f'attachment; filename="{demo.SLUG}-region-slope.svg"'
    for wrong in ("slope/region.csv", "slope/finding.svg", "slope/region.svg?before=ffffffff", "slope/nothing.svg"):
        assert server.get(f"{BASE}/{wrong}", Cookie=cookies[Role.REPORT_WRITER]).status in (400, 404)
    inside = server.get(f"{BASE}/slope/region.svg?audience=internal", Cookie=cookies[Role.REPORT_WRITER])
    assert inside.status == 403


def test_a_trend_is_taken_as_numbers_with_its_states(server: Server, cookies: dict[Role, str]) -> None:
    address = f"{BASE}/trend/region.csv?lang=en"
    answer = server.get(address, Cookie=cookies[Role.REPORT_WRITER])
    heads, *rows = table(answer.body)
    assert answer.headers["content-disposition"] == f'attachment; filename="{demo.SLUG}-region-trend.csv"'
    assert "Change, lower bound (95 %)" in heads and "p (Benjamini–Hochberg)" in heads
    assert all("Data state" in row[heads.index("Source")] for row in rows)
    sheet = server.get(f"{BASE}/trend/region.xlsx?lang=en", Cookie=cookies[Role.REPORT_WRITER])
    assert (sheet.status, sheet.body[:2]) == (200, b"PK")
    for wrong in ("trend/region.svg", "trend/finding.csv", "trend/region.csv?before=ffffffff", "trend/nothing.csv"):
        assert server.get(f"{BASE}/{wrong}", Cookie=cookies[Role.REPORT_WRITER]).status in (400, 404)
    for inside in ("audience=internal", "matched=1"):
        assert server.get(f"{address}&{inside}", Cookie=cookies[Role.REPORT_WRITER]).status == 403


def test_the_method_in_the_address_holds_in_the_file(server: Server, cookies: dict[Role, str]) -> None:
    address = f"{BASE}/chart/led_by.csv?lang=en&by=region&letters=1&interval=jeffreys&correction=holm"
    head, first, *_rest = table(server.get(address, Cookie=cookies[Role.REPORT_WRITER]).body)
    assert any(name.endswith("(A): higher than") for name in head)
    note = first[head.index("Note")]
    assert "Intervals: Jeffreys, 95 %." in note
    assert "(Holm)" in note


def test_weighted_files_are_for_those_who_see_internal_figures(server: Server, cookies: dict[Role, str]) -> None:
    address = f"{BASE}/chart/led_by.csv?lang=en&weights=raked&audience=internal"
    assert server.get(address, Cookie=cookies[Role.REPORT_WRITER]).status == 403
    answer = server.get(address, Cookie=cookies[Role.SECRETARIAT])
    assert answer.headers["content-disposition"] == f'attachment; filename="{demo.SLUG}-led_by-internal.csv"'
    head, first, *_rest = table(answer.body)
    assert first[head.index("Note")].startswith("Internal figures: not for publication. Weighted to the contact frame")


def test_filters_in_the_address_hold_in_the_file(server: Server, cookies: dict[Role, str], beside: Store) -> None:
    with beside.read() as kept:
        sent = [one.submission for one in kept.responses(kept.consultation(demo.SLUG).id)]
    wanted = [one for one in sent if one["region"] in ("ssa", "lac") and one["org_type"] == "cbo"]
    answer = server.get(
        # Internal: what a meeting may see of so narrow a view depends on what it was shown before.
        f"{BASE}/chart/org_type.csv?f=region:ssa&f=region:lac&f=org_type:cbo&audience=internal",
        Cookie=cookies[Role.SECRETARIAT],
    )
    assert answer.status == 200
    assert any(str(len(wanted)) == cell for row in table(answer.body) for cell in row)
    plain = server.get(f"{BASE}/chart/org_type.csv", Cookie=cookies[Role.SECRETARIAT])
    assert plain.body != answer.body


def test_a_comparison_in_the_address_holds_in_the_file(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/chart/funding.csv?by=region", Cookie=cookies[Role.SECRETARIAT])
    assert answer.status == 200
    assert "Sub-Saharan Africa" in answer.text


def test_the_form_in_the_address_holds_in_the_picture(server: Server, cookies: dict[Role, str]) -> None:
    address = f"{BASE}/chart/m_serv.svg?lang=en"
    assert "Stacked bar chart: " in server.get(address, Cookie=cookies[Role.REPORT_WRITER]).text
    assert "Diverging bar chart: " in server.get(f"{address}&form=diverging", Cookie=cookies[Role.REPORT_WRITER]).text
    for form, told in (
        ("pie", "There is no chart “pie”; it is one of: bars,"),
        ("ranks", "The chart “ranks” does not"),
    ):
        answer = server.get(f"{address}&form={form}", Cookie=cookies[Role.REPORT_WRITER])
        assert answer.status == 400
        assert told in answer.text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("question", ["country", "org_type", "m_prog", "invest_rank", "populations"])
def test_no_file_carries_a_small_count(role: Role, question: str, server: Server, cookies: dict[Role, str]) -> None:
    for query in ("", "?f=region:glob", "?by=region"):
        answer = server.get(f"{BASE}/chart/{question}.csv{query}", Cookie=cookies[role])
        assert answer.status == 200
        rows = table(answer.body)
        found = [row for row in rows if any(cell in ("1", "2", "3", "4") for cell in row[1:])]
        assert found == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{BASE}/chart/nothing.png", 404),
        (f"{BASE}/chart/region.gif", 400),
        (f"{BASE}/chart/region", 400),
        (f"{BASE}/chart/finding.png", 400),
        (f"{BASE}/chart/contact_email.csv", 404),
        (f"{BASE}/chart/region.png?f=nothing:x", 400),
        (f"{BASE}/chart/region.png?f=region:atlantis", 400),
        (f"{BASE}/chart/region.png?by=nothing", 400),
        (f"{BASE}/chart/region.png?weights=magic", 400),
        (f"{BASE}/chart/region.png?weights=raked", 403),
        (f"{BASE}/chart/region.csv?audience=public", 400),
        (f"{BASE}/dashboard.xlsx?letters=x", 400),
        (f"{BASE}/dashboard.xlsx?by=nothing", 400),
        (f"{BASE}/monitor/nothing.png", 404),
        (f"{BASE}/monitor/timeline.gif", 400),
        (f"{BASE}/chart/region.png?size=poster", 400),
        (f"{BASE}/chart/region.png?scale=9", 400),
        (f"{BASE}/charts.zip?kind=gif", 400),
        (f"{BASE}/charts.zip?size=poster", 400),
        (f"{BASE}/dashboard.gif", 400),
        (f"{BASE}/dashboard.pptx?q=nothing", 404),
        (f"{BASE}/dashboard.pptx?labels=tlh", 400),
        (f"{BASE}/charts.zip?q=region&q=nothing", 404),
        (f"{BASE}/charts.zip?labels=tlh", 400),
        (f"{BASE}/data/figures.gif", 400),
        (f"{BASE}/data/nothing.sav", 400),
        (f"{BASE}/data/figures.r?q=nothing", 404),
        (f"{BASE}/data/answers.r?labels=tlh", 400),
        (f"{BASE}/finding/999.png", 404),
        (f"{BASE}/finding/x.png", 404),
        ("/export/nowhere/dashboard.xlsx", 404),
        ("/export/nowhere/chart/region.png", 404),
        ("/answers/files/0123", 404),
    ],
)
def test_what_is_not_there_is_said_on_a_page_with_the_right_status(
    address: str, status: int, server: Server, cookies: dict[Role, str]
) -> None:
    joint = "&" if "?" in address else "?"
    answer = server.get(f"{address}{joint}lang=es", Cookie=cookies[Role.SECRETARIAT])
    assert answer.status == status
    assert '<html lang="es" dir="ltr">' in answer.text
    assert "Traceback" not in answer.text
    assert "{" not in answer.text.split("</style>")[1]


def test_all_charts_are_taken_as_one_zip(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"{BASE}/charts.zip?kind=svg&size=slide&lang=fr", Cookie=cookies[Role.REPORT_WRITER])
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == f'attachment; filename="{demo.SLUG}-charts.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.body)) as found:
        assert found.testzip() is None
        drawn = next(name for name in found.namelist() if name.endswith("-region.svg"))
        assert ElementTree.fromstring(found.read(drawn)).get("height") == "720"


def test_the_names_of_organisations_are_not_taken_away(server: Server, cookies: dict[Role, str]) -> None:
    for role in ROLES:
        assert server.get(f"{BASE}/chart/org_name.csv", Cookie=cookies[role]).status == 403


def test_an_uploaded_file_is_for_those_who_may_read_answers_and_only_once_sent(
    server: Server, cookies: dict[Role, str], draft: Callable[[], str], beside: Store
) -> None:
    code = draft()
    content = b"%PDF-1.7 a story"
    assert server.upload({"code": code, "question": "story_file"}, "story.html", content).status == 200
    file = responses.resume(beside, code, now=now()).files["story_file"]
    address = f"/answers/files/{file.id}"
    assert server.get(address, Cookie=cookies[Role.SECRETARIAT]).status == 404
    with beside.write() as kept:
        one = kept.response(file.response_id)
        sent = {"status": "submitted", "submitted_at": now(), "submission": dict(one.answers)}
        kept.save_response(one.id, expected_revision=one.revision, **sent)
    answer = server.get(address, Cookie=cookies[Role.SECRETARIAT])
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="story.html.pdf"'
    assert server.get(address, Cookie=cookies[Role.REPORT_WRITER]).status == 403
    assert server.get(address).status == 403
    assert OPEN


def test_a_report_is_taken_when_nothing_is_wrong_and_refused_with_the_list(
    beside: Store, server: Server, cookies: dict[Role, str]
) -> None:
    def taken(words: str) -> Answer:
        key = reports.create_report(beside, demo.SLUG, "Said", "en", actor=OPERATOR, now=now())
        item = Item(kind=ItemKind.TEXT, text=words)
        reports.add_item(beside, demo.SLUG, key, item, revision=1, actor=OPERATOR, now=now())
        return server.get(f"{BASE}/report/{key}.pptx?lang=fr", Cookie=cookies[Role.REPORT_WRITER])

    answer = taken("They are {{region|what=n}}.")
    assert answer.status == 200
    deck = pptx.Presentation(io.BytesIO(answer.body))
    told = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert "They are 461." in "\n".join(told)
    answer = taken("They are {{region|what=n|must=<400}} & {{nobody}}.")
    assert answer.status == 400
    assert (
        "<li>Élément 1 · {{region|what=n|must=&lt;400}} · Le nombre doit être &lt;400, et il est 461.</li>"
        in answer.text
    )
    assert answer.text.count("<li>") == 2
    assert server.get(f"{BASE}/report/999.pptx", Cookie=cookies[Role.REPORT_WRITER]).status == 404
    assert server.get(f"{BASE}/report/x.pptx", Cookie=cookies[Role.REPORT_WRITER]).status == 404
