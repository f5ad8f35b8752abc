"""A draft and the version of its questionnaire: it moves to the newest one, and so does what an older window sends."""

from collections.abc import Mapping
from datetime import datetime

from data.errors import InvalidInput
from data.records import ResponseRecord, ResponseStatus
from data.store import Transaction
from survey import published_forms, question_roles
from survey.acts import note
from survey.consent import text_shown
from survey.logic.answers import coerce
from survey.logic.instances import name_of
from survey.open_responses import split_contact
from survey.policies import policies_of
from survey.questionnaire import UNASKED_KINDS, Answer, Group
from survey.versions.changes import broken
from survey.versions.lineage import Lineage
from survey.versions.renames import elements


def moved(kept: Transaction, response: ResponseRecord, now: datetime) -> ResponseRecord:
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


def brought(
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


def present_key(kept: Transaction, response: ResponseRecord, version: int, key: str) -> str:
    """What a question of the version that a window shows is called in the response's own version."""
    if not version or version >= response.version_number:
        return key
    line = published_forms.lineage_of(kept, response.consultation_id).until(response.version_number)
    return line.key(version, key) if name_of(key) in elements(line.questionnaires[version]) else key
