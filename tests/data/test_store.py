"""The store: what goes in comes out, whole or not at all, whoever else writes and whatever ends the process."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from data import schema
from data.driver import driver_of
from data.engine import newest_revision, open_engine, revision
from data.errors import Conflict, InvalidInput, NotFound, Unavailable
from data.records import EVERYTHING, ConsultationStatus, ResponseStatus, Scope
from data.settings import Settings
from data.store import Store, Transaction, open_store
from survey import responses
from tests import databases
from tests.data import child
from tests.small import ANSWERS, NOW, SENT, begin, fill, publish, refused, send


def add_consultation(store: Store, slug: str = "one", **changes: object) -> int:
    values: dict[str, object] = {
        "slug": slug,
        "title": {"ar": "مشاورة", "en": "One"},
        "status": ConsultationStatus.OPEN,
        "fictional": False,
        "roles": {"region": "where"},
        "created_at": NOW,
    }
    with store.write() as kept:
        return kept.add_consultation(**{**values, **changes})


def add_response(store: Store, consultation_id: int, reference: str, **changes: object) -> int:
    values: dict[str, object] = {
        "consultation_id": consultation_id,
        "version_number": 1,
        "reference": reference,
        "code_hash": f"hash of {reference}",
        "status": ResponseStatus.SUBMITTED,
        "language": "en",
        "channel": "web",
        "started_at": NOW,
        "updated_at": NOW,
        "submitted_at": NOW,
        "answers": {},
        "submission": {},
    }
    with store.write() as kept:
        return kept.add_response(**{**values, **changes})


@pytest.fixture
def engine(settings: Settings, store: Store) -> Engine:
    return open_engine(settings)


# schema and engine


def test_migrations_make_the_schema_that_the_program_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    assert revision(engine) == newest_revision()


@pytest.mark.sqlite
def test_every_connection_writes_ahead_and_waits_for_the_disk(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


@pytest.mark.sqlite
def test_a_missing_or_empty_database_is_not_opened_without_migration(settings: Settings) -> None:
    with refused(NotFound, "store.missing"):
        open_store(settings)
    path = settings.sqlite_path
    assert path is not None
    assert not path.exists()
    path.touch()
    with refused(Unavailable, "store.not_migrated"):
        open_store(settings)


# records


def test_a_consultation_comes_back_as_it_went_in_with_times_in_utc(store: Store) -> None:
    in_vienna = datetime(2026, 10, 31, 23, 59, tzinfo=timezone(timedelta(hours=1)))
    key = add_consultation(store, deadline_at=in_vienna)
    with store.read() as kept:
        found = kept.consultation("one")
    assert (found.id, found.title, found.status, found.roles) == (
        key,
        {"ar": "مشاورة", "en": "One"},
        ConsultationStatus.OPEN,
        {"region": "where"},
    )
    assert (found.deadline_at, found.deadline_at and found.deadline_at.tzinfo) == (
        datetime(2026, 10, 31, 22, 59, tzinfo=UTC),
        UTC,
    )
    assert (found.opens_at, found.created_at) == (None, NOW)


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="a naive datetime cannot be stored"):
        add_consultation(store, deadline_at=NOW.replace(tzinfo=None))


def test_answers_come_back_with_their_types(store: Store) -> None:
    answers = {"text": "Ñandú 😀", "whole": 3, "part": 0.5, "codes": ["b", "a"]}
    key = add_response(store, add_consultation(store), "R-1", answers=answers, submission=answers)
    with store.read() as kept:
        found = kept.response(key)
    assert found.answers == found.submission == {"text": "Ñandú 😀", "whole": 3, "part": 0.5, "codes": ("b", "a")}


_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_DOCUMENTS)
def test_json_holds_what_it_was_made_of_in_real_characters(document: object) -> None:
    text = schema.to_json(document)
    assert json.loads(text) == document
    assert schema.to_json({"a": document, "b": "é\u2028"}) == f'{{"a":{text},"b":"é\u2028"}}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_no_json(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        schema.to_json({"a": ("null", value)})


@pytest.mark.parametrize("value", [NOW, NOW.date(), EVERYTHING, {1, 2}, b"a"])
def test_what_is_no_document_is_no_json(value: object) -> None:
    with pytest.raises(TypeError):
        schema.to_json({"a": value})


def test_what_is_sent_is_written_once_for_the_response_and_its_revision(
    small: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    make = schema.Written.__init__

    def noted(written: schema.Written, document: object) -> None:
        made.append(document)
        make(written, document)

    monkeypatch.setattr(schema.Written, "__init__", noted)
    send(small)
    assert made == [dict(SENT)]
    query = "SELECT CAST({} AS TEXT) FROM {}"
    (kept,), (revision,) = (
        databases.rows(settings, query.format("submission", table))[0] for table in ("responses", "response_revisions")
    )
    assert kept == revision


def test_a_slug_is_taken_once(store: Store) -> None:
    add_consultation(store)
    with refused(Conflict, "consultation.exists"):
        add_consultation(store)


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda kept: kept.consultation("none"), "consultation.unknown"),
        (lambda kept: kept.consultation_by_id(7), "consultation.unknown"),
        (lambda kept: kept.response(7), "response.unknown"),
        (lambda kept: kept.file("7"), "file.unknown"),
        (lambda kept: kept.file_content("7"), "file.unknown"),
        (lambda kept: kept.person(7), "person.unknown"),
        (lambda kept: kept.finding(7), "finding.unknown"),
        (lambda kept: kept.recommendation(7), "recommendation.unknown"),
    ],
)
def test_what_is_not_there_is_not_found(store: Store, read: object, code: str) -> None:
    with store.read() as kept, pytest.raises(NotFound) as caught:
        read(kept)  # type: ignore[operator]
    assert caught.value.code == code


# scope


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), ["R-1", "R-2", "R-3"]),
        (Scope(regions=frozenset({"n"})), ["R-1", "R-2"]),
        (Scope(languages=frozenset({"fr"})), ["R-2"]),
        (Scope(regions=frozenset({"s"}), languages=frozenset({"fr"})), []),
        (Scope(regions=frozenset()), []),
    ],
)
def test_a_scope_hides_rows(store: Store, scope: Scope, expected: list[str]) -> None:
    key = add_consultation(store)
    ids = [
        add_response(store, key, reference, region=region, language=language)
        for reference, region, language in (("R-1", "n", "en"), ("R-2", "n", "fr"), ("R-3", "s", "en"))
    ]
    with store.read() as kept:
        assert [found.reference for found in kept.responses(key, scope)] == expected
        for response_id, reference in zip(ids, ("R-1", "R-2", "R-3"), strict=True):
            if reference in expected:
                assert kept.response(response_id, scope).reference == reference
            else:
                with refused(NotFound, "response.unknown"):
                    kept.response(response_id, scope)


def test_a_scope_hides_organisations_and_drafts(store: Store) -> None:
    key = add_consultation(store)
    add_response(store, key, "R-1", region="n", status=ResponseStatus.DRAFT)
    add_response(store, key, "R-2", region="s", status=ResponseStatus.DRAFT)
    with store.write() as kept:
        kept.add_invitations(
            [
                {"consultation_id": key, "organisation": name, "region": region, "created_at": NOW}
                for name, region in (("A", "n"), ("B", "s"))
            ]
        )
    south = Scope(regions=frozenset({"s"}))
    with store.read() as kept:
        assert [invited.organisation for invited in kept.invitations(key, south)] == ["B"]


# revisions


def test_a_stale_revision_of_a_response_is_a_conflict_and_changes_nothing(store: Store) -> None:
    key = add_response(store, add_consultation(store), "R-1")
    with store.write() as kept:
        assert kept.save_response(key, expected_revision=1, section="first") == 2
    with refused(Conflict, "response.changed_elsewhere"), store.write() as kept:
        kept.save_response(key, expected_revision=1, section="second")
    with store.read() as kept:
        assert (kept.response(key).section, kept.response(key).revision) == ("first", 2)


def test_the_data_revision_moves_with_every_submitted_response_and_not_with_drafts(store: Store) -> None:
    key = add_consultation(store)
    seen = []
    for change in (
        lambda: None,
        lambda: add_response(store, key, "R-1", status=ResponseStatus.DRAFT),
        lambda: add_response(store, key, "R-2"),
        lambda: add_response(store, key, "R-3"),
    ):
        change()
        with store.read() as kept:
            seen.append(kept.data_revision(key))
    assert [seen.index(state) for state in seen] == [0, 0, 2, 3]


def test_a_reply_is_the_response_that_was_sent(store: Store) -> None:
    key = add_consultation(store)
    answers = {"one": "a", "many": ("b", "c"), "number": 3, "words": "[ ü"}
    moment = NOW + timedelta(microseconds=7)
    add_response(store, key, "R-1", submission=answers, updated_at=moment, submitted_at=None, late=True)
    add_response(store, key, "R-2", submission={}, updated_at=NOW, submitted_at=moment, region="r")
    with store.read() as kept:
        (replies,) = kept.reply_batches(key)
        for reply in replies:
            response = kept.response(reply.id)
            assert reply._asdict() == {name: getattr(response, name) for name in reply._fields}
            assert type(reply.late) is bool


def plans(engine: Engine, look: Callable[[Transaction], object]) -> list[list[str]]:
    """How SQLite goes about each question that is asked."""
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, given: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, given))

    with engine.connect() as connection:
        look(Transaction(driver_of(connection)))
        return [
            [step.detail for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given)]
            for query, given in tuple(asked)
        ]


@pytest.mark.sqlite
@pytest.mark.parametrize("scope", [EVERYTHING, Scope(regions=frozenset({"r"})), Scope(languages=frozenset({"fr"}))])
def test_whether_anything_changed_is_read_from_no_response(engine: Engine, scope: Scope) -> None:
    (first,), (then,) = plans(
        engine, lambda kept: (kept.data_revision(1, scope), kept.reply_revisions(1, scope, since=NOW))
    )
    assert first.startswith("SEARCH reply_totals USING INDEX")
    assert "COVERING INDEX ix_responses_submitted (consultation_id=? AND status=? AND updated_at>?" in then


@pytest.mark.sqlite
def test_who_counts_for_the_contact_list_is_read_from_no_other_response(engine: Engine) -> None:
    totals, frame, replies = plans(engine, lambda kept: (kept.contacts_revision(1), kept.listed_replies(1)))
    assert [each[0].split(" USING ")[0] for each in (totals, frame)] == ["SEARCH reply_totals", "SEARCH invitations"]
    assert replies[0] == "SEARCH responses USING INDEX ix_responses_listed (consultation_id=? AND status=?)"


@pytest.mark.sqlite
def test_what_is_asked_for_by_name_or_key_is_not_looked_for_among_all_responses(engine: Engine) -> None:
    for count in (1, 10, 500):
        by_name, by_key = plans(
            engine,
            lambda kept, count=count: (
                kept.references_among(1, [f"R-{number}" for number in range(count)]),
                kept.replies_by_key(1, range(1, count + 1)),
            ),
        )
        assert "(reference=?)" in by_name[0]
        assert "rowid=?" in by_key[0]


def test_a_reference_of_another_consultation_is_not_there(store: Store) -> None:
    here, there = add_consultation(store), add_consultation(store, slug="other")
    add_response(store, here, "R-1")
    add_response(store, there, "R-2")
    with store.read() as kept:
        assert kept.references_among(here, ["R-1", "R-2", "R-3"]) == {"R-1"}


def test_what_fails_inside_a_transaction_is_not_kept(store: Store) -> None:
    with refused(InvalidInput, "anything"), store.write() as kept:
        kept.record(at=NOW, actor="a", action="b", subject="c", details={})
        raise InvalidInput("anything")
    with store.read() as kept:
        assert kept.log() == ()


# many writers, ends of the process


def test_eight_threads_write_two_hundred_times_without_an_error(store: Store) -> None:
    key = add_response(store, add_consultation(store), "R-1")
    errors: list[BaseException] = []

    def write(thread: int) -> None:
        try:
            for turn in range(25):
                with store.write() as kept:
                    # A read first: with a deferred BEGIN this would fail under load.
                    kept.save_response(key, expected_revision=kept.response(key).revision, section=f"{thread}/{turn}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as kept:
        assert (errors, kept.response(key).revision) == ([], 201)


def test_a_transaction_that_a_kill_cuts_off_leaves_nothing_and_blocks_nobody(settings: Settings, store: Store) -> None:
    store.close()

    def begin_to_write(say: object) -> None:
        with open_store(settings).write() as kept:
            kept.record(at=NOW, actor="a", action="cut off", subject="", details={})
            say("in the middle")  # type: ignore[operator]
            time.sleep(30)

    assert child.kill_after(1, begin_to_write) == ["in the middle"]
    with store.write() as kept:
        kept.record(at=NOW, actor="a", action="afterwards", subject="", details={})
        assert [entry.action for entry in kept.log()] == ["afterwards"]


def test_drafts_and_submissions_outlive_a_killed_process(settings: Settings, store: Store) -> None:
    publish(store)
    store.close()

    def answer_and_submit(say: object) -> None:
        own = open_store(settings)
        for turn in range(1000):
            code = begin(own)
            fill(own, code, {**ANSWERS, "finding": f"Finding {turn}"})
            say(f"draft {code} {turn}")  # type: ignore[operator]
            responses.submit(own, code, now=NOW)
            say(f"submitted {code} {turn}")  # type: ignore[operator]

    said = child.kill_after(7, answer_and_submit)
    assert [line.split()[0] for line in said[:7]] == ["draft", "submitted"] * 3 + ["draft"]
    for line in said:
        what, code, turn = line.split()
        opened = responses.resume(store, code, now=NOW)
        assert opened.state.answers["finding"] == f"Finding {turn}"
        if what == "submitted":
            assert opened.response.submission == {**SENT, "finding": f"Finding {turn}"}
    responses.submit(store, said[6].split()[1], now=NOW)
    if settings.sqlite_path is None:
        return
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
