"""Use case: remember every table that a meeting or the public was shown, and ask what the next one may show.

A meeting may have seen what the public was shown too; the public has not seen what only meetings were shown. What was
made of a part of a consultation counts for the whole as a table of that part. What was made of the whole does not
count for a part: whoever sees a part does not learn what was done with the rest.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial, reduce
from sys import intern
from typing import NamedTuple
from weakref import WeakKeyDictionary

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import LANGUAGE
from analysis.disclosure import Audience, Policy
from analysis.disclosure.releases import Reason, Release, release
from analysis.disclosure.space import Event, Group
from analysis.disclosure.tables import Key, Rule, Table, figures, home_of, within
from analysis.findings.contents import answers_of, chosen_option
from data.analysis_records import ReleaseRecord
from data.errors import Conflict, InvalidInput
from data.records import ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import consultations
from survey.access import Action, Actor
from survey.policies import policies_of

TRIES = 5
"""How often two releases that cross each other are decided again."""


@dataclass(frozen=True, slots=True)
class Released:
    """What tables may show; equal when it is the same tables, decided at the same place in the ledger."""

    key: tuple[object, ...]
    by_table: Mapping[Table, Release] = field(compare=False)


def rules_of(consultation: ConsultationRecord, audience: Audience) -> Policy:
    """What holds for an audience of this consultation."""
    rules = policies_of(consultation)
    match audience:
        case Audience.INTERNAL:
            return Policy(threshold=0)
        case Audience.MEETING:
            return Policy(threshold=rules.meeting_threshold, rounding=rules.meeting_rounding)
        case Audience.PUBLIC:
            return Policy(threshold=rules.public_threshold, rounding=rules.public_rounding)


def released(
    store: Store,
    slug: str,
    dataset: Dataset,
    state_of: Callable[[Scope], str],
    tables: Sequence[Table],
    *,
    audience: Audience,
    actor: Actor,
    now: datetime,
    kept: bool = True,
) -> Released:
    """What the tables may show to the audience; they stand in the ledger afterwards.

    dataset   the replies that the actor sees
    state_of  part of the consultation -> SHA-256 of its data
    kept      False: only ask, nothing is shown
    Raises Conflict "ledger.busy" when others release without pause; as `consultations.admitted`, `release`.
    """
    for _ in range(TRIES):
        with store.read() as reading:
            consultation, scope = consultations.admitted(reading, slug, actor, Action.READ_PROTECTED_FIGURES)
            shown, last = _shown(store, reading, consultation.id, scope)
        rules, state = rules_of(consultation, audience), state_of(scope)
        rule = Rule(threshold=rules.threshold, rounding=rules.rounding)
        earlier = _earlier(shown, audience, dataset, scope, state_of)
        found = release(dataset, tables, earlier, answers=partial(answers_of, dataset), rules=rules)
        before = {(each.table, each.rule) for each in earlier if each.current}
        new = [each for each in found if (each.table, rule) not in before]
        key = (consultation.id, scope, state, audience, rule, tuple(tables), last)
        answer = Released(key, {each.table: each for each in found})
        if not new or not kept:
            return answer
        rows = [
            _row(each, consultation.id, scope, state, audience, actor, now)
            for each in {each.table: each for each in new}.values()
        ]
        with store.write() as writing:
            if writing.last_release(consultation.id, scope) == last:
                writing.add_releases(rows)
                return answer
    raise Conflict("ledger.busy")


def released_as_kept(
    store: Store, slug: str, tables: Sequence[Table], *, kept_at: datetime, actor: Actor, now: datetime, kept: bool
) -> None:
    """Tables that a meeting was shown by that moment stand in the ledger as shown to the public too, as they were.

    For what was kept of an earlier state, which cannot be decided about again.
    kept    False: only ask whether it can be
    Raises  InvalidInput "ledger.other_rules" when one was not shown, or under rules that are not those of the public.
    """
    with store.read() as reading:
        consultation, scope = consultations.admitted(reading, slug, actor, Action.READ_PROTECTED_FIGURES)
        records = reading.releases(consultation.id, scope)
    rules = rules_of(consultation, Audience.PUBLIC)
    newest = {
        (each.question, _group(each.filters), each.by): each
        for each in records
        if each.audience == Audience.MEETING and each.at <= kept_at and each.scope == scope
    }
    found = [newest.get((table.question, table.filters, table.by)) for table in tables]
    shown = [each for each in found if each is not None]
    ruled = {(each.threshold, each.rounding) for each in shown}
    if len(shown) < len(found) or ruled - {(rules.threshold, rules.rounding)}:
        raise InvalidInput("ledger.other_rules")
    if kept:
        rows = [
            {name: getattr(each, name) for name in _AS_IT_WAS}
            | {"audience": str(Audience.PUBLIC), "at": now, "actor": actor.label, "scope": scope.as_mapping()}
            for each in shown
        ]
        with store.write() as writing:
            writing.add_releases(rows)


_AS_IT_WAS = ("consultation_id", "state", "question", "filters", "by", "threshold", "rounding", "hidden", "exposed")


def releases(store: Store, slug: str, *, actor: Actor) -> tuple[ReleaseRecord, ...]:
    """Every release of a consultation, the newest first; for who sees a part, those that were made of no more."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_INTERNAL_FIGURES)
        return tuple(reversed(kept.releases(consultation.id, scope)))


class _Shown(NamedTuple):
    """A release that was read, as a release of the part of which it was made."""

    id: int
    audience: str
    scope: Scope
    state: str
    release: Release


class _Read:
    """What was read of a consultation's ledger: rows are only added to it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.scopes: dict[int, Scope] = {}
        self.newest: dict[tuple[object, ...], _Shown] = {}
        """Of the same table for the same audience the last one alone counts, and there is one for every state."""


_reading = threading.Lock()
_read: WeakKeyDictionary[Store, dict[int, _Read]] = WeakKeyDictionary()


def _shown(store: Store, reading: Transaction, consultation_id: int, scope: Scope) -> tuple[list[_Shown], int]:
    """The newest release of each table, none that was made of more than the scope, and the key of the last one.

    A row is read once: of sixty cards each would otherwise read all that was ever shown.
    """
    with _reading:
        known = _read.setdefault(store, {}).setdefault(consultation_id, _Read())
    with known.lock:
        ids = reading.release_ids(consultation_id, scope)
        if not ids.issuperset(each for each, of in known.scopes.items() if scope.holds(of)):
            # Somebody's transaction sees less than another's, which began later, or the consultation is another one.
            known = _Read()
        if new := ids.difference(known.scopes):
            for record in reading.releases(consultation_id, scope, first=min(new)):
                if record.id in new:
                    made = _Shown(record.id, record.audience, record.scope, record.state, _release(record))
                    key = (record.audience, record.scope, made.release.table, made.release.rule)
                    if key not in known.newest or known.newest[key].id < record.id:
                        known.newest[key] = made
                    known.scopes[record.id] = record.scope
        inside = [each for each in known.newest.values() if scope.holds(each.scope)]
    return sorted(inside, key=lambda each: each.id), max(ids, default=0)


def _earlier(
    shown: Sequence[_Shown],
    audience: Audience,
    dataset: Dataset,
    scope: Scope,
    state_of: Callable[[Scope], str],
) -> list[Release]:
    """The newest release of each table that somebody of the audience can have kept."""
    heard = (Audience.PUBLIC,) if audience is Audience.PUBLIC else (Audience.MEETING, Audience.PUBLIC)
    found: dict[tuple[object, ...], Release] = {}
    for each in shown:
        if each.audience in heard:
            made = each.release if each.scope == scope else _inside(each.release, _part(each.scope, dataset), dataset)
            hidden = {**_read_otherwise(made.hidden, dataset, made.rule), **made.hidden}
            made = replace(made, hidden=hidden, current=each.state == state_of(each.scope))
            found[each.audience == audience, made.table, made.rule] = made
    return [each for (own, table, rule), each in found.items() if own or (True, table, rule) not in found]


def _part(scope: Scope, dataset: Dataset) -> tuple[Event, ...]:
    """What happened to the replies of a part; codes that the data no longer know have no replies."""
    chosen = {dataset.codebook.roles.get("region", ""): scope.regions, LANGUAGE: scope.languages}
    return tuple(
        (name, tuple(sorted(codes & {code.name for code in dataset.variables[name].codes})))
        for name, codes in chosen.items()
        if codes is not None and name in dataset.variables
    )


def _release(record: ReleaseRecord) -> Release:
    """The release as it was."""
    rule = Rule(threshold=record.threshold, rounding=record.rounding)
    groups: dict[str, Group] = {}

    def named(kept: Sequence[Sequence[object]]) -> Group:
        return groups.setdefault(repr(kept), _group(kept))

    return Release(
        table=Table(question=record.question, filters=named(record.filters), by=record.by),
        rule=rule,
        hidden={
            Key(question=intern(question), group=named(group), figure=intern(figure), rule=rule): Reason(reason)
            for question, group, figure, reason in record.hidden
        },
        exposed=record.exposed,
    )


def _inside(made: Release, part: Sequence[Event], dataset: Dataset) -> Release:
    """The release of a part as one of the replies to which these events happened."""

    def inside(group: Group) -> Group:
        return reduce(lambda found, event: within(found, event, dataset), part, group)

    return replace(
        made,
        table=replace(made.table, filters=inside(made.table.filters)),
        hidden={key._replace(group=inside(key.group)): reason for key, reason in made.hidden.items()},
    )


def _read_otherwise(hidden: Mapping[Key, Reason], dataset: Dataset, rule: Rule) -> dict[Key, Reason]:
    """What else was not shown by a table that hid a choice which was an answer then and is none now.

    It showed the counts of the other options. Its n was another one, so n as it is now, with the causes of missing
    answers and what is made of n, stood nowhere: beside the old n it would tell the count that was hidden.
    """
    found: dict[Key, Reason] = {}
    variables = {question: dataset.variables.get(home_of(question)) for question in {key.question for key in hidden}}
    missing = {question: each.missing.keys() for question, each in variables.items() if each is not None}
    for key, reason in hidden.items() if any(missing.values()) else ():
        if missing.get(key.question, set()) & set(key.figure.removeprefix("=").split()):
            now = figures(answers_of(dataset, key.question), key.group, rule)
            found |= {each: reason for each in now if not each.figure.startswith(("=", chosen_option("")))}
    return found


def _row(
    made: Release, consultation_id: int, scope: Scope, state: str, audience: Audience, actor: Actor, now: datetime
) -> dict[str, object]:
    return {
        "consultation_id": consultation_id,
        "state": state,
        "audience": str(audience),
        "question": made.table.question,
        "filters": _plain(made.table.filters),
        "by": made.table.by,
        "threshold": made.rule.threshold,
        "rounding": made.rule.rounding,
        "hidden": [[key.question, _plain(key.group), key.figure, str(reason)] for key, reason in made.hidden.items()],
        "exposed": made.exposed,
        "at": now,
        "actor": actor.label,
        "scope": scope.as_mapping(),
    }


def _plain(group: Group) -> list[list[object]]:
    return [[name, list(codes)] for name, codes in group]


def _group(kept: Sequence[Sequence[object]]) -> Group:
    return tuple((str(name), tuple(codes)) for name, codes in kept)  # type: ignore[arg-type]
