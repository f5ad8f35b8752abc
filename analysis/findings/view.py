"""What a card counts: the responses in view, the groups compared, and the counts as they are.

Nothing is hidden here: `analysis.findings.protection` does that, for whole tables at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.arrays import ANSWERED, CAUSES, BoolArray, Dataset
from analysis.dataset.codebook import Cause
from analysis.dataset.counting import Tally, tally
from analysis.disclosure import Audience, Policy
from analysis.findings.card import Base, Cell, Column, Row
from analysis.stats.proportions import interval
from data.errors import InvalidInput
from survey.translator import Words

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
    tallies  the counts of questions that were asked for with the view
    """

    dataset: Dataset

    audience: Audience
    rules: Policy
    language: str
    filters: Mapping[str, tuple[str, ...]]
    filter_labels: tuple[tuple[str, str], ...]
    filter_causes: tuple[tuple[str, ...], ...]
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

    names   questions that are counted at once
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
        filter_causes=_filter_causes(dataset, filters),
        by=by,
        groups=groups,
        tallies=tally(dataset, names, filters=filters, by=by) if names else {},
    )


def _base(counts: Sequence[int], causes: Sequence[Cause]) -> Base:
    return Base(
        replies=sum(counts),
        answered=counts[ANSWERED],
        missing={cause.value: counts[CAUSES.index(cause)] for cause in causes},
    )


def tallied(view: View, name: str, causes: Sequence[Cause]) -> tuple[Base, tuple[Column, ...]]:
    """Who stands behind the figures of a question that was counted with the view, and the columns of the comparison,
    each with its own base.

    causes  the causes that the question knows; all others must be zero
    """
    counts = view.tallies[name].states.counts.tolist()
    columns = tuple(
        Column(code=group.code, label=group.label, base=_base(counts[place], causes))
        for place, group in enumerate(view.groups, start=1)
    )
    return _base(counts[0], causes), columns


def tallied_rows(
    view: View, name: str, options: Sequence[tuple[str, str]], places: Sequence[int | None] | None = None
) -> tuple[Row, ...]:
    """One row per option, with its cell for the whole view and for each group, of a question that was counted with it.

    options  (code, label) of each option, in order
    places   the position of each option among the question's codes, None for one that it does not have; None: in order
    """
    found = view.tallies[name]
    return counted_rows(view, options, found.options.counts, found.states.counts[:, ANSWERED], places)


def counted_rows(
    view: View,
    options: Sequence[tuple[str, str]],
    options_chosen: CountArray,
    answered: CountArray,
    places: Sequence[int | None] | None = None,
) -> tuple[Row, ...]:
    """As `tallied_rows`, of counts.

    options_chosen  (1 + groups, codes) who chose which, in the whole view and in each group
    answered        (1 + groups,) who gave a valid answer
    """
    n, counts = answered.tolist(), options_chosen.tolist()

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


def _filter_labels(
    dataset: Dataset, language: str, filters: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, str], ...]:
    words, comma = dataset.codebook.words, Words(language).translate(", ")
    labels = []
    for name, codes in filters.items():
        variable = dataset.variables[name]
        by_code = {code.name: words(code.label, language, code.name) for code in variable.codes}
        chosen = comma.join(by_code[code] for code in codes if code in by_code)
        labels.append((words(variable.label, language, name), chosen))
    return tuple(labels)


def _filter_causes(dataset: Dataset, filters: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The causes that each filter lets through, each once; () where no filter does."""
    found = []
    for name, codes in filters.items():
        missing = dataset.variables[name].missing
        found.append(tuple(dict.fromkeys(missing[code].value for code in codes if code in missing)))
    return tuple(found) if any(found) else ()
