"""Who sees which page: by the list of pages, and by each page itself, whatever the list says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from survey import preparation, publications
from survey.access import OPERATOR, ConsultationRole, Role
from survey.xlsform.sheets import from_markdown
from tests.pages.conftest import Member, SignIn
from tests.pages.visits import COOKIE, COOKIES, OPEN, ROOT, Visit
from tests.small import FORM

START = "Soundings"
STAFF_PAGES = {
    "overview": "Overview",
    "monitor": "Replies",
    "explore": "Questions",
    "voices": "Voices",
    "recommend": "Recommendations",
    "meet": "Meeting",
    "take_away": "Take away",
    "report": "Report",
    "collect": "Collect",
    "people": "People",
    "log": "Log",
}
FILES = {page: next(ROOT.glob(f"*/pages/{page}.py")) for page in STAFF_PAGES}
REFUSAL = "Please sign in with an account that may see this page."


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_a_page_of_staff_is_not_there_for_a_visitor(page: str, opened: Store) -> None:
    assert Visit(page).title == START


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_a_forged_cookie_opens_nothing(page: str, opened: Store) -> None:
    assert Visit(page, session="made-up").title == START


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.ADMINISTRATOR, set()),
        (Role.SECRETARIAT, {"people"}),
        (Role.REPORT_WRITER, {"people", "collect", "recommend", "log"}),
    ],
)
def test_a_role_sees_its_pages_and_no_other(role: Role, hidden: set[str], opened: Store, sign_in: SignIn) -> None:
    session = sign_in(role)
    for page, title in STAFF_PAGES.items():
        assert Visit(page, session=session).title == (START if page in hidden else title)


PAGES_OF = {
    ConsultationRole.OWNER: {
        "overview",
        "monitor",
        "explore",
        "voices",
        "recommend",
        "meet",
        "take_away",
        "report",
        "collect",
        "prepare",
        "log",
    },
    ConsultationRole.EDITOR: {
        "overview",
        "monitor",
        "explore",
        "voices",
        "meet",
        "take_away",
        "report",
        "collect",
        "prepare",
    },
    ConsultationRole.ANALYST: {"overview", "monitor", "explore", "voices", "recommend", "meet", "take_away", "report"},
    ConsultationRole.REVIEWER: {"overview", "monitor", "explore", "voices", "meet", "take_away", "report"},
    ConsultationRole.VIEWER: {"overview", "monitor", "explore", "voices", "meet", "take_away", "report"},
    ConsultationRole.TRANSLATOR: {"prepare"},
}


@pytest.mark.parametrize("role", ConsultationRole)
def test_a_role_in_one_consultation_opens_its_pages_and_no_other(
    role: ConsultationRole, opened: Store, sign_in: SignIn, member: Member
) -> None:
    session = member("ada", role)
    for page, title in {**STAFF_PAGES, "prepare": "Prepare"}.items():
        assert Visit(page, session=session).title == (title if page in PAGES_OF[role] else START), page


@pytest.mark.parametrize("page", [*STAFF_PAGES, "prepare"])
def test_a_member_without_a_role_sees_no_page(page: str, opened: Store, member: Member) -> None:
    assert Visit(page, session=member("ada", None)).title == START


def test_a_role_for_a_part_opens_no_page_about_the_whole(opened: Store, member: Member) -> None:
    session = member("ada", ConsultationRole.OWNER, regions=["ssa"])
    for page in ("collect", "log", "people"):
        assert Visit(page, session=session).title == START, page
        assert [found.value for found in _alone(FILES[page], session).warning] == [REFUSAL], page


def test_a_page_offers_only_the_consultations_with_a_role(opened: Store, member: Member) -> None:
    now = datetime.now(UTC)
    publications.publish(
        opened, from_markdown(FORM), slug="sealed-one", title={"en": "Zanzibarium"}, actor=OPERATOR, now=now, waits=True
    )
    session = member("ada", ConsultationRole.OWNER)
    for page in (*PAGES_OF[ConsultationRole.OWNER], "home"):
        words = Visit(page, session=session, c="sealed-one").words
        words = words.replace("`c=sealed-one`", "")  # what the address says, as of any name that is not there
        assert "Zanzibarium" not in words and "sealed-one" not in words, page


def test_a_part_is_named_on_every_page_of_figures(opened: Store, member: Member) -> None:
    session = member("ada", ConsultationRole.ANALYST, regions=["ssa"], languages=["fr"])
    for page in ("overview", "monitor", "explore", "voices", "recommend", "meet", "take_away", "report"):
        assert "You see this part only: Sub-Saharan Africa · Français" in Visit(page, session=session).words, page


def test_a_translator_has_the_translations_and_nothing_that_changes_the_questions(
    opened: Store, member: Member
) -> None:
    begun = preparation.begin_from_version(opened, OPEN, name="Mine", actor=OPERATOR, now=datetime.now(UTC))
    visit = Visit("prepare", session=member("ada", ConsultationRole.TRANSLATOR), project=str(begun.project_id))
    assert list(visit.widget("project-view").options) == ["Translations", "Preview", "Issues"]
    assert visit.widget("undo").disabled
    listed = Visit("prepare", session=member("ada", ConsultationRole.TRANSLATOR))
    assert "Mine" in listed.words
    assert not listed.has("new-way") and not listed.has(f"delete_{begun.project_id}")


def _alone(page: Path, session: str = "") -> AppTest:
    """The page without the list of pages, as a bug in that list would run it."""
    COOKIES.clear()
    if session:
        COOKIES[COOKIE] = session
    return AppTest.from_file(page, default_timeout=60).run()


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_every_page_refuses_a_visitor_by_itself(page: str, opened: Store) -> None:
    alone = _alone(FILES[page])
    assert [found.value for found in alone.warning] == [REFUSAL]
    assert not alone.exception
    assert not alone.get("plotly_chart")


@pytest.mark.parametrize("page", ["recommend", "collect", "people", "log"])
def test_a_page_refuses_the_report_writer_by_itself(page: str, opened: Store, sign_in: SignIn) -> None:
    alone = _alone(FILES[page], sign_in(Role.REPORT_WRITER))
    assert [found.value for found in alone.warning] == [REFUSAL]
    assert not alone.exception


@pytest.mark.parametrize("later", ["", "another"])
def test_a_session_whose_cookie_changes_is_emptied_and_stopped(later: str, opened: Store, sign_in: SignIn) -> None:
    visit = Visit("collect", session=sign_in(Role.SECRETARIAT))
    assert visit.title == "Collect"
    visit.session = later
    visit.run()
    assert visit.words == ""
    assert "soundings" not in visit.at.session_state


def test_a_session_that_another_account_presents_is_stopped_too(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("collect", session=sign_in(Role.SECRETARIAT))
    visit.session = sign_in(Role.REPORT_WRITER)
    assert visit.run().words == ""


def test_a_stopped_account_loses_its_pages_at_the_next_click(opened: Store, sign_in: SignIn) -> None:
    people = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    writer = Visit("explore", session=sign_in(Role.REPORT_WRITER))
    assert writer.title == "Questions"
    people.run().press("Stop the account")
    assert writer.run().title == START
