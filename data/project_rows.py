"""The part of a transaction that is about questionnaires in preparation."""

from sqlalchemy import and_, delete, select

from data import schema
from data.errors import Conflict
from data.records import ProjectRecord, ProjectState
from data.rows import Rows

_PROJECT_COLUMNS = [schema.projects.c[name] for name in ProjectRecord.__dataclass_fields__]


class ProjectRows(Rows):
    """Questionnaires in preparation, with the earlier states to which they can go back."""

    def projects(self) -> tuple[ProjectRecord, ...]:
        """All of them, the one changed last first."""
        table = schema.projects
        query = select(*_PROJECT_COLUMNS).order_by(table.c.changed_at.desc(), table.c.id.desc())
        return tuple(ProjectRecord(**row) for row in self._all(query))

    def project(self, project_id: int) -> ProjectRecord:
        """One of them; NotFound("project.unknown") when there is none."""
        query = select(*_PROJECT_COLUMNS).where(schema.projects.c.id == project_id)
        return ProjectRecord(**self._one(query, "project.unknown"))

    def project_content(self, project_id: int) -> tuple[str, str]:
        """(rows, record of translations) as they were given."""
        table = schema.projects
        row = self._one(select(table.c.workbook, table.c.memory).where(table.c.id == project_id), "project.unknown")
        return row["workbook"], row["memory"]

    def add_project(self, **values: object) -> int:
        """Adds one and returns its key."""
        return self._insert(schema.projects, values)

    def change_project(self, project_id: int, *, expected_revision: int, **values: object) -> None:
        """Changes one that nobody changed meanwhile."""
        self._change(schema.projects, project_id, expected_revision, values)

    def remove_project(self, project_id: int, *, expected_revision: int) -> None:
        """Removes one that nobody changed meanwhile, with its earlier states."""
        table = schema.projects
        condition = and_(table.c.id == project_id, table.c.revision == expected_revision)
        if self._connection.execute(delete(table).where(condition)).rowcount != 1:
            raise Conflict("record.changed_elsewhere")

    def add_project_state(self, project_id: int, state: ProjectState, *, kept: int) -> None:
        """Remembers a state; of all those of the project the newest `kept` stay."""
        table = schema.project_states
        self._insert(
            table, {"project_id": project_id, "act": state.act, "workbook": state.workbook, "memory": state.memory}
        )
        newest = select(table.c.id).where(table.c.project_id == project_id).order_by(table.c.id.desc()).limit(kept)
        condition = and_(table.c.project_id == project_id, table.c.id.not_in(newest))
        self._connection.execute(delete(table).where(condition))

    def project_acts(self, project_id: int) -> tuple[str, ...]:
        """The acts that can be undone, the newest first."""
        table = schema.project_states
        rows = self._all(select(table.c.act).where(table.c.project_id == project_id).order_by(table.c.id.desc()))
        return tuple(row["act"] for row in rows)

    def take_project_state(self, project_id: int) -> ProjectState | None:
        """The newest earlier state, which is forgotten by this; None when there is none."""
        table = schema.project_states
        query = select(table).where(table.c.project_id == project_id).order_by(table.c.id.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        self._connection.execute(delete(table).where(table.c.id == row["id"]))
        return ProjectState(act=row["act"], workbook=row["workbook"], memory=row["memory"])
