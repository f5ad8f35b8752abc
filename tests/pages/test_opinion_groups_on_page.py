"""Groups of opinion on Questions: asked for under a battery, in the reader's language, protected."""

import pytest

from data.store import Store
from survey.access import Role
from tests.analysis.batteries import two_camps_published
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit


def test_one_group_is_said_under_a_battery_of_the_demonstration(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Participation of civil society").run()
    assert "One group of opinion" not in visit.words
    visit.enter("groups_wanted_m_part", True).run()
    assert "One group of opinion: no division is clearer" in visit.words
    assert "Where the majority stands" in visit.words
    assert not visit.has("map_m_part")


@pytest.mark.parametrize(("role", "sees_map"), [(Role.SECRETARIAT, True), (Role.REPORT_WRITER, False)])
def test_two_camps_are_told_and_mapped_for_the_inside_only(
    empty: Store, sign_in: SignIn, role: Role, sees_map: bool
) -> None:
    two_camps_published(empty)
    visit = Visit("explore", session=sign_in(role)).run()
    visit.enter("groups_wanted_views", True).run()
    assert "Groups of opinion: 2" in visit.words
    assert "What sets Group 1" in visit.words
    keys = [found.key for found in visit.at.get("plotly_chart")]
    assert ("map_views" in keys) == sees_map
    assert "groups_views" in keys
    assert ("Shares are given by fifths" in visit.words) != sees_map
    assert all(found.proto.alt for found in visit.at.get("plotly_chart"))


def test_groups_are_told_in_the_readers_language(empty: Store, sign_in: SignIn) -> None:
    two_camps_published(empty, people=60)
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), language="ar").run()
    visit.enter("groups_wanted_views", True).run()
    assert "مجموعات الرأي: " in visit.words
    assert "ما يميز" in visit.words
