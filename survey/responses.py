"""Use cases of a response: begin, come back to it by its code, and send it.

What was sent is changed as a draft beside it (`survey.corrections`), and sent again with the same use case.

Who holds the personal code may do all of this with that one response and nothing else.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from data.errors import Conflict, InvalidInput, NotFound
from data.invitation_records import InvitationRecord
from data.records import ConsultationRecord, KeyRole, ResponseRecord, ResponseStatus
from data.store import Store, Transaction
from survey import consultations, published_forms, question_roles
from survey.acts import note, sent_changes
from survey.codes import hash_of, mistyped, new_code, new_reference, normalised
from survey.consent import keep_consent
from survey.draft_versions import moved
from survey.duplicates import is_sent_in_name
from survey.logic.form_state import FormState, open_form
from survey.open_responses import DRAFT_DAYS, OpenResponse, as_opened, held, require_changeable, split_contact
from survey.policies import Identification, policies_of
from survey.questionnaire import Questionnaire
from survey.response_files import forget
from survey.sending import require_place


def begin(
    store: Store,
    slug: str,
    *,
    language: str,
    channel: str,
    now: datetime,
    draft_days: int = DRAFT_DAYS,
    invitation_token: str = "",
) -> str:
    """Opens a new draft and returns its personal code, the only time that it is known in the clear.

    invitation_token  of a personal link: the draft belongs to that organisation and holds what the contact frame
                      knows of it. When one was begun by a link already, nothing is added and the token is returned,
                      which opens that one (docs/decisions/0008-personal-links.md).
    Raises NotFound("invitation.unknown_link").
    """
    code = new_code()
    with store.write() as kept:
        consultation = kept.consultation(slug)
        invitation = _invited(kept, consultation, invitation_token) if invitation_token else None
        if invitation is not None and kept.linked_response(invitation.id) is not None:
            return invitation_token
        consultations.require_open(consultation, now)
        form = published_forms.form(kept, consultation.id)
        number = len(kept.versions(consultation.id))
        rules = policies_of(consultation)
        if rules.anonymous:  # nothing joins an answer with an invitation
            invitation = None
        noted = rules.noted(now)
        state = open_form(form, {}, language=language, today=now.date(), now=noted)
        if invitation is not None:
            _prefill(state, invitation, consultation.roles)
        answers, apart = split_contact(state.answers, consultation.roles, rules.apart)
        key = kept.add_response(
            **({"id": kept.random_key("responses")} if rules.anonymous else {}),
            consultation_id=consultation.id,
            version_number=number,
            invitation_id=None if invitation is None else invitation.id,
            reference=new_reference(),
            code_hash=hash_of(normalised(code)),
            status=ResponseStatus.DRAFT,
            language=language,
            channel=channel,
            started_at=noted,
            updated_at=noted,
            expires_at=noted + timedelta(days=draft_days),
            answers=answers,
            submission={},
            **({} if invitation is None else question_roles.kept_columns(answers, consultation.roles)),
        )
        if invitation is not None:
            kept.set_contact(key, apart)
            kept.link_response(invitation.id, key)
        details = {"channel": channel, "language": language, "by_link": invitation is not None}
        note(kept, kept.response(key), "response.begun", now=now, details=details)
    return code


def invited(store: Store, slug: str, token: str) -> tuple[InvitationRecord, bool]:
    """(the organisation that a personal link was made for, whether a response was begun by a link of it).

    Raises NotFound("response.mistyped_code") for one with a slip, ("invitation.unknown_link") for a wrong or revoked
    link and for one of another consultation.
    """
    with store.read() as kept:
        found = _invited(kept, kept.consultation(slug), token)
        return found, kept.linked_response(found.id) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a typed code leads.

    begun  True for the code of a response; False for that of an invited organisation which has not begun yet
    """

    slug: str
    code: str
    begun: bool


def entry(store: Store, typed: str, *, now: datetime) -> Entry:
    """Where a code leads that somebody typed, from their page, a mail or a letter; raises what `resume` raises."""
    code = typed.strip()
    with store.read() as kept:
        try:
            found: ResponseRecord | InvitationRecord = held(kept, code, now)
        except NotFound as error:
            invitation = kept.invitation_by_token(hash_of(normalised(code)))
            if error.code != "response.not_begun" or invitation is None:
                raise
            found = invitation
        slug = kept.consultation_by_id(found.consultation_id).slug
        if not isinstance(found, ResponseRecord):
            return Entry(slug=slug, code=code, begun=False)
        return Entry(slug=slug, code=code, begun=True)


class Anew(StrEnum):
    """How the holder of a draft that was left too long begins another response."""

    FIRST_PAGE = "first_page"
    BY_LINK = "by_link"
    """By the personal link of the organisation, once this one is erased: it opens one response at most, and what is
    begun without it counts for nobody on the contact list."""
    NOT = "not"


def begins_anew(store: Store, opened: OpenResponse, *, now: datetime) -> Anew:
    """How whoever holds this response, which is not opened any more, begins another one now."""
    invitation_id = opened.response.invitation_id
    if opened.response.status is not ResponseStatus.DRAFT:
        return Anew.NOT
    if consultations.standing(opened.consultation, now) is not consultations.Standing.OPEN:
        return Anew.NOT
    if invitation_id is None:
        return Anew.FIRST_PAGE
    with store.read() as kept:
        if kept.linked_response(invitation_id) != opened.response.id or not kept.has_link(invitation_id):
            return Anew.FIRST_PAGE
    return Anew.NOT if opened.holder.role is KeyRole.WRITER else Anew.BY_LINK


def is_beginning(store: Store, code: str, *, now: datetime) -> bool:
    """True for a personal link by which a response can be begun now."""
    try:
        found = entry(store, code, now=now)
    except NotFound:
        return False
    return (
        not found.begun
        and consultations.standing(consultations.find(store, found.slug), now) is consultations.Standing.OPEN
    )


def resume(store: Store, code: str, *, now: datetime, language: str = "") -> OpenResponse:
    """The response that the code opens.

    Raises NotFound("response.mistyped_code") for a code with a slip, ("response.unknown_code") for a wrong one,
    ("response.not_begun") for a personal link by which nothing was begun, ("response.expired_code") for a draft left
    too long, ("response.not_visible") for what is shown no more, ("response.deleted") for what staff put into the
    trash, ("response.erased") and ("response.erased_from_trash") for what was erased.
    """
    with store.read() as kept:
        return as_opened(kept, held(kept, code, now), now=now, language=language)


def resume_sent(store: Store, code: str, *, now: datetime, language: str = "") -> OpenResponse:
    """As `resume`, with what was sent, also while it is being corrected; InvalidInput("response.not_sent")."""
    with store.read() as kept:
        response = held(kept, code, now)
        if response.status is ResponseStatus.DRAFT:
            raise InvalidInput("response.not_sent")
        return as_opened(kept, replace(response, correcting=False), now=now, language=language)


def reopen(store: Store, code: str, *, now: datetime, language: str = "") -> OpenResponse:
    """As `resume`; a draft of an older version moves to the newest one unless a change would break one of its answers.

    A draft that does not move is finished in the version it was begun in. Nothing is written when nothing moves.
    """
    with store.read() as kept:
        response = held(kept, code, now)
        opened = as_opened(kept, response, now=now, language=language)
        newest = kept.newest_version(response.consultation_id)
        taken = consultations.standing(opened.consultation, now) is consultations.Standing.OPEN
        if response.status is not ResponseStatus.DRAFT or response.version_number == newest or not taken:
            return opened
    with store.write() as kept:
        response = moved(kept, held(kept, code, now), now)
        return as_opened(kept, response, now=now, language=language)


def form_of_version(store: Store, code: str, version: int, *, now: datetime) -> Questionnaire:
    """The questionnaire as a version of the response's consultation had it."""
    with store.read() as kept:
        response = held(kept, code, now)
        return published_forms.form(kept, response.consultation_id, version).questionnaire


def dismiss_note(store: Store, code: str, *, now: datetime) -> None:
    """The respondent has read that the questionnaire changed; the note is not shown again."""
    with store.write() as kept:
        response = held(kept, code, now)
        if response.moved_from:
            kept.save_response(response.id, expected_revision=response.revision, moved_from=0)
            note(kept, response, "response.note_read", now=now)


def submit(store: Store, code: str, *, now: datetime, version: int = 0) -> OpenResponse:
    """Sends the response once, and returns it with the form as it was judged; sending it again returns what was sent.

    A correction takes the place of what was sent before, which stays as a revision; when the response came, and
    whether it was late, stays as it was.

    version  of the questionnaire in which the answers were looked over, 0 for the draft's own.
    Raises Conflict("response.version_changed") when the draft was moved to another one since;
    and what `sending.require_place` raises; InvalidInput("response.incomplete", issues=((question, Issue), ...)),
    ("response.no_consent"), ("consultation.closed"), ("corrections.over"); Conflict("response.withdrawn"),
    ("response.needs_approval") for a code that may not approve where approval is asked for.
    """
    with store.write() as kept:
        response = held(kept, code, now)
        if response.status is ResponseStatus.WITHDRAWN:
            raise Conflict("response.withdrawn")
        if response.status is ResponseStatus.SUBMITTED and not response.correcting:
            return as_opened(kept, response, now=now)
        if version not in (0, response.version_number):
            raise Conflict("response.version_changed")
        rules = policies_of(kept.consultation_by_id(response.consultation_id))
        noted = rules.noted(now)
        opened = as_opened(kept, response, now=now, metadata={"end": noted.isoformat(timespec="seconds")})
        consultation = opened.consultation
        require_changeable(opened, now)
        if not opened.may_send:
            raise Conflict("response.needs_approval")
        if opened.declined:
            raise InvalidInput("response.no_consent")
        issues = opened.state.all_issues()
        if issues:
            raise InvalidInput("response.incomplete", issues=issues, count=len(issues))
        whole = opened.state.submission()
        sent, contact = split_contact(whole, consultation.roles, rules.apart)
        organisation = str(whole.get(consultation.roles.get("organisation", ""), ""))
        require_place(kept, consultation, response, sent, organisation)
        changes: dict[str, Any] = {
            "status": ResponseStatus.SUBMITTED,
            "submitted_at": response.submitted_at or noted,
            "updated_at": noted,
            "late": response.late if response.correcting else consultations.is_late(consultation, now),
            "expires_at": None,
            "correcting": False,
            "ready_by": "",
            "ready_at": None,
            "submission": sent,
            **question_roles.kept_columns(sent, consultation.roles),
        }
        revision = kept.save_response(response.id, expected_revision=response.revision, **changes)
        told = kept.contact(response.id) if response.correcting else {}  # of a draft they were told to nobody yet
        told_changes, contacts = sent_changes(response.submission, sent, told, contact)
        action = "response.corrected" if response.correcting else "response.submitted"
        details = {"revision": revision, "version": response.version_number, "contact": contacts}
        note(kept, response, action, now=now, details=details, changes=told_changes)
        kept.set_contact(response.id, contact)
        for question, file in opened.files.items():
            if question not in sent:  # it was attached to a question that is not asked any more
                forget(kept, opened, file)
            elif file.question != question:
                kept.rename_file(file.id, question)
        form = opened.state.questionnaire
        kept.add_revision(
            **({"id": kept.random_key("response_revisions")} if rules.anonymous else {}),
            response_id=response.id,
            revision=revision,
            saved_at=noted,
            channel=response.channel,
            submission=sent,
            sent_by=opened.holder.name,
            approved=opened.holder.role is KeyRole.APPROVER,
            consent_id=keep_consent(
                kept, consultation, form, version=response.version_number, language=response.language
            )
            if consultation.roles.get("consent", "") in sent
            else None,
        )
        opened.state.rest()
        # The form stays as it was judged: to open it anew would take a third of all that a sending takes.
        files = {question: file for question, file in opened.files.items() if question in sent}
        sent_now = replace(response, revision=revision, **changes)
        return replace(opened, response=sent_now, files=files, just_sent=True)


def duplicate_hint(store: Store, code: str, *, now: datetime) -> str:
    """The organisation of this draft when another response was sent in its name already, else "".

    The holder of a personal link is told as well as who only typed the name. Only where respondents are identified
    anyway; it does not say who sent it.
    """
    with store.read() as kept:
        response = held(kept, code, now)
        consultation = kept.consultation_by_id(response.consultation_id)
        if policies_of(consultation).identification is not Identification.IDENTIFIED:
            return ""
        roles = question_roles.roles_in(kept, consultation, response.version_number)
        name = str(response.answers.get(roles.get("organisation", ""), ""))
        return name if is_sent_in_name(kept, consultation, response, name) else ""


def _invited(kept: Transaction, consultation: ConsultationRecord, token: str) -> InvitationRecord:
    if mistyped(token):
        raise NotFound("response.mistyped_code")
    found = kept.invitation_by_token(hash_of(normalised(token)))
    if found is None or found.consultation_id != consultation.id:
        raise NotFound("invitation.unknown_link")
    return found


def _prefill(state: FormState, invitation: InvitationRecord, roles: Mapping[str, str]) -> None:
    """What the contact frame knows of the organisation, as far as it is an answer to the question of that role."""
    for role in ("organisation", "region", "country", "organisation_type", "language"):
        name, value = roles.get(role, ""), getattr(invitation, role)
        if not name or not value:
            continue
        asked = state.form.questions[name].question
        codes = {choice.name for choice in state.questionnaire.choices(asked)}
        if not codes or value in codes:
            with suppress(InvalidInput):
                state.set(name, value, typed=False)
