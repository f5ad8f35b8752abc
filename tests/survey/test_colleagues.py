"""Several people at one response: further codes, who changed what, hand-over, and who may send."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from data.errors import Conflict, InvalidInput, NotFound
from data.records import Holder, KeyRole, SectionChange
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations, corrections, printed_receipts, receipts
from survey.colleagues import ask_for_approval, colleagues, hand_over, invite_colleague, revoke_colleague
from survey.policies import policies_of
from survey.responses import resume, submit
from survey.saving import save
from survey.translator import Words
from tests.databases import as_file
from tests.small import ANSWERS, DAY, NOW, SECRETARIAT, SLUG, begin, fill, refused, send
from tests.survey.test_identification import everything
from tests.survey.test_printed_receipts import words

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def owner(small: Store) -> str:
    """The code of a draft that can be sent."""
    code = begin(small)
    fill(small, code)
    return code


def invited(store: Store, code: str, name: str = "Amal", role: str = "writer") -> str:
    return invite_colleague(store, code, name=name, role=role, now=NOW)


def test_a_further_code_opens_the_same_response(small: Store, owner: str) -> None:
    code = invited(small, owner)
    opened = resume(small, code.lower(), now=NOW)
    assert opened.response.reference == resume(small, owner, now=NOW).response.reference
    assert opened.holder == Holder(name="Amal", role=KeyRole.WRITER)
    assert resume(small, owner, now=NOW).holder == Holder()
    assert [(key.name, key.role) for key in colleagues(small, owner, now=NOW)] == [("Amal", "writer")]


def test_two_colleagues_write_into_one_response_and_each_section_says_who(small: Store, owner: str) -> None:
    code = invited(small, owner)
    assert resume(small, owner, now=NOW).changed["s1"] == SectionChange(changed_by="", changed_at=NOW)
    seen = resume(small, code, now=LATER).state.answers
    save(small, code, {"finding": "By Amal"}, seen=seen, section="s1", language="en", now=LATER)
    save(small, owner, {"staff": 4}, seen=seen, section="s1", language="en", now=LATER + DAY)
    for holder in (owner, code):
        changed = resume(small, holder, now=NOW).changed
        assert changed["s2"] == SectionChange(changed_by="Amal", changed_at=LATER)
        assert changed["s1"] == SectionChange(changed_by="", changed_at=LATER + DAY)
        assert changed["s0"].changed_at == NOW
    assert resume(small, owner, now=NOW).state.answers["finding"] == "By Amal"


def test_the_same_answer_from_two_people_is_never_overwritten_unseen(small: Store, owner: str) -> None:
    code = invited(small, owner)
    seen = resume(small, owner, now=NOW).state.answers
    save(small, code, {"finding": "By Amal"}, seen=seen, section="s2", language="en", now=LATER)
    with refused(Conflict, "response.changed_elsewhere"):
        save(small, owner, {"finding": "By me"}, seen=seen, section="s2", language="en", now=LATER)


def test_a_response_with_one_code_says_nothing_of_who_changed_it(small: Store, owner: str) -> None:
    assert resume(small, owner, now=NOW).changed == {}


def test_contact_data_count_as_a_change_of_their_section(small: Store, owner: str) -> None:
    code = invited(small, owner)
    fill(small, code, {"contact_email": "amal@example.org"}, now=LATER, section="s3")
    assert resume(small, code, now=LATER).changed["s3"] == SectionChange(changed_by="Amal", changed_at=LATER)


def test_a_code_that_was_taken_away_opens_nothing(small: Store, owner: str) -> None:
    code, other = invited(small, owner), invited(small, owner, "Bo")
    fill(small, code, {"finding": "By Amal"}, now=LATER)
    key = next(key for key in colleagues(small, owner, now=NOW) if key.name == "Amal")
    revoke_colleague(small, owner, key.id, now=LATER)
    for act in (
        lambda: resume(small, code, now=LATER),
        lambda: fill(small, code, {"finding": "Again"}, now=LATER),
        lambda: submit(small, code, now=LATER),
    ):
        with refused(NotFound, "response.unknown_code"):
            act()
    with refused(NotFound, "colleague.unknown"):
        revoke_colleague(small, owner, key.id, now=LATER)
    opened = resume(small, other, now=LATER)
    assert (opened.state.answers["finding"], opened.changed["s2"].changed_by) == ("By Amal", "Amal")


def test_nobody_takes_the_code_of_another_response_away(small: Store, owner: str) -> None:
    elsewhere = begin(small)
    invited(small, elsewhere)
    (key,) = colleagues(small, elsewhere, now=NOW)
    with refused(NotFound, "colleague.unknown"):
        revoke_colleague(small, owner, key.id, now=NOW)


OWNERS: list[Callable[[Store, str], object]] = [
    lambda s, code: invited(s, code, "Mallory"),
    lambda s, code: revoke_colleague(s, code, 1, now=NOW),
    lambda s, code: ask_for_approval(s, code, True, now=NOW),
]


@pytest.mark.parametrize("act", OWNERS)
@pytest.mark.parametrize("role", ["writer", "approver"])
def test_only_the_owner_gives_and_takes_codes(
    small: Store, owner: str, act: Callable[[Store, str], object], role: str
) -> None:
    code = invited(small, owner, role=role)
    with refused(Conflict, "response.not_yours"):
        act(small, code)
    with refused(NotFound, "response.unknown_code"):
        act(small, "0000-0000-0000")


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("", "writer", "colleague.name"),
        ("   ", "writer", "colleague.name"),
        ("x" * 101, "writer", "colleague.name"),
        ("a\x00b", "writer", "colleague.name"),
        ("Amal", "owner", "colleague.role"),
        ("Amal", "", "colleague.role"),
    ],
)
def test_a_colleague_needs_a_name_and_a_part(small: Store, owner: str, name: str, role: str, expected: str) -> None:
    with refused(InvalidInput, expected):
        invited(small, owner, name, role)
    assert colleagues(small, owner, now=NOW) == ()


def test_codes_are_limited_in_number(small: Store, owner: str) -> None:
    for number in range(20):
        invited(small, owner, f"Colleague {number}")
    with refused(InvalidInput, "colleague.too_many"):
        invited(small, owner, "One more")
    revoke_colleague(small, owner, colleagues(small, owner, now=NOW)[0].id, now=NOW)
    invited(small, owner, "One more")


# approval


@pytest.mark.parametrize("by_rule", [True, False])
def test_where_approval_is_asked_for_only_an_approver_sends(small: Store, owner: str, by_rule: bool) -> None:
    if by_rule:
        consultation_rules.set_policies(small, SLUG, {"sign_off_required": "yes"}, actor=SECRETARIAT, now=NOW)
    else:
        ask_for_approval(small, owner, True, now=NOW)
    writer, approver = invited(small, owner), invited(small, owner, "Board", "approver")
    for code in (owner, writer):
        assert resume(small, code, now=NOW).needs_approval
        with refused(Conflict, "response.needs_approval"):
            submit(small, code, now=NOW)
    assert submit(small, approver, now=NOW).submitted
    copy = receipts.receipt(small, owner, now=NOW)
    assert (copy.sent_by, copy.approved) == ("Board", True)
    assert receipts.since(copy, Words("en")) == ("Approved and sent by Board",)
    assert "Approved and sent by Board" in receipts.as_html(copy)
    assert json.loads(receipts.as_json(copy))["approved"] is True
    assert "Approved and sent by Board" in words(printed_receipts.as_pdf(copy))


def test_what_a_writer_sends_where_nobody_has_to_approve_is_not_called_approved(small: Store, owner: str) -> None:
    submit(small, invited(small, owner), now=NOW)
    copy = receipts.receipt(small, owner, now=NOW)
    assert (receipts.since(copy, Words("en")), copy.approved) == (("Sent by Amal",), False)
    assert json.loads(receipts.as_json(copy))["approved"] is False


def test_each_version_says_for_itself_whether_it_was_approved(small: Store, owner: str) -> None:
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2027-06-30"}, actor=SECRETARIAT, now=NOW)
    submit(small, invited(small, owner, "Board", "approver"), now=NOW)
    corrections.correct(small, owner, now=NOW)
    submit(small, owner, now=NOW)
    assert not receipts.receipt(small, owner, now=NOW).approved
    with small.read() as kept:
        assert [each.approved for each in kept.revisions(1)] == [True, False]


def test_without_a_name_the_copy_says_that_it_was_approved(small: Store, owner: str) -> None:
    with small.write() as kept:
        kept.change_consultation(1, policies={"identification": "anonymous"})
    submit(small, invited(small, owner, "Board", "approver"), now=NOW)
    assert receipts.since(receipts.receipt(small, owner, now=NOW), Words("en")) == ("Approved and sent",)


def test_approval_is_not_asked_for_any_more(small: Store, owner: str) -> None:
    ask_for_approval(small, owner, True, now=NOW)
    ask_for_approval(small, owner, False, now=NOW)
    assert submit(small, owner, now=NOW).submitted


def test_a_hand_over_ends_with_the_next_change_of_somebody_who_may_not_approve(small: Store, owner: str) -> None:
    writer, approver = invited(small, owner), invited(small, owner, "Board", "approver")
    opened = hand_over(small, writer, now=LATER)
    assert (opened.response.ready_by, opened.response.ready_at) == ("Amal", LATER)
    fill(small, approver, {"finding": "By the board"}, now=LATER)
    fill(small, owner, {}, now=LATER, section="s3")
    assert resume(small, owner, now=NOW).response.ready_at == LATER
    fill(small, owner, {"finding": "By the owner"}, now=LATER)
    assert resume(small, approver, now=NOW).response.ready_at is None


def test_what_was_sent_is_not_handed_over(small: Store) -> None:
    with refused(Conflict, "response.submitted"):
        hand_over(small, send(small), now=NOW)


def test_a_writer_does_not_withdraw(small: Store) -> None:
    owner = send(small)
    writer, approver = invited(small, owner), invited(small, owner, "Board", "approver")
    with refused(Conflict, "response.not_yours"):
        corrections.withdraw(small, writer, now=NOW)
    assert corrections.withdraw(small, approver, now=NOW).response.status == "withdrawn"


def test_an_anonymous_consultation_keeps_no_name_of_a_colleague(
    small: Store, settings: Settings, tmp_path: Path
) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS})
    with small.write() as kept:
        kept.change_consultation(1, policies={"identification": "anonymous"})
    assert policies_of(consultations.find(small, SLUG)).anonymous
    colleague = invited(small, code)
    fill(small, colleague, {"finding": "Mine"}, now=LATER)
    hand_over(small, colleague, now=LATER)
    small.close()
    kept = [(table, row) for table, _, row in everything(as_file(settings, tmp_path))]
    assert [row for _, row in kept if "Amal" in str(row)] == []
    assert [str(row["changed_by"]) for table, row in kept if table == "response_sections"] == [""] * 4
