"""Another language is chosen: what is looked at stays, its words change, and the way back returns."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import everything
from tests.browser.doors import AppDoor
from tests.browser.running import RunningApp
from tests.browser.screenshots import become_administrator, rest

pytestmark = pytest.mark.browser
LINK = "explore?lang=en&section=s3&f=region:oce&by=region"
ENGLISH = {"section": "Services and rights", "compare": "Region", "method_weights": "Unweighted"}


def box(page: Page, key: str) -> Locator:
    """The field of a menu, which shows what is chosen."""
    return page.locator(f".st-key-{key} input").first


def looked_at(page: Page) -> dict[str, list[str]]:
    """What the address names."""
    return {name: sorted(values) for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_what_is_looked_at_stays_in_the_words_of_the_new_language(app: RunningApp, reader: Callable[..., Page]) -> None:
    page = reader(width=1280, locale="en")
    become_administrator(page, app)
    page.goto(f"{app.url}/{LINK}")
    for key, words in ENGLISH.items():
        expect(box(page, key)).to_have_value(words)
    rest(page)
    before, entries = looked_at(page), page.evaluate("history.length")
    box(page, "language-menu").click()
    page.get_by_role("option", name="Français", exact=True).click()
    expect(box(page, "compare")).to_have_value("Région")
    expect(box(page, "section")).to_have_value(re.compile("^Services et droits"))
    expect(box(page, "method_weights")).not_to_have_value("Unweighted")
    expect(page.locator(".st-key-filter_region")).to_contain_text("Océanie")
    rest(page)
    assert looked_at(page) == {**before, "lang": ["fr"]}
    assert page.evaluate("history.length") == entries + 1
    page.locator(".st-key-show-numbers label").first.click()  # the browser sends all that it holds
    expect(page).to_have_url(re.compile("numbers=1"))
    rest(page)
    assert looked_at(page) == {**before, "lang": ["fr"], "numbers": ["1"]}
    page.go_back()
    expect(page.locator(".st-key-show-numbers input")).not_to_be_checked()
    page.wait_for_timeout(3_000)  # until the cards are there, which ask for runs of their own
    rest(page)
    assert looked_at(page) == {**before, "lang": ["fr"]}
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    rest(page)
    assert looked_at(page) == before


def test_a_link_to_another_language_is_one_step_and_its_address_names_no_section(
    tmp_path: Path, reader: Callable[..., Page]
) -> None:
    everything.prepare(tmp_path / "languages.db", replies=0, languages=("en", "fr"))
    running = RunningApp(tmp_path / "languages.db", demo="false")
    running.start()
    try:
        page = reader(width=360, locale="en")
        hands = AppDoor(page, running, "en")
        hands.begin()
        hands.answer("text")
        hands.go_on()
        second, third = (name.removeprefix("s_") for name in everything.SECTIONS[1:3])
        expect(page.locator("h1, h2").filter(has_text=everything.part(second, "en")).first).to_be_visible()
        rest(page)
        entries = page.evaluate("history.length")
        page.locator("a[hreflang=fr]").click()
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.locator("h1, h2").filter(has_text=everything.part(second, "fr")).first).to_be_visible()
        rest(page)
        assert sorted(looked_at(page)) == ["c", "lang", "r"]  # else a reload would lead here from every other section
        assert page.evaluate("history.length") == entries + 1
        for name in (second, third):
            hands.answer(name)
            hands.go_on()
            rest(page)
        page.reload()
        # where it was saved
        expect(page.locator("h1, h2").filter(has_text=everything.part(third, "fr")).first).to_be_visible()
        assert sorted(looked_at(page)) == ["c", "lang", "r"]
    finally:
        running.stop()
