"""The part of a transaction that is about the quality of replies: decisions, rules, and how long sections took."""

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from data import schema
from data.analysis_records import Decision, Flag, ReviewDecision, ReviewedReply, ReviewRule
from data.errors import Conflict, NotFound
from data.grant_rows import within
from data.records import EVERYTHING, ResponseStatus, Scope
from data.rows import Rows

_RULE = [schema.review_rules.c[name] for name in ReviewRule.__dataclass_fields__]


class ReviewRows(Rows):
    """Reads and writes around the review of replies."""

    def review_decisions(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[ReviewDecision, ...]:
        """Every decision about a submitted reply within a scope."""
        responses = schema.responses
        return self._decisions(
            _of(consultation_id),
            responses.c.status == ResponseStatus.SUBMITTED,
            *within(responses, scope),
        )

    def decisions_on(self, response_id: int) -> tuple[ReviewDecision, ...]:
        """Every decision about one response."""
        return self._decisions(schema.review_decisions.c.response_id == response_id)

    def _decisions(self, *conditions: ColumnElement[bool]) -> tuple[ReviewDecision, ...]:
        table, responses = schema.review_decisions, schema.responses
        query = select(table).join(responses, responses.c.id == table.c.response_id).where(*conditions)
        return tuple(
            ReviewDecision(**{**row, "flag": Flag(row["flag"]), "decision": Decision(row["decision"])})
            for row in self._all(query.order_by(table.c.response_id, table.c.flag))
        )

    def reviewed_replies(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[ReviewedReply, ...]:
        """The submitted responses within a scope, in order of arrival."""
        table = schema.responses
        query = (
            select(*[table.c[name] for name in ReviewedReply.__dataclass_fields__])
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.SUBMITTED)
            .where(*within(table, scope))
            .order_by(table.c.submitted_at, table.c.id)
        )
        return tuple(ReviewedReply(**row) for row in self._all(query))

    def excluded_responses(self, consultation_id: int, scope: Scope = EVERYTHING) -> frozenset[int]:
        """The replies that do not count, because somebody excluded them under one flag or several."""
        table, responses = schema.review_decisions, schema.responses
        query = (
            select(table.c.response_id)
            .join(responses, responses.c.id == table.c.response_id)
            .where(_of(consultation_id), table.c.decision == Decision.EXCLUDED)
            .where(*within(responses, scope))
        )
        return frozenset(self._connection.scalars(query))

    def decide_review(self, response_id: int, flag: Flag, *, expected_revision: int, **values: object) -> None:
        """Keeps a decision; `expected_revision` 0 is the first about this reply under this flag.

        Raises Conflict("review.changed") when somebody else has decided meanwhile.
        """
        table = schema.review_decisions
        if expected_revision == 0:
            try:
                with self._connection.begin_nested():
                    self._insert(table, {"response_id": response_id, "flag": flag, "revision": 1, **values})
            except IntegrityError:
                raise Conflict("review.changed") from None
            return
        result = self._connection.execute(
            update(table)
            .where(table.c.response_id == response_id, table.c.flag == flag, table.c.revision == expected_revision)
            .values(revision=expected_revision + 1, **values)
        )
        if result.rowcount != 1:
            raise Conflict("review.changed")

    def section_seconds(
        self, consultation_id: int, scope: Scope = EVERYTHING
    ) -> Mapping[int, tuple[tuple[str, int], ...]]:
        """Submitted reply -> (section, seconds) of the sections in which its time was taken."""
        table, responses = schema.section_visits, schema.responses
        query = (
            select(table.c.response_id, table.c.section, table.c.seconds)
            .join(responses, responses.c.id == table.c.response_id)
            .where(responses.c.consultation_id == consultation_id, responses.c.status == ResponseStatus.SUBMITTED)
            .where(table.c.seconds > 0, *within(responses, scope))
            .order_by(table.c.response_id, table.c.section)
        )
        found: dict[int, list[tuple[str, int]]] = {}
        for key, section, seconds in self._connection.execute(query):
            found.setdefault(key, []).append((section, seconds))
        return {key: tuple(times) for key, times in found.items()}

    def review_rules(self, consultation_id: int) -> tuple[ReviewRule, ...]:
        """The rules of a consultation, by name."""
        table = schema.review_rules
        query = select(*_RULE).where(table.c.consultation_id == consultation_id).order_by(table.c.name)
        return tuple(ReviewRule(**row) for row in self._all(query))

    def add_review_rule(self, consultation_id: int, **values: object) -> int:
        """Adds a rule and returns its key; Conflict("review.rule_exists") when its name is taken."""
        table = schema.review_rules
        of_name = select(table.c.id).where(table.c.consultation_id == consultation_id, table.c.name == values["name"])
        if self._connection.scalar(of_name) is not None:
            raise Conflict("review.rule_exists", name=values["name"])
        return self._insert(table, {"consultation_id": consultation_id, **values})

    def remove_review_rule(self, consultation_id: int, rule_id: int) -> None:
        """Removes a rule; NotFound("review.rule_unknown") when the consultation has no such one."""
        table = schema.review_rules
        condition = (table.c.consultation_id == consultation_id) & (table.c.id == rule_id)
        if self._connection.execute(delete(table).where(condition)).rowcount != 1:
            raise NotFound("review.rule_unknown")


def _of(consultation_id: int) -> ColumnElement[bool]:
    """The responses of a consultation, looked at one by one: there are few decisions and many responses, and with an
    index SQLite begins with all of these."""
    found: ColumnElement[bool] = schema.responses.c.consultation_id + 0 == consultation_id
    return found
