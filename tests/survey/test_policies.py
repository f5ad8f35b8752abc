"""The rules of a consultation: read, kept, and enforced when somebody answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.contact_keys import ContactKeys
from data.errors import Conflict, InvalidInput, NotFound
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations, corrections, invitations, links, responses
from survey.__main__ import main
from survey.duplicates import doubts
from survey.policies import (
    Policies,
    PolicyIssue,
    closing,
    from_json,
    moment_written,
    policies_of,
    read_moment,
    to_json,
    written,
)
from tests.small import (
    ANSWERS,
    CLOSES_AT,
    DAY,
    DEADLINE_AT,
    FORM,
    NOW,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    frame_of,
    publish,
    refused,
    send,
    send_by_link,
)


def rule(store: Store, **typed: str) -> Policies:
    return consultation_rules.set_policies(store, SLUG, typed, actor=SECRETARIAT, now=NOW)


def faults(store: Store, **typed: str) -> list[tuple[str, str]]:
    with refused(InvalidInput, "policies.invalid") as caught:
        rule(store, **typed)
    issues: tuple[PolicyIssue, ...] = caught.value.params["issues"]  # type: ignore[assignment]
    assert caught.value.params["count"] == len(issues)
    return [(issue.name, issue.code) for issue in issues]


def test_a_consultation_without_rules_goes_on_as_before(small: Store) -> None:
    found = consultations.find(small, SLUG)
    assert (found.policies, policies_of(found)) == ({}, Policies())


def test_rules_are_kept_and_logged(small: Store) -> None:
    rules = rule(
        small,
        identification="pseudonymous",
        late="grace",
        grace_days="7",
        corrections_until="2027-01-15",
        visible_until="2027-12-31T12:00",
        zone="Europe/Vienna",
        one_per_organisation="yes",
        quota_role="region",
        quotas="s=20, *=50",
        sign_off_required="true",
    )
    assert policies_of(consultations.find(small, SLUG)) == rules
    assert rules.corrections_until == datetime(2027, 1, 15, 22, 59, tzinfo=UTC) + LAST
    assert rules.visible_until == datetime(2027, 12, 31, 11, tzinfo=UTC)
    assert (rules.limit("s"), rules.limit("n"), Policies().limit("n")) == (20, 50, None)
    assert from_json(json.loads(json.dumps(to_json(rules)))) == rules
    with small.read() as kept:
        assert kept.log()[0].action == "consultation.policies"
    assert rule(small, **written(rules)) == rules
    assert rule(small, corrections_until="", quotas="", quota_role="", late="accept").corrections_until is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"zone": "Vienna"}, [("zone", "policies.zone")]),
        ({"zone": "../../etc/passwd"}, [("zone", "policies.zone")]),
        ({"late": "never", "zone": "x"}, [("zone", "policies.zone"), ("late", "policies.choice")]),
        ({"nonsense": "1"}, [("nonsense", "policies.unknown")]),
        ({"grace_days": "-1"}, [("grace_days", "policies.number")]),
        ({"grace_days": "٣"}, [("grace_days", "policies.number")]),
        ({"late": "grace"}, [("grace_days", "policies.grace_days")]),
        ({"corrections_until": "soon"}, [("corrections_until", "date.unreadable")]),
        ({"visible_until": "0001-01-01T00:00", "zone": "Asia/Tokyo"}, [("visible_until", "date.unreadable")]),
        ({"visible_until": "2026-11-01"}, [("visible_until", "policies.visible_before")]),
        ({"quotas": "s20", "quota_role": "region"}, [("quotas", "policies.quota")]),
        ({"quotas": "s=many", "quota_role": "region"}, [("quotas", "policies.number")]),
        ({"quotas": "s=20"}, [("quotas", "policies.quota_role")]),
        ({"quotas": "s=20", "quota_role": "mood"}, [("quota_role", "policies.no_role")]),
        ({"quotas": "s=20, s=30", "quota_role": "region"}, [("quotas", "policies.quota_twice")]),
        ({"quotas": "s=20, zz=3", "quota_role": "region"}, [("quotas", "policies.quota_codes")]),
        ({"quotas": "x=3", "quota_role": "finding"}, [("quota_role", "policies.no_choices")]),
        ({"one_per_organisation": "perhaps"}, [("one_per_organisation", "policies.choice")]),
        ({"identification": "anonymous"}, [("identification", "policies.anonymous_asks")]),
        (
            {"identification": "anonymous", "one_per_organisation": "yes"},
            [("one_per_organisation", "policies.anonymous_one")],
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_name(
    small: Store, typed: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert faults(small, **typed) == expected
    assert consultations.find(small, SLUG).policies == {}


def test_who_is_known_cannot_change_once_somebody_began(small: Store) -> None:
    begin(small)
    assert faults(small, identification="pseudonymous") == [("identification", "policies.answers_exist")]
    rule(small, identification="identified", late="refuse")


LAST = timedelta(seconds=59, microseconds=999_999)


def test_a_bare_date_is_the_whole_of_that_day_in_the_stated_zone(small: Store) -> None:
    zone = rule(small, zone="Asia/Kathmandu").clock
    assert read_moment("2026-10-31", end_of_day=True, zone=zone) == datetime(2026, 10, 31, 18, 14, tzinfo=UTC) + LAST
    assert read_moment("2026-10-31", end_of_day=False, zone=zone) == datetime(2026, 10, 30, 18, 15, tzinfo=UTC)
    assert read_moment("2026-10-31T12:00Z", end_of_day=True, zone=zone) == datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert read_moment("2026-10-31", end_of_day=True) == DEADLINE_AT


@pytest.mark.parametrize("text", ["2026-10-31", "20261031", "2026-W44-6", "2026W446", "2026-10-31T23:59"])
def test_a_day_in_any_iso_form_ends_when_the_next_one_begins(text: str) -> None:
    end = read_moment(text, end_of_day=True)
    assert end == datetime(2026, 11, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert moment_written(end, ZoneInfo("UTC")) == "2026-10-31T23:59"


def test_answers_are_taken_and_in_time_to_the_end_of_the_last_minute(small: Store) -> None:
    found = consultations.find(small, SLUG)
    half_a_minute = timedelta(seconds=30)
    assert not consultations.is_late(found, datetime(2026, 10, 31, 23, 59, tzinfo=UTC) + half_a_minute)
    assert consultations.is_late(found, datetime(2026, 11, 1, tzinfo=UTC))
    assert consultations.standing(found, datetime(2026, 12, 31, 23, 59, tzinfo=UTC) + half_a_minute) == "open"
    assert consultations.standing(found, datetime(2027, 1, 1, tzinfo=UTC)) == "closed"


def test_whole_days_stay_the_same_days_when_another_zone_is_stated(small: Store) -> None:
    opens = datetime(2026, 9, 1, tzinfo=UTC)
    noon = datetime(2026, 10, 31, 12, tzinfo=UTC)
    dates = {"opens_at": opens, "deadline_at": noon, "closes_at": CLOSES_AT}
    consultations.change(small, SLUG, title={}, actor=SECRETARIAT, now=NOW, **dates)
    rule(small, corrections_until="2027-01-15")
    rules = rule(small, zone="Europe/Vienna", visible_until="2027-12-31")
    found = consultations.find(small, SLUG)
    assert [moment_written(each, rules.clock) for each in (found.opens_at, found.closes_at)] == [
        "2026-09-01T00:00",
        "2026-12-31T23:59",
    ]
    assert found.deadline_at == noon  # a time of day stays that moment
    assert (written(rules)["corrections_until"], written(rules)["visible_until"]) == (
        "2027-01-15T23:59",
        "2027-12-31T23:59",
    )


def test_another_zone_cannot_put_the_dates_into_another_order(small: Store) -> None:
    dates = {"opens_at": None, "deadline_at": DEADLINE_AT - timedelta(hours=1), "closes_at": DEADLINE_AT}
    consultations.change(small, SLUG, title={}, actor=SECRETARIAT, now=NOW, **dates)
    with refused(InvalidInput, "consultation.dates"):
        rule(small, zone="Asia/Tokyo")
    assert policies_of(consultations.find(small, SLUG)).zone == "UTC"


# late answers

GRACE = {"late": "grace", "grace_days": "7"}


@pytest.mark.parametrize(
    ("typed", "last"),
    [({}, CLOSES_AT), (GRACE, DEADLINE_AT + 7 * DAY), ({"late": "refuse"}, DEADLINE_AT)],
)
def test_late_answers_are_taken_as_the_rule_says(small: Store, typed: dict[str, str], last: datetime) -> None:
    if typed:
        rule(small, **typed)
    found = consultations.find(small, SLUG)
    assert consultations.standing(found, last) == "open"
    assert consultations.standing(found, last + timedelta(minutes=1)) == "closed"
    code = begin(small)
    fill(small, code)
    with refused(InvalidInput, "consultation.closed"):
        responses.submit(small, code, now=last + timedelta(minutes=1))
    assert responses.submit(small, code, now=last).response.late is (last > DEADLINE_AT)


def test_days_of_grace_are_days_of_the_calendar_in_the_stated_zone(small: Store) -> None:
    deadline = read_moment("2026-10-20", end_of_day=True)
    dates = {"opens_at": None, "deadline_at": deadline, "closes_at": CLOSES_AT}
    consultations.change(small, SLUG, title={}, actor=SECRETARIAT, now=NOW, **dates)
    zone = rule(small, zone="Europe/Vienna", **GRACE).clock  # clocks go back on 25 October
    last = closing(consultations.find(small, SLUG))
    assert last == read_moment("2026-10-27", end_of_day=True, zone=zone)


def test_the_closing_time_holds_when_grace_would_be_longer(small: Store) -> None:
    rule(small, late="grace", grace_days="365")
    assert consultations.standing(consultations.find(small, SLUG), CLOSES_AT + DAY) == "closed"


def test_closing_cannot_move_behind_what_is_visible(small: Store) -> None:
    rule(small, visible_until="2027-01-31")
    with refused(InvalidInput, "policies.visible_before"):
        consultations.change(
            small,
            SLUG,
            title={},
            opens_at=None,
            deadline_at=None,
            closes_at=CLOSES_AT + 90 * DAY,
            actor=SECRETARIAT,
            now=NOW,
        )


# one per organisation


def invite(store: Store, *names: str) -> None:
    """Puts them on the contact list."""
    invitations.import_frame(store, SLUG, [{"organisation": name} for name in names], actor=SECRETARIAT, now=NOW)


def doubted(store: Store) -> list[tuple[str, str, bool, int]]:
    with store.read() as kept:
        found = doubts(kept, kept.consultation(SLUG))
    return [(each.name, each.organisation, each.is_near, each.others) for each in found]


def test_a_typed_name_takes_no_place_and_the_personal_link_always_wins(small: Store) -> None:
    invite(small, "Southern Cross")
    rule(small, one_per_organisation="yes")
    send(small)
    send(small, org_name="southern-cross e.V.")
    with small.read() as kept:
        assert kept.replied_invitations(1) == frozenset()  # so a reminder still goes out
    code = send_by_link(small, "Southern Cross", answers={**ANSWERS, "org_name": "S. Cross"})
    with small.read() as kept:
        assert len(kept.replied_invitations(1)) == 1
    with refused(Conflict, "response.organisation_sent"):
        send(small, org_name="SOUTHERN  cross")
    send(small, org_name="Not invited")
    assert responses.submit(small, code, now=NOW).submitted
    rule(small, one_per_organisation="no")
    send(small)


def test_what_may_be_there_twice_is_told_to_the_secretariat(small: Store) -> None:
    invite(small, "Southern Cross", "Rivers and Lakes")
    send(small, org_name="Southern Cross.")
    send(small, org_name="Rivers and Lake")
    send(small, org_name="Somebody")
    send_by_link(small, "Southern Cross")
    assert doubted(small) == [
        ("Rivers and Lake", "Rivers and Lakes", True, 0),
        ("Southern Cross.", "Southern Cross", False, 1),
    ]
    send(small, org_name="SOMEBODY")
    assert [each for each in doubted(small) if not each[1]] == [("SOMEBODY", "", False, 1), ("Somebody", "", False, 1)]


def test_staff_say_whose_reply_it_is(small: Store) -> None:
    invite(small, "Southern Cross", "Rivers")
    send(small)
    with small.read() as kept:
        (doubt,) = doubts(kept, kept.consultation(SLUG))
    counted = {"actor": SECRETARIAT, "now": NOW}
    invitations.count_reply(small, SLUG, doubt.response_id, doubt.invitation_id, **counted)
    with small.read() as kept:
        assert kept.replied_invitations(1) == {doubt.invitation_id}
        assert kept.log()[0].action == "invitation.reply_counted"
    assert doubted(small) == []
    code = send_by_link(small, "Southern Cross")
    assert doubted(small) == [("Southern Cross", "Southern Cross", False, 1)]
    invitations.count_reply(small, SLUG, doubt.response_id, None, **counted)
    linked = responses.resume(small, code, now=NOW).response
    with refused(NotFound, "response.unknown_code"):  # what came by a link stays that organisation's
        invitations.count_reply(small, SLUG, linked.id, None, **counted)
    with refused(NotFound, "invitation.unknown"):
        invitations.count_reply(small, SLUG, doubt.response_id, 99, **counted)


def test_names_kept_apart_are_compared_as_well(small: Store) -> None:
    invite(small, "Southern Cross")
    rule(small, identification="pseudonymous")
    begun = begin(small)
    fill(small, begun)
    assert doubted(small) == []
    send(small, org_name="Southern cross")
    assert doubted(small) == [("Southern cross", "Southern Cross", False, 0)]


def test_correcting_what_was_sent_openly_is_possible_after_the_link_was_used(small: Store) -> None:
    invite(small, "Southern Cross")
    rule(small, one_per_organisation="yes", corrections_until="2027-01-15")
    code = send(small)
    send_by_link(small, "Southern Cross")
    corrections.correct(small, code, now=NOW)
    assert responses.submit(small, code, now=NOW).submitted


def test_a_name_that_was_sent_already_is_hinted_at_where_names_are_known(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    assert responses.duplicate_hint(small, code, now=NOW) == ""
    send(small, org_name="southern CROSS")
    assert responses.duplicate_hint(small, code, now=NOW) == "Southern Cross"
    invite(small, "Southern Cross")
    (invited,) = frame_of(small)
    token = links.renew_link(small, SLUG, invited.id, actor=SECRETARIAT, now=NOW)
    linked = begin(small, invitation_token=token)
    fill(small, linked)
    assert responses.duplicate_hint(small, linked, now=NOW) == "Southern Cross"  # both sides are told
    assert responses.duplicate_hint(small, begin(small), now=NOW) == ""


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is unsealed inside, by its purpose."""
    found: list[str] = []
    unseal = ContactKeys.unseal

    def noted(keys: ContactKeys, sealed: str, purpose: str) -> str:
        found.append(purpose)
        return unseal(keys, sealed, purpose)

    with monkeypatch.context() as patched:
        patched.setattr(ContactKeys, "unseal", noted)
        yield found


def test_neither_the_last_look_nor_a_sending_opens_the_contact_data_of_others(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = [{"organisation": name, "email": f"{name}@example.org"} for name in ("rivers", "lakes")]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    rule(small, one_per_organisation="yes")
    send(small, org_name="Somebody")
    code = begin(small)
    fill(small, code)
    own = ["contacts.details"]
    with opened(monkeypatch) as found:
        assert responses.duplicate_hint(small, code, now=NOW) == ""
    assert found == own
    with opened(monkeypatch) as found:
        assert responses.submit(small, code, now=NOW).submitted
    assert found == own


def test_nobody_learns_a_name_where_names_are_kept_apart(small: Store) -> None:
    rule(small, identification="pseudonymous")
    send(small)
    code = begin(small)
    fill(small, code)
    assert responses.duplicate_hint(small, code, now=NOW) == ""


# limits of a group


def test_a_full_group_is_refused_in_its_own_words(small: Store) -> None:
    rule(small, quota_role="region", quotas="s=1")
    sent = send(small)
    with refused(InvalidInput, "response.group_full") as caught:
        send(small, org_name="Another")
    assert caught.value.params == {"group": "South", "limit": 1}
    send(small, region="n")
    send(small, region="n")
    assert responses.submit(small, sent, now=NOW).submitted


def test_a_group_is_counted_over_all_versions(small: Store) -> None:
    rule(small, quota_role="region", quotas="*=1")
    send(small)
    publish(small, form=FORM.replace("Your main finding", "Your chief finding"))
    with refused(InvalidInput, "response.group_full"):
        send(small)
    send(small, region="n")


# the command


def test_the_command_prints_and_changes_rules(
    small: Store, settings: Settings, environment: Callable[[Settings], None], capsys: pytest.CaptureFixture[str]
) -> None:
    environment(settings)
    assert main(["policies", SLUG, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("roles").split(", ")[:2] == ["organisation=org_name", "region=region"]
    assert printed == written(Policies())
    assert main(["policies", SLUG, "--set", "zone=Europe/Vienna", "corrections_until=2027-01-15", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["zone"], printed["corrections_until"]) == ("Europe/Vienna", "2027-01-15T23:59")
    assert main(["policies", SLUG, "--set", "zone=Mars", "late=x"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "2 rules cannot be as they were written. Nothing was changed.",
        "  zone: Mars is not a time zone. Write it as Europe/Vienna or UTC.",
        "  late: x is not possible here. Possible are: accept, grace, refuse.",
    ]
    assert main(["policies", SLUG, "--set", "zone"]) == 1
    assert capsys.readouterr().err.splitlines() == ["zone is no rule. Write name=value."]
