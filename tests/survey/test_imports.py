"""Answers collected elsewhere, from CSV files."""

import io
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from data.errors import InvalidInput, NotFound
from data.store import Store
from survey import consultation_rules, consultations, imports, invitations, published_forms
from survey.imported_rows import ImportIssue, ImportRow, Judge, judged_batches
from survey.imports import Imported, import_responses
from survey.policies import Policies
from tests.small import ANSWERS, DAY, DEADLINE_AT, NOW, SECRETARIAT, SLUG, refused, send

HEAD = "reference,submitted_at,consent,publish,org_name,region,fields,fields_other,staff,contact_email\n"
GOOD = "A-1,2026-10-01T10:00:00+02:00,agree,anon,First,n,prev hr,,7,first@post.example\n"


def load(store: Store, text: str) -> Imported:
    return import_responses(store, SLUG, imports.read_csv(text.encode()), actor=SECRETARIAT, now=NOW + 60 * DAY)


def issues_of(store: Store, text: str) -> list[tuple[int, str, str]]:
    with refused(InvalidInput, "import.invalid") as caught:
        load(store, text)
    issues = caught.value.params["issues"]
    assert isinstance(issues, tuple)
    assert caught.value.params["count"] == len(issues)
    return [(issue.row, issue.column, issue.code) for issue in issues]


def kept(store: Store) -> list[str]:
    with store.read() as reading:
        return [response.reference for response in reading.responses(reading.consultation(SLUG).id)]


# responses


def test_an_imported_row_is_a_submitted_response(small: Store) -> None:
    assert load(small, HEAD + GOOD) == Imported(added=1, present=0)
    with small.read() as reading:
        (found,) = reading.responses(reading.consultation(SLUG).id)
        contact = reading.contact(found.id)
    assert found.submission == {
        "start_time": "2026-10-01T10:00:00.000+02:00",
        "consent": "agree",
        "publish": "anon",
        "org_name": "First",
        "region": "n",
        "fields": ("prev", "hr"),
        "staff": 7,
    }
    assert (found.submitted_at, found.late, found.channel, found.region, found.publish) == (
        datetime(2026, 10, 1, 8, tzinfo=UTC),
        False,
        "import",
        "n",
        "anon",
    )
    assert contact == {"contact_email": "first@post.example"}


def test_signs_that_no_text_has_are_taken_out_of_a_file(small: Store) -> None:
    row = GOOD.replace("A-1", "A-\0001").replace("First", "Fi\0rst").replace("first@", "fi\0rst@")
    assert load(small, HEAD + row) == Imported(added=1, present=0)
    with small.read() as reading:
        (found,) = reading.responses(reading.consultation(SLUG).id)
        contact = reading.contact(found.id)
    assert (found.reference, found.submission["org_name"]) == ("A-1", "First")
    assert contact == {"contact_email": "first@post.example"}
    assert load(small, HEAD + row) == Imported(added=0, present=1)


def test_every_fault_of_every_row_is_listed_and_nothing_is_imported(small: Store) -> None:
    bad = (
        "A-2,,agree,anon,,n,,,,\n"  # row 3: no organisation
        "A-3,,agree,anon,Third,atlantis,,,minus,\n"  # row 4: no such region, no number
        "A-4,,decline,anon,,,,,,\n"  # row 5: no consent
        "A-5,,agree,anon,Fifth,n,other,,-1,\n"  # row 6: no other field named, below nobody
    )
    assert issues_of(small, HEAD + GOOD + bad) == [
        (3, "org_name", "answer.required"),
        (4, "region", "answer.not_a_choice"),
        (4, "staff", "answer.not_a_number"),
        (5, "consent", "response.no_consent"),
        (6, "fields_other", "answer.required"),
        (6, "staff", "answer.constraint"),
    ]
    assert kept(small) == []


def test_a_column_that_is_no_question_is_a_fault_of_its_rows(small: Store) -> None:
    assert issues_of(small, "consent,publish,org_name,region,colour\nagree,anon,One,n,red\n") == [
        (2, "colour", "answer.not_askable")
    ]


def test_an_unknown_language_is_a_fault(small: Store) -> None:
    assert issues_of(small, "language,consent\nxx,agree\n") == [(2, "language", "import.language")]


def test_a_table_cannot_bring_files(small: Store) -> None:
    text = HEAD.replace("contact_email", "story_file") + GOOD.replace("first@post.example", "report.pdf")
    assert issues_of(small, text) == [(2, "story_file", "import.file")]


def test_a_reference_is_imported_once(small: Store) -> None:
    load(small, HEAD + GOOD)
    assert load(small, HEAD + GOOD + GOOD.replace("A-1", "A-2")) == Imported(added=1, present=1)
    assert kept(small) == ["A-1", "A-2"]


def test_a_reference_twice_in_one_file_is_imported_once(small: Store) -> None:
    assert load(small, HEAD + GOOD + GOOD) == Imported(added=1, present=1)


def test_rows_without_a_reference_each_get_their_own(small: Store) -> None:
    row = GOOD.replace("A-1", "")
    assert load(small, HEAD + row + row) == Imported(added=2, present=0)
    assert len(set(kept(small))) == 2


def test_a_late_row_is_marked_late(small: Store) -> None:
    late = GOOD.replace("2026-10-01T10:00:00+02:00", (DEADLINE_AT + DAY).isoformat())
    load(small, HEAD + late)
    with small.read() as reading:
        (found,) = reading.responses(reading.consultation(SLUG).id)
    assert found.late is True


def test_a_byte_order_mark_and_a_date_without_zone_are_understood() -> None:
    (row,) = imports.read_csv(b"\xef\xbb\xbfreference,submitted_at,finding\r\nA-1,2026-10-01T10:00:00,\xd1\x84\r\n")
    assert (row.number, row.reference, row.submitted_at, row.values) == (
        2,
        "A-1",
        datetime(2026, 10, 1, 10, tzinfo=UTC),
        {"finding": "ф"},
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"reference,finding\n", "import.empty"),
        ("finding\nétat\n".encode("latin-1"), "import.unreadable"),
        (b'finding\n"open', "import.unreadable"),
        (b"PK\x03\x04\x00\xff a workbook", "import.unreadable"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(content: bytes, code: str) -> None:
    with refused(InvalidInput, code):
        imports.read_csv(content)


def test_rows_of_the_wrong_length_and_wrong_dates_are_named() -> None:
    with refused(InvalidInput, "import.invalid") as caught:
        imports.read_csv(b"reference,submitted_at\nA-1\nA-2,yesterday\nA-3,2026-10-01,more\n")
    assert caught.value.params["issues"] == (
        ImportIssue(row=2, column="", code="import.cells"),
        ImportIssue(row=3, column="submitted_at", code="import.date"),
        ImportIssue(row=4, column="", code="import.cells"),
    )


def test_nothing_is_imported_into_an_unknown_consultation(small: Store) -> None:
    with refused(NotFound, "consultation.unknown"):
        import_responses(small, "large", (), actor=SECRETARIAT, now=NOW)


# rules hold for what is brought in


def bring(store: Store, *answers: dict[str, object]) -> imports.Imported:
    rows = [
        ImportRow(number=number, values={**ANSWERS, **each}, language="fr" if number == 2 else "")
        for number, each in enumerate(answers, start=2)
    ]
    return imports.import_responses(store, SLUG, rows, actor=SECRETARIAT, now=NOW)


def told(store: Store, *answers: dict[str, object]) -> list[tuple[int, str, str]]:
    with refused(InvalidInput, "import.invalid") as caught:
        bring(store, *answers)
    issues: tuple[ImportIssue, ...] = caught.value.params["issues"]  # type: ignore[assignment]
    return [(issue.row, issue.column, issue.code) for issue in issues]


def test_what_was_agreed_to_is_kept_with_answers_that_are_brought_in(small: Store) -> None:
    bring(small, {}, {"org_name": "Other"})
    with small.read() as kept:
        revisions = [kept.revisions(each.id)[0] for each in kept.responses(1)]
    assert [each.consent.text.splitlines()[0] for each in revisions if each.consent] == [
        "Êtes-vous d'accord ?",
        "Do you agree?",
    ]


def test_limits_of_groups_hold_for_answers_that_are_brought_in(small: Store) -> None:
    typed = {"quota_role": "region", "quotas": "s=2"}
    consultation_rules.set_policies(small, SLUG, typed, actor=SECRETARIAT, now=NOW)
    send(small)
    assert told(small, {}, {}, {"region": "n"}) == [(3, "region", "import.group_full")]
    assert bring(small, {}, {"region": "n"}).added == 2


def test_one_response_of_each_organisation_holds_for_answers_that_are_brought_in(small: Store) -> None:
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], actor=SECRETARIAT, now=NOW)
    consultation_rules.set_policies(small, SLUG, {"one_per_organisation": "yes"}, actor=SECRETARIAT, now=NOW)
    assert told(small, {}, {"org_name": "southern cross."}) == [(3, "org_name", "import.organisation_sent")]
    bring(small, {})
    assert told(small, {}) == [(2, "org_name", "import.organisation_sent")]
    consultation_rules.set_policies(small, SLUG, {"one_per_organisation": "no"}, actor=SECRETARIAT, now=NOW)
    bring(small, {})
    assert [each.others for each in invitations.doubted(small, SLUG, actor=SECRETARIAT)] == [1, 1]


# long files


def many(count: int) -> str:
    rows = [GOOD.replace("A-1", f"A-{number}").replace("First", f"Org {number}") for number in range(1, count + 1)]
    return HEAD + "".join(rows)


def stream(text: str) -> Iterator[ImportRow]:
    return imports.csv_rows(io.BytesIO(text.encode()))


def take(store: Store, text: str, told: list[tuple[str, int]]) -> Imported:
    def progress(what: str, rows: int) -> None:
        told.append((what, rows))

    return import_responses(store, SLUG, stream(text), actor=SECRETARIAT, now=NOW + 60 * DAY, progress=progress)


def test_a_long_file_is_checked_and_added_in_batches(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    told: list[tuple[str, int]] = []
    assert take(small, many(5), told) == Imported(added=5, present=0)
    assert told == [("checked", 2), ("checked", 4), ("checked", 5), ("added", 2), ("added", 4), ("added", 5)]
    assert kept(small) == [f"A-{number}" for number in range(1, 6)]
    with small.read() as reading:
        (entry,) = [each for each in reading.log() if each.action == "responses.imported"]
    assert entry.details == {"added": 5, "present": 0}


def test_a_fault_in_the_last_batch_keeps_all_out(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    with refused(InvalidInput, "import.invalid") as caught:
        take(small, many(4) + "A-9,,agree,anon,,n,,,,\n", [])
    assert caught.value.params["count"] == 1
    assert kept(small) == []


def test_of_many_faults_the_first_are_listed_and_all_are_counted(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_ISSUES", 3)
    with refused(InvalidInput, "import.invalid") as caught:
        take(small, HEAD + "".join(f"B-{n},,agree,anon,,n,,,,\n" for n in range(5)), [])
    issues = caught.value.params["issues"]
    assert isinstance(issues, tuple)
    assert (caught.value.params["count"], [issue.row for issue in issues]) == (5, [2, 3, 4])


def by_several(store: Store, rows: Iterator[ImportRow]) -> Imported:
    return import_responses(store, SLUG, rows, actor=SECRETARIAT, now=NOW + 60 * DAY, processes=2)


def test_several_processes_take_in_every_row_in_order(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 3)
    assert by_several(small, stream(many(11))) == Imported(added=11, present=0)
    assert kept(small) == [f"A-{number}" for number in range(1, 12)]
    assert multiprocessing.active_children() == []


def test_several_processes_judge_as_one_does(small: Store) -> None:
    form = published_forms.newest_form(small, consultations.find(small, SLUG))
    judge = Judge(form, consent="consent", rules=Policies(), now=NOW)
    rows = [*stream(many(7) + "B-1,,agree,anon,,n,,,,\n")]
    batches = [rows[first : first + 3] for first in (0, 3, 6)]
    alone, together = (list(judged_batches(judge, batches, list, processes=count)) for count in (1, 2))
    assert alone == together
    assert [judged.submission is not None and not judged.faults for _, found in alone for _, judged in found] == [
        *[True] * 7,
        False,
    ]


def test_several_processes_tell_the_faults_in_their_order(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    bad = "B-{n},,agree,anon,,n,,,,\n"
    with refused(InvalidInput, "import.invalid") as caught:
        by_several(small, stream(many(4) + bad.format(n=1) + GOOD + bad.format(n=2)))
    issues = caught.value.params["issues"]
    assert isinstance(issues, tuple)
    assert (caught.value.params["count"], [issue.row for issue in issues]) == (2, [6, 8])
    assert kept(small) == []


def test_what_a_process_that_ended_would_have_judged_is_judged_here(
    small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)

    def rows() -> Iterator[ImportRow]:
        for row in stream(many(12)):
            if row.number == 9:
                for each in multiprocessing.active_children():
                    each.kill()
                    each.join()
            yield row

    assert by_several(small, rows()) == Imported(added=12, present=0)


def test_a_reference_in_two_batches_is_imported_once(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 1)
    assert take(small, HEAD + GOOD + GOOD, []) == Imported(added=1, present=1)


def test_a_row_is_read_when_it_is_needed(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    read: list[int] = []
    ahead: list[int] = []

    def rows() -> Iterator[ImportRow]:
        for row in stream(many(6)):
            read.append(row.number)
            yield row

    import_responses(
        small,
        SLUG,
        rows(),
        actor=SECRETARIAT,
        now=NOW + 60 * DAY,
        progress=lambda what, done: ahead.append(len(read) - done) if what == "checked" else None,
    )
    assert ahead == [0, 0, 0]


def test_what_somebody_sent_meanwhile_stops_the_next_batch(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 1)
    typed = {"quota_role": "region", "quotas": "n=2"}
    consultation_rules.set_policies(small, SLUG, typed, actor=SECRETARIAT, now=NOW)

    def progress(what: str, rows: int) -> None:
        if (what, rows) == ("added", 1):
            send(small, region="n", org_name="Faster")

    with refused(InvalidInput, "import.stopped") as caught:
        import_responses(small, SLUG, stream(many(2)), actor=SECRETARIAT, now=NOW, progress=progress)
    assert (caught.value.params["added"], caught.value.params["count"]) == (1, 1)
    with small.read() as reading:
        (entry,) = [each for each in reading.log() if each.action == "responses.imported"]
    assert entry.details == {"added": 1, "present": 0}


def test_a_file_that_ends_in_the_middle_of_a_cell_says_where(small: Store) -> None:
    with refused(InvalidInput, "import.unreadable") as caught:
        take(small, many(3) + 'A-9,"never closed', [])
    assert str(caught.value.params["reason"]).startswith("line 5:")
    assert kept(small) == []
