"""What is remembered of who somebody is: sessions, second factors, identity providers, failures to sign in.

A part of `data.store.Transaction`, which inherits it; the reasons for a file of its own are its size and its subject.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import schema
from data.errors import Conflict
from data.people_records import (
    Awaits,
    FailureCount,
    PersonRecord,
    ProviderVisit,
    SecondFactorRecord,
    SessionRecord,
    Way,
)
from data.rows import Rows


class IdentityRows(Rows):
    """Reads and writes around sign-in, inside one transaction."""

    def _first(self, query: Any) -> Any:
        return self._connection.execute(query).mappings().first()

    # sessions

    def add_session(self, **values: object) -> int:
        """Keeps a staff session."""
        return self._insert(schema.sessions, values)

    def session(self, token_hash: str) -> SessionRecord | None:
        """The session of that token, also one that is over; None when there is none."""
        row = self._first(select(schema.sessions).where(schema.sessions.c.token_hash == token_hash))
        return None if row is None else _session(row)

    def session_and_person(self, token_hash: str) -> tuple[SessionRecord, PersonRecord] | None:
        """The session of that token with its active person; None when there is none."""
        people, sessions = schema.people, schema.sessions
        fields = [people.c[name].label(f"person_{name}") for name in PersonRecord.__dataclass_fields__]
        query = (
            select(*(column for column in sessions.c if column.name != "person_id"), *fields)
            .join(people, sessions.c.person_id == people.c.id)
            .where(sessions.c.token_hash == token_hash, people.c.active)
        )
        row = self._first(query)
        if row is None:
            return None
        person = PersonRecord(**{name: row[f"person_{name}"] for name in PersonRecord.__dataclass_fields__})
        return _session(row), person

    def sessions(self, person_id: int) -> tuple[SessionRecord, ...]:
        """Every session of a person, the one used last first."""
        table = schema.sessions
        query = select(table).where(table.c.person_id == person_id).order_by(table.c.last_used_at.desc(), table.c.id)
        return tuple(_session(row) for row in self._all(query))

    def use_session(self, session_id: int, now: datetime) -> None:
        """The session was used at that moment."""
        table = schema.sessions
        self._connection.execute(update(table).where(table.c.id == session_id).values(last_used_at=now))

    def end_sessions(
        self, *, token_hash: str = "", person_id: int = 0, session_id: int = 0, keep: str = "", way: str = ""
    ) -> int:
        """Ends one session, or those of a person (by one way, except the one with the token hash `keep`); how many."""
        table = schema.sessions
        query = delete(table)
        if token_hash:
            query = query.where(table.c.token_hash == token_hash)
        else:
            query = query.where(table.c.person_id == person_id)
        if session_id:
            query = query.where(table.c.id == session_id)
        if keep:
            query = query.where(table.c.token_hash != keep)
        if way:
            query = query.where(table.c.way == way)
        return self._connection.execute(query).rowcount

    def forget_old_sessions(self, now: datetime) -> None:
        """Drops sessions whose time is over."""
        self._connection.execute(delete(schema.sessions).where(schema.sessions.c.expires_at <= now))

    def last_uses(self, now: datetime) -> dict[int, tuple[int, datetime]]:
        """Of every person with open sessions: how many, and when one was used last."""
        table = schema.sessions
        query = select(table.c.person_id, func.count().label("n"), func.max(table.c.last_used_at).label("at"))
        query = query.where(table.c.awaits == Awaits.NOTHING, table.c.expires_at > now).group_by(table.c.person_id)
        return {row["person_id"]: (row["n"], row["at"]) for row in self._all(query)}

    # second factors

    def second_factor(self, person_id: int) -> SecondFactorRecord | None:
        """The second factor of a person, confirmed or not yet."""
        table = schema.second_factors
        row = self._first(select(table).where(table.c.person_id == person_id))
        fields = SecondFactorRecord.__dataclass_fields__
        return None if row is None else SecondFactorRecord(**{name: row[name] for name in fields})

    def with_second_factor(self) -> frozenset[int]:
        """Everybody who has confirmed one."""
        table = schema.second_factors
        return frozenset(self._connection.scalars(select(table.c.person_id).where(table.c.confirmed_at.is_not(None))))

    def begin_second_factor(self, person_id: int, secret: str, now: datetime) -> None:
        """Keeps a new secret that is not confirmed yet, in the place of an earlier one that was not either."""
        table = schema.second_factors
        unconfirmed = (table.c.person_id == person_id, table.c.confirmed_at.is_(None))
        self._connection.execute(delete(table).where(*unconfirmed))
        if self.second_factor(person_id) is not None:
            raise Conflict("second_factor.exists")
        values = {"person_id": person_id, "secret": secret, "created_at": now, "last_step": 0}
        self._connection.execute(insert(table).values(**values))

    def use_step(self, person_id: int, step: int, *, confirmed_at: datetime | None = None) -> bool:
        """A code of that half minute was taken; False when one of it, or of a later one, was taken before."""
        table = schema.second_factors
        values: dict[str, object] = {"last_step": step}
        if confirmed_at is not None:
            values["confirmed_at"] = confirmed_at
        query = update(table).where(table.c.person_id == person_id, table.c.last_step < step).values(**values)
        return self._connection.execute(query).rowcount == 1

    def remove_second_factor(self, person_id: int) -> bool:
        """Forgets second factor and recovery codes; False when there was none."""
        codes, factors = schema.recovery_codes, schema.second_factors
        self._connection.execute(delete(codes).where(codes.c.person_id == person_id))
        return self._connection.execute(delete(factors).where(factors.c.person_id == person_id)).rowcount == 1

    def set_recovery_codes(self, person_id: int, hashes: Sequence[str]) -> None:
        """These codes, and no earlier ones, open the account in the place of a second factor."""
        table = schema.recovery_codes
        self._connection.execute(delete(table).where(table.c.person_id == person_id))
        self._connection.execute(insert(table), [{"person_id": person_id, "code_hash": each} for each in hashes])

    def unused_recovery_codes(self, person_id: int) -> tuple[str, ...]:
        """The hashes of the recovery codes that were not used yet."""
        table = schema.recovery_codes
        query = select(table.c.code_hash).where(table.c.person_id == person_id, table.c.used_at.is_(None))
        return tuple(self._connection.scalars(query))

    def use_recovery_code(self, person_id: int, code_hash: str, now: datetime) -> bool:
        """The code with this hash is used up; False when the person has no such code, or used it."""
        table = schema.recovery_codes
        unused = (table.c.person_id == person_id, table.c.code_hash == code_hash, table.c.used_at.is_(None))
        return self._connection.execute(update(table).where(*unused).values(used_at=now)).rowcount == 1

    # identity providers

    def provider_person(self, issuer: str, subject: str) -> int | None:
        """The account that belongs to this subject of this issuer."""
        table = schema.provider_accounts
        query = select(table.c.person_id).where(table.c.issuer == issuer, table.c.subject == subject)
        return self._connection.scalar(query)

    def has_provider_account(self, person_id: int, issuer: str) -> bool:
        """True when the person belongs to a subject of this issuer."""
        table = schema.provider_accounts
        query = select(table.c.id).where(table.c.issuer == issuer, table.c.person_id == person_id)
        return self._connection.scalar(query) is not None

    def add_provider_account(self, **values: object) -> None:
        """A subject of an issuer belongs to an account from now on."""
        self._insert(schema.provider_accounts, values)

    def remove_provider_accounts(self, person_id: int) -> None:
        """No subject of any issuer belongs to this account any more."""
        table = schema.provider_accounts
        self._connection.execute(delete(table).where(table.c.person_id == person_id))

    def add_provider_visit(self, browser_hash: str, now: datetime, **values: object) -> None:
        """Keeps what a browser was sent to the provider with; visits that are over are forgotten."""
        table = schema.provider_visits
        self._connection.execute(delete(table).where(table.c.expires_at <= now))
        self._connection.execute(insert(table).values(browser_hash=browser_hash, **values))

    def take_provider_visit(self, browser_hash: str) -> ProviderVisit | None:
        """What the browser was sent with; it is forgotten. None when there is nothing."""
        table = schema.provider_visits
        row = self._first(select(table).where(table.c.browser_hash == browser_hash))
        gone = self._connection.execute(delete(table).where(table.c.browser_hash == browser_hash)).rowcount
        if row is None or gone != 1:
            return None
        return ProviderVisit(**{name: row[name] for name in ProviderVisit.__dataclass_fields__})

    # failures to sign in

    def failure_count(self, key: str) -> FailureCount:
        """Wrong attempts under a key. Until the transaction ends nobody else counts under it."""
        table = schema.sign_in_failures
        query = select(table).where(table.c.key == key).with_for_update()
        row = self._first(query)
        if row is None:
            try:
                with self._connection.begin_nested():
                    self._connection.execute(insert(table).values(key=key, failures=0))
            except IntegrityError:
                pass  # somebody else just did
            row = self._first(query)
        return FailureCount(**{name: row[name] for name in FailureCount.__dataclass_fields__})

    def set_failure_count(self, key: str, count: FailureCount) -> None:
        """Keeps the wrong attempts under a key."""
        self.failure_count(key)
        table = schema.sign_in_failures
        values = {name: getattr(count, name) for name in FailureCount.__dataclass_fields__}
        self._connection.execute(update(table).where(table.c.key == key).values(**values))

    def forget_failures(self, *, failed_before: datetime, succeeded_before: datetime) -> None:
        """Drops counts that nothing was added to since, of keys without a success since."""
        table = schema.sign_in_failures
        quiet = table.c.failed_at.is_(None) | (table.c.failed_at < failed_before)
        stale = table.c.succeeded_at.is_(None) | (table.c.succeeded_at < succeeded_before)
        # What somebody counts under at this moment is left for the next time.
        old = select(table.c.key).where(quiet & stale).with_for_update(skip_locked=True)
        self._connection.execute(delete(table).where(table.c.key.in_(old)))


def _session(row: Mapping[str, Any]) -> SessionRecord:
    values = {name: row[name] for name in SessionRecord.__dataclass_fields__}
    return SessionRecord(**{**values, "way": Way(row["way"]), "awaits": Awaits(row["awaits"])})
