"""A response from its first click to its receipt: kept, merged, sent once, never with contact data."""

import gc
import json
import threading
import weakref
from datetime import timedelta
from pathlib import Path

import pytest

from data.errors import Conflict, InvalidInput, NotFound
from data.records import ConsultationStatus, FileRecord
from data.settings import Settings
from data.store import Store
from survey import consultations, invitations, open_responses, publications, responses
from survey.codes import hash_of, normalised
from survey.logic.merging import Clash
from survey.response_files import attach, detach, file_of, staff_file
from survey.responses import resume, submit
from survey.saving import save
from survey.xlsform.sheets import from_markdown
from tests.databases import as_file, rows
from tests.small import (
    ADMINISTRATOR,
    ANSWERS,
    CLOSES_AT,
    DAY,
    DEADLINE_AT,
    NOW,
    OPENS_AT,
    SECRETARIAT,
    SENT,
    SLUG,
    begin,
    fill,
    frame_of,
    refused,
    send,
    send_by_link,
)

PDF = b"%PDF-1.7\n% a story\n"
MISREAD = str.maketrans({"0": "o", "1": "l", "V": "u"})


def put_file(store: Store, code: str, **changes: object) -> FileRecord:
    values: dict[str, object] = {
        "name": "story.pdf",
        "content": PDF,
        "limit_bytes": 1_000_000,
        "now": NOW,
    }
    return attach(store, code, "story_file", **{**values, **changes})  # type: ignore[arg-type]


# begin and resume


def test_a_new_draft_is_empty_and_opens_with_its_code(small: Store) -> None:
    opened = resume(small, begin(small, language="fr"), now=NOW)
    assert (opened.submitted, opened.response.language, opened.response.revision) == (False, "fr", 1)
    assert opened.state.answers == {"start_time": "2026-09-15T12:00:00.000+00:00"}
    assert opened.response.expires_at == NOW + timedelta(days=180)


def test_a_code_opens_in_small_case_and_with_look_alike_letters(small: Store) -> None:
    code = begin(small)
    reference = resume(small, code, now=NOW).response.reference
    for typed in (code.lower(), code.translate(MISREAD), code.replace("-", " "), f"  {code}\n"):
        assert resume(small, typed, now=NOW).response.reference == reference


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "'; DROP TABLE responses; --", "Ж" * 500])
def test_a_wrong_code_opens_nothing(small: Store, code: str) -> None:
    begin(small)
    with refused(NotFound, "response.unknown_code"):
        resume(small, code, now=NOW)


def test_a_slip_in_a_code_is_told_before_anything_is_looked_up(small: Store) -> None:
    code = begin(small)
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    for act in (lambda: resume(small, slip, now=NOW), lambda: submit(small, slip, now=NOW)):
        with refused(NotFound, "response.mistyped_code"):
            act()


def test_a_code_that_was_made_before_the_check_sign_still_opens(small: Store) -> None:
    code = begin(small)
    with small.write() as kept:
        response = kept.response_by_code(hash_of(normalised(code)))
        assert response is not None
        kept.save_response(response.id, expected_revision=1, code_hash=hash_of("K7QF9M2X4TZP"))
    assert resume(small, "k7qf-9m2x-4tzp", now=NOW).response.reference == response.reference


def test_a_reference_is_no_code(small: Store) -> None:
    reference = resume(small, begin(small), now=NOW).response.reference
    with refused(NotFound, "response.unknown_code"):
        resume(small, reference, now=NOW)


def test_a_code_is_kept_as_a_hash_only(small: Store, settings: Settings, tmp_path: Path) -> None:
    code = send(small)
    small.close()
    content = as_file(settings, tmp_path).read_bytes()
    assert [secret for secret in (code, code.replace("-", "")) if secret.encode() in content] == []


def test_a_draft_expires_after_its_last_save(small: Store) -> None:
    code = begin(small)
    fill(small, code, now=NOW + DAY)
    resume(small, code, now=NOW + timedelta(days=181))
    later = NOW + timedelta(days=181, seconds=1)
    for act in (
        lambda: resume(small, code, now=later),
        lambda: save(small, code, {}, seen={}, section="s1", language="en", now=later),
        lambda: submit(small, code, now=later),
        lambda: put_file(small, code, now=later),
    ):
        with refused(NotFound, "response.expired_code"):
            act()


def test_what_was_sent_never_expires(small: Store) -> None:
    assert resume(small, send(small), now=NOW + timedelta(days=3650)).submitted


# open, closed, late


@pytest.mark.parametrize(
    ("moment", "code"),
    [(OPENS_AT - DAY, "consultation.not_open_yet"), (CLOSES_AT + DAY, "consultation.closed")],
)
def test_nothing_is_taken_outside_the_open_period(small: Store, moment: object, code: str) -> None:
    draft = begin(small)
    fill(small, draft, {**ANSWERS, "story_yes": "yes"})
    for act in (
        lambda: begin(small, now=moment),  # type: ignore[arg-type]
        lambda: save(small, draft, {"staff": 1}, seen={}, section="s1", language="en", now=moment),  # type: ignore[arg-type]
        lambda: put_file(small, draft, now=moment),
        lambda: submit(small, draft, now=moment),  # type: ignore[arg-type]
    ):
        with refused(InvalidInput, code):
            act()
    assert resume(small, draft, now=NOW).state.answers["finding"] == ANSWERS["finding"]


def test_a_consultation_closed_by_hand_rejects_answers_and_keeps_the_draft(small: Store) -> None:
    draft = begin(small)
    fill(small, draft)
    consultations.set_status(small, SLUG, ConsultationStatus.CLOSED, actor=SECRETARIAT, now=NOW)
    with refused(InvalidInput, "consultation.closed"):
        submit(small, draft, now=NOW)
    consultations.set_status(small, SLUG, ConsultationStatus.OPEN, actor=SECRETARIAT, now=NOW)
    assert submit(small, draft, now=NOW).submitted


def test_no_draft_begins_in_an_unknown_consultation(small: Store) -> None:
    with refused(NotFound, "consultation.unknown"):
        begin(small, slug="large")


@pytest.mark.parametrize(("after", "late"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_an_answer_after_the_first_deadline_is_late_and_counted(small: Store, after: timedelta, late: bool) -> None:
    code = begin(small)
    fill(small, code)
    opened = submit(small, code, now=DEADLINE_AT + after)
    assert (opened.submitted, opened.response.late) == (True, late)


# save


def test_a_draft_keeps_every_answer_and_its_section(small: Store) -> None:
    code = begin(small)
    saved = fill(small, code, section="s2")
    opened = resume(small, code, now=NOW + DAY)
    assert saved.state.answers == opened.state.answers == {**SENT, "contact_email": "post@southern.example"}
    assert (opened.response.section, opened.response.region, opened.response.publish) == ("s2", "s", "named")


def test_a_save_without_a_change_writes_nothing(small: Store) -> None:
    code = begin(small)
    first = fill(small, code)
    again = fill(small, code, now=NOW + DAY)
    assert (again.response.revision, again.response.updated_at) == (first.response.revision, NOW)


def test_faulty_answers_are_kept_and_cannot_be_sent(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "region": "atlantis", "staff": "-1", "org_name": None})
    opened = resume(small, code, now=NOW)
    assert (opened.state.answers["region"], opened.state.answers["staff"]) == ("atlantis", -1)
    with refused(InvalidInput, "response.incomplete") as caught:
        submit(small, code, now=NOW)
    issues = caught.value.params["issues"]
    assert tuple((name, issue.code) for name, issue in issues) == (
        ("org_name", "answer.required"),
        ("region", "answer.not_a_choice"),
        ("staff", "answer.constraint"),
    )
    assert (caught.value.params["count"], resume(small, code, now=NOW).submitted) == (3, False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"finding": "x" * 20_001}, "answer.too_long"),
        ({"finding": "x" * 5_000_000}, "answer.too_long"),
        ({"fields": [f"c{number}" for number in range(2_000)]}, "answer.too_long"),
        ({"nobody": "asked"}, "answer.not_askable"),
        ({"start_time": "2020-01-01"}, "answer.not_askable"),
        ({"story_yes": "yes", "story_file": "0" * 32}, "file.not_asked"),
    ],
)
def test_what_no_form_sends_is_refused_and_the_draft_stays(small: Store, changes: dict[str, object], code: str) -> None:
    draft = begin(small)
    fill(small, draft)
    before = resume(small, draft, now=NOW).state.answers
    with refused(InvalidInput, code):
        fill(small, draft, changes)
    assert resume(small, draft, now=NOW).state.answers == before


def test_an_answer_of_the_greatest_length_is_kept(small: Store) -> None:
    code = begin(small)
    fill(small, code, {"finding": "ж" * 20_000})
    assert resume(small, code, now=NOW).state.answers["finding"] == "ж" * 20_000


def test_control_characters_do_not_reach_the_store(small: Store) -> None:
    code = begin(small)
    fill(small, code, {"finding": "a\x00b\x1b[31m\ud800c"})
    assert resume(small, code, now=NOW).state.answers["finding"] == "ab[31mc"


# two windows


def save_from(store: Store, code: str, seen: object, **changes: object) -> open_responses.OpenResponse:
    return save(store, code, changes, seen=seen, section="s1", language="en", now=NOW)  # type: ignore[arg-type]


def test_two_windows_that_answer_different_questions_are_merged(small: Store) -> None:
    code = begin(small)
    seen = fill(small, code).state.answers
    save_from(small, code, seen, finding="From the first window")
    save_from(small, code, seen, staff=4)
    answers = resume(small, code, now=NOW).state.answers
    assert (answers["finding"], answers["staff"]) == ("From the first window", 4)


def test_two_windows_that_answer_the_same_question_are_a_conflict(small: Store) -> None:
    code = begin(small)
    seen = fill(small, code).state.answers
    save_from(small, code, seen, finding="First", staff=1)
    with refused(Conflict, "response.changed_elsewhere") as caught:
        save_from(small, code, seen, finding="Second", org_name="Renamed")
    assert caught.value.params == {"question": "finding"}
    answers = resume(small, code, now=NOW).state.answers
    assert (answers["finding"], answers["org_name"]) == ("First", "Renamed"), "what nobody disputes is kept"
    (clash,) = caught.value.clashes
    assert clash == Clash(question="finding", stored="First", entered="Second")


def test_an_answer_to_an_instance_that_another_window_removed_is_told_and_all_else_is_kept(small: Store) -> None:
    form = """
| survey |
| | type | name | label |
| | begin repeat | member | Member |
| | text | name | Name |
| | end repeat | | |
| | text | more | More |
"""
    publications.publish(small, from_markdown(form), slug="repeats", title={"en": "R"}, actor=ADMINISTRATOR, now=NOW)
    code = responses.begin(small, "repeats", language="en", channel="app", now=NOW)
    seen = resume(small, code, now=NOW).state.answers
    seen = save(small, code, {}, seen=seen, section="", language="en", now=NOW, instance=("member", 0)).state.answers
    save(small, code, {}, seen=seen, section="", language="en", now=NOW, instance=("member", 2))
    with refused(Conflict, "response.changed_elsewhere") as caught:
        changes = {"member[2]/name": "Bo", "more": "Kept"}
        save(small, code, changes, seen=seen, section="", language="en", now=NOW)
    assert caught.value.clashes == (Clash(question="member[2]/name", stored=None, entered="Bo", gone=True),)
    assert resume(small, code, now=NOW).state.answers["more"] == "Kept"


def test_two_windows_that_give_the_same_answer_agree(small: Store) -> None:
    code = begin(small)
    seen = fill(small, code).state.answers
    save_from(small, code, seen, finding="The same")
    assert save_from(small, code, seen, finding="The same", staff=2).state.answers["staff"] == 2


def test_a_window_that_clears_what_another_changed_is_a_conflict(small: Store) -> None:
    code = begin(small)
    seen = fill(small, code).state.answers
    save_from(small, code, seen, finding="Changed")
    with refused(Conflict, "response.changed_elsewhere"):
        save_from(small, code, seen, finding=None)


# submit


def test_a_sent_response_is_what_was_relevant_and_nothing_of_the_contact(small: Store) -> None:
    opened = resume(small, send(small), now=NOW)
    assert (opened.submitted, opened.response.submitted_at, opened.response.submission) == (True, NOW, SENT)
    assert opened.response.expires_at is None


def test_irrelevant_answers_stay_in_the_draft_and_are_not_sent(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "fields": ["other"], "fields_other": "Bees", "invest_rank": None})
    fill(small, code, {"fields": ["prev"]})
    draft = resume(small, code, now=NOW)
    assert draft.response.answers["fields_other"] == "Bees"
    sent = submit(small, code, now=NOW).response
    assert sent.submission == {name: v for name, v in {**SENT, "fields": ("prev",)}.items() if name != "invest_rank"}
    assert sent.answers["fields_other"] == "Bees"


def test_contact_data_lie_in_their_own_table_alone(small: Store, settings: Settings) -> None:
    code = send(small)
    draft = begin(small)
    fill(small, draft)
    for table, column in (("responses", "answers"), ("responses", "submission"), ("response_revisions", "submission")):
        kept = rows(settings, f"SELECT CAST({column} AS TEXT) FROM {table}")
        assert [words for (words,) in kept if "contact_email" in words] == []
    assert len(rows(settings, "SELECT details FROM contacts")) == 2
    tables = ("responses", "response_revisions", "log", "contacts")
    everything = [str(row) for table in tables for row in rows(settings, f"SELECT * FROM {table}")]
    assert [row for row in everything if "southern.example" in row] == []
    assert resume(small, code, now=NOW).state.answers["contact_email"] == "post@southern.example"
    fill(small, draft, {"contact_email": None})
    assert len(rows(settings, "SELECT * FROM contacts")) == 1


def test_declined_consent_cannot_be_sent(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    assert fill(small, code, {"consent": "decline"}).declined
    with refused(InvalidInput, "response.no_consent"):
        submit(small, code, now=NOW)
    assert resume(small, code, now=NOW).submitted is False


def test_sending_twice_changes_nothing(small: Store, settings: Settings) -> None:
    code = begin(small)
    fill(small, code)
    first = submit(small, code, now=NOW)
    second = submit(small, code, now=DEADLINE_AT + DAY)
    assert second.response == first.response
    assert rows(settings, "SELECT count(*) FROM response_revisions") == [(1,)]


def test_eight_windows_that_send_at_once_send_one_response(small: Store, settings: Settings) -> None:
    code = begin(small)
    fill(small, code)
    outcomes: list[object] = []
    ready = threading.Barrier(8)

    def send_now() -> None:
        ready.wait()
        try:
            outcomes.append(submit(small, code, now=NOW).response.revision)
        except BaseException as error:
            outcomes.append(error)

    threads = [threading.Thread(target=send_now) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [3] * 8
    assert rows(settings, "SELECT status, revision FROM responses") == [("submitted", 3)]
    assert rows(settings, "SELECT revision, CAST(submission AS TEXT) FROM response_revisions") == [
        (3, json.dumps(SENT, ensure_ascii=False, separators=(",", ":")))
    ]


def test_what_was_sent_cannot_be_changed(small: Store) -> None:
    code = send(small, story_yes="yes")
    for act in (
        lambda: fill(small, code, {"finding": "Something else"}),
        lambda: put_file(small, code),
        lambda: detach(small, code, "story_file", now=NOW),
    ):
        with refused(Conflict, "response.submitted"):
            act()
    assert resume(small, code, now=NOW).response.submission == {**SENT, "story_yes": "yes"}


def test_a_reply_counts_for_an_invited_organisation_by_its_link_and_not_by_its_name(small: Store) -> None:
    frame = [{"organisation": "SOUTHERN  cross"}, {"organisation": "Somebody else"}]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    invited = {each.organisation: each.id for each in frame_of(small)}
    by_name, by_link = send(small, org_name="Southern Cross"), send_by_link(small, "Somebody else")
    assert resume(small, by_name, now=NOW).response.invitation_id is None
    assert resume(small, by_link, now=NOW).response.invitation_id == invited["Somebody else"]


# files


@pytest.fixture
def asked(small: Store) -> str:
    """The code of a draft that is asked for a file."""
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    return code


def test_a_file_is_kept_and_answers_its_question(small: Store, asked: str) -> None:
    record = put_file(small, asked)
    opened = resume(small, asked, now=NOW)
    assert (opened.files, opened.state.answers["story_file"]) == ({"story_file": record}, record.id)
    assert (record.name, record.content_type, record.size_bytes) == ("story.pdf", "application/pdf", len(PDF))
    assert file_of(small, asked, record.id, now=NOW) == (record, PDF)
    assert submit(small, asked, now=NOW).response.submission["story_file"] == record.id
    assert staff_file(small, record.id, actor=SECRETARIAT) == (record, PDF)


def test_a_second_file_takes_the_place_of_the_first(small: Store, asked: str) -> None:
    first = put_file(small, asked)
    second = put_file(small, asked, name="better.pdf", content=PDF + b" better")
    assert resume(small, asked, now=NOW).files == {"story_file": second}
    with refused(NotFound, "file.unknown"):
        file_of(small, asked, first.id, now=NOW)


def test_a_file_is_removed_with_its_answer(small: Store, asked: str, settings: Settings) -> None:
    put_file(small, asked)
    detach(small, asked, "story_file", now=NOW)
    detach(small, asked, "story_file", now=NOW)
    opened = resume(small, asked, now=NOW)
    assert (opened.files, opened.state.answers.get("story_file")) == ({}, None)
    assert rows(settings, "SELECT count(*) FROM files") == [(0,)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"content": b"12345", "limit_bytes": 4}, "file.too_large"), ({"content": b""}, "file.empty")],
)
def test_a_file_that_is_too_large_or_empty_is_refused(
    small: Store, asked: str, changes: dict[str, object], code: str
) -> None:
    kept = put_file(small, asked)
    with refused(InvalidInput, code):
        put_file(small, asked, **changes)
    assert resume(small, asked, now=NOW).files == {"story_file": kept}


@pytest.mark.parametrize("question", ["finding", "nobody", "m_serv", ""])
def test_a_file_for_a_question_that_asks_for_none_is_refused(small: Store, asked: str, question: str) -> None:
    with refused(InvalidInput, "file.not_asked"):
        attach(small, asked, question, name="a", content=b"a", limit_bytes=9, now=NOW)


def test_a_file_that_is_not_asked_for_now_is_refused(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    with refused(InvalidInput, "file.not_asked"):
        put_file(small, code)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\story.doc", "story.doc.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ('a<b>|?*".pdf', "ab.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("قصة.pdf", "قصة.pdf"),
    ],
)
def test_the_name_of_a_file_is_made_harmless(small: Store, asked: str, given: str, kept: str) -> None:
    assert put_file(small, asked, name=given).name == kept


def test_nobody_reads_the_file_of_another(small: Store, asked: str) -> None:
    record = put_file(small, asked)
    with refused(NotFound, "file.unknown"):
        file_of(small, begin(small), record.id, now=NOW)
    with refused(NotFound, "response.unknown_code"):
        file_of(small, "0000-0000-0000", record.id, now=NOW)


def test_staff_do_not_read_the_file_of_a_draft(small: Store, asked: str) -> None:
    record = put_file(small, asked)
    with refused(NotFound, "file.unknown"):
        staff_file(small, record.id, actor=SECRETARIAT)


def test_a_sending_leaves_nothing_to_the_garbage_collector(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    gc.disable()
    try:
        state = weakref.ref(submit(small, code, now=NOW).state)
        assert state() is None
    finally:
        gc.enable()
