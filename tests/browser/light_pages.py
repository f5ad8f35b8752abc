"""A way through every page of the light form, for tests that look at all of them.

What an author or a respondent wrote stands between ‹ and ›, as in `tests.browser.everything`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from data.records import ConsultationStatus
from data.settings import Settings
from data.store import Store, open_store
from survey import consultation_rules, consultations, invitations, links, outcomes, publications, responses, saving
from survey.access import OPERATOR
from survey.translator import LANGUAGES
from survey.xlsform.sheets import from_markdown
from tests.browser import everything
from tests.browser.running import RunningApp

TITLE = {"en": "‹Short›", "ar": "‹قصير›", "fr": "‹Court›", "es": "‹Corto›", "ru": "‹Кратко›", "zh": "‹短›"}
SHORT = """| survey |
| | type | name | label::English (en) | label::العربية (ar) | required | calculation | readonly | constraint |
| | begin group | s0 | ‹Before you start› | ‹قبل البدء› | | | |
| | select_one consent | consent | ‹Do you agree?› | ‹هل توافق؟› | yes | | |
| | end group | | | | | | |
| | begin group | s1 | ‹About you› | ‹عنك› | | | |
| | text | org_name | ‹Organisation› | ‹المنظمة› | yes | | | string-length(.) > 1 |
| | select_one consent | opens | ‹Have you more to say?› | ‹هل لديك المزيد؟› | | | |
| | text | upper | ‹As we read it› | ‹كما نقرؤه› | | ${org_name} | yes |
| | end group | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::العربية (ar) |
| | consent | agree | ‹I agree› | ‹أوافق› |
| | consent | decline | ‹I do not agree› | ‹لا أوافق› |
"""
FILLED = {"consent": "agree", "org_name": "‹Southern Cross›"}
FRAMES = (
    "start",
    "start too fast",
    "not to be written",
    "start of an invited organisation",
    "closed",
    "not open yet",
    "unknown code",
    "unknown consultation",
    "link that is not valid",
    "file that is too large",
    "file kept",
    "code just given",
    "declined",
    "read only",
    "opened more",
    "section that was not kept",
    "too many at once",
    "changed elsewhere",
    "new version",
    "repeat with two",
    "repeat with messages",
    "review with open points",
    "review that was not sent",
    "code and link",
    "colleagues",
    "colleague invited",
    "receipt",
    "receipt with an outcome",
    "withdrawal without its box",
    "correction",
    "correction, last look",
    "withdrawn",
)
"""Every page around the sections, in the order of `frames`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A running app with consultations that are open, closed, not open yet, moved and decided.

    token  of the link of an invited organisation
    moved  language -> code of a draft that was begun with an older version
    """

    app: RunningApp
    token: str
    moved: Mapping[str, str]

    def address(self, code: str = "", place: str = "", *, slug: str = everything.SLUG, language: str = "en") -> str:
        """Where a page of the light form is."""
        return (
            f"{self.app.url}/f/{slug}?lang={language}" + (f"&r={code}" if code else "") + (f"&s={place}" * bool(place))
        )

    def draft(self, answers: Mapping[str, object], *, slug: str, language: str, send: bool = False) -> str:
        """The code of a new response with these answers."""
        store = open_store(Settings(database_url=f"sqlite:///{self.app.database}"))
        now = datetime.now(UTC)
        try:
            code = responses.begin(store, slug, language=language, channel="light", now=now)
            saving.save(store, code, answers, seen={}, section="", language=language, now=now)
            if send:
                responses.submit(store, code, now=now)
        finally:
            store.close()
        return code

    def submission(self, code: str) -> Mapping[str, object]:
        """What was sent."""
        store = open_store(Settings(database_url=f"sqlite:///{self.app.database}"))
        try:
            return responses.reopen(store, code, now=datetime.now(UTC)).response.submission
        finally:
            store.close()

    def sent(self, language: str) -> str:
        """The code of a response to everything, sent."""
        return self.draft(everything.ANSWERS, slug=everything.SLUG, language=language, send=True)


def prepare(app: RunningApp, *, languages: Sequence[str] = tuple(LANGUAGES)) -> Light:
    """The consultations are in the database of an app that has not started yet."""
    database = app.database
    everything.prepare(database, replies=1, languages=languages)
    store = open_store(Settings(database_url=f"sqlite:///{database}"))
    now = datetime.now(UTC)
    try:
        form = everything.translated(SHORT, languages)
        for slug, opens_at in (
            ("short", None),
            ("closed", None),
            ("later", now + timedelta(days=400)),
            ("moved", None),
        ):
            publications.publish(
                store,
                from_markdown(form),
                slug=slug,
                title=TITLE,
                actor=OPERATOR,
                now=now,
                opens_at=opens_at,
                fictional=slug == "short",
            )
        consultations.set_status(store, "closed", ConsultationStatus.CLOSED, actor=OPERATOR, now=now)
        until = (now + timedelta(days=300)).date().isoformat()
        rules = {"corrections_until": until, "visible_until": until, "zone": "Africa/Nairobi"}
        consultation_rules.set_policies(store, "short", rules, actor=OPERATOR, now=now)
        consultation_rules.set_policies(store, everything.SLUG, rules, actor=OPERATOR, now=now)
        words = dict.fromkeys(languages, "‹The report names your answer.›")
        outcomes.write_outcome(
            store, "short", words=words, link="https://example.org/report", on="2027-01-31", actor=OPERATOR, now=now
        )
        return Light(app=app, token=_invited(store, now), moved=_moved(store, now, form, languages))
    finally:
        store.close()


def _moved(store: Store, now: datetime, form: str, languages: Sequence[str]) -> Mapping[str, str]:
    """Drafts in each language, begun before names had to be longer."""
    codes = {}
    for language in languages:
        code = codes[language] = responses.begin(store, "moved", language=language, channel="light", now=now)
        answers = {**FILLED, "opens": "agree"}
        saving.save(store, code, answers, seen={}, section="s1", language=language, now=now)
    newer = form.replace("string-length(.) > 1", "string-length(.) > 60")
    publications.publish(
        store, from_markdown(newer), slug="moved", title=TITLE, actor=OPERATOR, now=now, accept_changes=True
    )
    return codes


def _invited(store: Store, now: datetime) -> str:
    """The token of an organisation's link."""
    rows = [{"organisation": "‹Southern Cross›", "region": "", "language": "en"}]
    invitations.import_frame(store, "short", rows, actor=OPERATOR, now=now)
    return links.renew_link(store, "short", 1, actor=OPERATOR, now=now)


def sections(light: Light, page: Page, language: str) -> Iterator[str]:
    """Every section as it is asked and, where it has a question that must be answered, with its message."""
    code = everything.draft(light.app.database, everything.SECTIONS[0], language=language)
    for name in everything.SECTIONS:
        yield from section(light, page, language, name, code=code)


def section(light: Light, page: Page, language: str, name: str, *, code: str = "") -> Iterator[str]:
    """One section, then after a vain attempt to go on."""
    code = code or everything.draft(light.app.database, name, language=language)
    page.goto(light.address(code, name, language=language))
    expect(page.locator("#form")).to_be_visible()
    yield name
    if name in everything.REQUIRED:
        press(page, "next")
        expect(page.locator("#wrong")).to_be_focused()
        yield f"{name} with messages"


def press(page: Page, act: str) -> None:
    """The button that a person sees is pressed, and the next page is there."""
    with page.expect_navigation():
        page.locator(f"button[value='{act}']:not(.gone)").first.click()


def unfold(page: Page) -> None:
    """Everything that is folded up is open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def frames(light: Light, page: Page, language: str) -> Iterator[str]:
    """Every page around the sections, named as in FRAMES."""

    def go(code: str = "", place: str = "", slug: str = everything.SLUG, more: str = "") -> None:
        page.goto(light.address(code, place, slug=slug, language=language) + more)
        expect(page.locator("h1")).to_be_visible()

    go()
    yield "start"
    press(page, "begin")  # nobody reads the page so fast
    yield "start too fast"
    go()
    page.wait_for_timeout(1_100)
    with everything.locked(light.app.database):
        press(page, "begin")
    yield "not to be written"
    go(slug="short", more=f"&i={light.token}")
    yield "start of an invited organisation"
    go(slug="closed")
    yield "closed"
    go(slug="later")
    yield "not open yet"
    page.locator("#code").fill("WRNG-WRNG-WRNG")
    press(page, "open")
    yield "unknown code"
    go(slug="nothing-of-the-kind")
    yield "unknown consultation"
    go(slug="short", more="&i=WRNG-WRNG-WRNG")
    yield "link that is not valid"
    yield from _kept(light, page, language)
    go(light.draft({}, slug="short", language=language), "s0", slug="short", more="&new=1")
    yield "code just given"
    page.locator("input[name='q.consent'][value=decline]").check()
    press(page, "next")
    yield "declined"
    go(light.draft({"consent": "agree", "org_name": "‹Ours›"}, slug="short", language=language), "s1", slug="short")
    yield "read only"
    go(light.draft({}, slug="short", language=language), "s1", slug="short", more="&more=1")
    yield "opened more"
    yield from _busy(light, page, language)
    yield from _two_windows(light, page, language)
    yield from _repeated(light, page, language)
    go(light.draft({}, slug=everything.SLUG, language=language), "_review")
    yield "review with open points"
    press(page, "send")
    yield "review that was not sent"
    press(page, "later")
    yield "code and link"
    go(light.draft(FILLED, slug="short", language=language), "_colleagues", slug="short")
    yield "colleagues"
    page.locator("#name").fill("‹Amal›")
    press(page, "invite")
    expect(page.locator(".code")).to_be_visible()
    yield "colleague invited"
    yield from _afterwards(light, page, language)


def _kept(light: Light, page: Page, language: str) -> Iterator[str]:
    """The page of a file: one that is too large, one that is kept."""
    code = light.draft({}, slug=everything.SLUG, language=language)
    page.goto(light.address(code, "s_file", language=language))
    for size, name in ((1_200_000, "file that is too large"), (20, "file kept")):
        field = page.locator("input[type=file]")
        field.set_input_files({"name": "‹list.csv›", "mimeType": "text/csv", "buffer": b"a" * size})
        if name == "file kept":
            press(page, "next")
            page.goto(light.address(code, "s_file", language=language))
        yield name


_HURRY = """async () => {
  const form = document.getElementById('form');
  const again = () => fetch(form.action, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams({ act: 'later', r: form.elements.r.value }) });
  for (let turn = 0; turn < 25; turn += 1) await Promise.all(Array.from({ length: 10 }, again));
}"""
"""More than the server takes of one code in a minute."""


def _busy(light: Light, page: Page, language: str) -> Iterator[str]:
    """A section while the database takes nothing, and what a code is told that asks too often."""
    code = light.draft(FILLED, slug="short", language=language)
    page.goto(light.address(code, "s1", slug="short", language=language))
    page.locator("[name='q.org_name']").fill("‹Not kept›")
    with everything.locked(light.app.database):
        press(page, "next")
    expect(page.locator("#wrong")).to_be_visible()
    yield "section that was not kept"
    page.evaluate(_HURRY)
    press(page, "next")
    expect(page.locator("input[type=hidden][name='q.org_name']")).to_have_count(1)
    yield "too many at once"


def _two_windows(light: Light, page: Page, language: str) -> Iterator[str]:
    """An answer that was changed elsewhere meanwhile, and a questionnaire that was."""
    code = light.draft(FILLED, slug="short", language=language)
    page.goto(light.address(code, "s1", slug="short", language=language))
    other = page.context.new_page()
    other.goto(page.url)
    for window, name in ((other, "‹Second›"), (page, "‹Third›")):
        window.locator("[name='q.org_name']").fill(name)
        press(window, "next")
    other.close()
    expect(page.locator("#wrong")).to_be_visible()
    yield "changed elsewhere"
    page.goto(light.address(light.moved[language], "s1", slug="moved", language=language))
    expect(page.locator("button[value=read]")).to_be_visible()
    yield "new version"


def _repeated(light: Light, page: Page, language: str) -> Iterator[str]:
    """A repeat with two instances, then with what is missing."""
    code = light.draft({}, slug=everything.SLUG, language=language)
    page.goto(light.address(code, "s_repeat", language=language))
    press(page, "add:0:s_repeat")
    expect(page.locator(".instance")).to_have_count(2)
    yield "repeat with two"
    press(page, "next")
    yield "repeat with messages"


def _afterwards(light: Light, page: Page, language: str) -> Iterator[str]:
    """The receipt and what may be done after it."""
    page.goto(light.address(light.sent(language), language=language))
    expect(page.locator("#sent")).to_be_visible()
    yield "receipt"
    code = light.draft(FILLED, slug="short", language=language, send=True)
    page.goto(light.address(code, slug="short", language=language))
    expect(page.locator("a[href='https://example.org/report']")).to_be_visible()
    yield "receipt with an outcome"
    unfold(page)
    press(page, "withdraw")
    expect(page.locator("#wrong")).to_be_focused()
    yield "withdrawal without its box"
    press(page, "correct")
    yield "correction"
    page.goto(light.address(code, "_review", slug="short", language=language))
    yield "correction, last look"
    press(page, "drop-correction")
    unfold(page)
    page.locator("input[name=sure]").check()
    press(page, "withdraw")
    yield "withdrawn"
