"""The note under a card of Questions, as staff write it and others read it."""

from analysis import card_notes
from analysis.disclosure import Audience
from data.store import Store
from survey import demo
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit
from tests.small import NOW, SECRETARIAT

ASKED = "Only <b>organisations</b> with services were asked."


def test_staff_write_a_note_under_a_card_and_take_it_away(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    question = next(each.key.removeprefix("note_") for each in visit.at.text_area if each.key.startswith("note_"))
    for text, shown in ((ASKED, True), ("", False)):
        visit.at.text_area(key=f"note_{question}").set_value(text)
        visit.at.button(key=f"note_keep_{question}").click().run(timeout=60)
        assert not visit.at.exception
        assert ("&lt;b&gt;organisations" in visit.markup) is shown
        kept = card_notes.notes(loaded, demo.SLUG, actor=SECRETARIAT, audience=Audience.MEETING, now=NOW)
        assert kept[question].text == text
