"""Use case: look at the answers. Opens a consultation's data for an actor and asks the findings for cards.

What an actor sees on screen is decided here: internal figures for those who may, else what a meeting may see.
Whatever leaves the house is asked for as MEETING or PUBLIC.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

import pandas as pd

from analysis import ledger, states
from analysis.contact_frame import frame_margins
from analysis.dataset.arrays import Dataset
from analysis.dataset.frame import frame as labelled
from analysis.dataset.frame import repeat_frame
from analysis.dataset.kept import current
from analysis.dataset.snapshot import shown, whole
from analysis.disclosure import Audience, Policy
from analysis.disclosure.tables import Table
from analysis.findings import protection, summary
from analysis.findings import quotes as voices
from analysis.findings.card import Card, CardKind, Quote, Source
from analysis.findings.estimates import OptionEstimate, estimates
from analysis.findings.method import PLAIN, Correction, FrameMargin, Method, WeightKind, WeightReport
from analysis.findings.offered import Offered
from analysis.findings.offered import offered as offered_questions
from analysis.findings.opinions import Division, Opinions, divide
from analysis.findings.opinions import opinions as protected_opinions
from analysis.findings.refine import refine, refine_all, require_method
from analysis.findings.robustness import Lenses, assess, open_frozen_lenses, open_lenses
from analysis.findings.trend import Trend, require_comparable
from analysis.findings.trend import trend as changes
from analysis.findings.weighting import weigh
from analysis.flags import campaigns
from data.errors import InvalidInput
from data.records import ConsultationRecord, Decision, Flag, Scope
from data.store import Store
from survey import consultations, duplicates, published_forms
from survey.access import Action, Actor, decide
from survey.grants import scope_words
from survey.questionnaire import Kind, Questionnaire, Text

FILTER_ROLES = ("region", "organisation_type", "level")
LANGUAGE_FILTER = "language"
EXCLUDED = "response/excluded"
_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


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
class FilterVariable:
    """A filter that every card obeys: its name and role ("" for none), its words, and (code, words) of its values."""

    name: str
    role: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A question or battery that can be asked for by its name; `wordy` when it is answered in words.

    section  the words over the part of the questionnaire that it stands in; `place` that part's name
    options  the words of its options, and of a battery's items
    kind     of its card
    """

    name: str
    label: str
    section: str
    wordy: bool
    place: str = ""
    options: tuple[str, ...] = ()
    kind: CardKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprotected:
    """The replies themselves, for the use cases that hand them over; `digest` in full."""

    consultation: ConsultationRecord
    questionnaire: Questionnaire
    dataset: Dataset
    digest: str
    source: Source
    margins: tuple[FrameMargin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
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


def cards(
    store: Store,
    slug: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    method: Method = PLAIN,
) -> tuple[Card, ...]:
    """One card for every question that has one, in questionnaire order.

    method  as for `card`
    """
    require_method(method, audience)
    opened = _open(store, slug, actor, audience, filters.snapshot)
    rules, released = ledger.rules_of(opened.consultation, audience), None
    if audience is not Audience.INTERNAL:
        chosen = filters.as_mapping()
        opened.dataset.select(chosen)  # what is no filter is said before anything is released
        names = summary.questions_of(opened.dataset, audience)
        tables = [table for name in names for table in summary.tables_of(opened.dataset, name, filters=chosen)]
        released = _released(store, opened, tables, audience, actor, now)
    source, lenses = _source(store, opened, language, now, rules), _lenses(store, opened)
    timeless = replace(source, as_of=_ANY_TIME)  # so that the same cards are found again when the clock goes on
    found = tuple(
        replace(each, source=source)
        for each in _cards(
            opened.dataset, opened.digest, audience, language, filters, timeless, rules, released, lenses
        )
    )
    return refine_all(found, opened.dataset, method, _frame(store, opened, method))


def book(
    store: Store,
    slug: str,
    *,
    by: Sequence[str],
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    method: Method = PLAIN,
) -> tuple[Card, ...]:
    """A tab book: every question compared by each of some others, the questions in their order.

    Open answers have no columns and are left out; a question is not compared by itself.
    Raises  as `card`.
    """
    require_method(method, audience)
    opened = _open(store, slug, actor, audience, filters.snapshot)
    found = [
        card(
            store,
            slug,
            question,
            actor=actor,
            audience=audience,
            language=language,
            filters=filters,
            now=now,
            by=banner,
        )
        for question in summary.questions_of(opened.dataset, audience)
        if question not in opened.dataset.variables or opened.dataset.variables[question].kind is not Kind.TEXT
        for banner in dict.fromkeys(by)
        if banner != question
    ]
    return refine_all(found, opened.dataset, method, _frame(store, opened, method))


def card(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    kept: bool = True,
) -> Card:
    """The card of one question or battery, compared by another variable when `by` names one.

    method  weights, interval, column letters and the joining of rankings; `analysis.findings.refine` says what it adds
    kept    False: what the audience would see, without anybody being shown it; the ledger does not remember it
    Raises  also NotAllowed "weights.internal_only".
    """
    require_method(method, audience)
    opened, released = _open(store, slug, actor, audience, filters.snapshot), None
    rules = ledger.rules_of(opened.consultation, audience)
    if audience is not Audience.INTERNAL:
        summary.require_card(opened.dataset, question, audience, filters=filters.as_mapping(), by=by)
        tables = summary.tables_of(opened.dataset, question, filters=filters.as_mapping(), by=by)
        released = _released(store, opened, tables, audience, actor, now, kept=kept).by_table
    found = summary.summarise(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        by=by,
        source=_source(store, opened, language, now, rules),
        rules=rules,
        released=released,
    )
    found = refine(found, opened.dataset, method, _frame(store, opened, method))
    lenses = _lenses(store, opened)
    return found if lenses is None else assess(found, opened.dataset, lenses)


def one_by_one(
    store: Store,
    slug: str,
    questions: Sequence[str],
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
) -> Iterator[Card]:
    """The cards of some questions, each as soon as it is made: as `card`, without their badges (`assessed`).

    Answers in words are left out (`quotes`), and neither they nor the compared variable itself are compared.
    """
    require_method(method, audience)
    opened = _open(store, slug, actor, audience, filters.snapshot)
    chosen = filters.as_mapping()
    opened.dataset.select(chosen)  # what is no filter is said before anything is released
    rules = ledger.rules_of(opened.consultation, audience)
    source = _source(store, opened, language, now, rules)
    frame = _frame(store, opened, method)

    def made(question: str) -> Card:
        variable = opened.dataset.variables.get(question)
        compared = "" if question == by or (variable is not None and variable.kind is Kind.TEXT) else by
        released = None
        if audience is not Audience.INTERNAL:
            summary.require_card(opened.dataset, question, audience, filters=chosen, by=compared)
            tables = summary.tables_of(opened.dataset, question, filters=chosen, by=compared)
            released = _released(store, opened, tables, audience, actor, now)
        timeless = replace(source, as_of=_NO_TIME)
        found = _card(
            opened.dataset, opened.digest, question, audience, language, filters, compared, timeless, rules, released
        )
        return refine(replace(found, source=source), opened.dataset, method, frame)

    return map(made, questions)


_NO_TIME = datetime.min.replace(tzinfo=UTC)
"""In the place of the minute in which a card is looked at, so that the next minute finds it again."""


@lru_cache(maxsize=512)
def _card(
    dataset: Dataset,
    _digest: str,
    question: str,
    audience: Audience,
    language: str,
    filters: Filters,
    by: str,
    source: Source,
    rules: Policy,
    released: ledger.Released | None,
) -> Card:
    return summary.summarise(
        dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        by=by,
        source=source,
        rules=rules,
        released=None if released is None else released.by_table,
        quoted=False,
    )


def assessed(
    store: Store, slug: str, cards: Sequence[Card], *, actor: Actor, snapshot: str = "", patience: float | None = None
) -> tuple[Card, ...] | None:
    """The same cards, each with the badge that says whether its finding holds when replies are counted otherwise.

    What the lenses are made of is found anew after each change of the answers, beside the visit that asks first.

    patience  seconds to wait for that; None for as long as it takes
    Returns   None when it took longer: it is there a while later
    """
    if not cards:
        return ()
    opened = _open(store, slug, actor, cards[0].audience, snapshot)
    lenses = _lenses(store, opened, patience)
    return None if lenses is None else tuple(assess(card, opened.dataset, lenses) for card in cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenFigure:
    """A figure that a meeting does not see: of an item and a group compared ("" for none), its name, and why."""

    item: str
    column: str
    figure: str
    reason: str


def hidden_figures(
    store: Store, slug: str, question: str, *, actor: Actor, filters: Filters, now: datetime, by: str = ""
) -> tuple[HiddenFigure, ...]:
    """What a meeting would not see of a card, and why, for those who see all of it; nothing is released by asking."""
    opened = _open(store, slug, actor, Audience.INTERNAL, filters.snapshot)
    chosen = filters.as_mapping()
    summary.require_card(opened.dataset, question, Audience.INTERNAL, filters=chosen, by=by)
    tables = summary.tables_of(opened.dataset, question, filters=chosen, by=by)
    found = _released(store, opened, tables, Audience.MEETING, actor, now, kept=False)
    return tuple(
        HiddenFigure(item=table.question if table.question != question else "", column=column, figure=name, reason=why)
        for table in tables
        for column, name, why in protection.hidden_figures(opened.dataset, found.by_table[table])
    )


def _released(
    store: Store,
    opened: _Opened,
    tables: Sequence[Table],
    audience: Audience,
    actor: Actor,
    now: datetime,
    *,
    kept: bool = True,
) -> ledger.Released:
    def state_of(part: Scope) -> str:
        if part == opened.scope:
            return opened.digest
        with store.read() as reading:
            excluded = reading.excluded_responses(opened.consultation.id, part)
        return current(store, opened.consultation, part, without=excluded).digest

    slug = opened.consultation.slug
    if opened.frozen is not None and opened.scope != decide(actor, Action.READ_PROTECTED_FIGURES, slug).scope:
        raise InvalidInput("snapshot.of_a_part")  # the ledger would take it for a table of what the actor sees
    return ledger.released(
        store,
        slug,
        opened.dataset,
        state_of,
        tables,
        audience=audience,
        actor=actor,
        now=now,
        kept=kept,
    )


def weights(
    store: Store, slug: str, kind: WeightKind, *, actor: Actor, language: str, snapshot: str = ""
) -> WeightReport | None:
    """What weights of this kind are and cost; None for UNWEIGHTED.

    Raises  InvalidInput as `analysis.findings.weighting.weigh`; NotAllowed "weights.internal_only" for who sees
            protected figures only: the heaviest weight tells how many replies the smallest region sent.
    """
    require_method(Method(weights=kind), screen_audience(actor, slug))
    opened = _open(store, slug, actor, Audience.MEETING, snapshot)
    found = weigh(opened.dataset, kind, _frame(store, opened, Method(weights=kind)), language)
    return None if found is None else found.report


def estimate(
    store: Store, slug: str, question: str, *, actor: Actor, audience: Audience, language: str, now: datetime
) -> tuple[OptionEstimate, ...]:
    """Every option of a question of choices with all its intervals, and what it says of the whole contact frame.

    For a meeting and the public it rests on the card that they may see, and stands in the ledger as that card.
    """
    opened = _open(store, slug, actor, audience)
    found = card(store, slug, question, actor=actor, audience=audience, language=language, filters=Filters(), now=now)
    with store.read() as kept:
        margins = frame_margins(kept, opened.consultation, opened.scope)
        invited = sum(each.invited for each in kept.frame_counts(opened.consultation.id, opened.scope))
    return estimates(found, opened.dataset, margins, invited)


def opinions(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    snapshot: str = "",
) -> Opinions:
    """The groups of opinion in a battery, always of all replies, whatever is filtered elsewhere."""
    opened = _open(store, slug, actor, audience, snapshot)
    division = _division(opened.dataset, opened.digest, question)
    rules = ledger.rules_of(opened.consultation, audience)
    return protected_opinions(
        opened.dataset,
        division,
        audience=audience,
        rules=rules,
        language=language,
        source=_source(store, opened, language, now, rules),
    )


@lru_cache(maxsize=16)
def _division(dataset: Dataset, _digest: str, question: str) -> Division:
    return divide(dataset, question)


def trend(
    store: Store,
    earlier: str,
    later: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    matched: bool = False,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> Trend:
    """The change of a question of choices from one consultation to another; `findings.trend` says how.

    For a meeting and the public it rests on the two cards that they may see.
    """
    first, last = (_open(store, slug, actor, audience).dataset for slug in (earlier, later))
    require_comparable(first, last, question, audience=audience, matched=matched)
    before, after = (
        card(store, slug, question, actor=actor, audience=audience, language=language, filters=Filters(), now=now)
        for slug in (earlier, later)
    )
    return changes(first, last, (before, after), matched=matched, correction=correction)


def _frame(store: Store, opened: _Opened, method: Method) -> tuple[FrameMargin, ...]:
    if method.weights is not WeightKind.RAKED:
        return ()
    if opened.frozen is not None:
        return opened.frozen.margins
    return states.margins_of(store, opened.consultation, opened.scope, opened.versions)


def quotes(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Quote, ...]:
    """Open answers that this audience may read."""
    opened = _open(store, slug, actor, audience, filters.snapshot)
    return voices.quotes(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        rules=ledger.rules_of(opened.consultation, audience),
        search=search,
        limit=limit,
        offset=offset,
    )


def first_quotes(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    search: str = "",
    limit: int,
) -> tuple[int, tuple[Quote, ...]]:
    """How many open answers this audience may read, and the first of them."""
    opened = _open(store, slug, actor, audience, filters.snapshot)
    return voices.first_quotes(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        rules=ledger.rules_of(opened.consultation, audience),
        search=search,
        limit=limit,
    )


def frame(store: Store, slug: str, *, actor: Actor, language: str, repeat: str = "") -> pd.DataFrame:
    """Every submitted reply as one labelled row, unprotected, for whoever goes on alone with pandas.

    The column EXCLUDED marks those that do not count after a review of their quality.

    repeat  instead, every instance of this repeat as a row
    """
    opened = _open(store, slug, actor, Audience.INTERNAL)
    dataset = every_reply(store, opened.consultation, opened.scope)
    if repeat:
        who = dataset.respondents
        permissions = {key: who.publishes.at(row) for row, key in enumerate(who.ids.tolist())}
        with store.read() as kept:
            consultation = kept.consultation(slug)
            line = published_forms.lineage_of(kept, consultation.id)
            hidden = frozenset(consultation.roles.get("contact", "").split())
            return repeat_frame(
                line,
                kept.responses(consultation.id, opened.scope),
                repeat,
                language,
                hidden=hidden,
                permissions=permissions,
            )
    with store.read() as kept:
        left_out = kept.excluded_responses(opened.consultation.id, opened.scope)
    found = labelled(dataset, language)
    found[EXCLUDED] = found.index.isin(left_out)
    return found


def unprotected(store: Store, slug: str, *, actor: Actor, language: str, now: datetime) -> Unprotected:
    """Every submitted reply that the actor may see, with the contact frame to weigh by."""
    opened = _open(store, slug, actor, Audience.INTERNAL)
    with store.read() as kept:
        margins = frame_margins(kept, opened.consultation, opened.scope)
    return Unprotected(
        consultation=opened.consultation,
        questionnaire=opened.questionnaire,
        dataset=opened.dataset,
        digest=opened.digest,
        source=_source(store, opened, language, now, ledger.rules_of(opened.consultation, Audience.INTERNAL)),
        margins=margins,
    )


def questions(
    store: Store,
    slug: str,
    *,
    actor: Actor,
    language: str,
    audience: Audience = Audience.MEETING,
    snapshot: str = "",
) -> tuple[Listed, ...]:
    """Every question that has a card for the audience, each battery in the place of its first item."""
    opened = _open(store, slug, actor, audience, snapshot)
    book = opened.dataset.codebook
    batteries = {battery.name: battery for battery in book.batteries}
    found = []
    for name in summary.questions_of(opened.dataset, audience):
        battery = batteries.get(name)
        items = [opened.dataset.variables[item] for item in (battery.items if battery else (name,))]
        first = items[0]
        codes = [book.words(code.label, language, code.name) for code in first.codes]
        lines = [book.words(item.label, language, item.name) for item in items] if battery else []
        found.append(
            Listed(
                name=name,
                label=book.words(battery.label if battery else first.label, language, name),
                section=book.words(first.section_label, language, ""),
                wordy=summary.CARD_KINDS[first.kind] is CardKind.TEXT,
                place=first.section,
                options=(*lines, *codes),
                kind=CardKind.BATTERY if battery else summary.CARD_KINDS[first.kind],
            )
        )
    return tuple(found)


def offered(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[Offered, ...]:
    """Every question, battery and item that a figure can be named of, with the codes of its answers."""
    return offered_questions(_open(store, slug, actor, Audience.MEETING).dataset, language)


def digest(store: Store, slug: str, *, actor: Actor) -> str:
    """The SHA-256 of the present state: answers, questionnaire, code-book, contact frame, rules and program."""
    return _state(store, _open(store, slug, actor, Audience.MEETING))


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentState:
    """The present state: its SHA-256, and what figures rest on besides the answers."""

    sha256: str
    conditions: Mapping[str, Any]


def present_state(store: Store, slug: str, *, actor: Actor) -> PresentState:
    """What is frozen when a snapshot is taken now."""
    opened = _open(store, slug, actor, Audience.INTERNAL)
    under = states.conditions_of(store, opened.consultation, opened.scope, opened.versions, opened.dataset)
    return PresentState(sha256=whole(opened.digest, under), conditions=under)


def replies(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> int:
    """How many replies were submitted and count."""
    return _open(store, slug, actor, Audience.MEETING, snapshot).dataset.size


def languages(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> tuple[str, ...]:
    """Tags of the questionnaire's languages, the default one first."""
    found = _open(store, slug, actor, Audience.MEETING, snapshot).questionnaire
    tags = [language.tag for language in found.languages]
    return tuple(dict.fromkeys([found.default_language, *tags]))


def filter_variables(
    store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "", every: bool = False
) -> tuple[FilterVariable, ...]:
    """Region, organisation type, level of work and language of the reply, as far as the questionnaire has them.

    every  then also each other question, and item of a battery, that is answered by choosing
    """
    opened = _open(store, slug, actor, Audience.MEETING, snapshot)
    roles = opened.dataset.codebook.roles
    named = [(role, roles[role]) for role in FILTER_ROLES if role in roles] + [(LANGUAGE_FILTER, LANGUAGE_FILTER)]
    if every:
        first = {name for _role, name in named}
        rest = (each for each in opened.dataset.codebook.variables if each.section and not each.identifying)
        named += [("", each.name) for each in rest if each.name not in first]
    return tuple(
        FilterVariable(
            name=name,
            role=role,
            label=_label(variable.label, language, opened, name),
            options=tuple((code.name, _label(code.label, language, opened, code.name)) for code in variable.codes),
        )
        for role, name in named
        if (variable := opened.dataset.variables.get(name)) is not None and variable.is_categorical
    )


def options(store: Store, slug: str, variable: str, *, actor: Actor, language: str) -> tuple[tuple[str, str], ...]:
    """(code, words) of a variable's values; InvalidInput("filter.unknown_variable") when there is none."""
    opened = _open(store, slug, actor, Audience.MEETING)
    found = opened.dataset.variables.get(variable)
    if found is None:
        raise InvalidInput("filter.unknown_variable", variable=variable)
    return tuple((code.name, _label(code.label, language, opened, code.name)) for code in found.codes)


def _label(text: Text, language: str, opened: _Opened, fallback: str) -> str:
    return text.in_language(language, opened.questionnaire.default_language) or fallback


def _open(store: Store, slug: str, actor: Actor, audience: Audience, snapshot: str = "") -> _Opened:
    action = Action.READ_INTERNAL_FIGURES if audience is Audience.INTERNAL else Action.READ_PROTECTED_FIGURES
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, action)
        excluded = kept.excluded_responses(consultation.id, scope)
        versions = len(kept.version_numbers(consultation.id))
        record = states.find(kept.snapshots(consultation.id, scope), snapshot) if snapshot else None
    if record is None:
        found = current(store, consultation, scope, without=excluded)
        return _Opened(
            consultation=consultation,
            questionnaire=found.questionnaire,
            dataset=found.dataset,
            digest=found.digest,
            scope=scope,
            versions=versions,
            excluded=len(excluded),
        )
    frozen = states.open_frozen(store, consultation, record, scope)
    return _Opened(
        consultation=replace(consultation, title=record.title, roles=record.conditions["roles"]),
        questionnaire=frozen.questionnaire,
        dataset=frozen.dataset,
        digest=frozen.answers,
        scope=record.scope,
        versions=len(record.conditions["versions"]),
        frozen=frozen,
    )


def _state(store: Store, opened: _Opened) -> str:
    """The SHA-256 that is printed under figures, in full."""
    if opened.frozen is not None:
        return opened.frozen.record.sha256
    under = states.conditions_of(store, opened.consultation, opened.scope, opened.versions, opened.dataset)
    return whole(opened.digest, under)


def every_reply(store: Store, consultation: ConsultationRecord, scope: Scope) -> Dataset:
    """The submitted replies within a scope, with those that a review excluded; for who was admitted to them."""
    return current(store, consultation, scope).dataset


def _lenses(store: Store, opened: _Opened, patience: float | None = None) -> Lenses | None:
    """The lenses of the replies that count; found anew when the contact list, a reply or a decision changed.

    None after so many seconds; a frozen state has those that rest on what it keeps, at once.
    """
    if opened.frozen is not None:
        return _frozen_lenses(opened.frozen)
    with store.read() as kept:
        consultation, scope = opened.consultation, opened.scope
        margins = frame_margins(kept, consultation, scope)
        state = (
            kept.counted_for(consultation.id, scope),
            tuple((each.variable, *sorted(each.targets.items())) for each in margins),
            frozenset(
                each.response_id
                for each in kept.review_decisions(consultation.id, scope)
                if each.flag is Flag.CAMPAIGN and each.decision is Decision.KEPT
            ),
        )
    key = (store, consultation.slug, scope, opened.dataset, state)
    with _found_lock:
        found = _found_lenses.get(key)
        if found is None:
            found = _found_lenses[key] = Future()
            threading.Thread(target=_find_lenses, args=(found, *key), daemon=True).start()
        _found_lenses.move_to_end(key)
        while len(_found_lenses) > MOST_LENSES:
            _found_lenses.popitem(last=False)
    try:
        return found.result(patience)
    except TimeoutError:
        return None
    except Exception:
        with _found_lock:
            _found_lenses.pop(key, None)  # what failed may succeed for the next visitor
        raise


@lru_cache(maxsize=4)
def _frozen_lenses(frozen: states.FrozenState) -> Lenses:
    return open_frozen_lenses(frozen.dataset, frame=frozen.margins, language="")


PATIENCE_SECONDS = 0.8
"""How long a page waits for what takes its time, before it goes on without."""
MOST_LENSES = 8
"""Data sets whose lenses a process remembers."""
_LensState: TypeAlias = tuple[tuple[int, int], tuple[tuple[object, ...], ...], frozenset[int]]
_found_lenses: "OrderedDict[tuple[object, ...], Future[Lenses]]" = OrderedDict()
_found_lock = threading.Lock()


def _find_lenses(
    found: "Future[Lenses]", store: Store, slug: str, scope: Scope, dataset: Dataset, state: _LensState
) -> None:
    """One visit asks, and all that ask for the same meanwhile wait for one answer."""
    try:
        found.set_result(_open_lenses(store, slug, scope, dataset, state))
    except BaseException as error:  # whoever waits is told
        found.set_exception(error)


def _open_lenses(store: Store, slug: str, scope: Scope, dataset: Dataset, state: _LensState) -> Lenses:
    with store.read() as kept:
        consultation = kept.consultation(slug)
        margins = frame_margins(kept, consultation, scope)
        organisations = duplicates.organisation_keys(kept, consultation, scope)
    _counted, _margins, meant = state
    copied = None
    if campaigns.has_open_answers(dataset):
        copied = campaigns.in_campaigns(campaigns.campaigns(dataset)) - meant
    return open_lenses(dataset, organisations=organisations, frame=margins, copied=copied, language="")


@lru_cache(maxsize=64)
def _cards(
    dataset: Dataset,
    _digest: str,
    audience: Audience,
    language: str,
    filters: Filters,
    source: Source,
    rules: Policy,
    released: ledger.Released | None,
    lenses: Lenses | None,
) -> tuple[Card, ...]:
    found = summary.cards(
        dataset,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        source=source,
        rules=rules,
        released=None if released is None else released.by_table,
    )
    return found if lenses is None else tuple(assess(each, dataset, lenses) for each in found)


def _source(store: Store, opened: _Opened, language: str, now: datetime, rules: Policy) -> Source:
    title = opened.consultation.title
    seen = scope_words(opened.questionnaire, opened.consultation.roles, opened.scope, language)
    state = _state(store, opened)
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
