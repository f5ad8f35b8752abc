"""The groups into which views divide replies: few unknowns, and each group made of the right ones."""

import itertools
import random

import numpy as np
import pytest

from analysis import opened_data
from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience
from analysis.disclosure.space import MOST_COMBINED, Group, Space, space_of
from analysis.disclosure.tables import Table, group_of, groups_of, members
from data.store import Store
from survey import demo
from survey.access import OPERATOR

VARIABLES = ("region", "org_type", "language", "work_level")


@pytest.fixture
def data(demo_store: Store) -> Dataset:
    return opened_data.open_data(demo_store, demo.SLUG, OPERATOR, Audience.INTERNAL).dataset


def codes_of(data: Dataset, name: str) -> list[str]:
    return [code.name for code in data.variables[name].codes]


def explored(data: Dataset) -> list[Group]:
    """What somebody looks at who compares by every variable and then chooses by pairs of them."""
    found: list[Group] = []
    for name in VARIABLES:
        found += groups_of(Table(question="serv_prev", by=name), data)
    for one, other in itertools.combinations(VARIABLES, 2):
        found.append(group_of({one: codes_of(data, one)[:1], other: codes_of(data, other)[:1]}))
    return found


def require_right(space: Space, groups: list[Group], data: Dataset) -> None:
    """Each group is made of its replies and no others, and blocks agree in what they share."""
    counts = [np.bincount(block.place, minlength=int(np.prod(block.shape))) for block in space.blocks]
    for group in groups:
        found = space.places(group)
        assert found is not None
        block, mask = found
        assert np.array_equal(mask[space.blocks[block].place], members(group, data)), group
    for shared in space.shared:
        assert counts[shared.one][shared.within_one].sum() == counts[shared.other][shared.within_other].sum()


def test_pairs_of_filters_after_comparisons_leave_few_unknowns(data: Dataset) -> None:
    groups = explored(data)
    space = space_of(groups, data)
    assert space is not None
    require_right(space, groups, data)
    # All combinations of everything that was looked at are 10,000 and more.
    assert sum(int(np.prod(block.shape)) for block in space.blocks) < 100
    assert sum(1 for _ in space.unions()) < 1000


def test_blocks_beside_each_other_are_held_together(data: Dataset) -> None:
    """Each block but the first has its total, at least, in common with another."""
    space = space_of(explored(data), data)
    assert space is not None
    assert {shared.one for shared in space.shared} == set(range(1, len(space.blocks)))


@pytest.mark.parametrize("seed", range(12))
def test_every_group_is_made_of_its_own_replies(data: Dataset, seed: int) -> None:
    chosen = random.Random(seed)
    groups: list[Group] = []
    for _ in range(4):
        names = chosen.sample(VARIABLES, chosen.randint(0, 2))
        filters = {name: chosen.sample(codes_of(data, name), chosen.randint(1, 2)) for name in names}
        by = chosen.choice(["", *sorted(set(VARIABLES) - set(names))]) if len(names) < 2 else ""
        groups += groups_of(Table(question="serv_prev", filters=group_of(filters), by=by), data)
    space = space_of(groups, data)
    assert space is not None
    require_right(space, groups, data)


def test_combinations_that_others_tell_are_known_where_the_same_events_make_them(data: Dataset) -> None:
    own = [group_of({"region": ["ssa"]}), *groups_of(Table(question="serv_prev", by="org_type"), data)]
    own += groups_of(Table(question="serv_prev", by="region"), data)
    other = group_of({"region": ["ssa"], "org_type": ["pwud"]})
    stranger = group_of({"region": ["ssa"], "language": ["en"]})
    alone, beside = space_of(own, data), space_of(own, data, beside=[other, stranger])
    assert alone is not None
    assert beside is not None
    assert (alone.knows(other), beside.knows(other), beside.knows(stranger)) == (False, True, False)
    require_right(beside, [*own, other], data)


def test_more_than_can_be_looked_at_is_no_space(data: Dataset) -> None:
    """Twenty filters of one link would be a million combinations."""
    singles = [name for name, each in data.variables.items() if each.is_single and not each.identifying]
    group = group_of({name: codes_of(data, name)[:1] for name in singles if codes_of(data, name)})
    assert 2 ** len(group) > MOST_COMBINED
    assert space_of([(), group], data) is None
