"""Cards: one question summarised for one audience, and all questions of a consultation in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from analysis.dataset.arrays import NO_FILTERS, Dataset
from analysis.dataset.codebook import PSEUDO_VARIABLES, Variable
from analysis.dataset.counting import numbers, spread
from analysis.disclosure import Audience, Policy, policy
from analysis.disclosure.releases import Release, release
from analysis.disclosure.tables import Table, combinations_table, group_of, places_table
from analysis.findings.battery import summarise_battery
from analysis.findings.bins import bins
from analysis.findings.card import Card, CardKind, Column, Combinations, Figure, Quote, Row, Source
from analysis.findings.combinations import combinations, shortened
from analysis.findings.contents import answers_of
from analysis.findings.crossing import facing
from analysis.findings.profile import profile_questions
from analysis.findings.protection import protected
from analysis.findings.quotes import view_quotes
from analysis.findings.ranking import ranking_columns, ranking_rows
from analysis.findings.view import View, counted_rows, open_view, tallied, tallied_rows
from data.errors import InvalidInput, NotAllowed, NotFound
from survey.questionnaire import NUMBER_KINDS, Kind

CARD_KINDS: Mapping[Kind, CardKind] = {
    Kind.SELECT_ONE: CardKind.SINGLE,
    Kind.ACKNOWLEDGE: CardKind.SINGLE,
    Kind.SELECT_MULTIPLE: CardKind.MULTIPLE,
    Kind.RANK: CardKind.RANKING,
    Kind.TEXT: CardKind.TEXT,
    **dict.fromkeys(NUMBER_KINDS, CardKind.NUMBER),
}
"""The card that a question kind gets; uploads, places, dates and times have none."""


def tables_of(
    dataset: Dataset,
    question: str,
    *,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    by: str = "",
    together: bool = False,
) -> tuple[Table, ...]:
    """The tables that a card shows: one, for a battery one more for each item, and for a ranking one of all places.

    Places are told of the whole view only, and not of the groups of a comparison; so are sets of options.

    together  of a multiple choice also the sets of options that were chosen
    """
    battery = next((each for each in dataset.codebook.batteries if each.name == question), None)
    names = (question,) if battery is None else (question, *battery.items)
    found = tuple(Table(question=name, filters=group_of(filters), by=by) for name in names)
    variable = dataset.variables.get(question)
    if variable is not None and variable.kind is Kind.RANK:
        return (*found, Table(question=places_table(question), filters=group_of(filters)))
    if together and not by and variable is not None and variable.kind is Kind.SELECT_MULTIPLE:
        return (*found, Table(question=combinations_table(question), filters=group_of(filters)))
    return found


def require_card(
    dataset: Dataset, question: str, audience: Audience, *, filters: Mapping[str, Sequence[str]], by: str
) -> None:
    """Returns when the question has a card for this audience in this view, else raises as `summarise`."""
    variable = dataset.variables.get(question)
    if not any(battery.name == question for battery in dataset.codebook.batteries):
        if variable is None:
            raise NotFound("card.unknown_question", question=question)
        if variable.kind not in CARD_KINDS:
            raise InvalidInput("card.unsupported_kind", question=question, kind=variable.kind.value)
        if variable.identifying and audience is not Audience.INTERNAL:
            raise NotAllowed("card.identifying", question=question)
    open_view(dataset, audience=audience, rules=policy(audience), language="", filters=filters, by=by)


def summarise(
    dataset: Dataset,
    question: str,
    *,
    audience: Audience,
    language: str,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    by: str = "",
    source: Source,
    rules: Policy | None = None,
    released: Mapping[Table, Release] | None = None,
    view: View | None = None,
    quoted: bool = True,
    together: bool = False,
) -> Card:
    """The card of a question, of one item of a battery (as a single choice), or of a whole battery by its group's name.

    Shares are of the respondents with a valid answer; those of a multiple choice may add up to more than 1. For MEETING
    and PUBLIC small figures are SUPPRESSED, and others from which they could be worked out: see docs/disclosure.md.

    filters   variable -> codes: OR inside, AND across.
    by        single or multiple choice whose codes become columns, each with its own base; "" for none.
    rules     what holds for the audience; None for `disclosure.policy`.
    released  what its tables (`tables_of`) may show; None when nothing was released before them.
    view      the same audience, filters and comparison with the question counted, where several are asked for.
    quoted    False leaves the answers in words out of the card
    together  a multiple choice also tells which options were chosen together
    Raises    NotFound "card.unknown_question"; InvalidInput "card.unsupported_kind" for uploads, places, dates and
              times; NotAllowed "card.identifying" for the organisation's name unless INTERNAL; as open_view.
    """
    rules = rules or policy(audience)
    card = _unprotected(
        dataset,
        question,
        audience=audience,
        rules=rules,
        language=language,
        filters=filters,
        by=by,
        source=source,
        view=view,
        quoted=quoted,
        together=together,
    )
    if audience is Audience.INTERNAL:
        return card if card.combinations is None else replace(card, combinations=shortened(card.combinations))
    if released is None:
        wanted = tables_of(dataset, question, filters=filters, by=by, together=together)
        found = release(dataset, wanted, (), answers=lambda name: answers_of(dataset, name), rules=rules)
        released = {each.table: each for each in found}
    return protected(dataset, card, released, rules)


def _unprotected(
    dataset: Dataset,
    question: str,
    *,
    audience: Audience,
    rules: Policy,
    language: str,
    filters: Mapping[str, Sequence[str]],
    by: str,
    source: Source,
    view: View | None,
    quoted: bool,
    together: bool,
) -> Card:
    if any(battery.name == question for battery in dataset.codebook.batteries):
        return summarise_battery(
            dataset,
            question,
            audience=audience,
            rules=rules,
            language=language,
            filters=filters,
            by=by,
            source=source,
            view=view,
        )
    variable = dataset.variables.get(question)
    if variable is None:
        raise NotFound("card.unknown_question", question=question)
    require_card(dataset, question, audience, filters=filters, by=by)
    view = view or open_view(
        dataset, audience=audience, rules=rules, language=language, filters=filters, by=by, names=(question,)
    )
    own, compared = tallied(view, question, variable.causes)
    body = _body(dataset, view, variable, compared, quoted=quoted, together=together)
    words = dataset.codebook.words
    return Card(
        question=question,
        kind=CARD_KINDS[variable.kind],
        label=words(variable.label, language, question),
        section=words(variable.section_label, language, ""),
        base=own,
        audience=audience,
        source=source,
        language=language,
        filters=view.filters,
        filter_labels=view.filter_labels,
        filter_causes=view.filter_causes,
        by=by,
        by_label=words(dataset.variables[by].label, language, by) if by else "",
        columns=body.columns or compared,
        overlapping=bool(by) and not dataset.variables[by].is_single,
        rows=body.rows,
        mean=body.mean,
        median=body.median,
        quotes=body.quotes,
        combinations=body.combinations,
        profile=question in profile_questions(dataset.codebook),
        facing=None if by else facing(dataset.codebook, question),
    )


def questions_of(dataset: Dataset, audience: Audience) -> tuple[str, ...]:
    """Every question that has a card, in questionnaire order, each battery in the place of its first item.

    Left out: notes, calculations, metadata and contact questions, which are no variables; uploads, places, dates and
    times, for which no card exists yet; for MEETING and PUBLIC the organisation's name; the pseudo variables.
    """
    names: dict[str, None] = {}
    for variable in dataset.codebook.variables:
        pseudo = variable.name in PSEUDO_VARIABLES and not variable.section
        secret = variable.identifying and audience is not Audience.INTERNAL
        if not pseudo and not secret and variable.kind in CARD_KINDS:
            names.setdefault(variable.battery or variable.name)
    return tuple(names)


def cards(
    dataset: Dataset,
    *,
    audience: Audience,
    language: str,
    filters: Mapping[str, Sequence[str]] = NO_FILTERS,
    source: Source,
    rules: Policy | None = None,
    released: Mapping[Table, Release] | None = None,
) -> tuple[Card, ...]:
    """One card per question of `questions_of`; for MEETING and PUBLIC all of them are protected together.

    rules, released  as for `summarise`.
    Raises  as open_view.
    """
    rules, names = rules or policy(audience), questions_of(dataset, audience)
    if released is None and audience is not Audience.INTERNAL:
        wanted = [table for name in names for table in tables_of(dataset, name, filters=filters)]
        found = release(dataset, wanted, (), answers=lambda name: answers_of(dataset, name), rules=rules)
        released = {each.table: each for each in found}
    view = open_view(
        dataset,
        audience=audience,
        rules=rules,
        language=language,
        filters=filters,
        names=_counted(dataset, names),
    )
    return tuple(
        summarise(
            dataset,
            name,
            audience=audience,
            language=language,
            filters=filters,
            source=source,
            rules=rules,
            released=released,
            view=view,
        )
        for name in names
    )


def _counted(dataset: Dataset, questions: Sequence[str]) -> list[str]:
    """The questions, and the items of batteries."""
    items = {battery.name: battery.items for battery in dataset.codebook.batteries}
    return [name for question in questions for name in (question, *items.get(question, ()))]


class _Body(NamedTuple):
    rows: tuple[Row, ...] = ()
    mean: Figure | None = None
    median: Figure | None = None
    quotes: tuple[Quote, ...] = ()
    combinations: Combinations | None = None
    columns: tuple[Column, ...] = ()
    """Those of the comparison, where the question has more to tell of them."""


def _body(
    dataset: Dataset,
    view: View,
    variable: Variable,
    compared: Sequence[Column],
    *,
    quoted: bool,
    together: bool,
) -> _Body:
    name, kind = variable.name, CARD_KINDS[variable.kind]
    words = dataset.codebook.words
    options = tuple((code.name, words(code.label, view.language, code.name)) for code in variable.codes)
    if kind is CardKind.RANKING:
        codes = [code for code, _ in options]
        columns = ranking_columns(view, name, codes, compared)
        return _Body(rows=ranking_rows(view, name, options), columns=columns)
    if kind is CardKind.NUMBER:
        return _number_body(view, variable, compared)
    if kind is CardKind.TEXT:
        return _Body(quotes=view_quotes(dataset, view, name) if quoted else ())
    sets = combinations(view, variable) if together and kind is CardKind.MULTIPLE else None
    return _Body(rows=tallied_rows(view, name, options), combinations=sets)


def _number_body(view: View, variable: Variable, compared: Sequence[Column]) -> _Body:
    """The rows, the middle of all, and the columns with the middle of each group."""
    dataset, name = view.dataset, variable.name
    parts = bins(variable, spread(dataset, name))
    found = numbers(dataset, name, [(part.low, part.high) for part in parts], filters=view.filters, by=view.by)
    rows = counted_rows(view, [(part.code, part.label) for part in parts], found.counts, found.n)
    middles = [
        (total / n, median) if n else (None, None)
        for total, n, median in zip(found.sums.tolist(), found.n.tolist(), found.medians.tolist(), strict=True)
    ]
    columns = tuple(
        replace(each, mean=mean, median=median) for each, (mean, median) in zip(compared, middles[1:], strict=True)
    )
    return _Body(rows=rows, mean=middles[0][0], median=middles[0][1], columns=columns)
