"""Which question plays which part in each version of a questionnaire: by its name, or chosen by staff."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from data.errors import InvalidInput
from data.records import ConsultationRecord, ResponseStatus
from data.store import Store, Transaction
from survey.access import Action, Actor, require
from survey.acts import note_settings
from survey.consultation_rules import require_fitting, require_kept_apart
from survey.policies import policies_of
from survey.published_forms import extended, form, lineage_of
from survey.questionnaire import UNASKED_KINDS, UPLOAD_KINDS, Answer, Kind, Question, Questionnaire
from survey.versions.lineage import Lineage
from survey.versions.renames import NO_RENAMES, RenameMap, successors

ROLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "organisation": ("org_name", "organisation", "organization"),
    "region": ("region",),
    "country": ("country",),
    "organisation_type": ("org_type", "organisation_type", "organization_type"),
    "level": ("work_level", "level"),
    "publish": ("publish",),
    "consent": ("consent",),
    "contact": ("contact_email", "email"),
    "finding": ("finding",),
    "recommendation": ("recommendation",),
    "recommendation_challenge": ("rec_challenge", "recommendation_challenge"),
    "challenge": ("prio_1", "challenge"),
    "action_local": ("action_local",),
    "action_national": ("action_national",),
    "action_regional": ("action_regional",),
    "action_international": ("action_international",),
}
"""Which question plays which part, by the names that forms of this field use."""

COLUMN_LENGTH = 20
"""Letters of an answer that is kept in a column of its own."""


def roles_of(
    questionnaires: Mapping[int, Questionnaire], renames: Mapping[int, RenameMap]
) -> dict[int, dict[str, str]]:
    """Which question plays which part in each version: by its name, else the one that played it in the version before,
    else the one that is called otherwise in the version behind and plays it there.

    The contact question keeps its part under any name, so that contact data never fall among the answers.
    """
    found: dict[int, dict[str, str]] = {}
    before: Questionnaire | None = None
    inherited: dict[str, str] = {}
    for number in sorted(questionnaires):
        form = questionnaires[number]
        names = {question.name for question in form.questions()}
        if before is not None:
            going = successors(before, form, renames.get(number, NO_RENAMES))
            inherited = {role: going[name] for role, name in inherited.items() if name in going}
        named = {role: next(n for n in known if n in names) for role, known in ROLE_NAMES.items() if names & set(known)}
        found[number] = inherited = {**inherited, **named, **{r: n for r, n in inherited.items() if r == "contact"}}
        before = form
    for earlier, later in reversed(tuple(pairwise(sorted(questionnaires)))):
        going = successors(questionnaires[earlier], questionnaires[later], renames.get(later, NO_RENAMES))
        back = {target: name for name, target in going.items()}
        found[earlier] = {role: back[name] for role, name in found[later].items() if name in back} | found[earlier]
    return found


def roles_by_version(line: Lineage, known: Mapping[str, str], of: int) -> dict[int, dict[str, str]]:
    """Which question plays which part in each version, with what staff chose.

    known  the roles of the version `of`. Where they are not what the names say, somebody chose them, and that holds
           in every version that has this question.
    """
    found = roles_of(line.questionnaires, line.renames)
    until_then = {number: form for number, form in line.questionnaires.items() if number <= of}
    named = roles_of(until_then, line.renames)[of]
    for role in {*known, *named}:
        chosen = known.get(role, "")
        if chosen == named.get(role, ""):
            continue
        for number in line.numbers:
            name = line.original(number, line.joined(of, chosen)) if chosen else ""
            if name:
                found[number][role] = name
            elif not chosen:
                found[number].pop(role, None)
    return found


def roles_of_next(
    kept: Transaction, existing: ConsultationRecord | None, new: Questionnaire, renames: RenameMap
) -> dict[str, str]:
    """Which question plays which part in a questionnaire that would be the next version, or the first."""
    if existing is None:
        return roles_of({1: new}, {})[1]
    number = len(kept.version_numbers(existing.id)) + 1
    line = extended(kept, existing.id, number, new, renames)
    return roles_by_version(line, existing.roles, number - 1)[number]


def roles_in(kept: Transaction, consultation: ConsultationRecord, number: int) -> Mapping[str, str]:
    """Which question plays which part in one version.

    consultation  as it is kept, with the roles of the newest version
    """
    if number == kept.newest_version(consultation.id):
        return consultation.roles
    line = lineage_of(kept, consultation.id)
    return roles_by_version(line, consultation.roles, line.newest)[number]


def askable(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions that can play a part: asked once for each response."""
    around = questionnaire.repeats_of()
    return tuple(
        question
        for question in questionnaire.questions()
        if question.kind not in UNASKED_KINDS | UPLOAD_KINDS | {Kind.NOTE} and not around[question.name]
    )


def kept_columns(answers: Mapping[str, Answer], roles: Mapping[str, str]) -> dict[str, str]:
    """Region and permission to publish as they stand beside the answers."""
    return {name: str(answers.get(roles.get(name, ""), ""))[:COLUMN_LENGTH] for name in ("region", "publish")}


def set_roles(
    store: Store, slug: str, chosen: Mapping[str, str], *, actor: Actor, now: datetime, revision: int | None = None
) -> Mapping[str, str]:
    """Says which question of the newest version plays which part; "" is none, parts that are not named stay.

    revision  of the consultation that the writer had before them; None: whatever it is now
    Raises    InvalidInput("roles.unknown"), ("roles.no_question"); ("roles.answers_exist") for a part that is kept
              apart from the answers once somebody began; and the code of a rule that would have lost its question;
              Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        questionnaire, rules = form(kept, consultation.id).questionnaire, policies_of(consultation)
        roles = with_chosen(questionnaire, consultation.roles, chosen)
        if kept.has_responses(consultation.id):
            require_kept_apart(consultation.roles, roles, rules)
        require_fitting(questionnaire, roles, rules)
        kept.change_consultation(consultation.id, expected_revision=revision, roles=roles)
        line = lineage_of(kept, consultation.id)
        by_version = roles_by_version(line, roles, line.newest)
        for response in kept.responses(consultation.id):
            answers = response.answers if response.status is ResponseStatus.DRAFT else response.submission
            columns = kept_columns(answers, by_version[response.version_number])
            if columns != {"region": response.region[:COLUMN_LENGTH], "publish": response.publish}:
                kept.set_columns(response.id, **columns)
        note_settings(kept, slug, "consultation.roles", consultation, actor=actor, now=now)
    return roles


def with_chosen(questionnaire: Questionnaire, known: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The roles with what was chosen instead; InvalidInput("roles.unknown"), ("roles.no_question")."""
    names = {question.name for question in askable(questionnaire)}
    roles = dict(known)
    for role, name in chosen.items():
        if role not in ROLE_NAMES:
            raise InvalidInput("roles.unknown", part=role, parts=", ".join(ROLE_NAMES))
        if name and name not in names:
            raise InvalidInput("roles.no_question", part=role, question=name)
        roles[role] = name
    return {role: name for role, name in roles.items() if name}
