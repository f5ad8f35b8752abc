"""From a finding kept at a card to recommendations in order, the meeting and the deck."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analysis import recommendations
from analysis.opened_data import Filters
from analysis.words import MESSAGES
from data.store import Store
from survey import demo
from survey.access import OPERATOR, Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit

PICTURE = "data:image/svg+xml;base64,"
STATEMENT = "Half of all replies come from three regions."


@pytest.fixture
def session(loaded: Store, sign_in: SignIn) -> str:
    """The secretariat's cookie."""
    return sign_in(Role.SECRETARIAT)


def keep(session: str, statement: str = STATEMENT, question: str = "region", **filters: list[str]) -> Visit:
    """A finding is kept at the card of a question."""
    visit = Visit("explore", session=session).enter("section", "Your organisation").run()
    for name, codes in filters.items():
        visit.enter(f"filter_{name}", codes).run()
    return visit.enter(f"statement_{question}", statement).click(f"keep_button_{question}")


def statements(store: Store) -> list[str]:
    """Kept findings, in order."""
    return [
        found.record.statement for found in recommendations.findings(store, demo.SLUG, actor=OPERATOR, language="en")
    ]


def written(store: Store) -> list[recommendations.Recommendation]:
    """Recommendations, in order."""
    return list(recommendations.recommendations(store, demo.SLUG, actor=OPERATOR, language="en"))


def labelled(visit: Visit, kind: str, label: str) -> Any:
    """The last input of that kind with these words: the form for a new recommendation comes last."""
    return [found for found in getattr(visit.at, kind) if found.label == label][-1]


def write(visit: Visit, text: str, **inputs: object) -> Visit:
    """Fills in the form for a new recommendation and sends it."""
    labelled(visit, "text_area", "Recommendation").set_value(text)
    for label, value in inputs.items():
        kind = {"Level": "radio", "Findings behind it": "multiselect"}.get(label.replace("_", " "), "selectbox")
        labelled(visit, kind, label.replace("_", " ")).set_value(value)
    labelled(visit, "button", "Save").click()
    return visit.run()


def test_a_finding_is_kept_with_its_numbers_and_filters(loaded: Store, session: str) -> None:
    visit = keep(session, region=["ssa", "lac"])
    assert [found.value for found in visit.at.success] == ["Kept. You find it under Recommendations."]
    (found,) = recommendations.findings(loaded, demo.SLUG, actor=OPERATOR, language="en")
    assert found.record.statement == STATEMENT
    assert found.record.filters == {"region": ("ssa", "lac")} or found.record.filters == {"region": ["ssa", "lac"]}
    assert found.record.replies == 461
    page = Visit("recommend", session=session)
    assert STATEMENT in page.words
    assert f"export/{demo.SLUG}/finding/{found.record.id}.png?lang=en" in page.markup


def test_the_files_of_a_finding_are_for_a_place_and_as_sharp_as_those_of_a_card(loaded: Store, session: str) -> None:
    keep(session)
    (found,) = recommendations.findings(loaded, demo.SLUG, actor=OPERATOR, language="en")
    page, base = Visit("recommend", session=session), f"export/{demo.SLUG}/finding/{found.record.id}"
    page.enter(f"scale_finding_{found.record.id}", 4).run()
    for ending in (".png?lang=en&amp;size=slide&amp;scale=4", ".svg?lang=en&amp;size=page", ".pptx?lang=en"):
        assert f'href="{base}{ending}"' in page.markup


def test_an_empty_or_endless_statement_is_refused_in_words(loaded: Store, session: str) -> None:
    visit = keep(session, "   ")
    assert [found.value for found in visit.at.error] == [MESSAGES["finding.empty"]]
    visit.enter("statement_region", "x" * 501).click("keep_button_region")
    assert [found.value for found in visit.at.error] == [MESSAGES["finding.too_long"].format(limit=500)]
    assert statements(loaded) == []


def test_findings_are_put_in_order_reworded_and_removed(loaded: Store, session: str) -> None:
    for statement, question in (("First.", "region"), ("Second.", "org_type")):
        recommendations.keep_finding(
            loaded,
            demo.SLUG,
            question,
            statement,
            filters=Filters(),
            actor=OPERATOR,
            now=datetime.now(UTC),
        )
    first, second = (
        found.record.id for found in recommendations.findings(loaded, demo.SLUG, actor=OPERATOR, language="en")
    )
    visit = Visit("recommend", session=session)
    assert visit.widget(f"findings_{first}_-1").disabled
    assert visit.widget(f"findings_{second}_1").disabled
    visit.click(f"findings_{second}_-1")
    assert statements(loaded) == ["Second.", "First."]
    visit.enter(f"words_{first}", "First, better said.").click(f"save_{first}")
    assert statements(loaded) == ["Second.", "First, better said."]
    visit.click(f"drop_{second}")
    assert statements(loaded) == ["First, better said."]


def test_a_page_left_open_does_not_overwrite_what_somebody_else_wrote_meanwhile(loaded: Store, session: str) -> None:
    keep(session)
    (found,) = recommendations.findings(loaded, demo.SLUG, actor=OPERATOR, language="en")
    key = found.record.id
    page = Visit("recommend", session=session)
    now = datetime.now(UTC)
    recommendations.reword_finding(loaded, key, "Said by another.", revision=1, actor=OPERATOR, now=now)
    page.enter(f"words_{key}", "Said by me.").click(f"save_{key}")
    assert MESSAGES["record.changed_elsewhere"] in [shown.value for shown in page.at.error]
    assert statements(loaded) == ["Said by another."]
    page.run().click(f"again_finding_{key}")
    page.enter(f"words_{key}", "Said by both.").click(f"save_{key}")
    assert statements(loaded) == ["Said by both."]


def test_a_recommendation_is_written_linked_and_put_in_order(loaded: Store, session: str) -> None:
    keep(session)
    (found,) = recommendations.findings(loaded, demo.SLUG, actor=OPERATOR, language="en")
    visit = Visit("recommend", session=session)
    write(
        visit,
        "Fund peers.",
        Level="regional",
        Challenge_of_the_2019_Declaration="c01",
        Findings_behind_it=[found.record.id],
    )
    (one,) = written(loaded)
    assert (one.record.text, one.record.level, one.record.challenge) == ("Fund peers.", "regional", "c01")
    assert one.record.finding_ids == (found.record.id,)
    write(visit, "Listen to young people.")
    assert [each.record.text for each in written(loaded)] == ["Fund peers.", "Listen to young people."]
    second = written(loaded)[1].record.id
    visit.click(f"recommendations_{second}_-1")
    assert [each.record.text for each in written(loaded)] == ["Listen to young people.", "Fund peers."]
    visit.click(f"remove_{second}")
    assert [each.record.text for each in written(loaded)] == ["Fund peers."]


def test_an_empty_recommendation_is_refused_in_words(loaded: Store, session: str) -> None:
    visit = write(Visit("recommend", session=session), "  ")
    assert [found.value for found in visit.at.error] == [MESSAGES["recommendation.empty"]]
    assert written(loaded) == []


def test_a_meeting_shows_one_at_a_time_and_goes_on_and_back(loaded: Store, session: str, sign_in: SignIn) -> None:
    keep(session)
    write(Visit("recommend", session=session), "Fund peers.")
    visit = Visit("meet", session=session)
    assert "1 / 2" in visit.words
    assert STATEMENT in visit.words
    assert PICTURE in visit.markup
    assert visit.widget("meeting-back").disabled
    visit.click("meeting-next")
    assert "2 / 2" in visit.words
    assert "Fund peers." in visit.words
    assert PICTURE not in visit.markup
    assert visit.widget("meeting-next").disabled
    visit.click("meeting-back")
    assert "1 / 2" in visit.words
    writer = Visit("meet", session=sign_in(Role.REPORT_WRITER))
    assert STATEMENT in writer.words


def test_the_numbers_of_a_meeting_are_those_of_the_day_the_finding_was_kept(loaded: Store, session: str) -> None:
    keep(session)
    before = Visit("meet", session=session).markup
    assert PICTURE in before
    with loaded.write() as kept:
        one = kept.responses(kept.consultation(demo.SLUG).id)[0]
        kept.save_response(
            one.id, expected_revision=one.revision, submission={**one.submission, "region": "glob"}, region="glob"
        )
    assert Visit("meet", session=session).markup == before


def test_a_meeting_without_anything_to_show_says_so(loaded: Store, session: str) -> None:
    assert "nothing to show yet" in Visit("meet", session=session).at.info[0].value


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.REPORT_WRITER])
def test_the_deck_and_the_workbook_can_be_taken_away(role: Role, loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(role), language="fr")
    for kind in ("xlsx", "pptx"):
        visit.enter("file_format", f"dashboard.{kind}").run()
        assert f'href="export/{demo.SLUG}/dashboard.{kind}?lang=fr"' in visit.markup
    visit.enter("filter_region", ["ssa"]).run()
    assert "dashboard.pptx?lang=fr&amp;f=region%3Assa" in visit.markup
