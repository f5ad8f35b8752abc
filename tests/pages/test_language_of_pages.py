"""Another language chosen on a page of the staff: what was looked at stays, in the new words."""

import pytest
from streamlit.runtime.state import SessionState

from data.store import Store
from survey.access import Role
from survey.translator import Words
from survey.ui import chosen_words
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit

LINK: dict[str, str | list[str]] = {"f": ["language:ru", "region:eeca"], "by": "region", "section": "s3", "lang": "en"}


@pytest.fixture(autouse=True)
def _as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the program does to Streamlit before it serves."""
    monkeypatch.setattr(SessionState, "register_widget", SessionState.register_widget)
    chosen_words.follow_the_language()


def address(visit: Visit) -> dict[str, list[str]]:
    """What stands in the address bar."""
    found = visit.at.query_params.items()
    return {name: [values] if isinstance(values, str) else list(values) for name, values in found}


def test_another_language_keeps_all_that_is_looked_at(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), **LINK)
    before = address(visit)
    visit.enter("language-menu", "ru").run()
    assert visit.title == Words("ru").translate("Questions")
    assert address(visit) == {**before, "lang": ["ru"]}
    assert visit.widget("section").value == "s3"
    assert visit.widget("undo").disabled


def test_boxes_tell_the_browser_what_is_chosen_in_the_words_of_the_new_language(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), **LINK)
    visit.enter("language-menu", "ru").run()
    for key in ("section", "compare", "method_weights"):
        proto = visit.widget(key).proto
        assert (key, proto.set_value, proto.raw_value in proto.options) == (key, True, True)
    filtered = visit.widget("filter_region").proto
    assert filtered.set_value
    assert set(filtered.raw_values) < set(filtered.options)
    visit.run()
    assert not visit.widget("compare").proto.set_value  # the browser has them now
    assert (visit.widget("compare").value, visit.widget("filter_region").value) == ("region", ["eeca"])


def test_what_is_typed_is_not_sent_back(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), search="stigma", **LINK)
    visit.enter("language-menu", "ru").run()
    assert visit.widget("search-questions").value == "stigma"
    assert not visit.widget("search-questions").proto.set_value


def test_the_way_back_across_a_change_of_language_shows_the_language_of_the_address(
    loaded: Store, sign_in: SignIn
) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), **LINK)
    visit.enter("language-menu", "ru").run()
    visit.at.query_params["lang"] = "en"
    visit.run(history=True)
    assert (visit.title, visit.widget("language-menu").value) == ("Questions", "en")
    assert address(visit)["lang"] == ["en"]
    visit.run()  # whatever is pressed then
    assert (visit.title, visit.widget("language-menu").value) == ("Questions", "en")


def test_an_older_address_that_comes_with_a_choice_decides_nothing(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), **LINK)
    visit.enter("language-menu", "ru").run()
    visit.at.query_params["lang"] = "en"  # as the browser has it, until it is told of the other
    visit.run()
    assert visit.title == Words("ru").translate("Questions")
