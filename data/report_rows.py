"""The part of a transaction that is about reports that people put together.

A part of `data.store.Transaction`, which inherits it. What an outline holds is decided in `analysis.report.outline`;
answers never stand in it.
"""

from sqlalchemy import RowMapping, delete, select

from data import schema
from data.analysis_records import ReportRecord
from data.errors import NotFound
from data.records import Scope
from data.rows import Rows


class ReportRows(Rows):
    """Reads and writes of reports, inside one transaction."""

    def reports(self, consultation_id: int, scope: Scope | None = None) -> tuple[ReportRecord, ...]:
        """The reports of a consultation whose figures are of exactly this part, the oldest first; None for all."""
        table = schema.reports
        query = select(table).where(table.c.consultation_id == consultation_id).order_by(table.c.id)
        return tuple(found for found in map(_report, self._all(query)) if scope in (None, found.scope))

    def report(self, report_id: int, scope: Scope) -> ReportRecord:
        """One report whose figures are of exactly this part; NotFound "report.unknown"."""
        table = schema.reports
        found = _report(self._one(select(table).where(table.c.id == report_id), "report.unknown"))
        if found.scope != scope:  # what is of another part is as little there as what was never written
            raise NotFound("report.unknown")
        return found

    def add_report(self, **values: object) -> int:
        """Adds a report and returns its key."""
        return self._insert(schema.reports, values)

    def change_report(self, report_id: int, *, expected_revision: int, **values: object) -> None:
        """Changes a report that nobody changed meanwhile; Conflict "record.changed_elsewhere"."""
        self._change(schema.reports, report_id, expected_revision, values)

    def remove_report(self, report_id: int) -> None:
        """Removes a report."""
        self._connection.execute(delete(schema.reports).where(schema.reports.c.id == report_id))


def _report(row: RowMapping) -> ReportRecord:
    return ReportRecord(**{**row, "scope": Scope.of(row["scope"])})
