"""Use cases: who may do what in a consultation."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from data.audit import differences
from data.errors import InvalidInput, NotFound
from data.people_records import GrantRecord, PersonRecord
from data.records import ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import published_forms
from survey.access import Action, Actor, ConsultationRole, Role, require
from survey.acts import note_staff
from survey.questionnaire import Questionnaire
from survey.translator import LANGUAGES


def grant(
    store: Store,
    slug: str,
    login: str,
    role: ConsultationRole,
    *,
    regions: Iterable[str] = (),
    languages: Iterable[str] = (),
    actor: Actor,
    now: datetime,
) -> GrantRecord:
    """The person has this role in the consultation from now on, in the place of an earlier one.

    regions, languages  codes of the part that they see; none: all
    Raises NotFound("person.unknown"); InvalidInput("grant.own") for one's own role, ("grant.region"),
    ("grant.no_region"), ("grant.language"), and ("grant.sees_all") for a part of it to somebody who sees more by what
    they are everywhere.
    """
    require(actor, Action.GRANT_ROLES, slug)
    with store.write() as kept:
        consultation, person = kept.consultation(slug), _person(kept, login, actor)
        scope = _scope(kept, consultation, frozenset(regions), frozenset(languages))
        before = next((each for each in kept.grants_in(consultation.id) if each.person_id == person.id), None)
        if scope.is_narrow and Role(person.role) is not Role.MEMBER:
            raise InvalidInput("grant.sees_all", login=person.login)
        kept.set_grant(
            person.id, consultation.id, role=role, scope=scope, created_at=now, created_by=actor.name or actor.label
        )
        made = next(each for each in kept.grants_in(consultation.id) if each.person_id == person.id)
        changes = differences(_told(before), _told(made))
        note_staff(kept, slug, "role.granted", of=person.login, actor=actor, now=now, changes=changes)
        return made


def revoke(store: Store, slug: str, login: str, *, actor: Actor, now: datetime) -> None:
    """The person has no role in the consultation any more, from their next click on.

    Raises NotFound("person.unknown"), ("grant.unknown"); InvalidInput("grant.own").
    """
    require(actor, Action.GRANT_ROLES, slug)
    with store.write() as kept:
        consultation, person = kept.consultation(slug), _person(kept, login, actor)
        before = next((each for each in kept.grants_in(consultation.id) if each.person_id == person.id), None)
        if not kept.remove_grant(person.id, consultation.id):
            raise NotFound("grant.unknown", login=person.login, slug=slug)
        changes = differences(_told(before), {})
        note_staff(kept, slug, "role.revoked", of=person.login, actor=actor, now=now, changes=changes)


def granted(store: Store, slug: str, *, actor: Actor) -> tuple[GrantRecord, ...]:
    """Who has a role in the consultation, by login."""
    require(actor, Action.GRANT_ROLES, slug)
    with store.read() as kept:
        return kept.grants_in(kept.consultation(slug).id)


def everywhere(store: Store, slug: str, *, actor: Actor) -> tuple[PersonRecord, ...]:
    """Who may do something in the consultation because of what they are everywhere."""
    require(actor, Action.GRANT_ROLES, slug)
    with store.read() as kept:
        return tuple(each for each in kept.people() if each.active and Role(each.role) is not Role.MEMBER)


def regions_of(store: Store, slug: str, *, actor: Actor, language: str) -> Mapping[str, str]:
    """Code -> words of the regions that a role can be narrowed to."""
    require(actor, Action.GRANT_ROLES, slug)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        return _regions(published_forms.form(kept, consultation.id).questionnaire, consultation.roles, language)


def scope_words(form: Questionnaire, roles: Mapping[str, str], scope: Scope, language: str) -> tuple[str, ...]:
    """The part of a consultation in words: its regions, its languages; nothing for all of it."""
    parts = []
    if scope.regions is not None:
        labels = _regions(form, roles, language)
        # Codes of older versions come along with the present ones, which have the words.
        shown = [labels[code] for code in labels if code in scope.regions]
        parts.append(", ".join(shown or sorted(scope.regions)))
    if scope.languages is not None:
        parts.append(", ".join(LANGUAGES.get(tag, tag) for tag in sorted(scope.languages)))
    return tuple(parts)


def _told(grant: GrantRecord | None) -> dict[str, object]:
    return {} if grant is None else {"role": grant.role, **grant.scope.as_mapping()}


def _person(kept: Transaction, login: str, actor: Actor) -> PersonRecord:
    found = kept.credentials(login.strip().casefold())
    if found is None:
        raise NotFound("person.unknown")
    if found["id"] == actor.person_id:
        raise InvalidInput("grant.own")
    return kept.person(found["id"])


def _scope(
    kept: Transaction, consultation: ConsultationRecord, regions: frozenset[str], languages: frozenset[str]
) -> Scope:
    form = published_forms.form(kept, consultation.id).questionnaire
    known = _regions(form, consultation.roles, "en")
    if regions and not known:
        raise InvalidInput("grant.no_region")
    if strange := regions - set(known):
        raise InvalidInput("grant.region", codes=", ".join(sorted(strange)), known=", ".join(known))
    tags = {form.default_language, *(each.tag for each in form.languages)}
    if strange := languages - tags:
        raise InvalidInput("grant.language", tags=", ".join(sorted(strange)), known=", ".join(sorted(tags)))
    return Scope(regions=regions or None, languages=languages or None)


def _regions(form: Questionnaire, roles: Mapping[str, str], language: str) -> dict[str, str]:
    question = roles.get("region", "")
    if not question:
        return {}
    choices = form.choices(form.question(question))
    return {each.name: each.label.in_language(language, form.default_language) or each.name for each in choices}
