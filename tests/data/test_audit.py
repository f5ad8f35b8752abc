"""The log of acts: a chain that can be verified, and nothing that can be taken out of it."""

import hashlib
import json
import math
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from data.__main__ import main
from data.audit import (
    GENESIS,
    NO_HEAD,
    Head,
    as_line,
    canonical,
    content_hash,
    content_text,
    differences,
    entries_in,
    entry_hash,
    heads_in,
    verify,
)
from data.log_records import LogFilter, LogRecord
from data.records import ResponseStatus
from data.settings import Settings
from data.store import Store, open_store
from tests.databases import changed

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)


def act(store: Store, number: int, **changes: object) -> None:
    values: dict[str, object] = {
        "at": NOW + timedelta(minutes=number),
        "actor": "person:ana",
        "action": "consultation.changed",
        "subject": f"small/{number}",
        "consultation": "small",
        "details": {"number": number, "words": "Ça va — مرحبا"},
    }
    with store.write() as kept:
        kept.record(**{**values, **changes})  # type: ignore[arg-type]


def entries(store: Store) -> list[LogRecord]:
    with store.read() as kept:
        return list(kept.log_entries())


@pytest.fixture
def five(store: Store) -> Store:
    """A log with five entries."""
    for number in range(1, 6):
        act(store, number, changes={"title": ["before", f"after {number}"]})
    return store


@pytest.fixture
def tampered(five: Store, settings: Settings) -> Callable[[str], None]:
    """Changes the database as somebody does who owns it and takes the triggers away first."""

    def change(statement: str) -> None:
        five.close()
        if settings.sqlite_path is None:
            for table in ("log", "log_contents"):
                changed(settings, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            changed(settings, statement)
            return
        with closing(sqlite3.connect(settings.sqlite_path)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)
            connection.commit()

    return change


def test_every_entry_holds_the_digest_of_the_one_before_it(five: Store) -> None:
    found = entries(five)
    assert [entry.id for entry in found] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in found] == [GENESIS, *[entry.sha256 for entry in found[:-1]]]
    assert verify(found).holds
    with five.read() as kept:
        assert kept.log_head() == Head(number=5, sha256=found[-1].sha256) == verify(found).head
    assert found[2].changes == {"title": ("before", "after 3")}
    assert found[2].details == {"number": 3, "words": "Ça va — مرحبا"}


def test_the_digest_is_the_one_that_the_document_describes(five: Store) -> None:
    import hashlib  # here to be read as the recipe of docs/audit.md

    first = entries(five)[0]
    content = hashlib.sha256((str(first.salt) + first.content).encode()).hexdigest()
    text = (
        '{"action":"consultation.changed","actor":"person:ana","at":"2026-09-15T12:01:00.000000Z",'
        f'"consultation":"small","content_sha256":"{content}","number":1,"previous":"{"0" * 64}","subject":"small/1"}}'
    )
    assert first.sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET actor = 'nobody' WHERE id = 3",
        "UPDATE log SET sha256 = previous",
        "DELETE FROM log WHERE id = 5",
        "DELETE FROM log",
        pytest.param(
            "INSERT OR REPLACE INTO log SELECT id, at, 'nobody', action, subject, consultation, content_sha256,"
            " previous, sha256 FROM log WHERE id = 5",
            marks=pytest.mark.sqlite,
        ),
        pytest.param("REPLACE INTO log_contents VALUES (5, 's', 'c')", marks=pytest.mark.sqlite),
        pytest.param("TRUNCATE log, log_contents", marks=pytest.mark.server),
        pytest.param("TRUNCATE log_contents", marks=pytest.mark.server),
        pytest.param(
            "INSERT INTO log_contents VALUES (5, 's', 'c') ON CONFLICT (entry_id) DO UPDATE SET content = 'c'",
            marks=pytest.mark.server,
        ),
        "UPDATE log_contents SET content = '{}' WHERE entry_id = 3",
        "UPDATE log_contents SET entry_id = 9 WHERE entry_id = 3",
        "DELETE FROM log_contents WHERE entry_id = 3",
    ],
)
def test_the_database_refuses_to_change_what_is_logged(five: Store, settings: Settings, statement: str) -> None:
    before = entries(five)
    if settings.sqlite_path is None:
        with pytest.raises(DatabaseError, match="append-only"):
            changed(settings, statement)
    else:
        with closing(sqlite3.connect(settings.sqlite_path)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
    assert entries(five) == before


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE log SET actor = 'person:eve' WHERE id = 3", 3, "entry"),
        ("UPDATE log SET at = '2027-01-01 00:00:00.000000' WHERE id = 3", 3, "entry"),
        ("UPDATE log SET consultation = '' WHERE id = 1", 1, "entry"),
        ("UPDATE log SET previous = sha256 WHERE id = 4", 4, "previous"),
        ("DELETE FROM log WHERE id = 2", 2, "number"),
        ("DELETE FROM log WHERE id = 1", 1, "number"),
        ("UPDATE log_contents SET content = '{}' WHERE entry_id = 4", 4, "content"),
        ("UPDATE log_contents SET salt = '' WHERE entry_id = 4", 4, "content"),
        ("DELETE FROM log_contents WHERE entry_id = 5", 5, "content_missing"),
    ],
)
def test_what_was_tampered_with_is_found_at_its_first_entry(
    five: Store, tampered: Callable[[str], None], statement: str, broken_at: int, reason: str
) -> None:
    tampered(statement)
    verdict = verify(entries(five))
    assert (verdict.holds, verdict.broken_at, verdict.reason) == (False, broken_at, reason)


def test_an_end_that_was_cut_off_is_told_by_a_head_that_was_kept(five: Store, tampered: Callable[[str], None]) -> None:
    anchors = [Head(number=2, sha256=entries(five)[1].sha256), Head(number=5, sha256=entries(five)[4].sha256)]
    assert verify(entries(five), anchors).anchors == 2
    tampered("DELETE FROM log WHERE id > 3")
    assert verify(entries(five)).holds, "without a head that was kept elsewhere nobody can tell"
    verdict = verify(entries(five), anchors)
    assert (verdict.broken_at, verdict.reason, verdict.head.number) == (4, "cut", 3)


def test_a_log_that_was_emptied_is_told_by_a_head_that_was_kept(five: Store, tampered: Callable[[str], None]) -> None:
    head = verify(entries(five)).head
    tampered("DELETE FROM log")
    verdict = verify(entries(five), [head])
    assert (verdict.broken_at, verdict.reason, verdict.head) == (1, "cut", NO_HEAD)


def test_a_log_that_was_written_anew_is_told_by_a_head_that_was_kept(five: Store, store: Store) -> None:
    anew, previous = [], GENESIS
    for entry in entries(five):
        values = {name: getattr(entry, name) for name in LogRecord.__dataclass_fields__}
        actor = "person:eve" if entry.id >= 3 else entry.actor
        fresh = LogRecord(**{**values, "actor": actor, "previous": previous})
        previous = entry_hash(fresh)
        anew.append(LogRecord(**{**values, "actor": actor, "previous": fresh.previous, "sha256": previous}))
    assert verify(anew).holds
    verdict = verify(anew, [Head(number=4, sha256=entries(five)[3].sha256)])
    assert (verdict.broken_at, verdict.reason) == (4, "rewritten")


def test_what_an_entry_holds_can_be_blanked_and_the_chain_holds(five: Store) -> None:
    with five.write() as kept:
        assert kept.blank_log("small", "small/3") == 1
        assert kept.blank_log("small", "small/3") == 0
        assert kept.blank_log("other", "small/4") == 0
    found = entries(five)
    assert (found[2].is_blanked, found[2].details, found[2].changes, found[2].subject) == (True, {}, {}, "small/3")
    verdict = verify(found)
    assert (verdict.holds, verdict.blanked) == (True, 1)
    assert [entry.is_blanked for entry in found] == [False, False, True, False, False]


def test_a_content_cannot_be_guessed_by_its_digest() -> None:
    salts = {content_hash(salt, "yes") for salt in ("a", "b", "c")}
    assert len(salts) == 3


def test_eight_writers_write_one_linear_chain(store: Store, settings: Settings) -> None:
    def write(thread: int) -> None:
        own = open_store(settings)  # as another process has it: the queue of threads does not help
        for turn in range(20):
            act(own, thread * 100 + turn)
        own.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify(entries(store))
    assert (verdict.holds, verdict.entries) == (True, 160)


def test_the_log_is_looked_through_by_person_act_object_and_time(store: Store) -> None:
    act(store, 1)
    act(store, 2, actor="operator", action="sign_in", subject="100%_sure", consultation="")
    act(store, 3, consultation="other", subject="other/R-1")
    wanted = {
        LogFilter(): [3, 2, 1],
        LogFilter(consultation="small"): [1],
        LogFilter(consultation=""): [2],
        LogFilter(actor="operator"): [2],
        LogFilter(action="consultation.changed"): [3, 1],
        LogFilter(subject="r-1"): [3],
        LogFilter(subject="0%_S"): [2],
        LogFilter(subject="%"): [2],
        LogFilter(since=NOW + timedelta(minutes=2)): [3, 2],
        LogFilter(until=NOW + timedelta(minutes=2)): [1],
    }
    with store.read() as kept:
        for found, numbers in wanted.items():
            assert [entry.id for entry in kept.log(10, found)] == numbers, found
            assert kept.count_log(found) == len(numbers)
        assert [entry.id for entry in kept.log(1, before=3)] == [2]
        assert kept.log_names() == (("operator", "person:ana"), ("consultation.changed", "sign_in"))
        assert kept.log_names("other") == (("person:ana",), ("consultation.changed",))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(details=st.dictionaries(st.text(max_size=5), JSON, max_size=4), actor=st.text(max_size=20))
def test_an_entry_comes_back_from_a_line_as_it_was(details: dict[str, object], actor: str) -> None:
    salt, content = "0f", canonical({"details": details, "changes": {}})
    entry = LogRecord(id=1, at=NOW, actor=actor, action="a", subject="s", content_sha256=content_hash(salt, content))
    entry = LogRecord(
        **{name: getattr(entry, name) for name in ("id", "at", "actor", "action", "subject", "content_sha256")},
        previous=GENESIS,
        salt=salt,
        content=content,
    )
    values = {name: getattr(entry, name) for name in LogRecord.__dataclass_fields__}
    entry = LogRecord(**{**values, "sha256": entry_hash(entry)})
    line = as_line(entry)
    assert list(entries_in([line])) == [entry]
    assert verify(entries_in([line])).holds


def test_differences_name_what_is_not_the_same() -> None:
    before, after = {"a": 1, "b": [1], "c": "x"}, {"a": 1, "b": [2], "d": "y"}
    assert differences(before, after) == {"b": [[1], [2]], "c": ["x", None], "d": [None, "y"]}


def test_heads_are_found_in_any_text() -> None:
    text = f"2026-09-15 12:00:00 INFO soundings.audit head of the log of acts: 12:{'ab' * 32}\n1:abc 7:{'0' * 65}"
    assert heads_in(text) == (Head(number=12, sha256="ab" * 32),)


# python -m data verify-audit


@pytest.fixture
def command(
    five: Store, settings: Settings, environment: Callable[[Settings], None], capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, object]]]:
    """(exit status, what was printed) of the command."""
    environment(settings)

    def run(*arguments: str) -> tuple[int, dict[str, object]]:
        code = main(["verify-audit", "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_the_command_says_that_the_chain_holds(command: Callable[..., tuple[int, dict[str, object]]]) -> None:
    code, said = command()
    assert (code, said["holds"], said["entries"], said["complete"]) == (0, True, 5, True)
    assert command("--anchor", str(said["head"]))[0] == 0


def test_the_command_names_the_first_broken_entry_and_ends_with_one(
    command: Callable[..., tuple[int, dict[str, object]]], tampered: Callable[[str], None], tmp_path: Path
) -> None:
    notes = tmp_path / "app.log"
    notes.write_text(f"INFO head of the log of acts: {command()[1]['head']}\n", encoding="utf-8")
    tampered("DELETE FROM log WHERE id = 5")
    assert command()[0] == 0
    code, said = command("--anchors", str(notes))
    assert (code, said["holds"], said["broken_at"], said["reason"]) == (1, False, 5, "cut")
    tampered("UPDATE log SET subject = 'x' WHERE id = 2")
    code, said = command()
    assert (code, said["broken_at"], said["reason"]) == (1, 2, "entry")


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        ("not JSON\n", ["--file"], "is not a log of acts"),
        ('[1]\n{"head": "x"}\n', ["--file"], "is not a log of acts"),
        ('{"number": 1}\n{"head": ""}\n', ["--file"], "is not a log of acts"),
        ("", ["--anchor", "12"], "NUMBER:SHA256"),
        (None, ["--file"], "cannot be read"),
    ],
)
def test_what_cannot_be_verified_is_told(
    store: Store,
    settings: Settings,
    environment: Callable[[Settings], None],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: str | None,
    arguments: list[str],
    told: str,
) -> None:
    environment(settings)
    path = tmp_path / "log.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["verify-audit", *arguments, *([str(path)] if arguments == ["--file"] else [])]) == 1
    assert told in capsys.readouterr().err


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), PLAIN), st.dictionaries(st.text(), st.lists(PLAIN, min_size=2, max_size=2)))
def test_what_an_act_holds_is_written_quickly_in_the_one_text_of_its_value(
    details: dict[str, object], changes: dict[str, object]
) -> None:
    assert content_text(details, changes) == canonical({"details": details, "changes": changes})


def test_what_is_no_json_by_itself_is_written_as_ever() -> None:
    details = {"at": NOW, "few": frozenset({"b", "a"}), "pair": ("x", 1), "large": 2**70, "share": 0.25}
    assert content_text(details, {}) == canonical({"details": details, "changes": {}})
    assert content_text({"half": "\ud800"}, {}) == canonical({"details": {"half": "\ud800"}, "changes": {}})
    small = {"small": 1e-07, "few": {0.5, 1e-07}, "kind": ResponseStatus.DRAFT, "deep": {"e": [1e16]}}
    assert content_text(small, {}) == canonical({"details": small, "changes": {}})


@pytest.mark.parametrize(
    "odd", [math.nan, -math.inf, [{"deep": math.nan}], {math.nan}, UUID(int=1), date(2026, 1, 1), object()]
)
def test_what_has_no_place_in_the_log_is_refused(odd: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        content_text({"odd": odd}, {})
    with pytest.raises((TypeError, ValueError)):
        content_text({}, {"odd": [None, odd]})


@given(*[st.text() for _ in range(6)], st.integers(1, 2**53), st.datetimes(timezones=st.just(UTC)))
def test_the_digest_of_an_entry_is_that_of_its_one_text(
    actor: str, action: str, subject: str, consultation: str, content: str, previous: str, number: int, at: datetime
) -> None:
    entry = LogRecord(
        id=number,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        consultation=consultation,
        content_sha256=content,
        previous=previous,
    )
    text = canonical(
        {
            "number": number,
            "at": at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
            "actor": actor,
            "action": action,
            "consultation": consultation,
            "content_sha256": content,
            "previous": previous,
            "subject": subject,
        }
    )
    assert entry_hash(entry) == hashlib.sha256(text.encode()).hexdigest()


@given(st.dictionaries(st.text(), PLAIN))
def test_of_what_is_new_everything_is_a_difference(after: dict[str, object]) -> None:
    there = {name: value for name, value in after.items() if value is not None}
    assert differences({}, after) == {name: [None, there[name]] for name in sorted(there)}
