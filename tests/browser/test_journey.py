"""From an answer in Arabic on a telephone to a number on a slide, in a real browser over the real app."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Locator, Page, expect
from pptx import Presentation

from survey import demo
from survey.ui.components import AUTOSAVE_SECONDS
from tests.browser.hands import Hands, choice_words, question_words
from tests.browser.running import RunningApp
from tests.browser.watching import Watch

pytestmark = pytest.mark.browser

Reader = Callable[..., Page]
ORGANISATION = "شبكة الأمل المجتمعية 7431"
OTHER_FIELD = "الإعلام المجتمعي"
FINDING = "ما زالت خدمات العلاج بعيدة عن الناس في الأرياف، وهذا ما تقوله شبكة 7431."
RECOMMENDATION = "نوصي الدول الأعضاء بتمويل خدمات قريبة من الناس."
STATEMENT = "Health services come first for most organisations."
ADVICE = "Fund services where people live."
THRESHOLD = 5
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def rows(app: RunningApp, sql: str, *values: object) -> list[tuple[object, ...]]:
    """What an independent reader of the database file finds."""
    with closing(sqlite3.connect(f"file:{app.database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def number(app: RunningApp, sql: str, *values: object) -> int:
    """The one number that the query gives."""
    found = rows(app, sql, *values)[0][0]
    assert isinstance(found, int)
    return found


def content(download: Download) -> bytes:
    """The bytes of a downloaded file."""
    return Path(download.path()).read_bytes()


def downloaded(page: Page, link: Locator) -> bytes:
    """What the browser gets for a click on this link or button."""
    with page.expect_download() as waiting:
        link.click()
    return content(waiting.value)


def look_alike(code: str) -> str:
    """The code as a person might copy it by hand: small, with o for 0, l for 1, without dashes."""
    return code.lower().replace("0", "o").replace("1", "l").replace("-", " ")


def test_an_answer_in_arabic_reaches_the_dashboard_and_the_deck(
    app: RunningApp, reader: Reader, watch: Watch, tmp_path: Path
) -> None:
    before = number(app, "select count(*) from responses where status = 'submitted'")

    telephone = reader(width=390, locale="ar-KE", timezone_id="Africa/Nairobi")
    telephone.goto(f"{app.url}/respond?c={demo.SLUG}&lang=ar")
    code = answer_half_on_a_telephone(telephone)
    telephone.context.close()

    desk = reader(width=1280, locale="ar-KE", timezone_id="Africa/Nairobi")
    desk.goto(f"{app.url}/respond?c={demo.SLUG}&lang=ar")
    find_the_answers_again(desk, code)
    answer_the_rest(desk, tmp_path)
    send_twice_at_once(desk)
    keep_the_copy(desk, app)
    assert number(app, "select count(*) from responses where status = 'submitted'") == before + 1
    assert number(app, "select count(*) from responses where submission like ?", f"%{ORGANISATION}%") == 1
    assert number(app, "select count(*) from response_revisions where submission like ?", f"%{ORGANISATION}%") == 1
    assert rows(app, "select name, size_bytes from files") == [("evidence.pdf", len(PDF))]

    office = reader(width=1280, locale="en-GB", timezone_id="Europe/Vienna")
    office.goto(app.url)
    office.get_by_role("button", name="Enter as the demo secretariat").click()
    expect(office.locator(".sd-tile b").first).to_have_text(str(before + 1))
    find_the_reply(office, before + 1)
    filter_and_take_away(office, app)
    check_the_deck(office, app)
    keep_and_recommend(office)
    go_through_the_meeting(office)

    assert watch.hosts == {"127.0.0.1"}
    assert watch.faults == []


def answer_half_on_a_telephone(page: Page) -> str:
    """Sections 0 to 3, with mistakes that the form points out; the personal code."""
    form = Hands(page, "ar")
    page.locator(".st-key-begin").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page).to_have_title(demo.TITLE["ar"])
    code = form.begin()
    assert f"r={code}" in page.url
    form.consent()

    form.organisation(ORGANISATION, other_field="")
    expect(form.box("fields_other")).to_be_visible()
    form.tick("fields", "treat", "recov", "reint")
    page.locator(".st-key-next button").click()
    expect(form.box("fields").locator(".sd-issue")).to_have_text(question_words("fields", "ar", "constraint_message"))
    expect(form.box("fields_other").locator(".sd-issue")).to_be_visible()
    form.tick("fields", "treat", "recov", "reint")
    form.write("fields_other", OTHER_FIELD)
    form.go_on("box_prio_1")

    form.progress()
    expect(form.option("prio_2", "c06")).to_have_count(0)
    expect(form.option("prio_3", "c07")).to_have_count(0)
    form.write("worrying", "إغلاق المراكز الصغيرة.")
    form.go_on("box_barriers")

    form.services()
    rank_with_the_keyboard(page)
    form.go_on("box_part_done")
    return code


def rank_with_the_keyboard(page: Page) -> None:
    """Access to medicines first, then prevention, then harm reduction: by Enter only, the focus stays in reach."""
    ranking = page.locator(".st-key-q_invest_rank .rk")
    ranking.locator("[data-focus=add-prev]").focus()
    page.keyboard.press("Enter")
    expect(ranking.locator("[data-focus=out-prev]")).to_be_focused()
    for item in ("hr", "meds"):
        ranking.locator(f"[data-focus=add-{item}]").focus()
        page.keyboard.press("Enter")
        expect(ranking.locator(f"[data-focus=out-{item}]")).to_be_focused()
    up = ranking.locator("[data-focus=up-meds]")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(ranking.locator("[data-focus=down-meds]")).to_be_focused()
    expect(ranking.locator("ol .t")).to_have_text(
        [choice_words("invest_rank", item, "ar") for item in ("meds", "prev", "hr")]
    )
    expect(ranking.locator(".live")).not_to_be_empty()


def find_the_answers_again(page: Page, code: str) -> None:
    """The code, typed carelessly, opens what was saved; nothing of it is lost."""
    form = Hands(page, "ar")
    page.locator(".st-key-typed-code input").fill(look_alike(code))
    page.locator(".st-key-typed-code input").blur()
    page.locator(".st-key-open-code button").click()
    form.box("barriers").wait_for()
    expect(form.option("serv_hr", "1").locator("input")).to_be_checked()
    expect(page.locator(".st-key-q_barriers__stigma input")).to_be_checked()
    expect(page.locator(".st-key-q_invest_rank ol .t")).to_have_text(
        [choice_words("invest_rank", item, "ar") for item in ("meds", "prev", "hr")]
    )
    form.go_back("box_prio_1")
    expect(form.option("prog_c04", "5").locator("input")).to_be_checked()
    expect(form.option("prio_3", "c10").locator("input")).to_be_checked()
    form.go_back("box_org_name")
    expect(page.locator(".st-key-q_org_name input")).to_have_value(ORGANISATION)
    expect(page.locator(".st-key-q_country input")).to_have_value(choice_words("country", "KEN", "ar"))
    for name in ("box_prio_1", "box_barriers", "box_part_done"):
        form.go_on(name)


def answer_the_rest(page: Page, folder: Path) -> None:
    """Sections 4 to 8, with a success story and its evidence."""
    form = Hands(page, "ar")
    form.choose("part_nat", "2")
    form.choose("part_done", "yes")
    form.tick("part_process", "natstrat", "cnd")
    form.go_on("box_pos_oviedo")
    form.choose("pos_africa", "heard")
    expect(form.box("pos_ap")).to_have_count(0)
    form.go_on("box_finding")
    form.write("finding", FINDING)
    form.write("recommendation", RECOMMENDATION)
    form.choose("rec_challenge", "c06")
    form.write("action_local", "فتح مركز مسائي في كل حي.")
    form.go_on("box_story_yes")
    form.choose("story_yes", "yes")
    form.write("story_title", "مركز الحي")
    form.write("story_text", "افتتحنا مركزًا مع السكان فزاد عدد الزوار.")
    form.choose("story_evidence", "mon")
    upload(page, folder)
    form.go_on("box_comments")
    form.write("contact_email", "amal@example.org")
    form.go_on("submit")


def upload(page: Page, folder: Path) -> None:
    """A file over the limit is refused in words, a small one is kept."""
    box = page.locator(".st-key-q_story_file .up")
    large, small = folder / "large.pdf", folder / "evidence.pdf"
    large.write_bytes(PDF + b"0" * 2_000_001)
    small.write_bytes(PDF)
    box.locator("input[type=file]").set_input_files(large)
    expect(box.locator(".bad")).to_contain_text("2")
    refused = box.locator(".bad").inner_text()
    assert any("\u0600" <= letter <= "\u06ff" for letter in refused)
    assert "too large" not in refused
    box.locator("input[type=file]").set_input_files(small)
    expect(box.locator(".file")).to_contain_text("evidence.pdf")
    expect(page.locator(".st-key-q_story_title input")).to_have_value("مركز الحي")


def send_twice_at_once(page: Page) -> None:
    """A double click on the review page; the receipt comes."""
    expect(page.locator(".sd-issue")).to_have_count(0)
    page.locator(".st-key-submit button").dblclick()
    page.locator(".sd-buttons form").first.wait_for()


def keep_the_copy(page: Page, app: RunningApp) -> None:
    """The receipt has reference and zone; both copies hold the answers, and only the respondent's have the e-mail."""
    found = rows(app, "select reference, answers, submission from responses where submission like ?", f"%{FINDING}%")
    reference, _answers, kept = found[0]
    expect(page.locator(".sd-box .sd-code").first).to_have_text(str(reference))
    expect(page.locator(".sd-box").first).to_contain_text("UTC")
    as_page = downloaded(page, page.locator("form[action$=html] button")).decode()
    assert '<html lang="ar" dir="rtl">' in as_page
    for words in (str(reference), ORGANISATION, OTHER_FIELD, FINDING, choice_words("prio_1", "c06", "ar")):
        assert words in as_page
    copy = json.loads(downloaded(page, page.locator("form[action$=json] button")))
    answers = {entry["question"]: entry["answer"] for entry in copy["answers"]}
    assert (answers["country"], answers["prio_1"], answers["prio_3"]) == ("KEN", "c06", "c10")
    assert answers["fields"] == ["prev", "hr", "other"]
    assert answers["invest_rank"] == ["meds", "prev", "hr"]
    assert answers["finding"] == FINDING
    assert answers["contact_email"] == "amal@example.org"
    assert "amal@example.org" not in str(kept)
    assert copy["late"] is True


def open_page(page: Page, name: str) -> None:
    """A page of the menu."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def choose_in(page: Page, key: str, words: str) -> None:
    """An entry of a menu is chosen by typing its words."""
    field = page.locator(f".st-key-{key} input").first
    field.click()
    field.fill(words)
    page.get_by_role("option", name=words, exact=True).click()


def search_in(page: Page, question: str, words: str) -> Locator:
    """The one answer to a text question in which these words occur."""
    card = page.locator(f".st-key-card_{question}")
    # while a section is drawn the fields of the one before can stand beside the new ones: wait for the end of that
    expect(card).to_be_visible()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(card.locator("input")).to_have_count(1)
    expect(card.locator("input")).to_have_value("")
    card.locator("input").fill(words)
    card.locator("input").press("Enter")
    expect(card.locator("blockquote")).to_have_count(1)
    return card.locator("blockquote")


def find_the_reply(page: Page, replies: int) -> None:
    """The new answer stands among the texts, by its words and by its organisation; the region card counts it."""
    open_page(page, "Questions")
    choose_in(page, "section", "Your organisation")
    expect(page.locator(".st-key-card_region")).to_contain_text(f"{replies}")
    expect(search_in(page, "org_name", "7431")).to_contain_text(ORGANISATION)
    choose_in(page, "section", "The way forward to 2029")
    found = search_in(page, "finding", "7431")
    expect(found).to_contain_text(FINDING)
    expect(found.locator("[lang]")).to_have_attribute("lang", "ar")


def filter_and_take_away(page: Page, app: RunningApp) -> None:
    """Only one region is in view; the card and its files agree with the database."""
    choose_in(page, "section", "Progress on the challenges of the 2019 Ministerial Declaration")
    choose_in(page, "filter_region", "Sub-Saharan Africa")
    page.keyboard.press("Escape")
    card = page.locator(".st-key-card_prio_1")
    asked = number(
        app,
        "select count(*) from responses where status = 'submitted' and json_extract(submission, '$.region') = 'ssa' "
        "and json_extract(submission, '$.prio_1') is not null",
    )
    expect(card.locator(".sd-muted").first).to_contain_text(f"n = {asked}")
    # while a card is drawn again its old chart stands beside the new one: wait for the end of that first
    expect(card.locator(".js-plotly-plot")).to_have_count(1)
    expect(card.locator(".js-plotly-plot")).to_be_visible()
    card.get_by_role("button", name="Take away").click()
    link = page.locator("a.sd-download:visible")
    picture = downloaded(page, link.get_by_text("PNG", exact=True).first)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    drawing = ElementTree.fromstring(downloaded(page, link.get_by_text("SVG", exact=True).first))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Sub-Saharan Africa" in "".join(drawing.itertext())
    table = downloaded(page, link.get_by_text("CSV", exact=True)).decode("utf-8-sig")
    counted = number(
        app,
        "select count(*) from responses where status = 'submitted' and json_extract(submission, '$.region') = 'ssa' "
        "and json_extract(submission, '$.prio_1') = 'c06'",
    )
    page.keyboard.press("Escape")
    line = next(line for line in table.splitlines() if choice_words("prio_1", "c06", "en") in line)
    assert str(counted) in line.split(",")
    page.locator(".st-key-filter_region").get_by_role("button", name="Clear").first.click()
    expect(card.locator(".sd-muted").first).not_to_contain_text(f"n = {asked}")


def check_the_deck(page: Page, app: RunningApp) -> None:
    """Every bar of the first priority on its slide is what SQL counts; what is too small, or tells it, is hidden."""
    open_page(page, "Take away")
    deck = Presentation(BytesIO(downloaded(page, page.get_by_role("link", name="Presentation"))))
    title = question_words("prio_1", "en")
    told = [(slide, [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]) for slide in deck.slides]
    slide = next(slide for slide, texts in told if any(text.startswith(title) for text in texts))
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    counted = rows(
        app,
        "select json_extract(submission, '$.prio_1') as code, count(*) from responses "
        "where status = 'submitted' and code is not null group by code",
    )
    counts = {str(code): int(str(count)) for code, count in counted}
    total = sum(counts.values())
    expected = {choice_words("prio_1", code, "en"): round(count / total, 4) for code, count in counts.items()}
    small = {choice_words("prio_1", code, "en") for code, count in counts.items() if count < THRESHOLD}
    bars = list(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    hidden = {str(label).removesuffix(" ([c])") for label, share in bars if share is None}
    assert {str(label): round(share, 4) for label, share in bars if share is not None} == {
        words: share for words, share in expected.items() if words not in hidden
    }
    assert small <= hidden < expected.keys()
    assert len(hidden) != 1  # with n and the others it could be worked out
    written = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert f"n\u00a0=\u00a0{total}" in written
    assert "invented" in written


def keep_and_recommend(page: Page) -> None:
    """A finding is kept at its card and a recommendation stands on it."""
    open_page(page, "Questions")
    choose_in(page, "section", "Progress on the challenges of the 2019 Ministerial Declaration")
    page.locator(".st-key-keep_prio_1 button").first.click()
    field = page.locator(".st-key-statement_prio_1 textarea")
    field.fill(STATEMENT)
    field.blur()
    page.locator(".st-key-keep_button_prio_1 button").click()
    expect(page.get_by_text("Kept. You find it under Recommendations.")).to_be_visible()
    page.keyboard.press("Escape")
    open_page(page, "Recommendations")
    expect(page.get_by_text(STATEMENT).first).to_be_visible()
    form = page.locator("[data-testid=stForm]").filter(has=page.get_by_role("combobox", name="Findings behind it")).last
    form.get_by_label("Recommendation", exact=True).fill(ADVICE)
    form.get_by_role("combobox", name="Findings behind it").click()
    form.get_by_role("combobox", name="Findings behind it").fill("Health")
    page.get_by_role("option", name=STATEMENT).click()
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem").filter(has_text=STATEMENT)).to_be_visible()
    expect(page.get_by_text(ADVICE).first).to_be_visible()


def go_through_the_meeting(page: Page) -> None:
    """Finding with its chart, recommendation, and back, by the arrow keys."""
    page.get_by_role("link", name="Meeting", exact=True).click()
    picture = page.locator("img.sd-slide")
    expect(picture).to_be_visible()
    assert STATEMENT in str(picture.get_attribute("alt"))
    page.locator("body").press("ArrowRight")
    expect(page.get_by_role("heading", name=ADVICE)).to_be_visible()
    expect(page.locator(".sd-behind")).to_contain_text(STATEMENT)
    page.locator("body").press("ArrowLeft")
    expect(picture).to_be_visible()


def wait_until_saved(app: RunningApp, question: str, answer: str) -> None:
    """The draft in the database has this answer."""
    until = time.monotonic() + 15
    while (answer,) not in rows(
        app, "select json_extract(answers, ?) from responses where status = 'draft'", f"$.{question}"
    ):
        assert time.monotonic() < until, f"{question} was not saved"
        time.sleep(0.1)


def test_a_killed_server_takes_nothing_that_was_saved(app: RunningApp, reader: Reader, watch: Watch) -> None:
    page = reader(width=390, locale="en-GB")
    page.goto(f"{app.url}/respond?c={demo.SLUG}&lang=en")
    form = Hands(page, "en")
    form.begin()
    form.consent()
    form.organisation("Harbour Light 8820", other_field="Community radio")
    form.go_on("box_prio_1")
    form.choose("prio_1", "c09")

    watch.server_is_down = True
    app.kill()
    app.start()
    page.reload()
    form.box("org_name").or_(form.box("prio_1")).first.wait_for(timeout=30_000)
    if form.box("prio_1").is_visible():  # what the page sent when it was left came before the new one asked
        expect(form.option("prio_1", "c09").locator("input")).to_be_checked()
        form.go_back("box_org_name")
    watch.server_is_down = False
    expect(page.locator(".st-key-q_org_name input")).to_have_value("Harbour Light 8820")
    expect(page.locator(".st-key-q_fields_other input")).to_have_value("Community radio")
    form.go_on("box_prio_1")
    form.choose("prio_1", "c09")
    form.go_on("box_barriers")
    assert watch.faults == []


def test_what_is_typed_is_saved_while_its_writer_types_on(app: RunningApp, reader: Reader, watch: Watch) -> None:
    page = reader(width=390, locale="en-GB")
    page.clock.install()
    page.goto(f"{app.url}/respond?c={demo.SLUG}&lang=en")
    form = Hands(page, "en")
    form.begin()
    form.consent()
    form.write("org_name", "Harbour Light 8822")
    writing = page.locator(".st-key-q_work_how textarea")
    writing.press_sequentially("We sing")
    page.clock.fast_forward(AUTOSAVE_SECONDS * 1000)
    wait_until_saved(app, "org_name", "Harbour Light 8822")
    writing.press_sequentially(" together")
    expect(writing).to_have_value("We sing together")
    page.clock.fast_forward(AUTOSAVE_SECONDS * 1000)
    expect(writing).to_be_focused()
    assert watch.faults == []


@pytest.mark.long
def test_an_open_page_goes_on_by_itself_after_the_server_came_back(
    app: RunningApp, reader: Reader, watch: Watch
) -> None:
    page = reader(width=390, locale="en-GB")
    page.goto(f"{app.url}/respond?c={demo.SLUG}&lang=en")
    form = Hands(page, "en")
    form.begin()
    form.consent()
    form.write("org_name", "Harbour Light 8821")
    form.choose("region", "ssa")
    form.choose("org_type", "other")
    form.box("org_type_other").wait_for()
    wait_until_saved(app, "org_type", "other")

    watch.server_is_down = True
    app.kill()
    frames: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    app.start()
    form.box("org_type_other").wait_for()
    expect(page.locator(".st-key-q_org_name input")).to_be_enabled(timeout=30_000)
    # the first run of the new session shows what is stored; what is pressed before its end would be undone by it
    while not frames:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_500)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)
    watch.server_is_down = False
    expect(page.locator(".st-key-q_org_name input")).to_have_value("Harbour Light 8821")
    expect(form.option("region", "ssa").locator("input")).to_be_checked()
    form.organisation("Harbour Light 8821", other_field="Community radio")
    form.go_on("box_prio_1")
    kept = rows(app, "select json_extract(answers, '$.org_type') from responses where status = 'draft'")
    assert kept == [("cbo",)]
    assert watch.faults == []
