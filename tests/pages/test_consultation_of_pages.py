"""Which consultation a page of the staff speaks of: the one that its address names, and never another in its place."""

import pytest

from data.store import Store
from survey import demo
from survey.access import Role
from survey.translator import Words
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit
from tests.small import publish, send

OTHER = "small-2025"
PAGES = ("overview", "monitor", "review", "explore", "voices", "recommend", "meet", "report", "take_away")


@pytest.fixture
def two(opened: Store) -> Store:
    """A consultation without replies and, newer, a small one with one."""
    publish(opened, slug=OTHER, title={"en": "Small 2025"})
    send(opened, slug=OTHER, org_name="Org", staff=3)
    return opened


def named(visit: Visit) -> str:
    """The consultation in the address bar."""
    found = visit.at.query_params["c"]
    return found if isinstance(found, str) else found[-1]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_another_consultation_under_an_unknown_name(page: str, two: Store, sign_in: SignIn) -> None:
    visit = Visit(page, session=sign_in(Role.SECRETARIAT), c="no`where\n\n[a](//b.example)")
    (told,) = [found.value for found in visit.at.warning]
    assert told == (
        "Not there, or not for you to see: `c=nowhere [a](//b.example)`. "
        "Nothing is shown until you choose a consultation."
    )
    assert visit.widget("consultation-menu").value is None
    assert "Org" not in visit.words.split()
    assert not visit.at.get("plotly_chart")
    assert not visit.at.button
    visit.enter("consultation-menu", OTHER).run()
    assert (named(visit), visit.widget("consultation-menu").value) == (OTHER, OTHER)
    assert not [found for found in visit.at.warning if "Not there" in found.value]


def test_so_it_is_where_there_is_one_consultation_only(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = Visit("explore", session=session, c="nothere", language="fr")
    assert Words("fr").translate(
        "Not there, or not for you to see: {what}. Nothing is shown until you choose a consultation.",
        what="`c=nothere`",
    ) in [found.value for found in visit.at.warning]
    assert not visit.at.get("plotly_chart")
    visit.enter("consultation-menu", demo.SLUG).run()
    assert visit.at.get("plotly_chart")
    assert not visit.has("consultation-menu")


def test_what_is_chosen_stands_in_the_address_and_the_way_back_is_followed(two: Store, sign_in: SignIn) -> None:
    visit = Visit("overview", session=sign_in(Role.SECRETARIAT), c=OPEN)
    assert visit.widget("consultation-menu").value == OPEN
    visit.enter("consultation-menu", OTHER).run()
    assert named(visit) == OTHER
    visit.at.query_params["c"] = OPEN
    visit.run()  # an older address, with what was pressed before the browser was told of the other
    assert visit.widget("consultation-menu").value == OTHER
    visit.run(history=True)
    assert visit.widget("consultation-menu").value == OPEN
    visit.run()
    assert visit.widget("consultation-menu").value == OPEN
    visit.at.query_params["c"] = "nowhere"
    visit.run(history=True)
    assert visit.widget("consultation-menu").value is None
