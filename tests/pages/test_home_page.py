"""The first page: consultations to answer, and the way in for staff."""

import pytest

from data.store import Store
from survey import demo
from survey.access import Role
from survey.translator import LANGUAGES, Words
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit


def test_without_a_consultation_it_says_so(empty: Store) -> None:
    visit = Visit("home")
    assert [found.value for found in visit.at.info] == ["There is no consultation yet."]
    assert 'action="account/sign-in"' in visit.markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_leads_to_the_consultation_in_the_readers_language(language: str, opened: Store) -> None:
    visit = Visit("home", language=language)
    assert demo.TITLE[language] in visit.words
    assert f'href="respond?c={OPEN}&amp;lang={language}"' in visit.markup
    assert Words(language).translate("Answer this consultation") in visit.words


def test_a_visitor_may_sign_in_and_password_managers_may_help(opened: Store) -> None:
    visit = Visit("home", language="fr")
    assert '<form method="post" action="account/sign-in"' in visit.markup
    assert 'autocomplete="username"' in visit.markup
    assert 'autocomplete="current-password"' in visit.markup
    assert 'name="lang" value="fr"' in visit.markup
    assert "demo-secretariat" not in visit.markup


def test_demo_mode_offers_its_accounts_and_says_that_it_is_a_demo(
    opened: Store, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    monkeypatch.setenv("SOUNDINGS_DEMO", "true")
    visit = Visit("home")
    assert "Demo mode" in visit.words
    assert visit.markup.count('action="account/demo"') == 2
    monkeypatch.delenv("SOUNDINGS_DEMO")


def test_whoever_is_signed_in_is_named_and_may_sign_out(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("home", session=sign_in(Role.ADMINISTRATOR))
    assert "You are signed in as Ada Admin." in visit.words
    assert 'action="account/sign-out"' in visit.markup
    assert 'action="account/sign-in"' not in visit.markup


def test_a_title_with_markup_in_it_stays_words(opened: Store) -> None:
    with opened.write() as kept:
        kept.change_consultation(kept.consultation(OPEN).id, slug="a-b", title={"en": "<script>x()</script>"})
    visit = Visit("home")
    assert "<script" not in visit.markup
