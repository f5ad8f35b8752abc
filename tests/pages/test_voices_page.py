"""Voices: what respondents recommended, by challenge and level, with search; answers marked for a recommendation."""

import html
import re

from data.store import Store
from survey import demo
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.protected import small_counts
from tests.pages.visits import Visit


def submissions(store: Store) -> list[dict[str, object]]:
    """What was sent, straight from the store."""
    with store.read() as kept:
        return [dict(found.submission) for found in kept.responses(kept.consultation(demo.SLUG).id)]


def shown(visit: Visit) -> list[str]:
    """The answers on the page."""
    return [
        html.unescape(text) for text in re.findall(r"<blockquote><div[^>]*>(.*?)</div><footer", visit.markup, re.DOTALL)
    ]


def test_recommendations_are_listed_by_challenge(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    sent = submissions(loaded)
    assert f"{len(sent)} answers" in visit.words
    visit.enter("voices-challenge", "c07").run()
    wanted = {str(one["recommendation"]) for one in sent if one.get("rec_challenge") == "c07"}
    assert wanted
    assert set(shown(visit)) <= wanted
    while visit.has("voices-more"):
        visit.click("voices-more")
    assert set(shown(visit)) == wanted


def test_actions_are_listed_by_level(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    for level in ("local", "national", "regional", "international"):
        visit.enter("voices-part", level).run()
        said = {str(one[f"action_{level}"]) for one in submissions(loaded) if f"action_{level}" in one}
        assert set(shown(visit)) <= said
        assert shown(visit)


def test_the_list_is_searched_without_regard_to_case_and_accents(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    visit.enter("voices-search", "ETAT").run()
    found = shown(visit)
    assert found
    assert all("tat" in text.lower() for text in found)
    visit.enter("voices-search", "qqqq nothing").run()
    assert shown(visit) == []


def test_a_filter_applies(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    visit.enter("filter_region", ["oce"]).run()
    assert set(shown(visit)) <= {str(one["recommendation"]) for one in submissions(loaded) if one["region"] == "oce"}
    assert "12 answers" in visit.words


def test_what_must_not_be_published_says_so_beside_its_words(loaded: Store, sign_in: SignIn) -> None:
    private = {str(one["recommendation"]) for one in submissions(loaded) if one["publish"] == "no"}
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    visit.at.session_state["soundings"]["voices:recommendation::"] = 500
    visit.run()
    found = re.findall(r"<blockquote><div[^>]*>(.*?)</div><footer>(.*?)</footer>", visit.markup, re.DOTALL)
    marked = {html.unescape(text) for text, foot in found if "<strong>must not be published</strong>" in foot}
    assert private
    assert private <= marked


def test_an_answer_is_marked_for_a_recommendation_and_offered_there(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.SECRETARIAT))
    key = next(found.key for found in visit.at.button if (found.key or "").startswith("mark_"))
    visit.click(key).click(key)
    assert (visit.widget(key).label, list(visit.at.info)) == ("Mark", [])  # a mark by mistake is taken back
    visit.click(key)
    assert visit.widget(key).label == "Marked"
    assert "1 answer is marked" in visit.at.info[0].value
    visit.at.switch_page("../../analysis/pages/recommend.py")
    visit.run()
    offered = next(found for found in visit.at.multiselect if found.label == "Answers behind it")
    assert len(offered.value) == 1


def test_a_report_writer_reads_only_what_may_be_published(loaded: Store, sign_in: SignIn) -> None:
    sent = submissions(loaded)
    allowed = {str(one["recommendation"]) for one in sent if one["publish"] != "no"}
    visit = Visit("voices", session=sign_in(Role.REPORT_WRITER))
    visit.at.session_state["soundings"]["voices:recommendation::"] = 500  # as if "Show more" had been pressed often
    visit.run()
    assert set(shown(visit)) == allowed
    hidden = {str(one["org_name"]) for one in sent if one["publish"] != "named"}
    hidden -= {str(one["org_name"]) for one in sent if one["publish"] == "named"}
    footers = re.findall(r"<footer[^>]*><span[^>]*>(.*?)</span>", visit.markup)
    assert not hidden & {html.unescape(part) for who in footers for part in who.split(" · ")}
    assert not any((found.key or "").startswith("mark_") for found in visit.at.button)


def test_a_report_writer_sees_no_small_count(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("voices", session=sign_in(Role.REPORT_WRITER))
    assert small_counts(visit.markup) == []
    visit.enter("filter_region", ["oce"]).run()
    assert small_counts(visit.markup) == []
