"""The public page of results over its routes: what a reader gets, and that nothing else can be reached."""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import brotli
import lxml.html
import openpyxl
import pytest
from starlette.applications import Starlette

from analysis import published, recommendations
from analysis.channels import results
from analysis.opened_data import Filters
from analysis.published import Choice, Quotes
from data.errors import NotFound
from data.settings import Settings
from data.store import Store
from survey import outcomes, people
from survey.access import Role
from survey.channels.requests import Site
from survey.guard import Guard
from survey.translator import LANGUAGES, direction
from tests.light.reader import Reader
from tests.small import FORM, NOW, SECRETARIAT, SLUG, publish, refused, send

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
STAFF = {"actor": SECRETARIAT, "now": NOW}
BASE = f"/results/{SLUG}"
Open = Callable[..., Reader]


def prepared(store: Store, statement: str, *, questions: tuple[str, ...] = ("region",), **choice: object) -> None:
    """Sixteen replies, and the choice of a finding for each question."""
    for number in range(16):
        send(
            store,
            org_name=f"Organisation {number}",
            region="n" if number < 6 else "s",
            recommendation=f"Said {EVIL}",
            publish="named",
            staff=str(number * 3 + 1),
        )
    keys = [
        recommendations.keep_finding(store, SLUG, question, statement, filters=Filters(), actor=SECRETARIAT, now=NOW)
        for question in questions
    ]
    recommendations.keep_finding(store, SLUG, "fields", "SECRET", filters=Filters(), actor=SECRETARIAT, now=NOW)
    chosen = Choice(findings=tuple(keys), **choice)  # type: ignore[arg-type]
    published.prepare(store, SLUG, chosen, revision=0, actor=SECRETARIAT, now=NOW)


def go_public(store: Store) -> None:
    revision = published.prepared(store, SLUG, actor=SECRETARIAT).revision
    published.publish(store, SLUG, revision=revision, actor=SECRETARIAT, now=NOW)


def take_away(store: Store) -> None:
    revision = published.prepared(store, SLUG, actor=SECRETARIAT).revision
    published.withdraw(store, SLUG, revision=revision, actor=SECRETARIAT, now=NOW)


@pytest.fixture
def reader(small: Store, settings: Settings) -> Open:
    """Opens an address; `language` is what the browser asks for, other words are headers, `role` who is signed in."""
    application = Starlette(routes=results.routes(Site(lambda: small, settings), Guard(), fresh_seconds=0))

    def open_page(path: str, *, language: str = "en", role: Role | None = None, **headers: str) -> Reader:
        made = Reader(application, language=language)
        made._headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        if role is not None:
            login = next(login for login, its_role in people.DEMO_PEOPLE.items() if its_role is role)
            token = people.sign_in_demo(small, login, demo=True, now=datetime.now(UTC), hours=1)
            made._headers["cookie"] = f"{settings.session_cookie}={token}"
        return made.open(path)

    return open_page


def test_a_reader_gets_the_page_in_the_language_of_the_browser_or_of_the_address(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.", introduction={"fr": "Bonjour"})
    go_public(small)
    for tag in LANGUAGES:
        for page in (reader(BASE, language=f"{tag}, en;q=0.5"), reader(f"{BASE}/{tag}", language="xx")):
            root = page.page.getroottree().getroot()
            assert (page.status, root.get("lang"), root.get("dir")) == (200, tag, direction(tag))
            assert page.headers["content-language"] == tag
            assert [a.get("href") for a in page.page.xpath("//nav//a")] == [
                f"{BASE}/{t}" for t in LANGUAGES if t != tag
            ]
    arabic = reader(f"{BASE}/ar").page
    assert arabic.xpath("//h3[@id='says-1']/@lang") == ["en"]
    assert arabic.xpath("//p[text()='Bonjour']/@lang") == ["fr"]
    assert "Vary" not in reader(f"{BASE}/ar").headers
    assert "Accept-Language" in reader(BASE).headers["vary"]


def test_the_page_runs_nothing_asks_for_nothing_and_sets_no_cookie(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.", questions=("region", "publish", "m_serv", "invest_rank", "staff"))
    go_public(small)
    shown = reader(f"{BASE}/en")
    page = shown.page
    assert page.xpath("//script | //img | //iframe | //object | //form | //*[@style] | //link[@rel='stylesheet']") == []
    assert page.xpath("//link[@rel='icon']/@href") == ["data:,"]
    assert [name for each in page.iter() for name in dict(each.attrib) if name.startswith("on")] == []
    assert "set-cookie" not in shown.headers
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")


def test_every_finding_has_its_chart_in_words_its_table_and_what_it_rests_on(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    (article,) = reader(f"{BASE}/en").page.xpath("//article")
    (svg,) = article.xpath(".//figure//svg")
    assert svg.get("role") == "img"
    assert "South 63%" in svg.get("aria-label")
    assert article.xpath(".//details/summary/text()") == ["Numbers"]
    rows = [[cell.text_content() for cell in row] for row in article.xpath(".//tbody/tr")]
    assert [row[:3] for row in rows] == [["North", "6", "38%"], ["South", "10", "63%"]]
    text = article.text_content()
    for part in (
        "n\u00a0=\u00a016 (replies: 16)",
        "Fictional data",
        "Source: Small consultation. As of 15 September 2026",
        "Data state",
    ):
        assert part in text
    assert [a.get("href") for a in article.xpath(".//p[contains(@class,'files')]/a")] == [
        f"{BASE}/en/1.{kind}" for kind in ("png", "svg", "csv", "xlsx")
    ]


def test_words_of_authors_and_respondents_are_shown_and_not_obeyed(small: Store, reader: Open) -> None:
    evil = FORM.replace("| North ", f"| {EVIL} ").replace("| Region   ", f"| R{EVIL} ")
    publish(small, form=evil, title={"en": EVIL})
    prepared(small, f"Most {EVIL}", introduction={"en": EVIL}, recommendations=True, quotes=Quotes.ALL)
    with small.read() as kept:
        response = kept.responses(kept.consultation(SLUG).id)[0].id
    recommendations.write_recommendation(
        small,
        SLUG,
        text=f"Do {EVIL}",
        addressee=EVIL,
        level="local",
        challenge="",
        finding_ids=(),
        answers=[(response, "recommendation")],
        actor=SECRETARIAT,
        now=NOW,
    )
    outcomes.write_outcome(
        small, SLUG, words={"en": EVIL}, link="https://x.example/?a=\"onclick='1'", on="", actor=SECRETARIAT, now=NOW
    )
    go_public(small)
    shown = reader(f"{BASE}/en")
    text = shown.content.decode()
    assert "<script>alert" not in text
    assert "<img" not in text
    assert [name for each in shown.page.iter() for name in dict(each.attrib) if name.startswith("on")] == []
    for words in (f"1. Most {EVIL}", f"1. Do {EVIL}", f"Said {EVIL}"):
        assert words in shown.page.text_content()
    assert EVIL in lxml.html.document_fromstring(text).xpath("string(//figure//svg/@aria-label)")


def test_nothing_tells_whether_a_consultation_is_there(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    paths = ("", "/en", "/fr", "/en/1.png", "/en/all.zip")
    stages = {}
    for stage in ("prepared", "withdrawn"):
        for path in paths:
            for slug in (SLUG, "nowhere"):
                page = reader(f"/results/{slug}{path}", language="ar")
                assert page.status == 404
                stages[stage, path, slug] = (page.content, sorted(page.headers.items()))
        if stage == "prepared":
            go_public(small)
            assert [reader(f"{BASE}{path}").status for path in paths] == [200] * len(paths)
            take_away(small)
    for path in paths:
        assert (
            len(
                {
                    str(stages[stage, path, slug])
                    for stage, slug in ((s, g) for s in ("prepared", "withdrawn") for g in (SLUG, "nowhere"))
                }
            )
            == 1
        )
    page = reader("/results/nowhere", language="ar").page
    assert page.getroottree().getroot().get("dir") == "rtl"


@pytest.mark.parametrize("language", ["xx", "preview"])
@pytest.mark.parametrize("name", ["", "1.png", "1.csv", "all.zip"])
def test_there_is_no_page_in_other_languages(small: Store, reader: Open, language: str, name: str) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    assert reader(f"{BASE}/{language}/{name}".rstrip("/")).status == (403 if language == "preview" else 404)


def test_what_is_not_published_has_no_address(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    names = ("2.png", "0.csv", "1.csv.exe", "1.pptx", "-1.csv", "١.csv", "1", ".png", "all.tar", "9" * 30 + ".png")
    assert {name: reader(f"{BASE}/en/{name}").status for name in names} == dict.fromkeys(names, 404)


def test_no_hidden_number_and_no_other_finding_is_in_the_page_or_its_files(small: Store, reader: Open) -> None:
    for number in range(3):
        send(small, org_name=f"Few {number}", region="n", publish="anon")
    prepared(small, "Most wish to be named.", questions=("publish",))
    go_public(small)
    files = zipfile.ZipFile(io.BytesIO(reader(f"{BASE}/en/all.zip").content))
    assert files.namelist() == ["README.txt", *(f"small-1-en.{kind}" for kind in ("png", "svg", "csv", "xlsx"))]
    texts = [reader(f"{BASE}/{tag}").content.decode() for tag in LANGUAGES]
    texts += [files.read(name).decode("utf-8-sig") for name in ("README.txt", "small-1-en.svg", "small-1-en.csv")]
    book = openpyxl.load_workbook(io.BytesIO(files.read("small-1-en.xlsx")))
    texts += [f",{cell}," for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    for text in texts:
        assert "SECRET" not in text
        assert "Organisation 1" not in text
        visible = re.sub(r'(?:x|y|width|height|dx|d|r|s|t)="[^"]*"|<style>.*?</style>', "", text, flags=re.DOTALL)
        assert not re.search(r">\s*3\s*<|[,\t]3[,\r\n]|16\s?%", visible)
    assert "[c]" in texts[0]


def test_a_browser_asks_once_and_then_only_whether_it_is_the_same(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    for path in ("/en", "/en/1.csv", "/en/all.zip"):
        first = reader(f"{BASE}{path}")
        assert first.headers["cache-control"] == "public, max-age=60"
        again = reader(f"{BASE}{path}", if_none_match=f'W/"x", {first.headers["etag"]}')
        assert (again.status, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert reader(f"{BASE}{path}", if_none_match='"other"').status == 200
    packed = reader(f"{BASE}/en", accept_encoding="br")
    assert packed.headers["content-encoding"] == "br"
    assert brotli.decompress(packed.content) == reader(f"{BASE}/en").content
    assert packed.headers["etag"] != reader(f"{BASE}/en").headers["etag"]


def test_what_is_published_anew_or_changed_is_shown_at_once(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    assert "We read it" not in reader(f"{BASE}/en").words
    outcomes.write_outcome(small, SLUG, words={"en": "We read it."}, link="", on="2027-03-14", **STAFF)  # type: ignore[arg-type]
    assert "14 March 2027We read it." in reader(f"{BASE}/en").words
    page = published.prepared(small, SLUG, actor=SECRETARIAT)
    choice = Choice(findings=page.choice.findings, introduction={"en": "Second edition"})
    published.prepare(small, SLUG, choice, revision=page.revision, **STAFF)  # type: ignore[arg-type]
    assert "Second edition" not in reader(f"{BASE}/en").words
    go_public(small)
    assert "Second edition" in reader(f"{BASE}/en").words


def test_a_page_is_made_once_and_the_shelf_has_a_bound(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    made: list[str] = []
    make = results._made
    monkeypatch.setattr(results, "_made", lambda found, wanted: made.append(wanted.language) or make(found, wanted))

    def ask(shelf: results.Shelf, *tags: str) -> list[bytes]:
        return [shelf.take(small, SLUG, results.Wanted(tag), lambda: None).body for tag in tags]

    shelf = results.Shelf()
    assert ask(shelf, "en", "fr") == ask(shelf, "en", "fr")
    assert made == ["en", "fr"]
    narrow = results.Shelf(most_bytes=10)
    ask(narrow, "en", "fr", "en")
    assert made == ["en", "fr", "en", "fr", "en"]
    assert len(narrow._held) == 1


def test_the_database_is_asked_once_a_moment_and_a_withdrawn_page_is_not_taken_from_the_shelf(small: Store) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    wanted, slow, quick = results.Wanted("en"), results.Shelf(fresh_seconds=60), results.Shelf(fresh_seconds=0)
    for shelf in (slow, quick):
        assert shelf.ready(SLUG, wanted) is None
        made = shelf.take(small, SLUG, wanted, lambda: None)
        assert shelf.take(small, SLUG, wanted, lambda: None) is made
        assert shelf.ready(SLUG, wanted) == (made if shelf is slow else None)
        assert shelf.ready(SLUG, results.Wanted("fr")) is None
        assert shelf.ready("other", wanted) is None
    take_away(small)
    with refused(NotFound, "published.unknown"):
        slow.take(small, SLUG, wanted, lambda: None)
    assert slow.ready(SLUG, wanted) is None


def test_a_page_that_is_published_anew_while_it_is_made_is_not_kept_under_the_new_one(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    make = results._made

    def slowly(found: published.Publication, wanted: results.Wanted) -> results.Packed:
        page = published.prepared(small, SLUG, actor=SECRETARIAT)
        if not page.choice.introduction:
            choice = replace(page.choice, introduction={"en": "Second edition"})
            published.prepare(small, SLUG, choice, revision=page.revision, actor=SECRETARIAT, now=NOW)
            go_public(small)
        return make(found, wanted)

    monkeypatch.setattr(results, "_made", slowly)
    shelf = results.Shelf(fresh_seconds=0)
    bodies = [shelf.take(small, SLUG, results.Wanted("en"), lambda: None).body for _ in range(2)]
    assert [b"Second edition" in body for body in bodies] == [False, True]


def test_only_making_is_counted_against_machines(small: Store) -> None:
    prepared(small, "Most are southern.")
    go_public(small)
    shelf, counted = results.Shelf(), []
    for _ in range(3):
        shelf.take(small, SLUG, results.Wanted("en", "1.csv"), lambda: counted.append(1))
    assert counted == [1]


def test_only_who_may_publish_sees_the_preview(small: Store, reader: Open) -> None:
    prepared(small, "Most are southern.")
    for path in ("/preview", "/preview/fr", "/preview/fr/1.csv"):
        for slug in (SLUG, "nowhere"):
            assert reader(f"/results/{slug}{path}").status == 403
        assert reader(f"{BASE}{path}", role=Role.REPORT_WRITER).status == 403
        shown = reader(f"{BASE}{path}", role=Role.SECRETARIAT)
        assert (shown.status, shown.headers["cache-control"]) == (200, "no-store")
    french = reader(f"{BASE}/preview/fr", role=Role.SECRETARIAT)
    assert french.page.xpath("//article//a/@href")[0] == f"{BASE}/preview/fr/1.png"
    assert french.page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert reader(f"{BASE}/fr").status == 404
