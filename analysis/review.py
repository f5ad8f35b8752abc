"""Use case: look at the answers as cards. Whatever leaves the house is asked for as MEETING or PUBLIC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from analysis import ledger
from analysis.charts.choose import require_form
from analysis.charts.spec import Form
from analysis.dataset.arrays import Dataset
from analysis.dataset.kept import current
from analysis.dataset.remembering import remembered
from analysis.disclosure import Audience, Policy
from analysis.disclosure.tables import Table, home_of
from analysis.findings import protection, summary
from analysis.findings.card import Card, Source
from analysis.findings.method import PLAIN, Method
from analysis.findings.refine import refine, refine_all, require_method
from analysis.findings.robustness import Lenses, assess
from analysis.findings.said import hidden_in, numbers
from analysis.lenses import lenses_of
from analysis.opened_data import Filters, Opened, contacts_of, open_data, source_of
from data.errors import InvalidInput, NotFound
from data.records import Scope
from data.store import Store
from survey.access import Action, Actor, decide
from survey.questionnaire import Kind

_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


def cards(
    store: Store,
    slug: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    method: Method = PLAIN,
    questions: Sequence[str] = (),
) -> tuple[Card, ...]:
    """One card for every question that has one, in questionnaire order.

    method     as for `card`
    questions  names of questions or batteries: these alone, and nothing is released of the others; () for all
    Raises     NotFound "card.unknown_question"
    """
    require_method(method, audience)
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    if questions:
        asked = {"actor": actor, "audience": audience, "language": language, "filters": filters, "now": now}
        picked = [card(store, slug, each, **asked) for each in _picked(opened.dataset, audience, questions)]  # type: ignore[arg-type]
        return refine_all(picked, opened.dataset, method, contacts_of(store, opened, method, audience))
    rules, released = ledger.rules_of(opened.consultation, audience), None
    if audience is not Audience.INTERNAL:
        chosen = filters.as_mapping()
        opened.dataset.select(chosen)  # what is no filter is said before anything is released
        names = summary.questions_of(opened.dataset, audience)
        tables = [table for name in names for table in summary.tables_of(opened.dataset, name, filters=chosen)]
        released = _released(store, opened, tables, audience, actor, now)
    source, lenses = source_of(store, opened, language, now, rules), lenses_of(store, opened)
    timeless = replace(source, as_of=_ANY_TIME)  # so that the same cards are found again when the clock goes on
    found = tuple(
        replace(each, source=source)
        for each in _cards(
            opened.dataset, opened.digest, audience, language, filters, timeless, rules, released, lenses
        )
    )
    return refine_all(found, opened.dataset, method, contacts_of(store, opened, method, audience))


def book(
    store: Store,
    slug: str,
    *,
    by: Sequence[str],
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    method: Method = PLAIN,
    questions: Sequence[str] = (),
) -> tuple[Card, ...]:
    """A tab book: every question compared by each of some others, the questions in their order.

    Open answers have no columns and are left out; a question is not compared by itself.
    questions  as for `cards`
    Raises     as `cards` and `card`.
    """
    require_method(method, audience)
    opened = open_data(store, slug, actor, audience, filters.snapshot)
    found = [
        card(
            store,
            slug,
            question,
            actor=actor,
            audience=audience,
            language=language,
            filters=filters,
            now=now,
            by=banner,
        )
        for question in _picked(opened.dataset, audience, questions)
        if question not in opened.dataset.variables or opened.dataset.variables[question].kind is not Kind.TEXT
        for banner in dict.fromkeys(by)
        if banner != question
    ]
    return refine_all(found, opened.dataset, method, contacts_of(store, opened, method, audience))


def _picked(dataset: Dataset, audience: Audience, questions: Sequence[str]) -> tuple[str, ...]:
    names = summary.questions_of(dataset, audience)
    for each in questions:
        if each not in names:
            raise NotFound("card.unknown_question", question=each[:80])
    return tuple(each for each in names if not questions or each in questions)


def card(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    kept: bool = True,
    together: bool = False,
) -> Card:
    """The card of one question or battery, compared by another variable when `by` names one.

    method  weights, interval, column letters and the joining of rankings; `analysis.findings.refine` says what it adds
    together  of a multiple choice also which options were chosen together, unless it is compared
    kept    False: what the audience would see, without anybody being shown it; the ledger does not remember it
    Raises  also NotAllowed "weights.internal_only".
    """
    require_method(method, audience)
    opened, released = open_data(store, slug, actor, audience, filters.snapshot), None
    rules = ledger.rules_of(opened.consultation, audience)
    if audience is not Audience.INTERNAL:
        summary.require_card(opened.dataset, question, audience, filters=filters.as_mapping(), by=by)
        tables = summary.tables_of(opened.dataset, question, filters=filters.as_mapping(), by=by, together=together)
        released = _released(store, opened, tables, audience, actor, now, kept=kept).by_table
    found = summary.summarise(
        opened.dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        by=by,
        source=source_of(store, opened, language, now, rules),
        rules=rules,
        released=released,
        together=together,
    )
    found = refine(found, opened.dataset, method, contacts_of(store, opened, method, audience))
    lenses = lenses_of(store, opened)
    return found if lenses is None else assess(found, opened.dataset, lenses)


def drawn_card(
    store: Store,
    slug: str,
    question: str,
    form: Form | None,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    kept: bool = True,
) -> Card:
    """As `card`, with all that a chart of this form needs besides the question's own figures; the card names the form.

    form    None for the first one that suits it
    Raises  InvalidInput "form.unsuitable".
    """
    asked = {"actor": actor, "audience": audience, "language": language, "filters": filters, "now": now, "by": by}

    def made(*, kept: bool) -> Card:
        found = card(store, slug, question, method=method, kept=kept, together=form is Form.UPSET, **asked)  # type: ignore[arg-type]
        if form is Form.SCATTER:
            found = set_against(store, slug, found, actor=actor, filters=filters, now=now, method=method, kept=kept)
        require_form(found, form)
        return found

    if form is None:
        return made(kept=kept)
    if kept and audience is not Audience.INTERNAL:
        made(kept=False)  # what does not suit is refused before anything is released
    return replace(made(kept=kept), form=form.value)


def drawn_or_plain(store: Store, slug: str, question: str, form: Form | None, **asked: Any) -> Card:
    """As `drawn_card`, with the question's own figures alone where the form does not suit it any more."""
    try:
        return drawn_card(store, slug, question, form, **asked)
    except InvalidInput as error:
        if form is None or error.code != "form.unsuitable":
            raise
        return drawn_card(store, slug, question, None, **asked)


def set_against(
    store: Store,
    slug: str,
    one: Card,
    *,
    actor: Actor,
    filters: Filters,
    now: datetime,
    method: Method = PLAIN,
    kept: bool = True,
) -> Card:
    """The card with that of the question which asks something else of the same options, for the same reader.

    A card that has no such question comes back as it is. Raises  as `card`.
    """
    if one.facing is None:
        return one
    other = card(
        store,
        slug,
        one.facing.question,
        actor=actor,
        audience=one.audience,
        language=one.language,
        filters=filters,
        now=now,
        method=method,
        kept=kept,
    )
    return replace(one, against=other)


def one_by_one(
    store: Store,
    slug: str,
    questions: Sequence[str],
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    opened: Opened | None = None,
) -> Iterator[Card]:
    """The cards of some questions, each as soon as it is made: as `card`, without their badges (`assessed`).

    Answers in words are left out (`quotes`), and neither they nor the compared variable itself are compared.
    opened  what `open_data` gave for this actor, audience and snapshot, where it was asked already
    """
    require_method(method, audience)
    opened = opened or open_data(store, slug, actor, audience, filters.snapshot)
    chosen = filters.as_mapping()
    opened.dataset.select(chosen)  # what is no filter is said before anything is released
    rules = ledger.rules_of(opened.consultation, audience)
    source = source_of(store, opened, language, now, rules)
    contacts = contacts_of(store, opened, method, audience)

    def made(question: str) -> Card:
        variable = opened.dataset.variables.get(question)
        compared = "" if question == by or (variable is not None and variable.kind is Kind.TEXT) else by
        released = None
        if audience is not Audience.INTERNAL:
            summary.require_card(opened.dataset, question, audience, filters=chosen, by=compared)
            tables = summary.tables_of(opened.dataset, question, filters=chosen, by=compared)
            released = _released(store, opened, tables, audience, actor, now)
        timeless = replace(source, as_of=_NO_TIME)
        found = _card(
            opened.dataset, opened.digest, question, audience, language, filters, compared, timeless, rules, released
        )
        return refine(replace(found, source=source), opened.dataset, method, contacts)

    return map(made, questions)


_NO_TIME = datetime.min.replace(tzinfo=UTC)
"""In the place of the minute in which a card is looked at, so that the next minute finds it again."""


@remembered(512)
def _card(
    dataset: Dataset,
    _digest: str,
    question: str,
    audience: Audience,
    language: str,
    filters: Filters,
    by: str,
    source: Source,
    rules: Policy,
    released: ledger.Released | None,
) -> Card:
    return summary.summarise(
        dataset,
        question,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        by=by,
        source=source,
        rules=rules,
        released=None if released is None else released.by_table,
        quoted=False,
    )


def assessed(
    store: Store, slug: str, cards: Sequence[Card], *, actor: Actor, snapshot: str = "", patience: float | None = None
) -> tuple[Card, ...] | None:
    """The same cards, each with the badge that says whether its finding holds when replies are counted otherwise.

    What the lenses are made of is found anew after each change of the answers, beside the visit that asks first.

    patience  seconds to wait for that; None for as long as it takes
    Returns   None when it took longer: it is there a while later
    """
    if not cards:
        return ()
    opened = open_data(store, slug, actor, cards[0].audience, snapshot)
    lenses = lenses_of(store, opened, patience)
    return None if lenses is None else tuple(assess(card, opened.dataset, lenses) for card in cards)


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenFigure:
    """A figure that a meeting does not see: of an item and a group compared ("" for none), its name, and why."""

    item: str
    column: str
    figure: str
    reason: str


def hidden_figures(
    store: Store, slug: str, question: str, *, actor: Actor, filters: Filters, now: datetime, by: str = ""
) -> tuple[HiddenFigure, ...]:
    """What a meeting would not see of a card, and why, for those who see all of it; nothing is released by asking."""
    opened = open_data(store, slug, actor, Audience.INTERNAL, filters.snapshot)
    chosen = filters.as_mapping()
    summary.require_card(opened.dataset, question, Audience.INTERNAL, filters=chosen, by=by)
    tables = summary.tables_of(opened.dataset, question, filters=chosen, by=by)
    found = _released(store, opened, tables, Audience.MEETING, actor, now, kept=False)
    return tuple(
        HiddenFigure(
            item=table.question if home_of(table.question) != question else "", column=column, figure=name, reason=why
        )
        for table in tables
        for column, name, why in protection.hidden_figures(opened.dataset, found.by_table[table])
    )


def hidden_number(
    store: Store, slug: str, question: str, text: str, *, actor: Actor, audience: Audience, now: datetime
) -> str:
    """A number in a text of staff that stands on a card and that the audience does not see there; "" for none.

    Nothing is released by asking; a question that has no card any more hides nothing. Never to be asked of a text by
    somebody who sees no more than the audience: the answer would tell which number is hidden.
    """
    opened, found = open_data(store, slug, actor, audience), []
    if not numbers(text) or question not in summary.questions_of(opened.dataset, Audience.INTERNAL):
        return ""
    tables = summary.tables_of(opened.dataset, question)
    released = _released(store, opened, tables, audience, actor, now, kept=False)
    for seen_by, what in ((audience, released), (Audience.INTERNAL, None)):
        rules = ledger.rules_of(opened.consultation, seen_by)
        source = replace(source_of(store, opened, "en", now, rules), as_of=_NO_TIME)
        found.append(_card(opened.dataset, opened.digest, question, seen_by, "en", Filters(), "", source, rules, what))
    shown, whole = found
    return hidden_in([text], [whole], [shown])


def _released(
    store: Store,
    opened: Opened,
    tables: Sequence[Table],
    audience: Audience,
    actor: Actor,
    now: datetime,
    *,
    kept: bool = True,
) -> ledger.Released:
    def state_of(part: Scope) -> str:
        if part == opened.scope:
            return opened.digest
        with store.read() as reading:
            excluded = reading.excluded_responses(opened.consultation.id, part)
        return current(store, opened.consultation, part, without=excluded).digest

    slug = opened.consultation.slug
    if opened.frozen is not None and opened.scope != decide(actor, Action.READ_PROTECTED_FIGURES, slug).scope:
        raise InvalidInput("snapshot.of_a_part")  # the ledger would take it for a table of what the actor sees
    return ledger.released(
        store,
        slug,
        opened.dataset,
        state_of,
        tables,
        audience=audience,
        actor=actor,
        now=now,
        kept=kept,
    )


@remembered(64)
def _cards(
    dataset: Dataset,
    _digest: str,
    audience: Audience,
    language: str,
    filters: Filters,
    source: Source,
    rules: Policy,
    released: ledger.Released | None,
    lenses: Lenses | None,
) -> tuple[Card, ...]:
    found = summary.cards(
        dataset,
        audience=audience,
        language=language,
        filters=filters.as_mapping(),
        source=source,
        rules=rules,
        released=None if released is None else released.by_table,
    )
    return found if lenses is None else tuple(assess(each, dataset, lenses) for each in found)
