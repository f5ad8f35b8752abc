"""Personal links: what they open, what they never open, renewing and revoking."""

import threading

import pytest

from data.errors import NotFound
from data.settings import Settings
from data.store import Store
from survey import invitations, links, responses
from survey.codes import normalised
from survey.policies import changed, policies_of, to_json
from tests.databases import rows
from tests.small import ANSWERS, DAY, NOW, SECRETARIAT, SLUG, fill, frame_of, publish, refused, send

FRAME = [
    {"organisation": "Southern Cross", "region": "s", "language": "fr", "email": "a@southern.example"},
    {"organisation": "Northern Light", "region": "nowhere"},
]


def keys(store: Store) -> dict[str, int]:
    invitations.import_frame(store, SLUG, FRAME, actor=SECRETARIAT, now=NOW)
    return {each.organisation: each.id for each in frame_of(store)}


def link(store: Store, organisation: str = "Southern Cross") -> str:
    key = keys(store)[organisation]
    return links.renew_link(store, SLUG, key, actor=SECRETARIAT, now=NOW)


def begin(store: Store, token: str, slug: str = SLUG) -> str:
    return responses.begin(store, slug, language="en", channel="app", now=NOW, invitation_token=token)


def test_a_draft_begun_by_a_link_belongs_to_the_organisation_and_knows_it(small: Store) -> None:
    token = link(small)
    code = begin(small, token)
    opened = responses.resume(small, code, now=NOW)
    (invited, begun) = responses.invited(small, SLUG, token)
    assert (opened.response.invitation_id, begun) == (invited.id, True)
    assert (opened.state.answers["org_name"], opened.state.answers["region"]) == ("Southern Cross", "s")
    assert opened.response.region == "s"


def test_what_is_no_answer_to_the_question_is_not_filled_in(small: Store) -> None:
    opened = responses.resume(small, begin(small, link(small, "Northern Light")), now=NOW)
    assert (opened.state.answers["org_name"], "region" in opened.state.answers) == ("Northern Light", False)


def test_looking_at_a_link_begins_nothing(small: Store, settings: Settings) -> None:
    token = link(small)
    found, begun = responses.invited(small, SLUG, token)
    with refused(NotFound, "response.not_begun"):
        responses.resume(small, token, now=NOW)
    assert rows(settings, "SELECT count(*) FROM responses") == [(0,)]
    assert (found.organisation, found.language, begun) == ("Southern Cross", "fr", False)


def test_link_and_code_open_the_same_response_also_after_it_was_sent(small: Store) -> None:
    token = link(small)
    code = begin(small, token)
    fill(small, token, {**ANSWERS, "org_name": "Renamed"})
    assert responses.resume(small, code, now=NOW).state.answers["finding"] == ANSWERS["finding"]
    sent = responses.submit(small, token, now=NOW)
    assert sent.response.invitation_id == keys(small)["Southern Cross"]
    assert responses.resume(small, token.lower().replace("-", " "), now=NOW).submitted


def test_beginning_again_opens_what_was_begun(small: Store) -> None:
    token = link(small)
    first = begin(small, token)
    again = begin(small, token)
    assert again == token
    assert responses.resume(small, again, now=NOW).response.id == responses.resume(small, first, now=NOW).response.id


def test_two_clicks_at_once_begin_one_response(small: Store, settings: Settings) -> None:
    token = link(small)
    threads = [threading.Thread(target=begin, args=(small, token)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(settings, "SELECT count(*) FROM responses") == [(1,)]


def test_a_link_does_not_open_what_somebody_else_sent_in_the_organisations_name(small: Store) -> None:
    token = link(small)
    send(small, org_name="southern  CROSS")
    assert responses.invited(small, SLUG, token)[1] is False
    with refused(NotFound, "response.not_begun"):
        responses.resume(small, token, now=NOW)


def test_a_renewed_link_opens_the_response_and_the_earlier_one_nothing(small: Store) -> None:
    token = link(small)
    code = begin(small, token)
    new = links.renew_link(small, SLUG, keys(small)["Southern Cross"], actor=SECRETARIAT, now=NOW + DAY)
    for use in (lambda: responses.invited(small, SLUG, token), lambda: begin(small, token)):
        with refused(NotFound, "invitation.unknown_link"):
            use()
    with refused(NotFound, "response.unknown_code"):
        responses.resume(small, token, now=NOW)
    assert responses.resume(small, new, now=NOW).response.id == responses.resume(small, code, now=NOW).response.id


def test_a_revoked_link_opens_nothing_while_the_code_does(small: Store) -> None:
    token = link(small)
    code = begin(small, token)
    key = keys(small)["Southern Cross"]
    assert links.revoke_links(small, SLUG, key, actor=SECRETARIAT, now=NOW) == 1
    assert links.revoke_links(small, SLUG, key, actor=SECRETARIAT, now=NOW) == 0
    with refused(NotFound, "response.unknown_code"):
        responses.resume(small, token, now=NOW)
    assert responses.resume(small, code, now=NOW).submitted is False


@pytest.mark.parametrize("token", ["", "x", "ABCD-EFGH-JKMN-PQRS", "'; --", "Ω" * 9_000])
def test_an_invented_link_is_refused(small: Store, token: str) -> None:
    with refused(NotFound, "invitation.unknown_link"):
        responses.invited(small, SLUG, token)


def test_a_link_of_another_consultation_is_refused(small: Store) -> None:
    token = link(small)
    publish(small, slug="other")
    with refused(NotFound, "invitation.unknown_link"):
        responses.invited(small, "other", token)
    with refused(NotFound, "invitation.unknown_link"):
        begin(small, token, slug="other")
    with refused(NotFound, "invitation.unknown"):
        links.renew_link(small, "other", keys(small)["Southern Cross"], actor=SECRETARIAT, now=NOW)


def test_only_hashes_of_links_are_kept(small: Store, settings: Settings) -> None:
    token = link(small)
    begin(small, token)
    tables = ("invitations", "invitation_links", "linked_responses", "responses", "log")
    dumped = str([rows(settings, f"SELECT * FROM {table}") for table in tables])
    assert (token in dumped, normalised(token) in dumped) == (False, False)


def test_a_link_leads_to_the_page_of_answering() -> None:
    assert links.address("https://voices.example", "small", "AB-C") == "https://voices.example/respond?c=small&i=AB-C"


def test_saving_a_section_counts_the_time_since_the_last_save(small: Store) -> None:
    code = responses.begin(small, SLUG, language="en", channel="app", now=NOW)
    fill(small, code, {"consent": "agree"}, now=NOW + DAY / 1440, section="s0")
    fill(small, code, {"org_name": "A"}, now=NOW + DAY, section="s1")
    fill(small, code, {"org_name": "B"}, now=NOW + DAY + DAY / 1440, section="s1")
    with small.read() as kept:
        found = kept.section_times(1)
    assert [(each.section, each.median_seconds) for each in found] == [("s0", 60), ("s1", 1800 + 60)]


def test_the_median_of_two_is_between_them(small: Store) -> None:
    for minutes in (1, 2):
        code = responses.begin(small, SLUG, language="en", channel="app", now=NOW)
        fill(small, code, {"consent": "agree"}, now=NOW + minutes * DAY / 1440, section="s0")
    with small.read() as kept:
        (found,) = kept.section_times(1)
    assert (found.responses, found.median_seconds) == (2, 90)


# rules of the consultation


def ruled(store: Store, **typed: str) -> None:
    with store.write() as kept:
        kept.change_consultation(1, policies=to_json(changed(policies_of(kept.consultation(SLUG)), typed)))


def test_in_an_anonymous_consultation_a_link_joins_nothing(small: Store, settings: Settings) -> None:
    token = link(small)
    ruled(small, identification="anonymous")
    code = begin(small, token)
    fill(small, code, {"consent": "agree"}, section="s0", now=NOW + DAY)
    opened = responses.resume(small, code, now=NOW + DAY)
    assert (opened.response.invitation_id, "org_name" in opened.state.answers) == (None, False)
    assert responses.invited(small, SLUG, token)[1] is False
    with refused(NotFound, "response.not_begun"):
        responses.resume(small, token, now=NOW)
    for table in ("linked_responses", "section_visits"):
        assert rows(settings, f"SELECT count(*) FROM {table}") == [(0,)]


def test_in_a_pseudonymous_consultation_the_name_is_filled_in_apart(small: Store, settings: Settings) -> None:
    token = link(small)
    ruled(small, identification="pseudonymous")
    code = begin(small, token)
    assert responses.resume(small, code, now=NOW).state.answers["org_name"] == "Southern Cross"
    answers = rows(settings, "SELECT answers FROM responses")
    with small.read() as kept:
        apart = kept.contacts(kept.consultation(SLUG).id)
    assert ("Southern" in str(answers), "Southern" in str(apart)) == (False, True)
