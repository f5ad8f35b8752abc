"""What a card counts: the responses in view, the groups compared, and the counts as they are.

Nothing is hidden here: `analysis.findings.protection` does that, for whole tables at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.arrays import ANSWERED, CAUSES, BoolArray, Dataset, StateArray
from analysis.dataset.codebook import Cause
from analysis.dataset.counting import Tally, tally
from analysis.disclosure import Audience, Policy
from analysis.findings.card import Base, Cell, Column, Row
from analysis.stats.proportions import interval
from data.errors import InvalidInput

CountArray: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One value of the comparison variable."""

    code: str
    label: str


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """Responses let through by the filters, the groups compared, and for whom.

    rules    what holds for the audience
    groups   values of the variable `by`, in code-book order; () when nothing is compared
    tallies  the counts of choices that were asked for with the view
    """

    dataset: Dataset

    audience: Audience
    rules: Policy
    language: str
    filters: Mapping[str, tuple[str, ...]]
    filter_labels: tuple[tuple[str, str], ...]
    by: str
    groups: tuple[Group, ...]
    tallies: Mapping[str, Tally]

    @cached_property
    def rows(self) -> BoolArray:
        """(n,) responses in view."""
        return self.dataset.select(self.filters)

    @cached_property
    def members(self) -> tuple[BoolArray, ...]:
        """(n,) of each group, the responses in view that have its value."""
        return tuple(self.dataset.chose(self.by, position) & self.rows for position in range(len(self.groups)))

    @property
    def hidden(self) -> bool:
        """True when so few replies are in view that nothing may be shown at all."""
        return self.rules.hides(int(np.count_nonzero(self.rows)))


def open_view(
    dataset: Dataset,
    *,
    audience: Audience,
    rules: Policy,
    language: str,
    filters: Mapping[str, Sequence[str]],
    by: str = "",
    names: Sequence[str] = (),
) -> View:
    """The view that these filters and this comparison ask for.

    names   single and multiple choices that are counted at once
    Raises  InvalidInput "filter.unknown_variable", "filter.unknown_code", "by.unknown_variable" (also for a variable
            that is neither single nor multiple choice).
    """
    dataset.passing(filters)
    groups: tuple[Group, ...] = ()
    if by:
        variable = dataset.variables.get(by)
        if variable is None or not variable.is_categorical:
            raise InvalidInput("by.unknown_variable", variable=by)
        groups = tuple(
            Group(code=code.name, label=dataset.codebook.words(code.label, language, code.name))
            for code in variable.codes
        )
    return View(
        dataset=dataset,
        audience=audience,
        rules=rules,
        language=language,
        filters={name: tuple(codes) for name, codes in filters.items()},
        filter_labels=_filter_labels(dataset, language, filters),
        by=by,
        groups=groups,
        tallies=tally(dataset, names, filters=filters, by=by) if names else {},
    )


def base(state: StateArray, rows: BoolArray, causes: Sequence[Cause]) -> Base:
    """Who stands behind the figures of these rows.

    state   (n,) why each response has no valid answer, or ANSWERED.
    rows    (n,) the responses counted.
    causes  the causes that the question knows; all others must be zero.
    """
    return _base(np.bincount(state[rows], minlength=ANSWERED + 1).tolist(), causes)


def _base(counts: Sequence[int], causes: Sequence[Cause]) -> Base:
    return Base(
        replies=sum(counts),
        answered=counts[ANSWERED],
        missing={cause.value: counts[CAUSES.index(cause)] for cause in causes},
    )


def columns(view: View, state: StateArray, causes: Sequence[Cause]) -> tuple[Column, ...]:
    """The columns of a comparison, each with its own base."""
    return tuple(
        Column(code=group.code, label=group.label, base=base(state, rows, causes))
        for group, rows in zip(view.groups, view.members, strict=True)
    )


def tallied(view: View, name: str, causes: Sequence[Cause]) -> tuple[Base, tuple[Column, ...]]:
    """As `base` and `columns`, of a question that was counted with the view."""
    counts = view.tallies[name].states.counts.tolist()
    columns = tuple(
        Column(code=group.code, label=group.label, base=_base(counts[place], causes))
        for place, group in enumerate(view.groups, start=1)
    )
    return _base(counts[0], causes), columns


def tallied_rows(
    view: View, name: str, options: Sequence[tuple[str, str]], places: Sequence[int | None] | None = None
) -> tuple[Row, ...]:
    """As `option_rows`, of a question that was counted with the view.

    places  the position of each option among the question's codes, None for one that it does not have; None: in order
    """
    found = view.tallies[name]
    n = found.states.counts[:, ANSWERED].tolist()
    counts = found.options.counts.tolist()

    def counted(group: int, option: int) -> Cell:
        place = option if places is None else places[option]
        return cell(0 if place is None else counts[group][place], n[group])

    return tuple(
        Row(
            code=code,
            label=label,
            cell=counted(0, option),
            by={group.code: counted(place, option) for place, group in enumerate(view.groups, start=1)},
        )
        for option, (code, label) in enumerate(options)
    )


def cell(count: int, answered: int) -> Cell:
    """A count with its share of the answered.

    When nobody answered there is no share: it stands as 0 without an interval, and the base says that n is 0.
    """
    if answered == 0:
        return Cell(count=count, share=0.0)
    low, high = interval(count, answered)
    return Cell(count=count, share=count / answered, low=low, high=high)


def option_rows(
    view: View, options: Sequence[tuple[str, str]], chosen: BoolArray, state: StateArray
) -> tuple[Row, ...]:
    """One row per option with its cell for the whole view and for each group.

    options  (code, label) of each option, in order.
    chosen   (n, options) who chose it; nobody without a valid answer did.
    state    (n,) why each response has no valid answer, or ANSWERED.
    """
    answered = state == ANSWERED
    total, n = _counts(chosen, answered, view.rows)
    groups = [
        (group.code, *_counts(chosen, answered, rows)) for group, rows in zip(view.groups, view.members, strict=True)
    ]
    return tuple(
        Row(
            code=code,
            label=label,
            cell=cell(int(total[i]), n),
            by={group: cell(int(counts[i]), group_n) for group, counts, group_n in groups},
        )
        for i, (code, label) in enumerate(options)
    )


def _counts(chosen: BoolArray, answered: BoolArray, rows: BoolArray) -> tuple[CountArray, int]:
    counted = answered & rows
    return np.count_nonzero(chosen[counted], axis=0).astype(np.int64), int(np.count_nonzero(counted))


def _filter_labels(
    dataset: Dataset, language: str, filters: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, str], ...]:
    words = dataset.codebook.words
    labels = []
    for name, codes in filters.items():
        variable = dataset.variables[name]
        by_code = {code.name: words(code.label, language, code.name) for code in variable.codes}
        by_code |= {code: cause.value for code, cause in variable.missing.items()}
        chosen = ", ".join(by_code[code] for code in codes)
        labels.append((words(variable.label, language, name), chosen))
    return tuple(labels)
