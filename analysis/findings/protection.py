"""A card as its audience may see it: what its tables must not show stands as SUPPRESSED, with all that rests on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Policy
from analysis.disclosure.releases import Reason, Release, count_key
from analysis.disclosure.space import Group, cause_part
from analysis.disclosure.system import rounded
from analysis.disclosure.tables import (
    ANSWERS,
    Key,
    Rule,
    Table,
    combinations_table,
    group_of,
    groups_of,
    option_part,
    places_table,
)
from analysis.findings.card import (
    Base,
    BatteryItem,
    Card,
    CardKind,
    Cell,
    Column,
    Combinations,
    Count,
    Figure,
    Row,
)
from analysis.findings.combinations import MOST
from analysis.findings.contents import MEAN, MEDIAN, NET, chosen_option, first_option, mean_place, option_at, set_part
from analysis.findings.scale import is_ordered
from analysis.stats.proportions import wilson
from analysis.stats.scales import mean_point, net


def protected(dataset: Dataset, card: Card, released: Mapping[Table, Release], rules: Policy) -> Card:
    """The card with everything hidden that the releases of its tables hide, and counts rounded as the rules say.

    A share needs its count and n, so it is hidden with either; open answers are hidden with the number of replies.
    """
    table = Table(question=card.question, filters=group_of(card.filters), by=card.by)
    groups = groups_of(table, dataset)
    codes = {column.code: group for column, group in zip(card.columns, groups[1:], strict=True)}
    own = _Sieve(hidden=released[table].hidden, question=card.question, groups=codes, whole=groups[0], rules=rules)
    added = released.get(Table(question=places_table(card.question), filters=table.filters))
    places = None if added is None else replace(own, hidden=added.hidden, question=added.table.question)
    together = released.get(Table(question=combinations_table(card.question), filters=table.filters))
    sets = None if together is None else replace(own, hidden=together.hidden, question=together.table.question)
    shown = own.base(card.base, groups[0])
    items = []
    for item in card.items:
        found = replace(table, question=item.name)
        sieve = _Sieve(hidden=released[found].hidden, question=item.name, groups=codes, whole=groups[0], rules=rules)
        items.append(sieve.item(item))
    return replace(
        card,
        base=shown,
        columns=_without_lone_gaps(tuple(own.column(each, card, codes[each.code]) for each in card.columns)),
        rows=tuple(
            _placed(own.row(row, card), places, groups[0], n_hidden=own.hides(ANSWERS, groups[0])) for row in card.rows
        ),
        items=tuple(items),
        mean=own.sum(MEAN, card.mean, groups[0]) if card.kind is CardKind.NUMBER else None,
        median=own.sum(MEDIAN, card.median, groups[0]) if card.kind is CardKind.NUMBER else None,
        quotes=() if own.hides_count(groups[0]) else card.quotes,
        combinations=None if sets is None else _listed(card, sets, groups[0], shown.answered),
    )


def _without_lone_gaps(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The groups of a number with their means, or with none where one is hidden: it might follow from the others, the
    mean of all and the numbers of answers."""
    # Also where two are hidden: with a group below the threshold beside it, the mean of a giant's group is close to
    # that of both together.
    if not any(each.mean is SUPPRESSED for each in columns):
        return columns
    return tuple(each if each.mean is None else replace(each, mean=SUPPRESSED) for each in columns)


def _listed(card: Card, sieve: "_Sieve", group: Group, answered: Count) -> Combinations | None:
    """The most frequent of the sets that their table shows, and how many replies chose another one: what is left of n.

    That is not said of rounded counts, from which it does not follow. Of sets with the same count as it is told, that
    of the earlier options comes first: their order tells no more than the counts.
    """
    found, step = card.combinations, sieve.rules.rounding
    if found is None:
        return None
    told = [
        replace(each, count=rounded(each.count, step))
        for each in found.told
        if not sieve.hides(set_part(each.codes), group)
    ]
    options = [row.code for row in card.rows]
    told.sort(key=lambda each: (-each.count, [code not in each.codes for code in options]))
    told = told[:MOST]
    rest: Count = SUPPRESSED
    if isinstance(answered, int) and not step:
        rest = answered - sum(each.count for each in told)
    return Combinations(told=tuple(told), others=None, replies=rest)


def _placed(row: Row, sieve: "_Sieve | None", group: Group, *, n_hidden: bool) -> Row:
    """The row with its places and mean rank as their table shows them, the first place as the ranking's own does;
    without places where no such table was released."""
    if sieve is None or row.first is None:
        return replace(row, places=())
    later = [sieve.cell(cell, option_at(number, row.code), group) for number, cell in enumerate(row.places[1:], 2)]
    if n_hidden:
        later = [Cell(count=cell.count, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED) for cell in later]
    mean_hidden = row.mean_rank is not None and sieve.hides(mean_place(row.code), group)
    row = replace(row, mean_rank=SUPPRESSED) if mean_hidden else row
    return row if row.first is None else replace(row, places=(row.first, *later))


def hidden_figures(dataset: Dataset, released: Release) -> tuple[tuple[str, str, Reason], ...]:
    """(code of the comparison or "", figure, why) of everything that a table hides, in the table's order."""
    groups = groups_of(released.table, dataset)
    codes = [code.name for code in dataset.variables[released.table.by].codes] if released.table.by else []
    names = dict(zip(groups[1:], codes, strict=True))
    return tuple((names.get(key.group, ""), key.figure, reason) for key, reason in released.hidden.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sieve:
    hidden: Mapping[Key, Reason]
    question: str
    groups: Mapping[str, Group]
    whole: Group
    rules: Policy

    @property
    def rule(self) -> Rule:
        return Rule(threshold=self.rules.threshold, rounding=self.rules.rounding)

    def hides(self, figure: str, group: Group) -> bool:
        return Key(question=self.question, group=group, figure=figure, rule=self.rule) in self.hidden

    def hides_count(self, group: Group) -> bool:
        return count_key(group, self.rule) in self.hidden

    def count(self, value: Count, *, hidden: bool) -> Count:
        return SUPPRESSED if hidden or value is SUPPRESSED else rounded(value, self.rules.rounding)

    def base(self, base: Base, group: Group) -> Base:
        return Base(
            replies=self.count(base.replies, hidden=self.hides_count(group)),
            answered=self.count(base.answered, hidden=self.hides(ANSWERS, group)),
            missing={
                cause: self.count(value, hidden=self.hides(cause_part(cause), group))
                for cause, value in base.missing.items()
            },
        )

    def cell(self, cell: Cell, figure: str, group: Group) -> Cell:
        if self.hides(figure, group):
            return Cell(count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED)
        if self.hides(ANSWERS, group):
            return replace(cell, count=self.count(cell.count, hidden=False), **_NO_SHARE)
        if not self.rules.rounding or isinstance(cell.share, type(SUPPRESSED)) or not cell.share:
            return cell
        return _rounded(cell, self.rules.rounding)

    def row(self, row: Row, card: Card) -> Row:
        several = card.kind in (CardKind.MULTIPLE, CardKind.RANKING)
        name = chosen_option(row.code) if several else option_part(row.code)
        first = first_option(row.code)
        # Of two items, the mean rank and the number of rankings tell how often either stood first.
        unseen = any(self.hides(each, self.whole) for each in (name, first, ANSWERS))
        return replace(
            row,
            cell=self.cell(row.cell, name, self.whole),
            by={code: self.cell(cell, name, self.groups[code]) for code, cell in row.by.items()},
            mean_rank=SUPPRESSED if row.first is not None and unseen else row.mean_rank,
            first=None if row.first is None else self.cell(row.first, first, self.whole),
        )

    def column(self, column: Column, card: Card, group: Group) -> Column:
        """The column with its middle and its first places as its table shows them, and without mean ranks.

        Of two items, a mean rank and the number of rankings tell how often either stood first; which places a group
        gave is in no table, so its mean ranks are not shown.
        """
        is_number = card.kind is CardKind.NUMBER
        return Column(
            code=column.code,
            label=column.label,
            base=self.base(column.base, group),
            mean=self.sum(MEAN, column.mean, group) if is_number else None,
            median=self.sum(MEDIAN, column.median, group) if is_number else None,
            firsts={code: self.cell(cell, first_option(code), group) for code, cell in column.firsts.items()},
        )

    def item(self, item: BatteryItem) -> BatteryItem:
        rows = tuple(
            replace(
                row,
                cell=self.cell(row.cell, option_part(row.code), self.whole),
                by={code: self.cell(cell, option_part(row.code), self.groups[code]) for code, cell in row.by.items()},
            )
            for row in item.rows
        )
        base = self.base(item.base, self.whole)
        if not self.rules.rounding:
            return replace(
                item,
                base=base,
                rows=rows,
                net=self.sum(NET, item.net, self.whole),
                mean=self.sum(MEAN, item.mean, self.whole),
            )
        counts = [row.cell.count for row in rows]
        known = [value for value in counts if isinstance(value, int)]
        codes = [row.code for row in rows]
        whole = len(known) == len(counts) and sum(known) > 0 and is_ordered(codes)
        return replace(
            item,
            base=base,
            rows=rows,
            net=None if item.net is None else net(known) if whole else SUPPRESSED,
            mean=None if item.mean is None else mean_point(known, [float(c) for c in codes]) if whole else SUPPRESSED,
        )

    def sum(self, name: str, value: Figure | None, group: Group) -> Figure | None:
        # Rounded counts would be of no use beside an exact mean, and a dash would tell that nobody answered.
        return SUPPRESSED if self.rules.rounding or self.hides(name, group) or self.hides(ANSWERS, group) else value


_NO_SHARE: dict[str, Figure] = {"share": SUPPRESSED, "low": SUPPRESSED, "high": SUPPRESSED}


def _rounded(cell: Cell, step: int) -> Cell:
    """The cell with count and n as multiples of the step, and a share and interval made of those."""
    if not isinstance(cell.count, int) or not isinstance(cell.share, float):
        return cell
    n = max(rounded(cell.count / cell.share, step), step)
    count = min(rounded(cell.count, step), n)
    estimate = wilson(count, n)
    return Cell(count=count, share=estimate.share, low=estimate.low, high=estimate.high)
