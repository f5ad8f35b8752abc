"""The rules of a consultation: set, as far as its questionnaire, its dates and what was answered already allow them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from data.errors import InvalidInput
from data.records import ConsultationRecord
from data.store import Store
from survey.access import Action, Actor, require
from survey.acts import note_settings
from survey.policies import Policies, PolicyIssue, changed, in_zone, policies_of
from survey.policies import to_json as policies_to_json
from survey.published_forms import form
from survey.questionnaire import Kind, Questionnaire
from survey.versions.lineage import Lineage

DATES = ("opens_at", "deadline_at", "closes_at")
"""The dates of a consultation, in their order."""


def set_policies(
    store: Store, slug: str, typed: Mapping[str, str], *, actor: Actor, now: datetime, revision: int | None = None
) -> Policies:
    """Sets the rules that were typed (`survey.policies.NAMES`), the others stay; returns all.

    With another zone, a date that is a whole day is that day there from now on (`policies.in_zone`).
    revision  of the consultation that the writer had before them; None: whatever it is now
    Raises    InvalidInput("policies.invalid", issues=...) with every fault; ("consultation.dates") when another zone
              would put the dates into another order; Conflict "record.changed_elsewhere".
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
        dates = dates_in_zone(consultation, before, rules)
        require_dates(*dates.values())
        if not stays_visible(rules, dates["closes_at"]):
            issues.append(PolicyIssue(name="visible_until", code="policies.visible_before"))
        if issues:
            raise InvalidInput("policies.invalid", count=len(issues), issues=tuple(issues))
        kept.change_consultation(consultation.id, expected_revision=revision, policies=policies_to_json(rules), **dates)
        note_settings(kept, slug, "consultation.policies", consultation, actor=actor, now=now)
    return rules


def groups(questionnaire: Questionnaire, roles: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Part -> codes of its question, of the parts whose groups can be limited: one answer out of a list."""
    found = {}
    for role, name in roles.items():
        question = questionnaire.question(name)
        if question.kind is Kind.SELECT_ONE and role not in ("consent", "contact"):
            found[role] = tuple(choice.name for choice in questionnaire.choices(question))
    return found


def require_fitting(questionnaire: Questionnaire, roles: Mapping[str, str], rules: Policies) -> None:
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


def _personal(questionnaire: Questionnaire, roles: Mapping[str, str]) -> tuple[str, ...]:
    """The questions that ask who somebody is."""
    names = {question.name for question in questionnaire.questions()}
    return tuple(roles[role] for role in ("organisation", "contact") if roles.get(role) in names)


def require_kept_apart(before: Mapping[str, str], after: Mapping[str, str], rules: Policies) -> None:
    """Returns when what is kept apart from the answers, in those that are there, stays apart."""
    for role in rules.apart:
        if before.get(role) != after.get(role):
            raise InvalidInput("roles.answers_exist", part=role)


def recoded(rules: Policies, before: ConsultationRecord, line: Lineage) -> Policies:
    """The rules with the codes of limited groups as the version just added writes them."""
    question = before.roles.get(rules.quota_role, "")
    if not question or rules.quotas != policies_of(before).quotas:
        return rules
    old = line.numbers[-2]
    codes = {code: code if code == "*" else line.code(old, question, code) for code in rules.quotas}
    return replace(rules, quotas={codes[code]: limit for code, limit in rules.quotas.items()})


def require_dates(*moments: datetime | None) -> None:
    """Returns when these come one after the other; InvalidInput("consultation.dates") when not. None is not said."""
    dates = [moment for moment in moments if moment is not None]
    if dates != sorted(dates):
        raise InvalidInput("consultation.dates")


def dates_in_zone(consultation: ConsultationRecord, before: Policies, after: Policies) -> dict[str, datetime | None]:
    """The dates of a consultation when another zone is stated."""
    return {
        name: in_zone(getattr(consultation, name), before.clock, after.clock, end_of_day=name != "opens_at")
        for name in DATES
    }


def stays_visible(rules: Policies, closes_at: datetime | None) -> bool:
    """True when what was sent is shown until the consultation closes and corrections end."""
    last = max((m for m in (closes_at, rules.corrections_until) if m is not None), default=None)
    return rules.visible_until is None or last is None or rules.visible_until >= last
