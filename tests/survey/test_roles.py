"""Which question plays which part: guessed by its name, chosen by staff, kept in every version."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis import open_answers
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from data.errors import InvalidInput
from data.records import ConsultationStatus
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations, invitations, publications, question_roles, responses
from survey.__main__ import main
from survey.policies import policies_of
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests.small import ANSWERS, FORM, NOW, SECRETARIAT, SLUG, begin, fill, publish, refused, send

OTHER_NAMES = FORM.replace("org_name     ", "our_name     ").replace(" publish       |", " may_publish   |")
"""The small form with names that nobody knows."""
REPLY = {**{k: v for k, v in ANSWERS.items() if k not in ("org_name", "publish")}, "our_name": "Rivers"}


def chosen(store: Store, **roles: str) -> None:
    question_roles.set_roles(store, SLUG, roles, actor=SECRETARIAT, now=NOW)


def rule(store: Store, **typed: str) -> None:
    consultation_rules.set_policies(store, SLUG, typed, actor=SECRETARIAT, now=NOW)


def reply(store: Store, **answers: object) -> str:
    code = begin(store)
    fill(store, code, {**REPLY, **answers})
    responses.submit(store, code, now=NOW)
    return code


def test_a_rule_that_needs_a_part_which_no_question_plays_is_refused(store: Store) -> None:
    publish(store, form=OTHER_NAMES)
    with refused(InvalidInput, "policies.invalid") as caught:
        rule(store, one_per_organisation="yes")
    issues = caught.value.params["issues"]
    assert [issue.code for issue in issues] == ["policies.no_organisation"]  # type: ignore[attr-defined]
    chosen(store, organisation="our_name")
    rule(store, one_per_organisation="yes")
    with refused(InvalidInput, "policies.no_organisation"):
        chosen(store, organisation="")
    with refused(InvalidInput, "policies.no_organisation"):
        publish(store, form=OTHER_NAMES, roles={"organisation": ""})
    rule(store, one_per_organisation="no", quota_role="region", quotas="s=20")
    with refused(InvalidInput, "policies.no_role"):
        chosen(store, region="")


def test_a_chosen_name_question_is_compared_with_the_contact_list(store: Store) -> None:
    publish(store, form=OTHER_NAMES, roles={"organisation": "our_name"})
    invitations.import_frame(store, SLUG, [{"organisation": "Rivers"}], actor=SECRETARIAT, now=NOW)
    reply(store, may_publish="named")
    (found,) = invitations.doubted(store, SLUG, actor=SECRETARIAT)
    assert (found.name, found.organisation) == ("Rivers", "Rivers")


def test_an_anonymous_consultation_cannot_ask_for_the_organisation_under_any_name(store: Store) -> None:
    publish(store, form=OTHER_NAMES.replace("contact_email", "story_title  "))
    rule(store, identification="anonymous")
    with refused(InvalidInput, "policies.anonymous_asks"):
        chosen(store, organisation="our_name")
    with refused(InvalidInput, "policies.anonymous_asks"):
        publish(store, slug="other", form=OTHER_NAMES, rules={"identification": "anonymous"})


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ({"mood": "region"}, "roles.unknown"),
        ({"region": "nowhere"}, "roles.no_question"),
        ({"region": "s1"}, "roles.no_question"),
        ({"contact": "story_file"}, "roles.no_question"),
        ({"region": "part_region"}, "roles.no_question"),
    ],
)
def test_only_a_question_that_is_asked_once_can_play_a_part(store: Store, roles: dict[str, str], code: str) -> None:
    repeat = (
        "| | begin repeat | partners | Partners | Partenaires |\n| | text | part_region | R | R |\n| | end repeat |\n"
    )
    publish(store, form=FORM.replace("| choices |", f"{repeat}| choices |"))
    before = consultations.find(store, SLUG).roles
    with refused(InvalidInput, code):
        chosen(store, **roles)
    assert consultations.find(store, SLUG).roles == before


def test_what_was_chosen_holds_in_the_versions_before_and_after(store: Store) -> None:
    publish(store, form=OTHER_NAMES)
    renames = RenameMap(questions={"our_name": "who_we_are"})
    later = OTHER_NAMES.replace("our_name     ", "who_we_are   ")
    publish(store, form=later, renames=renames)
    chosen(store, organisation="who_we_are", level="finding", region="")
    third = later.replace("who_we_are   ", "name_of_us   ")
    publish(store, form=third, renames=RenameMap(questions={"who_we_are": "name_of_us"}), accept_changes=True)
    found = consultations.find(store, SLUG)
    with store.read() as kept:
        roles = [question_roles.roles_in(kept, found, number) for number in (1, 2, 3)]
    assert [each["organisation"] for each in roles] == ["our_name", "who_we_are", "name_of_us"]
    assert [each["level"] for each in roles] == ["finding"] * 3
    assert [each.get("region") for each in roles] == [None] * 3


def test_permission_to_publish_follows_the_question_that_is_chosen_afterwards(store: Store) -> None:
    publish(store, form=OTHER_NAMES, roles={"organisation": "our_name"})
    reply(store, may_publish="no", finding="A secret")
    for name in ("Lakes", "Hills", "Woods", "Plains", "Coasts"):
        reply(store, may_publish="named", finding="For all", our_name=name)

    def quoted() -> list[str]:
        found = open_answers.quotes(
            store, SLUG, "finding", actor=SECRETARIAT, audience=Audience.MEETING, language="en", filters=Filters()
        )
        return [quote.text for quote in found]

    assert quoted() == []
    chosen(store, publish="may_publish")
    assert quoted() == ["For all"] * 5


def test_contact_data_stay_apart_once_somebody_began(small: Store) -> None:
    send(small)
    with refused(InvalidInput, "roles.answers_exist"):
        chosen(small, contact="finding")
    with refused(InvalidInput, "roles.answers_exist"):
        publish(small, roles={"contact": ""})
    chosen(small, level="finding")
    with small.read() as kept:
        assert kept.log()[0].action == "consultation.roles"


def test_limits_of_groups_follow_a_renamed_code(small: Store) -> None:
    rule(small, quota_role="region", quotas="s=1, *=5")
    send(small)
    form = FORM.replace("| region    | s       |", "| region    | south   |")
    publish(small, form=form, renames=RenameMap(choices={"region": {"s": "south"}}))
    assert policies_of(consultations.find(small, SLUG)).quotas == {"south": 1, "*": 5}
    with refused(InvalidInput, "response.group_full"):
        send(small, region="south")


def test_a_new_consultation_can_wait_with_its_zone_dates_and_rules(store: Store) -> None:
    publish(store, form=OTHER_NAMES, rules={"zone": "Europe/Vienna", "identification": "pseudonymous"}, waits=True)
    found = consultations.find(store, SLUG)
    rules = policies_of(found)
    assert (found.status, rules.zone, rules.identification) == (
        ConsultationStatus.DRAFT,
        "Europe/Vienna",
        "pseudonymous",
    )
    assert consultations.standing(found, NOW) is consultations.Standing.NOT_YET
    assert consultations.announced(store) == ()
    with refused(InvalidInput, "consultation.not_open_yet"):
        begin(store)
    publish(store, form=OTHER_NAMES)  # another version does not open it
    assert consultations.find(store, SLUG).status is ConsultationStatus.DRAFT
    consultations.set_status(store, SLUG, ConsultationStatus.OPEN, actor=SECRETARIAT, now=NOW)
    assert [each.slug for each in consultations.announced(store)] == [SLUG]
    begin(store)
    with refused(InvalidInput, "policies.answers_exist"):
        publish(store, form=OTHER_NAMES, rules={"identification": "identified"})


def test_the_page_learns_which_parts_are_guessed(small: Store) -> None:
    asked, roles = publications.parts(small, from_markdown(OTHER_NAMES), slug="new", actor=SECRETARIAT)
    assert {"our_name", "region", "contact_email"} <= {question.name for question in asked}
    assert (roles.get("organisation"), roles["contact"]) == (None, "contact_email")
    chosen(small, level="finding")
    _, roles = publications.parts(small, from_markdown(FORM), slug=SLUG, actor=SECRETARIAT)
    assert roles == consultations.find(small, SLUG).roles


def test_the_command_line_gives_zone_parts_and_waiting(
    store: Store,
    settings: Settings,
    environment: Callable[[Settings], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment(settings)
    path = tmp_path / "form.md"
    path.write_text(OTHER_NAMES, encoding="utf-8")
    given = ["--deadline", "20270110", "--zone", "Europe/Vienna", "--role", "organisation=our_name", "--wait"]
    assert main(["publish", str(path), "--slug", SLUG, "--title", "T", *given]) == 0
    found = consultations.find(store, SLUG)
    assert found.deadline_at == datetime(2027, 1, 10, 22, 59, 59, 999_999, tzinfo=UTC)
    assert (found.roles["organisation"], found.status) == ("our_name", ConsultationStatus.DRAFT)
    capsys.readouterr()
    assert main(["policies", SLUG, "--role", "publish=may_publish", "--set", "one_per_organisation=yes", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["one_per_organisation"], printed["zone"]) == ("yes", "Europe/Vienna")
    assert "publish=may_publish" in printed["roles"].split(", ")
    assert main(["policies", SLUG, "--role", "nonsense"]) == 1
    assert main(["policies", SLUG, "--role", "mood=region"]) == 1
