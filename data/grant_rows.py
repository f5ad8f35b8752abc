"""What is remembered of roles in one consultation, and what a scope means for the rows of a table.

A part of `data.store.Transaction`, which inherits it.
"""

from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from data import schema
from data.people_records import GrantRecord
from data.records import Scope
from data.rows import Rows


class GrantRows(Rows):
    """Reads and writes of grants, inside one transaction."""

    def grants_of(self, person_id: int) -> tuple[GrantRecord, ...]:
        """What somebody may do, consultation by consultation."""
        return self._grants(schema.grants.c.person_id == person_id)

    def grants_in(self, consultation_id: int) -> tuple[GrantRecord, ...]:
        """Who may do something in a consultation, by login."""
        return self._grants(schema.grants.c.consultation_id == consultation_id)

    def set_grant(self, person_id: int, consultation_id: int, *, scope: Scope, **values: object) -> None:
        """The person has this role there, in the place of an earlier one."""
        table = schema.grants
        values = {**values, "scope": scope.as_mapping()}
        if not self._connection.execute(update(table).where(_of(person_id, consultation_id)).values(**values)).rowcount:
            self._insert(table, {"person_id": person_id, "consultation_id": consultation_id, **values})

    def remove_grant(self, person_id: int, consultation_id: int) -> bool:
        """The person has no role there any more; False when there was none."""
        return self._connection.execute(delete(schema.grants).where(_of(person_id, consultation_id))).rowcount == 1

    def _grants(self, condition: ColumnElement[bool]) -> tuple[GrantRecord, ...]:
        grants, people, consultations = schema.grants, schema.people, schema.consultations
        query = (
            select(
                grants.c.person_id,
                people.c.login,
                people.c.name,
                consultations.c.slug,
                grants.c.role,
                grants.c.scope,
                grants.c.created_at,
                grants.c.created_by,
            )
            .join(people, people.c.id == grants.c.person_id)
            .join(consultations, consultations.c.id == grants.c.consultation_id)
            .where(condition)
            .order_by(people.c.login, consultations.c.slug)
        )
        return tuple(GrantRecord(**{**row, "scope": Scope.of(row["scope"])}) for row in self._all(query))


def _of(person_id: int, consultation_id: int) -> ColumnElement[bool]:
    return and_(schema.grants.c.person_id == person_id, schema.grants.c.consultation_id == consultation_id)


def within(table: Any, scope: Scope) -> list[ColumnElement[bool]]:
    """What rows with a region and a language must fulfil to lie within the scope."""
    conditions: list[ColumnElement[bool]] = []
    if scope.regions is not None:
        conditions.append(table.c.region.in_(sorted(scope.regions)))
    if scope.languages is not None:
        conditions.append(table.c.language.in_(sorted(scope.languages)))
    return conditions
