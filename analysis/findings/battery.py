"""A battery as one card: every item's distribution over the common scale, its net and its mean."""

from collections.abc import Mapping, Sequence

from analysis.dataset.arrays import NO_FILTERS, Dataset
from analysis.dataset.codebook import Cause
from analysis.disclosure import SUPPRESSED, Audience, Policy, Suppressed
from analysis.findings.card import BatteryItem, Card, CardKind, Figure, Source
from analysis.findings.crossing import facing
from analysis.findings.method import Bounds
from analysis.findings.profile import profile_questions
from analysis.findings.scale import is_ordered, scale_of
from analysis.findings.view import View, open_view, tallied, tallied_rows
from analysis.stats import scales
from analysis.stats.scales import mean_point, net, net_signs
from data.errors import NotFound


def summarise_battery(
    dataset: Dataset,
    group: str,
    *,
    audience: Audience,
    rules: Policy,
    language: str,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    by: str = "",
    source: Source,
    view: View | None = None,
) -> Card:
    """The card of a battery, unprotected.

    Each item has its own base, and its shares are of those who answered it. The card's base and its columns count a
    response as answered when it answers at least one item; else its cause is the one that says most (refused, then
    don't know, not applicable, skipped, not asked). Groups compared appear in the rows of each item.

    Raises  NotFound "card.unknown_question"; as open_view.
    """
    battery = next((each for each in dataset.codebook.batteries if each.name == group), None)
    if battery is None:
        raise NotFound("card.unknown_question", question=group)
    view = view or open_view(
        dataset,
        audience=audience,
        rules=rules,
        language=language,
        filters=filters,
        by=by,
        names=(group, *battery.items),
    )
    scale = scale_of(dataset, battery)
    words = dataset.codebook.words
    options = tuple((code.name, words(code.label, language, code.name)) for code in scale)
    known = {cause for name in battery.items for cause in dataset.variables[name].causes}
    own, compared = tallied(view, group, [cause for cause in Cause if cause in known])
    return Card(
        question=battery.name,
        kind=CardKind.BATTERY,
        label=words(battery.label, language, battery.name),
        section=words(battery.section_label, language, ""),
        base=own,
        audience=audience,
        source=source,
        language=language,
        filters=view.filters,
        filter_labels=view.filter_labels,
        filter_causes=view.filter_causes,
        by=by,
        by_label=words(dataset.variables[by].label, language, by) if by else "",
        columns=compared,
        overlapping=bool(by) and not dataset.variables[by].is_single,
        scale=options,
        items=tuple(_item(dataset, view, name, options) for name in battery.items),
        profile=battery.name in profile_questions(dataset.codebook),
        facing=None if by else facing(dataset.codebook, battery.name),
    )


def _item(dataset: Dataset, view: View, name: str, options: tuple[tuple[str, str], ...]) -> BatteryItem:
    variable = dataset.variables[name]
    position = {code.name: i for i, code in enumerate(variable.codes)}
    # A code that only other items have (a choice of an older version) was chosen by nobody here.
    places = [position.get(code) for code, _ in options]
    chosen = view.tallies[name].options.counts[0].tolist()
    counts = [0 if place is None else chosen[place] for place in places]
    own, _columns = tallied(view, name, variable.causes)
    return BatteryItem(
        name=name,
        label=dataset.codebook.words(variable.label, view.language, name),
        base=own,
        rows=tallied_rows(view, name, options, places),
        net=_net(counts, options),
        mean=_mean(counts, options),
    )


def _net(counts: Sequence[int], options: Sequence[tuple[str, str]]) -> Figure | None:
    if sum(counts) == 0 or len(options) < 2 or not is_ordered([code for code, _ in options]):
        return None
    return net(counts)


def _mean(counts: Sequence[int], options: Sequence[tuple[str, str]]) -> Figure | None:
    if sum(counts) == 0 or not is_ordered([code for code, _ in options]):
        return None
    return mean_point(counts, [float(code) for code, _ in options])


def net_bounds(item: BatteryItem) -> Bounds | None:
    """The interval of an item's net value at 95 %, made of figures that the card shows.

    None where n, the net value or a share at an end of the scale is hidden: the bounds would tell it. None also where
    there is no spread.
    """
    n = item.base.answered if item.effective_n is None else item.effective_n
    if isinstance(n, Suppressed) or isinstance(item.net, Suppressed) or item.net is None:
        return None
    ends = 0.0
    for sign, row in zip(net_signs(len(item.rows)), item.rows, strict=True):
        if sign and isinstance(row.cell.share, Suppressed):
            return None
        ends += row.cell.share if sign and not isinstance(row.cell.share, Suppressed) else 0.0
    found = scales.net_bounds(item.net, ends, n)
    return None if found is None else Bounds(low=found[0], high=found[1])


def net_of_group(item: BatteryItem, code: str) -> Figure | None:
    """The net value of an item among one group of a comparison, from the shares that the card shows.

    None when nobody of the group answered or the scale has no order; SUPPRESSED when a share it rests on is.
    """
    if not is_ordered([row.code for row in item.rows]) or len(item.rows) < 2:
        return None
    cells = [row.by[code] for row in item.rows if code in row.by]
    if len(cells) < len(item.rows) or all(cell.count == 0 for cell in cells):
        return None
    total = 0.0
    for sign, cell in zip(net_signs(len(cells)), cells, strict=True):
        if sign and isinstance(cell.share, Suppressed):
            return SUPPRESSED
        total += sign * cell.share if sign and not isinstance(cell.share, Suppressed) else 0.0
    return total
