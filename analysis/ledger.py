"""Use case: remember every table that a meeting or the public was shown, and ask what the next one may show.

A meeting may have seen what the public was shown too; the public has not seen what only meetings were shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience, Policy
from analysis.disclosure.releases import Reason, Release, release
from analysis.disclosure.tables import Group, Key, Rule, Table
from analysis.findings.contents import answers_of
from data.errors import Conflict
from data.records import ConsultationRecord, ReleaseRecord
from data.store import Store
from survey.access import Action, Actor, require
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
    consultation: ConsultationRecord,
    dataset: Dataset,
    state: str,
    tables: Sequence[Table],
    *,
    audience: Audience,
    actor: Actor,
    now: datetime,
    kept: bool = True,
) -> Released:
    """What the tables may show to the audience; they stand in the ledger afterwards.

    state  SHA-256 of the data
    kept   False: only ask, nothing is shown
    Raises Conflict "ledger.busy" when others release without pause; as `release`.
    """
    require(actor, Action.READ_PROTECTED_FIGURES)
    rules = rules_of(consultation, audience)
    rule = Rule(threshold=rules.threshold, rounding=rules.rounding)
    for _ in range(TRIES):
        with store.read() as reading:
            records = reading.releases(consultation.id)
        last = records[-1].id if records else 0
        earlier = _earlier(records, audience, state)
        found = release(dataset, tables, earlier, answers=partial(answers_of, dataset), rules=rules)
        before = {(each.table, each.rule) for each in earlier if each.current}
        new = [each for each in found if (each.table, rule) not in before]
        answer = Released((consultation.id, state, audience, rule, tuple(tables), last), {e.table: e for e in found})
        if not new or not kept:
            return answer
        rows = [
            _row(each, consultation.id, state, audience, actor, now)
            for each in {each.table: each for each in new}.values()
        ]
        with store.write() as writing:
            if writing.last_release(consultation.id) == last:
                writing.add_releases(rows)
                return answer
    raise Conflict("ledger.busy")


def releases(store: Store, slug: str, *, actor: Actor) -> tuple[ReleaseRecord, ...]:
    """Every release of a consultation, the newest first."""
    require(actor, Action.READ_INTERNAL_FIGURES)
    with store.read() as kept:
        return tuple(reversed(kept.releases(kept.consultation(slug).id)))


def _earlier(records: Sequence[ReleaseRecord], audience: Audience, state: str) -> list[Release]:
    """The newest release of each table that somebody of the audience can have kept."""
    heard = (Audience.PUBLIC,) if audience is Audience.PUBLIC else (Audience.MEETING, Audience.PUBLIC)
    found: dict[tuple[object, ...], Release] = {}
    for record in records:
        if record.audience in heard:
            made = _release(record, current=record.state == state)
            found[record.audience == audience, made.table, made.rule] = made
    return [each for (own, table, rule), each in found.items() if own or (True, table, rule) not in found]


def _release(record: ReleaseRecord, *, current: bool) -> Release:
    rule = Rule(threshold=record.threshold, rounding=record.rounding)
    return Release(
        table=Table(question=record.question, filters=_group(record.filters), by=record.by),
        rule=rule,
        hidden={
            Key(question=question, group=_group(group), figure=figure, rule=rule): Reason(reason)
            for question, group, figure, reason in record.hidden
        },
        exposed=record.exposed,
        current=current,
    )


def _row(
    made: Release, consultation_id: int, state: str, audience: Audience, actor: Actor, now: datetime
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
    }


def _plain(group: Group) -> list[list[object]]:
    return [[name, list(codes)] for name, codes in group]


def _group(kept: Sequence[Sequence[object]]) -> Group:
    return tuple((str(name), tuple(codes)) for name, codes in kept)  # type: ignore[arg-type]
