"""Use cases of a response: begin, resume, save, attach a file, submit, and the copy of what was sent.

What was sent is changed as a draft beside it (`survey.corrections`), with the same use cases.

Who holds the personal code may do all of this with that one response and nothing else. Contact data never lie with the
answers: they are taken out before anything is kept.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from data.errors import Conflict, InvalidInput, NotFound
from data.records import (
    AnswerValue,
    ConsultationRecord,
    ErasureCause,
    FileRecord,
    Holder,
    InvitationRecord,
    KeyRole,
    ResponseRecord,
    ResponseStatus,
    SectionChange,
)
from data.store import Store, Transaction
from survey import consultations, published_forms, question_roles, uploads
from survey.access import Action, Actor, require_somewhere
from survey.acts import note, sent_changes
from survey.codes import hash_of, mistyped, new_code, new_reference, normalised
from survey.consent import keep_consent, text_shown
from survey.duplicates import is_sent_in_name
from survey.logic.answers import coerce
from survey.logic.form_state import FormState, Issue, open_form
from survey.logic.instances import name_of
from survey.logic.merging import Clash, clashes
from survey.policies import Identification, policies_of
from survey.questionnaire import UNASKED_KINDS, UPLOAD_KINDS, Answer, Group, Kind, Questionnaire
from survey.sending import require_place
from survey.versions.changes import broken
from survey.versions.lineage import Lineage
from survey.versions.renames import elements

DECLINED = frozenset({"decline", "disagree", "no", "0"})
"""Answers to the consent question that end the questionnaire."""
DRAFT_DAYS = 180
PAUSE_SECONDS = 1800
"""A section took at most so long between two saves; who comes back the next day did not read all night."""


class AnsweredElsewhere(Conflict):
    """Another window answered a question otherwise. What else was entered is kept; a person chooses about the rest.

    question  the first such question, or the repeat whose instances another window added or removed
    before    the response as it was before this save: who changed it last, and when
    """

    def __init__(self, question: str, found: tuple[Clash, ...], before: "OpenResponse") -> None:
        super().__init__("response.changed_elsewhere", question=question)
        # Beside the parameters, which may be logged: these are answers.
        self.clashes, self.before = found, before


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenResponse:
    """A response as its holder sees it: the record, its consultation, the form in its present state, its files.

    consultation  with the roles that questions have in the version of this response
    holder        whose code opened it
    changed       section -> who changed it last, when more than one person has a code
    attention     for a draft that was moved to a newer version: answered questions that have an issue there
    """

    response: ResponseRecord
    consultation: ConsultationRecord
    state: FormState
    files: Mapping[str, FileRecord]
    attention: tuple[str, ...] = ()
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
            if error.code != "response.unknown_code" or invitation is None:
                raise
            found = invitation
        slug = kept.consultation_by_id(found.consultation_id).slug
        return Entry(slug=slug, code=code, begun=isinstance(found, ResponseRecord))


def resume(store: Store, code: str, *, now: datetime, language: str = "") -> OpenResponse:
    """The response that the code opens.

    Raises NotFound("response.mistyped_code") for a code with a slip, ("response.unknown_code") for a wrong one,
    ("response.expired_code") for a draft left too long, ("response.not_visible") for what is shown no more,
    ("response.deleted") for what staff put into the trash, ("response.erased") and ("response.erased_from_trash") for
    what was erased.
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
        response = _moved(kept, held(kept, code, now), now)
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


def save(
    store: Store,
    code: str,
    changes: Mapping[str, object],
    *,
    seen: Mapping[str, Answer],
    section: str,
    language: str,
    now: datetime,
    draft_days: int = DRAFT_DAYS,
    version: int = 0,
    instance: tuple[str, int] | None = None,
) -> OpenResponse:
    """`changing` and `Changing.save` in one, for what is known before the response is opened."""
    with changing(store, code, now=now, language=language) as draft:
        draft.save(
            changes,
            seen=seen,
            section=section,
            language=language,
            draft_days=draft_days,
            version=version,
            instance=instance,
        )
    return draft.opened


@contextmanager
def changing(store: Store, code: str, *, now: datetime, language: str = "") -> Iterator["Changing"]:
    """A response that is read and changed in one transaction, which is kept when the block ends.

    Raises what `resume` and `Changing.save` raise, and after all else was kept AnsweredElsewhere: another window
    answered a question otherwise, or changed how many instances there are.
    """
    with store.write() as kept:
        opened = as_opened(kept, held(kept, code, now), now=now, language=language)
        draft = Changing(kept, opened, now=now)
        yield draft
    if draft.clash is not None:
        raise draft.clash


class Changing:
    """A response while it is changed; `opened` is what it was, and after `save` what it is now."""

    def __init__(self, kept: Transaction, opened: OpenResponse, *, now: datetime) -> None:
        self.opened = opened
        self.clash: AnsweredElsewhere | None = None
        self._kept, self._now = kept, now

    def form_of_version(self, version: int) -> Questionnaire:
        """The questionnaire as a version of the response's consultation had it."""
        return published_forms.form(self._kept, self.opened.response.consultation_id, version).questionnaire

    def save(
        self,
        changes: Mapping[str, object],
        *,
        seen: Mapping[str, Answer],
        section: str,
        language: str,
        draft_days: int = DRAFT_DAYS,
        version: int = 0,
        instance: tuple[str, int] | None = None,
    ) -> None:
        """Keeps changed answers; without a change nothing is written.

        changes   question -> answer as a form sends it; None or empty clears. Faulty answers are kept, with their
                  issues.
        seen      the answers that this window showed before they were changed. Another window's answer to the same
                  question is never overwritten unseen; answers to different questions are merged (`logic.merging`).
        version   of the questionnaire that this window shows, 0 for the draft's own. When the draft was moved
                  meanwhile, changes and seen follow the renames; an answer that has no place any more is kept beside
                  the others.
        instance  (repeat, number): after the changes this instance is removed, or with the number 0 one is added.
        Raises    Conflict("response.submitted") when it was sent; InvalidInput("answer.not_askable",
                  "answer.too_long", "consultation.closed"), and ("file.not_asked") for the id of a file that was not
                  attached to this question.
        """
        kept, opened, now = self._kept, self.opened, self._now
        response = opened.response
        _require_changeable(opened, now)
        if response.correcting:
            language = response.language
        aside: dict[str, Answer] = {}
        if version and version < response.version_number:
            line = published_forms.lineage_of(kept, response.consultation_id).until(response.version_number)
            changes, aside = _brought(line, version, changes, language)
            roles = question_roles.roles_in(kept, opened.consultation, version)
            for role in policies_of(opened.consultation).apart:
                if role in roles:  # what is not asked any more has no place to be kept apart from the answers
                    aside.pop(line.key(version, roles[role]), None)
            seen = line.carry(version, seen)
            section = section if section in {group.name for group in opened.state.questionnaire.sections()} else ""
        before = opened.state.answers
        gone = []
        for name, answer in changes.items():
            if "[" in name and not opened.state.is_known(name):  # another window removed that instance
                gone.append(Clash(question=name, stored=None, entered=_as_text(answer), gone=True))
                continue
            _require_own_file(opened, name, answer)
            opened.state.set(name, answer)
        lost = {clash.question for clash in gone}
        placed = [name for name in changes if name not in lost]
        found = clashes(placed, seen=seen, stored=before, entered=opened.state.answers)
        for clash in found:
            opened.state.set(clash.question, clash.stored, written_in="", typed=False)
        found = (*found, *gone)
        question = found[0].question if found else ""
        if instance is not None and not found:
            if opened.state.answers.get(instance[0]) == seen.get(instance[0]):
                _restructure(kept, opened, *instance)
            else:
                question = instance[0]
        same_place = section in ("", response.section) and language == response.language
        if opened.state.answers != before or not same_place or aside:
            section = section or response.section
            saved = _keep(kept, opened, section=section, language=language, now=now, draft_days=draft_days, aside=aside)
            details = {"section": section, "answers": len(changes) - len(found)}
            note(kept, response, "response.saved", now=now, details=details)
            self.opened = _with(kept, saved, opened.consultation, opened.state)
        if question:
            self.clash = AnsweredElsewhere(question, found, opened)


def _as_text(answer: object) -> str:
    """What was entered where no question is that could read it."""
    return "; ".join(map(str, answer)) if isinstance(answer, list | tuple) else str(answer or "")


def _restructure(kept: Transaction, opened: OpenResponse, repeat: str, number: int) -> None:
    """Adds or removes an instance, with its files."""
    if not number:
        opened.state.add_instance(repeat)
        return
    opened.state.remove_instance(repeat, number)
    places = {str(answer): key for key, answer in opened.state.answers.items() if "[" in key}
    for key, file in opened.files.items():
        if key.startswith(f"{repeat}["):
            if file.id not in places:
                _forget(kept, opened, file)
            elif places[file.id] != key and not opened.response.correcting:
                kept.rename_file(file.id, places[file.id])


def attach(
    store: Store,
    code: str,
    question: str,
    *,
    name: str,
    content: bytes,
    limit_bytes: int,
    now: datetime,
    version: int = 0,
) -> FileRecord:
    """Keeps a file as the answer to an upload question, in the place of an earlier one; `version` as in `save`.

    What is kept as its type, and the ending of its name, is what the content is (`survey.uploads`).
    Raises InvalidInput("file.too_large"), ("file.empty"), ("file.not_asked"), a code of `uploads.REFUSED` for a type
    that the question does not take, and what `save` raises.
    """
    if len(content) > limit_bytes:
        raise InvalidInput("file.too_large", limit_mb=limit_bytes // 1_000_000)
    if not content:
        raise InvalidInput("file.empty")
    found = uploads.type_of(content)
    with store.write() as kept:
        response = held(kept, code, now)
        opened = as_opened(kept, response, now=now, language=response.language)
        _require_changeable(opened, now)
        question = _present_key(kept, response, version, question)
        kind = _upload_kind(opened, question)
        if not opened.state.state(question).relevant:
            raise InvalidInput("file.not_asked")
        if found is None or not uploads.takes(kind, found):
            raise InvalidInput(uploads.REFUSED[kind])
        if question in opened.files:
            _forget(kept, opened, opened.files[question])
        file_id = secrets.token_hex(16)
        kept.add_file(
            content,
            id=file_id,
            response_id=response.id,
            question=question,
            name=found.name_for(_file_name(name)),
            content_type=found.media_type,
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            created_at=policies_of(opened.consultation).noted(now),
        )
        opened.state.set(question, file_id)
        _keep(kept, opened, section=response.section, language=response.language, now=now)
        attached = kept.file(file_id)
        details = {"question": question, "size_bytes": attached.size_bytes, "sha256": attached.sha256}
        note(kept, response, "response.file_attached", now=now, details=details)
        return attached


def _require_changeable(opened: OpenResponse, now: datetime) -> None:
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


def _forget(kept: Transaction, opened: OpenResponse, file: FileRecord) -> None:
    """Removes a file that no answer names any more; what was sent once is kept with the revision that names it."""
    if not opened.response.correcting or file.id not in sent_files(kept, opened.response.id):
        kept.remove_file(file.id)


def sent_files(kept: Transaction, response_id: int) -> frozenset[str]:
    """The answers of all that was sent as this response, the ids of files among them."""
    return frozenset(str(answer) for each in kept.revisions(response_id) for answer in each.submission.values())


def _upload_kind(opened: OpenResponse, question: str) -> Kind:
    """The kind of an upload question of the form; InvalidInput("file.not_asked") for anything else."""
    asked = opened.state.form.questions.get(name_of(question))
    if asked is None or asked.question.kind not in UPLOAD_KINDS or not opened.state.is_known(question):
        raise InvalidInput("file.not_asked")
    return asked.question.kind


def _require_own_file(opened: OpenResponse, name: str, answer: object) -> None:
    asked = opened.state.form.questions.get(name_of(name))
    if asked is not None and asked.question.kind in UPLOAD_KINDS and answer != opened.state.answers.get(name):
        raise InvalidInput("file.not_asked")


def detach(store: Store, code: str, question: str, *, now: datetime, version: int = 0) -> None:
    """Removes the file that answers an upload question, if there is one; `version` as in `save`.

    Raises InvalidInput("file.not_asked") for what is no upload question of the form, and what `save` raises.
    """
    with store.write() as kept:
        response = held(kept, code, now)
        opened = as_opened(kept, response, now=now, language=response.language)
        _require_changeable(opened, now)
        question = _present_key(kept, response, version, question)
        if question not in opened.files:
            _upload_kind(opened, question)
        else:
            _forget(kept, opened, opened.files[question])
            opened.state.set(question, None)
            _keep(kept, opened, section=response.section, language=response.language, now=now)
            note(kept, response, "response.file_removed", now=now, details={"question": question})


def submit(store: Store, code: str, *, now: datetime, version: int = 0) -> OpenResponse:
    """Sends the response once; sending it again returns what was sent.

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
        _require_changeable(opened, now)
        if not opened.may_send:
            raise Conflict("response.needs_approval")
        if opened.declined:
            raise InvalidInput("response.no_consent")
        issues = opened.state.all_issues()
        if issues:
            raise InvalidInput("response.incomplete", issues=issues, count=len(issues))
        sent, contact = split_contact(opened.state.submission(), consultation.roles, rules.apart)
        organisation = str(opened.state.submission().get(consultation.roles.get("organisation", ""), ""))
        require_place(kept, consultation, response, sent, organisation)
        revision = kept.save_response(
            response.id,
            expected_revision=response.revision,
            status=ResponseStatus.SUBMITTED,
            submitted_at=response.submitted_at or noted,
            updated_at=noted,
            late=response.late if response.correcting else consultations.is_late(consultation, now),
            expires_at=None,
            correcting=False,
            ready_by="",
            ready_at=None,
            submission=sent,
            **question_roles.kept_columns(sent, consultation.roles),
        )
        told = kept.contact(response.id) if response.correcting else {}  # of a draft they were told to nobody yet
        changes, contacts = sent_changes(response.submission, sent, told, contact)
        action = "response.corrected" if response.correcting else "response.submitted"
        details = {"revision": revision, "version": response.version_number, "contact": contacts}
        note(kept, response, action, now=now, details=details, changes=changes)
        kept.set_contact(response.id, contact)
        for question, file in opened.files.items():
            if question not in sent:  # it was attached to a question that is not asked any more
                _forget(kept, opened, file)
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
            consent_id=keep_consent(
                kept, consultation, form, version=response.version_number, language=response.language
            )
            if consultation.roles.get("consent", "") in sent
            else None,
        )
        return as_opened(kept, kept.response(response.id), now=now)


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


def file_of(store: Store, code: str, file_id: str, *, now: datetime) -> tuple[FileRecord, bytes]:
    """A file of the response that the code opens; NotFound for any other."""
    with store.read() as kept:
        found = kept.file(file_id)
        if found.response_id != held(kept, code, now).id:
            raise NotFound("file.unknown")
        return found, kept.file_content(file_id)


def staff_files(store: Store, slug: str, *, actor: Actor) -> tuple[tuple[FileRecord, str], ...]:
    """The files of submitted responses, each with the reference of its response, for those who may read answers."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_ANSWERS)
        sent = {str(answer) for each in kept.responses(consultation.id, scope) for answer in each.submission.values()}
        return tuple((file, reference) for file, reference in kept.files_of(consultation.id, scope) if file.id in sent)


def staff_file(store: Store, file_id: str, *, actor: Actor) -> tuple[FileRecord, bytes]:
    """A file of a submitted response, for those who may read answers; NotFound("file.unknown") outside their scope."""
    require_somewhere(actor, Action.READ_ANSWERS)
    with store.read() as kept:
        found = kept.file(file_id)
        slug = kept.consultation_by_id(kept.response(found.response_id).consultation_id).slug
        _consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_ANSWERS, unknown="file.unknown")
        try:
            response = kept.response(found.response_id, scope)
        except NotFound:
            raise NotFound("file.unknown") from None
        if response.status is not ResponseStatus.SUBMITTED or found.id not in response.submission.values():
            raise NotFound("file.unknown")
        return found, kept.file_content(file_id)


def declined(answers: Mapping[str, AnswerValue], roles: Mapping[str, str]) -> bool:
    """True when these answers refuse consent."""
    return "consent" in roles and answers.get(roles["consent"]) in DECLINED


def split_contact(
    answers: Mapping[str, Answer], roles: Mapping[str, str], parts: Iterable[str] = ("contact",)
) -> tuple[dict[str, Answer], dict[str, str]]:
    """(answers without contact data, contact data); `parts` are the roles whose answers are kept apart."""
    names = {roles[role] for role in parts if role in roles}
    apart = {key for key in answers if name_of(key) in names}
    rest = {key: answer for key, answer in answers.items() if key not in apart}
    return rest, {key: str(answers[key]) for key in apart}


def issue_codes(issues: tuple[tuple[str, Issue], ...]) -> tuple[tuple[str, str], ...]:
    """(question, code) of each issue, for logs and documents."""
    return tuple((name, issue.code) for name, issue in issues)


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


def held(kept: Transaction, code: str, now: datetime) -> ResponseRecord:
    """The response that the code opens; what `resume` raises."""
    if mistyped(code):
        raise NotFound("response.mistyped_code")
    secret = hash_of(normalised(code))
    response = kept.response_by_code(secret) or kept.response_by_link(secret)
    if response is None:
        if (erased := kept.erased(secret)) is not None:
            if erased.cause == ErasureCause.TRASH:
                raise NotFound("response.erased_from_trash", on=_day(erased.erased_at))
            raise NotFound("response.erased", reference=erased.subject)
        raise NotFound("response.unknown_code")
    if response.status is ResponseStatus.DELETED:
        deletion = kept.deletion_of(response.id)
        on = _day(None if deletion is None else deletion.decided_at)
        raise NotFound("response.deleted", reference=response.reference, on=on)
    if response.status is ResponseStatus.DRAFT and response.expires_at is not None and response.expires_at < now:
        raise NotFound("response.expired_code")
    if response.status is not ResponseStatus.DRAFT:
        visible = policies_of(kept.consultation_by_id(response.consultation_id)).visible_until
        if visible is not None and now > visible:
            raise NotFound("response.not_visible")
    return response


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
    return _with(kept, response, consultation, state)


def _in_version(kept: Transaction, response: ResponseRecord) -> ConsultationRecord:
    """The consultation with the roles that questions have in the version of this response."""
    consultation = kept.consultation_by_id(response.consultation_id)
    return replace(consultation, roles=question_roles.roles_in(kept, consultation, response.version_number))


def _with(
    kept: Transaction, response: ResponseRecord, consultation: ConsultationRecord, state: FormState
) -> OpenResponse:
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


def _moved(kept: Transaction, response: ResponseRecord, now: datetime) -> ResponseRecord:
    """The draft in the newest version, or as it is when a change breaks one of its answers on the way."""
    line = published_forms.lineage_of(kept, response.consultation_id)
    begun = response.version_number
    if response.status is not ResponseStatus.DRAFT or begun == line.newest:
        return response
    answers: dict[str, Answer] = {**response.answers, **kept.contact(response.id)}
    files = {file.question: file.id for file in kept.files(response.id)}
    files_now: dict[str, Answer] = dict(files)
    for number, following in zip(line.numbers, line.numbers[1:], strict=False):
        if number < begun:
            continue
        old, new = line.questionnaires[number], line.questionnaires[following]
        if broken(answers, old, new, line.renames[following]):
            return response
        step = Lineage({number: old, following: new}, line.renames)
        answers, files_now = step.carry(number, answers), step.carry(number, files_now)
        known = elements(new)
        computed = {q.name for q in old.questions() if q.kind in UNASKED_KINDS}
        left = {key for key in answers if name_of(key) not in known}
        if any(name_of(key) not in computed for key in left & set(response.answers)):
            return response  # no change speaks of it, and it has no place: it is not lost on the way
        answers = {key: answer for key, answer in answers.items() if key not in left}
    for question, file_id in files_now.items():
        if files.get(question) != file_id:
            kept.rename_file(str(file_id), question)
    consultation = kept.consultation_by_id(response.consultation_id)
    form = line.questionnaire
    agreed_to, asks = (
        roles.get("consent", "") for roles in (question_roles.roles_in(kept, consultation, begun), consultation.roles)
    )
    shown = text_shown(line.questionnaires[begun], agreed_to, response.language)
    if shown != text_shown(form, asks, response.language):
        answers.pop(asks, None)  # other words have to be agreed to anew
    tags = {language.tag for language in form.languages}
    rest, contact = split_contact(answers, consultation.roles, policies_of(consultation).apart)
    kept.save_response(
        response.id,
        expected_revision=response.revision,
        version_number=line.newest,
        moved_from=response.moved_from or begun,
        answers=rest,
        section=_section(line, begun, response.section),
        language=response.language if response.language in tags else form.default_language,
        **question_roles.kept_columns(rest, consultation.roles),
    )
    kept.set_contact(response.id, contact)
    note(kept, response, "response.moved", now=now, details={"from": begun, "to": line.newest})
    return kept.response(response.id)


def _section(line: Lineage, version: int, name: str) -> str:
    """What the section is called now; a name that no group has stays, and opens the first section."""
    known = elements(line.questionnaires[version]).get(name)
    return line.joined(version, name) if isinstance(known, Group) else name


def _brought(
    line: Lineage, version: int, changes: Mapping[str, object], language: str
) -> tuple[dict[str, object], dict[str, Answer]]:
    """(changes under the names of the lineage's newest version, answers that have no place in it)."""
    before, after = elements(line.questionnaires[version]), elements(line.questionnaire)
    placed: dict[str, object] = {}
    aside: dict[str, Answer] = {}
    for key, raw in changes.items():
        asked = before.get(name_of(key))
        if asked is None or isinstance(asked, Group):
            raise InvalidInput("answer.not_askable", question=key)
        try:
            answer = coerce(asked, raw, language)
        except InvalidInput:
            answer = raw if isinstance(raw, str | int | float) else None
        if answer is None:
            joined = line.key(version, key)
            if name_of(joined) in after:
                placed[joined] = None
            continue
        for joined, value in line.carry(version, {key: answer}).items():
            if name_of(joined) in after:
                placed[joined] = value
            else:
                aside[joined] = value
    return placed, aside


def _present_key(kept: Transaction, response: ResponseRecord, version: int, key: str) -> str:
    """What a question of the version that a window shows is called in the response's own version."""
    if not version or version >= response.version_number:
        return key
    line = published_forms.lineage_of(kept, response.consultation_id).until(response.version_number)
    return line.key(version, key) if name_of(key) in elements(line.questionnaires[version]) else key


def _keep(
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
    known = elements(opened.state.questionnaire)
    strange = {key: answer for key, answer in response.answers.items() if name_of(key) not in known}
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


def _file_name(name: str) -> str:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in plain if letter.isprintable())[-200:] or "file"
