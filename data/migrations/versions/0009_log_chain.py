"""The log of acts is a chain that nothing can be taken out of, and responses can be put into a trash"""

import hashlib
import json
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"

# Entries are hashed as the program did when this step was written; `data.audit` must go on to read them.
_GENESIS = "0" * 64
_OF_NO_CONSULTATION = ("person.", "project.", "file.", "sign_in", "session", "second_factor.")


def upgrade() -> None:
    """What is in the log stays, in its order, and is chained."""
    _create_trash()
    connection = op.get_bind()
    op.rename_table("log", "log_before")
    with op.batch_alter_table("log_before") as batch_op:
        batch_op.drop_index("ix_log_action")
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE log_before RENAME CONSTRAINT pk_log TO pk_log_before")
    _create_log()
    _chain(connection)
    op.drop_table("log_before")
    _refuse_changes(connection.dialect.name)


def _create_trash() -> None:
    op.create_table(
        "deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_deletions_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_deletions_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index("ix_deletions_consultation_id", "deletions", ["consultation_id"], unique=False)
    op.create_index(op.f("ix_deletions_response_id"), "deletions", ["response_id"], unique=False)
    op.create_table(
        "deleted_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("deletion_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deletion_id"], ["deletions.id"], name=op.f("fk_deleted_codes_deletion_id_deletions")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_deleted_codes")),
    )


def _create_log() -> None:
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("consultation", sa.String(length=80), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
    )
    for column in ("at", "action", "consultation"):
        op.create_index(op.f(f"ix_log_{column}"), "log", [column], unique=False)
    op.create_table(
        "log_contents",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["log.id"], name=op.f("fk_log_contents_entry_id_log")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_log_contents")),
    )


def _chain(connection: sa.Connection) -> None:
    moment = sa.DateTime(timezone=True)
    before = sa.table(
        "log_before",
        sa.column("id"),
        sa.column("at", moment),
        *map(sa.column, ("actor", "action", "subject")),
        sa.column("details", sa.JSON()),
    )
    names = ("actor", "action", "subject", "consultation", "content_sha256", "previous", "sha256")
    log = sa.table("log", sa.column("id"), sa.column("at", moment), *map(sa.column, names))
    contents = sa.table("log_contents", *map(sa.column, ("entry_id", "salt", "content")))
    slugs = set(connection.scalars(sa.text("SELECT slug FROM consultations")))
    previous = _GENESIS
    for number, row in enumerate(connection.execute(sa.select(before).order_by(before.c.id)).mappings().all(), start=1):
        slug = row["subject"].split("/")[0]
        belongs = slug in slugs and not row["action"].startswith(_OF_NO_CONSULTATION)
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        content, salt = _canonical({"details": row["details"], "changes": {}}), secrets.token_hex(16)
        values = {
            **{name: row[name] for name in ("actor", "action", "subject")},
            "consultation": slug if belongs else "",
            "content_sha256": _sha256(salt + content),
            "previous": previous,
        }
        previous = _sha256(_canonical({"number": number, "at": _written(at), **values}))
        connection.execute(sa.insert(log).values(id=number, at=at.astimezone(UTC), **values, sha256=previous))
        connection.execute(sa.insert(contents).values(entry_id=number, salt=salt, content=content))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refuse_changes(dialect: str) -> None:
    """Only one change is possible: a content becomes empty."""
    if dialect == "sqlite":
        for table, act in (("log", "UPDATE"), ("log", "DELETE"), ("log_contents", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the log of acts is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER log_contents_no_update BEFORE UPDATE ON log_contents "
            "WHEN NEW.content <> '' OR NEW.salt <> '' OR NEW.entry_id <> OLD.entry_id "
            "BEGIN SELECT RAISE(ABORT, 'the log of acts is append-only'); END"
        )
        # REPLACE INTO would take the old row away without the trigger on DELETE.
        for table, key in (("log", "id"), ("log_contents", "entry_id")):
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
                "BEGIN SELECT RAISE(ABORT, 'the log of acts is append-only'); END"
            )
    elif dialect == "postgresql":
        op.execute(
            "CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the log of acts is append-only'; END $$"
        )
        for table, acts in (("log", "UPDATE OR DELETE"), ("log_contents", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE {acts} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION log_is_append_only()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only()"
            )
        op.execute(
            "CREATE TRIGGER log_contents_no_update BEFORE UPDATE ON log_contents FOR EACH ROW "
            "WHEN (NEW.content <> '' OR NEW.salt <> '' OR NEW.entry_id <> OLD.entry_id) "
            "EXECUTE FUNCTION log_is_append_only()"
        )
