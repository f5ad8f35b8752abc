"""Take away: a question in an earlier consultation and in this one, as a table of tested changes and as a slope."""

import re

import pytest

from data.store import Store
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit
from tests.small import publish, send

FIRST, LAST = "small-2025", "small-2026"


@pytest.fixture
def waves(opened: Store) -> Store:
    """The small consultation twice: twelve organisations answer both times, and have more staff the second time."""
    for slug, title, more in ((FIRST, "Small 2025", 0), (LAST, "Small 2026", 3)):
        publish(opened, slug=slug, title={"en": title})
        for number in range(12):
            staff = number + more * 1.0 + (number % 2 if more else 0)
            send(opened, slug=slug, org_name=f"Org {number}", staff=staff, serv_prev="1" if number + more < 7 else "3")
    return opened


def compared(session: str, question: str, who: str = "") -> Visit:
    visit = Visit("take_away", session=session, c=LAST)
    visit.enter("trend-earlier", FIRST).run().enter("trend-of", question)
    if who:
        visit.enter("trend-who", who)
    return visit.click("compare-waves")


def test_a_report_writer_sees_a_change_as_a_meeting_may_and_takes_the_slope(waves: Store, sign_in: SignIn) -> None:
    visit = compared(sign_in(Role.REPORT_WRITER), "region")
    assert not visit.has("trend-who") or visit.widget("trend-who").value == "meeting"
    assert "95 % interval" in visit.words
    assert "would be found in four of five cases" in visit.words
    for kind in ("png", "svg", "pdf", "pptx"):
        assert re.search(rf"export/{LAST}/slope/region\.{kind}\?earlier={FIRST}&amp;after=&amp;lang=en", visit.markup)
    for kind in ("csv", "xlsx"):
        assert f'export/{LAST}/trend/region.{kind}?earlier={FIRST}&amp;after=&amp;lang=en"' in visit.markup


def test_numbers_have_no_interval_for_a_meeting_and_one_in_internal_figures(waves: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = compared(session, "staff", "meeting")
    assert "their spread is internal or hidden" in visit.words
    assert "Effect size: the change over" not in visit.words
    visit = compared(session, "staff", "internal")
    assert "Internal figures: not for publication." in visit.words
    assert "Effect size: the change over" in visit.words
    assert "export/small-2026/slope/staff" not in visit.markup  # a number has no slope


def test_matched_waves_are_told_or_why_not(waves: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = compared(session, "staff", "matched")
    assert "The change of the median is the middle one of all changes." in visit.words
    assert "+3.5" in visit.words
    address = (
        f"export/{LAST}/trend/staff.csv?earlier={FIRST}&amp;after=&amp;lang=en&amp;audience=internal&amp;matched=1"
    )
    assert address in visit.markup
    assert "< 0.001" in visit.words
    assert "slope/m_serv" not in compared(session, "m_serv", "matched").markup


def test_one_consultation_alone_is_compared_with_none(opened: Store, sign_in: SignIn) -> None:
    assert not Visit("take_away", session=sign_in(Role.SECRETARIAT)).has("trend-earlier")
