"""Whoever keeps the cards of several views of the demonstration finds no small group between them."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from analysis import opened_data
from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience, policy
from analysis.disclosure.releases import Reason, Release, release
from analysis.disclosure.tables import Table, group_of
from analysis.findings.card import Card, Source
from analysis.findings.contents import answers_of
from analysis.findings.summary import summarise
from data.store import Store
from survey import demo
from survey.access import OPERATOR
from tests import attacker

THRESHOLD = 5
QUESTIONS = ("prio_1", "serv_just", "ecosoc", "prog_c02")
VIEWS: tuple[dict[str, tuple[str, ...]], ...] = (
    {},
    {"region": ("ssa",)},
    {"region": ("lac", "ssa")},
    {"region": ("mena",)},
    {"org_type": ("pwud",)},
    {"org_type": ("pwud",), "region": ("ssa",)},
)
SEQUENCES = [run for size in (1, 2, 3) for run in itertools.permutations(VIEWS, size)]
BY = "by"
"""In a view, the variable by which it is compared."""
COMPARED: tuple[dict[str, tuple[str, ...]], ...] = (
    {BY: ("region",)},
    {BY: ("org_type",)},
    {"region": ("lac", "ssa"), BY: ("org_type",)},
)
_PAIRS = itertools.permutations((*VIEWS, *COMPARED), 2)
_THREES = itertools.combinations((*COMPARED, *VIEWS), 3)
SEQUENCES_COMPARED = [
    run for run in (*((view,) for view in COMPARED), *_PAIRS, *_THREES) if any(BY in view for view in run)
]
"""Pairs in both orders, three in one: comparisons take seconds each."""
SOURCE = Source(
    consultation="demo", title="Demo", fictional=True, as_of=datetime(2026, 11, 1, tzinfo=UTC), snapshot="0" * 12
)


@pytest.fixture
def data(demo_store: Store) -> Dataset:
    return opened_data.open_data(demo_store, demo.SLUG, OPERATOR, Audience.INTERNAL).dataset


def cards_of(data: Dataset, question: str, views: Sequence[dict[str, tuple[str, ...]]]) -> tuple[list[Card], int]:
    """The cards as a meeting gets them one after the other, and how many groups could be found at the end."""
    kept: list[Release] = []
    cards = []
    for view in views:
        filters = {name: codes for name, codes in view.items() if name != BY}
        (by,) = view.get(BY, ("",))
        table = Table(question=question, filters=group_of(filters), by=by)
        (made,) = release(data, [table], kept, answers=partial(answers_of, data), rules=policy(Audience.MEETING))
        kept.append(made)
        cards.append(
            summarise(
                data,
                question,
                audience=Audience.MEETING,
                language="en",
                filters=filters,
                by=by,
                source=SOURCE,
                released={table: made},
            )
        )
    return cards, kept[-1].exposed


def number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def told(card: Card) -> tuple[dict[str, int | None], int | None, int | None]:
    """Counts, n and replies as they are printed; None where the card says nothing."""
    counts = {row.code: number(row.cell.count) for row in card.rows}
    counts |= {f"?{cause}": number(value) for cause, value in card.base.missing.items()}
    return counts, number(card.base.answered), number(card.base.replies)


Told = tuple[dict[str, tuple[str, ...]], dict[str, int | None], int | None, int | None]


def told_in(view: dict[str, tuple[str, ...]], card: Card) -> list[Told]:
    """The same with the view, then of each group that is compared in it."""
    filters = {name: codes for name, codes in view.items() if name != BY}
    found: list[Told] = [(filters, *told(card))]
    for column in card.columns:
        if column.code not in filters.get(card.by, (column.code,)):
            continue
        counts = {row.code: number(row.by[column.code].count) for row in card.rows if column.code in row.by}
        counts |= {f"?{cause}": number(value) for cause, value in column.base.missing.items()}
        group = {**filters, card.by: (column.code,)}
        found.append((group, counts, number(column.base.answered), number(column.base.replies)))
    return found


def attack(data: Dataset, question: str, views: Sequence[dict[str, tuple[str, ...]]]) -> list[str]:
    """Small groups of valid answers that the attacker finds: hidden ones narrower than nought to five, and ones that
    lie between views and must be fewer than five."""
    cards, _ = cards_of(data, question, views)
    tables = [each for view, card in zip(views, cards, strict=True) for each in told_in(view, card)]
    known, classes, parts = attacker.knowledge_of_views(tables)
    codes = {part: data.chosen(question)[:, i] for i, part in enumerate(c.name for c in data.variables[question].codes)}
    rows = []
    for each in classes:
        mask = np.ones(data.size, dtype=np.bool_)
        for name, code in each.items():
            others = sorted({other[name] for other in classes} - {"*"})
            mask &= data.select({name: [code]}) if code != "*" else ~data.select({name: others})
        rows.append(mask)
    seen = [
        {i for i, each in enumerate(classes) if all(each[name] in codes for name, codes in view.items())}
        for view, *_ in tables
    ]
    wanted, names, between = [], [], []
    for size in range(1, len(classes) + 1) if len(classes) <= 4 else (1, len(classes)):
        for some in itertools.combinations(range(len(classes)), size):
            for part, chosen in codes.items():
                if 0 < np.count_nonzero(np.logical_or.reduce([rows[i] for i in some]) & chosen) < THRESHOLD:
                    wanted.append({attacker.cell_name(i, parts.index(part)): 1.0 for i in some})
                    names.append(f"{[classes[i] for i in some]} {part}")
                    between.append(set(some) not in seen)
    ranges = known.ranges_of(wanted) if wanted else []
    return [
        f"{name}: {low:.0f}..{high:.0f}"
        for name, (low, high), gap in zip(names, ranges, between, strict=True)
        if (low > 1e-6 and not gap) or high < THRESHOLD - 1e-6
    ]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("views", SEQUENCES[::13], ids=str)
def test_a_sequence_of_views_tells_no_small_group(
    data: Dataset, question: str, views: Sequence[dict[str, tuple[str, ...]]]
) -> None:
    assert attack(data, question, views) == []


@pytest.mark.long
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sequence_of_up_to_three_views_tells_no_small_group(data: Dataset, question: str) -> None:
    found = {str(views): attack(data, question, views) for views in SEQUENCES}
    assert {views: told for views, told in found.items() if told} == {}


@pytest.mark.parametrize("views", SEQUENCES_COMPARED[::31], ids=str)
def test_a_sequence_with_comparisons_tells_no_small_group(
    data: Dataset, views: Sequence[dict[str, tuple[str, ...]]]
) -> None:
    assert attack(data, "prio_1", views) == []


@pytest.mark.long
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sequence_of_up_to_three_views_and_comparisons_tells_no_small_group(data: Dataset, question: str) -> None:
    found = {str(views): attack(data, question, views) for views in SEQUENCES_COMPARED}
    assert {views: told for views, told in found.items() if told} == {}


@pytest.mark.parametrize("question", QUESTIONS)
def test_filters_in_pairs_after_a_comparison_tell_no_small_group(data: Dataset, question: str) -> None:
    """Each two of three filters together, so that no view can be decided about beside the others."""
    chosen = {"region": ("ssa",), "org_type": ("pwud",), "language": ("fr",)}
    pairs = [{one: chosen[one], other: chosen[other]} for one, other in itertools.combinations(chosen, 2)]
    singles = [{name: codes} for name, codes in chosen.items()]
    assert attack(data, question, [{BY: ("region",)}, *singles, *pairs]) == []


def test_without_the_ledger_two_views_do_tell_a_small_group(data: Dataset) -> None:
    views = ({}, {"region": tuple(c.name for c in data.variables["region"].codes if c.name != "mena")})
    alone = [
        summarise(data, "prio_1", audience=Audience.MEETING, language="en", filters=view, source=SOURCE)
        for view in views
    ]
    known, classes, parts = attacker.knowledge_of_views(
        [(view, *told(card)) for view, card in zip(views, alone, strict=True)]
    )
    rest = next(i for i, each in enumerate(classes) if each["region"] == "*")
    ranges = known.ranges_of([{attacker.cell_name(rest, i): 1.0} for i in range(len(parts))])
    assert any(low == high < THRESHOLD for low, high in ranges)
    assert attack(data, "prio_1", views) == []


def test_what_an_earlier_view_forbids_is_named_as_such(data: Dataset) -> None:
    rules, answers = policy(Audience.MEETING), partial(answers_of, data)
    (first,) = release(data, [Table(question="prio_1")], (), answers=answers, rules=rules)
    others = tuple(c.name for c in data.variables["region"].codes if c.name != "mena")
    later = Table(question="prio_1", filters=group_of({"region": others}))
    (second,) = release(data, [later], [first], answers=answers, rules=rules)
    assert Reason.EARLIER in second.hidden.values()
    assert Reason.EARLIER not in first.hidden.values()


def test_the_same_table_is_shown_as_it_was(data: Dataset) -> None:
    rules, answers = policy(Audience.MEETING), partial(answers_of, data)
    table = Table(question="prio_1", by="region")
    (first,) = release(data, [table], (), answers=answers, rules=rules)
    assert release(data, [table], [first], answers=answers, rules=rules) == (first,)


BATTERY = "m_prog"


def test_net_values_of_a_battery_are_shown_and_tell_no_small_group(data: Dataset) -> None:
    card = summarise(data, BATTERY, audience=Audience.MEETING, language="en", source=SOURCE)
    assert [item.name for item in card.items if not isinstance(item.net, float)] == []
    for item in card.items:
        known, points = attacker.Knowledge(), len(item.rows)
        names = [row.code for row in item.rows]
        n = item.base.answered
        assert isinstance(n, int)
        for row in item.rows:
            value = row.cell.count if isinstance(row.cell.count, int) else None
            known.tell({row.code: 1.0}, value or 0, n if value is None else value)
        known.tell(dict.fromkeys(names, 1.0), n, n)
        signs = [-1.0, -1.0, *[0.0] * (points - 4), 1.0, 1.0]
        for weights, told in ((signs, item.net), ([float(code) for code in names], item.mean)):
            if isinstance(told, float):
                total = round(told * n)
                known.tell(dict(zip(names, weights, strict=True)), total, total)
        true = np.count_nonzero(data.chosen(item.name), axis=0).tolist()
        order = [code.name for code in data.variables[item.name].codes]
        small = [code for code, count in zip(order, true, strict=True) if count < THRESHOLD]
        ranges = known.ranges_of([{code: 1.0} for code in small]) if small else []
        found = dict(zip(small, ranges, strict=True))
        assert {c: e for c, e in found.items() if e[0] > 1e-6 or e[1] < THRESHOLD - 1e-6} == {}
