"""How long data are kept: nothing goes without a rule, what goes is told before, and it goes once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import InvalidInput, NotAllowed, NotFound
from data.records import ConsultationStatus
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, consultations, corrections, invitations, mailings, responses, retention
from survey.access import ANONYMOUS
from survey.channels import daily
from survey.mail_templates import MailKind
from survey.policies import policies_of
from survey.retention import Erased, Kind, months_after
from tests.small import (
    CLOSES_AT,
    DAY,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    frame_of,
    refused,
    send,
)

MUCH_LATER = CLOSES_AT + 4000 * DAY


def ruled(store: Store, **months: str) -> None:
    typed = {f"keep_{kind}_months": number for kind, number in months.items()}
    consultation_rules.set_policies(store, SLUG, typed, actor=SECRETARIAT, now=NOW)


@pytest.fixture
def answered(small: Store) -> Store:
    """Two sent responses, one of them withdrawn, a draft, and a contact list that was written to."""
    row = {"organisation": "Invited", "email": "office@invited.example"}
    invitations.import_frame(small, SLUG, [row], actor=SECRETARIAT, now=NOW)
    mailings.merge_file(
        small, SLUG, MailKind.INVITATION, "csv", base_url="https://x.example", actor=SECRETARIAT, now=NOW
    )
    send(small)
    corrections.withdraw(small, send(small), now=NOW)
    fill(small, begin(small))
    return small


def due(store: Store, now: datetime) -> dict[Kind, retention.Due]:
    return {each.kind: each for each in retention.preview(store, SLUG, actor=SECRETARIAT, now=now).due}


def test_without_a_rule_nothing_is_ever_due(answered: Store) -> None:
    for each in due(answered, MUCH_LATER).values():
        assert (each.months, each.at, each.is_due) == (None, None, False)
    assert retention.run(answered, SLUG, actor=SECRETARIAT, now=MUCH_LATER) == Erased()
    assert retention.run_all(answered, actor=SECRETARIAT, now=MUCH_LATER) == {}


def test_the_preview_says_what_goes_when(answered: Store) -> None:
    ruled(answered, contacts="6", drafts="2", answers="120")
    found = due(answered, NOW)
    assert [found[kind].at for kind in Kind] == [
        datetime(2027, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2027, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2036, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    assert [found[kind].counts for kind in Kind] == [
        (("contacts", 3), ("addresses", 2)),
        (("drafts", 1),),
        (("responses", 2), ("files", 0)),
    ]
    assert [each.is_due for each in due(answered, datetime(2027, 3, 1, tzinfo=UTC)).values()] == [False, True, False]


def test_contact_data_go_and_answers_stay(answered: Store) -> None:
    ruled(answered, contacts="6")
    moment = CLOSES_AT + 200 * DAY
    assert retention.run(answered, SLUG, actor=SECRETARIAT, now=moment) == Erased(contacts=5)
    assert [each.email for each in frame_of(answered)] == [""]
    with answered.read() as kept:
        key = kept.consultation(SLUG).id
        assert (kept.contacts(key), [mail.email for mail in kept.mails(key)]) == ({}, [""])
        assert len(kept.responses(key)) == 1
        (erased,) = kept.erasures(key)
        (logged, *_) = kept.log()
    assert (erased.kind, erased.subject, erased.cause) == ("contacts", SLUG, "retention")
    assert (logged.action, logged.details) == ("retention.erased", {"contacts": 5, "drafts": 0, "responses": 0})
    assert retention.run(answered, SLUG, actor=SECRETARIAT, now=moment) == Erased()


def test_drafts_go_and_what_was_sent_stays(answered: Store) -> None:
    draft = begin(answered)
    ruled(answered, drafts="1")
    assert retention.run(answered, SLUG, actor=SECRETARIAT, now=CLOSES_AT + 40 * DAY) == Erased(drafts=2)
    with refused(NotFound, "response.erased"):
        responses.resume(answered, draft, now=NOW)
    assert due(answered, MUCH_LATER)[Kind.ANSWERS].total == 2


def test_answers_go_with_withdrawn_ones_and_contact_data(answered: Store) -> None:
    ruled(answered, answers="12")
    assert retention.run(answered, SLUG, actor=SECRETARIAT, now=MUCH_LATER) == Erased(responses=2)
    with answered.read() as kept:
        assert len(kept.contacts(kept.consultation(SLUG).id)) == 1  # that of the draft


def test_months_are_counted_from_when_it_was_closed_by_hand(answered: Store) -> None:
    ruled(answered, drafts="1")
    closed = NOW + 10 * DAY
    consultations.set_status(answered, SLUG, ConsultationStatus.CLOSED, actor=SECRETARIAT, now=closed)
    assert due(answered, closed)[Kind.DRAFTS].at == months_after(closed, 1)
    consultations.set_status(answered, SLUG, ConsultationStatus.OPEN, actor=SECRETARIAT, now=closed + DAY)
    assert due(answered, closed)[Kind.DRAFTS].at == datetime(2027, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def test_nothing_is_due_of_a_consultation_that_nobody_closes(answered: Store) -> None:
    ruled(answered, answers="1")
    consultations.change(
        answered, SLUG, title={}, opens_at=None, deadline_at=None, closes_at=None, actor=SECRETARIAT, now=NOW
    )
    assert due(answered, MUCH_LATER)[Kind.ANSWERS].is_due is False


@pytest.mark.parametrize("text", ["0", "-1", "x", "601", "1.5"])
def test_a_number_of_months_is_checked(small: Store, text: str) -> None:
    with refused(InvalidInput, "policies.invalid"):
        ruled(small, answers=text)
    assert policies_of(consultations.find(small, SLUG)).keep_answers_months is None


@pytest.mark.parametrize("actor", [REPORT_WRITER, ANONYMOUS])
def test_nobody_else_looks_or_erases(small: Store, actor: object) -> None:
    for act in (retention.preview, retention.run):
        with pytest.raises(NotAllowed):
            act(small, SLUG, actor=actor, now=NOW)  # type: ignore[operator]
    with pytest.raises(NotAllowed):
        retention.run_all(small, actor=actor, now=NOW)  # type: ignore[arg-type]


def test_the_daily_work_is_done_once_a_day_though_many_ask_for_it(
    answered: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="soundings.audit")
    ruled(answered, drafts="1")
    moment = CLOSES_AT + 40 * DAY
    threads = [threading.Thread(target=daily.run_today, args=(answered, moment)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    daily.run_today(answered, moment - timedelta(hours=1))
    daily.run_today(answered, moment + DAY)
    assert caplog.text.count("erased by the rules of small: Erased(contacts=0, drafts=1, responses=0)") == 1
    assert caplog.text.count("head of the log of acts") == 2
    with answered.read() as kept:
        assert [each.action for each in kept.log()].count("retention.erased") == 1


def test_contact_data_that_a_rule_erased_do_not_come_back_with_a_back_up(answered: Store, settings: Settings) -> None:
    ruled(answered, contacts="6")
    with answered.read() as kept:
        before = kept.contacts(kept.consultation(SLUG).id)
    retention.run(answered, SLUG, actor=SECRETARIAT, now=CLOSES_AT + 200 * DAY)
    with answered.write() as kept:  # as the back-up has it
        for key, details in before.items():
            kept.set_contact(key, details)
        kept._connection.exec_driver_sql("DELETE FROM erasures")
    assert answered.replay_erasures() == 1
    with answered.read() as kept:
        assert kept.contacts(kept.consultation(SLUG).id) == {}
