"""Use case: answers that were collected elsewhere enter as submitted responses, checked as if they were typed."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from data.errors import InvalidInput
from data.records import ConsultationRecord, ResponseStatus
from data.store import Store
from survey import consultations, published_forms, question_roles
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.codes import hash_of, new_code, new_reference, normalised
from survey.consent import keep_consent
from survey.logic.form_state import FormState, open_form
from survey.logic.instances import name_of
from survey.logic.typed_numbers import PROGRAMS
from survey.open_responses import DECLINED, split_contact
from survey.organisations import invited_by_name, same_name
from survey.policies import policies_of
from survey.questionnaire import UPLOAD_KINDS
from survey.sending import group_label, group_of, sent_by_group

OWN_COLUMNS = ("reference", "language", "started_at", "submitted_at")
"""Columns of an import file that are not questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One response to import. `number` is the row a person finds it in; values are as a form or a file gives them."""

    number: int
    values: Mapping[str, object]
    language: str = ""
    reference: str = ""
    started_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIssue:
    """Why a row cannot be imported."""

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many responses were added, and how many were there already by their reference."""

    added: int
    present: int


def read_csv(content: bytes) -> tuple[ImportRow, ...]:
    """Rows of a UTF-8 CSV file whose columns are question names and, if wanted, OWN_COLUMNS.

    Raises InvalidInput("import.unreadable") or ("import.invalid", issues=...) for dates that cannot be read.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        raw_rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("import.unreadable", reason=str(error)) from None
    if not raw_rows:
        raise InvalidInput("import.empty")
    rows, issues = [], []
    for number, raw in raw_rows:
        if None in raw or None in raw.values():
            issues.append(ImportIssue(row=number, column="", code="import.cells"))
            continue
        own = {name: (raw.get(name) or "").strip() for name in OWN_COLUMNS}
        moments: dict[str, datetime | None] = {}
        for name in ("started_at", "submitted_at"):
            try:
                moments[name] = _moment(own[name])
            except ValueError:
                issues.append(ImportIssue(row=number, column=name, code="import.date"))
        values = {name: value for name, value in raw.items() if name and name not in OWN_COLUMNS}
        rows.append(
            ImportRow(number=number, values=values, language=own["language"], reference=own["reference"], **moments)
        )
    if issues:
        raise InvalidInput("import.invalid", issues=tuple(issues), count=len(issues))
    return tuple(rows)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def import_responses(
    store: Store, slug: str, rows: Sequence[ImportRow], *, actor: Actor, now: datetime, channel: str = "import"
) -> Imported:
    """All rows become submitted responses, or none does; each keeps the text that was agreed to in its language.

    The secretariat vouches for the names: a row counts as the reply of the organisation of that name. Limits of groups
    hold, and so does one response of each invited organisation, where the rules say so.
    Raises InvalidInput("import.invalid", issues=...) with every fault of every row.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_ANSWERS, slug)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        form = published_forms.form(kept, consultation.id)
        number = len(kept.versions(consultation.id))
        tags = {language.tag for language in form.questionnaire.languages}
        rules = policies_of(consultation)
        invited = invited_by_name(kept, consultation.id)
        replied = set(kept.replied_invitations(consultation.id)) if rules.one_per_organisation else set()
        groups = sent_by_group(kept, consultation, rules)
        consents: dict[str, int | None] = {}
        agreed: list[int | None] = []
        known = {response.reference for response in kept.responses(consultation.id)}
        issues: list[ImportIssue] = []
        responses: list[dict[str, object]] = []
        contacts: list[dict[str, str]] = []
        present = 0
        for row in rows:
            if row.reference and row.reference in known:
                present += 1
                continue
            known.add(row.reference)
            language = row.language or form.questionnaire.default_language
            if language not in tags:
                issues.append(
                    ImportIssue(row=row.number, column="language", code="import.language", params={"tag": language})
                )
                continue
            submitted_at = row.submitted_at or now
            started_at = row.started_at or submitted_at
            state = open_form(form, {}, language=language, today=submitted_at.date(), now=rules.noted(started_at))
            faults = _fill(state, row, consultation.roles)
            whole = state.submission()
            organisation = str(whole.get(consultation.roles.get("organisation", ""), ""))
            invitation = None if rules.anonymous else invited.get(same_name(organisation))
            if invitation in replied:
                faults.append(_fault(row, consultation, "organisation", organisation=organisation))
            group = group_of(kept, consultation, number, whole)
            limit = rules.limit(group)
            if group and limit is not None and groups[group] >= limit:
                label = group_label(kept, consultation, number, whole, language)
                faults.append(_fault(row, consultation, rules.quota_role, group=label, limit=limit))
            if faults:
                issues.extend(faults)
                continue
            groups[group] += 1
            if rules.one_per_organisation and invitation is not None:
                replied.add(invitation)
            sent, contact = split_contact(whole, consultation.roles, rules.apart)
            if language not in consents:
                consents[language] = keep_consent(
                    kept, consultation, form.questionnaire, version=number, language=language
                )
            agreed.append(consents[language] if consultation.roles.get("consent", "") in sent else None)
            responses.append(
                {
                    "consultation_id": consultation.id,
                    "version_number": number,
                    **({"id": kept.random_key("responses")} if rules.anonymous else {}),
                    "invitation_id": invitation,
                    "reference": row.reference or new_reference(),
                    "code_hash": hash_of(normalised(new_code())),
                    "status": ResponseStatus.SUBMITTED,
                    "revision": 1,
                    "language": language,
                    "channel": channel,
                    **question_roles.kept_columns(sent, consultation.roles),
                    "late": consultations.is_late(consultation, submitted_at),
                    "started_at": rules.noted(started_at),
                    "updated_at": rules.noted(submitted_at),
                    "submitted_at": rules.noted(submitted_at),
                    "answers": sent,
                    "submission": sent,
                }
            )
            contacts.append(contact)
        if issues:
            raise InvalidInput("import.invalid", issues=tuple(issues), count=len(issues))
        kept.add_submitted(responses, contacts, agreed)
        details = {"added": len(responses), "present": present}
        note_staff(kept, slug, "responses.imported", actor=actor, now=now, details=details)
    return Imported(added=len(responses), present=present)


def _fault(row: ImportRow, consultation: ConsultationRecord, role: str, **params: object) -> ImportIssue:
    code = "import.organisation_sent" if role == "organisation" else "import.group_full"
    return ImportIssue(row=row.number, column=consultation.roles.get(role, ""), code=code, params=params)


def _fill(state: FormState, row: ImportRow, roles: Mapping[str, str]) -> list[ImportIssue]:
    faults = []
    for name, value in row.values.items():
        if value in ("", None, ()):
            continue
        asked = state.form.questions.get(name_of(name))
        if asked is not None and asked.question.kind in UPLOAD_KINDS:
            faults.append(ImportIssue(row=row.number, column=name, code="import.file"))
            continue
        try:
            state.make_room(name)
            state.set(name, value, written_in=PROGRAMS)
        except InvalidInput as error:
            faults.append(ImportIssue(row=row.number, column=name, code=error.code, params=error.params))
    if "consent" in roles and state.answers.get(roles["consent"]) in DECLINED:
        faults.append(ImportIssue(row=row.number, column=roles["consent"], code="response.no_consent"))
    faults += [
        ImportIssue(row=row.number, column=name, code=issue.code, params=issue.params)
        for name, issue in state.all_issues()
    ]
    return faults
