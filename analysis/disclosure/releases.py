"""What a table may show, given everything that was released before it."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from analysis.dataset.arrays import Dataset
from analysis.disclosure.policy import Policy
from analysis.disclosure.space import Group
from analysis.disclosure.suppression import Suppression, suppress
from analysis.disclosure.system import NO_LIMIT, Standing
from analysis.disclosure.tables import (
    ANSWERS,
    REPLIES,
    Answers,
    Figure,
    Key,
    Rule,
    Table,
    code_of,
    figures,
    groups_of,
    home_of,
    members,
    system_of,
    within,
)
from data.errors import InvalidInput


class Reason(StrEnum):
    """Why a figure is hidden.

    SMALL      fewer replies than the threshold stand behind it, or behind what it leaves over
    NEIGHBOUR  a small figure of the same table could be worked out from it
    EARLIER    a small group could be worked out from it together with what was released before
    MANY       there are more small groups, or more parts between the views, than can be looked at
    """

    SMALL = "small"
    NEIGHBOUR = "neighbour"
    EARLIER = "earlier"
    MANY = "many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A table as it was shown.

    hidden   what it did not show, and why
    exposed  small groups of the question that earlier releases tell whatever this one hides
    current  of the data as they are; False: of an earlier state, which still tells nearly the same
    """

    table: Table
    rule: Rule
    hidden: Mapping[Key, Reason] = field(default_factory=dict)
    exposed: int = 0
    current: bool = True


def count_key(group: Group, rule: Rule) -> Key:
    """The name of the number of replies in a group, which all questions share."""
    return Key(question="", group=group, figure=REPLIES, rule=rule)


def keys_of(question: Answers, group: Group, rule: Rule) -> tuple[Key, ...]:
    """Every figure of a table's group, the number of replies first."""
    return (count_key(group, rule), *figures(question, group, rule))


def release(
    dataset: Dataset,
    wanted: Sequence[Table],
    earlier: Sequence[Release],
    *,
    answers: Callable[[str], Answers],
    rules: Policy,
) -> tuple[Release, ...]:
    """The wanted tables with what they must not show, so that nobody who kept all earlier ones learns of a small group.

    A table that was released before is shown as it was.

    answers  question -> its answers
    earlier  what was released before; tables of variables or codes that no longer exist are passed over
    """
    rule = Rule(threshold=rules.threshold, rounding=rules.rounding)
    before = {(each.table, each.rule): each for each in earlier if each.current}
    new = [table for table in dict.fromkeys(wanted) if (table, rule) not in before]
    again = {(table, rule) for table in new}
    past = [each for each in earlier if (each.table, each.rule) not in again and _readable(each.table, dataset)]
    past = [each for each in past if _tells(each, dataset)]
    made = {each.table: each for each in _decide(dataset, new, past, answers, rule)}
    questions, groups = _touched(new, dataset)
    beside = [each for each in past if each.table.question in questions or not _groups(each.table, dataset) <= groups]
    if new and any(not _groups(each.table, dataset) <= groups for each in beside):
        alone = {each.table: each.hidden for each in _decide(dataset, new, (), answers, rule)}
        made = {table: _with_reasons(each, alone[table]) for table, each in made.items()}
    elif new:
        then = {key: reason for each in beside for key, reason in each.hidden.items()}
        made = {table: _with_reasons(each, {**each.hidden, **then}) for table, each in made.items()}
    return tuple(made[table] if table in made else before[table, rule] for table in wanted)


def _with_reasons(found: Release, otherwise: Mapping[Key, Reason]) -> Release:
    """The release with the reasons that hold otherwise; where there is none, EARLIER, or MANY where that is why."""
    hidden = {
        key: otherwise.get(key, reason if reason is Reason.MANY else Reason.EARLIER)
        for key, reason in found.hidden.items()
    }
    return replace(found, hidden=hidden)


def _groups(table: Table, dataset: Dataset) -> frozenset[Group]:
    return frozenset(groups_of(table, dataset))


def _touched(tables: Sequence[Table], dataset: Dataset) -> tuple[frozenset[str], frozenset[Group]]:
    """(questions, groups) of the tables."""
    groups = frozenset(group for table in tables for group in groups_of(table, dataset))
    return frozenset(table.question for table in tables), groups


def _tells(made: Release, dataset: Dataset) -> bool:
    """Whether anything of the table was shown: of a group whose number of replies is hidden, nothing is. What shows
    nothing tells nothing, and must not make others harder."""
    return any(count_key(group, made.rule) not in made.hidden for group in groups_of(made.table, dataset))


def _readable(table: Table, dataset: Dataset) -> bool:
    """Whether the data still have the variables and codes of the table."""
    try:
        dataset.select(dict(table.filters))
    except InvalidInput:
        return False
    return not table.by or (table.by in dataset.variables and dataset.variables[table.by].is_categorical)


def _decide(
    dataset: Dataset,
    new: Sequence[Table],
    past: Sequence[Release],
    answers: Callable[[str], Answers],
    rule: Rule,
) -> list[Release]:
    """The new tables, decided about together."""
    if not new or not rule.threshold:
        return [Release(table=table, rule=rule) for table in new]
    tables = [*((each.table, each.rule) for each in past), *((table, rule) for table in new)]
    # Figures of other questions matter only where views choose replies by them.
    views = {name for table, _ in tables for group in groups_of(table, dataset) for name, _ in group}
    homes = {home_of(table.question) for table in new}
    asked = {table.question for table, _ in tables if home_of(table.question) in homes} | views
    standing = _standings(past, dataset, answers, asked)
    fixed = _standings([each for each in past if each.current], dataset, answers, asked)
    for table in new:
        for group in groups_of(table, dataset):
            for key in keys_of(answers(table.question), group, rule):
                # What an earlier state showed binds nobody: the count may have become small since.
                if key not in fixed:
                    standing.pop(key, None)
    counted = _counts(tables, dataset, answers, standing)
    everybody = Answers(question="", parts=(REPLIES,), valid=(True,), part=np.zeros(dataset.size, dtype=np.int64))
    first = suppress(system_of(everybody, tuple(counted.values()), (), dataset, rule.threshold))
    reasons, exposed, uncounted = _reasons(first), {"": len(first.exposed)}, first.hidden
    known = [
        replace(figure, standing=Standing.HIDDEN if key in uncounted else Standing.SHOWN)
        for key, figure in counted.items()
    ]
    # Places of a ranking and sets of options are decided about after what the question's own table shows, and with it.
    undecided = {table.question for table in new}
    for question in sorted(dict.fromkeys(table.question for table in new), key=lambda name: home_of(name) != name):
        undecided.discard(question)
        together = [
            (table, rule_then, answers(table.question))
            for place, (table, rule_then) in enumerate(tables)
            if home_of(table.question) == home_of(question) and (place < len(past) or table.question not in undecided)
        ]
        means = _means_beside(together, past, new, standing)
        standing |= means
        shown: dict[Key, Figure] = {}
        for table, rule_then, of in together:
            for group in groups_of(table, dataset):
                unseen = count_key(group, rule_then) in uncounted
                for key in figures(of, group, rule_then):
                    stands = standing.get(key, Standing.HIDDEN if unseen else Standing.OPEN)
                    shown[key] = Figure(key=key, group=group, counts=key.figure, standing=stands)
        for key, stands in means.items():
            shown.setdefault(key, Figure(key=key, group=key.group, counts=key.figure, standing=stands))
        left = tuple(figure for key, figure in shown.items() if key not in counted)
        if left:
            of = next((each for _, _, each in together if each.places or each.sets), answers(question))
            found = suppress(system_of(of, left, known, dataset, rule.threshold))
            exposed[question], hidden = len(found.exposed), found.hidden
            # A figure of a group whose number of replies is hidden is so for the same reason.
            uncounted_too = {figure.key for figure in left if count_key(figure.group, figure.key.rule) in uncounted}
            reasons |= {key: reason for key, reason in _reasons(found).items() if key not in uncounted_too}
            standing |= {each.key: Standing.HIDDEN if each.key in hidden else Standing.SHOWN for each in left}
    return [
        Release(
            table=table,
            rule=rule,
            hidden=_hidden(table, dataset, answers(table.question), rule, reasons),
            exposed=exposed.get(table.question, exposed[""]),
        )
        for table in new
    ]


def _means_beside(
    together: Sequence[tuple[Table, Rule, Answers]],
    past: Sequence[Release],
    new: Sequence[Table],
    standing: Mapping[Key, Standing],
) -> dict[Key, Standing]:
    """How mean places stand beside a ranking's own tables: hidden where what they rest on is, and shown by a table that
    was released before its places were a table."""
    of = next((each for _, _, each in together if each.places), None)
    if of is None:
        return {}
    current = {(each.table, each.rule): each.current for each in past}
    asked = {table.filters for table in new if table.question == of.question}
    found: dict[Key, Standing] = {}
    for table, rule, _ in together:
        released = current.get((table, rule))
        for name, first in zip(of.means, of.places[0], strict=True):
            key = Key(question=of.question, group=table.filters, figure=name, rule=rule)
            if table.question == of.question or key in standing:
                continue
            beside = [key._replace(question=table.question, figure=each) for each in (ANSWERS, first, of.within[first])]
            if any(standing.get(each) is Standing.HIDDEN for each in beside):
                found[key] = Standing.HIDDEN
            elif released or (released is False and table.filters not in asked):
                found[key] = Standing.SHOWN
    return found


def _hidden(
    table: Table, dataset: Dataset, asked: Answers, rule: Rule, reasons: Mapping[Key, Reason]
) -> dict[Key, Reason]:
    """What the table does not show; nothing at all of a group whose number of replies it does not show."""
    hidden: dict[Key, Reason] = {}
    for group in groups_of(table, dataset):
        keys = keys_of(asked, group, rule)
        whole = reasons.get(keys[0]) if _possible(group) else Reason.SMALL
        hidden |= {key: reason for key in keys if (reason := reasons.get(key, whole)) is not None}
    return hidden


def _reasons(found: Suppression) -> dict[Key, Reason]:
    hidden = ((found.unproved, Reason.MANY), (found.complementary, Reason.NEIGHBOUR), (found.primary, Reason.SMALL))
    return {key: reason for keys, reason in hidden for key in keys if isinstance(key, Key)}


def _standings(
    past: Iterable[Release], dataset: Dataset, answers: Callable[[str], Answers], questions: Set[str]
) -> dict[Key, Standing]:
    """How each earlier number of replies and figure of these questions stands: shown when any release showed it."""
    found: dict[Key, Standing] = {}
    for each in past:
        for group in groups_of(each.table, dataset):
            keys: tuple[Key, ...] = (count_key(group, each.rule),)
            if each.table.question in questions:
                keys = keys_of(answers(each.table.question), group, each.rule)
            for key in keys:
                if key not in each.hidden:
                    found[key] = Standing.SHOWN
                else:
                    found.setdefault(key, Standing.HIDDEN)
    return found


def _counts(
    tables: Sequence[tuple[Table, Rule]],
    dataset: Dataset,
    answers: Callable[[str], Answers],
    standing: Mapping[Key, Standing],
) -> dict[Key, Figure]:
    """Numbers of replies: of every view, and of the cards of variables by which views choose."""
    views = {name for table, _ in tables for group in groups_of(table, dataset) for name, _ in group}
    found: dict[Key, Figure] = {}

    def add(key: Key, group: Group, cap: float = NO_LIMIT) -> None:
        if _possible(group):
            stands = standing.get(key, Standing.OPEN)
            found[key] = Figure(key=key, group=group, counts=REPLIES, standing=stands, cap=cap)

    for table, rule in tables:
        variable = dataset.variables.get(table.question)
        for group in groups_of(table, dataset):
            add(count_key(group, rule), group)
            if table.question not in views or variable is None or not variable.is_single:
                continue
            asked = answers(table.question)
            valid = np.array(asked.valid)
            missing = float(np.count_nonzero(members(group, dataset) & ~valid[asked.part]))
            for name, counts in zip(asked.parts, asked.valid, strict=True):
                key = Key(question=table.question, group=group, figure=name, rule=rule)
                part = within(group, (table.question, (code_of(name),)), dataset)
                add(key, part, NO_LIMIT if counts else missing)
            codes = tuple(code_of(name) for name, counts in zip(asked.parts, asked.valid, strict=True) if counts)
            key = Key(question=table.question, group=group, figure=ANSWERS, rule=rule)
            add(key, within(group, (table.question, codes), dataset))
    return found


def _possible(group: Group) -> bool:
    return all(codes for _, codes in group)
