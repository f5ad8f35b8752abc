"""Use cases of the files of a response: attach, remove, and read them, by its code or as staff."""

import hashlib
import secrets
from datetime import datetime

from data.errors import InvalidInput, NotFound
from data.records import FileRecord, ResponseStatus
from data.store import Store, Transaction
from survey import consultations, uploads
from survey.access import Action, Actor, require_somewhere
from survey.acts import note
from survey.draft_versions import present_key
from survey.logic.instances import name_of
from survey.open_responses import OpenResponse, as_opened, held, keep, require_changeable
from survey.policies import policies_of
from survey.questionnaire import UPLOAD_KINDS, Kind


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
    """Keeps a file as the answer to an upload question, in the place of an earlier one; `version` as in `saving.save`.

    What is kept as its type, and the ending of its name, is what the content is (`survey.uploads`).
    Raises InvalidInput("file.too_large"), ("file.empty"), ("file.not_asked"), a code of `uploads.REFUSED` for a type
    that the question does not take, and what `saving.save` raises.
    """
    if len(content) > limit_bytes:
        raise InvalidInput("file.too_large", limit_mb=limit_bytes // 1_000_000)
    if not content:
        raise InvalidInput("file.empty")
    found = uploads.type_of(content)
    with store.write() as kept:
        response = held(kept, code, now)
        opened = as_opened(kept, response, now=now, language=response.language)
        require_changeable(opened, now)
        question = present_key(kept, response, version, question)
        kind = _upload_kind(opened, question)
        if not opened.state.state(question).relevant:
            raise InvalidInput("file.not_asked")
        if found is None or not uploads.takes(kind, found):
            raise InvalidInput(uploads.REFUSED[kind])
        if question in opened.files:
            forget(kept, opened, opened.files[question])
        file_id = secrets.token_hex(16)
        kept.add_file(
            content,
            id=file_id,
            response_id=response.id,
            question=question,
            name=found.name_for(uploads.plain_name(name)),
            content_type=found.media_type,
            size_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            created_at=policies_of(opened.consultation).noted(now),
        )
        opened.state.set(question, file_id)
        keep(kept, opened, section=response.section, language=response.language, now=now)
        attached = kept.file(file_id)
        details = {"question": question, "size_bytes": attached.size_bytes, "sha256": attached.sha256}
        note(kept, response, "response.file_attached", now=now, details=details)
        return attached


def detach(store: Store, code: str, question: str, *, now: datetime, version: int = 0) -> None:
    """Removes the file that answers an upload question, if there is one; `version` as in `saving.save`.

    Raises InvalidInput("file.not_asked") for what is no upload question of the form, and what `saving.save` raises.
    """
    with store.write() as kept:
        response = held(kept, code, now)
        opened = as_opened(kept, response, now=now, language=response.language)
        require_changeable(opened, now)
        question = present_key(kept, response, version, question)
        if question not in opened.files:
            _upload_kind(opened, question)
        else:
            forget(kept, opened, opened.files[question])
            opened.state.set(question, None)
            keep(kept, opened, section=response.section, language=response.language, now=now)
            note(kept, response, "response.file_removed", now=now, details={"question": question})


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
        found = kept.files_of(consultation.id, scope)
        replies = kept.replies_by_key(consultation.id, {file.response_id for file, _reference in found}, scope)
        sent = {str(answer) for each in replies for answer in each.submission.values()}
        return tuple((file, reference) for file, reference in found if file.id in sent)


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


def sent_files(kept: Transaction, response_id: int) -> frozenset[str]:
    """The answers of all that was sent as this response, the ids of files among them."""
    return frozenset(str(answer) for each in kept.revisions(response_id) for answer in each.submission.values())


def forget(kept: Transaction, opened: OpenResponse, file: FileRecord) -> None:
    """Removes a file that no answer names any more; what was sent once is kept with the revision that names it."""
    if not opened.response.correcting or file.id not in sent_files(kept, opened.response.id):
        kept.remove_file(file.id)


def _upload_kind(opened: OpenResponse, question: str) -> Kind:
    """The kind of an upload question of the form; InvalidInput("file.not_asked") for anything else."""
    asked = opened.state.form.questions.get(name_of(question))
    if asked is None or asked.question.kind not in UPLOAD_KINDS or not opened.state.is_known(question):
        raise InvalidInput("file.not_asked")
    return asked.question.kind
