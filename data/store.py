"""The store: short transactions over the tables, typed records in and out.

`Store.read()` and `Store.write()` open one transaction each; `Transaction` has one method per thing to remember.
Reads of responses take a Scope and return nothing outside it. No rule about surveys, access or time lives here.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Engine,
    RowMapping,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from data import erasure_journal, schema
from data.code_tables import CodeTables
from data.column_files import ColumnFiles
from data.driver import Driver, Prepared, adding, changing, driver_of, putting
from data.engine import (
    BUSY_SECONDS,
    begun,
    explained,
    newest_revision,
    note_key,
    open_engine,
    require_keys,
    revision,
    tidy,
    upgrade,
    without_events,
)
from data.erasure_rows import ErasureRows
from data.errors import Conflict, NotFound, Unavailable
from data.grant_rows import GrantRows, within
from data.group_commit import GroupCommit
from data.identity_rows import IdentityRows
from data.invitation_rows import InvitationRows
from data.note_rows import NoteRows
from data.people_rows import PeopleRows
from data.project_rows import ProjectRows
from data.published_rows import PublishedRows
from data.recommendation_rows import RecommendationRows
from data.records import (
    EVERYTHING,
    ConsentRecord,
    ConsultationRecord,
    ConsultationStatus,
    FileRecord,
    Holder,
    KeyRecord,
    KeyRole,
    ResponseRecord,
    ResponseStatus,
    RevisionRecord,
    Scope,
    SectionChange,
    VersionRecord,
)
from data.release_rows import ReleaseRows
from data.reply_rows import ReplyRows
from data.report_rows import ReportRows
from data.review_rows import ReviewRows
from data.rows import answers_of, response_of
from data.settings import Settings
from data.sharing import Sharing
from data.snapshot_rows import SnapshotRows
from data.trash_rows import TrashRows

Row = RowMapping


class Store(Sharing):
    """Everything that is kept. One object per process; threads share it."""

    def __init__(
        self,
        engine: Engine,
        *,
        journal: Path | None = None,
        columns: Path | None = None,
        counting: str = "arrays",
        counting_memory_mb: int = 1000,
    ) -> None:
        super().__init__()
        self.counting, self.counting_memory_mb = counting, counting_memory_mb
        self.columns = ColumnFiles(columns)
        self._engine = without_events(engine)
        self.code_tables = CodeTables(self._engine)
        self._journal = journal
        self._writers = GroupCommit(self._engine)

    @contextmanager
    def read(self) -> Iterator["Transaction"]:
        """One consistent view of everything."""
        with explained(), self._engine.connect() as connection, connection.begin():
            begun(connection, writes=False)
            kept = Transaction(driver_of(connection))
            yield kept
            kept.finish()  # nothing can be written here, and whoever tries is told

    @contextmanager
    def write(self, *, takes_long: bool = False) -> Iterator["Transaction"]:
        """One transaction that is kept whole or not at all; when this has ended it is on the disk.

        Writers queue for up to `engine.BUSY_SECONDS`, one after the other, and share the wait for the disk.

        takes_long  True for what reads or writes many rows: who has written before it does not wait for it
        """
        erased: set[int] = set()
        with explained(), self._writers.transaction(longest_wait=BUSY_SECONDS, takes_long=takes_long) as driver:
            kept = Transaction(driver)
            yield kept
            erased = kept.erased_in
        # Only now: whoever writes such a file meanwhile looks afterwards whether anything was erased.
        if erased:
            self.columns.remove(erased)
            self.code_tables.drop(erased)

    def journal_erasures(self) -> int:
        """The erasure journal holds everything that was erased, and no file of columns; how many entries were added.

        Called after an erasure is kept: an entry for something that was not erased would erase it on restore.
        """
        with self.read() as kept:
            erasures = kept.erasure_counts()
            self.columns.remove_older(erasures)
            self.code_tables.drop_older(erasures)
            if self._journal is None:
                return 0
            erased = kept.erasures()
        return erasure_journal.complete(self._journal, erased)

    def replay_erasures(self) -> int:
        """What the erasure journal names is erased here too, in one transaction; how many were there again."""
        erased = () if self._journal is None else erasure_journal.read(self._journal)
        if not erased:
            return 0
        with self.write() as kept:
            again = kept.erase_again(erased)
        if again:
            tidy(self._engine)
        return again

    def tidy(self) -> None:
        """Nothing of what was erased is left in the files of an embedded database."""
        tidy(self._engine)

    def close(self) -> None:
        """Gives the connections back; the store opens new ones when it is used again."""
        self.code_tables.close()
        self._engine.dispose()


def open_store(settings: Settings, *, migrate: bool = False) -> Store:
    """The store that the settings name.

    migrate  True brings an older or empty database to the newest schema first.
    Raises NotFound("store.missing") and Unavailable("store.not_migrated") when there is no database, or an older one,
    and `migrate` is False; Unavailable("contact_key.missing"), ("contact_key.wrong") when its contact data cannot be
    read.
    """
    path = settings.sqlite_path
    if not migrate and path is not None and not path.is_file():
        raise NotFound("store.missing", path=str(path))
    engine = open_engine(settings)
    if migrate:
        upgrade(engine)
    elif revision(engine) != newest_revision():
        raise Unavailable("store.not_migrated", path=settings.database_shown)
    else:
        require_keys(engine)
        note_key(engine)
    return Store(
        engine,
        journal=settings.erasure_journal_path,
        columns=settings.column_path,
        counting=settings.counting,
        counting_memory_mb=settings.counting_memory_mb,
    )


def _opening() -> Any:
    """A response by its code with all that showing it takes, in one statement: each one more costs a page a tenth."""
    r, c, contacts, files = schema.responses, schema.consultations, schema.contacts, schema.files
    keys, others, consents = schema.response_keys, schema.response_keys.alias("others"), schema.consent_texts
    own, newest = schema.questionnaire_versions.alias("own"), schema.questionnaire_versions.alias("newest")
    last = select(func.max(schema.questionnaire_versions.c.number)).where(
        schema.questionnaire_versions.c.consultation_id == c.c.id
    )
    count = select(func.count()).where(files.c.response_id == r.c.id)
    further = select(func.count()).where(others.c.response_id == r.c.id)
    of_code = and_(keys.c.response_id == r.c.id, keys.c.code_hash == bindparam("code_hash"))
    consent = and_(
        consents.c.consultation_id == c.c.id,
        consents.c.version_number == r.c.version_number,
        consents.c.language == r.c.language,
    )
    return (
        select(
            *[column.label(f"r{number}") for number, column in enumerate(r.c)],
            *[_as_text(column).label(f"c{number}") for number, column in enumerate(c.c)],
            own.c.created_at.label("version_at"),
            newest.c.number.label("newest"),
            newest.c.created_at.label("newest_at"),
            contacts.c.details,
            contacts.c.correction,
            count.scalar_subquery().label("files"),
            keys.c.name,
            keys.c.role,
            further.scalar_subquery().label("keys"),
            consents.c.id.label("consent"),
        )
        .join(c, c.c.id == r.c.consultation_id)
        .join(own, and_(own.c.consultation_id == c.c.id, own.c.number == r.c.version_number))
        .join(newest, and_(newest.c.consultation_id == c.c.id, newest.c.number == last.scalar_subquery()))
        .join(contacts, contacts.c.response_id == r.c.id, isouter=True)
        .join(keys, of_code, isouter=True)
        .join(consents, consent, isouter=True)
        .where(r.c.id == _opened_by())
    )


def _as_text(column: Column[Any]) -> Any:
    """A document as the text that it is kept as, so that what was made of it can be found by that."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _opened_by() -> Any:
    """The key of the response that a code opens: its first code, or a further one that was not revoked."""
    r, k = schema.responses.alias("first"), schema.response_keys.alias("further")
    code: Any = bindparam("code_hash")
    return func.coalesce(
        select(r.c.id).where(r.c.code_hash == code).scalar_subquery(),
        select(k.c.response_id).where(k.c.code_hash == code, k.c.revoked_at.is_(None)).scalar_subquery(),
    )


_CONSULTATIONS_KEPT = 64
_RESPONSE = tuple(column.name for column in schema.responses.c)
_CONSULTATION = tuple(column.name for column in schema.consultations.c)
_OPENING = Prepared(lambda _dialect: _opening(), as_is=range(len(_RESPONSE), len(_RESPONSE) + len(_CONSULTATION)))

# What every save needs is made once: SQLAlchemy takes longer to build such a statement than the database to run it.
_CONSULTATION_OF_KEY = select(schema.consultations).where(schema.consultations.c.id == bindparam("key"))
_NO_CONTACT = Prepared(
    lambda _dialect: delete(schema.contacts).where(schema.contacts.c.response_id == bindparam("key")),
    table=schema.contacts,
)
_CONTACT = putting(schema.contacts, "response_id")
_SECTION = putting(schema.response_sections, "response_id", "section")
_CONSENT = select(schema.consent_texts.c.id).where(
    *[schema.consent_texts.c[name] == bindparam(name) for name in ("consultation_id", "version_number", "language")]
)


class Transaction(
    InvitationRows,
    IdentityRows,
    PeopleRows,
    GrantRows,
    TrashRows,
    ErasureRows,
    ReleaseRows,
    ReviewRows,
    SnapshotRows,
    ReplyRows,
    ProjectRows,
    RecommendationRows,
    ReportRows,
    NoteRows,
    PublishedRows,
):
    """What can be read and remembered inside one transaction."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.erased_in: set[int] = set()
        self._fetched: dict[tuple[object, ...], Any] = {}
        """What came along with a response in one statement: nobody else writes meanwhile, and what is changed here is
        forgotten."""

    # consultations and questionnaires

    def consultations(self) -> tuple[ConsultationRecord, ...]:
        """All consultations, newest first."""
        rows = self._all(select(schema.consultations).order_by(schema.consultations.c.id.desc()))
        return tuple(_consultation(row) for row in rows)

    def consultation(self, slug: str) -> ConsultationRecord:
        """The consultation of that slug; NotFound("consultation.unknown") when there is none."""
        table = schema.consultations
        return _consultation(self._one(select(table).where(table.c.slug == slug), "consultation.unknown", slug=slug))

    def consultation_by_id(self, consultation_id: int) -> ConsultationRecord:
        """The consultation with that key."""
        known: ConsultationRecord | None = self._fetched.get(("consultation", consultation_id))
        if known is not None:
            return known
        row = self._connection.execute(_CONSULTATION_OF_KEY, {"key": consultation_id}).mappings().first()
        if row is None:
            raise NotFound("consultation.unknown")
        self._fetched["consultation", consultation_id] = found = _consultation(row)
        return found

    def add_consultation(self, **values: object) -> int:
        """Adds one and returns its key; Conflict("consultation.exists") when the slug is taken."""
        table = schema.consultations
        if self._connection.scalar(select(table.c.id).where(table.c.slug == values["slug"])) is not None:
            raise Conflict("consultation.exists", slug=values["slug"])
        return self._insert(table, values)

    def change_consultation(
        self, consultation_id: int, *, expected_revision: int | None = None, **values: object
    ) -> None:
        """Sets the named columns; with none of them it only counts as changed.

        expected_revision  what whoever changes it had before them; None: they go by no earlier state
        Raises Conflict("record.changed_elsewhere") when its revision is another.
        """
        self._forget("consultation")
        table = schema.consultations
        if expected_revision is not None:
            self._change(table, consultation_id, expected_revision, values)
        else:
            self._update(table, table.c.id == consultation_id, {**values, "revision": table.c.revision + 1})

    def versions(self, consultation_id: int) -> tuple[VersionRecord, ...]:
        """Every questionnaire version of a consultation, oldest first."""
        table = schema.questionnaire_versions
        columns = [table.c[name] for name in VersionRecord.__dataclass_fields__]
        query = select(*columns).where(table.c.consultation_id == consultation_id).order_by(table.c.number)
        return tuple(VersionRecord(**row) for row in self._all(query))

    def version_numbers(self, consultation_id: int) -> tuple[int, ...]:
        """The numbers of the versions, oldest first, without reading them."""
        table = schema.questionnaire_versions
        query = select(table.c.number).where(table.c.consultation_id == consultation_id).order_by(table.c.number)
        return tuple(self._connection.scalars(query))

    def newest_version(self, consultation_id: int) -> int:
        """The number of the newest version; with a response it comes along, so that nothing more is asked."""
        if (known := self._fetched.get(("version", consultation_id, 0))) is not None:
            return int(known[0])
        return self.version_numbers(consultation_id)[-1]

    def version_file(self, consultation_id: int, number: int) -> bytes:
        """The workbook that a version came from; NotFound("version.no_file") when none was kept."""
        table = schema.questionnaire_versions
        query = select(table.c.file_content).where(
            table.c.consultation_id == consultation_id, table.c.number == number, table.c.file_content.is_not(None)
        )
        return bytes(self._one(query, "version.no_file")["file_content"])

    def version_key(self, consultation_id: int, number: int = 0) -> tuple[object, ...]:
        """What names a questionnaire version for ever, without reading it: database, consultation, number, time.

        number  0 for the newest
        """
        if (known := self._fetched.get(("version", consultation_id, number))) is not None:
            return (self._driver.address, consultation_id, *known)
        table = schema.questionnaire_versions
        query = select(table.c.number, table.c.created_at).where(table.c.consultation_id == consultation_id)
        query = query.where(table.c.number == number) if number else query.order_by(table.c.number.desc()).limit(1)
        row = self._one(query, "consultation.unknown")
        return (self._driver.address, consultation_id, row["number"], row["created_at"])

    def add_version(self, **values: object) -> None:
        """Adds a questionnaire version."""
        self._forget("version")
        self._insert(schema.questionnaire_versions, values)

    # responses

    def submitted_answers(
        self, consultation_id: int, version: int, question: str, scope: Scope = EVERYTHING
    ) -> tuple[tuple[int, str], ...]:
        """(response, answer) to one question, of the submitted responses of one version that answered it."""
        table = schema.responses
        answer = table.c.submission[question].as_string()
        query = select(table.c.id, answer).where(
            table.c.consultation_id == consultation_id,
            table.c.status == ResponseStatus.SUBMITTED,
            table.c.version_number == version,
            answer.is_not(None),
            *within(table, scope),
        )
        return tuple((int(key), str(value)) for key, value in self._connection.execute(query))

    def count_answers(self, consultation_id: int, version: int, question: str, *, but: int = 0) -> dict[str, int]:
        """Answer to one question -> how many submitted responses of one version gave it, that with the key `but`
        apart."""
        table = schema.responses
        answer = table.c.submission[question].as_string().label("answer")
        query = select(answer, func.count()).where(
            table.c.consultation_id == consultation_id,
            table.c.status == ResponseStatus.SUBMITTED,
            table.c.version_number == version,
            answer.is_not(None),
            table.c.id != but,
        )
        return {str(given): int(count) for given, count in self._connection.execute(query.group_by(answer))}

    def invited_sent(self, invitation_id: int, but: int = 0) -> bool:
        """True when a response of this invitation was submitted, that with the key `but` apart."""
        table = schema.responses
        query = select(table.c.id).where(
            table.c.invitation_id == invitation_id, table.c.status == ResponseStatus.SUBMITTED, table.c.id != but
        )
        return self._connection.scalar(query.limit(1)) is not None

    def set_columns(self, response_id: int, *, region: str, publish: str) -> None:
        """Sets what stands beside the answers, without a new revision."""
        table = schema.responses
        self._update(table, table.c.id == response_id, {"region": region, "publish": publish})

    def has_responses(self, consultation_id: int) -> bool:
        """True when somebody began to answer."""
        table = schema.responses
        query = select(table.c.id).where(table.c.consultation_id == consultation_id).limit(1)
        return self._connection.scalar(query) is not None

    def add_response(self, **values: object) -> int:
        """Adds a draft and returns its key."""
        return self._insert(schema.responses, values)

    def add_submitted(
        self,
        responses: Sequence[Mapping[str, object]],
        contacts: Sequence[Mapping[str, Any] | None],
        consents: Sequence[int | None],
    ) -> None:
        """Adds many submitted responses with their first revision; the other two run beside them.

        consents  keys of the texts that were agreed to
        """
        if not responses:
            return
        table = schema.responses
        responses = [{**row, "submission": schema.Written(row["submission"])} for row in responses]
        keys = self._connection.scalars(
            insert(table).returning(table.c.id, sort_by_parameter_order=True), responses
        ).all()
        revisions = [
            {
                "response_id": key,
                "revision": row["revision"],
                "saved_at": row["submitted_at"],
                "channel": row["channel"],
                "submission": row["submission"],
                "consent_id": consent,
                **({"id": key} if "id" in row else {}),
            }
            for key, row, consent in zip(keys, responses, consents, strict=True)
        ]
        self._connection.execute(insert(schema.response_revisions), revisions)
        details = [{"response_id": k, "details": dict(c)} for k, c in zip(keys, contacts, strict=True) if c]
        if details:
            self._connection.execute(insert(schema.contacts), details)

    def response_by_code(self, code_hash: str) -> ResponseRecord | None:
        """The response that a personal code opens, or None."""
        whole = self._driver.first(_OPENING, {"code_hash": code_hash})
        return None if whole is None else self._fetch(whole)

    def response_by_link(self, token_hash: str) -> ResponseRecord | None:
        """The response that was begun by the personal link of that hash, or None; a revoked link opens nothing."""
        links, linked, responses = schema.invitation_links, schema.linked_responses, schema.responses
        query = (
            select(responses.c.code_hash)
            .join(linked, linked.c.response_id == responses.c.id)
            .join(links, links.c.invitation_id == linked.c.invitation_id)
            .where(links.c.token_hash == token_hash, links.c.revoked_at.is_(None))
        )
        code_hash = self._connection.scalar(query)
        return None if code_hash is None else self.response_by_code(code_hash)

    def holder(self, response_id: int) -> Holder:
        """Whose code opened this response in this transaction."""
        return self._fetched.get(("holder", response_id)) or Holder()

    def keys(self, response_id: int) -> tuple[KeyRecord, ...]:
        """The further codes of a response, oldest first, revoked ones too."""
        if self._fetched.get(("keys", response_id)) == 0:
            return ()
        table = schema.response_keys
        names = KeyRecord.__dataclass_fields__
        rows = self._all(select(table).where(table.c.response_id == response_id).order_by(table.c.id))
        return tuple(KeyRecord(**{**{n: row[n] for n in names}, "role": KeyRole(row["role"])}) for row in rows)

    def add_key(self, **values: object) -> None:
        """Adds a further code of a response."""
        self._forget("keys")
        self._insert(schema.response_keys, values)

    def revoke_key(self, response_id: int, key_id: int, at: datetime) -> bool:
        """A further code opens nothing any more; False when the response has no such code."""
        table = schema.response_keys
        condition = and_(table.c.id == key_id, table.c.response_id == response_id, table.c.revoked_at.is_(None))
        return self._connection.execute(update(table).where(condition).values(revoked_at=at)).rowcount == 1

    def section_changes(self, response_id: int) -> dict[str, SectionChange]:
        """Section -> who changed it last; nothing for a response with a single code."""
        if self._fetched.get(("keys", response_id)) == 0:
            return {}
        table = schema.response_sections
        rows = self._all(select(table).where(table.c.response_id == response_id))
        return {
            row["section"]: SectionChange(changed_by=row["changed_by"], changed_at=row["changed_at"]) for row in rows
        }

    def note_section(self, response_id: int, section: str, *, changed_by: str, changed_at: datetime) -> None:
        """Remembers who changed a section last."""
        values = {"section": section, "changed_by": changed_by, "changed_at": changed_at}
        self._driver.run(_SECTION, {"response_id": response_id, **values})

    def response(self, response_id: int, scope: Scope = EVERYTHING) -> ResponseRecord:
        """One response within a scope; NotFound("response.unknown") outside it."""
        table = schema.responses
        conditions = [table.c.id == response_id, *within(table, scope)]
        return response_of(self._one(select(table).where(and_(*conditions)), "response.unknown"))

    def responses(
        self, consultation_id: int, scope: Scope = EVERYTHING, *, status: ResponseStatus = ResponseStatus.SUBMITTED
    ) -> tuple[ResponseRecord, ...]:
        """The responses of a consultation in one status within a scope, in order of arrival."""
        table = schema.responses
        conditions = [table.c.consultation_id == consultation_id, table.c.status == status, *within(table, scope)]
        order = (table.c.submitted_at, table.c.id)
        return tuple(response_of(row) for row in self._all(select(table).where(and_(*conditions)).order_by(*order)))

    def data_revision(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[int, int, str, int]:
        """Changes whenever a submitted response of the scope does: (how many, sum of revisions, newest time, changes).

        The time is an earlier one, or "None", after the newest response went. The changes only grow.
        """
        table = schema.reply_totals
        sums = (func.coalesce(func.sum(each), 0) for each in (table.c.replies, table.c.revisions, table.c.changes))
        query = select(*sums, func.max(table.c.newest)).where(
            table.c.consultation_id == consultation_id, *within(table, scope)
        )
        row = self._connection.execute(query).one()
        return int(row[0]), int(row[1]), str(row[3]), int(row[2])

    def save_response(self, response_id: int, *, expected_revision: int, **values: object) -> int:
        """Saves a response that nobody else saved meanwhile and returns its new revision.

        Raises Conflict("response.changed_elsewhere") when its revision is not the expected one.
        """
        if "submission" in values:
            values["submission"] = self._written(values["submission"])
        known = {"key_id": response_id, "key_revision": expected_revision, "revision": expected_revision + 1}
        names = ("revision", *values)
        saving = changing(schema.responses, *names, keys=("id", "revision"))
        self._driver.run(saving, {**known, **values}, changed_elsewhere="response.changed_elsewhere")
        if self._fetched.get(("revision", response_id)) != expected_revision:
            self._driver.finish()  # else nobody can have changed it since: who writes is alone
        self._fetched["revision", response_id] = expected_revision + 1
        return expected_revision + 1

    def add_revision(self, **values: object) -> None:
        """Appends what was submitted to the history of a response."""
        values["submission"] = self._written(values["submission"])
        self._driver.run(adding(schema.response_revisions, *values), values)

    def revisions(self, response_id: int) -> tuple[RevisionRecord, ...]:
        """Everything that was sent as this response, oldest first."""
        table, consents = schema.response_revisions, schema.consent_texts
        names = ConsentRecord.__dataclass_fields__
        query = (
            select(
                table.c.revision,
                table.c.saved_at,
                table.c.submission,
                table.c.sent_by,
                table.c.approved,
                *[consents.c[name] for name in names],
            )
            .join(consents, consents.c.id == table.c.consent_id, isouter=True)
            .where(table.c.response_id == response_id)
            .order_by(table.c.revision)
        )
        return tuple(
            RevisionRecord(
                revision=row["revision"],
                saved_at=row["saved_at"],
                submission=answers_of(row["submission"]),
                sent_by=row["sent_by"],
                approved=row["approved"],
                consent=ConsentRecord(**{name: row[name] for name in names}) if row["sha256"] else None,
            )
            for row in self._all(query)
        )

    def kept_consent(self, consultation_id: int, version_number: int, language: str) -> int | None:
        """The key of the text of consent of a version and language; None when none is kept yet."""
        of = {"consultation_id": consultation_id, "version_number": version_number, "language": language}
        known = self._fetched.get(("consent", *of.values())) or self._connection.scalar(_CONSENT, of)
        return None if known is None else int(known)

    def keep_consent(self, **values: Any) -> int:
        """The key of a text of consent, which is kept once for each version and language."""
        known = self.kept_consent(values["consultation_id"], values["version_number"], values["language"])
        if known is not None:
            return known
        # Numbers in order would tell in which order the languages were first answered in.
        return self._insert(schema.consent_texts, {"id": self.random_key("consent_texts"), **values})

    def random_key(self, name: str) -> int:
        """A key that no row of the table has, which says nothing about when its row came."""
        table = schema.metadata.tables[name]
        while True:
            key = secrets.randbelow(2**31 - 1) + 1
            if self._connection.scalar(select(table.c.id).where(table.c.id == key)) is None:
                return key

    def contact(self, response_id: int, *, correction: bool = False) -> dict[str, str]:
        """Contact details of a response, kept apart from its answers; those of a correction that was not sent yet."""
        column = "correction" if correction else "details"
        if ("contact", response_id, column) in self._fetched:
            return dict(self._fetched["contact", response_id, column])
        table = schema.contacts
        return dict(self._connection.scalar(select(table.c[column]).where(table.c.response_id == response_id)) or {})

    def contacts(self, consultation_id: int, scope: Scope = EVERYTHING) -> dict[int, dict[str, str]]:
        """Response -> contact details, of every response of a consultation within a scope that left some."""
        table, responses = schema.contacts, schema.responses
        query = select(table).join(responses, responses.c.id == table.c.response_id)
        rows = self._all(query.where(responses.c.consultation_id == consultation_id, *within(responses, scope)))
        return {row["response_id"]: dict(row["details"]) for row in rows}

    def set_contact(self, response_id: int, details: Mapping[str, str], *, correction: bool = False) -> None:
        """Replaces the contact details of a response; empty details remove them.

        correction  True keeps them beside those that hold, until this is called without it.
        """
        stands = [self._fetched.get(("contact", response_id, name)) for name in ("details", "correction")]
        if details and not correction and stands == [details, {}]:
            return  # a sending repeats what the sections saved
        self._forget("contact")
        table = schema.contacts
        if correction:
            changed = update(table).where(table.c.response_id == response_id).values(correction=dict(details))
            if not self._connection.execute(changed).rowcount and details:
                values = {"response_id": response_id, "details": {}, "correction": dict(details)}
                self._connection.execute(insert(table).values(**values))
            return
        if details:
            self._driver.run(_CONTACT, {"response_id": response_id, "details": dict(details), "correction": None})
        else:
            self._driver.run(_NO_CONTACT, {"key": response_id})

    # files

    def add_file(self, content: bytes, **values: object) -> None:
        """Keeps an uploaded file."""
        self._forget("files")
        self._connection.execute(insert(schema.files).values(content=content, **values))

    def file(self, file_id: str) -> FileRecord:
        """What is known of a file; NotFound("file.unknown") when there is none."""
        return _file(self._one(select(*_FILE_COLUMNS).where(schema.files.c.id == file_id), "file.unknown"))

    def files(self, response_id: int) -> tuple[FileRecord, ...]:
        """The files of a response, in the order of their random keys."""
        if self._fetched.get(("files", response_id)) == 0:
            return ()
        query = select(*_FILE_COLUMNS).where(schema.files.c.response_id == response_id).order_by(schema.files.c.id)
        return tuple(_file(row) for row in self._all(query))

    def files_of(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[tuple[FileRecord, str], ...]:
        """The files of a consultation's submitted responses within a scope, each with the reference of its response."""
        files, responses = schema.files, schema.responses
        query = (
            select(*_FILE_COLUMNS, responses.c.reference)
            .join(responses, responses.c.id == files.c.response_id)
            .where(responses.c.consultation_id == consultation_id, responses.c.status == ResponseStatus.SUBMITTED)
            .where(*within(responses, scope))
            .order_by(responses.c.submitted_at, responses.c.id, files.c.id)
        )
        fields = FileRecord.__dataclass_fields__
        return tuple(
            (FileRecord(**{name: row[name] for name in fields}), str(row["reference"])) for row in self._all(query)
        )

    def file_content(self, file_id: str) -> bytes:
        """The bytes of a file."""
        return bytes(
            self._one(select(schema.files.c.content).where(schema.files.c.id == file_id), "file.unknown")["content"]
        )

    def rename_file(self, file_id: str, question: str) -> None:
        """The file answers this question from now on."""
        self._update(schema.files, schema.files.c.id == file_id, {"question": question})

    def remove_file(self, file_id: str) -> None:
        """Forgets a file of a draft."""
        self._connection.execute(delete(schema.files).where(schema.files.c.id == file_id))

    # plumbing

    def finish(self) -> None:
        """All that was asked for is done; raises what it raised."""
        self._driver.finish()

    def _written(self, document: object) -> schema.Written:
        """What was sent as it is kept: the response and its revision hold the same."""
        known: tuple[object, schema.Written] | None = self._fetched.get(("written",))
        if known is None or known[0] is not document:
            known = self._fetched["written",] = (document, schema.Written(document))
        return known[1]

    def _forget(self, what: str) -> None:
        """What came along of this kind is read anew."""
        self._fetched = {key: value for key, value in self._fetched.items() if key[0] != what}

    def _fetch(self, whole: Sequence[Any]) -> ResponseRecord:
        """The response of a row of `_OPENING`; what came with it is kept for those who ask for it next."""
        ours, theirs = len(_RESPONSE), len(_RESPONSE) + len(_CONSULTATION)
        response = dict(zip(_RESPONSE, whole[:ours], strict=True))
        consultation = self._consultation_of(tuple(whole[ours:theirs]))
        version_at, newest, newest_at, details, correction, files, name, role, keys, consent = whole[theirs:]
        key, own, version = consultation.id, response["id"], response["version_number"]
        self._fetched |= {
            ("consultation", key): consultation,
            ("version", key, 0): (newest, newest_at),
            ("version", key, version): (version, version_at),
            ("contact", own, "details"): details or {},
            ("contact", own, "correction"): correction or {},
            ("files", own): files,
            ("holder", own): Holder(name=name or "", role=KeyRole(role) if role else KeyRole.OWNER),
            ("keys", own): keys,
            ("consent", key, version, response["language"]): consent,
            ("revision", own): response["revision"],
        }
        return response_of(response)

    def _consultation_of(self, row: tuple[Any, ...]) -> ConsultationRecord:
        """The record of a row as it lies there; of the same row the same record."""
        made: dict[tuple[Any, ...], ConsultationRecord] = self._driver.memory.setdefault("consultations", {})
        found = made.get(row)
        if found is None:
            if len(made) >= _CONSULTATIONS_KEPT:
                made.clear()
            query = _CONSULTATION_OF_KEY, {"key": row[_CONSULTATION.index("id")]}
            found = made[row] = _consultation(self._connection.execute(*query).mappings().one())
        return found


_FILE_COLUMNS = [schema.files.c[name] for name in FileRecord.__dataclass_fields__]


def _consultation(row: Row | Mapping[str, Any]) -> ConsultationRecord:
    return ConsultationRecord(**{**row, "status": ConsultationStatus(row["status"])})


def _file(row: Row) -> FileRecord:
    return FileRecord(**row)
