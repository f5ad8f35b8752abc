"""Erasing a response: for good, with all that belongs to it, also in back-ups that are older."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from analysis import monitoring, recommendations
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from data import backups, erasure_journal
from data.__main__ import main
from data.errors import Conflict, NotAllowed, NotFound
from data.settings import Settings
from data.store import Store, open_store
from survey import (
    colleagues,
    consultation_rules,
    corrections,
    invitations,
    own_data,
    response_files,
    responses,
    retention,
)
from survey.access import ANONYMOUS, OPERATOR, SYSTEM
from survey.erasure import erase, erase_by_reference
from tests.small import (
    ANSWERS,
    CLOSES_AT,
    DAY,
    FORM,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    publish,
    refused,
    send,
    send_by_link,
)

SECRET = "A finding that nobody else wrote"


def raw(settings: Settings) -> bytes:
    path = settings.sqlite_path or Path()
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def rows_of(settings: Settings, response_id: int) -> dict[str, int]:
    """Table -> rows that name this response."""
    found = {}
    with closing(sqlite3.connect(str(settings.sqlite_path))) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            column = "id" if table == "responses" else "response_id"
            if column in columns and (column == "response_id" or table == "responses"):
                (count,) = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = ?", (response_id,)
                ).fetchone()
                found[table] = count
    return {table: count for table, count in found.items() if count}


def full(store: Store) -> str:
    """The code of a response with everything that can belong to one."""
    code = begin(store)
    fill(store, code, {**ANSWERS, "finding": SECRET, "story_yes": "yes"})
    response_files.attach(store, code, "story_file", name="a.txt", content=SECRET.encode(), limit_bytes=99, now=NOW)
    colleagues.invite_colleague(store, code, name="Kim", role="writer", now=NOW)
    fill(store, code, {"staff": 3}, section="s1")
    responses.submit(store, code, now=NOW)
    return code


@pytest.mark.sqlite
def test_nothing_is_left_of_an_erased_response_but_its_reference(small: Store, settings: Settings) -> None:
    code = full(small)
    response = responses.resume(small, code, now=NOW).response
    assert set(rows_of(settings, response.id)) >= {
        "responses",
        "response_revisions",
        "contacts",
        "files",
        "response_keys",
        "response_sections",
        "section_visits",
    }
    assert erase(small, code, now=NOW + DAY) == response.reference
    assert rows_of(settings, response.id) == {}
    assert retention.run_all(small, actor=SYSTEM, now=NOW + DAY) == {}
    assert SECRET.encode() not in raw(settings)
    with small.read() as kept:
        (erased,) = kept.erasures()
        assert kept.responses(kept.consultation(SLUG).id) == ()
        (logged, *_) = kept.log()
    assert (erased.kind, erased.subject, erased.cause, erased.erased_at) == (
        "response",
        response.reference,
        "respondent",
        NOW + DAY,
    )
    assert (logged.action, logged.details) == ("response.erased", {"entries_blanked": 6})
    for act in (erase, responses.resume, corrections.withdraw):
        with refused(NotFound, "response.erased") as caught:
            act(small, code, now=NOW + DAY)
        assert caught.value.params == {"reference": response.reference}


def test_a_draft_and_a_withdrawn_response_are_erased_too(small: Store) -> None:
    draft = begin(small)
    fill(small, draft)
    erase(small, draft, now=NOW)
    withdrawn = send(small)
    corrections.withdraw(small, withdrawn, now=NOW)
    erase(small, withdrawn, now=NOW)
    with small.read() as kept:
        assert len(kept.erasures(kept.consultation(SLUG).id)) == 2
        assert kept.kept_counts(kept.consultation(SLUG).id).responses == 0


def test_a_draft_left_too_long_is_erased_by_its_code(small: Store) -> None:
    code = begin(small)
    later = NOW + 400 * DAY
    with refused(NotFound, "response.expired_code"):
        responses.resume(small, code, now=later)
    reference = erase(small, code, now=later)
    with small.read() as kept:
        assert kept.is_erased(kept.consultation(SLUG).id, reference)


def test_what_was_sent_and_is_shown_no_more_is_erased_by_its_code(small: Store) -> None:
    last = CLOSES_AT + 30 * DAY
    rules = {"visible_until": last.isoformat()}
    consultation_rules.set_policies(small, SLUG, rules, actor=SECRETARIAT, now=NOW)
    code, later = send(small), last + DAY
    reference = responses.resume(small, code, now=NOW).response.reference
    for act in (responses.resume, own_data.everything):
        with refused(NotFound, "response.not_visible"):
            act(small, code, now=later)
    assert erase(small, code, now=later) == reference
    with refused(NotFound, "response.erased"):
        responses.resume(small, code, now=later)


def test_a_colleague_who_may_only_write_erases_nothing(small: Store) -> None:
    code = begin(small)
    key = colleagues.invite_colleague(small, code, name="Kim", role="writer", now=NOW)
    for moment in (NOW, NOW + 400 * DAY):
        with refused(Conflict, "response.not_yours"):
            erase(small, key, now=moment)
    assert responses.resume(small, code, now=NOW)


def test_a_wrong_code_erases_nothing(small: Store) -> None:
    with refused(NotFound, "response.unknown_code"):
        erase(small, "0000-0000-0000", now=NOW)


def test_an_invited_organisation_can_begin_again(small: Store) -> None:
    invitations.import_frame(small, SLUG, [{"organisation": "Southern Cross"}], actor=SECRETARIAT, now=NOW)
    erase(small, send_by_link(small, "Southern Cross"), now=NOW)
    again = send_by_link(small, "Southern Cross")
    assert responses.resume(small, again, now=NOW).submitted


def test_kept_findings_and_recommendations_stay(small: Store) -> None:
    codes = [send(small, org_name=f"Organisation {number}") for number in range(6)]
    finding = recommendations.keep_finding(
        small, SLUG, "serv_prev", filters=Filters(), statement="Few are served.", actor=SECRETARIAT, now=NOW
    )
    before = recommendations.findings(small, SLUG, actor=SECRETARIAT, language="en")
    for code in codes:
        erase(small, code, now=NOW)
    assert recommendations.findings(small, SLUG, actor=SECRETARIAT, language="en") == before
    assert finding
    progress = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW, audience=Audience.INTERNAL)
    assert progress.replies == 0


def test_staff_erase_by_reference_and_nobody_else_does(small: Store) -> None:
    reference = responses.resume(small, send(small), now=NOW).response.reference
    for actor in (REPORT_WRITER, ANONYMOUS):
        with pytest.raises(NotAllowed):
            erase_by_reference(small, SLUG, reference, actor=actor, now=NOW)
    with refused(NotFound, "response.unknown"):
        erase_by_reference(small, SLUG, "R-0000-0000", actor=OPERATOR, now=NOW)
    erase_by_reference(small, SLUG, f" {reference.lower()}", actor=SECRETARIAT, now=NOW)
    with refused(Conflict, "response.erased_already"):
        erase_by_reference(small, SLUG, reference, actor=OPERATOR, now=NOW)


def test_an_anonymous_erasure_says_the_day_and_is_in_no_log(small: Store) -> None:
    nameless = "\n".join(
        line for line in FORM.splitlines() if not any(name in line for name in (" org_name ", " contact_email "))
    )
    publish(small, slug="nameless", form=nameless)
    consultation_rules.set_policies(small, "nameless", {"identification": "anonymous"}, actor=SECRETARIAT, now=NOW)
    erase(small, begin(small, slug="nameless"), now=NOW)
    with small.read() as kept:
        (erased,) = kept.erasures()
        actions = {each.action for each in kept.log()}
    assert f"{erased.erased_at:%H:%M:%S}" == "00:00:00"
    assert "response.erased" not in actions


# back-ups


@pytest.mark.sqlite
def test_a_restored_back_up_does_not_bring_an_erased_response_back(
    small: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", settings.database_url)
    code, other = full(small), send(small)
    response = responses.resume(small, code, now=NOW).response
    backups.backup(settings, tmp_path / "old.db")
    erase(small, code, now=NOW + DAY)
    small.close()
    journal = settings.erasure_journal_path
    (entry,) = erasure_journal.read(journal)
    assert (entry.subject, entry.erased_at) == (response.reference, NOW + DAY)
    assert SECRET not in journal.read_text()
    for each in tmp_path.glob("soundings.db*"):  # the machine is lost; back-up and journal were kept elsewhere
        each.unlink()

    assert main(["restore", str(tmp_path / "old.db")]) == 0
    restored = open_store(settings)
    with refused(NotFound, "response.erased"):
        responses.resume(restored, code, now=NOW + DAY)
    assert responses.resume(restored, other, now=NOW).submitted
    assert rows_of(settings, response.id) == {}
    restored.close()
    assert SECRET.encode() not in raw(settings)


@pytest.mark.sqlite
def test_a_database_that_was_put_back_by_hand_is_mended_by_the_journal(
    small: Store, settings: Settings, tmp_path: Path
) -> None:
    code = send(small)
    backups.backup(settings, tmp_path / "old.db")
    erase(small, code, now=NOW)
    small.close()
    for each in tmp_path.glob("soundings.db*"):
        each.unlink()
    (tmp_path / "old.db").rename(tmp_path / "soundings.db")
    again = open_store(settings)
    assert responses.resume(again, code, now=NOW).submitted
    assert (again.replay_erasures(), again.replay_erasures()) == (1, 0)
    with refused(NotFound, "response.erased"):
        responses.resume(again, code, now=NOW)
    again.close()


def test_an_entry_that_is_missing_or_cut_off_is_written_again(small: Store, settings: Settings) -> None:
    erase(small, begin(small), now=NOW)
    journal = settings.erasure_journal_path
    journal.write_text(journal.read_text()[:-20])
    assert erasure_journal.read(journal) == ()
    assert (small.journal_erasures(), small.journal_erasures()) == (1, 0)
    assert len(erasure_journal.read(journal)) == 1


def test_an_erasure_is_done_also_when_the_journal_cannot_be_written(
    small: Store, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.erasure_journal_path.mkdir()
    code = begin(small)
    erase(small, code, now=NOW)
    with refused(NotFound, "response.erased"):
        responses.resume(small, code, now=NOW)
    assert "journal" in caplog.text
