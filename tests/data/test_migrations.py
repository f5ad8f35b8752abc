"""Databases of earlier schemas come to the newest one with everything in them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError

from analysis import estimates, inventory, snapshots
from analysis.dataset.snapshot import answers_digest, response_digest, versions_digests, whole
from analysis.disclosure import Audience
from analysis.findings.method import NoFrame
from analysis.opened_data import Filters
from data import schema
from data.analysis_records import Decision, Flag
from data.audit import verify
from data.engine import _alembic, newest_revision, open_engine, revision
from data.errors import Conflict, NotAllowed, NotFound
from data.records import EVERYTHING, Scope, VersionRecord
from data.sealed import keys_of
from data.settings import Settings
from data.store import open_store
from survey import consultations, people, published_forms, responses, second_factor
from survey.access import OPERATOR, Role
from survey.codes import hash_of, normalised
from survey.policies import Policies, policies_of
from survey.xlsform.sheets import from_markdown, to_json
from tests.analysis.consultations import response
from tests.databases import changed
from tests.small import ANSWERS, FORM, NOW, SENT, SLUG, refused

CODE = "ABCD-EFGH-JKMN"
NORTH = Scope(regions=frozenset({"n"}))
SOUTH = Scope(regions=frozenset({"s"}))
MOMENT = "2026-09-15 12:00:00.000000"


@contextmanager
def earlier(settings: Settings, released: str) -> Iterator[Connection]:
    """An empty database of an earlier schema, to be written to."""
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), released)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection
    engine.dispose()


def add_consultation(connection: Connection, *, title: str = "{}", roles: str = "{}") -> None:
    """The consultation with the key 1, as every schema takes it."""
    columns = "id, slug, title, status, fictional, roles, created_at"
    connection.execute(
        text(f"INSERT INTO consultations ({columns}) VALUES (1, :slug, :title, 'open', :no, :roles, :moment)"),
        {"slug": SLUG, "title": title, "roles": roles, "no": False, "moment": MOMENT},
    )


def add_version(connection: Connection) -> None:
    """Its first version."""
    columns = "consultation_id, number, workbook, created_at"
    connection.execute(
        text(f"INSERT INTO questionnaire_versions ({columns}) VALUES (1, 1, :workbook, :moment)"),
        {"workbook": to_json(from_markdown(FORM)), "moment": MOMENT},
    )


def add_response(connection: Connection, **values: object) -> None:
    """A response to it, as every schema takes it."""
    row = {
        "consultation_id": 1,
        "version_number": 1,
        "reference": "R",
        "code_hash": "h",
        "revision": 1,
        "language": "en",
        "channel": "web",
        "region": "",
        "publish": "",
        "late": False,
        "section": "",
        "started_at": MOMENT,
        "updated_at": MOMENT,
        "answers": "{}",
        "submission": "{}",
    } | values
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO responses ({', '.join(row)}) VALUES ({marks})"), row)


def test_a_database_of_the_first_schema_keeps_its_versions_drafts_and_replies(settings: Settings) -> None:
    draft = {**ANSWERS, "finding": "A draft’s finding"}
    draft.pop("contact_email")
    of_both = {"revision": 3, "region": "s", "publish": "named", "section": "s2", "submitted_at": MOMENT}
    with earlier(settings, "0001") as connection:
        add_consultation(connection, title='{"en": "S"}', roles='{"region": "region"}')
        add_version(connection)
        sent = json.dumps(dict(SENT))
        add_response(connection, id=1, reference="R-1", status="submitted", answers=sent, submission=sent, **of_both)
        code_hash, answers = hash_of(normalised(CODE)), json.dumps(draft)
        add_response(connection, id=2, reference="R-2", status="draft", answers=answers, code_hash=code_hash, **of_both)

    store = open_store(settings, migrate=True)
    assert revision(open_engine(settings)) == newest_revision()
    with store.read() as kept:
        (version,) = kept.versions(1)
        (reply,) = kept.responses(1)
    assert (version.number, version.renames, version.file_name, version.file_sha256) == (1, {}, "", "")
    assert (dict(reply.submission), reply.revision, reply.moved_from) == (dict(SENT), 3, 0)
    assert (reply.correcting, reply.withdrawn_at) == (False, None)
    assert consultations.find(store, SLUG).outcome == {}
    assert policies_of(consultations.find(store, SLUG)) == Policies()
    opened = responses.resume(store, CODE, now=NOW)
    assert (opened.state.answers["finding"], opened.response.section) == ("A draft’s finding", "s2")
    assert len(published_forms.newest_form(store, consultations.find(store, SLUG)).questions) == 18
    store.close()


def test_the_log_of_acts_is_chained_in_its_order_with_all_that_it_held(settings: Settings) -> None:
    moment = "2026-09-15 12:00:00.123456"
    acts = (
        (1, "person:ana", "consultation.published", SLUG, {"version": 1}),
        (2, "anonymous", "sign_in.failed", SLUG, {"failures": 1}),  # somebody signs in by the name of a consultation
        (3, "person:ana", "second_factor.set_up", SLUG, {}),
        (4, "person:ana", "sessions.ended", SLUG, {"ended": 1}),
        (5, "operator", "link.renewed", f"{SLUG}/7", {}),
        (9, "person:ana", "template.changed", "gone", {"kind": "thanks", "language": "ar"}),
    )
    with earlier(settings, "0006") as connection:
        add_consultation(connection)
        for number, actor, action, subject, details in acts:
            connection.execute(
                text("INSERT INTO log VALUES (:id, :moment, :actor, :action, :subject, :details)"),
                {
                    "id": number,
                    "moment": moment,
                    "actor": actor,
                    "action": action,
                    "subject": subject,
                    "details": json.dumps(details),
                },
            )
    store = open_store(settings, migrate=True)
    with store.write() as kept:
        kept.record(at=NOW, actor="operator", action="consultation.status", subject=SLUG, details={})
    with store.read() as kept:
        entries = list(kept.log_entries())
    assert [(e.actor, e.action, e.subject, e.details) for e in entries[:-1]] == [act[1:] for act in acts]
    assert [(e.id, e.consultation) for e in entries] == [
        (1, SLUG),
        (2, ""),
        (3, ""),
        (4, ""),
        (5, SLUG),
        (6, ""),
        (7, ""),
    ]
    assert {e.at.isoformat() for e in entries[:-1]} == {"2026-09-15T12:00:00.123456+00:00"}
    assert verify(entries).holds
    store.close()
    with pytest.raises(DatabaseError, match="append-only"):
        changed(settings, "DELETE FROM log WHERE id = 5")


def test_files_lose_their_hidden_numbers_and_keep_all_else(settings: Settings) -> None:
    with earlier(settings, "0005") as connection:
        add_consultation(connection)
        add_response(connection, id=5, status="submitted")
        connection.execute(text("INSERT INTO consent_texts VALUES (1, 1, 1, 'en', 'x', 'I agree')"))
        connection.execute(
            text(
                "INSERT INTO response_revisions (response_id, revision, saved_at, channel, submission, consent_id)"
                " VALUES (5, 1, :moment, 'web', '{}', 1)"
            ),
            {"moment": MOMENT},
        )
        for key in ("b", "a"):
            connection.execute(
                text("INSERT INTO files VALUES (:key, 5, 'q', 'n', 'text/plain', 1, 's', :content, :moment)"),
                {"key": key * 32, "content": key.encode(), "moment": MOMENT},
            )
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        assert [each.id[0] for each in kept.files(5)] == ["a", "b"]
        assert kept.file_content("b" * 32) == b"b"
        (sent,) = kept.revisions(5)
        assert sent.consent is not None
        assert sent.consent.text == "I agree"
    store.close()
    if settings.sqlite_path is None:  # a server has no such numbers
        return
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            connection.execute("SELECT rowid FROM files")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_accounts_stay_and_their_sessions_end_when_sessions_get_devices(settings: Settings) -> None:
    with earlier(settings, "0006") as connection:
        connection.execute(
            text(
                "INSERT INTO people (id, login, name, password_hash, role, active, failures, locked_until, created_at)"
                " VALUES (3, 'ana', 'Ana', 'a hash', 'secretariat', :yes, 4, :moment, :moment)"
            ),
            {"moment": MOMENT, "yes": True},
        )
        connection.execute(text("INSERT INTO sessions VALUES ('h', 3, :moment, :moment)"), {"moment": MOMENT})
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        (person,) = kept.people()
        found = kept.credentials("ana")
        assert (person.id, person.name, person.role, person.active) == (3, "Ana", "secretariat", True)
        assert found is not None
        assert found["password_hash"] == "a hash"
        assert "failures" not in found
        assert kept.sessions(3) == ()
    with store.write() as kept:
        kept.begin_second_factor(3, "secret", NOW)
        assert kept.use_step(3, 58_000_000)
    store.close()


# every earlier schema with a row in each of its tables

REVISIONS = sorted(
    script.revision
    for script in ScriptDirectory.from_config(_alembic(create_engine("sqlite://"))).walk_revisions()
    if script.revision != newest_revision()
)
ENDED = {"sessions", "deleted_codes"}
"""Sessions end when they get devices: everybody signs in anew. The codes of what was deleted are those of erasures."""
SEALED = {("invitations", "email"), ("mails", "email"), ("mails", "reason"), ("contacts", "details")} | {
    ("contacts", "correction")
}
"""They are read with the key of the contact data from then on."""
DRAWN = {("consent_texts", "id"), ("response_revisions", "consent_id"), ("recovery_codes", "code_hash")}
"""Keys that are drawn by chance since a key tells no order of arrival; hashes that have a salt of their own since."""


def value_of(column: Column[Any]) -> object:
    """Something that such a column may hold."""
    known = {"workbook": to_json(from_markdown(FORM)), "status": "open", "slug": SLUG, "subject": SLUG, "revision": 1}
    if column.name in known:
        return known[column.name]
    kinds = ((Boolean, True), (Integer, 1), (DateTime, NOW), (LargeBinary, b"content"), (JSON, {}))
    return next((value for kind, value in kinds if isinstance(column.type, kind)), "x")


def kept_rows(connection: Connection, names: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables of these names, as it is read without the program."""
    known = MetaData()
    known.reflect(connection, only=lambda name, _: name in names)
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in known.sorted_tables
    }


def tables_of(engine: Engine) -> list[Table]:
    """The tables that the database has, referred to before those that refer."""
    known = MetaData()
    known.reflect(engine)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


@pytest.mark.parametrize("released", REVISIONS)
def test_a_row_of_each_table_of_every_earlier_schema_comes_along_as_it_was(settings: Settings, released: str) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), released)
    tables = tables_of(engine)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for table in tables:
            row = {column.name: value_of(column) for column in table.columns}
            if table.name == "contact_keys":  # the database opens with the key that it names
                row["id"] = keys_of(engine.dialect).ids[0]
            connection.execute(insert(table).values(row))
        names = {table.name for table in tables}
        before = kept_rows(connection, names)
    open_store(settings, migrate=True).close()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        after = kept_rows(connection, names)
    different = [
        (name, column, row[column], after[name][0][column])
        for name, (row,) in before.items()
        if name in after and name not in ENDED
        for column in row
        if column in after[name][0] and (name, column) not in DRAWN | SEALED and after[name][0][column] != row[column]
    ]
    assert (different, names - set(after) - ENDED) == ([], set())
    assert len(before) >= 8
    engine.dispose()


def test_everybody_keeps_what_they_might_do_and_findings_are_of_everything(settings: Settings) -> None:
    with earlier(settings, "0009") as connection:
        add_consultation(connection, title='{"en": "S"}', roles='{"region": "region"}')
        add_version(connection)
        for number, role in enumerate(("administrator", "secretariat", "report_writer"), start=1):
            connection.execute(
                text(
                    "INSERT INTO people (id, login, name, password_hash, role, active, created_at)"
                    " VALUES (:id, :role, :role, '!', :role, :yes, :moment)"
                ),
                {"id": number, "role": role, "yes": True, "moment": MOMENT},
            )
            connection.execute(
                text(
                    "INSERT INTO sessions (token_hash, person_id, created_at, expires_at, last_used_at, idle_minutes,"
                    " device, way, awaits) VALUES (:hash, :id, :moment, :moment, :moment, 600, '', 'password', '')"
                ),
                {"hash": hash_of(role), "id": number, "moment": MOMENT},
            )
        connection.execute(
            text(
                "INSERT INTO findings (id, consultation_id, position, statement, question, filters, card, replies,"
                " created_at, created_by, revision) VALUES (1, 1, 0, 'Kept', 'region', '{}', '{}', 9, :moment, 'a', 3)"
            ),
            {"moment": MOMENT},
        )
        connection.execute(
            text(
                "INSERT INTO recommendations (id, consultation_id, position, text, addressee, level, challenge,"
                " created_at, created_by, revision) VALUES (1, 1, 0, 'Do it', '', 'local', '', :moment, 'a', 2)"
            ),
            {"moment": MOMENT},
        )

    store = open_store(settings, migrate=True)
    with store.read() as kept:
        assert kept.grants_in(1) == ()
        (finding,), (recommendation,) = kept.findings(1), kept.recommendations(1)
        assert (kept.findings(1, NORTH), kept.recommendations(1, NORTH)) == ((), ())
    assert (finding.statement, finding.revision, finding.scope) == ("Kept", 3, EVERYTHING)
    assert (recommendation.text, recommendation.revision, recommendation.scope) == ("Do it", 2, EVERYTHING)
    for role in (Role.ADMINISTRATOR, Role.SECRETARIAT, Role.REPORT_WRITER):
        actor = people.actor_of(store, role, now=NOW - timedelta(hours=1))
        assert actor is not None
        assert inventory.replies(store, SLUG, actor=actor) == 0
        assert actor.role is role
    store.close()


@pytest.mark.sqlite
def test_contact_data_are_sealed_and_their_plain_text_leaves_the_file(settings: Settings) -> None:
    invited = (
        "INSERT INTO invitations (id, consultation_id, organisation, region, country, organisation_type, language,"
        f" email, created_at) VALUES (1, 1, 'Northern Light', '', '', '', 'en', 'post@northern.example', '{MOMENT}'),"
        f" (2, 1, 'No address', '', '', '', 'en', '', '{MOMENT}')",
        f"INSERT INTO mailings (id, consultation_id, kind, created_at, created_by) VALUES (1, 1, 'x', '{MOMENT}', 'x')",
        "INSERT INTO mails (id, mailing_id, invitation_id, email, status, reason, message_id, changed_at) VALUES"
        f" (1, 1, 1, 'post@northern.example', 'failed', '550 <post@northern.example> unknown', '', '{MOMENT}')",
    )
    with earlier(settings, "0006") as connection:
        add_consultation(connection)
        for each in invited:
            connection.exec_driver_sql(each)
        add_response(connection, id=5, status="draft", invitation_id=1)
        connection.exec_driver_sql(
            """INSERT INTO contacts VALUES (5, '{"email":"me@northern.example"}', '{"email":"new@x.example"}')"""
        )
    path = settings.sqlite_path or Path()
    assert b"northern.example" in path.read_bytes() + _wal(path)

    store = open_store(settings, migrate=True)
    with store.read() as kept:
        frame, (mail,) = kept.invitations(1), kept.mails(1)
        assert [each.email for each in frame] == ["", "post@northern.example"]
        assert (mail.email, mail.reason) == ("post@northern.example", "550 <post@northern.example> unknown")
        assert kept.contact(5) == {"email": "me@northern.example"}
        assert kept.contact(5, correction=True) == {"email": "new@x.example"}
    for each in (path.read_bytes(), _wal(path)):
        assert b"northern.example" not in each
        assert b"x.example" not in each
    store.close()
    with closing(sqlite3.connect(str(path))) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_was_erased_from_the_trash_is_an_erasure_that_its_codes_are_told_of(settings: Settings) -> None:
    values = {"moment": "2026-09-15 00:00:00.000000", "code": hash_of(normalised(CODE))}
    with earlier(settings, "0009") as connection:
        add_consultation(connection)
        for each in (
            "INSERT INTO deletions (id, consultation_id, reference, state, status_before, reason, asked_by, asked_at,"
            " decided_by, decided_at, ended_by, ended_at) VALUES (7, 1, 'R-7', 'erased', 'submitted', 'Ana asked us',"
            " 'a', :moment, 'b', :moment, 'system', :moment)",
            "INSERT INTO deleted_codes VALUES (:code, 7)",
        ):
            connection.execute(text(each), values)
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        erased = kept.erased(hash_of(normalised(CODE)))
        assert erased is not None
        assert (erased.subject, erased.cause, erased.erased_at) == ("R-7", "trash", datetime(2026, 9, 15, tzinfo=UTC))
        assert (kept.deletion(7).reason, kept.deletion(7).asked_by) == ("", "a")
    store.close()


def test_replies_of_before_get_a_salt_and_a_revision_that_snapshots_refer_to(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0010")
    moment = "2026-09-15 12:00:00.000000"
    values = {"moment": moment, "no": False, "sent": json.dumps(dict(SENT)), "workbook": to_json(from_markdown(FORM))}
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for each in (
            "INSERT INTO consultations (id, slug, title, status, fictional, roles, created_at)"
            f" VALUES (1, '{SLUG}', '{{}}', 'open', :no, '{{}}', :moment)",
            "INSERT INTO questionnaire_versions (consultation_id, number, workbook, created_at)"
            " VALUES (1, 1, :workbook, :moment)",
            *(
                "INSERT INTO responses (id, consultation_id, version_number, reference, code_hash, status, revision,"
                " language, channel, region, publish, late, section, started_at, updated_at, submitted_at, answers,"
                f" submission) VALUES ({key}, 1, 1, 'R-{key}', 'h{key}', '{status}', 3, 'en', 'web', 's', 'named', :no,"
                " '', :moment, :moment, :moment, :sent, :sent)"
                for key, status in ((1, "submitted"), (2, "submitted"), (3, "draft"))
            ),
            "INSERT INTO response_revisions (response_id, revision, saved_at, channel, submission)"
            " VALUES (2, 2, :moment, 'web', :sent)",
        ):
            named = {name: value for name, value in values.items() if f":{name}" in each}
            connection.execute(text(each), named)
    engine.dispose()
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        salts = [kept.response(key).salt for key in (1, 2, 3)]
        assert [each.revision for key in (1, 2, 3) for each in kept.revisions(key)] == [3, 2]
    assert {len(each) for each in salts} == {32}
    assert len(set(salts)) == 3
    taken = snapshots.take(store, SLUG, actor=OPERATOR, now=NOW).record
    assert snapshots.recompute(store, taken.sha256, actor=OPERATOR, now=NOW).same_figures
    store.close()


def test_a_snapshot_of_before_holds_and_says_that_it_has_not_kept_who_counts_for_the_list(settings: Settings) -> None:
    workbook, sent = to_json(from_markdown(FORM)), dict(SENT)
    version = VersionRecord(consultation_id=1, number=1, workbook=workbook, created_at=NOW)
    reply = response(
        1, sent, salt="5a", reference="R", region="n", publish="", submitted_at=datetime(2026, 9, 15, 12, tzinfo=UTC)
    )
    roles = {"region": "region"}
    versions = versions_digests([version])
    under = {
        "codebook": "",
        "consultation": SLUG,
        "frame": [["region", {"n": 3, "s": 2}]],
        "program": "1.0",
        "protection": {},
        "roles": roles,
        "scope": {},
        "versions": versions,
    }
    number = whole(answers_digest(versions, [response_digest(reply)]), under)
    with earlier(settings, "0023") as connection:
        add_consultation(connection, title='{"en": "S"}', roles=json.dumps(roles))
        add_version(connection)
        connection.execute(
            text(
                "INSERT INTO invitations (id, consultation_id, organisation, region, country, organisation_type,"
                " language, email, created_at) VALUES (1, 1, 'Org', 'n', '', '', '', '', :moment)"
            ),
            {"moment": MOMENT},
        )
        answers = json.dumps(sent)
        more = {"status": "submitted", "region": "n", "salt": "5a", "submitted_at": MOMENT, "invitation_id": 1}
        add_response(connection, id=1, answers=answers, submission=answers, **more)
        connection.execute(
            text(
                "INSERT INTO response_revisions (response_id, revision, saved_at, channel, submission)"
                " VALUES (1, 1, :moment, 'web', :sent)"
            ),
            {"moment": MOMENT, "sent": answers},
        )
        connection.execute(
            text(
                "INSERT INTO snapshots (consultation_id, sha256, taken_at, taken_by, note, title, conditions,"
                " replies, figures_mark) VALUES (1, :number, :moment, 'a', '', '{}', :under, 1, '')"
            ),
            {"moment": MOMENT, "number": number, "under": json.dumps(under)},
        )
        connection.execute(
            text(
                "INSERT INTO snapshot_responses (snapshot_id, response_id, revision, version_number, language, region,"
                " publish, late, submitted_at, sha256) VALUES (1, 1, 1, 1, 'en', 'n', '', :no, :moment, :digest)"
            ),
            {"moment": MOMENT, "no": False, "digest": response_digest(reply)},
        )
    store = open_store(settings, migrate=True)
    again = snapshots.recompute(store, number, actor=OPERATOR, now=NOW)
    assert (again.holds, again.altered) == (True, ())
    asked = {"actor": OPERATOR, "audience": Audience.INTERNAL, "language": "en", "now": NOW}
    old = estimates.estimate(store, SLUG, "region", filters=Filters(snapshot=number), **asked)  # type: ignore[arg-type]
    now = estimates.estimate(store, SLUG, "region", **asked)  # type: ignore[arg-type]
    assert (old.estimates.everybody.no_frame, now.estimates.everybody.no_frame) == (NoFrame.FROZEN, None)
    taken = snapshots.take(store, SLUG, actor=OPERATOR, now=NOW).record
    frozen = estimates.estimate(store, SLUG, "region", filters=Filters(snapshot=taken.sha256), **asked)  # type: ignore[arg-type]
    assert frozen.estimates == now.estimates
    store.close()


def test_a_consultation_keeps_its_findings_when_releases_begin_to_be_remembered(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0009")
    moment = "2026-09-15 00:00:00.000000"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, roles, fictional, policies, created_at)"
                " VALUES (4, 'old', '{}', 'open', '{}', :no, '{}', :moment)"
            ),
            {"no": False, "moment": moment},
        )
        connection.execute(
            text(
                "INSERT INTO findings (id, consultation_id, position, statement, question, filters, card, replies,"
                " created_at, created_by, revision) VALUES (1, 4, 1, 'Kept', 'q', '{}', '{}', 9, :moment, 'Ana', 1)"
            ),
            {"moment": moment},
        )
    engine.dispose()
    store = open_store(settings, migrate=True)
    release = {
        "consultation_id": 4,
        "state": "f" * 64,
        "audience": "meeting",
        "question": "q",
        "filters": [["region", ["n"]]],
        "by": "",
        "threshold": 5,
        "rounding": 0,
        "hidden": [["q", [["region", ["n"]]], "=a", "small"]],
        "exposed": 0,
        "at": NOW,
        "actor": "operator",
        "scope": NORTH.as_mapping(),
    }
    with store.write() as kept:
        assert [each.statement for each in kept.findings(4)] == ["Kept"]
        assert (kept.releases(4), kept.last_release(4)) == ((), 0)
        kept.add_releases([release])
    with store.read() as kept:
        (found,) = kept.releases(4)
        assert {name: getattr(found, name) for name in release} == {**release, "scope": NORTH}
        assert (kept.last_release(4), kept.last_release(4, NORTH)) == (found.id, found.id)
        assert (kept.releases(4, SOUTH), kept.last_release(4, SOUTH)) == ((), 0)
    store.close()


def test_replies_from_before_the_review_all_count_and_can_be_decided_on(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0012")
    moment = "2026-09-15 00:00:00.000000"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for each in (
            "INSERT INTO consultations (id, slug, title, status, roles, fictional, created_at)"
            " VALUES (4, 'old', '{}', 'open', '{}', :no, :moment)",
            "INSERT INTO responses (id, consultation_id, version_number, reference, code_hash, status, revision,"
            " language, channel, region, publish, late, section, started_at, updated_at, submitted_at, answers,"
            " submission) VALUES (5, 4, 1, 'R', 'h', 'submitted', 3, 'en', 'web', 's', '', :no, '', :moment, :moment,"
            " :moment, '{}', '{}')",
        ):
            connection.execute(text(each), {"no": False, "moment": moment})
    engine.dispose()
    store = open_store(settings, migrate=True)
    values = {
        "decision": Decision.EXCLUDED,
        "reason": "Seen",
        "decided_by": "a",
        "decided_at": NOW,
        "response_revision": 3,
    }
    with store.write() as kept:
        assert (kept.excluded_responses(4), kept.review_decisions(4), kept.review_rules(4)) == (frozenset(), (), ())
        kept.decide_review(5, Flag.SPEEDING, expected_revision=0, **values)
        kept.add_review_rule(4, name="n", expression="${a} = 1", created_at=NOW, created_by="a")
    with store.read() as kept:
        assert (kept.excluded_responses(4), kept.excluded_responses(4, NORTH)) == (frozenset({5}), frozenset())
        (found,) = kept.review_decisions(4)
        assert (found.flag, found.revision, {name: getattr(found, name) for name in values}) == (
            Flag.SPEEDING,
            1,
            values,
        )
    store.close()


def test_a_consultation_of_before_has_no_report_and_can_be_given_one(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0014")
    moment = "2026-09-15 00:00:00.000000"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, roles, fictional, policies, created_at)"
                " VALUES (4, 'old', '{}', 'open', '{}', :no, '{}', :moment)"
            ),
            {"no": False, "moment": moment},
        )
        connection.execute(
            text(
                "INSERT INTO findings (id, consultation_id, position, statement, question, filters, card, replies,"
                " created_at, created_by, revision) VALUES (1, 4, 1, 'Kept', 'q', '{}', '{}', 9, :moment, 'Ana', 1)"
            ),
            {"moment": moment},
        )
    engine.dispose()
    store = open_store(settings, migrate=True)
    values = {
        "consultation_id": 4,
        "title": "Что сказали",
        "language": "ru",
        "outline": {"last_key": 1, "items": [{"kind": "text", "key": 1, "text": "{{q.yes}}"}]},
        "created_at": NOW,
        "created_by": "a",
        "updated_at": NOW,
        "updated_by": "a",
    }
    with store.write() as kept:
        assert [each.statement for each in kept.findings(4)] == ["Kept"]
        assert kept.reports(4) == ()
        whole, part = kept.add_report(**values, scope={}), kept.add_report(**values, scope=NORTH.as_mapping())
        kept.change_report(whole, expected_revision=1, title="Another")
    with store.read() as kept:
        found = kept.report(whole, EVERYTHING)
        assert {name: getattr(found, name) for name in values} == {**values, "title": "Another"}
        assert (found.revision, found.scope) == (2, EVERYTHING)
        assert [each.id for each in kept.reports(4, NORTH)] == [part]
        assert [each.id for each in kept.reports(4)] == [whole, part]
        with refused(NotFound, "report.unknown"):
            kept.report(part, EVERYTHING)


def test_no_consultation_has_a_public_page_before_one_is_made(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0014")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, roles, fictional, created_at)"
                " VALUES (4, 'old', '{}', 'closed', '{}', :no, :moment)"
            ),
            {"no": False, "moment": "2026-09-15 00:00:00.000000"},
        )
    engine.dispose()
    store = open_store(settings, migrate=True)
    with store.write() as kept:
        assert kept.published(4) is None
        for revision in (1, 2):
            with pytest.raises(Conflict):
                kept.keep_published(4, expected_revision=revision, content={"a": 1})
        kept.keep_published(4, expected_revision=0, choice={"findings": [1]})
        with pytest.raises(Conflict):
            kept.keep_published(4, expected_revision=0, choice={})
        kept.keep_published(4, expected_revision=1, content={"a": 1}, published_at=NOW, published_by="Ana")
    with store.read() as kept:
        found, light = kept.published(4), kept.published_mark(4)
    assert found is not None
    assert (found.revision, found.choice, found.content, found.published_at, found.published_by) == (
        2,
        {"findings": [1]},
        {"a": 1},
        NOW,
        "Ana",
    )
    assert light == replace(found, choice={}, content={})
    store.close()


def test_no_card_has_a_note_before_one_is_written(settings: Settings) -> None:
    with earlier(settings, "0018") as connection:
        add_consultation(connection)
    store = open_store(settings, migrate=True)
    written = {"written_at": NOW, "written_by": "Ana"}
    with store.write() as kept:
        assert kept.card_notes(1, EVERYTHING) == {}
        with refused(Conflict, "record.changed_elsewhere"):
            kept.keep_card_note(1, "region", EVERYTHING, expected_revision=1, text="x", **written)
        kept.keep_card_note(1, "region", EVERYTHING, expected_revision=0, text="first", **written)
        kept.keep_card_note(1, "region", NORTH, expected_revision=0, text="of the north", **written)
        with refused(Conflict, "record.changed_elsewhere"):
            kept.keep_card_note(1, "region", EVERYTHING, expected_revision=0, text="x", **written)
        kept.keep_card_note(1, "region", EVERYTHING, expected_revision=1, text="second", **written)
    with store.read() as kept:
        whole, north = kept.card_notes(1, EVERYTHING)["region"], kept.card_notes(1, NORTH)["region"]
        assert kept.card_notes(1, SOUTH) == {}
    assert (whole.text, whole.revision, whole.written_by, whole.written_at) == ("second", 2, "Ana", NOW)
    assert (north.text, north.revision) == ("of the north", 1)
    store.close()


def test_recovery_codes_that_were_handed_out_go_on_opening(settings: Settings) -> None:
    codes = (CODE, "ABCD-EFGH-JKMP")
    with earlier(settings, "0022") as connection:
        people_columns = "id, login, name, password_hash, role, active, created_at"
        connection.execute(
            text(f"INSERT INTO people ({people_columns}) VALUES (1, 'ana', 'Ana', '!', 'secretariat', :yes, :moment)"),
            {"yes": True, "moment": MOMENT},
        )
        connection.execute(
            text("INSERT INTO second_factors VALUES (1, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', :moment, :moment, 0)"),
            {"moment": MOMENT},
        )
        for number, code in enumerate(codes, 1):
            connection.execute(
                text("INSERT INTO recovery_codes (id, person_id, code_hash) VALUES (:id, 1, :hash)"),
                {"id": number, "hash": hash_of(normalised(code))},
            )
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        ana, hashes = kept.person(1), kept.unused_recovery_codes(1)
    assert all(each.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for each in hashes)
    second_factor.check(store, codes[1], person=ana, now=NOW)
    with refused(NotAllowed, "second_factor.wrong"):
        second_factor.check(store, codes[1], person=ana, now=NOW)
    with store.read() as kept:
        assert kept.unused_recovery_codes(1) == hashes[:1]
    store.close()


def _wal(path: Path) -> bytes:
    log = path.with_name(f"{path.name}-wal")
    return log.read_bytes() if log.exists() else b""
