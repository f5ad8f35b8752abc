"""Use case: answers that were collected elsewhere enter as submitted responses, checked as if they were typed.

All rows are checked before the first is added. A long file passes through memory a batch at a time: what was checked
waits, sealed, on the disk, and is then added in one transaction for each batch, so that respondents can go on sending.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO

from data.errors import InvalidInput, SoundingsError
from data.records import ConsultationRecord, ResponseStatus
from data.spool import Spool
from data.store import Store, Transaction
from survey import consultations, published_forms, question_roles
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.codes import hash_of, new_code, new_reference, normalised
from survey.consent import keep_consent
from survey.imported_rows import ImportIssue, ImportRow, Judge, JudgedRow, judged_batches
from survey.logic.answers import cleaned
from survey.open_responses import split_contact
from survey.organisations import invited_by_name, same_name
from survey.policies import policies_of
from survey.sending import group_label, group_of, sent_by_group

OWN_COLUMNS = ("reference", "language", "started_at", "submitted_at")
"""Columns of an import file that are not questions."""
BATCH = 1000
"""Rows of one transaction."""
MOST_ISSUES = 1000
"""Faults that are listed; all are counted."""

Progress = Callable[[str, int], None]
"""Told "checked" or "added", and how many rows so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many responses were added, and how many were there already by their reference."""

    added: int
    present: int


def read_csv(content: bytes) -> tuple[ImportRow, ...]:
    """Rows of a UTF-8 CSV file whose columns are question names and, if wanted, OWN_COLUMNS.

    Raises InvalidInput("import.unreadable") or ("import.invalid", issues=...) for dates that cannot be read.
    """
    rows = tuple(csv_rows(io.BytesIO(content)))
    issues = tuple(issue for row in rows for issue in row.faults)
    if issues:
        raise InvalidInput("import.invalid", issues=issues, count=len(issues))
    return rows


def csv_rows(source: BinaryIO) -> Iterator[ImportRow]:
    """The same rows one by one, each with its own faults, however long the file is.

    Raises InvalidInput("import.unreadable") with the line where reading ended, ("import.empty").
    """
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    reader = csv.DictReader(text, strict=True)
    found = False
    try:
        for raw in reader:
            found = True
            yield _row(reader.line_num, raw)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("import.unreadable", reason=f"line {reader.line_num + 1}: {error}") from None
    finally:
        text.detach()
    if not found:
        raise InvalidInput("import.empty")


def _row(number: int, raw: Mapping[str | None, Any]) -> ImportRow:
    if None in raw or None in raw.values():
        return ImportRow(number=number, values={}, faults=(ImportIssue(row=number, column="", code="import.cells"),))
    own = {name: cleaned(raw.get(name) or "") for name in OWN_COLUMNS}
    moments: dict[str, datetime | None] = {}
    faults = []
    for name in ("started_at", "submitted_at"):
        try:
            moments[name] = _moment(own[name])
        except ValueError:
            faults.append(ImportIssue(row=number, column=name, code="import.date"))
    return ImportRow(
        number=number,
        values={name: value for name, value in raw.items() if name and name not in OWN_COLUMNS},
        language=own["language"],
        reference=own["reference"],
        faults=tuple(faults),
        **moments,
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def import_responses(
    store: Store,
    slug: str,
    rows: Iterable[ImportRow],
    *,
    actor: Actor,
    now: datetime,
    channel: str = "import",
    progress: Progress = lambda _what, _rows: None,
    processes: int = 1,
) -> Imported:
    """All rows become submitted responses, or none does; each keeps the text that was agreed to in its language.

    The secretariat vouches for the names: a row counts as the reply of the organisation of that name. Limits of groups
    hold, and so does one response of each invited organisation, where the rules say so.

    rows       read once; of more than BATCH only those of some batches are in memory, and each batch is added by
               itself: if the database fails between two, those before stay. Rows with a reference can then be
               imported once more.
    processes  so many judge the rows side by side when there is more than one batch
    Raises     InvalidInput("import.invalid", issues=...) with the faults of all rows, the first MOST_ISSUES of them;
               InvalidInput("import.stopped", added=...) when somebody else sent meanwhile what a batch holds.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_ANSWERS, slug)
    with Spool() as checked:
        with store.read() as kept:
            check = _Check(kept, kept.consultation(slug), now)

        def new(batch: list[ImportRow]) -> list[ImportRow]:
            with store.read() as kept:
                return check.new(kept, batch)

        done = 0
        for read, judged in judged_batches(check.judge, _batches(rows), new, processes=processes):
            with store.read() as kept:
                # Only while nothing is wrong: with a fault nothing is added.
                for entry in check.entries(kept, judged):
                    if not check.count:
                        checked.add(entry)
            done += read
            progress("checked", done)
        if check.count:
            raise InvalidInput("import.invalid", issues=tuple(check.issues), count=check.count)
        return _add(store, slug, checked, check.present, actor=actor, now=now, channel=channel, progress=progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A row that can be added."""

    number: int
    reference: str
    language: str
    sent: Mapping[str, Any]
    contact: Mapping[str, str]
    organisation: str
    invitation: int | None
    group: str
    started_at: datetime
    submitted_at: datetime


def _batches(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    given = iter(rows)
    while batch := list(islice(given, BATCH)):
        yield batch


class _Check:
    """The rules of a consultation, and what of the rows checked so far counts for the next."""

    def __init__(self, kept: Transaction, consultation: ConsultationRecord, now: datetime) -> None:
        self._consultation = consultation
        self._version = kept.newest_version(consultation.id)
        self._rules = policies_of(consultation)
        self.judge = Judge(
            published_forms.form(kept, consultation.id),
            consent=consultation.roles.get("consent", ""),
            rules=self._rules,
            now=now,
        )
        self._invited = invited_by_name(kept, consultation.id)
        alone = self._rules.one_per_organisation
        self._replied = set(kept.replied_invitations(consultation.id)) if alone else set()
        self._groups = sent_by_group(kept, consultation, self._rules)
        self.present = 0
        self.count = 0
        self.issues: list[ImportIssue] = []

    def new(self, kept: Transaction, rows: Sequence[ImportRow]) -> list[ImportRow]:
        """Those of a batch that are not there already by their reference; the others are counted."""
        known = kept.references_among(self._consultation.id, {row.reference for row in rows if row.reference})
        new = []
        for row in rows:
            if row.reference and row.reference in known:
                self.present += 1
            else:
                known.add(row.reference)
                new.append(row)
        return new

    def entries(self, kept: Transaction, rows: Iterable[tuple[ImportRow, JudgedRow]]) -> Iterator[_Entry]:
        """Those that can be added; the faults of the others are noted."""
        for row, judged in rows:
            entry = self._entry(kept, row, judged)
            if isinstance(entry, _Entry):
                yield entry
            else:
                self.count += len(entry)
                self.issues += entry[: MOST_ISSUES - len(self.issues)]

    def _entry(self, kept: Transaction, row: ImportRow, judged: JudgedRow) -> _Entry | list[ImportIssue]:
        if judged.submission is None:
            return list(judged.faults)
        rules, consultation, whole = self._rules, self._consultation, judged.submission
        faults = list(judged.faults)
        organisation = str(whole.get(consultation.roles.get("organisation", ""), ""))
        invitation = None if rules.anonymous else self._invited.get(same_name(organisation))
        if invitation in self._replied:
            faults.append(_fault(row.number, consultation, "organisation", organisation=organisation))
        group = group_of(kept, consultation, self._version, whole)
        limit = rules.limit(group)
        if group and limit is not None and self._groups[group] >= limit:
            label = group_label(kept, consultation, self._version, whole, judged.language)
            faults.append(_fault(row.number, consultation, rules.quota_role, group=label, limit=limit))
        if faults:
            return faults
        self._groups[group] += 1
        if rules.one_per_organisation and invitation is not None:
            self._replied.add(invitation)
        sent, contact = split_contact(whole, consultation.roles, rules.apart)
        return _Entry(
            number=row.number,
            reference=row.reference,
            language=judged.language,
            sent=sent,
            contact=contact,
            organisation=organisation,
            invitation=invitation,
            group=group,
            started_at=judged.started_at,
            submitted_at=judged.submitted_at,
        )


def _add(
    store: Store,
    slug: str,
    checked: Spool,
    present: int,
    *,
    actor: Actor,
    now: datetime,
    channel: str,
    progress: Progress,
) -> Imported:
    """Adds what was checked, a transaction for each batch; the last one writes to the log."""
    waiting = checked.values()
    added = 0
    batch: list[_Entry] = list(islice(waiting, BATCH))
    while True:
        following = list(islice(waiting, BATCH))
        try:
            with store.write(takes_long=True) as kept:
                new, there = _add_batch(kept, slug, batch, now, channel)
                if not following:
                    _log(kept, slug, added + new, present + there, actor, now)
        except SoundingsError as error:
            if not added:
                raise
            with store.write() as kept:
                _log(kept, slug, added, present, actor, now)
            if isinstance(error, InvalidInput):
                raise InvalidInput("import.stopped", added=added, **error.params) from error
            raise
        added, present = added + new, present + there
        progress("added", added)
        if not following:
            return Imported(added=added, present=present)
        batch = following


def _log(kept: Transaction, slug: str, added: int, present: int, actor: Actor, now: datetime) -> None:
    details = {"added": added, "present": present}
    note_staff(kept, slug, "responses.imported", actor=actor, now=now, details=details)


def _add_batch(kept: Transaction, slug: str, entries: Sequence[_Entry], now: datetime, channel: str) -> tuple[int, int]:
    """(how many were added, how many were there by now)."""
    consultation = kept.consultation(slug)
    rules = policies_of(consultation)
    form, number = published_forms.form(kept, consultation.id), kept.newest_version(consultation.id)
    # Between the look and this transaction others may have sent.
    known = kept.references_among(consultation.id, {each.reference for each in entries if each.reference})
    new = [each for each in entries if not each.reference or each.reference not in known]
    _require_room(kept, consultation, new)
    consents: dict[str, int | None] = {}
    agreed: list[int | None] = []
    responses: list[dict[str, object]] = []
    for each in new:
        if each.language not in consents:
            consents[each.language] = keep_consent(
                kept, consultation, form.questionnaire, version=number, language=each.language
            )
        agreed.append(consents[each.language] if consultation.roles.get("consent", "") in each.sent else None)
        responses.append(
            {
                "consultation_id": consultation.id,
                "version_number": number,
                **({"id": kept.random_key("responses")} if rules.anonymous else {}),
                "invitation_id": each.invitation,
                "reference": each.reference or new_reference(),
                "code_hash": hash_of(normalised(new_code())),
                "status": ResponseStatus.SUBMITTED,
                "revision": 1,
                "language": each.language,
                "channel": channel,
                **question_roles.kept_columns(each.sent, consultation.roles),
                "late": consultations.is_late(consultation, each.submitted_at),
                "started_at": rules.noted(each.started_at),
                "updated_at": rules.noted(each.submitted_at),
                "submitted_at": rules.noted(each.submitted_at),
                "answers": each.sent,
                "submission": each.sent,
            }
        )
    kept.add_submitted(responses, [dict(each.contact) for each in new], agreed)
    return len(new), len(entries) - len(new)


def _require_room(kept: Transaction, consultation: ConsultationRecord, entries: Collection[_Entry]) -> None:
    """InvalidInput("import.invalid") when somebody replied meanwhile for an organisation or a group of these."""
    rules = policies_of(consultation)
    replied = set(kept.replied_invitations(consultation.id)) if rules.one_per_organisation else set()
    groups: Counter[str] = sent_by_group(kept, consultation, rules)
    issues = []
    for each in entries:
        limit = rules.limit(each.group)
        if each.invitation in replied:
            issues.append(_fault(each.number, consultation, "organisation", organisation=each.organisation))
        elif each.group and limit is not None and groups[each.group] >= limit:
            issues.append(_fault(each.number, consultation, rules.quota_role, group=each.group, limit=limit))
        groups[each.group] += 1
    if issues:
        raise InvalidInput("import.invalid", issues=tuple(issues), count=len(issues))


def _fault(row: int, consultation: ConsultationRecord, role: str, **params: object) -> ImportIssue:
    code = "import.organisation_sent" if role == "organisation" else "import.group_full"
    return ImportIssue(row=row, column=consultation.roles.get(role, ""), code=code, params=params)
