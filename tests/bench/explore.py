"""`python -m tests.bench.explore`: Overview and Questions over 100,000 replies, as a reader in a browser has them.

The replies of the demonstration are multiplied in the database: open answers are written anew of each other's phrases,
every twentieth reply has copied letters, names are numbered. Then the app is started for each reader, and Chromium
visits it.
`--database FILE` keeps the database, and takes one that is there.

Of each step: seconds until the page shows anything, until its menus can be used, until the first card and until all
cards and badges are there; the longest run of a script by the clock and on the processor (a click waits so long), and
the longest time in which the whole process stood still.
"""

import argparse
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from analysis.dataset import kept
from data import schema
from data.records import EVERYTHING
from data.settings import Settings
from data.store import Store, open_store
from survey import consultations, demo, people, published_forms
from survey.access import OPERATOR
from survey.questionnaire import Kind
from tests.browser.running import ARGUMENTS, NO_CHROMIUM, RunningApp, chromium

REPLIES = 100_000
BATCH = 5_000
COPIED = 20
"""One reply in so many has copied letters."""
LETTERS = 10
READERS = {"demo-secretariat": "analyst", "demo-report-writer": "report writer"}
LIMIT_MS = 300_000
WIDTH, HEIGHT = 1280, 900


def multiplied(database: Path, size: int) -> Store:
    """A store with so many replies to the demonstration's questionnaire; the same at every call."""
    store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
    demo.load(store, actor=OPERATOR, now=datetime.now(UTC))
    consultation = consultations.find(store, demo.SLUG)
    with store.read() as reading:
        there = reading.data_revision(consultation.id)[0]
    if there >= size:
        return store
    form = published_forms.questionnaire(store, consultation)
    texts = [each.name for each in form.questions() if each.kind is Kind.TEXT and each.name != "org_name"]
    with store.read() as reading:
        table = schema.responses
        query = select(table).where(table.c.consultation_id == consultation.id).order_by(table.c.id)
        models = [dict(row) for row in reading._connection.execute(query).mappings()]
    writer = _Writer(texts, [(each["language"], each["submission"]) for each in models])
    for start in range(there, size, BATCH):
        rows = [
            _reply(models[number % len(models)], number, writer) for number in range(start, min(start + BATCH, size))
        ]
        with store.write(takes_long=True) as writing:
            writing._connection.execute(schema.responses.insert(), rows)
    return store


class _Writer:
    """Writes open answers anew, of phrases of other answers to the same question in the same language."""

    def __init__(self, questions: Sequence[str], replies: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        self._phrases: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._letters: defaultdict[str, list[str]] = defaultdict(list)
        self._questions = questions
        for language, answers in replies:
            for name in questions:
                text = str(answers.get(name, ""))
                self._phrases[name, language] += _phrases(text)
                if len(text) > 120 and len(self._letters[name]) < LETTERS:
                    self._letters[name].append(text)

    def written(self, answers: Mapping[str, Any], language: str, number: int) -> dict[str, Any]:
        """The answers with other words."""
        draw, found = random.Random(number), dict(answers)
        for name in self._questions:
            if name not in answers:
                continue
            letters, own = self._letters[name], _phrases(str(answers[name]))
            if number % COPIED == 0 and letters:
                words = draw.choice(letters).split(" ")
                words[draw.randrange(len(words))] = str(number)
                found[name] = " ".join(words)
            else:
                found[name] = "".join(draw.choices(self._phrases[name, language], k=len(own)))
        if "org_name" in found:
            found["org_name"] = f"{found['org_name']} {number}"
        return found


def _phrases(text: str) -> list[str]:
    """Three words at a time, or six signs where words have no spaces between them."""
    words = text.split(" ")
    if len(words) > len(text) / 12:
        return [" ".join(words[start : start + 3]) + " " for start in range(0, len(words), 3)]
    return [text[start : start + 6] for start in range(0, len(text), 6)]


def _reply(model: Mapping[str, Any], number: int, writer: _Writer) -> dict[str, Any]:
    later = timedelta(seconds=number)
    return {
        **{name: value for name, value in model.items() if name not in ("id", "salt")},
        "reference": f"L-{number}",
        "code_hash": str(number),
        "invitation_id": None,
        "updated_at": model["updated_at"] + later,
        "submitted_at": model["submitted_at"] + later,
        "answers": {},
        "submission": writer.written(model["submission"], model["language"], number),
        "salt": uuid4().hex,
    }


@dataclass(slots=True)
class Step:
    """What one step took, in seconds; None for what it does not have."""

    name: str
    shown: float | None = None
    usable: float | None = None
    first: float | None = None
    all: float | None = None
    badges: float | None = None
    runs: list[tuple[float, float]] = field(default_factory=list)
    stalled: float = 0.0

    def line(self, reader: str) -> str:
        """A row of the table."""
        times = [self.shown, self.usable, self.first, self.all, self.badges]
        cells = ["–" if each is None else f"{each:.1f} s" for each in times]
        longest = max((run[0] for run in self.runs), default=0.0), max((run[1] for run in self.runs), default=0.0)
        cells += [f"{longest[0]:.2f} s", f"{longest[1]:.2f} s", f"{self.stalled:.2f} s"]
        return f"| {reader} | {self.name} | " + " | ".join(cells) + " |"


HEAD = (
    "| reader | step | anything shown | usable | first card | all cards | badges "
    "| longest run | of the processor | standstill |\n" + "|---" * 10 + "|"
)
_AT_REST = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"


class Visit:
    """A reader's window, and what the server wrote down meanwhile."""

    def __init__(self, page: Page, app: RunningApp, log: Path) -> None:
        self.page, self._app, self._log = page, app, log
        self._read = 0
        self._begun = 0.0

    def begin(self, name: str) -> Step:
        self._lines()
        self._begun = time.perf_counter()
        return Step(name)

    def spent(self) -> float:
        return time.perf_counter() - self._begun

    def until(self, condition: str) -> float:
        """Seconds until an expression is true on the page."""
        self.page.wait_for_function(condition, timeout=LIMIT_MS, polling=50)
        return self.spent()

    def end(self, step: Step) -> Step:
        for line in self._lines():
            if "stalled" in line:
                step.stalled = max(step.stalled, line["stalled"])
            else:
                step.runs.append((line["seconds"], line["processor"]))
        return step

    def _lines(self) -> list[dict[str, Any]]:
        text = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
        new, self._read = text[self._read :], len(text)
        return [json.loads(line) for line in new.splitlines()]

    # what a page has

    WORDS = "document.querySelector('[data-testid=stMain]')?.innerText.trim().length > 40"
    FIRST = "document.querySelector('[class*=st-key-card_] .main-svg, [class*=st-key-card_] .sd-quotes')"
    ALL = f"{_AT_REST} && {FIRST} && !document.querySelector('.sd-progress')"
    BADGES = f"{ALL} && !document.body.innerText.includes('being worked out')"

    def cards(self, step: Step, usable: str) -> Step:
        """The step as far as its badges."""
        step.usable = self.until(usable)
        step.first = self.until(self.FIRST)
        step.all = self.until(self.ALL)
        step.badges = self.until(self.BADGES)
        return self.end(step)

    def choose(self, key: str, words: str) -> None:
        """An option of a menu is chosen by hand."""
        entry = self.page.locator(f".st-key-{key} input").first
        entry.click()
        entry.fill(words)
        self.page.get_by_role("option", name=words).first.click()


def steps(visit: Visit, url: str, *, internal: bool) -> Iterator[Step]:
    """What a reader does, one after the other."""
    page = visit.page
    step = visit.begin("opens Overview")
    page.goto(f"{url}/overview?lang=en", wait_until="commit")
    step.shown = visit.until(Visit.WORDS)
    step.usable = visit.until("document.querySelector('.sd-tiles')")
    step.first = visit.until("document.querySelector('[class*=st-key-card_] .main-svg')")
    step.all = visit.until(
        f"{_AT_REST} && document.querySelector('.sd-findings') && !document.querySelector('.sd-progress')"
    )
    yield visit.end(step)
    step = visit.begin("opens Questions")
    page.goto(f"{url}/explore?lang=en", wait_until="commit")
    step.shown = visit.until(Visit.WORDS)
    yield visit.cards(step, "document.querySelector('.st-key-section input')")
    step = visit.begin("filters by a region")
    visit.choose("filter_region", "Africa")
    yield visit.cards(step, "document.querySelector('.st-key-chips')")
    step = visit.begin("clears the filter")
    page.locator(".st-key-chips-clear button").click()
    yield visit.cards(step, "!document.querySelector('.st-key-chips')")
    step = visit.begin("compares by type of organisation")
    visit.choose("compare", "Type of organisation")
    yield visit.cards(step, "new URL(location).searchParams.get('by')")
    step = visit.begin("compares by region instead")
    visit.choose("compare", "Region")
    yield visit.cards(step, "new URL(location).searchParams.get('by') === 'region'")
    step = visit.begin("no comparison, section of open answers")
    visit.choose("compare", "no comparison")
    visit.until("!new URL(location).searchParams.get('by')")
    visit.choose("section", "The way forward")
    yield visit.cards(step, "document.querySelector('.st-key-card_finding')")
    step = visit.begin("searches the open answers")
    page.locator(".st-key-search_finding input").fill("community")
    page.keyboard.press("Enter")
    yield visit.cards(step, "true")
    if internal:
        step = visit.begin("weighs to the contact list")
        visit.choose("method_weights", "contact")
        yield visit.cards(step, "new URL(location).searchParams.get('weights')")
    step = visit.begin("opens Questions once more")
    page.goto(f"{url}/explore?lang=en", wait_until="commit")
    step.shown = visit.until(Visit.WORDS)
    yield visit.cards(step, "document.querySelector('.st-key-section input')")


def measured(database: Path, browser: Browser, login: str, port: int) -> None:
    """The table's rows of one reader, in a process of their own."""
    reader, log = READERS[login], database.with_suffix(f".{login}.runs")
    log.unlink(missing_ok=True)
    app = RunningApp(database, program=("-m", "tests.bench.watched", str(log)), port=port, rate_limits="false")
    try:
        app.start()
        settings = Settings(database_url=f"sqlite:///{database}")
        store = open_store(settings)
        token = people.sign_in_demo(store, login, demo=True, now=datetime.now(UTC), hours=2)
        store.close()
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en", bypass_csp=True)
        context.add_cookies([{"name": settings.session_cookie, "value": token, "url": app.url}])
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        visit = Visit(page, app, log)
        for step in steps(visit, app.url, internal=login == "demo-secretariat"):
            print(step.line(reader), flush=True)
        context.close()
        process = psutil.Process(app.process_id)
        held, spent = process.memory_info().rss / 2**20, sum(process.cpu_times()[:2])
        print(f"\n{reader}: {held:,.0f} MB in memory at the end, {spent:.0f} s of the processor\n", flush=True)
    finally:
        app.stop()


def main(argv: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.explore", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--replies", type=int, default=REPLIES)
    parser.add_argument("--database", type=Path, metavar="FILE", help="keep the database, and take one that is there")
    parser.add_argument("--port", type=int, default=0, help="of the app (default: a free one)")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    chosen = parser.parse_args(argv)
    path = chromium()
    if path is None:
        raise SystemExit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory() as folder:
        database = (chosen.database or Path(folder) / "large.db").absolute()
        begun = time.perf_counter()
        store = multiplied(database, chosen.replies)
        consultation = consultations.find(store, demo.SLUG)
        print(f"{chosen.replies:,} replies in the database after {time.perf_counter() - begun:.0f} s", flush=True)
        begun = time.perf_counter()
        kept.current(store, consultation, EVERYTHING)  # writes the file of columns, where there is none
        print(f"read in {time.perf_counter() - begun:.1f} s", flush=True)
        kept.forget()
        store.close()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            print(HEAD, flush=True)
            for login in chosen.readers:
                measured(database, browser, login, chosen.port)
            browser.close()


if __name__ == "__main__":
    main()
