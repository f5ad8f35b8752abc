"""Answering in the browser: start, sections, drafts, two windows, review, sending, receipt."""

import html
import re
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from data.records import ConsultationStatus, KeyRole, ResponseStatus
from data.store import Store
from survey import (
    colleagues,
    consultation_rules,
    consultations,
    demo,
    erasure,
    invitations,
    links,
    open_responses,
    publications,
    response_files,
    responses,
    saving,
)
from survey.access import OPERATOR
from survey.open_responses import OpenResponse
from survey.translator import LANGUAGES, Words
from survey.ui import resources, response_section
from survey.words import ANSWER_WORDS, MESSAGES
from survey.xlsform.sheets import read_sheets
from tests import small
from tests.pages.visits import OPEN, Visit
from tests.survey.mail_server import mail_server

REQUIRED = ANSWER_WORDS["answer.required"]
ORGANISATION = {
    "org_name": "Harbour Network",
    "country": "KEN",
    "region": "ssa",
    "org_type": "cbo",
    "work_level": ["local", "national"],
    "fields": ["prev", "hr"],
    "work_challenges": ["c01"],
    "ecosoc": "none",
}
LOGO = bytes.fromhex("474946383961010001008000000000000000002c00000000010001000002024401003b")


CONSENT = {"consent": "agree", "publish": "named"}
VIEW = {"finding": "Stigma keeps people away.", "recommendation": "Fund peers.", "rec_challenge": "c01"}


ERASE_FIRST = "To begin anew, erase this draft first; then the personal link of your organisation begins another one."


def invited_link(store: Store) -> str:
    """The personal link of an organisation."""
    now = datetime.now(UTC)
    invitations.import_frame(store, OPEN, [{"organisation": "Southern Cross"}], actor=OPERATOR, now=now)
    return links.renew_link(store, OPEN, 1, actor=OPERATOR, now=now)


def begun(**query: str) -> Visit:
    """A new draft at its first section."""
    return Visit("respond", c=OPEN, **query).click("begin")


def at_section(section: str, **answers: object) -> Visit:
    """A draft with these answers, resumed by its code in a section."""
    store, now = resources.store(), datetime.now(UTC)
    code = responses.begin(store, OPEN, language="en", channel="app", now=now)
    saving.save(store, code, {**CONSENT, **answers}, seen={}, section=section, language="en", now=now)
    return Visit("respond", c=OPEN, r=code)


def agreed() -> Visit:
    """A draft in which consent was given, at the second section."""
    return at_section("s1")


def stored(store: Store, code: str) -> OpenResponse:
    """The response as it is kept."""
    return responses.resume(store, code, now=datetime.now(UTC))


def change(store: Store, code: str, section: str = "s1", **answers: object) -> None:
    """Another device saves these answers."""
    seen = stored(store, code).state.answers
    saving.save(store, code, answers, seen=seen, section=section, language="en", now=datetime.now(UTC))


# The start page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_speaks_the_language_of_the_address(language: str, opened: Store) -> None:
    visit = Visit("respond", c=OPEN, lang=language)
    words = Words(language)
    assert visit.title == demo.TITLE[language]
    assert visit.widget("begin").label == words.translate("Begin")
    assert re.findall(r'<b lang="(\w+)" aria-current="true">', visit.markup) == [language]
    assert re.findall(r' hreflang="(\w+)"', visit.markup) == [each for each in LANGUAGES if each != language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_speaks_the_language_of_the_browser(language: str, opened: Store) -> None:
    assert Visit("respond", c=OPEN, language=language).title == demo.TITLE[language]


def test_a_language_is_chosen_and_kept(opened: Store) -> None:
    visit = Visit("respond", c=OPEN)
    visit = visit.speak("fr")
    assert visit.title == demo.TITLE["fr"]
    assert visit.at.query_params["lang"] == "fr"
    visit.click("begin")
    assert visit.title == "Avant de commencer"
    visit = visit.speak("ar")
    assert visit.title != "Avant de commencer"
    visit.click("next")
    assert stored(opened, visit.code).response.language == "ar"


def test_another_language_shows_the_same_section_also_before_anything_is_kept_there(opened: Store) -> None:
    visit = at_section("s1", **ORGANISATION).click("next")
    assert visit.has("q_prog_c01")
    assert "s=s2&amp;" in visit.markup
    assert stored(opened, visit.code).response.section == "s1"
    visit = Visit("respond", c=OPEN, r=visit.code, s="s2", lang="fr")
    assert visit.has("q_prog_c01")
    visit = at_section("_review", **ORGANISATION)
    assert visit.speak("ru").title == Words("ru").translate("Look it over and send it")
    assert Visit("respond", c=OPEN, r=visit.code, s="nowhere").title == visit.title


def test_a_language_that_nobody_speaks_here_falls_back(opened: Store) -> None:
    assert Visit("respond", c=OPEN, lang="tlh").title == demo.TITLE["en"]


@pytest.mark.parametrize("slug", ["nowhere", "", "../etc", "<b>"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_unknown_consultation_is_said_in_the_readers_language(slug: str, language: str, opened: Store) -> None:
    visit = Visit("respond", c=slug, lang=language)
    words = Words(language)
    assert visit.title == words.translate("This page cannot be shown")
    assert [found.value for found in visit.at.error] == [words.translate(MESSAGES["consultation.unknown"])]
    visit = visit.speak("ru")
    assert visit.title == Words("ru").translate("This page cannot be shown")


def test_a_closed_consultation_says_so_and_offers_no_beginning(opened: Store) -> None:
    consultations.set_status(opened, OPEN, ConsultationStatus.CLOSED, actor=OPERATOR, now=datetime.now(UTC))
    visit = Visit("respond", c=OPEN, lang="fr")
    assert [found.value for found in visit.at.error] == [Words("fr").translate(MESSAGES["consultation.closed"])]
    assert not visit.has("begin")


def _published(store: Store, slug: str, **dates: datetime) -> None:
    publications.publish(
        store,
        read_sheets(demo.FORM),
        slug=slug,
        title=demo.TITLE,
        actor=OPERATOR,
        now=datetime.now(UTC),
        **dates,
    )


def test_a_consultation_that_is_not_open_yet_says_so(opened: Store) -> None:
    _published(opened, "soon", opens_at=datetime.now(UTC) + timedelta(days=9))
    visit = Visit("respond", c="soon")
    assert [found.value for found in visit.at.error] == [MESSAGES["consultation.not_open_yet"]]
    assert not visit.has("begin")


def test_one_whose_closing_time_is_past_says_so(opened: Store) -> None:
    _published(opened, "over", closes_at=datetime.now(UTC) - timedelta(minutes=1))
    assert [found.value for found in Visit("respond", c="over").at.error] == [MESSAGES["consultation.closed"]]


def test_after_the_first_deadline_answers_are_taken_and_marked_late(opened: Store) -> None:
    _published(opened, "late", deadline_at=datetime.now(UTC) - timedelta(days=1))
    visit = Visit("respond", c="late")
    assert "they are marked as late and counted" in visit.words
    assert visit.has("begin")


def test_an_invented_consultation_says_that_it_is_invented(opened: Store) -> None:
    assert "invented" in Visit("respond", c=OPEN).words
    assert "invented" in begun().words


# Codes


def test_a_code_resumes_on_another_device_where_it_was_left(opened: Store) -> None:
    first = agreed()
    first.answer(org_name="Harbour Network").click("next")
    second = Visit("respond", c=OPEN).enter("typed-code", first.code).click("open-code")
    assert second.title == "Your organisation"
    assert second.widget("q_org_name").value == "Harbour Network"


def test_a_response_opens_in_the_language_of_its_address_like_in_the_light_form(opened: Store) -> None:
    code = begun().code
    assert Visit("respond", c=OPEN, r=code).title == "Before you start"
    assert Visit("respond", c=OPEN, r=code, lang="fr").title == "Avant de commencer"
    assert Visit("respond", c=OPEN, r=code, lang="tlh").title == "Before you start"


def test_a_code_is_read_however_it_was_typed(opened: Store) -> None:
    code = begun().code
    visit = Visit("respond", c=OPEN).enter("typed-code", f"  {code.lower().replace('-', ' ')} ").click("open-code")
    assert visit.title == "Before you start"


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "x", "'; DROP TABLE responses; --"])
def test_a_wrong_code_is_said_at_the_field(code: str, opened: Store) -> None:
    visit = Visit("respond", c=OPEN, lang="es").enter("typed-code", code).click("open-code")
    assert [found.value for found in visit.at.error] == [Words("es").translate(MESSAGES["response.unknown_code"])]
    assert visit.has("begin")


def test_a_link_with_a_wrong_code_offers_to_type_it_again(opened: Store) -> None:
    visit = Visit("respond", c=OPEN, r="AAAA-AAAA-AAAA")
    assert [found.value for found in visit.at.error] == [MESSAGES["response.unknown_code"]]
    code = begun().code
    visit.enter("typed-code", code).click("open-code")
    assert visit.title == "Before you start"
    assert visit.code == code


def test_the_code_of_another_organisation_is_not_outdone_by_the_one_in_the_address(opened: Store) -> None:
    now = datetime.now(UTC)
    frame = [{"organisation": name} for name in ("Northern Star", "Southern Cross")]
    invitations.import_frame(opened, OPEN, frame, actor=OPERATOR, now=now)
    ours, theirs = (links.renew_link(opened, OPEN, key, actor=OPERATOR, now=now) for key in (1, 2))
    visit = Visit("respond", c=OPEN, r=ours)
    assert "Northern Star" in visit.words
    visit.enter("typed-code", theirs).click("open-code")
    assert "Southern Cross" in visit.words
    assert "Northern Star" not in visit.words


def test_an_expired_code_is_said_as_such(opened: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(opened, OPEN, language="en", channel="app", now=long_ago, draft_days=30)
    assert [f.value for f in Visit("respond", c=OPEN, r=code).at.error] == [MESSAGES["response.expired_code"]]
    visit = Visit("respond", c=OPEN).enter("typed-code", code).click("open-code")
    assert [f.value for f in visit.at.error] == [MESSAGES["response.expired_code"]]


def test_what_is_kept_of_an_expired_draft_can_be_taken_along_and_erased(opened: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(opened, OPEN, language="en", channel="app", now=long_ago, draft_days=30)
    for visit in (Visit("respond", c=OPEN, r=code), Visit("respond", c=OPEN).enter("typed-code", code)):
        if not visit.has("erase-sure"):
            visit.click("open-code")
        assert visit.title == "This draft has expired"
        assert f"Last saved: {Words('en').moment(long_ago, UTC)}." in visit.words
        assert f'name="code" value="{code}"' in visit.markup
        assert f'href="?c={OPEN}&amp;lang=en"' in visit.markup
        assert not visit.has("own-data-close")
    visit.enter("erase-sure", True).run()
    visit.click("erase").click("erase-now")
    assert visit.title == "This response was erased"


def test_what_is_shown_no_more_can_still_be_erased(opened: Store) -> None:
    now, code = datetime.now(UTC), ready().code
    responses.submit(opened, code, now=now)
    rules = {"visible_until": (now - timedelta(days=1)).isoformat()}
    consultation_rules.set_policies(opened, OPEN, rules, actor=OPERATOR, now=now)
    visit = Visit("respond", c=OPEN, r=code)
    assert visit.title == "Your data"
    assert [each.value for each in visit.at.error] == [MESSAGES["response.not_visible"]]
    assert 'action="own-data"' not in visit.markup
    visit.enter("erase-sure", True).run()
    visit.click("erase").click("erase-now")
    assert visit.title == "This response was erased"


def test_the_page_of_an_expired_draft_is_in_the_language_of_its_address(opened: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(opened, OPEN, language="en", channel="app", now=long_ago, draft_days=30)
    visit = Visit("respond", c=OPEN, r=code, lang="fr")
    assert visit.title == Words("fr").translate("This draft has expired")
    assert f'href="?c={OPEN}&amp;lang=fr"' in visit.markup
    assert 'name="lang" value="fr"' in visit.markup


def test_who_came_by_a_link_begins_anew_by_it_when_the_draft_expired(opened: Store) -> None:
    token, long_ago = invited_link(opened), datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(
        opened, OPEN, language="en", channel="app", now=long_ago, draft_days=30, invitation_token=token
    )
    for query in ({"r": code}, {"i": token}):
        visit = Visit("respond", c=OPEN, **query)
        assert visit.title == "This draft has expired"
        assert ">Begin<" not in visit.markup
        assert ERASE_FIRST in visit.words
    visit.enter("erase-sure", True).run().click("erase").click("erase-now")
    assert visit.title == "This response was erased"
    (again,) = re.findall(r'href="\?([^"]+)" target="_self">Begin<', visit.markup)
    begun_anew = Visit("respond", **dict(parse_qsl(html.unescape(again)))).click("begin")
    assert responses.resume(opened, begun_anew.code, now=datetime.now(UTC)).response.invitation_id == 1


def test_a_link_whose_response_was_erased_says_so_and_begins_another(opened: Store) -> None:
    token = invited_link(opened)
    responses.begin(opened, OPEN, language="en", channel="app", now=datetime.now(UTC), invitation_token=token)
    late = Visit("respond", c=OPEN, r=token)
    erasure.erase(opened, token, now=datetime.now(UTC))
    visit = Visit("respond", c=OPEN, r=token)
    for _ in range(61):
        visit.run()  # which is no guess
    assert MESSAGES["response.not_begun"] in visit.words
    assert "This link is for Southern Cross." in visit.words
    assert MESSAGES["response.not_begun"] in late.answer(consent="agree").click("next").words
    visit.click("begin")
    assert MESSAGES["response.not_begun"] not in visit.words
    assert responses.resume(opened, visit.code, now=datetime.now(UTC)).response.invitation_id == 1


def test_where_the_consultation_is_closed_nothing_is_offered_to_begin(opened: Store) -> None:
    token, now = invited_link(opened), datetime.now(UTC)
    drafts = [
        responses.begin(
            opened,
            OPEN,
            language="en",
            channel="app",
            now=now - timedelta(days=400),
            draft_days=30,
            invitation_token=invitation,
        )
        for invitation in ("", token)
    ]
    consultations.set_status(opened, OPEN, ConsultationStatus.CLOSED, actor=OPERATOR, now=now)
    for code in (*drafts, token):
        visit = Visit("respond", c=OPEN, r=code)
        assert visit.title == "This draft has expired"
        assert ">Begin<" not in visit.markup
        assert ERASE_FIRST not in visit.words
    visit.enter("erase-sure", True).run().click("erase").click("erase-now")
    assert visit.title == "This response was erased"
    assert ">Begin<" not in visit.markup


def test_who_may_only_write_does_not_erase_an_expired_draft(opened: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(opened, OPEN, language="en", channel="app", now=long_ago, draft_days=30)
    given = colleagues.invite_colleague(opened, code, name="Amal", role=KeyRole.WRITER, now=long_ago)
    visit = Visit("respond", c=OPEN, r=given)
    assert (visit.title, visit.has("erase-sure")) == ("This draft has expired", False)


# Sections


def test_the_personal_code_and_link_are_shown_at_the_beginning(opened: Store) -> None:
    visit = begun()
    assert visit.code in visit.words
    assert f"/respond?c={OPEN}&r={visit.code}" in visit.words


def test_missing_answers_are_said_at_the_questions_and_nowhere_before(opened: Store) -> None:
    visit = agreed()
    assert visit.issues == []
    visit.click("next")
    assert visit.title == "Your organisation"
    assert visit.issues[0].startswith("8 answers need your attention.")
    assert visit.issues[1:] == [REQUIRED] * 8
    visit.answer(org_name="Harbour Network").click("next")
    assert visit.issues[0].startswith("7 answers need your attention.")


def test_required_questions_are_marked_in_words(opened: Store) -> None:
    assert begun().widget("q_consent").label.endswith("(required)")


def test_the_form_authors_message_stands_at_a_faulty_answer(opened: Store) -> None:
    visit = agreed()
    visit.answer(**ORGANISATION).run()
    visit.answer(work_challenges=["c02", "c03", "c04"]).click("next")
    (own,) = visit.issues[1:]
    assert own not in ANSWER_WORDS.values()
    assert len(stored(opened, visit.code).state.answers["work_challenges"]) == 4


def test_an_over_long_answer_is_kept_and_complained_about(opened: Store) -> None:
    visit = agreed()
    visit.answer(**{**ORGANISATION, "org_name": "x" * 201}).click("next")
    assert visit.issues[0].startswith("1 answer needs your attention.")
    assert stored(opened, visit.code).state.answers["org_name"] == "x" * 201


def test_an_answer_beyond_every_measure_is_refused_in_words_and_nothing_is_lost(opened: Store) -> None:
    visit = agreed()
    visit.answer(**ORGANISATION).click("next")
    visit.click("back")
    visit.answer(work_how="y" * 200_000).click("next")
    assert visit.at.error[0].value.startswith("Please keep your answer within")
    assert stored(opened, visit.code).state.answers["org_name"] == "Harbour Network"
    assert "work_how" not in stored(opened, visit.code).state.answers


def test_skip_logic_works_in_both_directions(opened: Store) -> None:
    visit = begun()
    assert not visit.has("q_publish")
    visit.answer(consent="agree").run()
    assert visit.has("q_publish")
    visit.answer(consent="decline").run()
    assert not visit.has("q_publish")
    visit.answer(consent="agree").run()
    assert visit.has("q_publish")


def test_other_please_specify_comes_and_goes_with_its_choice(opened: Store) -> None:
    visit = agreed()
    assert not visit.has("q_org_type_other")
    visit.answer(org_type="other", fields=["other"]).run()
    assert visit.has("q_org_type_other")
    assert visit.has("q_fields_other")
    visit.answer(org_type_other="A cooperative", fields_other="Sport").click("next")
    kept = stored(opened, visit.code)
    assert kept.state.answers["org_type_other"] == "A cooperative"
    visit.answer(org_type="cbo").enter("q_fields__other", False).run()
    assert not visit.has("q_org_type_other")
    assert not visit.has("q_fields_other")
    visit.click("next")
    assert "org_type_other" not in stored(opened, visit.code).state.submission()


def test_a_question_of_a_later_section_follows_an_answer_of_an_earlier_one(opened: Store) -> None:
    code = at_section("s5").code
    for region, shown, hidden in (("ssa", "pos_africa", "pos_ap"), ("sea", "pos_ap", "pos_africa")):
        change(opened, code, section="s5", **{**ORGANISATION, "region": region})
        visit = Visit("respond", c=OPEN, r=code)
        assert visit.has(f"q_{shown}")
        assert not visit.has(f"q_{hidden}")


def test_back_keeps_what_was_entered(opened: Store) -> None:
    visit = agreed()
    visit.answer(org_name="Harbour Network", region="ssa").click("back")
    assert visit.title == "Before you start"
    assert visit.widget("q_consent").value == "agree"
    visit.click("next")
    assert visit.widget("q_org_name").value == "Harbour Network"
    assert visit.widget("q_region").value == "ssa"


def test_a_section_is_saved_as_it_is_left(opened: Store) -> None:
    visit = agreed()
    assert stored(opened, visit.code).state.answers["publish"] == "named"
    visit.answer(**ORGANISATION).click("next")
    assert stored(opened, visit.code).state.answers["work_level"] == ("local", "national")
    assert stored(opened, visit.code).response.status is ResponseStatus.DRAFT


def test_what_is_typed_is_saved_meanwhile(opened: Store) -> None:
    visit = agreed()
    visit.answer(org_name="Harbour Net").run()
    assert stored(opened, visit.code).state.answers["org_name"] == "Harbour Net"


def test_a_reload_goes_on_in_the_same_section(opened: Store) -> None:
    visit = agreed()
    visit.answer(**ORGANISATION).click("next")
    again = Visit("respond", c=OPEN, r=visit.code)
    assert again.title in (visit.title, "Your organisation")
    assert again.code == visit.code


def test_progress_is_told_in_words_and_to_screen_readers(opened: Store) -> None:
    visit = agreed()
    assert "Section 2 of 9" in visit.words
    assert 'role="progressbar"' in visit.markup


def test_a_battery_has_one_named_group_of_radios_for_each_row(opened: Store) -> None:
    visit = at_section("s2", **ORGANISATION)
    rows = [found for found in visit.at.radio if found.key.startswith("q_prog_")]
    assert [found.key for found in rows] == [f"q_prog_c{number:02}" for number in range(1, 12)]
    assert all(found.label and found.horizontal for found in rows)
    assert {tuple(found.options) for found in rows} == {tuple(rows[0].options)}
    visit.answer(prog_c01="2", prog_c02="dk", prio_1="c01").click("next")
    answers = stored(opened, visit.code).state.answers
    assert (answers["prog_c01"], answers["prog_c02"]) == ("2", "dk")


def test_the_top_three_follow_each_other(opened: Store) -> None:
    visit = at_section("s2", **ORGANISATION)
    assert not visit.has("q_prio_2")
    first = choices(visit, "q_prio_1")
    visit.answer(prio_1="c01").run()
    assert len(choices(visit, "q_prio_2")) == len(first) - 1
    visit.answer(prio_2="c02").run()
    assert len(choices(visit, "q_prio_3")) == len(first) - 2


def choices(visit: Visit, key: str) -> list[str]:
    """What a radio offers, without what takes a choice back."""
    return [option for option in visit.widget(key).options if "No answer" not in option]


def test_a_choice_is_taken_back_where_none_is_required(opened: Store) -> None:
    visit = at_section("s2", **ORGANISATION, prio_1="c01", prio_2="c02")
    assert [":gray[No answer]" in visit.widget(key).options for key in ("q_prio_1", "q_prio_2")] == [False, True]
    visit.enter("q_prio_2", "").click("next")
    assert "prio_2" not in stored(opened, visit.code).state.answers


def test_the_last_look_leads_to_every_open_point(opened: Store) -> None:
    visit = at_section("_review", **{**ORGANISATION, "org_name": "", "region": ""})
    labels = [button.label for button in visit.at.button if button.key and button.key.startswith("point-")]
    assert any(label.endswith(": Please answer this question.") for label in labels)
    visit.click("point-org_name")
    assert visit.has("q_org_name")
    assert any(REQUIRED in issue for issue in visit.issues)
    assert 'data-question="org_name"' in visit.markup


def test_a_number_is_read_in_the_language_in_which_it_was_typed(empty: Store) -> None:
    small.publish(empty, opens_at=None, deadline_at=None, closes_at=None)
    code = responses.begin(empty, small.SLUG, language="en", channel="app", now=datetime.now(UTC))
    saving.save(empty, code, CONSENT, seen={}, section="s1", language="en", now=datetime.now(UTC))
    visit = Visit("respond", c=small.SLUG, r=code).enter("q_staff", "1,000")
    visit = visit.speak("fr")
    assert visit.widget("q_staff").value == "1000"
    assert stored(empty, code).state.answers["staff"] == 1000
    visit.enter("q_staff", "1,000").click("next")
    assert "1000" in " ".join(visit.issues)


def test_every_page_tells_when_the_consultation_closes_and_how_soon(empty: Store) -> None:
    closes = datetime.now(UTC) + timedelta(days=3, hours=1)
    small.publish(empty, opens_at=None, deadline_at=None, closes_at=closes)
    start = Visit("respond", c=small.SLUG)
    assert "(in 3 days)" in start.words
    assert "(in 3 days)" in start.click("begin").words


def test_a_ranking_is_kept_in_its_order(opened: Store) -> None:
    visit = at_section("s3", **ORGANISATION, prio_1="c01")
    assert visit.has("q_invest_rank")
    visit.at.session_state["q_invest_rank"] = {"order": ["hr", "prev", "rights"]}
    visit.click("next")
    assert stored(opened, visit.code).state.answers["invest_rank"] == ("hr", "prev", "rights")


def test_a_declined_consent_ends_the_questionnaire(opened: Store) -> None:
    visit = begun()
    visit.answer(consent="decline").run()
    assert "nothing is sent" in visit.at.info[0].value
    assert visit.widget("next").disabled
    assert "Section 1 of" not in visit.words
    visit.answer(consent="agree").run()
    assert not visit.widget("next").disabled
    assert not visit.at.info


def test_a_consultation_that_closes_meanwhile_keeps_what_was_saved(opened: Store) -> None:
    visit = agreed()
    consultations.set_status(opened, OPEN, ConsultationStatus.CLOSED, actor=OPERATOR, now=datetime.now(UTC))
    visit.answer(org_name="Too late").click("next")
    assert MESSAGES["consultation.closed"] in [found.value for found in visit.at.error]
    answers = stored(opened, visit.code).state.answers
    assert (answers["consent"], answers["publish"]) == ("agree", "named")
    assert "org_name" not in answers
    assert [found.value for found in visit.at.error] == [MESSAGES["consultation.closed"]]


# Two windows


def test_two_windows_that_answer_different_questions_are_merged(opened: Store) -> None:
    one = agreed()
    two = Visit("respond", c=OPEN, r=one.code)
    two.click("next")
    assert two.title == "Your organisation"
    one.answer(org_name="From the first").click("next")
    two.answer(region="ssa").click("next")
    answers = stored(opened, one.code).state.answers
    assert (answers["org_name"], answers["region"]) == ("From the first", "ssa")
    assert two.widget("q_org_name").value == "From the first"
    one.answer(fields=["hr"]).run().run()
    assert one.widget("q_region").value == "ssa"
    two.run().run()
    assert two.widget("q_fields__hr").value
    kept = stored(opened, one.code).state.answers
    assert (kept["org_name"], kept["region"], kept["fields"]) == ("From the first", "ssa", ("hr",))


def test_what_is_typed_back_after_a_conflict_is_kept(opened: Store) -> None:
    visit = agreed()
    visit.answer(org_name="First", region="ssa").run()
    change(opened, visit.code, region="lac")
    visit.answer(org_name="Second", region="mena").run()
    assert MESSAGES["response.changed_elsewhere"] in [found.value for found in visit.at.error]
    assert stored(opened, visit.code).state.answers["org_name"] == "Second"
    visit.answer(org_name="First", region="ssa").run()
    assert stored(opened, visit.code).state.answers["org_name"] == "First"


def _in_conflict(store: Store) -> Visit:
    """A window that typed another name than the one that a second device saved meanwhile."""
    visit = agreed()
    change(store, visit.code, org_name="Theirs")
    visit.answer(org_name="Mine").click("next")
    assert MESSAGES["response.changed_elsewhere"] in [found.value for found in visit.at.error]
    assert stored(store, visit.code).state.answers["org_name"] == "Theirs"
    return visit


def test_an_answer_draws_the_section_alone_from_a_draft_that_is_opened_once(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = at_section("s0")
    forms, pages = [], []
    open_form, response_head = open_responses.open_form, response_section.response_head
    monkeypatch.setattr(open_responses, "open_form", lambda *given, **how: forms.append(1) or open_form(*given, **how))
    monkeypatch.setattr(response_section, "response_head", lambda *given: pages.append(1) or response_head(*given))
    visit.answer(publish="anon").run()
    assert (len(forms), len(pages)) == (1, 0)
    visit.run()
    assert (len(forms), len(pages)) == (2, 0)
    assert stored(opened, visit.code).state.answers["publish"] == "anon"
    visit.answer(consent="decline").run()
    assert len(pages) == 1, "the progress goes"
    assert "Section 1 of" not in visit.words
    assert visit.widget("next").disabled


def test_who_has_just_come_back_stays_in_the_section_while_another_window_goes_on(opened: Store) -> None:
    visit = at_section("s1", **ORGANISATION)
    before = visit.title
    change(opened, visit.code, "s2", prio_1="c09")
    visit.answer(org_name="Harbour Light").click("next")
    answers = stored(opened, visit.code).state.answers
    assert (answers["org_name"], answers["prio_1"]) == ("Harbour Light", "c09")
    assert visit.click("back").title == before


def test_two_windows_that_answer_the_same_question_are_told_and_the_other_version_can_be_taken(opened: Store) -> None:
    visit = _in_conflict(opened).click("take-other-org_name")
    assert not visit.at.error
    assert visit.widget("q_org_name").value == "Theirs"
    visit.click("next")
    assert stored(opened, visit.code).state.answers["org_name"] == "Theirs"


def test_a_question_that_two_windows_answered_is_named_with_both_answers(opened: Store) -> None:
    visit = agreed()
    change(opened, visit.code, org_name="Theirs")
    visit.answer(org_name="Mine", fields=["hr"]).click("next")
    assert stored(opened, visit.code).state.answers["fields"] == ("hr",), "all else is kept"
    assert "Theirs" in visit.words
    assert "Mine" in visit.words
    assert "In another window, last saved" in visit.words


def test_or_what_stands_here_can_be_kept(opened: Store) -> None:
    visit = _in_conflict(opened).click("keep-mine-org_name")
    assert visit.widget("q_org_name").value == "Mine"
    visit.click("next")
    assert not visit.at.error
    assert stored(opened, visit.code).state.answers["org_name"] == "Mine"


def test_a_window_that_was_left_open_cannot_change_a_response_that_was_sent(opened: Store) -> None:
    visit = ready()
    other = Visit("respond", c=OPEN, r=visit.code)
    visit.click("submit")
    other.run()
    assert other.title == visit.title == "Thank you. Your response was received."


# Review, sending, receipt


def ready() -> Visit:
    """A response that is complete, at the review."""
    visit = at_section("s8", **ORGANISATION, **VIEW, prio_1="c01", part_done="no")
    visit.answer(contact_email="ada@example.org").click("next")
    assert visit.title == "Look it over and send it"
    return visit


def test_a_response_is_looked_over_sent_and_receipted(opened: Store) -> None:
    visit = ready()
    assert visit.has("submit")
    assert "8 answers" in visit.words
    visit.click("submit")
    kept = stored(opened, visit.code)
    assert kept.submitted
    assert visit.title == "Thank you. Your response was received."
    assert kept.response.reference in visit.words
    assert "UTC" in visit.words
    assert "Harbour Network" in visit.words
    assert visit.markup.count('method="post"') == 3  # the copy in three kinds
    visit.click("own-data")
    assert visit.markup.count('method="post"') == 4
    assert "contact_email" not in kept.response.submission
    with opened.read() as transaction:
        assert transaction.contact(kept.response.id) == {"contact_email": "ada@example.org"}


def test_sending_twice_sends_once(opened: Store) -> None:
    visit = ready()
    responses.submit(opened, visit.code, now=datetime.now(UTC))
    first = stored(opened, visit.code).response
    visit.run()
    assert first.reference in visit.words
    responses.submit(opened, visit.code, now=datetime.now(UTC))
    assert stored(opened, visit.code).response == first


def test_the_receipt_comes_again_by_the_link_and_in_another_language(opened: Store) -> None:
    visit = ready().click("submit")
    again = Visit("respond", c=OPEN, r=visit.code)
    reference = stored(opened, visit.code).response.reference
    assert reference in again.words
    again = again.speak("fr")
    assert again.title == Words("fr").translate("Thank you. Your response was received.")
    assert reference in again.words


def test_an_incomplete_response_is_not_sent_and_leads_to_the_gap(opened: Store) -> None:
    visit = ready()
    change(opened, visit.code, org_name=None)
    visit.run()
    assert any(found.startswith("1 answer needs your attention.") for found in visit.issues)
    visit.click("submit")
    assert len(visit.at.error) == 1
    assert not stored(opened, visit.code).submitted
    visit.click("go-s1")
    assert visit.title == "Your organisation"
    assert visit.issues[0].startswith("1 answer needs your attention.")
    assert visit.issues[1:] == [REQUIRED]
    visit.answer(org_name="Harbour Network").click("next")
    for _section in range(10):
        if visit.has("submit"):
            break
        visit.click("next")
    visit.click("submit")
    assert stored(opened, visit.code).submitted


def test_no_page_of_a_respondent_loads_the_charting_library(opened: Store) -> None:
    visit = Visit("respond", c=OPEN)
    seen = [visit.title]
    assert not visit.at.get("plotly_chart")
    visit.click("begin").answer(consent="agree").run()
    answers = [
        {"publish": "named"},
        ORGANISATION,
        {"prio_1": "c01"},
        {},
        {"part_done": "no"},
        {},
        VIEW,
        {"story_yes": "yes"},
    ]
    for entered in answers:
        assert not visit.at.get("plotly_chart")
        assert not visit.at.get("arrow_data_frame")
        seen.append(visit.title)
        visit.answer(**entered).click("next")
    assert len(set(seen)) == 9


def test_a_story_asks_for_a_file_only_when_there_is_one(opened: Store) -> None:
    visit = at_section("s7", **ORGANISATION, prio_1="c01", part_done="no", **VIEW)
    code = visit.code
    assert visit.has("q_story_yes")
    assert not visit.has("q_story_file")
    visit.answer(story_yes="yes").run()
    assert visit.has("q_story_title")
    assert visit.has("q_story_file")
    response_files.attach(
        opened,
        code,
        "story_file",
        name="logo.gif",
        content=LOGO,
        limit_bytes=1000,
        now=datetime.now(UTC),
    )
    visit.run()
    assert not visit.at.error
    assert stored(opened, code).files["story_file"].name == "logo.gif"


def test_the_link_of_an_organisation_begins_its_response_and_opens_it_again(opened: Store) -> None:
    frame = [{"organisation": "Northern <b>Light</b>", "language": "fr"}]
    invitations.import_frame(opened, OPEN, frame, actor=OPERATOR, now=datetime.now(UTC))
    token = links.renew_link(opened, OPEN, 1, actor=OPERATOR, now=datetime.now(UTC))
    visit = Visit("respond", c=OPEN, i=token)
    assert "Ce lien est destiné à Northern <b>Light</b>." in visit.words
    visit.click("begin")
    assert visit.code != token
    again = Visit("respond", c=OPEN, i=token)
    assert (again.code, "i" in again.at.query_params) == (token, False)
    assert responses.resume(opened, token, now=datetime.now(UTC)).state.answers["org_name"] == "Northern <b>Light</b>"


def test_the_code_of_a_letter_can_be_typed(opened: Store) -> None:
    invitations.import_frame(opened, OPEN, [{"organisation": "X"}], actor=OPERATOR, now=datetime.now(UTC))
    token = links.renew_link(opened, OPEN, 1, actor=OPERATOR, now=datetime.now(UTC))
    visit = Visit("respond", c=OPEN).enter("typed-code", token).click("open-code")
    assert "This link is for X." in visit.words


def test_a_link_that_was_renewed_is_refused_in_words(opened: Store) -> None:
    assert MESSAGES["invitation.unknown_link"] in Visit("respond", c=OPEN, i="ABCD-EFGH").words


def test_the_link_of_a_draft_is_mailed_when_asked_for(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as post:
        monkeypatch.setenv("SOUNDINGS_SMTP_URL", post.url)
        monkeypatch.setenv("SOUNDINGS_MAIL_FROM", "a@b.example")
        monkeypatch.setenv("SOUNDINGS_PUBLIC_URL", "https://consult.example")
        with opened.write() as kept:
            kept.change_consultation(1, fictional=False)
        visit = begun()
        assert not visit.has("mail-link")
        state = responses.resume(opened, visit.code, now=datetime.now(UTC)).state
        changes = {"consent": "agree", "contact_email": "me@post.example"}
        saving.save(opened, visit.code, changes, seen=state.answers, section="", language="en", now=datetime.now(UTC))
        again = Visit("respond", c=OPEN, r=visit.code)
        again.click("mail-link")
        assert "It is on its way." in again.words
        for thread in threading.enumerate():
            if thread.name == "mail-to-respondent":
                thread.join(10)
    assert post.addresses == ["me@post.example"]
