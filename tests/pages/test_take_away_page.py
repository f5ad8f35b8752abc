"""Take away: what is offered by right, and the one address that follows from what is chosen."""

import pytest

from data.store import Store
from survey import demo
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit

BASE = f"export/{demo.SLUG}/data"


def test_a_report_writer_picks_questions_language_and_format(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    assert f'href="{BASE}/figures.sav?lang=en&amp;labels=en"' in visit.markup
    assert "answers." not in visit.markup
    visit.enter("data_questions_figures", ["region", "m_prog"]).run()
    visit.enter("data_language", "ar")
    visit.enter("data_format", "parquet")
    visit.enter("data_by", "org_type")
    visit.enter("filter_region", ["ssa"]).run()
    wanted = "lang=en&amp;labels=ar&amp;q=region&amp;q=m_prog&amp;by=org_type&amp;f=region%3Assa"
    assert f'href="{BASE}/figures.parquet?{wanted}"' in visit.markup


def test_the_secretariat_may_take_replies(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="fr")
    visit.enter("data_content", "answers").run()
    assert f'href="{BASE}/answers.sav?lang=fr&amp;labels=fr"' in visit.markup
    visit.enter("data_texts", True)
    visit.enter("data_names", True).run()
    assert f'href="{BASE}/answers.sav?lang=fr&amp;labels=fr&amp;texts=1&amp;names=1"' in visit.markup


@pytest.mark.parametrize("content", ["figures", "answers"])
def test_questions_in_words_are_picked_for_replies_only(loaded: Store, sign_in: SignIn, content: str) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="en")
    visit.enter("data_content", content).run()
    offered = next(each for each in visit.at.multiselect if each.key == f"data_questions_{content}").options
    assert any("(region)" in each for each in offered)
    assert any("(worrying)" in each for each in offered) is (content == "answers")
    assert not any("(org_name)" in each for each in offered)
