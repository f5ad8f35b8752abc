"""A response as whoever holds a code has it open: what a code opens, whether it may be changed now, and how it is kept.

Contact data never lie with the answers: they are taken out before anything is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from data.errors import Conflict, InvalidInput, NotFound
from data.log_records import ErasureCause
from data.records import (
    AnswerValue,
    ConsultationRecord,
    FileRecord,
    Holder,
    KeyRole,
    ResponseRecord,
    ResponseStatus,
    SectionChange,
)
from data.store import Transaction
from survey import consultations, published_forms, question_roles
from survey.codes import hash_of, mistyped, normalised
from survey.logic.form_state import FormState, open_form
from survey.logic.instances import name_of
from survey.policies import policies_of
from survey.questionnaire import UNASKED_KINDS, Answer

DECLINED = frozenset({"decline", "disagree", "no", "0"})
"""Answers to the consent question that end the questionnaire."""

DRAFT_DAYS = 180

PAUSE_SECONDS = 1800
"""A section took at most so long between two saves; who comes back the next day did not read all night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenResponse:
    """A response as its holder sees it: the record, its consultation, the form in its present state, its files.

    consultation  with the roles that questions have in the version of this response
    holder        whose code opened it
    changed       section -> who changed it last, when more than one person has a code
    attention     for a draft that was moved to a newer version: answered questions that have an issue there
    just_sent     whether it was sent by the very act that returns it
    """

    response: ResponseRecord
    consultation: ConsultationRecord
    state: FormState
    files: Mapping[str, FileRecord]
    attention: tuple[str, ...] = ()
    just_sent: bool = False
    holder: Holder = field(default_factory=Holder)
    changed: Mapping[str, SectionChange] = field(default_factory=dict)

    @property
    def needs_approval(self) -> bool:
        """True when only somebody who may approve can send it."""
        return self.response.sign_off or policies_of(self.consultation).sign_off_required

    @property
    def may_send(self) -> bool:
        """True when the code that opened it can send it."""
        return not self.needs_approval or self.holder.role is KeyRole.APPROVER

    @property
    def submitted(self) -> bool:
        """True when it was sent, withdrawn ones included, and is not being corrected."""
        return self.response.status is not ResponseStatus.DRAFT and not self.response.correcting

    @property
    def declined(self) -> bool:
        """True when consent was refused, so that nothing can be sent."""
        return declined(self.state.answers, self.consultation.roles)


TO_TAKE = frozenset({"response.expired_code"})
"""Why a response is not opened, and can all the same be taken along by its holder."""
TO_ERASE = TO_TAKE | {"response.not_visible"}
"""Why a response is not opened, and can all the same be erased by its holder."""


def held(kept: Transaction, code: str, now: datetime, *, but: Set[str] = frozenset()) -> ResponseRecord:
    """The response that the code opens; what `resume` raises, `but` for these causes."""
    if mistyped(code):
        raise NotFound("response.mistyped_code")
    secret = hash_of(normalised(code))
    response = kept.response_by_code(secret) or kept.response_by_link(secret)
    if response is None:
        if (erased := kept.erased(secret)) is not None:
            if erased.cause == ErasureCause.TRASH:
                raise NotFound("response.erased_from_trash", on=_day(erased.erased_at))
            raise NotFound("response.erased", reference=erased.subject)
        if kept.invitation_by_token(secret) is not None:
            raise NotFound("response.not_begun")
        raise NotFound("response.unknown_code")
    if response.status is ResponseStatus.DELETED:
        deletion = kept.deletion_of(response.id)
        on = _day(None if deletion is None else deletion.decided_at)
        raise NotFound("response.deleted", reference=response.reference, on=on)
    cause = _not_opened(kept, response, now)
    if cause and cause not in but:
        raise NotFound(cause)
    return response


def _not_opened(kept: Transaction, response: ResponseRecord, now: datetime) -> str:
    if response.status is ResponseStatus.DRAFT:
        return "response.expired_code" if response.expires_at is not None and response.expires_at < now else ""
    visible = policies_of(kept.consultation_by_id(response.consultation_id)).visible_until
    return "response.not_visible" if visible is not None and now > visible else ""


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.date().isoformat()


def as_opened(
    kept: Transaction,
    response: ResponseRecord,
    *,
    now: datetime,
    language: str = "",
    metadata: Mapping[str, str] | None = None,
) -> OpenResponse:
    """The response as its holder sees it: what was sent, or the answers of a draft or correction.

    language  that it is shown in, and what follows from labels is computed in; its own when the questionnaire has none
              of that tag
    """
    consultation = _in_version(kept, response)
    form = published_forms.form(kept, consultation.id, response.version_number)
    draft, correcting = response.status is ResponseStatus.DRAFT, response.correcting
    sent = response.answers if draft or correcting else response.submission
    tags = {each.tag for each in form.questionnaire.languages}
    state = open_form(
        form,
        {**sent, **kept.contact(response.id, correction=correcting)},
        language=language if language in tags else response.language,
        today=now.date(),
        now=policies_of(consultation).noted(now),
        metadata=metadata,
        seed=response.reference,
    )
    return with_state(kept, response, consultation, state)


def with_state(
    kept: Transaction, response: ResponseRecord, consultation: ConsultationRecord, state: FormState
) -> OpenResponse:
    """The response in this state, with its files and what its holder is told of it."""
    draft = response.status is ResponseStatus.DRAFT
    files = {found.question: found for found in kept.files(response.id)}
    if files and not draft:  # files of earlier revisions lie beside those that the answers name
        by_id = {found.id: found for found in kept.files(response.id)}
        files = {key: by_id[str(answer)] for key, answer in state.answers.items() if answer in by_id}
    attention: tuple[str, ...] = ()
    if response.moved_from and draft:
        answers = state.answers
        attention = tuple(dict.fromkeys(name for name, _issue in state.all_issues() if name in answers))
    return OpenResponse(
        response=response,
        consultation=consultation,
        state=state,
        files=files,
        attention=attention,
        holder=kept.holder(response.id),
        changed=kept.section_changes(response.id),
    )


def _in_version(kept: Transaction, response: ResponseRecord) -> ConsultationRecord:
    """The consultation with the roles that questions have in the version of this response."""
    consultation = kept.consultation_by_id(response.consultation_id)
    roles = question_roles.roles_in(kept, consultation, response.version_number)
    return consultation if roles is consultation.roles else replace(consultation, roles=roles)


def require_changeable(opened: OpenResponse, now: datetime) -> None:
    """Returns when answers may be changed now: a draft of an open consultation, or a correction that is in time."""
    if opened.submitted:
        raise Conflict("response.submitted")
    if opened.response.correcting:
        require_correctable(opened.consultation, now)
    else:
        consultations.require_open(opened.consultation, now)


def require_correctable(consultation: ConsultationRecord, now: datetime) -> None:
    """Returns while what was sent may be changed; Conflict("response.submitted"), InvalidInput("corrections.over")."""
    until = policies_of(consultation).corrections_until
    if until is None:
        raise Conflict("response.submitted")
    if now > until:
        raise InvalidInput("corrections.over")


def keep(
    kept: Transaction,
    opened: OpenResponse,
    *,
    section: str,
    language: str,
    now: datetime,
    draft_days: int = DRAFT_DAYS,
    aside: Mapping[str, Answer] | None = None,
) -> ResponseRecord:
    """Keeps what the state of a draft or correction is now, and returns its record."""
    response, correcting = opened.response, opened.response.correcting
    form = opened.state.form
    strange = {key: answer for key, answer in response.answers.items() if not form.has(name_of(key))}
    rules, whole = policies_of(opened.consultation), {**strange, **opened.state.answers, **(aside or {})}
    answers, contact = split_contact(whole, opened.consultation.roles, rules.apart)
    noted = rules.noted(now)
    contact_before = kept.contact(response.id, correction=correcting)
    before = {**response.answers, **contact_before}
    names = {name_of(key) for key in {*before, *whole} if before.get(key) != whole.get(key)}
    changes: dict[str, Any] = {"answers": answers, "section": section, "updated_at": noted}
    if not correcting:
        changes |= {"language": language, "expires_at": noted + timedelta(days=draft_days)}
        changes |= question_roles.kept_columns(answers, opened.consultation.roles)
    if names and opened.holder.role is not KeyRole.APPROVER:  # nobody has agreed to what is there now
        changes |= {"ready_by": "", "ready_at": None}
    revision = kept.save_response(response.id, expected_revision=response.revision, **changes)
    if names and not rules.anonymous:
        for name in _sections_of(opened, names) or {section}:
            kept.note_section(response.id, name, changed_by=opened.holder.name, changed_at=noted)
    if contact != contact_before:  # nothing is sealed anew for a section without contact data
        kept.set_contact(response.id, contact, correction=correcting)
    if section and not rules.anonymous:
        pause = (now - response.updated_at).total_seconds()
        kept.visit_section(response.id, section, int(min(max(pause, 0.0), PAUSE_SECONDS)))
    return replace(response, revision=revision, **changes)


def _sections_of(opened: OpenResponse, names: Collection[str]) -> set[str]:
    """The sections in which these questions are asked; what is computed is not asked."""
    return {
        section.name
        for section in opened.state.questionnaire.sections()
        for question in section.questions()
        if question.name in names and question.kind not in UNASKED_KINDS
    }


def declined(answers: Mapping[str, AnswerValue], roles: Mapping[str, str]) -> bool:
    """True when these answers refuse consent."""
    return "consent" in roles and answers.get(roles["consent"]) in DECLINED


def split_contact(
    answers: Mapping[str, Answer], roles: Mapping[str, str], parts: Iterable[str] = ("contact",)
) -> tuple[dict[str, Answer], dict[str, str]]:
    """(answers without contact data, contact data); `parts` are the roles whose answers are kept apart."""
    names = {roles[role] for role in parts if role in roles}
    apart = {key for key in answers if key in names or ("[" in key and name_of(key) in names)}
    rest = {key: answer for key, answer in answers.items() if key not in apart}
    return rest, {key: str(answers[key]) for key in apart}
