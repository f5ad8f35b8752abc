"""Which chart shows a card: the rules of order, folding and comparison, and every word of the description.

Numbers are taken from the card as they are; the only sum made here is "other options", and only over shown figures.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from analysis.charts import combinations, crossings, layout, opinions, palette, variants, wording
from analysis.charts.description import (
    NOTHING,
    arranged,
    best_first,
    cell_label,
    described,
    folded,
    headed,
    is_scale,
    item_cell,
    leading_options,
    lettered,
    number_or,
    reach_of,
    share_measure,
    shown_values,
)
from analysis.charts.headlines import headline
from analysis.charts.spec import (
    ChartSpec,
    CoverageRow,
    Form,
    Mark,
    MonitoringSource,
    Role,
    Series,
    Side,
    TimelinePoint,
    ValueFormat,
    Words,
)
from analysis.disclosure import SUPPRESSED, Policy, Suppressed
from analysis.disclosure.suppression import hidden_beside_total
from analysis.disclosure.system import rounded
from analysis.findings import provenance
from analysis.findings.card import BatteryItem, Card, CardKind
from data.errors import InvalidInput

MOST_GROUPS = 4
MOST_GROUPED_BARS = 40
MOST_SEGMENTS = len(palette.GROUPS)
DAYS_SHOWN = 62
CHOSEN = tuple(form for form in Form if form not in (Form.TILES, Form.SLOPE, Form.OPINIONS))
"""Forms that a reader may choose for a card, each where it suits the card."""


def forms_for(card: Card, *, with_intervals: bool = False) -> tuple[Form, ...]:
    """The forms that suit a card, the one it gets unless a reader chooses another first; () for open answers.

    A scatter also needs the card that it is set against, and sets of options need to be counted and protected: both are
    asked for only when that form is.

    with_intervals  a reader wants to see how far chance may move figures: the points of a battery come first
    """
    forms = _forms_alone(card)
    if with_intervals and card.kind is CardKind.BATTERY and Form.INTERVALS in forms:
        forms = tuple(dict.fromkeys((Form.INTERVALS, *forms)))
    kept = (Form.OPINIONS,) if _has_groups(card) else ()
    return (*forms, *((Form.SCATTER,) if card.facing is not None else ()), *kept)


def forms_of(card: Card) -> tuple[Form, ...]:
    """The forms for which the card has all that they need as it is."""
    lacks = {Form.SCATTER: card.against is None, Form.UPSET: card.combinations is None}
    return tuple(form for form in forms_for(card) if not lacks.get(form, False))


def own_form(card: Card) -> Form | None:
    """The form in which a card was kept, or for which it holds more than its own question's figures; else None."""
    if card.form in forms_of(card):
        return Form(card.form)
    if _has_groups(card):
        return Form.OPINIONS
    if card.against is not None:
        return Form.SCATTER
    return None if card.combinations is None else Form.UPSET


def _has_groups(card: Card) -> bool:
    """Whether it holds groups of opinion that have a picture; some were kept that have none."""
    return card.opinions is not None and opinions.may_be_drawn(card.opinions)


def as_drawn(card: Card, form: Form | None) -> Card:
    """The card with nothing but what its chart in this form tells, so that query, numbers and picture are of one thing.

    form  None for its own
    """
    if (form or own_form(card)) in (Form.UPSET, Form.OPINIONS, Form.SCATTER):
        return card
    return replace(card, combinations=None, opinions=None, against=None)


def _forms_alone(card: Card) -> tuple[Form, ...]:
    is_compared = bool(card.columns)
    match card.kind:
        case CardKind.TEXT:
            return ()
        case CardKind.BATTERY:
            is_parted = len(card.scale) <= MOST_SEGMENTS
            if not _has_nets(card):
                return (Form.STACKED, Form.TABLE) if is_parted else (Form.TABLE,)
            return (
                *((Form.STACKED, Form.DIVERGING) if is_parted else ()),
                Form.INTERVALS,
                *((Form.HEAT_MAP, Form.MULTIPLES, Form.DUMBBELL) if is_compared else ()),
                Form.TABLE,
            )
        case CardKind.RANKING:
            return (Form.RANKS, Form.STACKED, Form.TABLE)
        case CardKind.NUMBER:
            return (Form.COLUMNS, *((Form.HEAT_MAP, Form.MULTIPLES) if is_compared else ()), Form.TABLE)
        case _:
            if is_compared:
                return _forms_of_choices(card)
            return (Form.BARS, Form.INTERVALS, *((Form.UPSET,) if card.kind is CardKind.MULTIPLE else ()), Form.TABLE)


def _has_nets(card: Card) -> bool:
    return any(item.net is not None for item in card.items)


def _forms_of_choices(card: Card) -> tuple[Form, ...]:
    """Groups side by side: grouped bars for few, 100 % bars per group for many, a heat map beyond that."""
    forms = []
    if len(card.columns) <= MOST_GROUPS and len(card.rows) * len(card.columns) <= MOST_GROUPED_BARS:
        forms.append(Form.GROUPED)
    if card.kind is CardKind.SINGLE and len(card.rows) <= MOST_SEGMENTS:
        forms.append(Form.STACKED)
        if is_scale(card) and len(card.rows) > 1:
            forms.append(Form.DIVERGING)
    several = (Form.DUMBBELL,) if len(card.columns) > 1 else ()
    return (*forms, Form.HEAT_MAP, Form.MULTIPLES, *several, Form.TABLE)


def form_of(name: str) -> Form | None:
    """The form of that name, None for "".

    Raises  InvalidInput "form.unknown".
    """
    if not name:
        return None
    try:
        return Form(name)
    except ValueError:
        raise InvalidInput("form.unknown", form=name[:40], allowed=", ".join(Form)) from None


def require_form(card: Card, form: Form | None) -> None:
    """Returns when the card has a chart of that form or none was chosen; else InvalidInput "form.unsuitable"."""
    forms = forms_of(card)
    if form is not None and form not in forms:
        raise InvalidInput("form.unsuitable", form=str(form), allowed=", ".join(forms))


def chart(
    card: Card,
    words: Words,
    *,
    statement: str = "",
    with_badge: bool = True,
    form: Form | None = None,
    with_intervals: bool = False,
) -> ChartSpec | None:
    """The chart of a card, or None for open answers.

    Its title says the finding and the question moves to the line below; where nothing can be said, the question stays.

    statement   a kept finding's sentence, instead of what the card says
    with_badge  whether the note tells the robustness; a page that shows the badge does not say it twice
    form        one of `forms_for`; None for the card's own, else the first of them
    with_intervals  whether plain bars show how far chance may move them; a battery's first form is then INTERVALS, and
                    its bars tell the bounds of net values
    Raises      InvalidInput "form.unsuitable" for another form.
    """
    require_form(card, form)
    card = as_drawn(card, form)
    forms, form = forms_for(card, with_intervals=with_intervals), form or own_form(card)
    if not forms:
        return None
    if not statement:
        statement = _statement(card, form, words)
    spec = _drawn(card if with_badge else replace(card, robustness=None), form or forms[0], words)
    if with_intervals and _has_bars_with_intervals(card, spec.form):
        told = variants.with_intervals if spec.form is Form.BARS else variants.nets_told_with_bounds
        spec = told(spec, card, words)
    if not statement:
        return spec
    return replace(spec, title=statement, question=card.label, alt=wording.sentences((statement, spec.alt)))


def _statement(card: Card, form: Form | None, words: Words) -> str:
    """What the picture says, as a sentence; "" where its own title says what it is."""
    match form:
        case Form.SCATTER:
            return crossings.statement(card, words)
        case Form.UPSET | Form.OPINIONS:
            return ""
        case _:
            return headline(card, words)


def _drawn(card: Card, form: Form, words: Words) -> ChartSpec:
    match form:
        case Form.HEAT_MAP | Form.MULTIPLES:
            return variants.by_group(card, form, words)
        case Form.INTERVALS if card.kind is CardKind.BATTERY:
            return variants.net_intervals(card, words)
        case Form.INTERVALS:
            return variants.intervals(card, words)
        case Form.DUMBBELL:
            return variants.dumbbell(card, words)
        case Form.SCATTER:
            return crossings.scatter(card, words)
        case Form.OPINIONS:
            return opinions.chart(card, words)
        case Form.UPSET:
            return combinations.combinations(card, words)
        case Form.BARS:
            return _options(card, words)
        case Form.RANKS:
            return _ranking(card, words)
        case Form.COLUMNS:
            return _number(card, words)
        case Form.TABLE if card.kind is CardKind.RANKING or not card.columns:
            return variants.table(card, words)
        case Form.TABLE if card.kind is CardKind.BATTERY:
            return variants.by_group(card, form, words) if _has_nets(card) else variants.table(card, words)
        case Form.GROUPED | Form.TABLE:
            return _compared(card, form, words)
        case _ if card.kind is CardKind.BATTERY:
            return _centred(_battery(card, form, words))
        case _ if card.kind is CardKind.RANKING:
            return variants.rank_places(card, words)
        case _:
            return _centred(_groups_as_bars(card, form, words))


def _centred(spec: ChartSpec) -> ChartSpec:
    """Bars of a scale on one axis, whose 0 is the middle of the scale, when they are to diverge."""
    if spec.form is not Form.DIVERGING:
        return spec
    minimum, maximum = layout.ends(spec)
    return replace(spec, minimum=minimum, maximum=maximum)


def chart_to_take_away(
    card: Card, words: Words, *, statement: str = "", form: Form | None = None, with_intervals: bool = False
) -> ChartSpec | None:
    """The same for a file: a chart of internal figures says so, and it brings along what staff wrote under it."""
    spec = chart(card, words, statement=statement, form=form, with_intervals=with_intervals)
    if spec is None:
        return None
    asked = asked_as_drawn(card, spec.provenance, form=form, with_intervals=with_intervals)
    note = wording.sentences((wording.internal_mark(card.audience, words), spec.note))
    return replace(spec, note=note, remark=card.remark, provenance=asked)


def asked_as_drawn(card: Card, query: str, *, form: Form | None = None, with_intervals: bool = False) -> str:
    """The card's query with what another reader has to choose to see its chart as `chart` draws it: nothing where that
    is how it is drawn anyhow."""
    forms = forms_for(card, with_intervals=with_intervals)
    if not forms:
        return query
    drawn = form or own_form(card) or forms[0]
    shows = with_intervals and _has_bars_with_intervals(card, drawn)
    usual = (forms_for(card, with_intervals=shows)[0], Form.UPSET)  # a query names the latter as its picture
    named = drawn.value if drawn in _forms_alone(card) and drawn not in usual else ""
    return provenance.as_drawn(query, form=named, intervals=shows)


def _has_bars_with_intervals(card: Card, form: Form) -> bool:
    """Whether bars of this form, when a reader wants intervals, show or tell them."""
    return form is Form.BARS or (card.kind is CardKind.BATTERY and form in (Form.STACKED, Form.DIVERGING))


def _options(card: Card, words: Words) -> ChartSpec:
    """One bar per option."""
    shown = folded(arranged(card), card, words)
    cells = [row.cell for row in shown.rows]
    labels = [cell_label(cell, card.base.answered, words) for cell in cells]
    return described(
        card,
        words,
        form=Form.BARS,
        categories=tuple(row.label for row in shown.rows),
        series=(Series(name=share_measure(card, words), values=shown_values(cells), labels=tuple(labels)),),
        maximum=reach_of(shown_values(cells)),
        more_notes=shown.notes,
        leading=leading_options(card.rows, words, (row.cell.share for row in card.rows)),
    )


def _compared(card: Card, form: Form, words: Words) -> ChartSpec:
    """Groups side by side, as bars or as text."""
    rows = card.rows if card.kind is CardKind.NUMBER else arranged(card)
    series = tuple(
        Series(
            name=f"{headed(column)} (n\u00a0=\u00a0{wording.count(column.base.answered, words)})",
            values=shown_values([row.by.get(column.code, NOTHING) for row in rows]),
            labels=tuple(
                lettered(cell_label(row.by.get(column.code, NOTHING), column.base.answered, words), row, column)
                for row in rows
            ),
            role=Role.GROUP,
        )
        for column in card.columns
    )
    return described(
        card,
        words,
        form=form,
        categories=tuple(row.label for row in rows),
        series=series,
        maximum=reach_of(value for one in series for value in one.values),
        leading=leading_options(rows, words, (row.cell.share for row in rows)),
    )


def _groups_as_bars(card: Card, form: Form, words: Words) -> ChartSpec:
    """One bar of 100 % per group, its segments the options."""
    rows = card.rows
    series = tuple(
        Series(
            name=row.label,
            values=shown_values([row.by.get(column.code, NOTHING) for column in card.columns]),
            labels=tuple(
                wording.NOTHING
                if column.base.answered == 0
                else lettered(wording.share(row.by.get(column.code, NOTHING).share, words), row, column)
                for column in card.columns
            ),
            role=Role.SCALE if is_scale(card) else Role.GROUP,
        )
        for row in rows
    )
    sizes = tuple(wording.count(column.base.answered, words) for column in card.columns)
    return described(
        card,
        words,
        form=form,
        categories=tuple(headed(column) for column in card.columns),
        series=series,
        maximum=1.0,
        sides=(Side(title="n", labels=sizes),),
        leading=leading_options(rows, words, (row.cell.share for row in rows)),
    )


def _battery(card: Card, form: Form, words: Words) -> ChartSpec:
    """One bar of 100 % per item, best net value first; don't know stands apart.

    A scale without order (its items have no net value) keeps the questionnaire's order and has no net column.
    """
    is_ordered = any(item.net is not None for item in card.items)
    items = best_first(card.items) if is_ordered else card.items
    series = tuple(
        Series(
            name=label,
            values=shown_values([item_cell(item, code) for item in items]),
            labels=tuple(
                wording.NOTHING if item.base.answered == 0 else wording.share(item_cell(item, code).share, words)
                for item in items
            ),
            role=Role.SCALE if is_ordered else Role.GROUP,
        )
        for code, label in card.scale
    )
    sides = []
    if is_ordered:
        nets = tuple(wording.points(item.net, words) for item in items)
        sides.append(Side(title=words.translate("Net"), labels=nets))
    for cause, title in wording.without_answer(words).items():
        values = [item.base.missing.get(cause, 0) for item in items]
        if any(value != 0 for value in values):
            sides.append(Side(title=title, labels=tuple(wording.count(value, words) for value in values)))
    return described(
        card,
        words,
        form=form,
        categories=tuple(item.label for item in items),
        series=series,
        maximum=1.0,
        sides=tuple(sides),
        leading=_leading_items(items, words),
    )


def _leading_items(items: Sequence[BatteryItem], words: Words) -> str:
    """The two best items and the worst with their net values; those without one are passed over."""
    known = [item for item in items if not isinstance(item.net, Suppressed) and item.net is not None]
    ends = known if len(known) <= 3 else [*known[:2], known[-1]]
    named = [
        words.translate("{item} (net {points})", item=item.label, points=wording.points(item.net, words))
        for item in ends
    ]
    return words.translate("Highest to lowest: {items}.", items=words.listed(named)) if named else ""


def _ranking(card: Card, words: Words) -> ChartSpec:
    """One point per item on the line of ranks, best first."""
    rows = sorted(card.rows, key=lambda row: number_or(row.mean_rank, math.inf))
    ranks = [row.mean_rank for row in rows]
    known = [f"{row.label} {wording.decimal(row.mean_rank, words)}" for row in rows if number_or(row.mean_rank, 0)]
    return described(
        card,
        words,
        form=Form.RANKS,
        categories=tuple(row.label for row in rows),
        series=(
            Series(
                name=words.translate("Mean rank"),
                values=tuple(None if isinstance(rank, Suppressed) else rank for rank in ranks),
                labels=tuple(wording.decimal(rank, words) for rank in ranks),
            ),
        ),
        measure=words.translate("Mean rank, 1 = best"),
        value_format=ValueFormat.RANK,
        maximum=float(max(2, len(rows))),
        sides=(
            Side(
                title=words.translate("Put first"),
                labels=tuple(wording.share(row.first.share, words) if row.first else "" for row in rows),
            ),
        ),
        leading=words.translate("Best placed: {items}.", items=wording.listing(known[:3], words)) if known else "",
    )


def _number(card: Card, words: Words) -> ChartSpec:
    """Columns over the classes of a number."""
    cells = [row.cell for row in card.rows]
    middle = [
        f"{name} {wording.decimal(value, words)}"
        for name, value in ((words.translate("mean"), card.mean), (words.translate("median"), card.median))
        if value is not None
    ]
    sentence = words.translate("In the middle: {figures}.", figures=wording.listing(middle, words)) if middle else ""
    return described(
        card,
        words,
        form=Form.COLUMNS,
        categories=tuple(wording.figures_in_order(row.label, words) for row in card.rows),
        series=(
            Series(
                name=share_measure(card, words),
                values=shown_values(cells),
                labels=tuple(cell_label(cell, card.base.answered, words) for cell in cells),
            ),
        ),
        maximum=reach_of(shown_values(cells)),
        more_notes=(sentence,) if sentence else (),
        leading=wording.sentences((sentence, leading_options(card.rows, words, (cell.share for cell in cells)))),
    )


def timeline(
    points: Sequence[TimelinePoint],
    *,
    replies: int | Suppressed,
    source: MonitoringSource,
    words: Words,
    rules: Policy,
    deadline: date | None = None,
) -> ChartSpec:
    """Replies per day (per week beyond two months) with a line at the deadline; small counts hidden by the rules.

    replies  all of them, as the reader may see that number
    """
    days = sorted(points, key=lambda point: point.day)
    step = 7 if days and (days[-1].day - days[0].day).days >= DAYS_SHOWN else 1
    starts, all_counts = _per_step(days, step)
    counts = _protected_row(all_counts, rules)
    known = [value for value in counts if not isinstance(value, Suppressed)]
    label = words.translate("Deadline {day}", day=wording.day(deadline, words)) if deadline else ""
    marks = (Mark(at=_position(starts, deadline, step), label=label),) if deadline and starts else ()
    unit = words.translate("Replies per week") if step == 7 else words.translate("Replies per day")
    total = wording.count(replies, words)
    title = words.translate("Replies over time")
    return ChartSpec(
        form=Form.COLUMNS,
        title=title,
        measure=unit,
        # Office draws no line at the deadline, so it is told as well.
        base=" · ".join(part for part in (words.translate("n = {replies}", replies=total), label) if part),
        categories=tuple(wording.day(start, words) for start in starts),
        series=(
            Series(
                name=unit,
                values=tuple(None if isinstance(value, Suppressed) else float(value) for value in counts),
                labels=tuple("" if value == 0 else wording.count(value, words) for value in counts),
            ),
        ),
        value_format=ValueFormat.COUNT,
        maximum=float(max(known, default=0) or 1),
        marks=marks,
        note=_monitoring_note(source, words, has_hidden=len(known) < len(counts)),
        source=_monitoring_source(source, words),
        alt=wording.sentences(
            (
                wording.sentence(title, words),
                words.translate(
                    "Column chart. {unit}: {replies} in all, at most {most} at once.",
                    unit=unit,
                    replies=total,
                    most=wording.count(max(known, default=0), words),
                ),
                wording.sentence(label, words) if label else "",
            )
        ),
        language=words.language,
        direction=words.direction,
        axis=words.translate("Date"),
    )


def _protected_row(counts: Sequence[int], rules: Policy) -> list[int | Suppressed]:
    """Counts beside their total, with small ones hidden and what would tell them."""
    hidden = hidden_beside_total(counts, rules.threshold, rounding=rules.rounding)
    return [SUPPRESSED if place in hidden else rounded(value, rules.rounding) for place, value in enumerate(counts)]


def coverage(
    rows: Sequence[CoverageRow], *, source: MonitoringSource, words: Words, dimension: str = "region"
) -> ChartSpec:
    """Share of the invited organisations that replied, by region, organisation type or language, in the order given."""
    titles = {
        "region": words.translate("Who has replied, by region"),
        "organisation_type": words.translate("Who has replied, by type of organisation"),
        "language": words.translate("Who has replied, by language"),
    }
    axes = {
        "region": words.translate("Region"),
        "organisation_type": words.translate("Type of organisation"),
        "language": words.translate("Language"),
    }
    labels = tuple(row.label or words.translate("not stated") for row in rows)
    shares = [SUPPRESSED if isinstance(r.replied, Suppressed) else r.replied / max(1, r.invited) for r in rows]
    of_invited = tuple(f"{wording.count(r.replied, words)}\u00a0/\u00a0{wording.count(r.invited, words)}" for r in rows)
    invited = wording.count(sum(row.invited for row in rows), words)
    named = [f"{label} {wording.share(part, words)}" for label, part in zip(labels, shares, strict=True)]
    return ChartSpec(
        form=Form.BARS,
        title=titles[dimension],
        measure=words.translate("Share of the invited organisations that replied"),
        base=words.translate("n = {invited} invited", invited=invited),
        categories=labels,
        series=(
            Series(
                name=words.translate("Replied"),
                values=tuple(None if isinstance(part, Suppressed) else part for part in shares),
                labels=tuple(wording.share(part, words) for part in shares),
            ),
        ),
        value_format=ValueFormat.SHARE,
        maximum=reach_of(None if isinstance(part, Suppressed) else part for part in shares),
        sides=(Side(title=words.translate("Replied / invited"), labels=of_invited),),
        note=_monitoring_note(source, words, has_hidden=SUPPRESSED in shares),
        source=_monitoring_source(source, words),
        alt=wording.sentences(
            (
                wording.sentence(titles[dimension], words),
                wording.sentence(f"{words.translate('Bar chart')}{words.colon}{wording.listing(named, words)}", words),
            )
        ),
        language=words.language,
        direction=words.direction,
        axis=axes[dimension],
    )


def _per_step(days: Sequence[TimelinePoint], step: int) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """First day and replies of every step, the empty ones too."""
    if not days:
        return (), ()
    first = days[0].day
    counts = [0] * ((days[-1].day - first).days // step + 1)
    for point in days:
        counts[(point.day - first).days // step] += point.replies
    return tuple(first + timedelta(days=step * index) for index in range(len(counts))), tuple(counts)


def _position(starts: Sequence[date], day: date, step: int) -> float:
    """Right edge of the day's column; just outside the columns for a day before or after them."""
    return min(max(((day - starts[0]).days + 1) / step - 0.5, -0.5), len(starts) - 0.5)


def _monitoring_note(source: MonitoringSource, words: Words, *, has_hidden: bool) -> str:
    lines = [
        words.translate("{mark}: not shown, to protect small groups.", mark=wording.hidden(words))
        if has_hidden
        else "",
        wording.fictional_mark(words) if source.fictional else "",
    ]
    return wording.sentences(lines)


def _monitoring_source(source: MonitoringSource, words: Words) -> str:
    if source.sha256:
        return wording.state_line(source.title, source.as_of, provenance.short(source.sha256), words)
    return words.translate(
        "Source: {title}. As of {moment}.", title=source.title, moment=wording.moment(source.as_of, words)
    )
