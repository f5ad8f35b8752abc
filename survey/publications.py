"""Use cases about the versions of a questionnaire: publish one, what a new one would change, which there are, their
workbooks.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from data.errors import Conflict, InvalidInput, NotFound
from data.records import AnswerValue, ConsultationRecord, ConsultationStatus, ResponseStatus, Scope, VersionRecord
from data.store import Store, Transaction
from survey.access import Action, Actor, decide, require
from survey.acts import note_settings
from survey.consultation_rules import (
    dates_in_zone,
    recoded,
    require_dates,
    require_fitting,
    require_kept_apart,
    stays_visible,
)
from survey.policies import Policies, changed, policies_of
from survey.policies import to_json as policies_to_json
from survey.published_forms import extended, lineage_of
from survey.question_roles import askable, roles_of_next, with_chosen
from survey.questionnaire import Question, Questionnaire
from survey.uploads import plain_name
from survey.versions.changes import (
    Change,
    Suggestion,
    as_suggestions,
    breaking,
    counted,
    difference,
    kept_apart,
    said_otherwise,
    suggestions,
)
from survey.versions.lineage import Lineage
from survey.versions.renames import NO_RENAMES, RenameMap, require_sound
from survey.versions.renames import to_json as renames_to_json
from survey.xlsform.checker import check, is_usable
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, to_json

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What `publish` did."""

    slug: str
    version: int
    questions: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """The file that a questionnaire came from."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What publishing would change.

    version      number of the newest version, the one that is compared with
    changes      every change, with the replies and drafts it touches
    suggestions  renames that may be meant
    apart        what keeps its name and means something else: its answers stay apart unless this entry says otherwise
    """

    version: int
    changes: tuple[Change, ...]
    suggestions: tuple[Suggestion, ...]
    apart: tuple[Suggestion, ...] = ()

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break answers which are there."""
        return breaking(self.changes)


def publish(
    store: Store,
    sheets: Sheets,
    *,
    slug: str,
    title: Mapping[str, str],
    actor: Actor,
    now: datetime,
    opens_at: datetime | None = None,
    deadline_at: datetime | None = None,
    closes_at: datetime | None = None,
    fictional: bool = False,
    renames: RenameMap = NO_RENAMES,
    expected_version: int | None = None,
    accept_changes: bool = False,
    workbook: Workbook | None = None,
    roles: Mapping[str, str] = MappingProxyType({}),
    rules: Mapping[str, str] = MappingProxyType({}),
    waits: bool = False,
) -> Published:
    """Opens a consultation with this questionnaire, or adds a version to the one with that slug.

    A present consultation takes over the title and the dates that are given, and keeps the others.

    renames           what questions and choices of the newest version are called in this one.
    expected_version  the version that the difference was shown for, 0 for a new consultation; None: whatever is there.
    accept_changes    True publishes although changes break answers which are there; what means something else under
                      the same name is kept apart, unless `renames` has an entry for it.
    workbook          the file, kept beside the rows.
    roles             part -> the question that plays it, where its name does not say so; "" for none
    rules             those that were typed (`survey.policies.NAMES`), the others stay
    waits             True for a new consultation that takes no answers until somebody opens it.
    Raises InvalidInput("questionnaire.invalid") when the workbook has errors, ("consultation.slug"),
    ("consultation.title") or ("consultation.dates") when those cannot be used, ("renames.invalid"),
    ("version.breaks_answers", changes=...), what `set_roles` raises, ("policies.invalid"), and the code of a rule that
    this questionnaire does not fit; Conflict("version.published_meanwhile").
    """
    require_publishing(actor, slug)
    if not _SLUG.fullmatch(slug):
        raise InvalidInput("consultation.slug", slug=slug)
    require_dates(opens_at, deadline_at, closes_at)
    questionnaire = usable(sheets)
    dates = {"opens_at": opens_at, "deadline_at": deadline_at, "closes_at": closes_at}
    with store.read() as kept:  # counting answers takes long in a large consultation, and nobody shall wait for it
        existing = next((c for c in kept.consultations() if c.slug == slug), None)
        number = len(kept.version_numbers(existing.id)) + 1 if existing else 1
        if expected_version not in (None, number - 1):
            raise Conflict("version.published_meanwhile", version=number - 1)
        if existing is not None:
            found = compare(kept, existing, questionnaire, renames)
            if found.breaking and not accept_changes:
                raise InvalidInput("version.breaks_answers", count=len(found.breaking), changes=found.breaking)
            old = lineage_of(kept, existing.id).questionnaire
            renames = kept_apart(found.breaking, old, questionnaire, renames)
    with store.write(takes_long=True) as kept:
        existing = next((c for c in kept.consultations() if c.slug == slug), None)
        known = kept.version_numbers(existing.id) if existing else ()
        if len(known) != number - 1:
            raise Conflict("version.published_meanwhile", version=len(known))
        if existing is None:
            if not any(words.strip() for words in title.values()):
                raise InvalidInput("consultation.title")
            if renames:
                raise InvalidInput("renames.nothing_before")
            policies = changed(Policies(), rules)
            parts = with_chosen(questionnaire, roles_of_next(kept, None, questionnaire, renames), roles)
            require_fitting(questionnaire, parts, policies)
            consultation_id = kept.add_consultation(
                slug=slug,
                title=dict(title),
                status=ConsultationStatus.DRAFT if waits else ConsultationStatus.OPEN,
                fictional=fictional,
                roles=parts,
                policies=policies_to_json(policies),
                created_at=now,
                **dates,
            )
        else:
            consultation_id = existing.id
            before = policies_of(existing)
            line = extended(kept, existing.id, number, questionnaire, renames)
            policies = recoded(changed(before, rules), existing, line)
            merged = {**dates_in_zone(existing, before, policies), **{n: m for n, m in dates.items() if m is not None}}
            require_dates(*merged.values())
            played = roles_of_next(kept, existing, questionnaire, renames)
            parts = with_chosen(questionnaire, played, roles)
            if kept.has_responses(existing.id):
                require_kept_apart(played, parts, before)
                if policies.identification is not before.identification:
                    raise InvalidInput("policies.answers_exist")
            require_fitting(questionnaire, parts, policies)
            if not stays_visible(policies, merged["closes_at"]):
                raise InvalidInput("policies.visible_before")
            titles = {**existing.title, **{tag: words for tag, words in title.items() if words.strip()}}
            kept.change_consultation(
                consultation_id,
                expected_revision=None,
                roles=parts,
                title=titles,
                policies=policies_to_json(policies),
                **merged,
            )
            _recode_challenges(kept, existing, line)
            _recode_scopes(kept, existing, line)
        kept.add_version(
            consultation_id=consultation_id,
            number=number,
            workbook=to_json(sheets),
            created_at=now,
            renames=renames_to_json(renames),
            file_name="" if workbook is None else plain_name(workbook.name),
            file_sha256="" if workbook is None else hashlib.sha256(workbook.content).hexdigest(),
            file_content=None if workbook is None else workbook.content,
        )
        details = {"version": number, **({"renames": renames_to_json(renames)} if renames else {})}
        note_settings(kept, slug, "consultation.published", existing, actor=actor, now=now, details=details)
    tags = tuple(language.tag for language in questionnaire.languages)
    names = {question.name for question in questionnaire.questions()}
    return Published(slug=slug, version=number, questions=len(names), languages=tags)


def usable(sheets: Sheets) -> Questionnaire:
    """The questionnaire of the workbook; InvalidInput("questionnaire.invalid", issues=...) when it has errors."""
    issues = check(sheets)
    if not is_usable(issues):
        errors = tuple(issue for issue in issues if issue.severity == "error")
        raise InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    return read_questionnaire(sheets)


def compare(kept: Transaction, consultation: ConsultationRecord, new: Questionnaire, renames: RenameMap) -> Difference:
    """What this questionnaire would change as the next version, counted in the answers that are there.

    Raises InvalidInput("renames.invalid", issues=...) with everything that cannot be renamed so.
    """
    line = lineage_of(kept, consultation.id)
    require_sound(line.questionnaire, new, renames)
    contacts = kept.contacts(consultation.id)

    def held(status: ResponseStatus) -> list[Mapping[str, AnswerValue]]:
        found = kept.responses(consultation.id, status=status)
        sent = status is ResponseStatus.SUBMITTED
        return [
            line.carry(
                each.version_number, {**(each.submission if sent else each.answers), **contacts.get(each.id, {})}
            )
            for each in found
        ]

    changes = counted(
        difference(line.questionnaire, new, renames),
        line.questionnaire,
        new,
        renames,
        submitted=held(ResponseStatus.SUBMITTED),
        drafts=held(ResponseStatus.DRAFT),
    )
    return Difference(
        version=line.newest,
        changes=changes,
        suggestions=suggestions(line.questionnaire, new, renames),
        apart=said_otherwise(breaking(changes), line.questionnaire, new, renames),
    )


def preview_publish(
    store: Store, sheets: Sheets, *, slug: str, actor: Actor, renames: RenameMap = NO_RENAMES
) -> Difference:
    """What publishing this workbook would change, with the replies and drafts touched; nothing is written.

    Raises NotFound("consultation.unknown"); InvalidInput("questionnaire.invalid"), ("renames.invalid").
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    questionnaire = usable(sheets)
    with store.read() as kept:
        return compare(kept, kept.consultation(slug), questionnaire, renames)


def renames_that_hold(
    store: Store, sheets: Sheets, *, slug: str, renames: RenameMap, actor: Actor
) -> tuple[Suggestion, ...]:
    """Those of the renames that can hold between the newest version and this workbook, with the words of both.

    Raises NotFound("consultation.unknown"); InvalidInput("questionnaire.invalid").
    """
    require(actor, Action.EDIT_QUESTIONNAIRE, slug)
    questionnaire = usable(sheets)
    with store.read() as kept:
        line = lineage_of(kept, kept.consultation(slug).id)
    return as_suggestions(line.questionnaire, questionnaire, renames)


def parts(
    store: Store, sheets: Sheets, *, slug: str, actor: Actor, renames: RenameMap = NO_RENAMES
) -> tuple[tuple[Question, ...], Mapping[str, str]]:
    """(questions that can play a part, part -> the question that plays it unless another is chosen).

    sheets  without errors: they are not checked again, which takes long
    """
    require_publishing(actor, slug)
    questionnaire = read_questionnaire(sheets)
    with store.read() as kept:
        existing = next((each for each in kept.consultations() if each.slug == slug), None)
        roles = roles_of_next(kept, existing, questionnaire, renames)
    return askable(questionnaire), roles


def history(store: Store, slug: str, *, actor: Actor) -> tuple[VersionRecord, ...]:
    """Every version of a consultation, the oldest first."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        return kept.versions(kept.consultation(slug).id)


def workbook(store: Store, slug: str, number: int, *, actor: Actor) -> Workbook:
    """The file that a version came from, as it was given; NotFound("version.no_file") when none was kept."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        for version in kept.versions(consultation.id):
            if version.number == number:
                content = kept.version_file(consultation.id, number)
                return Workbook(name=f"{slug}-v{number}-{version.file_name}", content=content)
    raise NotFound("version.no_file")


def require_publishing(actor: Actor, slug: str) -> None:
    """Returns when the actor may publish at that address: a version of what is there, or a new consultation."""
    if not decide(actor, Action.EDIT_QUESTIONNAIRE, slug).allowed:
        require(actor, Action.CREATE_CONSULTATIONS)


def _recode_challenges(kept: Transaction, before: ConsultationRecord, line: Lineage) -> None:
    """Recommendations name their challenge by its code; the code follows the renames of the version just added."""
    question = before.roles.get("recommendation_challenge") or before.roles.get("challenge", "")
    old = line.numbers[-2]
    form_before = line.questionnaires[old]
    known = {choice.name for choice in form_before.choices(form_before.question(question))} if question else set()
    for each in kept.recommendations(before.id):
        if each.challenge in known:
            code = line.code(old, question, each.challenge)
            if code != each.challenge:
                kept.change_recommendation(each.id, expected_revision=each.revision, challenge=code)


def _recode_scopes(kept: Transaction, before: ConsultationRecord, line: Lineage) -> None:
    """Roles for some regions, and reports on them, follow the renames of the version just added."""
    question, old = before.roles.get("region", ""), line.numbers[-2]
    form_before = line.questionnaires[old]
    known = {choice.name for choice in form_before.choices(form_before.question(question))} if question else set()

    def followed(scope: Scope) -> Scope:
        if scope.regions is None:
            return scope
        codes = (line.code(old, question, code) if code in known else code for code in scope.regions)
        return replace(scope, regions=frozenset(codes))

    for each in kept.grants_in(before.id):
        if followed(each.scope) != each.scope:
            kept.set_grant(
                each.person_id,
                before.id,
                role=each.role,
                scope=followed(each.scope),
                created_at=each.created_at,
                created_by=each.created_by,
            )
    for report in kept.reports(before.id):
        if followed(report.scope) != report.scope:
            scope = followed(report.scope).as_mapping()
            kept.change_report(report.id, expected_revision=report.revision, scope=scope)
