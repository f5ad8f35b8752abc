"""Totals of what was sent follow every way in which responses are written to, and are in no back-up of their own."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from data import schema
from data.backups import backup, contents, restore
from data.records import ResponseStatus, Scope
from data.settings import Settings
from data.store import Store, open_store
from tests.data.test_migrations import add_consultation as add_in
from tests.data.test_migrations import add_response as add_response_in
from tests.data.test_migrations import earlier
from tests.data.test_store import add_consultation, add_response
from tests.small import NOW

STATUSES = st.sampled_from(list(ResponseStatus))
PLACES = st.fixed_dictionaries({"region": st.sampled_from(["", "n"]), "language": st.sampled_from(["en", "fr"])})
MOMENTS = st.integers(0, 5).map(lambda seconds: NOW + timedelta(seconds=seconds))
ACTS = st.one_of(
    st.tuples(st.just("add"), STATUSES, PLACES, MOMENTS),
    st.tuples(st.just("save"), STATUSES, PLACES, MOMENTS),
    st.tuples(st.just("move"), STATUSES, PLACES, MOMENTS),
    st.tuples(st.just("remove"), STATUSES, PLACES, MOMENTS),
)


def counted(store: Store) -> tuple[dict[tuple[object, ...], tuple[object, ...]], dict[tuple[object, ...], object]]:
    """(what the responses come to, newest moment there), by consultation, region and language."""
    table = schema.responses
    key = (table.c.consultation_id, table.c.region, table.c.language)
    with store.read() as kept:
        rows = kept._connection.execute(
            select(*key, func.count(), func.sum(table.c.revision), func.max(table.c.updated_at))
            .where(table.c.status == ResponseStatus.SUBMITTED)
            .group_by(*key)
        ).all()
    return {tuple(row[:3]): tuple(row[3:5]) for row in rows}, {tuple(row[:3]): row[5] for row in rows}


def totals(store: Store) -> tuple[dict[tuple[object, ...], tuple[object, ...]], dict[tuple[object, ...], object]]:
    """The same as the totals have it."""
    with store.read() as kept:
        rows = kept._connection.execute(select(schema.reply_totals).where(schema.reply_totals.c.replies > 0)).all()
    return {tuple(row[:3]): tuple(row[3:5]) for row in rows}, {tuple(row[:3]): row[5] for row in rows}


@tried(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=8), data=st.data())
def test_totals_follow_whatever_is_written(store: Store, acts: list[tuple[object, ...]], data: st.DataObject) -> None:
    table = schema.responses
    with store.write() as kept:
        for each in (table, schema.reply_totals, schema.consultations):
            kept._connection.execute(delete(each))
    consultation = add_consultation(store)
    keys: list[int] = []
    for number, (act, status, place, moment) in enumerate(acts):
        values = {"status": status, "updated_at": moment, **place}  # type: ignore[dict-item]
        if act == "add" or not keys:
            keys.append(add_response(store, consultation, f"R-{number}", **values))
            continue
        key = data.draw(st.sampled_from(keys))
        with store.write() as kept:
            if act == "save":
                kept.save_response(key, expected_revision=kept.response(key).revision, **values)
            elif act == "move":
                kept.set_columns(key, region=str(values["region"]), publish="")
                kept.set_response_status(key, ResponseStatus(str(status)))
            else:
                kept._connection.execute(delete(table).where(table.c.id == key))
                keys.remove(key)
    (there, moments), (found, newest) = counted(store), totals(store)
    assert found == there
    # After the newest went, an earlier moment or none: whoever asks for what came since is given more, never less.
    assert all(newest[key] is None or newest[key] <= moments[key] for key in there)  # type: ignore[operator]
    with store.read() as kept:
        counts = [each for (_, region, _), each in there.items() if region == "n"]
        assert kept.data_revision(consultation, Scope(regions=frozenset({"n"})))[:2] == (
            sum(int(each[0]) for each in counts),  # type: ignore[call-overload]
            sum(int(each[1]) for each in counts),  # type: ignore[call-overload]
        )


def test_of_what_is_gone_no_moment_stays(store: Store) -> None:
    consultation = add_consultation(store)
    add_response(store, consultation, "R-1")
    key = add_response(store, consultation, "R-2", updated_at=NOW + timedelta(days=1))
    with store.write() as kept:
        kept._connection.execute(delete(schema.responses).where(schema.responses.c.id == key))
    assert list(totals(store)[1].values()) == [None]
    with store.write() as kept:
        kept._connection.execute(update(schema.responses).values(status=ResponseStatus.WITHDRAWN))
    assert totals(store) == ({}, {})


@pytest.mark.sqlite
def test_a_database_of_before_gets_its_totals(settings: Settings) -> None:
    with earlier(settings, "0017") as connection:
        add_in(connection)
        for number, status in enumerate(("submitted", "submitted", "draft"), start=1):
            add_response_in(
                connection, id=number, reference=f"R-{number}", code_hash=str(number), status=status, revision=number
            )
    store = open_store(settings, migrate=True)
    assert totals(store)[0] == {(1, "", "en"): (2, 3)} == counted(store)[0]
    store.close()


@pytest.mark.sqlite  # that of a server is filled when it is empty only
def test_a_restored_back_up_has_the_same_totals(store: Store, settings: Settings, tmp_path: Path) -> None:
    add_response(store, add_consultation(store), "R-1", region="n")
    before, target = totals(store), tmp_path / "kept.db"
    written = backup(settings, target)
    store.close()
    restore(settings, target)
    assert totals(open_store(settings)) == before
    assert contents(settings) == written


def test_one_that_goes_while_another_like_it_comes_is_a_change(store: Store) -> None:
    consultation = add_consultation(store)
    first = add_response(store, consultation, "R-1")
    with store.read() as kept:
        before = kept.data_revision(consultation)
    with store.write() as kept:
        kept._connection.execute(delete(schema.responses).where(schema.responses.c.id == first))
    add_response(store, consultation, "R-2")
    with store.read() as kept:
        after = kept.data_revision(consultation)
    assert after[:3] == before[:3]
    assert after[3] == before[3] + 2
    with store.write() as kept:
        kept._connection.execute(delete(schema.responses))
    with store.read() as kept:
        assert kept.data_revision(consultation)[3] == before[3] + 3
