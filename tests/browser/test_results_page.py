"""The public page of results in a browser: axe-core finds nothing, in six languages, by day and by night."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest
from playwright.sync_api import Page

from analysis import published, recommendations
from analysis.channels import results_page
from analysis.opened_data import Filters
from analysis.published import Choice, Quotes
from data.store import Store
from survey import outcomes
from survey.translator import LANGUAGES, direction
from tests.browser.axe import violations
from tests.small import NOW, SECRETARIAT, SLUG, send

pytestmark = pytest.mark.browser
Reader = Callable[..., Page]
LONG = "Wherever services are, they are far away from those who need them most, and nobody is asked. " * 4
QUESTIONS = (("region", ""), ("region", "publish"), ("m_serv", ""), ("invest_rank", ""), ("staff", ""), ("finding", ""))


@pytest.fixture
def page_of_everything(small: Store) -> Store:
    """A page with every kind of chart, an open question, a recommendation with quotes, and the outcome."""
    for number in range(40):
        send(
            small,
            org_name=f"Organisation {number}",
            region="ns"[number % 2],
            publish=("named", "anon", "no")[number % 3],
            serv_prev=str(number % 3 + 1),
            serv_hr=str(number % 2 + 1),
            staff=str(number),
            invest_rank=["hr", "prev", "other"] if number % 2 else ["prev", "hr", "other"],
            recommendation="Say more.",
        )
    keys = [
        recommendations.keep_finding(small, SLUG, question, LONG, filters=Filters(), by=by, actor=SECRETARIAT, now=NOW)
        for question, by in QUESTIONS
    ]
    with small.read() as kept:
        answers = [(each.id, "recommendation") for each in kept.responses(kept.consultation(SLUG).id)[:3]]
    recommendations.write_recommendation(
        small,
        SLUG,
        text=LONG,
        addressee="Member States",
        level="national",
        challenge="c1",
        finding_ids=keys[:2],
        answers=answers,
        actor=SECRETARIAT,
        now=NOW,
    )
    outcomes.write_outcome(
        small,
        SLUG,
        words={"en": "We read it.", "ar": "قرأناها."},
        link="https://report.example/" + "long-" * 40,
        on="2027-03-14",
        actor=SECRETARIAT,
        now=NOW,
    )
    choice = Choice(findings=tuple(keys), introduction={"en": LONG}, recommendations=True, quotes=Quotes.ALL)
    published.prepare(small, SLUG, choice, revision=0, actor=SECRETARIAT, now=NOW)
    published.publish(small, SLUG, revision=1, actor=SECRETARIAT, now=NOW)
    return small


SEEN = tuple(zip(LANGUAGES, ("light", "dark") * 3, (320, 1280, 1280, 320, 320, 1280), strict=True))
REST = tuple(each for each in product(LANGUAGES, ("light", "dark"), (320, 1280)) if each not in SEEN)


@pytest.mark.parametrize("seen", [SEEN, pytest.param(REST, marks=pytest.mark.long)])
def test_the_page_of_results_conforms(
    page_of_everything: Store, reader: Reader, seen: Sequence[tuple[str, str, int]]
) -> None:
    faults = {}
    for language, scheme, width in seen:
        page = reader(width=width, color_scheme=scheme)
        page.set_content(results_page.html(published.publication(page_of_everything, SLUG, language)))
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, direction(language))
        assert page.locator("figure svg[role=img]").count() >= len(QUESTIONS) - 1
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = [str(each) for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("wider than the screen")
        if found:
            faults[language, scheme, width] = found
        page.context.close()
    assert faults == {}


def test_the_keyboard_reaches_every_link_table_and_fold(page_of_everything: Store, reader: Reader) -> None:
    page = reader(width=390)
    page.set_content(results_page.html(published.publication(page_of_everything, SLUG, "en")))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the results"
    unreached = """() => [...document.querySelectorAll('a, summary')].filter(each => {
        each.focus();
        return document.activeElement !== each;
    }).length"""
    assert page.evaluate(unreached) == 0
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_print_leaves_the_ways_around_out(page_of_everything: Store, reader: Reader) -> None:
    page = reader(width=1000)
    page.set_content(results_page.html(published.publication(page_of_everything, SLUG, "en")))
    page.emulate_media(media="print")
    for name in ("nav", ".files", ".contents"):
        assert not page.locator(name).first.is_visible()
    assert page.locator("article figure svg").first.is_visible()
