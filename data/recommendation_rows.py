"""The part of a transaction that is about findings and recommendations."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import RowMapping, Table, delete, func, insert, select, update

from data import schema
from data.analysis_records import FindingRecord, RecommendationRecord
from data.records import EVERYTHING, Scope
from data.rows import Rows


class RecommendationRows(Rows):
    """Kept findings; recommendations with the findings and answers that they point to."""

    def findings(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[FindingRecord, ...]:
        """Kept findings in their order; none whose numbers were counted in more than the scope."""
        table = schema.findings
        query = select(table).where(table.c.consultation_id == consultation_id).order_by(table.c.position, table.c.id)
        return tuple(found for found in map(_finding, self._all(query)) if scope.holds(found.scope))

    def finding(self, finding_id: int) -> FindingRecord:
        """One finding."""
        return _finding(self._one(select(schema.findings).where(schema.findings.c.id == finding_id), "finding.unknown"))

    def add_finding(self, **values: object) -> int:
        """Adds a finding at the end of its consultation and returns its key."""
        return self._insert(schema.findings, {"position": self._next(schema.findings, values), **values})

    def change_finding(self, finding_id: int, *, expected_revision: int, **values: object) -> None:
        """Changes a finding that nobody changed meanwhile."""
        self._change(schema.findings, finding_id, expected_revision, values)

    def remove_finding(self, finding_id: int) -> None:
        """Removes a finding and its links."""
        self._connection.execute(delete(schema.findings).where(schema.findings.c.id == finding_id))

    def recommendations(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[RecommendationRecord, ...]:
        """Recommendations in their order, each with its links; none whose writer saw more than the scope."""
        table = schema.recommendations
        query = select(table).where(table.c.consultation_id == consultation_id).order_by(table.c.position, table.c.id)
        rows = self._all(query)
        keys = [row["id"] for row in rows]
        findings, answers = self._links(keys)
        found = (_recommendation(row, findings.get(row["id"], ()), answers.get(row["id"], ())) for row in rows)
        return tuple(each for each in found if scope.holds(each.scope))

    def recommendation(self, recommendation_id: int) -> RecommendationRecord:
        """One recommendation with its links."""
        table = schema.recommendations
        row = self._one(select(table).where(table.c.id == recommendation_id), "recommendation.unknown")
        findings, answers = self._links([recommendation_id])
        return _recommendation(row, findings.get(recommendation_id, ()), answers.get(recommendation_id, ()))

    def add_recommendation(self, **values: object) -> int:
        """Adds a recommendation at the end of its consultation and returns its key."""
        table = schema.recommendations
        return self._insert(table, {"position": self._next(table, values), **values})

    def change_recommendation(self, recommendation_id: int, *, expected_revision: int, **values: object) -> None:
        """Changes a recommendation that nobody changed meanwhile."""
        self._change(schema.recommendations, recommendation_id, expected_revision, values)

    def link_recommendation(
        self, recommendation_id: int, *, findings: Sequence[int], answers: Sequence[tuple[int, str]]
    ) -> None:
        """Replaces the links of a recommendation."""
        by_finding, by_answer = schema.recommendation_findings, schema.recommendation_answers
        for table in (by_finding, by_answer):
            self._connection.execute(delete(table).where(table.c.recommendation_id == recommendation_id))
        for position, finding_id in enumerate(findings):
            self._connection.execute(
                insert(by_finding).values(recommendation_id=recommendation_id, finding_id=finding_id, position=position)
            )
        for position, (response_id, question) in enumerate(answers):
            self._connection.execute(
                insert(by_answer).values(
                    recommendation_id=recommendation_id, response_id=response_id, question=question, position=position
                )
            )

    def remove_recommendation(self, recommendation_id: int) -> None:
        """Removes a recommendation and its links."""
        table = schema.recommendations
        self._connection.execute(delete(table).where(table.c.id == recommendation_id))

    def order(self, kind: str, keys: Sequence[int]) -> None:
        """Puts findings or recommendations (`kind`: "findings", "recommendations") in the order of `keys`."""
        table = {"findings": schema.findings, "recommendations": schema.recommendations}[kind]
        for position, key in enumerate(keys):
            self._connection.execute(update(table).where(table.c.id == key).values(position=position))

    def _next(self, table: Table, values: Mapping[str, object]) -> int:
        query = select(func.coalesce(func.max(table.c.position), -1) + 1)
        return int(self._connection.scalar(query.where(table.c.consultation_id == values["consultation_id"])) or 0)

    def _links(self, keys: Iterable[int]) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[tuple[int, str], ...]]]:
        keys = list(keys)
        by_finding, by_answer = schema.recommendation_findings, schema.recommendation_answers
        findings: dict[int, tuple[int, ...]] = {}
        answers: dict[int, tuple[tuple[int, str], ...]] = {}
        for row in self._all(
            select(by_finding).where(by_finding.c.recommendation_id.in_(keys)).order_by(by_finding.c.position)
        ):
            key = row["recommendation_id"]
            findings[key] = (*findings.get(key, ()), row["finding_id"])
        for row in self._all(
            select(by_answer).where(by_answer.c.recommendation_id.in_(keys)).order_by(by_answer.c.position)
        ):
            key = row["recommendation_id"]
            answers[key] = (*answers.get(key, ()), (row["response_id"], row["question"]))
        return findings, answers


def _finding(row: RowMapping) -> FindingRecord:
    filters = {name: tuple(codes) for name, codes in row["filters"].items()}
    return FindingRecord(**{**row, "filters": filters, "scope": Scope.of(row["scope"])})


def _recommendation(
    row: RowMapping, findings: tuple[int, ...], answers: tuple[tuple[int, str], ...]
) -> RecommendationRecord:
    values = {**row, "scope": Scope.of(row["scope"])}
    return RecommendationRecord(**values, finding_ids=findings, answers=answers)
