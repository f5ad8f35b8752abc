"""After sending: changed until a date as a draft beside what counts, every version kept; or withdrawn."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DatabaseError

from analysis import inventory, monitoring, open_answers
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from data.errors import Conflict, InvalidInput, NotFound, SoundingsError
from data.records import FileRecord, ResponseRecord, RevisionRecord
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, corrections, erasure, receipts, response_files, responses
from survey.corrections import afterwards, correct, drop_correction, withdraw
from survey.responses import resume, submit
from tests.databases import changed, rows
from tests.small import (
    ANSWERS,
    CLOSES_AT,
    DAY,
    DEADLINE_AT,
    FORM,
    NOW,
    SECRETARIAT,
    SENT,
    SLUG,
    begin,
    fill,
    publish,
    refused,
    send,
)

UNTIL = CLOSES_AT + 15 * DAY
LATER = NOW + 2 * DAY


@pytest.fixture
def small(small: Store) -> Store:
    """The small consultation, which takes corrections for 15 days after it closed and shows replies for a year."""
    typed = {"corrections_until": UNTIL.isoformat(), "visible_until": (UNTIL + 365 * DAY).isoformat()}
    consultation_rules.set_policies(small, SLUG, typed, actor=SECRETARIAT, now=NOW)
    return small


def counted(store: Store) -> list[ResponseRecord]:
    with store.read() as kept:
        return list(kept.responses(kept.consultation(SLUG).id))


def revisions(store: Store, code: str) -> tuple[RevisionRecord, ...]:
    key = resume(store, code, now=NOW).response.id
    with store.read() as kept:
        return kept.revisions(key)


def put_file(store: Store, code: str, content: bytes) -> FileRecord:
    return response_files.attach(store, code, "story_file", name="a.txt", content=content, limit_bytes=99, now=LATER)


def test_what_was_sent_is_not_changed_by_any_way_of_writing(small: Store, settings: Settings) -> None:
    code = send(small)
    with pytest.raises(DatabaseError, match="append-only"):
        changed(settings, "UPDATE response_revisions SET submission = '{}'")
    with pytest.raises(DatabaseError, match="append-only"):
        changed(settings, "UPDATE response_revisions SET saved_at = saved_at")
    assert rows(settings, "SELECT count(*) FROM response_revisions WHERE CAST(submission AS TEXT) <> '{}'") == [(1,)]
    erasure.erase(small, code, now=NOW)
    assert rows(settings, "SELECT count(*) FROM response_revisions") == [(0,)]


def test_what_was_sent_counts_until_the_changes_are_sent(small: Store) -> None:
    code = send(small)
    before = counted(small)[0]
    opened = correct(small, code, now=LATER)
    assert (opened.submitted, opened.state.answers["finding"]) == (False, SENT["finding"])
    assert opened.state.answers["contact_email"] == ANSWERS["contact_email"]
    fill(small, code, {"finding": "Changed.", "region": "n", "contact_email": "new@example.org"}, now=LATER)
    (meanwhile,) = counted(small)
    assert (meanwhile.submission, meanwhile.region) == (before.submission, "s")
    with small.read() as kept:
        assert kept.contact(meanwhile.id) == {"contact_email": ANSWERS["contact_email"]}
    sent = submit(small, code, now=LATER)
    assert sent.submitted
    (after,) = counted(small)
    assert (after.submission["finding"], after.region, after.submitted_at) == ("Changed.", "n", NOW)
    assert (after.reference, after.correcting) == (before.reference, False)
    with small.read() as kept:
        assert kept.contact(after.id) == {"contact_email": "new@example.org"}
    assert [(each.saved_at, each.submission["finding"]) for each in revisions(small, code)] == [
        (NOW, SENT["finding"]),
        (LATER, "Changed."),
    ]


def test_a_receipt_says_which_version_it_is(small: Store) -> None:
    code = send(small)
    kept = receipts.receipt(small, code, now=NOW)
    assert (kept.revision, kept.changed_at, kept.withdrawn_at) == (1, None, None)
    correct(small, code, now=LATER)
    fill(small, code, {"finding": "Changed."}, now=LATER)
    assert receipts.receipt(small, code, now=LATER).sections == kept.sections
    submit(small, code, now=LATER)
    kept = receipts.receipt(small, code, now=LATER)
    assert (kept.revision, kept.changed_at, kept.submitted_at) == (2, LATER, NOW)
    assert "version 2 of what was sent" in receipts.as_html(kept)


def test_dropped_changes_leave_everything_as_it_was(small: Store) -> None:
    code = send(small, story_yes="yes")
    before = counted(small)[0]
    correct(small, code, now=LATER)
    fill(small, code, {"finding": "Changed.", "contact_email": None}, now=LATER)
    lost = put_file(small, code, b"lost")
    opened = drop_correction(small, code, now=LATER)
    assert (opened.submitted, opened.state.answers["contact_email"]) == (True, ANSWERS["contact_email"])
    assert counted(small)[0].submission == before.submission
    assert len(revisions(small, code)) == 1
    with refused(NotFound, "file.unknown"):
        response_files.file_of(small, code, lost.id, now=LATER)
    assert drop_correction(small, code, now=LATER).submitted


def test_a_correction_is_opened_once(small: Store) -> None:
    code = send(small)
    correct(small, code, now=LATER)
    fill(small, code, {"finding": "Changed."}, now=LATER)
    assert correct(small, code, now=LATER).state.answers["finding"] == "Changed."


def test_a_file_that_was_sent_stays_with_its_version(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    first = put_file(small, code, b"first")
    submit(small, code, now=LATER)
    correct(small, code, now=LATER)
    second = put_file(small, code, b"second")
    third = put_file(small, code, b"third")
    assert resume(small, code, now=LATER).files == {"story_file": third}
    assert [file.id for file, _ in response_files.staff_files(small, SLUG, actor=SECRETARIAT)] == [first.id]
    submit(small, code, now=LATER)
    assert resume(small, code, now=LATER).files == {"story_file": third}
    assert [file.id for file, _ in response_files.staff_files(small, SLUG, actor=SECRETARIAT)] == [third.id]
    with refused(NotFound, "file.unknown"):
        response_files.staff_file(small, first.id, actor=SECRETARIAT)
    assert response_files.file_of(small, code, first.id, now=LATER)[1] == b"first"
    with refused(NotFound, "file.unknown"):
        response_files.file_of(small, code, second.id, now=LATER)


def test_a_correction_obeys_the_rules_of_sending(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"quota_role": "region", "quotas": "n=1"}, actor=SECRETARIAT, now=NOW)
    send(small, region="n")
    code = send(small)
    correct(small, code, now=LATER)
    fill(small, code, {"org_name": None, "region": "n"}, now=LATER)
    with refused(InvalidInput, "response.incomplete"):
        submit(small, code, now=LATER)
    fill(small, code, {"org_name": "Southern Cross"}, now=LATER)
    with refused(InvalidInput, "response.group_full"):
        submit(small, code, now=LATER)
    assert resume(small, code, now=LATER).response.correcting


def test_a_correction_after_the_deadline_is_not_late(small: Store) -> None:
    code = send(small)
    moment = DEADLINE_AT + DAY
    correct(small, code, now=moment)
    fill(small, code, {"finding": "Changed."}, now=moment)
    assert submit(small, code, now=moment).response.late is False


def test_corrections_go_on_after_closing_until_their_own_date(small: Store) -> None:
    code = send(small)
    correct(small, code, now=UNTIL)
    fill(small, code, {"finding": "Changed."}, now=UNTIL)
    over = UNTIL + timedelta(seconds=1)
    acts = (
        lambda: correct(small, code, now=over),
        lambda: fill(small, code, {"finding": "Too late"}, now=over),
        lambda: submit(small, code, now=over),
    )
    for act in acts:
        with refused(InvalidInput, "corrections.over"):
            act()
    assert counted(small)[0].submission["finding"] == SENT["finding"]
    assert drop_correction(small, code, now=over).submitted


def test_without_a_date_nothing_is_corrected(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"corrections_until": ""}, actor=SECRETARIAT, now=NOW)
    code = send(small)
    with refused(Conflict, "response.submitted"):
        correct(small, code, now=LATER)
    assert afterwards(resume(small, code, now=LATER), now=LATER).correctable is False


def test_a_correction_stays_in_the_version_that_was_sent(small: Store) -> None:
    code = send(small)
    correct(small, code, now=LATER)
    publish(small, form=FORM.replace("Your main finding", "Your chief finding"))
    assert responses.reopen(small, code, now=LATER).response.version_number == 1
    assert submit(small, code, now=LATER).response.version_number == 1


@pytest.mark.parametrize("act", [correct, drop_correction, withdraw])
def test_a_draft_is_neither_corrected_nor_withdrawn(small: Store, act: object) -> None:
    with refused(Conflict, "response.not_sent"):
        act(small, begin(small), now=NOW)  # type: ignore[operator]


@pytest.mark.parametrize("act", [correct, drop_correction, withdraw])
def test_a_wrong_code_does_nothing(small: Store, act: object) -> None:
    with refused(NotFound, "response.unknown_code"):
        act(small, "0000-0000-0000", now=NOW)  # type: ignore[operator]


# withdrawal


def figures(store: Store) -> tuple[int, int, int]:
    progress = monitoring.progress(store, SLUG, actor=SECRETARIAT, language="en", now=NOW, audience=Audience.INTERNAL)
    quotes = open_answers.quotes(
        store, SLUG, "finding", actor=SECRETARIAT, audience=Audience.INTERNAL, language="en", filters=Filters()
    )
    return progress.replies, inventory.replies(store, SLUG, actor=SECRETARIAT), len(quotes)


def test_a_withdrawn_response_counts_nowhere_and_is_kept(small: Store) -> None:
    code = send(small)
    send(small, org_name="Other")
    assert figures(small) == (2, 2, 2)
    reference = resume(small, code, now=NOW).response.reference
    correct(small, code, now=LATER)
    opened = withdraw(small, code, now=LATER)
    assert (opened.submitted, opened.response.status, opened.response.withdrawn_at) == (True, "withdrawn", LATER)
    assert figures(small) == (1, 1, 1)
    kept = receipts.receipt(small, code, now=LATER)
    assert (kept.reference, kept.withdrawn_at) == (reference, LATER)
    assert "This response counts nowhere." in receipts.as_html(kept)
    assert len(revisions(small, code)) == 1
    assert withdraw(small, code, now=LATER + DAY).response.withdrawn_at == LATER
    with small.read() as kept_now:
        newest = kept_now.log()[0]
        assert (newest.action, newest.subject) == ("response.withdrawn", f"{SLUG}/{reference}")


def test_nothing_follows_a_withdrawal(small: Store) -> None:
    code = send(small)
    withdraw(small, code, now=LATER)
    for expected, act in (
        ("response.withdrawn", lambda: correct(small, code, now=LATER)),
        ("response.withdrawn", lambda: drop_correction(small, code, now=LATER)),
        ("response.withdrawn", lambda: submit(small, code, now=LATER)),
        ("response.submitted", lambda: fill(small, code, {"finding": "x"}, now=LATER)),
    ):
        with refused(Conflict, expected):
            act()


def test_a_withdrawn_response_makes_room(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"quota_role": "region", "quotas": "s=1"}, actor=SECRETARIAT, now=NOW)
    withdraw(small, send(small), now=LATER)
    send(small)


def test_what_was_sent_is_shown_until_its_date(small: Store) -> None:
    code, draft = send(small), begin(small)
    last = UNTIL + 365 * DAY
    assert resume(small, code, now=last).submitted
    acts = (resume, receipts.receipt, withdraw)
    for act in acts:
        with refused(NotFound, "response.not_visible"):
            act(small, code, now=last + timedelta(seconds=1))
    with pytest.raises(SoundingsError):
        resume(small, draft, now=last + DAY)
    assert corrections.afterwards(resume(small, code, now=last), now=last).visible_until == last


def test_when_corrections_are_over_no_file_comes_or_goes(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    put_file(small, code, b"as sent")
    submit(small, code, now=LATER)
    correct(small, code, now=LATER)
    with refused(InvalidInput, "corrections.over"):
        response_files.detach(small, code, "story_file", now=UNTIL + DAY)
    with refused(InvalidInput, "corrections.over"):
        response_files.attach(small, code, "story_file", name="b.txt", content=b"b", limit_bytes=9, now=UNTIL + DAY)
    assert resume(small, code, now=LATER).files["story_file"].name == "a.txt"
