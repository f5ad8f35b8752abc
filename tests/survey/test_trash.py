"""Deleting a response: asked for, agreed to by somebody else, restored or erased."""

from datetime import timedelta
from pathlib import Path

import pytest

from analysis import inventory, monitoring
from data.audit import verify
from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.log_records import DeletionState, ErasureCause
from data.records import ResponseStatus, Scope
from data.settings import Settings
from data.store import Store
from survey import (
    colleagues,
    consultation_rules,
    consultations,
    corrections,
    grants,
    invitations,
    people,
    receipts,
    response_files,
    responses,
    saving,
    trash,
)
from survey.access import OPERATOR, SYSTEM, ConsultationRole, Role
from survey.codes import hash_of
from tests.databases import as_file
from tests.small import (
    ADMINISTRATOR,
    ANSWERS,
    DAY,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    granted,
    publish,
    refused,
    send,
    send_by_link,
)
from tests.survey.test_identification import everything

LATER = NOW + DAY


def reference_of(store: Store, code: str) -> str:
    return responses.resume(store, code, now=NOW).response.reference


def ask(store: Store, code: str, *, actor: object = SECRETARIAT, reason: str = "Sent twice") -> int:
    return trash.ask(store, SLUG, reference_of(store, code), reason, actor=actor, now=NOW)  # type: ignore[arg-type]


def agree(store: Store, key: int, *, actor: object = ADMINISTRATOR) -> None:
    trash.agree(store, SLUG, key, actor=actor, now=LATER)  # type: ignore[arg-type]


def figures(store: Store) -> tuple[int, ...]:
    """What counts: replies, drafts, begun organisations, answers that staff may read."""
    with store.read() as kept:
        consultation = kept.consultation(SLUG)
        counts = kept.reply_counts(consultation.id)
        return (
            counts.replies,
            counts.drafts,
            len(kept.begun_invitations(consultation.id)) + len(kept.replied_invitations(consultation.id)),
            inventory.replies(store, SLUG, actor=SECRETARIAT),
        )


def state_of(store: Store, key: int) -> DeletionState:
    (found,) = [d for d in trash.deletions(store, SLUG, actor=SECRETARIAT, now=NOW) if d.record.id == key]
    return found.record.state


def test_a_request_changes_nothing_until_somebody_else_agrees(small: Store) -> None:
    code = send(small)
    before = figures(small)
    key = ask(small, code)
    assert (figures(small), state_of(small, key)) == (before, DeletionState.ASKED)
    assert responses.resume(small, code, now=LATER).submitted
    with refused(Conflict, "deletion.asked"):
        ask(small, code)


def test_nobody_agrees_to_what_they_asked_for_while_another_may(small: Store) -> None:
    token = people.invite(small, login="bo", name="Bo", role=Role.SECRETARIAT, actor=OPERATOR, now=NOW)
    people.accept_link(small, token, login="", name="", password="a long enough one", now=NOW)
    key = ask(small, send(small))
    with refused(NotAllowed, "deletion.own"):
        trash.agree(small, SLUG, key, actor=SECRETARIAT, now=NOW + 40 * DAY)
    agree(small, key)
    assert state_of(small, key) is DeletionState.TRASHED


def test_an_owner_may_agree_where_an_editor_or_the_owner_of_another_consultation_may_not(small: Store) -> None:
    publish(small, slug="other")
    for login in ("ada", "bo"):
        token = people.invite(small, login=login, name="", role=Role.MEMBER, actor=OPERATOR, now=NOW)
        people.accept_link(small, token, login="", name="", password="a long enough one", now=NOW)
    grants.grant(small, SLUG, "ada", ConsultationRole.EDITOR, actor=OPERATOR, now=NOW)
    grants.grant(small, "other", "bo", ConsultationRole.OWNER, actor=OPERATOR, now=NOW)
    key = ask(small, send(small))
    with refused(NotAllowed, "deletion.own_wait"):  # nobody else may, so the time runs
        trash.agree(small, SLUG, key, actor=SECRETARIAT, now=NOW)
    grants.grant(small, SLUG, "ada", ConsultationRole.OWNER, actor=OPERATOR, now=NOW)
    with refused(NotAllowed, "deletion.own"):
        trash.agree(small, SLUG, key, actor=SECRETARIAT, now=NOW + 40 * DAY)
    for stranger in (ConsultationRole.EDITOR, ConsultationRole.REVIEWER):
        with refused(NotAllowed, "access.denied"):
            trash.agree(small, SLUG, key, actor=granted(stranger), now=LATER)
    with refused(NotAllowed, "access.part_only"):
        part = Scope(regions=frozenset({"n"}))
        trash.agree(small, SLUG, key, actor=granted(ConsultationRole.OWNER, part), now=LATER)
    agree(small, key, actor=granted(ConsultationRole.OWNER))
    assert state_of(small, key) is DeletionState.TRASHED


def test_who_is_alone_agrees_after_the_stated_time(small: Store) -> None:
    for role, login in ((Role.REPORT_WRITER, "writer"), (Role.SECRETARIAT, "secretariat")):
        token = people.invite(small, login=login, name="", role=role, actor=OPERATOR, now=NOW)
        people.accept_link(small, token, login="", name="", password="a long enough one", now=NOW)
    key = ask(small, send(small))
    end = NOW + timedelta(hours=trash.ALONE_HOURS)
    with refused(NotAllowed, "deletion.own_wait"):
        trash.agree(small, SLUG, key, actor=SECRETARIAT, now=end - timedelta(seconds=1))
    trash.agree(small, SLUG, key, actor=SECRETARIAT, now=end)
    assert state_of(small, key) is DeletionState.TRASHED


def test_the_operator_agrees_to_what_a_person_asked_for_and_waits_for_their_own(small: Store) -> None:
    agree(small, ask(small, send(small)), actor=OPERATOR)
    with refused(NotAllowed, "deletion.own_wait"):
        agree(small, ask(small, send(small, org_name="Other"), actor=OPERATOR), actor=OPERATOR)


def test_what_is_in_the_trash_counts_nowhere(small: Store) -> None:
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], actor=SECRETARIAT, now=NOW)
    sent, draft = send_by_link(small, "Southern Cross"), begin(small)
    fill(small, draft)
    assert figures(small) == (1, 1, 1, 1)
    agree(small, ask(small, sent))
    assert figures(small) == (0, 1, 0, 0)
    agree(small, ask(small, draft))
    assert figures(small) == (0, 0, 0, 0)
    assert monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=LATER).replies == 0
    assert response_files.staff_files(small, SLUG, actor=SECRETARIAT) == ()
    assert consultations.find(small, SLUG).slug == SLUG


def test_the_link_says_what_happened(small: Store) -> None:
    code = send(small)
    given = begin(small)
    colleague = colleagues.invite_colleague(small, given, name="Bo", role="writer", now=NOW)
    key, other = ask(small, code), ask(small, given)
    reference = reference_of(small, code)
    agree(small, key)
    agree(small, other)
    with refused(NotFound, "response.deleted") as caught:
        responses.resume(small, code, now=LATER)
    assert caught.value.params == {"reference": reference, "on": "2026-09-16"}
    for use in (receipts.receipt, responses.submit, responses.reopen):
        with refused(NotFound, "response.deleted"):
            use(small, code, now=LATER)
    assert trash.empty(small, actor=SYSTEM, now=LATER + 31 * DAY) == 2
    for each in (code, given, colleague):
        with refused(NotFound, "response.erased_from_trash") as caught:
            responses.resume(small, each, now=LATER + 32 * DAY)
        assert caught.value.params == {"on": "2026-10-17"}


def test_what_an_open_window_saves_is_refused(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    agree(small, ask(small, code))
    with refused(NotFound, "response.deleted"):
        saving.save(small, code, {"finding": "x"}, seen={}, section="s1", language="en", now=LATER)


@pytest.mark.parametrize("status", [ResponseStatus.DRAFT, ResponseStatus.SUBMITTED, ResponseStatus.WITHDRAWN])
def test_what_is_restored_is_as_it_was(small: Store, status: ResponseStatus) -> None:
    code = begin(small)
    fill(small, code)
    if status is not ResponseStatus.DRAFT:
        responses.submit(small, code, now=NOW)
    if status is ResponseStatus.WITHDRAWN:
        corrections.withdraw(small, code, now=NOW)
    before = responses.resume(small, code, now=NOW)
    key = ask(small, code)
    agree(small, key)
    trash.restore(small, SLUG, key, actor=SECRETARIAT, now=LATER)
    after = responses.resume(small, code, now=NOW)
    assert (after.response.status, after.state.answers) == (status, before.state.answers)
    assert state_of(small, key) is DeletionState.RESTORED
    assert trash.empty(small, actor=SYSTEM, now=NOW + 400 * DAY) == 0
    ask(small, code)  # it can be asked for again


def test_a_place_that_was_taken_meanwhile_is_not_restored_into(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"quota_role": "region", "quotas": "s=1"}, actor=SECRETARIAT, now=NOW)
    key = ask(small, send(small))
    agree(small, key)
    send(small, org_name="Another")
    with refused(InvalidInput, "response.group_full"):
        trash.restore(small, SLUG, key, actor=SECRETARIAT, now=LATER)
    assert state_of(small, key) is DeletionState.TRASHED


def test_a_refused_request_leaves_the_response(small: Store) -> None:
    code = send(small)
    key = ask(small, code)
    trash.refuse(small, SLUG, key, actor=SECRETARIAT, now=LATER)
    assert (state_of(small, key), figures(small)[0]) == (DeletionState.REFUSED, 1)
    for act in (trash.agree, trash.refuse, trash.restore):
        with refused(Conflict, "deletion.changed"):
            act(small, SLUG, key, actor=ADMINISTRATOR, now=LATER)


def test_after_the_time_nothing_of_the_answers_is_left_and_the_log_tells_who_did_it(
    small: Store, settings: Settings, tmp_path: Path
) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "finding": "ERASE-ME finding", "story_yes": "yes"})
    response_files.attach(small, code, "story_file", name="ERASE-ME.txt", content=b"ERASE-ME", limit_bytes=99, now=NOW)
    colleagues.invite_colleague(small, code, name="ERASE-ME colleague", role="writer", now=NOW)
    responses.submit(small, code, now=NOW)
    reference = reference_of(small, code)
    stays = send(small, org_name="Stays")
    key = ask(small, code)
    agree(small, key)
    assert trash.empty(small, actor=SYSTEM, now=LATER + 30 * DAY - timedelta(seconds=1)) == 0
    assert trash.empty(small, actor=SYSTEM, now=LATER + 30 * DAY + timedelta(seconds=1)) == 1
    assert trash.empty(small, actor=SYSTEM, now=LATER + 40 * DAY) == 0
    small.close()
    kept_rows = everything(as_file(settings, tmp_path))
    rows = [(table, str(value)) for table, _, row in kept_rows for value in row.values()]
    assert [table for table, value in rows if "ERASE-ME" in value] == []
    with small.read() as kept:
        found = list(kept.log_entries())
        kept_acts = [(e.actor, e.action, e.is_blanked) for e in found if e.subject == f"{SLUG}/{reference}"]
    assert kept_acts[-3:] == [
        ("person:secretariat", "deletion.asked", True),
        ("person:administrator", "deletion.agreed", True),
        ("system", "response.erased", False),
    ]
    assert found[-1].details["asked_by"] == "person:secretariat"
    assert found[-1].details["agreed_by"] == "person:administrator"
    assert verify(found).holds
    assert responses.resume(small, stays, now=NOW).submitted
    assert state_of(small, key) is DeletionState.ERASED


def test_the_code_of_an_erased_response_is_kept_only_as_its_digest(small: Store) -> None:
    code = send(small)
    agree(small, ask(small, code))
    trash.empty(small, actor=SYSTEM, now=LATER + 31 * DAY)
    with small.read() as kept:
        assert kept.erased(code) is None
        found = kept.erased(hash_of(code.replace("-", "")))
        (deletion,) = kept.deletions(kept.consultation(SLUG).id)
    assert found is not None
    assert (found.cause, found.erased_at) == (ErasureCause.TRASH, LATER + 31 * DAY)
    assert (deletion.state, deletion.response_id, deletion.reason) == (DeletionState.ERASED, None, "")


def test_an_erased_response_frees_its_personal_link(small: Store) -> None:
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], actor=SECRETARIAT, now=NOW)
    code = send_by_link(small, "Southern Cross")
    agree(small, ask(small, code))
    trash.empty(small, actor=SYSTEM, now=LATER + 31 * DAY)
    assert send_by_link(small, "Southern Cross") != code


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_request_needs_a_reason(small: Store, reason: str) -> None:
    with refused(InvalidInput, "deletion.reason"):
        ask(small, send(small), reason=reason)


def test_what_is_not_there_cannot_be_deleted(small: Store) -> None:
    publish(small, slug="other")
    key = ask(small, send(small))
    with refused(NotFound, "response.unknown"):
        trash.ask(small, "other", "R-NONE", "x", actor=SECRETARIAT, now=NOW)
    with refused(NotFound, "deletion.unknown"):
        trash.agree(small, "other", key, actor=ADMINISTRATOR, now=NOW)
    with refused(NotFound, "deletion.unknown"):
        trash.agree(small, SLUG, 99, actor=ADMINISTRATOR, now=NOW)


def test_a_report_writer_deletes_nothing(small: Store) -> None:
    key = ask(small, send(small))
    for act in (trash.agree, trash.refuse, trash.restore):
        with refused(NotAllowed, "access.denied"):
            act(small, SLUG, key, actor=REPORT_WRITER, now=NOW)
    assert state_of(small, key) is DeletionState.ASKED
