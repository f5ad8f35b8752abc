"""Take away: freeze the state of the data, look at figures of then, two states beside each other."""

import re
from datetime import UTC, datetime

from analysis import snapshots
from data.store import Store
from survey import demo
from survey.access import OPERATOR, Role
from survey.erasure import erase_by_reference
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit


def now() -> datetime:
    return datetime.now(UTC)


def taken(store: Store, note: str = "") -> str:
    return snapshots.take(store, demo.SLUG, actor=OPERATOR, now=now(), note=note).record.sha256


def erase_one(store: Store) -> None:
    with store.read() as kept:
        reference = kept.responses(kept.consultation(demo.SLUG).id)[0].reference
    erase_by_reference(store, demo.SLUG, reference, actor=OPERATOR, now=now())


def test_the_secretariat_freezes_the_state_and_finds_it_in_the_list(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = Visit("take_away", session=session).enter("snapshot-note", "For the meeting").click("freeze")
    (record,) = snapshots.listed(loaded, demo.SLUG, actor=OPERATOR)
    assert (record.note, record.replies) == ("For the meeting", 461)
    assert f"The present state is {record.sha256[:12]}; it is frozen." in visit.words
    assert "For the meeting" in visit.words
    assert "Frozen. Choose it above" in visit.words
    assert visit.has("figures-of")


def test_a_report_writer_sees_the_list_and_freezes_and_compares_nothing(loaded: Store, sign_in: SignIn) -> None:
    first = taken(loaded)
    erase_one(loaded)
    taken(loaded)
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER))
    assert first[:12] in visit.words
    keys = {each.key for each in visit.at.button}
    assert not keys & {"freeze", "compare-states"}


def test_figures_of_a_frozen_state_are_shown_and_taken_away_with_what_is_missing(
    loaded: Store, sign_in: SignIn
) -> None:
    first = taken(loaded)
    erase_one(loaded)
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    assert "n\u00a0=\u00a0460" in visit.words
    visit.enter("figures-of", first).run()
    assert f"Data state {first[:12]}. Erased since and not counted: 1." in visit.words
    assert "You see a frozen state" in visit.words
    assert re.search(rf'export/{demo.SLUG}/chart/\w+\.png\?[^"]*snapshot={first}"', visit.markup)


def test_two_states_are_compared_on_the_page(loaded: Store, sign_in: SignIn) -> None:
    with loaded.read() as kept:
        consultation = kept.consultation(demo.SLUG).id
        who = kept.responses(consultation)[3]
    first = taken(loaded, "one")
    with loaded.write() as kept:
        kept.save_response(who.id, expected_revision=who.revision, status="withdrawn", updated_at=now())
    second = taken(loaded, "two")
    assert first != second
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT)).click("compare-states")
    assert "Replies: withdrawn 1." in visit.words
    assert who.reference in visit.words
    assert "those that moved furthest" in visit.words


def test_a_report_writer_draws_a_question_in_two_states_and_is_offered_its_files(
    loaded: Store, sign_in: SignIn
) -> None:
    first = taken(loaded)
    erase_one(loaded)
    second = taken(loaded)
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER))
    named = list(visit.widget("slope-of").options)
    assert (
        named[0] == "Since 2019, how has the situation in your country or region changed on each of these challenges?"
    )
    assert (
        named[-1] == "Is your organisation led by people from the communities it serves?"
    )  # who answered is no finding
    visit.enter("slope-of", "barriers").click("draw-slope")
    assert "Main barriers to access" in visit.words
    assert f"Data state {first[:12]}." in visit.words
    assert "whether a change is beyond chance is not tested here" in visit.words
    for kind in ("png", "svg", "pdf", "pptx"):
        assert re.search(rf"export/{demo.SLUG}/slope/barriers\.{kind}\?before={first}&amp;after={second}", visit.markup)
