"""The part of a transaction that is about accounts and the one-time links to them."""

from datetime import datetime

from sqlalchemy import RowMapping, delete, select, update

from data import schema
from data.errors import Conflict
from data.people_records import LinkRecord, PersonRecord
from data.rows import Rows


class PeopleRows(Rows):
    """Everybody with an account; links with which one is made or got back."""

    def people(self) -> tuple[PersonRecord, ...]:
        """Everybody with an account, by name."""
        return tuple(_person(row) for row in self._all(select(schema.people).order_by(schema.people.c.name)))

    def person(self, person_id: int) -> PersonRecord:
        """One account."""
        return _person(self._one(select(schema.people).where(schema.people.c.id == person_id), "person.unknown"))

    def credentials(self, login: str) -> RowMapping | None:
        """The account row with its password hash, or None."""
        return self._connection.execute(select(schema.people).where(schema.people.c.login == login)).mappings().first()

    def add_person(self, **values: object) -> int:
        """Adds an account; Conflict("person.exists") when the login is taken."""
        if self.credentials(str(values["login"])) is not None:
            raise Conflict("person.exists", login=values["login"])
        return self._insert(schema.people, values)

    def change_person(self, person_id: int, **values: object) -> None:
        """Sets the named columns of an account."""
        self._update(schema.people, schema.people.c.id == person_id, values)

    def add_link(self, **values: object) -> None:
        """Keeps a one-time account link."""
        self._insert(schema.account_links, values)

    def link(self, token_hash: str) -> LinkRecord | None:
        """The one-time link of that hash, or None."""
        table = schema.account_links
        row = self._connection.execute(select(table).where(table.c.token_hash == token_hash)).mappings().first()
        return None if row is None else LinkRecord(**{name: row[name] for name in LinkRecord.__dataclass_fields__})

    def drop_unused_links(self, *, role: str, login: str) -> None:
        """Forgets earlier unused links for the same purpose."""
        table = schema.account_links
        self._connection.execute(
            delete(table).where(table.c.role == role, table.c.login == login, table.c.used_at.is_(None))
        )

    def use_link(self, link_id: int, now: datetime) -> None:
        """Marks a link as used; Conflict("link.used") when it was."""
        table = schema.account_links
        result = self._connection.execute(
            update(table).where(table.c.id == link_id, table.c.used_at.is_(None)).values(used_at=now)
        )
        if result.rowcount != 1:
            raise Conflict("link.used")


def _person(row: RowMapping) -> PersonRecord:
    return PersonRecord(**{name: row[name] for name in PersonRecord.__dataclass_fields__})
