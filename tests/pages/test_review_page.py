"""Review: what is flagged, the decision on it, and the results with and without."""

import pytest

from analysis import quality
from data.analysis_records import Decision, Flag
from data.store import Store
from survey import demo
from survey.access import OPERATOR, Role
from survey.translator import LANGUAGES, Words
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit


def flagged(store: Store, flag: Flag) -> tuple[quality.FlaggedReply, ...]:
    return quality.flagged(store, demo.SLUG, actor=OPERATOR, language="en").flagged[flag]


def test_the_planted_campaign_is_shown_with_its_text_and_decided_on(loaded: Store, sign_in: SignIn) -> None:
    found = flagged(loaded, Flag.CAMPAIGN)
    assert len(found) >= 25
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    visit.enter("flag", Flag.CAMPAIGN).run()
    assert "Childhood is being sold" in visit.markup
    chosen = [each.response_id for each in found[:2]]
    visit.enter("decide_replies_campaign", chosen).enter("decide_reason_campaign", "One letter, sent by many")
    visit.enter("decide_decision_campaign", Decision.EXCLUDED)
    visit.press("Decide")
    assert [each.standing for each in flagged(loaded, Flag.CAMPAIGN)[:3]] == [
        Decision.EXCLUDED,
        Decision.EXCLUDED,
        Decision.OPEN,
    ]
    assert "One letter, sent by many" in visit.markup


def test_without_a_reason_it_says_so_and_nothing_is_decided(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    visit.enter("flag", Flag.DUPLICATE).run()
    key = flagged(loaded, Flag.DUPLICATE)[0].response_id
    visit.enter("decide_replies_duplicate", [key]).press("Decide")
    assert "Please give a reason of at most 1000 characters." in visit.words
    assert flagged(loaded, Flag.DUPLICATE)[0].decision is None


def test_the_threshold_is_in_a_field_and_holds(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    visit.enter("flag", Flag.CAMPAIGN).run()
    assert visit.widget("threshold_likeness").value == quality.USUAL.likeness
    visit.enter("threshold_copies", 1000).run()
    assert "No reply is flagged." in visit.markup


def test_a_rule_is_stated_and_one_that_cannot_be_read_is_refused(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    visit.enter("flag", Flag.CONTRADICTION).run()
    visit.enter("rule_name", "Young and old").enter("rule_expression", "${confidence} = = 1").press("Save")
    assert "The expression cannot be read near" in visit.words
    visit.enter("rule_name", "Young and old").enter("rule_expression", "${confidence} = 1").press("Save")
    assert "Young and old" in visit.markup
    assert quality.flagged(loaded, demo.SLUG, actor=OPERATOR, language="en").rules[0].name == "Young and old"


def test_results_stand_side_by_side_for_a_chosen_question(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    visit.enter("compared", "region").enter("left_out", "proposed").run()
    for head in ("All replies", "Without: Copied answers", "Without all of them"):
        assert head in visit.markup


def test_results_begin_at_the_subject_with_what_is_flagged_while_nothing_is_excluded(
    loaded: Store, sign_in: SignIn
) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT))
    assert visit.widget("compared").value == "fields"
    assert visit.widget("left_out").value == "proposed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_readers_language(language: str, loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.SECRETARIAT), language=language)
    assert visit.title == Words(language).translate("Review")


def test_a_report_writer_has_no_such_page(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("review", session=sign_in(Role.REPORT_WRITER))
    assert visit.title != "Review"
