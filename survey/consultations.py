"""Use cases about a consultation: publish a questionnaire, are answers taken, the compiled form."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from data.audit import differences
from data.errors import Conflict, InvalidInput
from data.records import AnswerValue, ConsultationRecord, ConsultationStatus, ResponseStatus, Scope
from data.store import Store, Transaction
from survey.access import Action, Actor, decide, require
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.policies import Policies, PolicyIssue, changed, closing, in_zone, policies_of, written
from survey.policies import to_json as policies_to_json
from survey.questionnaire import UNASKED_KINDS, UPLOAD_KINDS, Answer, Kind, Question, Questionnaire
from survey.versions.changes import (
    Change,
    Suggestion,
    breaking,
    counted,
    difference,
    kept_apart,
    said_otherwise,
    suggestions,
)
from survey.versions.lineage import Lineage
from survey.versions.renames import NO_RENAMES, RenameMap, require_sound, successors
from survey.versions.renames import from_json as renames_from_json
from survey.versions.renames import to_json as renames_to_json
from survey.xlsform.checker import check, is_usable
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_json, to_json

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

DATES = ("opens_at", "deadline_at", "closes_at")
"""The dates of a consultation, in their order."""
COLUMN_LENGTH = 20
"""Letters of an answer that is kept in a column of its own."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class Standing(StrEnum):
    """Whether a consultation takes answers now."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"


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
    _require_dates(opens_at, deadline_at, closes_at)
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
            parts = _chosen(questionnaire, roles_of_next(kept, None, questionnaire, renames), roles)
            _require_fitting(questionnaire, parts, policies)
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
            line = _extended(kept, existing.id, number, questionnaire, renames)
            policies = _recoded(changed(before, rules), existing, line)
            merged = {**_in_zone(existing, before, policies), **{n: m for n, m in dates.items() if m is not None}}
            _require_dates(*merged.values())
            played = roles_of_next(kept, existing, questionnaire, renames)
            parts = _chosen(questionnaire, played, roles)
            if kept.has_responses(existing.id):
                _require_kept_apart(played, parts, before)
                if policies.identification is not before.identification:
                    raise InvalidInput("policies.answers_exist")
            _require_fitting(questionnaire, parts, policies)
            if not _stays_visible(policies, merged["closes_at"]):
                raise InvalidInput("policies.visible_before")
            titles = {**existing.title, **{tag: words for tag, words in title.items() if words.strip()}}
            kept.change_consultation(
                consultation_id, roles=parts, title=titles, policies=policies_to_json(policies), **merged
            )
            _recode_challenges(kept, existing, line)
            _recode_grants(kept, existing, line)
        kept.add_version(
            consultation_id=consultation_id,
            number=number,
            workbook=to_json(sheets),
            created_at=now,
            renames=renames_to_json(renames),
            file_name="" if workbook is None else workbook.name[-300:],
            file_sha256="" if workbook is None else hashlib.sha256(workbook.content).hexdigest(),
            file_content=None if workbook is None else workbook.content,
        )
        details = {"version": number, **({"renames": renames_to_json(renames)} if renames else {})}
        changes = differences(_settings(existing), _settings(kept.consultation(slug)))
        kept.record(
            at=now,
            actor=actor.label,
            action="consultation.published",
            subject=slug,
            consultation=slug,
            details=details,
            changes=changes,
        )
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
    line = _extended(kept, existing.id, number, new, renames)
    return roles_by_version(line, existing.roles, number - 1)[number]


def askable(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions that can play a part: asked once for each response."""
    around = questionnaire.repeats_of()
    return tuple(
        question
        for question in questionnaire.questions()
        if question.kind not in UNASKED_KINDS | UPLOAD_KINDS | {Kind.NOTE} and not around[question.name]
    )


def set_roles(store: Store, slug: str, chosen: Mapping[str, str], *, actor: Actor, now: datetime) -> Mapping[str, str]:
    """Says which question of the newest version plays which part; "" is none, parts that are not named stay.

    Raises InvalidInput("roles.unknown"), ("roles.no_question"); ("roles.answers_exist") for a part that is kept apart
    from the answers once somebody began; and the code of a rule that would have lost its question.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        questionnaire, rules = form(kept, consultation.id).questionnaire, policies_of(consultation)
        roles = _chosen(questionnaire, consultation.roles, chosen)
        if kept.has_responses(consultation.id):
            _require_kept_apart(consultation.roles, roles, rules)
        _require_fitting(questionnaire, roles, rules)
        kept.change_consultation(consultation.id, roles=roles)
        line = lineage_of(kept, consultation.id)
        by_version = roles_by_version(line, roles, line.newest)
        for response in kept.responses(consultation.id):
            answers = response.answers if response.status is ResponseStatus.DRAFT else response.submission
            columns = kept_columns(answers, by_version[response.version_number])
            if columns != {"region": response.region[:COLUMN_LENGTH], "publish": response.publish}:
                kept.set_columns(response.id, **columns)
        kept.record(
            at=now,
            actor=actor.label,
            action="consultation.roles",
            subject=slug,
            consultation=slug,
            details={},
            changes=differences(_settings(consultation), _settings(kept.consultation(slug))),
        )
    return roles


def _chosen(questionnaire: Questionnaire, known: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The roles with what was chosen instead."""
    names = {question.name for question in askable(questionnaire)}
    roles = dict(known)
    for role, name in chosen.items():
        if role not in ROLE_NAMES:
            raise InvalidInput("roles.unknown", part=role, parts=", ".join(ROLE_NAMES))
        if name and name not in names:
            raise InvalidInput("roles.no_question", part=role, question=name)
        roles[role] = name
    return {role: name for role, name in roles.items() if name}


def _require_kept_apart(before: Mapping[str, str], after: Mapping[str, str], rules: Policies) -> None:
    """Returns when what is kept apart from the answers, in those that are there, stays apart."""
    for role in rules.apart:
        if before.get(role) != after.get(role):
            raise InvalidInput("roles.answers_exist", part=role)


def _require_fitting(questionnaire: Questionnaire, roles: Mapping[str, str], rules: Policies) -> None:
    """Returns when the questionnaire has what the rules need; raises InvalidInput with the code of the first fault."""
    for issue in _unfitting(questionnaire, roles, rules):
        raise InvalidInput(issue.code, **issue.params)


def _unfitting(questionnaire: Questionnaire, roles: Mapping[str, str], rules: Policies) -> Iterator[PolicyIssue]:
    """The rules that these questions do not allow."""
    asked = _personal(questionnaire, roles)
    if rules.anonymous and asked:
        params = {"names": ", ".join(asked)}
        yield PolicyIssue(name="identification", code="policies.anonymous_asks", params=params)
    if rules.one_per_organisation and not rules.anonymous and "organisation" not in roles:
        yield PolicyIssue(name="one_per_organisation", code="policies.no_organisation")
    if not rules.quota_role:
        return
    counted = roles.get(rules.quota_role, "")
    if not counted:
        known = ", ".join(sorted(groups(questionnaire, roles)))
        yield PolicyIssue(name="quota_role", code="policies.no_role", params={"roles": known})
        return
    codes = groups(questionnaire, roles).get(rules.quota_role, ())
    strange = [code for code in rules.quotas if code not in (*codes, "*")]
    if not codes:
        yield PolicyIssue(name="quota_role", code="policies.no_choices", params={"question": counted})
    elif strange:
        shown = {"question": counted, "codes": ", ".join(strange), "known": ", ".join(codes)}
        yield PolicyIssue(name="quotas", code="policies.quota_codes", params=shown)


def groups(questionnaire: Questionnaire, roles: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Part -> codes of its question, of the parts whose groups can be limited: one answer out of a list."""
    found = {}
    for role, name in roles.items():
        question = questionnaire.question(name)
        if question.kind is Kind.SELECT_ONE and role not in ("consent", "contact"):
            found[role] = tuple(choice.name for choice in questionnaire.choices(question))
    return found


def _recoded(rules: Policies, before: ConsultationRecord, line: Lineage) -> Policies:
    """The rules with the codes of limited groups as the version just added writes them."""
    question = before.roles.get(rules.quota_role, "")
    if not question or rules.quotas != policies_of(before).quotas:
        return rules
    old = line.numbers[-2]
    codes = {code: code if code == "*" else line.code(old, question, code) for code in rules.quotas}
    return replace(rules, quotas={codes[code]: limit for code, limit in rules.quotas.items()})


def _in_zone(consultation: ConsultationRecord, before: Policies, after: Policies) -> dict[str, datetime | None]:
    """The dates of a consultation when another zone is stated."""
    return {
        name: in_zone(getattr(consultation, name), before.clock, after.clock, end_of_day=name != "opens_at")
        for name in DATES
    }


def kept_columns(answers: Mapping[str, Answer], roles: Mapping[str, str]) -> dict[str, str]:
    """Region and permission to publish as they stand beside the answers."""
    return {name: str(answers.get(roles.get(name, ""), ""))[:COLUMN_LENGTH] for name in ("region", "publish")}


def lineage_of(kept: Transaction, consultation_id: int) -> Lineage:
    """All versions of a consultation joined."""
    key = kept.version_key(consultation_id)
    if key not in _LINEAGES:
        versions = kept.versions(consultation_id)
        if len(_LINEAGES) >= FORMS_KEPT:
            _LINEAGES.clear()
        forms = {each.number: form(kept, consultation_id, each.number).questionnaire for each in versions}
        _LINEAGES[key] = Lineage(forms, {each.number: renames_from_json(each.renames) for each in versions})
    return _LINEAGES[key]


def _extended(kept: Transaction, consultation_id: int, number: int, new: Questionnaire, renames: RenameMap) -> Lineage:
    line = lineage_of(kept, consultation_id)
    return Lineage({**line.questionnaires, number: new}, {**line.renames, number: renames})


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


def _recode_grants(kept: Transaction, before: ConsultationRecord, line: Lineage) -> None:
    """Roles for some regions follow the renames of the version just added."""
    question, old = before.roles.get("region", ""), line.numbers[-2]
    form_before = line.questionnaires[old]
    known = {choice.name for choice in form_before.choices(form_before.question(question))} if question else set()
    for each in kept.grants_in(before.id):
        regions = frozenset(
            line.code(old, question, code) if code in known else code for code in each.scope.regions or ()
        )
        if each.scope.regions is not None and regions != each.scope.regions:
            kept.set_grant(
                each.person_id,
                before.id,
                role=each.role,
                scope=replace(each.scope, regions=regions),
                created_at=each.created_at,
                created_by=each.created_by,
            )


def admitted(
    kept: Transaction, slug: str, actor: Actor, action: Action, *, unknown: str = "consultation.unknown"
) -> tuple[ConsultationRecord, Scope]:
    """The consultation, and the rows of it that the actor may do this with; raises what `access.require` raises."""
    scope = require(actor, action, slug, unknown=unknown)
    consultation = kept.consultation(slug)
    return consultation, scope_in(kept, consultation, scope)


def scope_in(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> Scope:
    """The scope in the codes that stand beside responses of every version.

    A code that meant another region in some version lets nothing through, rather than rows of that region.
    """
    if scope.regions is None:
        return scope
    line = lineage_of(kept, consultation.id)
    meant: dict[str, set[str]] = {}
    for number in line.numbers:
        form = line.questionnaires[number]
        question = roles_in(kept, consultation, number).get("region", "")
        for choice in form.choices(form.question(question)) if question else ():
            code = line.code(number, question, choice.name)
            for kept_code in (choice.name, choice.name[:COLUMN_LENGTH]):
                meant.setdefault(kept_code, set()).add(code)
    strange = {code for code in scope.regions if code not in meant}
    inside = {code for code, regions in meant.items() if regions <= scope.regions}
    return replace(scope, regions=frozenset(strange | inside))


def roles_in(kept: Transaction, consultation: ConsultationRecord, number: int) -> Mapping[str, str]:
    """Which question plays which part in one version.

    consultation  as it is kept, with the roles of the newest version
    """
    if number == kept.newest_version(consultation.id):
        return consultation.roles
    line = lineage_of(kept, consultation.id)
    return roles_by_version(line, consultation.roles, line.newest)[number]


def change(
    store: Store,
    slug: str,
    *,
    title: Mapping[str, str],
    opens_at: datetime | None,
    deadline_at: datetime | None,
    closes_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Sets titles (those in other languages stay) and all three dates; None removes a date.

    Raises InvalidInput("consultation.title"), ("consultation.dates"), ("policies.visible_before").
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    _require_dates(opens_at, deadline_at, closes_at)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        titles = {**consultation.title, **{tag: words.strip() for tag, words in title.items()}}
        if not any(titles.values()):
            raise InvalidInput("consultation.title")
        dates = {"opens_at": opens_at, "deadline_at": deadline_at, "closes_at": closes_at}
        visible = policies_of(consultation).visible_until
        if visible is not None and closes_at is not None and visible < closes_at:
            raise InvalidInput("policies.visible_before")
        kept.change_consultation(consultation.id, title=titles, **dates)
        changes = differences(_settings(consultation), _settings(kept.consultation(slug)))
        kept.record(
            at=now,
            actor=actor.label,
            action="consultation.changed",
            subject=slug,
            consultation=slug,
            details={},
            changes=changes,
        )


def _require_dates(*moments: datetime | None) -> None:
    dates = [moment for moment in moments if moment is not None]
    if dates != sorted(dates):
        raise InvalidInput("consultation.dates")


def set_policies(store: Store, slug: str, typed: Mapping[str, str], *, actor: Actor, now: datetime) -> Policies:
    """Sets the rules that were typed (`survey.policies.NAMES`), the others stay; returns all.

    With another zone, a date that is a whole day is that day there from now on (`policies.in_zone`).
    Raises InvalidInput("policies.invalid", issues=...) with every fault; ("consultation.dates") when another zone would
    put the dates into another order.
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        before = policies_of(consultation)
        rules = changed(before, typed)
        issues = []
        if rules.identification is not before.identification and kept.has_responses(consultation.id):
            issues.append(PolicyIssue(name="identification", code="policies.answers_exist"))
        issues += _unfitting(form(kept, consultation.id).questionnaire, consultation.roles, rules)
        dates = _in_zone(consultation, before, rules)
        _require_dates(*dates.values())
        if not _stays_visible(rules, dates["closes_at"]):
            issues.append(PolicyIssue(name="visible_until", code="policies.visible_before"))
        if issues:
            raise InvalidInput("policies.invalid", count=len(issues), issues=tuple(issues))
        kept.change_consultation(consultation.id, policies=policies_to_json(rules), **dates)
        changes = differences(_settings(consultation), _settings(kept.consultation(slug)))
        kept.record(
            at=now,
            actor=actor.label,
            action="consultation.policies",
            subject=slug,
            consultation=slug,
            details={},
            changes=changes,
        )
    return rules


def _stays_visible(rules: Policies, closes_at: datetime | None) -> bool:
    """True when what was sent is shown until the consultation closes and corrections end."""
    last = max((m for m in (closes_at, rules.corrections_until) if m is not None), default=None)
    return rules.visible_until is None or last is None or rules.visible_until >= last


def _personal(questionnaire: Questionnaire, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The questions that ask who somebody is."""
    names = {question.name for question in questionnaire.questions()}
    return tuple(roles[role] for role in ("organisation", "contact") if roles.get(role) in names)


def _settings(consultation: ConsultationRecord | None) -> dict[str, object]:
    """Every setting by its name, as the log tells what became of it."""
    if consultation is None:
        return {}
    dates = {name: getattr(consultation, name) for name in ("opens_at", "deadline_at", "closes_at")}
    titles = {f"title {tag}": words for tag, words in consultation.title.items()}
    roles = {f"part {role}": question for role, question in consultation.roles.items()}
    return {"status": str(consultation.status), **dates, **titles, **roles, **written(policies_of(consultation))}


def set_status(store: Store, slug: str, status: ConsultationStatus, *, actor: Actor, now: datetime) -> None:
    """Opens or closes a consultation by hand."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        kept.change_consultation(consultation.id, status=status)
        kept.record(
            at=now,
            actor=actor.label,
            action="consultation.status",
            subject=slug,
            consultation=slug,
            details={},
            changes={"status": [consultation.status, status]},
        )


def standing(consultation: ConsultationRecord, now: datetime) -> Standing:
    """Whether answers are taken at this moment; the last moment (`policies.closing`) belongs to the open period."""
    if consultation.status is ConsultationStatus.CLOSED:
        return Standing.CLOSED
    last = closing(consultation)
    if last is not None and now > last:
        return Standing.CLOSED
    if consultation.status is ConsultationStatus.DRAFT:
        return Standing.NOT_YET
    if consultation.opens_at is not None and now < consultation.opens_at:
        return Standing.NOT_YET
    return Standing.OPEN


def require_open(consultation: ConsultationRecord, now: datetime) -> None:
    """Returns when answers are taken now, else raises InvalidInput with the reason."""
    stands = standing(consultation, now)
    if stands is Standing.CLOSED:
        raise InvalidInput("consultation.closed")
    if stands is Standing.NOT_YET:
        raise InvalidInput("consultation.not_open_yet", opens_at=consultation.opens_at)


def is_late(consultation: ConsultationRecord, moment: datetime) -> bool:
    """True when a reply at this moment comes after the first deadline."""
    return consultation.deadline_at is not None and moment > consultation.deadline_at


def find(store: Store, slug: str) -> ConsultationRecord:
    """The consultation at that address; NotFound("consultation.unknown") when there is none."""
    with store.read() as kept:
        return kept.consultation(slug)


def listed(store: Store) -> tuple[ConsultationRecord, ...]:
    """All consultations, newest first."""
    with store.read() as kept:
        return kept.consultations()


def visible(store: Store, *, actor: Actor, action: Action) -> tuple[ConsultationRecord, ...]:
    """The consultations in which the actor may do this, newest first."""
    return tuple(each for each in listed(store) if decide(actor, action, each.slug).allowed)


def require_publishing(actor: Actor, slug: str) -> None:
    """Returns when the actor may publish at that address: a version of what is there, or a new consultation."""
    if not decide(actor, Action.EDIT_QUESTIONNAIRE, slug).allowed:
        require(actor, Action.CREATE_CONSULTATIONS)


def announced(store: Store) -> tuple[ConsultationRecord, ...]:
    """The consultations that anybody is shown, newest first: not those that wait until staff open them."""
    return tuple(each for each in listed(store) if each.status is not ConsultationStatus.DRAFT)


def form(kept: Transaction, consultation_id: int, number: int = 0) -> CompiledForm:
    """The compiled questionnaire of a version, the newest for number 0."""
    key = kept.version_key(consultation_id, number)
    if key not in _FORMS:
        versions = kept.versions(consultation_id)
        if len(_FORMS) >= FORMS_KEPT:
            _FORMS.clear()
        _FORMS[key] = _compiled((versions[-1] if number == 0 else versions[number - 1]).workbook)
    return _FORMS[key]


def newest_form(store: Store, consultation: ConsultationRecord) -> CompiledForm:
    """The compiled questionnaire that a new response gets."""
    with store.read() as kept:
        return form(kept, consultation.id)


def questionnaire(store: Store, consultation: ConsultationRecord) -> Questionnaire:
    """The newest questionnaire of a consultation."""
    return newest_form(store, consultation).questionnaire


FORMS_KEPT = 64
_LINEAGES: dict[tuple[object, ...], Lineage] = {}
"""Joined versions by what names the newest of them for ever."""
_FORMS: dict[tuple[object, ...], CompiledForm] = {}
"""Compiled questionnaires by what names a version for ever; immutable, shared by all sessions."""


@lru_cache(maxsize=FORMS_KEPT)
def _compiled(workbook: str) -> CompiledForm:
    return compile_form(read_questionnaire(from_json(workbook)))
