"""Staff while the database is away: each page says so in its own words, and goes on when it is back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

import app
from analysis.words import MESSAGES
from data.errors import NotAllowed, SoundingsError, Unavailable
from data.store import Store
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit


@pytest.fixture(autouse=True)
def _as_the_app_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest does not know how the app shows what ends a run."""
    begin = ScriptRunner.__init__

    def begun(self: ScriptRunner, **given: object) -> None:
        begin(self, **given, on_script_error=app.app._on_script_error)  # type: ignore[arg-type]

    monkeypatch.setattr(ScriptRunner, "__init__", begun)


@contextmanager
def failing(error: SoundingsError) -> Iterator[None]:
    """Nothing can be read meanwhile."""

    def read(_store: Store) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("data.store.Store.read", read)
        yield


@pytest.mark.parametrize("page", ["home", "collect", "monitor", "people", "report"])
def test_a_page_that_cannot_be_read_says_why_and_goes_on_with_one_press(
    page: str, opened: Store, sign_in: SignIn
) -> None:
    visit = Visit(page, session=sign_in(Role.ADMINISTRATOR))
    title = visit.title
    with failing(Unavailable("store.no_server")):
        visit.run()
        assert [found.value for found in visit.at.warning] == [MESSAGES["store.no_server"]]
        assert "Something went wrong" not in visit.words
        visit.click("try-again")
        assert MESSAGES["store.no_server"] in visit.words
    visit.click("try-again")
    assert (visit.title, visit.has("try-again")) == (title, False)


def test_a_fault_of_the_analysis_has_its_own_words(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("home", session=sign_in(Role.ADMINISTRATOR))
    with failing(NotAllowed("card.identifying")):
        assert MESSAGES["card.identifying"] in visit.run().words
