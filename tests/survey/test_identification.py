"""Who can be told from what is kept: looked up in every table of the file, its hidden row numbers too; of a server, in
the file that a back-up of it is."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis import open_answers
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from data.backups import backup
from data.errors import InvalidInput
from data.settings import Settings
from data.store import Store
from survey import (
    consultation_rules,
    consultations,
    corrections,
    imports,
    invitations,
    mailings,
    receipts,
    response_files,
    responses,
    saving,
)
from survey.imported_rows import ImportRow
from survey.mail_templates import MailKind
from survey.policies import policies_of
from survey.xlsform.sheets import from_markdown
from tests.databases import as_file
from tests.small import ANSWERS, DAY, FORM, NOW, SECRETARIAT, SLUG, fill, publish, refused, send, send_by_link

NAMELESS = "\n".join(
    line for line in FORM.splitlines() if not any(name in line for name in (" org_name ", " contact_email "))
)
NAMELESS_ANSWERS = {name: answer for name, answer in ANSWERS.items() if name not in ("org_name", "contact_email")}
INVITED = [
    {"organisation": f"Organisation {number}", "region": "s", "email": f"post{number}@invited.example"}
    for number in range(40)
]
ABOUT_ANSWERS = ("responses", "response_revisions", "contacts", "files", "response_keys", "response_sections")
CLOCK = re.compile(r"\d\d:\d\d")


def everything(database: Path) -> Iterator[tuple[str, int, dict[str, object]]]:
    """(table, hidden row number, row) of every row there is."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
            numbered = "WITHOUT ROWID" not in sql
            # Without an order asked for, a table comes as it lies in the file.
            hidden = "rowid AS hidden, " if numbered else ""
            for place, row in enumerate(connection.execute(f"SELECT {hidden}* FROM {table}")):
                values = dict(row)
                yield table, values.pop("hidden", place), values


@pytest.fixture
def anonymous(store: Store) -> Store:
    """A consultation in which nobody shall be known, with a contact frame."""
    publish(store, form=NAMELESS)
    consultation_rules.set_policies(
        store, SLUG, {"identification": "anonymous", "corrections_until": "2027-06-30"}, actor=SECRETARIAT, now=NOW
    )
    invitations.import_frame(store, SLUG, INVITED, actor=SECRETARIAT, now=NOW)
    return store


def answer(store: Store, number: int) -> tuple[str, str]:
    """(code, reference) of the response that was sent as number so and so, each at its own time of day."""
    moment = NOW + timedelta(minutes=7 * number, seconds=number)
    code = responses.begin(store, SLUG, language="en", channel="web", now=moment)
    changes = {**NAMELESS_ANSWERS, "finding": f"Finding {number}", "story_yes": "yes"}
    saving.save(store, code, changes, seen={}, section="s1", language="en", now=moment)
    response_files.attach(store, code, "story_file", name="a.txt", content=b"a", limit_bytes=9, now=moment)
    opened = responses.submit(store, code, now=moment)
    return code, opened.response.reference


def test_nothing_in_the_database_joins_an_anonymous_answer_with_an_invitation(
    anonymous: Store, settings: Settings, tmp_path: Path
) -> None:
    sent = [answer(anonymous, number) for number in range(40)]
    corrections.correct(anonymous, sent[3][0], now=NOW + DAY)
    fill(anonymous, sent[3][0], {"finding": "Finding 3"}, now=NOW + DAY)
    responses.submit(anonymous, sent[3][0], now=NOW + DAY)
    corrections.withdraw(anonymous, sent[4][0], now=NOW + DAY)
    anonymous.close()
    rows = list(everything(as_file(settings, tmp_path)))
    invited = [row for table, _, row in rows if table == "invitations"]
    replies = [row for table, _, row in rows if table == "responses"]
    assert (len(invited), len(replies)) == (40, 40)

    # no key, no name, no address
    assert {row["invitation_id"] for row in replies} == {None}
    about = [(table, row) for table, _, row in rows if table in ABOUT_ANSWERS]
    words = "\n".join(str(value) for _, row in about for value in row.values())
    assert [each for each in INVITED if each["organisation"] in words or each["email"] in words] == []
    assert [row for table, row in about if table in ("contacts", "response_keys", "response_sections")] == []

    # no time of day
    moments = {
        str(value) for _, row in about for name, value in row.items() if name.endswith(("_at", "_until")) and value
    }
    assert {moment[10:] for moment in moments} == {" 00:00:00.000000"}
    clocks = {found for _, row in about for value in row.values() for found in CLOCK.findall(str(value))}
    assert clocks <= {"00:00"}

    # the order in which responses and what was sent are kept is not the one in which they came
    by_reference = {reference: number for number, (_, reference) in enumerate(sent)}
    order = [by_reference[str(row["reference"])] for row in replies]
    assert order not in (sorted(order), sorted(order, reverse=True))
    keys = {row["id"]: by_reference[str(row["reference"])] for row in replies}
    revisions = [keys[row["response_id"]] for table, _, row in rows if table == "response_revisions"]
    assert revisions not in (sorted(revisions), sorted(revisions, reverse=True))

    # the log names no response and says nothing of when one came
    log = "\n".join(str(list(row.values())) for table, _, row in rows if table == "log")
    codes = [hashlib.sha256(code.replace("-", "").encode()).hexdigest() for code, _ in sent]
    secrets = [*by_reference, *codes, *map(str, keys)]
    assert [secret for secret in secrets if secret in log] == []
    assert {row["action"] for table, _, row in rows if table == "log"} == {
        "consultation.published",
        "consultation.policies",
        "frame.imported",
    }


def test_nothing_orders_anonymous_answers_as_invitations_mails_or_visits_came(
    anonymous: Store, settings: Settings, tmp_path: Path
) -> None:
    # Everybody is written to, visits and answers in the order of the contact list: the worst case for matching.
    mailings.merge_file(
        anonymous, SLUG, MailKind.INVITATION, "csv", base_url="https://x.example", actor=SECRETARIAT, now=NOW
    )
    tongues = ("en", "fr")
    came: dict[str, int] = {}
    for number in range(24):
        moment = NOW + timedelta(minutes=5 * number)
        code = responses.begin(anonymous, SLUG, language=tongues[number % 2], channel="web", now=moment)
        changes = {**NAMELESS_ANSWERS, "finding": f"Finding {number}", "story_yes": "yes"}
        saving.save(anonymous, code, changes, seen={}, section="s1", language=tongues[number % 2], now=moment)
        response_files.attach(
            anonymous,
            code,
            "story_file",
            name="a.txt",
            content=b"a",
            limit_bytes=9,
            now=moment,
        )
        came[responses.submit(anonymous, code, now=moment).response.reference] = number
    anonymous.close()
    backup(settings, tmp_path / "copy.db")
    for database in (as_file(settings, tmp_path), tmp_path / "copy.db"):
        rows = list(everything(database))
        keys = {row["id"]: came[str(row["reference"])] for table, _, row in rows if table == "responses"}
        for table in {name for name, _, row in rows if "response_id" in row or name == "responses"}:
            about = [(hidden, row) for name, hidden, row in rows if name == table]
            numbers = [keys[row["id"] if table == "responses" else row["response_id"]] for _, row in about]
            # As it lies in the file, by its hidden number, and by every value that sorts.
            orders = {
                "place": numbers,
                "hidden": [n for _, n in sorted(zip((h for h, _ in about), numbers, strict=True))],
            }
            for name in about[0][1]:
                if len({str(row[name]) for _, row in about}) == len(about):
                    orders[name] = [
                        n for _, n in sorted((str(row[name]), n) for (_, row), n in zip(about, numbers, strict=True))
                    ]
            for name, order in orders.items():
                if name in ("submission", "answers"):  # this test itself numbers what it answers
                    continue
                assert abs(likeness(order)) < 0.75, (database, table, name)
        # What is kept of invitations and mails was there before the first answer and is not touched by one.
        mails = {
            str(row["changed_at"]) for name, _, row in rows if name in ("mails", "mailings") and "changed_at" in row
        }
        assert mails == {f"{NOW:%Y-%m-%d %H:%M:%S}.000000"}
        assert [name for name, _, _ in rows if name in ("section_visits", "linked_responses")] == []
        assert max(int(str(row["id"])) for name, _, row in rows if name == "consent_texts") > 2


def likeness(order: list[int]) -> float:
    """Spearman's correlation of an order of arrivals with the order in which they came: 1 the same, -1 reversed."""
    n = len(order)
    return 1 - 6 * sum((place - sorted(order).index(number)) ** 2 for place, number in enumerate(order)) / (n**3 - n)


def test_the_same_is_kept_of_answers_that_are_brought_in(anonymous: Store, settings: Settings, tmp_path: Path) -> None:
    rows = [
        ImportRow(number=number, values={"consent": "agree", "publish": "no", "region": "s"}, submitted_at=NOW)
        for number in range(2, 5)
    ]
    imports.import_responses(anonymous, SLUG, rows, actor=SECRETARIAT, now=NOW)
    anonymous.close()
    about = [
        (table, row)
        for table, _, row in everything(as_file(settings, tmp_path))
        if table in ("responses", "response_revisions")
    ]
    assert {str(value)[10:] for _, row in about for name, value in row.items() if name.endswith("_at") and value} == {
        " 00:00:00.000000"
    }
    assert {row["invitation_id"] for table, row in about if table == "responses"} == {None}


def test_a_receipt_of_an_anonymous_response_says_the_day(anonymous: Store) -> None:
    code, _ = answer(anonymous, 1)
    kept = receipts.receipt(anonymous, code, now=NOW)
    assert (kept.submitted_at, kept.whole_days) == (datetime(2026, 9, 15, tzinfo=UTC), True)
    page = receipts.as_html(kept)
    assert "15 September 2026" in page
    assert "15 September 2026," not in page


def test_lateness_is_judged_before_the_time_is_forgotten(anonymous: Store) -> None:
    deadline = NOW + timedelta(minutes=5)
    consultations.change(
        anonymous, SLUG, title={}, opens_at=None, deadline_at=deadline, closes_at=None, actor=SECRETARIAT, now=NOW
    )
    late = [responses.resume(anonymous, answer(anonymous, n)[0], now=NOW).response.late for n in (0, 1)]
    assert late == [False, True]


def test_a_later_version_of_an_anonymous_consultation_cannot_ask_who_answers(anonymous: Store) -> None:
    with refused(InvalidInput, "policies.anonymous_asks") as caught:
        publish(anonymous, form=FORM)
    assert caught.value.params == {"names": "org_name, contact_email"}
    assert policies_of(consultations.find(anonymous, SLUG)).anonymous


def test_a_pseudonymous_answer_stands_apart_from_its_name(small: Store, settings: Settings, tmp_path: Path) -> None:
    consultation_rules.set_policies(small, SLUG, {"identification": "pseudonymous"}, actor=SECRETARIAT, now=NOW)
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], actor=SECRETARIAT, now=NOW)
    code = send_by_link(small, "Southern Cross")
    opened = responses.resume(small, code, now=NOW)
    assert opened.state.answers["org_name"] == "Southern Cross"
    assert opened.response.invitation_id is not None
    quotes = open_answers.quotes(
        small, SLUG, "finding", actor=SECRETARIAT, audience=Audience.MEETING, language="en", filters=Filters()
    )
    assert [str(quote) for quote in quotes if "Southern Cross" in str(quote)] == []
    small.close()
    named = {
        table
        for table, _, row in everything(as_file(settings, tmp_path))
        if any("Southern Cross" in str(value) for value in row.values())
    }
    assert named == {"invitations"}  # the contact data are sealed


# consent


def test_what_was_agreed_to_is_kept_by_version_and_language(small: Store) -> None:
    code = send(small)
    send(small, org_name="Another")
    publish(small, form=FORM.replace("Do you agree?", "Do you agree to this and that?"), accept_changes=True)
    other = send(small)
    kept = [receipts.receipt(small, each, now=NOW).consent for each in (code, other)]
    assert [(each.version_number, each.language, each.text.splitlines()[0]) for each in kept if each] == [
        (1, "en", "Do you agree?"),
        (2, "en", "Do you agree to this and that?"),
    ]
    assert all(each and each.sha256 == hashlib.sha256(each.text.encode()).hexdigest() for each in kept)
    assert "What you agreed to" in receipts.as_html(receipts.receipt(small, other, now=NOW))


def test_the_words_of_the_readers_language_are_kept(small: Store) -> None:
    code = responses.begin(small, SLUG, language="fr", channel="web", now=NOW)
    saving.save(small, code, ANSWERS, seen={}, section="s1", language="fr", now=NOW)
    responses.submit(small, code, now=NOW)
    consent = receipts.receipt(small, code, now=NOW).consent
    assert consent is not None
    assert consent.text == "Êtes-vous d'accord ?\n- J'accepte\n- Je refuse"


def test_a_correction_keeps_what_was_agreed_to_with_it(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2027-06-30"}, actor=SECRETARIAT, now=NOW)
    code = send(small)
    publish(small, form=FORM.replace("Do you agree?", "Do you agree to more?"), accept_changes=True)
    corrections.correct(small, code, now=NOW)
    fill(small, code, {"finding": "Changed."})
    responses.submit(small, code, now=NOW)
    with small.read() as kept:
        revisions = kept.revisions(responses.resume(small, code, now=NOW).response.id)
    assert [each.consent and (each.consent.version_number, each.consent.text[:13]) for each in revisions] == [
        (1, "Do you agree?"),
        (1, "Do you agree?"),
    ]


def test_a_draft_that_meets_other_words_of_consent_agrees_anew(small: Store) -> None:
    code = responses.begin(small, SLUG, language="en", channel="web", now=NOW)
    fill(small, code)
    publish(small, form=FORM.replace("Your main finding", "Your chief finding"))
    moved = responses.reopen(small, code, now=NOW)
    assert (moved.response.version_number, moved.state.answers["consent"]) == (2, "agree")
    publish(small, form=FORM.replace("Do you agree?", "Do you agree to more?"))
    moved = responses.reopen(small, code, now=NOW)
    assert (moved.response.version_number, moved.state.answers.get("consent")) == (3, None)
    with refused(InvalidInput, "response.incomplete"):
        responses.submit(small, code, now=NOW)
    fill(small, code, {"consent": "agree"})
    responses.submit(small, code, now=NOW)
    kept = receipts.receipt(small, code, now=NOW)
    assert kept.consent is not None
    assert kept.consent.text.startswith("Do you agree to more?")
    assert any(entry.words == ANSWERS["finding"] for _heading, entries in kept.sections for entry in entries)


def test_where_nobody_agreed_no_text_is_kept(store: Store) -> None:
    publish(store, form=FORM.replace("Êtes-vous d'accord ?  | yes |", "Êtes-vous d'accord ?  | |"))
    code = responses.begin(store, SLUG, language="en", channel="web", now=NOW)
    fill(store, code, {"publish": "no"})
    responses.submit(store, code, now=NOW)
    assert receipts.receipt(store, code, now=NOW).consent is None


def test_where_consent_is_not_asked_none_is_kept(store: Store) -> None:
    form = "| survey |\n| | type | name | label |\n| | text | finding | Your finding |\n"
    assert from_markdown(form)
    publish(store, form=form)
    code = responses.begin(store, SLUG, language="default", channel="web", now=NOW)
    saving.save(store, code, {"finding": "x"}, seen={}, section="", language="default", now=NOW)
    responses.submit(store, code, now=NOW)
    assert receipts.receipt(store, code, now=NOW).consent is None
