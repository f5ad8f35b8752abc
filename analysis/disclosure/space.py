"""The groups into which views divide replies, as unknown counts.

The values of a variable by which views choose replies are joined into classes that no view tells apart. Where views
combine variables, the unknowns are the counts of every combination of classes, in blocks that agree in what they share.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import NamedTuple, TypeAlias

import numpy as np

from analysis.dataset.arrays import ANSWERED, CAUSES, BoolArray, Dataset
from analysis.disclosure.system import IntArray

Event: TypeAlias = tuple[str, tuple[str, ...]]
"""A variable and codes of it, in order: replies that chose one of them."""
Group: TypeAlias = tuple[Event, ...]
"""Replies to which all events happened; () is everybody."""

MOST_WHOLE = 24
"""Combinations of classes up to which all variables are looked at together."""
MOST_COMBINED, MOST_BETWEEN = 2_000, 10_000
"""Combinations of classes, and groups that views leave between them, that are looked at at all."""
MOST_JOINT_EVENTS = 3
MOST_UNIONS = 4


def cause_part(cause: str) -> str:
    """Name of the part whose answer is missing for a cause."""
    return f"?{cause}"


class Axis(NamedTuple):
    """Classes of replies that no view tells apart: how many, the class of each reply, and the classes of each event.

    place    (n,)
    missing  classes of replies without a valid answer
    """

    classes: int
    place: IntArray
    of: Mapping[Event, frozenset[int]]
    missing: frozenset[int] = frozenset()


class Block(NamedTuple):
    """Axes that views combine; `place` (n,) is the combination of each reply, `shape` the classes of each axis."""

    axes: tuple[str, ...]
    shape: tuple[int, ...]
    place: IntArray


class Shared(NamedTuple):
    """Combinations of one block that count the same replies as combinations of another."""

    one: int
    within_one: BoolArray
    other: int
    within_other: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Space:
    """All views over some variables, in blocks that count the same replies where they meet.

    axes      by name: each variable by all that views choose of it
    combined  name of a variable's axis -> that of its axis with only those classes that views combine with others
    """

    axes: Mapping[str, Axis]
    combined: Mapping[str, str]
    blocks: tuple[Block, ...]
    shared: tuple[Shared, ...]

    def places(self, group: Group) -> tuple[int, BoolArray] | None:
        """(block, which of its combinations make up the group), or None when no block can tell it."""
        names = [_name(event, self.axes) for event in group]
        if len(set(names)) > 1:
            names = [self.combined.get(name, name) for name in names]
        wanted = set(names)
        for number, block in enumerate(self.blocks):
            if wanted <= set(block.axes):
                return number, self._mask(block, zip(group, names, strict=True))
        return None

    def _mask(self, block: Block, events: Iterable[tuple[Event, str]]) -> BoolArray:
        mask = np.ones(block.shape, dtype=np.bool_)
        for event, name in events:
            mask &= along(block, name, _flags(self.axes[name], self.axes[name].of[event]))
        return mask.reshape(-1)

    def knows(self, group: Group) -> bool:
        """True when the group can be made of combinations."""
        try:
            return self.places(group) is not None
        except KeyError:
            return False

    def unions(self) -> Iterator[tuple[int, BoolArray]]:
        """Groups that views leave between them: (block, which combinations), each once."""
        for number, block in enumerate(self.blocks):
            for chosen in product(*(_selections(self.axes[name]) for name in block.axes)):
                mask = np.ones((), dtype=np.bool_)
                for one in chosen:
                    mask = np.logical_and(mask[..., None], one)
                yield number, mask.reshape(-1)


def along(block: Block, name: str, flags: BoolArray) -> BoolArray:
    """(shape of the block, or 1) flags of the classes of one of its axes."""
    spread = [1] * len(block.shape)
    spread[block.axes.index(name)] = flags.size
    return flags.reshape(spread)


def _flags(axis: Axis, chosen: Iterable[int]) -> BoolArray:
    flags = np.zeros(axis.classes, dtype=np.bool_)
    flags[list(chosen)] = True
    return flags


def _selections(axis: Axis) -> list[BoolArray]:
    classes = range(axis.classes)
    chosen: dict[frozenset[int], None] = {frozenset(classes): None}
    if axis.classes <= MOST_UNIONS:
        chosen |= {frozenset(some): None for size in classes for some in combinations(classes, size) if some}
    else:
        chosen |= {frozenset({one}): None for one in classes}
        for event in axis.of.values():
            chosen |= {event: None, frozenset(classes) - event: None}
    # That an answer is missing is no answer; how many are missing follows from totals that are shown.
    return [_flags(axis, each) for each in chosen if each - axis.missing]


def _binary(event: Event) -> str:
    return f"{event[0]} {' '.join(event[1])}"


def _name(event: Event, axes: Mapping[str, Axis]) -> str:
    """The axis that an event is told by; KeyError where none is."""
    for name in (event[0], _binary(event)):
        if name in axes and event in axes[name].of:
            return name
    raise KeyError(event)


def _is_told(event: Event, axes: Mapping[str, Axis]) -> bool:
    return any(name in axes and event in axes[name].of for name in (event[0], _binary(event)))


def _names(group: Group, axes: Mapping[str, Axis]) -> frozenset[str]:
    return frozenset(_name(event, axes) for event in group)


def space_of(groups: Iterable[Group], dataset: Dataset, beside: Iterable[Group] = ()) -> Space | None:
    """The classes and combinations that these groups make; None where they are too many to look at.

    beside  groups of which somebody knows how many replies they have: where the same events make them, these numbers
            tell what combinations hold
    """
    groups = tuple(dict.fromkeys(groups))
    axes = _axes((event for group in groups for event in group), dataset)
    if prod(axis.classes for axis in axes.values()) <= MOST_WHOLE:
        names = tuple(sorted(axes))
        return Space(axes=axes, combined={}, blocks=(_block(names, axes, dataset.size),), shared=())
    own = {group: _names(group, axes) for group in groups}
    joint = {group: names for group, names in own.items() if len(names) > 1}
    others = {group: _names(group, axes) for group in beside if all(_is_told(event, axes) for event in group)}
    others = {group: names for group, names in others.items() if len(names) > 1}
    within = {group: names for group, names in others.items() if any(names <= each for each in joint.values())}
    for more in (others, within):
        found = _divided(axes, joint | more, dataset)
        if found is not None:
            return found
    return None


def _divided(axes: Mapping[str, Axis], joint: Mapping[Group, frozenset[str]], dataset: Dataset) -> Space | None:
    """What views combine in blocks of its own, beside all that they tell of each variable alone.

    What they never combine with another variable is divided beside the combinations, and not within them: counts of
    parts that agree in the classes that both tell agree with some whole table. That holds of the parts of a question;
    what options that overlap have in common, it does not tell.

    joint  groups that combine axes, and which
    """
    fewer = _axes((event for group in joint for event in group), dataset)
    combined = {name: f"+{name}" for name in axes.keys() & fewer if fewer[name].classes < axes[name].classes}
    every = {**axes, **{short: fewer[name] for name, short in combined.items()}}
    cliques = {frozenset(combined.get(name, name) for name in names) for names in joint.values()}
    tree = _join_tree(cliques) or _join_tree(_triangulated(cliques)) if cliques else []
    if tree is None or sum(prod(every[name].classes for name in clique) for clique, *_ in tree) > MOST_COMBINED:
        return None
    return _arranged(axes, every, combined, tree, dataset.size)


def _axes(events: Iterable[Event], dataset: Dataset) -> dict[str, Axis]:
    found: dict[str, dict[Event, None]] = {}
    for event in events:
        found.setdefault(event[0], {})[event] = None
    axes: dict[str, Axis] = {}
    for name, some in found.items():
        if dataset.variables[name].is_single:
            axes[name] = _single_axis(name, tuple(some), dataset)
        elif len(some) <= MOST_JOINT_EVENTS:
            axes[name] = _joint_axis(name, tuple(some), dataset)
        else:
            # Many overlapping values: each against all others, which forgets that a value can lie within another.
            axes |= {_binary(event): _joint_axis(name, (event,), dataset) for event in some}
    return axes


_Tree: TypeAlias = list[tuple[frozenset[str], frozenset[str], int]]
"""(axes that are combined, those of them that the parent has too, the place of the parent or -1)."""


def _join_tree(cliques: set[frozenset[str]]) -> _Tree | None:
    """A decomposable arrangement, None where there is none.

    Source  Graham's reduction; margins that form such a tree agree with some whole table whenever they agree in what
            they share, so nothing that an attacker could conclude is lost.
    """
    left = [clique for clique in cliques if not any(clique < other for other in cliques)]
    taken: list[tuple[frozenset[str], frozenset[str], frozenset[str] | None]] = []
    while len(left) > 1:
        for clique in left:
            others = [other for other in left if other is not clique]
            common = clique & frozenset().union(*others)
            parent = next((other for other in others if common <= other), None)
            if parent is not None:
                taken.append((clique, common, parent))
                left = others
                break
        else:
            return None
    order = [*left, *(clique for clique, _, _ in reversed(taken))]
    found = [(left[0], frozenset[str](), -1)]
    for clique, common, parent in reversed(taken):
        found.append((clique, common, order.index(parent) if parent is not None else -1))
    return found


def _triangulated(cliques: set[frozenset[str]]) -> set[frozenset[str]]:
    """Few sets of axes that hold every one of the cliques and form a join tree.

    Source  elimination by least fill-in; Lauritzen and Spiegelhalter (1988), Journal of the Royal Statistical Society B
            50:157-224.
    """
    names = frozenset[str]().union(*cliques)
    beside = {name: frozenset[str]().union(*(each for each in cliques if name in each)) - {name} for name in names}
    found = set()
    while beside:
        name = min(sorted(beside), key=lambda name: sum(len(beside[name] - beside[each]) - 1 for each in beside[name]))
        near = beside.pop(name)
        found.add(near | {name})
        for each in near:
            beside[each] = (beside[each] | near) - {name, each}
    return found


def _arranged(
    axes: Mapping[str, Axis], every: Mapping[str, Axis], combined: Mapping[str, str], tree: _Tree, size: int
) -> Space | None:
    """Blocks of what views combine, and beside them one for each variable of which views tell more alone."""
    blocks = [_block(tuple(sorted(clique)), every, size) for clique, *_ in tree]
    shared: list[Shared] = []
    for number, (_, common, parent) in enumerate(tree):
        names = sorted(common)
        for classes in product(*(range(every[name].classes) for name in names)) if parent >= 0 else ():
            masks = []
            for block in (blocks[number], blocks[parent]):
                mask = np.ones(block.shape, dtype=np.bool_)
                for name, chosen in zip(names, classes, strict=True):
                    mask &= along(block, name, _flags(every[name], {chosen}))
                masks.append(mask.reshape(-1))
            shared.append(Shared(number, masks[0], parent, masks[1]))
    told = frozenset[str]().union(*(clique for clique, *_ in tree))
    for name in sorted(axes.keys() - told):
        number = len(blocks)
        blocks.append(_block((name,), axes, size))
        short = combined.get(name, "")
        beside = next((place for place, block in enumerate(blocks) if short in block.axes), 0)
        if number and short:
            for chosen in range(every[short].classes):
                within = along(blocks[beside], short, _flags(every[short], {chosen}))
                mask = np.broadcast_to(within, blocks[beside].shape).reshape(-1)
                shared.append(Shared(number, _same_classes(axes[name], every[short], chosen), beside, mask))
        elif number:
            shared.append(Shared(number, _all(blocks[number]), beside, _all(blocks[beside])))
    between = sum(prod(len(_selections(every[name])) for name in block.axes) for block in blocks)
    if between > MOST_BETWEEN:
        return None
    return Space(axes=every, combined=combined, blocks=tuple(blocks), shared=tuple(shared))


def _all(block: Block) -> BoolArray:
    return np.ones(prod(block.shape), dtype=np.bool_)


def _same_classes(whole: Axis, short: Axis, chosen: int) -> BoolArray:
    """Which classes of all that views tell of a variable are in one of the classes that they combine with others."""
    inside = np.ones(whole.classes, dtype=np.bool_)
    for event, classes in short.of.items():
        inside &= _flags(whole, whole.of[event]) == (chosen in classes)
    return inside


def _block(names: tuple[str, ...], axes: Mapping[str, Axis], size: int) -> Block:
    shape = tuple(axes[name].classes for name in names)
    index = np.zeros(size, dtype=np.int64)
    for name in names:
        index = index * axes[name].classes + axes[name].place
    return Block(axes=names, shape=shape or (1,), place=index)


def _single_axis(name: str, events: tuple[Event, ...], dataset: Dataset) -> Axis:
    variable, state = dataset.variables[name], dataset.columns[name].state
    column = dataset.columns[name]
    codes = [code.name for code in variable.codes]
    position = {code: ANSWERED + i for i, code in enumerate(codes)}
    position |= {code: CAUSES.index(cause) for code, cause in variable.missing.items()}
    position |= {cause_part(cause.value): number for number, cause in enumerate(CAUSES)}
    values = ANSWERED + len(codes)
    happened = np.zeros((len(events), values), dtype=np.bool_)
    for row, (_, chosen) in enumerate(events):
        happened[row, [position[code] for code in chosen]] = True
    _, classes = np.unique(happened, axis=1, return_inverse=True)
    classes = classes.reshape(-1)
    raw = getattr(column, "codes", state).astype(np.int64)
    of = {event: frozenset(classes[happened[row]].tolist()) for row, event in enumerate(events)}
    missing = frozenset(classes[:ANSWERED].tolist()) - frozenset(classes[ANSWERED:].tolist())
    return Axis(classes=int(classes.max()) + 1, place=classes[raw], of=of, missing=missing)


def _joint_axis(name: str, events: tuple[Event, ...], dataset: Dataset) -> Axis:
    happened = np.array([dataset.select({name: codes}) for _, codes in events])
    # What a reply that chose only one of the values would show; a reply that chose several shows all of that.
    causes = dataset.variables[name].missing
    named = {code for _, codes in events for code in codes}
    known: set[tuple[bool, ...]] = {(False,) * len(events)}
    for code in named - set(causes):
        pattern = tuple(code in codes for _, codes in events)
        known |= {tuple(a or b for a, b in zip(pattern, other, strict=True)) for other in known}
    # Who gave no answer shows the cause and nothing besides, and all choices of one cause are the same.
    for cause in {causes[code] for code in named & set(causes)}:
        known.add(tuple(any(causes.get(code) is cause for code in codes) for _, codes in events))
    place = {pattern: number for number, pattern in enumerate(sorted(known))}
    index = np.array([place[tuple(column)] for column in happened.T.tolist()], dtype=np.int64)
    of = {
        event: frozenset(number for pattern, number in place.items() if pattern[row])
        for row, event in enumerate(events)
    }
    return Axis(classes=len(place), place=index, of=of)
