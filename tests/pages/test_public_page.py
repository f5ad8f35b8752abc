"""The secretariat chooses, publishes and withdraws the public page under Recommendations."""

from datetime import UTC, datetime

import pytest

from analysis import published, recommendations
from analysis.opened_data import Filters
from analysis.published import Quotes
from data.errors import NotFound
from data.store import Store
from survey import demo
from survey.access import OPERATOR, Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit

KEY = f"public_{demo.SLUG}_"


@pytest.fixture
def findings(loaded: Store) -> list[int]:
    """Two kept findings."""
    return [
        recommendations.keep_finding(
            loaded, demo.SLUG, question, f"About {question}.", filters=Filters(), actor=OPERATOR, now=datetime.now(UTC)
        )
        for question in ("region", "part_done")
    ]


def prepared(store: Store) -> published.Prepared:
    return published.prepared(store, demo.SLUG, actor=OPERATOR)


def test_findings_are_chosen_in_order_with_texts_published_and_withdrawn(
    loaded: Store, sign_in: SignIn, findings: list[int]
) -> None:
    region, part = findings
    visit = Visit("recommend", session=sign_in(Role.SECRETARIAT))
    assert "Nothing is published yet." in visit.words
    visit.enter(f"{KEY}findings", [part, region]).enter(f"{KEY}introduction_en", "Thank you.")
    visit.enter(f"{KEY}quotes", Quotes.NAMED).click(f"FormSubmitter:{KEY}form-Save the choice")
    choice = prepared(loaded).choice
    assert (choice.findings, choice.introduction, choice.quotes) == ((part, region), {"en": "Thank you."}, Quotes.NAMED)
    visit.enter(f"{KEY}tag", "fr").run()
    visit.enter(f"{KEY}introduction_fr", "Merci.").enter(f"{KEY}statement_{part}_fr", "La participation.")
    visit.click(f"FormSubmitter:{KEY}form-Save the choice")
    choice = prepared(loaded).choice
    assert (choice.introduction, choice.statements) == (
        {"en": "Thank you.", "fr": "Merci."},
        {part: {"fr": "La participation."}},
    )
    assert f"results/{demo.SLUG}/preview/en" in visit.markup
    visit.click("public-publish")
    page = published.publication(loaded, demo.SLUG, "fr")
    assert [each.statement.words for each in page.findings] == ["La participation.", "About region."]
    assert visit.at.code[0].value.endswith(f"/results/{demo.SLUG}")
    visit.click("public-withdraw")
    with pytest.raises(NotFound):
        published.publication(loaded, demo.SLUG, "fr")
    assert "The page was withdrawn" in visit.words


def test_a_choice_of_somebody_else_is_not_overwritten_or_published_unseen(
    loaded: Store, sign_in: SignIn, findings: list[int]
) -> None:
    visit = Visit("recommend", session=sign_in(Role.SECRETARIAT))
    theirs = published.Choice(findings=(findings[1],))
    published.prepare(loaded, demo.SLUG, theirs, revision=0, actor=OPERATOR, now=datetime.now(UTC))
    visit.enter(f"{KEY}findings", findings).click(f"FormSubmitter:{KEY}form-Save the choice")
    assert prepared(loaded).choice.findings == (findings[1],)
    assert [each.value for each in visit.at.error]
    visit.click("public-publish")
    assert prepared(loaded).published_at is None
    visit.click(f"again_{KEY}").click("public-publish")
    assert prepared(loaded).published_at is not None


def test_what_is_refused_is_said(loaded: Store, sign_in: SignIn, findings: list[int]) -> None:
    visit = Visit("recommend", session=sign_in(Role.SECRETARIAT))
    visit.click(f"FormSubmitter:{KEY}form-Save the choice")
    assert "Please choose at least one finding." in visit.words


def test_a_report_writer_is_not_offered_the_page(loaded: Store, sign_in: SignIn, findings: list[int]) -> None:
    visit = Visit("recommend", session=sign_in(Role.REPORT_WRITER))
    assert "Public page" not in visit.words
