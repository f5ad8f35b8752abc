"""Databases of earlier schemas come to the newest one with everything in them."""

import json
import sqlite3
from contextlib import closing

import pytest
from alembic import command
from sqlalchemy import text

from data.audit import verify
from data.engine import _alembic, newest_revision, open_engine, revision
from data.settings import Settings
from data.store import open_store
from survey import consultations, responses
from survey.codes import hash_of, normalised
from survey.policies import Policies, policies_of
from survey.xlsform.sheets import from_markdown, to_json
from tests.small import ANSWERS, FORM, NOW, SENT, SLUG

CODE = "ABCD-EFGH-JKMN"


def test_a_database_of_the_first_schema_keeps_its_versions_drafts_and_replies(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0001")
    moment = "2026-09-15 12:00:00.000000"
    draft = {**ANSWERS, "finding": "A draft’s finding"}
    draft.pop("contact_email")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, fictional, roles, created_at)"
                " VALUES (1, :slug, :title, 'open', 0, :roles, :moment)"
            ),
            {"slug": SLUG, "title": '{"en": "S"}', "roles": '{"region": "region"}', "moment": moment},
        )
        connection.execute(
            text(
                "INSERT INTO questionnaire_versions (consultation_id, number, workbook, created_at)"
                " VALUES (1, 1, :workbook, :moment)"
            ),
            {"workbook": to_json(from_markdown(FORM)), "moment": moment},
        )
        for number, status, answers, sent in ((1, "submitted", dict(SENT), dict(SENT)), (2, "draft", draft, {})):
            connection.execute(
                text(
                    "INSERT INTO responses (id, consultation_id, version_number, reference, code_hash, status,"
                    " revision, language, channel, region, publish, late, section, started_at, updated_at,"
                    " submitted_at, answers, submission) VALUES (:id, 1, 1, :reference, :hash, :status,"
                    " 3, 'en', 'web', 's', 'named', 0, 's2', :moment, :moment, :moment, :answers, :sent)"
                ),
                {
                    "id": number,
                    "reference": f"R-{number}",
                    "hash": hash_of(normalised(CODE)) if status == "draft" else "h",
                    "status": status,
                    "moment": moment,
                    "answers": json.dumps(answers),
                    "sent": json.dumps(sent),
                },
            )
    engine.dispose()

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
    assert len(consultations.newest_form(store, consultations.find(store, SLUG)).questions) == 18
    store.close()


def test_the_log_of_acts_is_chained_in_its_order_with_all_that_it_held(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0006")
    moment = "2026-09-15 12:00:00.123456"
    acts = (
        (1, "person:ana", "consultation.published", SLUG, {"version": 1}),
        (2, "anonymous", "sign_in.failed", SLUG, {"failures": 1}),  # somebody signs in by the name of a consultation
        (3, "person:ana", "second_factor.set_up", SLUG, {}),
        (4, "person:ana", "sessions.ended", SLUG, {"ended": 1}),
        (5, "operator", "link.renewed", f"{SLUG}/7", {}),
        (9, "person:ana", "template.changed", "gone", {"kind": "thanks", "language": "ar"}),
    )
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, fictional, roles, created_at)"
                " VALUES (1, :slug, '{}', 'open', 0, '{}', :moment)"
            ),
            {"slug": SLUG, "moment": moment},
        )
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
    engine.dispose()
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
    with (
        closing(sqlite3.connect(str(settings.sqlite_path))) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute("DELETE FROM log WHERE id = 5")


def test_files_lose_their_hidden_numbers_and_keep_all_else(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0005")
    moment = "2026-09-15 00:00:00.000000"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO consultations (id, slug, title, status, fictional, roles, created_at)"
                " VALUES (1, :slug, '{}', 'open', 0, '{}', :moment)"
            ),
            {"slug": SLUG, "moment": moment},
        )
        connection.execute(
            text(
                "INSERT INTO responses (id, consultation_id, version_number, reference, code_hash, status, revision,"
                " language, channel, region, publish, late, section, started_at, updated_at, answers, submission)"
                " VALUES (5, 1, 1, 'R', 'h', 'submitted', 1, 'en', 'web', '', '', 0, '', :moment, :moment, '{}', '{}')"
            ),
            {"moment": moment},
        )
        connection.execute(text("INSERT INTO consent_texts VALUES (1, 1, 1, 'en', 'x', 'I agree')"))
        connection.execute(
            text(
                "INSERT INTO response_revisions (response_id, revision, saved_at, channel, submission, consent_id)"
                " VALUES (5, 1, :moment, 'web', '{}', 1)"
            ),
            {"moment": moment},
        )
        for key in ("b", "a"):
            connection.execute(
                text("INSERT INTO files VALUES (:key, 5, 'q', 'n', 'text/plain', 1, 's', :content, :moment)"),
                {"key": key * 32, "content": key.encode(), "moment": moment},
            )
    engine.dispose()
    store = open_store(settings, migrate=True)
    with store.read() as kept:
        assert [each.id[0] for each in kept.files(5)] == ["a", "b"]
        assert kept.file_content("b" * 32) == b"b"
        (sent,) = kept.revisions(5)
        assert sent.consent is not None
        assert sent.consent.text == "I agree"
    store.close()
    with closing(sqlite3.connect(str(settings.sqlite_path))) as connection:
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            connection.execute("SELECT rowid FROM files")
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_accounts_stay_and_their_sessions_end_when_sessions_get_devices(settings: Settings) -> None:
    engine = open_engine(settings)
    command.upgrade(_alembic(engine), "0006")
    moment = "2026-09-15 00:00:00.000000"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(
            text(
                "INSERT INTO people (id, login, name, password_hash, role, active, failures, locked_until, created_at)"
                " VALUES (3, 'ana', 'Ana', 'a hash', 'secretariat', :yes, 4, :moment, :moment)"
            ),
            {"moment": moment, "yes": True},
        )
        connection.execute(text("INSERT INTO sessions VALUES ('h', 3, :moment, :moment)"), {"moment": moment})
    engine.dispose()
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
    }
    with store.write() as kept:
        assert [each.statement for each in kept.findings(4)] == ["Kept"]
        assert (kept.releases(4), kept.last_release(4)) == ((), 0)
        kept.add_releases([release])
    with store.read() as kept:
        (found,) = kept.releases(4)
        assert {name: getattr(found, name) for name in release} == release
        assert kept.last_release(4) == found.id
    store.close()
