"""No page says a word that was not handed to a translator: the app in a language of marks, see `tests.browser.pseudo`.

What stays English is written down, with its reason, in docs/accessibility.md; an exception that nothing needs any more
is found too.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import everything, light_pages
from tests.browser.running import ROOT, RunningApp
from tests.browser.visible import strays

pytestmark = [pytest.mark.browser, pytest.mark.long]
_ROW = re.compile(r"^\| `(.+?)` \| (respondents|staff|all) \| (.+) \|$", re.MULTILINE)
LIBRARY = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "survey" / "library").glob("*.md"))
"""Questions of the library, which are content."""


def exceptions(reader: str) -> list[str]:
    """The patterns of words that may stand unmarked on the pages of respondents or staff."""
    text = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    return [pattern.replace("\\|", "|") for pattern, who, _ in _ROW.findall(text) if who in (reader, "all")]


@pytest.fixture
def pseudo(tmp_path: Path) -> Iterator[tuple[RunningApp, str]]:
    """The marked app, and the code of a reply that was sent."""
    database = tmp_path / "pseudo.db"
    sent = everything.prepare(database)
    app = RunningApp(database, program=("-m", "tests.browser.pseudo"), demo="false")
    app.start()
    yield app, sent
    app.stop()


def unmarked(page: Page, name: str, allowed: list[str], used: set[str]) -> list[str]:
    """What the page says without a mark and without an exception."""
    found = []
    for kind, words, place in sorted(strays(page)):
        fitting = {pattern for pattern in allowed if re.fullmatch(pattern, words)}
        used |= fitting
        if not fitting and words not in LIBRARY:
            found.append(f"{name}: {kind} {words!r} in {place}")
    return found


def test_respondents_read_nothing_untranslated(pseudo: tuple[RunningApp, str], reader: Callable[..., Page]) -> None:
    app, sent = pseudo
    page = reader(width=1280, locale="fr")
    allowed, used, found = exceptions("respondents"), set[str](), []
    seen = 0
    for pages in (everything.frames(app, page, "en", sent), everything.sections(app, page, "en")):
        for name in pages:
            assert "⟦" in page.locator("body").inner_text(), name
            found += unmarked(page, name, allowed, used)
            seen += 1
    assert found == [], "\n".join(found)
    assert seen == len(everything.SECTIONS) + len(everything.REQUIRED) + len(everything.FRAMES)
    assert set(allowed) - used == set()


def test_respondents_read_nothing_untranslated_in_the_light_form(tmp_path: Path, reader: Callable[..., Page]) -> None:
    app = RunningApp(tmp_path / "light.db", program=("-m", "tests.browser.pseudo"), demo="false", upload_limit_mb="1")
    light = light_pages.prepare(app, languages=("en", "ar"))
    app.start()
    page = reader(width=1280, locale="fr")
    # A file of text that is called ‹list.csv› is kept as ‹list.csv›.txt.
    allowed, found, seen = [*exceptions("respondents"), r"\.txt"], [], list[str]()
    try:
        for pages in (light_pages.frames(light, page, "en"), light_pages.sections(light, page, "en")):
            for name in pages:
                light_pages.unfold(page)
                assert "⟦" in page.locator("body").inner_text(), name
                found += unmarked(page, name, allowed, set())
                seen.append(name)
    finally:
        app.stop()
    assert found == [], "\n".join(found)
    assert seen[: len(light_pages.FRAMES)] == list(light_pages.FRAMES)
    assert len(seen) == len(light_pages.FRAMES) + len(everything.SECTIONS) + len(everything.REQUIRED)


def test_staff_read_nothing_untranslated(pseudo: tuple[RunningApp, str], reader: Callable[..., Page]) -> None:
    app, _ = pseudo
    page = reader(width=1280, locale="fr")
    everything.enter(app, page)
    allowed, used, found = exceptions("staff"), set[str](), []
    for name in everything.staff_pages(app, page, "en"):
        found += unmarked(page, name, allowed, used)
    assert found == [], "\n".join(found)
    assert {pattern for pattern in allowed if pattern not in exceptions("respondents")} - used == set()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>⟦Go on⟧ ‹Question› 12</p>", set()),
        ("<p>⟦Keep <b>this</b> code⟧</p>", set()),
        ("<p>Go on</p>", {("text", "Go on", "p")}),
        ("<p>⟦Go⟧ on</p>", {("text", "on", "p")}),
        ("<p style='display:none'>Go on</p>", set()),
        ("<button aria-label='Open'>⟦x⟧</button>", {("aria-label", "Open", "button")}),
        ("<input placeholder='Choose' value='⟦x⟧'>", set()),
        ("<input placeholder='Choose'>", {("placeholder", "Choose", "input")}),
        ("<img alt='A chart'>", {("alt", "A chart", "img")}),
        ("<p aria-hidden='true' style='clip-path:inset(50%)'>Trap</p>", set()),
        ("<p style='clip-path:inset(50%)'>Only heard</p>", {("text", "Only heard", "p")}),
        ("<svg><text>Share</text></svg>", {("text", "Share", "text")}),
    ],
)
def test_an_unmarked_word_is_found(reader: Callable[..., Page], body: str, said: set[tuple[str, str, str]]) -> None:
    page = reader(width=400)
    page.set_content(f"<title>⟦T⟧</title><body>{body}</body>")
    assert strays(page) == said
