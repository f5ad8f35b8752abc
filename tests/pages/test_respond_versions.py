"""Answering while the questionnaire is changed: the draft moves, says so, and nothing typed is lost."""

from datetime import UTC, datetime

import pytest

from data.store import Store
from survey import publications, responses, saving
from survey.access import OPERATOR
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests.pages.visits import Visit

SLUG = "short"
FIRST = """
| survey |
| | type | name | label | constraint |
| | text | a | Your name | |
| | text | b | Your town | |
| | integer | n | How many? | |
| settings |
| | form_title | form_id |
| | Short | short |
"""
SWAPPED = (
    FIRST.replace("| a | Your name", "| x | Your name")
    .replace("| b | Your", "| a | Your")
    .replace("| x | Your", "| b | Your")
)
SWAP = RenameMap(questions={"a": "b", "b": "a"})


def publish(store: Store, form: str, renames: RenameMap) -> None:
    """Another version, published now."""
    publications.publish(
        store,
        from_markdown(form),
        slug=SLUG,
        title={"en": "Short"},
        actor=OPERATOR,
        now=datetime.now(UTC),
        renames=renames,
    )


@pytest.fixture
def code(opened: Store) -> str:
    """A draft in the first version."""
    publish(opened, FIRST, RenameMap())
    code = responses.begin(opened, SLUG, language="", channel="app", now=datetime.now(UTC))
    section = responses.resume(opened, code, now=datetime.now(UTC)).state.questionnaire.sections()[0].name
    saving.save(
        opened,
        code,
        {"a": "Ada", "b": "Bern", "n": 5},
        seen={},
        section=section,
        language="",
        now=datetime.now(UTC),
    )
    return code


def test_a_draft_that_is_opened_says_that_the_questionnaire_changed_until_it_was_read(opened: Store, code: str) -> None:
    publish(opened, SWAPPED.replace("| How many? | |", "| How many? | . < 3 |"), SWAP)
    visit = Visit("respond", c=SLUG, r=code)
    assert (visit.widget("q_b").value, visit.widget("q_a").value) == ("Ada", "Bern")
    assert "The questionnaire was changed since you began." in visit.words
    assert "Please look at these answers again: How many?" in " ".join(visit.words.split())
    visit.click("note-read")
    assert "The questionnaire was changed since you began." not in visit.words
    assert "changed since" not in Visit("respond", c=SLUG, r=code).words


def test_what_is_typed_in_a_window_of_the_old_version_goes_to_its_question(opened: Store, code: str) -> None:
    visit = Visit("respond", c=SLUG, r=code)
    publish(opened, SWAPPED, SWAP)
    visit.answer(a="Ada Lovelace").run()
    assert visit.widget("q_a").value == "Ada Lovelace"  # a draft does not move under the hands
    Visit("respond", c=SLUG, r=code)  # another device opens it, and it moves
    visit.answer(b="Biel").run()
    assert (visit.widget("q_b").value, visit.widget("q_a").value) == ("Ada Lovelace", "Biel")
    kept = responses.resume(opened, code, now=datetime.now(UTC))
    assert kept.response.version_number == 2
    assert (kept.state.answers["b"], kept.state.answers["a"]) == ("Ada Lovelace", "Biel")


def test_what_another_window_answered_meanwhile_is_kept_and_the_other_answer_shown(opened: Store, code: str) -> None:
    visit = Visit("respond", c=SLUG, r=code)
    publish(opened, SWAPPED, SWAP)
    other = responses.reopen(opened, code, now=datetime.now(UTC))
    saving.save(
        opened,
        code,
        {"b": "Of the other"},
        seen=other.state.answers,
        section="",
        language="",
        now=datetime.now(UTC),
    )
    visit.answer(a="Of this one").run()
    assert visit.widget("q_b").value == "Of the other"
    assert "Of this one" in visit.words
