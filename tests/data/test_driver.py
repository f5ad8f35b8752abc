"""Prepared statements: they do what SQLAlchemy's do, and what waits for a question is neither lost nor misplaced."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from data import audit
from data.errors import Conflict
from data.records import ResponseStatus
from data.store import Store, Transaction
from survey import responses
from survey.codes import hash_of, normalised
from tests import databases
from tests.small import ANSWERS, NOW, SLUG, refused
from tests.small import begin as begun


@pytest.fixture
def key(small: Store) -> int:
    """The key of a draft."""
    begun(small)
    with small.read() as kept:
        (draft,) = kept.responses(kept.consultation(SLUG).id, status=ResponseStatus.DRAFT)
    return draft.id


def revise(kept: Transaction, key: int, revision: int = 1) -> None:
    kept.add_revision(response_id=key, revision=revision, saved_at=NOW, channel="web", submission=ANSWERS, sent_by="")


def note(kept: Transaction, action: str) -> None:
    kept.record(at=NOW, actor="a", action=action, subject="c", details={"of": action})


def together(store: Store, *bodies: Callable[[Transaction], object]) -> list[BaseException | None]:
    """What became of bodies that write in one batch."""

    def write(body: Callable[[Transaction], object]) -> None:
        with store.write() as kept:
            body(kept)

    with ThreadPoolExecutor(len(bodies)) as pool, store.write():  # meanwhile they gather
        futures = []
        for number, body in enumerate(bodies):
            futures.append(pool.submit(write, body))
            while len(store._writers._waiting) <= number:
                pass
    return [each.exception() for each in futures]


def test_what_waits_is_there_for_the_next_question_and_is_kept_at_the_end(small: Store, key: int) -> None:
    with small.write() as kept:
        revise(kept, key)
        kept.visit_section(key, "s1", 5)
        kept.visit_section(key, "s1", 7)
        kept.note_section(key, "s1", changed_by="a", changed_at=NOW)
        kept.set_contact(key, {"contact_email": "a@example.org"})
        assert [each.submission["finding"] for each in kept.revisions(key)] == [ANSWERS["finding"]]
        kept.set_contact(key, {"contact_email": "b@example.org"})
        kept.note_section(key, "s1", changed_by="b", changed_at=NOW + timedelta(1))
    with small.read() as kept:
        assert kept.section_visits(key) == ({"section": "s1", "saves": 2, "seconds": 12},)
        assert kept.section_changes(key)["s1"].changed_by == "b"
        assert kept.contact(key) == {"contact_email": "b@example.org"}
        assert [each.saved_at for each in kept.revisions(key)] == [NOW]


def test_contact_details_that_are_taken_away_after_they_were_given_are_gone(small: Store, key: int) -> None:
    with small.write() as kept:
        kept.set_contact(key, {"contact_email": "a@example.org"})
        kept.set_contact(key, {})
    with small.read() as kept:
        assert kept.contact(key) == {}


def test_contact_details_that_stand_there_already_are_not_written_again(small: Store) -> None:
    code = begun(small)

    def kept_as() -> object:
        with small.read() as kept:
            return kept._connection.exec_driver_sql("SELECT details FROM contacts").scalar()

    def put(*each: dict[str, str], correction: bool = False) -> None:
        for details in each:
            with small.write() as kept:
                response = kept.response_by_code(hash_of(normalised(code)))
                assert response is not None
                kept.set_contact(response.id, details, correction=correction)

    put({"contact_email": "a@example.org"})
    first = kept_as()  # sealed anew whenever it is written
    put({"contact_email": "a@example.org"})
    assert kept_as() == first
    put({"contact_email": "b@example.org"}, {"contact_email": "a@example.org"})
    second = kept_as()
    assert second != first
    put({"contact_email": "b@example.org"}, correction=True)
    put({"contact_email": "a@example.org"})
    with small.read() as kept:
        response = kept.response_by_code(hash_of(normalised(code)))
        assert response is not None
        assert kept.contact(response.id) == {"contact_email": "a@example.org"}
        assert kept.contact(response.id, correction=True) == {}


def test_an_error_of_what_waited_takes_back_its_own_writer_and_nothing_else(small: Store, key: int) -> None:
    with small.write() as kept:
        revise(kept, key)
        before = kept.log_head()

    def twice(kept: Transaction) -> None:
        note(kept, "never")
        revise(kept, key)  # that one is there already

    errors = together(small, lambda kept: note(kept, "w0"), twice, twice, lambda kept: note(kept, "w1"))
    assert [type(error) for error in errors] == [type(None), IntegrityError, IntegrityError, type(None)]
    with small.read() as kept:
        entries = tuple(kept.log_entries())
    assert [entry.action for entry in entries if entry.id > before.number] == ["w0", "w1"]
    assert audit.verify(entries).holds


def test_an_error_is_told_in_the_way_of_sqlalchemy_and_without_values(small: Store, key: int) -> None:
    first, second = together(small, lambda kept: revise(kept, key), lambda kept: revise(kept, key))
    assert first is None
    assert isinstance(second, IntegrityError)
    assert "response_revisions" in str(second)
    assert str(ANSWERS["finding"]) not in str(second)
    assert isinstance(second.orig, sqlite3.Error) is not databases.ON_SERVER


def test_a_revision_that_is_not_there_is_a_conflict_at_once(small: Store, key: int) -> None:
    with small.write() as kept:
        with refused(Conflict, "response.changed_elsewhere"):
            kept.save_response(key, expected_revision=7, section="s1")
        assert kept.save_response(key, expected_revision=1, section="s2") == 2
        with refused(Conflict, "response.changed_elsewhere"):
            kept.save_response(key, expected_revision=1, section="s3")
    with small.read() as kept:
        assert (kept.response(key).revision, kept.response(key).section) == (2, "s2")


def test_a_conflict_of_what_waited_takes_its_writer_back(small: Store, key: int) -> None:
    with refused(Conflict, "response.changed_elsewhere"), small.write() as kept:
        kept._fetched["revision", key] = 9  # as if it had been read in this transaction
        note(kept, "never")
        kept.save_response(key, expected_revision=9, section="s1")
    with small.read() as kept:
        assert "never" not in {entry.action for entry in kept.log()}


def test_more_than_one_statement_can_hold_is_kept_all_the_same(small: Store, key: int) -> None:
    with small.write() as kept:
        for number in range(1, 12):
            revise(kept, key, number)
            note(kept, f"n{number}")
    with small.read() as kept:
        assert [each.revision for each in kept.revisions(key)] == list(range(1, 12))
        assert audit.verify(kept.log_entries()).holds


def test_a_consultation_that_changed_is_not_the_one_of_before(small: Store) -> None:
    code = begun(small)
    before = responses.resume(small, code, now=NOW).consultation
    with small.write() as kept:
        kept.change_consultation(before.id, roles={})
    after = responses.resume(small, code, now=NOW).consultation
    assert (before.roles != {}, after.roles) == (True, {})
