"""A consultation's data opened for an actor: who sees which figures, which replies count, on what state they rest.

What an actor sees on screen is decided here: internal figures for those who may, else what a meeting may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analysis import ledger, states
from analysis.dataset.arrays import Dataset
from analysis.dataset.kept import current
from analysis.dataset.snapshot import shown, whole
from analysis.disclosure import Audience, Policy
from analysis.findings.card import Source
from analysis.findings.listed import NO_LIST, ContactList
from analysis.findings.method import FrameMargin, Method
from data.invitation_records import Standing
from data.records import ConsultationRecord, Scope
from data.store import Store
from survey import consultations
from survey.access import Action, Actor, decide
from survey.grants import scope_words
from survey.questionnaire import Questionnaire, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which replies are looked at, as one value that can be a key: (variable, codes) pairs, in order.

    snapshot  the first digits of a frozen state that is looked at, or all of them; "" for the present
    """

    by_variable: tuple[tuple[str, tuple[str, ...]], ...] = ()
    snapshot: str = ""

    @classmethod
    def of(cls, chosen: Mapping[str, Sequence[str]], *, snapshot: str = "") -> "Filters":
        """Filters from a mapping; empty choices let everything through."""
        by_variable = tuple(sorted((name, tuple(codes)) for name, codes in chosen.items() if codes))
        return cls(by_variable=by_variable, snapshot=snapshot)

    def as_mapping(self) -> dict[str, tuple[str, ...]]:
        """Variable -> codes."""
        return dict(self.by_variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    consultation: ConsultationRecord
    questionnaire: Questionnaire
    dataset: Dataset
    digest: str
    scope: Scope
    versions: int
    excluded: int = 0
    frozen: states.FrozenState | None = None


def screen_audience(actor: Actor, slug: str) -> Audience:
    """What this actor may see of a consultation on screen."""
    internal = decide(actor, Action.READ_INTERNAL_FIGURES, slug).allowed
    return Audience.INTERNAL if internal else Audience.MEETING


def open_data(store: Store, slug: str, actor: Actor, audience: Audience, snapshot: str = "") -> Opened:
    action = Action.READ_INTERNAL_FIGURES if audience is Audience.INTERNAL else Action.READ_PROTECTED_FIGURES
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, action)
        excluded = kept.excluded_responses(consultation.id, scope)
        versions = len(kept.version_numbers(consultation.id))
        record = states.find(kept.snapshots(consultation.id, scope), snapshot) if snapshot else None
    if record is None:
        found = current(store, consultation, scope, without=excluded)
        return Opened(
            consultation=consultation,
            questionnaire=found.questionnaire,
            dataset=found.dataset,
            digest=found.digest,
            scope=scope,
            versions=versions,
            excluded=len(excluded),
        )
    frozen = states.open_frozen(store, consultation, record, scope)
    return Opened(
        consultation=replace(consultation, title=record.title, roles=record.conditions["roles"]),
        questionnaire=frozen.questionnaire,
        dataset=frozen.dataset,
        digest=frozen.answers,
        scope=record.scope,
        versions=len(record.conditions["versions"]),
        frozen=frozen,
    )


def label_of(text: Text, language: str, opened: Opened, fallback: str) -> str:
    return text.in_language(language, opened.questionnaire.default_language) or fallback


def every_reply(store: Store, consultation: ConsultationRecord, scope: Scope) -> Dataset:
    """The submitted replies within a scope, with those that a review excluded; for who was admitted to them."""
    return current(store, consultation, scope).dataset


def contacts_of(store: Store, opened: Opened, method: Method, audience: Audience) -> ContactList:
    """The contact list as far as the method rests on it, for weights to it and for intervals."""
    return whole_list(store, opened, audience) if method.interval.of_frame or method.weights.to_frame else NO_LIST


def whole_list(store: Store, opened: Opened, audience: Audience) -> ContactList:
    """The contact list within what the reader may see, as it is, or as a frozen state has kept it."""
    rules = ledger.rules_of(opened.consultation, audience)
    if opened.frozen is not None:
        return states.frozen_contacts(opened.frozen, rules)
    return states.contacts_of(store, opened.consultation, opened.scope, opened.versions, opened.dataset, rules)


def margins_of(store: Store, opened: Opened) -> Sequence[FrameMargin]:
    """The contact list by region and by type of organisation."""
    if opened.frozen is not None:
        return opened.frozen.margins
    return states.margins_of(store, opened.consultation, opened.scope, opened.versions)


def list_size(store: Store, opened: Opened) -> int:
    """How many are on the contact list, within what the reader may see; 0 of a frozen state that has kept none."""
    if opened.frozen is not None:
        return opened.frozen.contacts.invited or 0
    with store.read() as kept:
        return kept.contacts_revision(opened.consultation.id, opened.scope).invited


def state_of(store: Store, opened: Opened) -> str:
    """The SHA-256 that is printed under figures, in full."""
    if opened.frozen is not None:
        return opened.frozen.record.sha256
    return whole(opened.digest, _conditions(store, opened, _standings(store, opened)))


def digest(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> str:
    """The SHA-256 of the present state: answers, questionnaire, code-book, contact frame, rules and program; or in full
    that of a frozen state."""
    return state_of(store, open_data(store, slug, actor, Audience.MEETING, snapshot))


def source(store: Store, slug: str, *, actor: Actor, language: str, now: datetime, snapshot: str = "") -> Source:
    """What stands under figures that are no card's: consultation, time and state, present or frozen."""
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    rules = ledger.rules_of(opened.consultation, screen_audience(actor, slug))
    return source_of(store, opened, language, now, rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentState:
    """The present state: its SHA-256, what figures rest on besides the answers, and how replies stand to the contact
    list (`states.Standings`)."""

    sha256: str
    conditions: Mapping[str, Any]
    standing: Mapping[int, Standing]


def present_state(store: Store, slug: str, *, actor: Actor) -> PresentState:
    """What is frozen when a snapshot is taken now."""
    opened = open_data(store, slug, actor, Audience.INTERNAL)
    listed = _standings(store, opened)
    under = _conditions(store, opened, listed)
    return PresentState(sha256=whole(opened.digest, under), conditions=under, standing=listed.replies)


def _standings(store: Store, opened: Opened) -> states.Standings:
    return states.standings_of(store, opened.consultation, opened.scope, opened.versions, opened.dataset)


def _conditions(store: Store, opened: Opened, listed: states.Standings) -> dict[str, Any]:
    return states.conditions_of(store, opened.consultation, opened.scope, opened.versions, opened.dataset, listed)


def source_of(store: Store, opened: Opened, language: str, now: datetime, rules: Policy) -> Source:
    title = opened.consultation.title
    seen = scope_words(opened.questionnaire, opened.consultation.roles, opened.scope, language)
    state = state_of(store, opened)
    return Source(
        consultation=opened.consultation.slug,
        title=" · ".join([title.get(language) or title.get("en") or opened.consultation.slug, *seen]),
        fictional=opened.consultation.fictional,
        as_of=(now if opened.frozen is None else opened.frozen.record.taken_at).replace(second=0, microsecond=0),
        snapshot=shown(state),
        sha256=state,
        erased=0 if opened.frozen is None else opened.frozen.record.erased,
        excluded=_told(opened.excluded, rules),
    )


def _told(excluded: int, rules: Policy) -> int:
    """How many replies are said to be left out; 0 where so few may not be told from none."""
    if rules.hides(excluded):
        return 0
    return rules.rounding * round(excluded / rules.rounding) if rules.rounding else excluded
