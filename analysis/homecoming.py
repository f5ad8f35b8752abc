"""Use case: a file that comes back. What it was asked of, whether its figures hold, and a deck brought up to date.

What a file says of itself is a claim, and nothing more: every figure is asked for anew, with the rights of whoever
brings the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from analysis import inventory, opened_data, opinions, overview, review, snapshots
from analysis.charts.choose import chart_to_take_away, form_of, require_form
from analysis.charts.opinions import may_be_drawn
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method, method_of
from analysis.opened_data import Filters
from analysis.report import deck_refresh, document_refresh, opened, page_room, table_refresh, workbook
from analysis.report.chart_refresh import Moved, Refreshed
from analysis.report.table import as_of_old, new_heads, of_picture, tabulate, written
from analysis.report.table_refresh import Numbers
from data.errors import InvalidInput, SoundingsError
from data.store import Store
from survey.access import Action, Actor, require, require_somewhere
from survey.translator import LANGUAGES, Words

MOST_VIEWS = 200
REFRESHED = ("pptx", "docx")
"""Kinds of files that are given present figures."""
_DRAWN = {provenance.SCATTER: Form.SCATTER, provenance.COMBINATIONS: Form.UPSET}
"""The form of a picture that holds more than its own question's figures."""


class Verdict(StrEnum):
    """Whether the figures of a file still hold."""

    HOLDS = "holds"
    """It is of the present state, and no figure that can be compared is another one."""
    SAME = "same"
    """The state is another one, and every figure that can be compared is as it was."""
    CHANGED = "changed"
    """Figures differ."""
    UNTOLD = "untold"
    """The state is another one, and the figures of then are not compared: they are not in the file, and not frozen or
    too many."""
    REFUSED = "refused"
    """It cannot be asked for again: gone, not for this reader, or not a query of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAsked:
    """What was chosen of a file for statistical programs: `provenance.FIGURES` or `ANSWERS`, format and the rest."""

    content: str
    kind: str
    labels: str
    questions: tuple[str, ...]
    names: bool
    texts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One query of a file: what it asks for, and how it stands with its figures.

    consultation, question, by, filters, method, language   as asked; "" without a question
    label      the question's words, or those of a picture; "" for the whole
    form       of the chart, None for the first that suits; intervals  whether they are shown
    banners    what every question of a tab book is compared by
    questions  of a file of picked questions: these
    picture    name of one of `overview.PICTURES`, "" for anything else
    data       of a file for statistical programs, None for anything else
    snapshot   the state of the file; frozen  whether its figures can be made again
    moved      figures that differ
    error      why it was refused
    """

    verdict: Verdict
    consultation: str = ""
    question: str = ""
    label: str = ""
    by: str = ""
    filters: Filters = field(default_factory=Filters)
    method: Method = PLAIN
    form: Form | None = None
    intervals: bool = False
    banners: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    picture: str = ""
    data: DataAsked | None = None
    language: str = "en"
    internal: bool = False
    snapshot: str = ""
    frozen: bool = False
    moved: tuple[Moved, ...] = ()
    unknown: tuple[str, ...] = ()
    error: SoundingsError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a file is, and each view that it holds.

    deck    the deck or document with present figures, when it has charts of ours; charts  what became of each of them
    """

    kind: str
    views: tuple[View, ...]
    deck: bytes = b""
    charts: tuple[Refreshed, ...] = ()


def check(store: Store, content: bytes, *, actor: Actor, now: datetime) -> Checked:
    """What the file was asked of, and whether its figures still hold.

    Raises  NotAllowed for who sees no figures at all; InvalidInput as `report.opened.open_file`.
    """
    require_somewhere(actor, Action.READ_PROTECTED_FIGURES)
    file = opened.open_file(content)
    deck, charts = _refreshed(store, content, file.kind, actor, now)
    told: dict[str, Refreshed] = {}
    for each in charts:
        told[each.query] = _joined(told[each.query], each) if each.query in told else each
    queries = file.queries[:MOST_VIEWS]
    figures = file.figures if len(queries) == 1 else None
    views = tuple(_view(store, query, figures, told, actor, now) for query in queries)
    return Checked(kind=file.kind, views=views, deck=deck, charts=charts)


def _refreshed(
    store: Store, content: bytes, kind: str, actor: Actor, now: datetime
) -> tuple[bytes, tuple[Refreshed, ...]]:
    """As `_refresh`; nothing for other files, and for documents without a chart."""
    if kind not in REFRESHED:
        return b"", ()
    try:
        return _refresh(store, content, kind, actor, now)
    except InvalidInput as error:
        if kind == "docx" and error.code == "returned.no_query":
            return b"", ()
        raise


def _joined(one: Refreshed, other: Refreshed) -> Refreshed:
    """What became of a question whose rows stand on several slides."""
    return replace(
        one,
        moved=one.moved + other.moved,
        unknown=tuple(dict.fromkeys(one.unknown + other.unknown)),
        untold=tuple(dict.fromkeys(one.untold + other.untold)),
        error=one.error or other.error,
    )


def refresh(store: Store, content: bytes, *, actor: Actor, now: datetime) -> tuple[bytes, tuple[Refreshed, ...]]:
    """A deck or document with present figures and all that people made of it, and what became of each chart.

    Raises  as `check`; InvalidInput "returned.no_deck" for any other file.
    """
    require_somewhere(actor, Action.READ_PROTECTED_FIGURES)
    kind = opened.open_file(content).kind
    if kind not in REFRESHED:
        raise InvalidInput("returned.no_deck")
    return _refresh(store, content, kind, actor, now)


def _refresh(
    store: Store, content: bytes, kind: str, actor: Actor, now: datetime
) -> tuple[bytes, tuple[Refreshed, ...]]:
    cards: dict[str, Card] = {}

    def card(query: str) -> Card:
        if query not in cards:
            cards[query] = _card(store, opened.read_query(query), actor, now)
        return cards[query]

    def numbers_of(query: str) -> Numbers:
        asked = opened.read_query(query)
        words = _words(store, asked, actor)
        if asked["picture"] in overview.PICTURES:
            table = of_picture(picture(asked))
            return table_refresh.numbers_of(table, lambda value, unit: written(value, unit, words))
        return table_refresh.numbers_of(tabulate(card(query), words), lambda value, unit: written(value, unit, words))

    def picture(asked: Mapping[str, Any]) -> ChartSpec:
        return _picture(store, asked, actor, now)

    def redraw(query: str, *, with_intervals: bool = False) -> ChartSpec:
        asked = opened.read_query(query)
        if opened.ends_of(query):  # its names and figures stand where the figures of then put them
            raise InvalidInput("returned.slope")
        if asked["picture"] in overview.PICTURES:
            return page_room.as_bars(picture(asked), _words(store, asked, actor))
        spec = chart_to_take_away(
            card(query),
            _words(store, asked, actor),
            form=form_of(asked["form"]),
            with_intervals=with_intervals or asked["intervals"],
        )
        if spec is None:
            raise InvalidInput("format.no_chart", question=asked["question"])
        return spec

    if kind == "docx":
        return document_refresh.refresh(content, redraw, numbers_of, most=deck_refresh.MOST_CHARTS)
    return deck_refresh.refresh(content, redraw, numbers_of)


def _view(
    store: Store,
    query: str,
    figures: opened.Figures | None,
    told: Mapping[str, Refreshed],
    actor: Actor,
    now: datetime,
) -> View:
    try:
        asked, ends = opened.read_query(query), opened.ends_of(query)
        if ends:
            return _slope_view(store, asked, ends, actor, now)
        if asked["data"]:
            return _data_view(store, asked, actor)
        if asked["picture"] in overview.PICTURES:
            return _picture_view(store, asked, figures, told.get(query), actor, now)
    except SoundingsError as error:
        return View(verdict=Verdict.REFUSED, error=error)
    common: dict[str, Any] = {name: asked[name] for name in ("consultation", "question", "by", "snapshot", "intervals")}
    common["language"] = _page_language(asked)
    common["banners"], common["questions"] = tuple(asked["banners"]), tuple(asked["questions"])
    try:
        slug = asked["consultation"]
        present = opened_data.digest(store, slug, actor=actor)
        common["filters"], common["method"] = Filters.of(asked["filters"]), method_of(asked["method"])
        common["form"] = _DRAWN.get(asked["picture"]) or form_of(asked["form"])
        common["internal"] = _audience(asked) is Audience.INTERNAL
        common["frozen"] = _is_frozen(store, asked, actor)
        if not asked["question"]:
            if common["internal"]:
                opened_data.present_state(store, slug, actor=actor)  # who may not see internal figures is refused here
            verdict = Verdict.HOLDS if asked["snapshot"] == present else Verdict.UNTOLD
            return View(verdict=verdict, **common)
        card = _card(store, asked, actor, now)
        common["label"] = card.label
        unchanged = Verdict.HOLDS if asked["snapshot"] == present else Verdict.SAME
        if query in told and told[query].error is None:
            found = told[query]
            verdict = Verdict.CHANGED if found.moved or found.unknown else unchanged
            return View(verdict=verdict, moved=found.moved, unknown=found.unknown, **common)
        if figures is None and unchanged is Verdict.HOLDS:
            return View(verdict=Verdict.HOLDS, **common)
        if figures is None and common["frozen"]:
            then = _card(store, asked, actor, now, snapshot=asked["snapshot"])
            figures = _figures(then, _words(store, asked, actor))
        if figures is None:
            return View(verdict=Verdict.UNTOLD, **common)
        moved = _moves(figures, _figures(card, _words(store, asked, actor), beside=figures))
        return View(verdict=Verdict.CHANGED if moved else unchanged, moved=moved, **common)
    except SoundingsError as error:
        return View(verdict=Verdict.REFUSED, error=error, **common)


def _is_frozen(store: Store, asked: Mapping[str, Any], actor: Actor) -> bool:
    found = snapshots.listed(store, asked["consultation"], actor=actor)
    return any(each.sha256 == asked["snapshot"] for each in found)


def _data_view(store: Store, asked: Mapping[str, Any], actor: Actor) -> View:
    """A file for statistical programs holds while its state is the present one; its figures are not compared."""
    slug, internal = asked["consultation"], _audience(asked) is Audience.INTERNAL
    if asked["data"] not in (provenance.FIGURES, provenance.ANSWERS):
        raise InvalidInput("returned.query_unreadable")
    present, of_answers = opened_data.digest(store, slug, actor=actor), asked["data"] == provenance.ANSWERS
    if internal or of_answers:
        require(actor, Action.READ_ANSWERS if of_answers else Action.READ_INTERNAL_FIGURES, slug)
    data = DataAsked(
        content=asked["data"],
        kind=asked["format"],
        labels=asked["language"],
        questions=tuple(asked["questions"]),
        names=asked["names"],
        texts=asked["texts"],
    )
    return View(
        verdict=Verdict.HOLDS if asked["snapshot"] == present else Verdict.UNTOLD,
        consultation=slug,
        by=asked["by"],
        filters=Filters.of(asked["filters"]),
        method=method_of(asked["method"]),
        data=data,
        language=_page_language(asked),
        internal=internal,
        snapshot=asked["snapshot"],
        frozen=not of_answers and _is_frozen(store, asked, actor),
    )


def _picture(store: Store, asked: Mapping[str, Any], actor: Actor, now: datetime) -> ChartSpec:
    slug, name, words = asked["consultation"], asked["picture"], _words(store, asked, actor)
    return overview.picture(store, slug, name, actor=actor, words=words, now=now, audience=_audience(asked))


def _picture_view(
    store: Store,
    asked: Mapping[str, Any],
    figures: opened.Figures | None,
    drawn: Refreshed | None,
    actor: Actor,
    now: datetime,
) -> View:
    """A picture of who answered: none is of a frozen state, so only figures that are in the file can be compared.

    figures  of a table; drawn  what became of a chart of Office
    """
    spec, slug = _picture(store, asked, actor, now), asked["consultation"]
    holds = asked["snapshot"] == opened_data.digest(store, slug, actor=actor)
    unknown, moved = tuple[str, ...](), tuple[Moved, ...]()
    compared = figures is not None or (drawn is not None and drawn.error is None)
    if drawn is not None and (drawn.error is None or figures is None):
        moved, unknown = drawn.moved, drawn.unknown
    elif figures is not None:
        _queries, present = opened.csv_figures(workbook.picture_csv(spec, _words(store, asked, actor)))
        moved = _moves(figures, present)
    verdict = Verdict.HOLDS if holds else Verdict.SAME if compared else Verdict.UNTOLD
    if moved or unknown:
        verdict = Verdict.CHANGED
    return View(
        verdict=verdict,
        consultation=slug,
        label=spec.title,
        picture=asked["picture"],
        language=_page_language(asked),
        internal=_audience(asked) is Audience.INTERNAL,
        snapshot=asked["snapshot"],
        moved=moved,
        unknown=unknown,
    )


def _slope_view(
    store: Store, asked: Mapping[str, Any], ends: tuple[dict[str, Any], ...], actor: Actor, now: datetime
) -> View:
    """A slope holds while each end is of a frozen state from which nothing was erased, or of the present one."""
    held = []
    for end in ends:
        slug, state = end["consultation"], end["snapshot"]
        frozen = any(each.sha256 == state and not each.erased for each in snapshots.listed(store, slug, actor=actor))
        held.append(frozen or state == opened_data.digest(store, slug, actor=actor))
    last = ends[-1]
    return View(
        verdict=Verdict.HOLDS if all(held) else Verdict.UNTOLD,
        consultation=last["consultation"],
        question=last["question"],
        label=_card(store, last, actor, now).label,
        filters=Filters.of(last["filters"]),
        language=asked["language"] or last["language"],
        internal=_audience(last) is Audience.INTERNAL,
        snapshot=last["snapshot"],
    )


def _card(store: Store, asked: Mapping[str, Any], actor: Actor, now: datetime, *, snapshot: str = "") -> Card:
    """The card of a query, with the rights of the actor; of the present state unless another is named."""
    found = review.card(
        store,
        asked["consultation"],
        asked["question"],
        actor=actor,
        audience=_audience(asked),
        language=_words(store, asked, actor).language,
        filters=Filters.of(asked["filters"], snapshot=snapshot),
        now=now,
        by=asked["by"],
        method=method_of(asked["method"]),
        together=asked["picture"] == provenance.COMBINATIONS,
    )
    if asked["picture"] == provenance.SCATTER:
        filters = Filters.of(asked["filters"], snapshot=snapshot)
        method = method_of(asked["method"])
        slug = asked["consultation"]
        both = review.set_against(store, slug, found, actor=actor, filters=filters, now=now, method=method)
        require_form(both, Form.SCATTER)
        return both
    if asked["picture"] != provenance.OPINIONS:
        return found
    groups = opinions.opinions(
        store,
        asked["consultation"],
        asked["question"],
        actor=actor,
        audience=found.audience,
        language=found.language,
        now=now,
        snapshot=snapshot,
    )
    if groups.hidden or not groups.groups or not may_be_drawn(groups):
        raise InvalidInput("groups.not_kept")
    return replace(found, opinions=groups)


def _audience(asked: Mapping[str, Any]) -> Audience:
    if asked["audience"] not in list(Audience):
        raise InvalidInput("returned.query_unreadable")
    return Audience(asked["audience"])


def _words(store: Store, asked: Mapping[str, Any], actor: Actor) -> Words:
    tag = asked["language"]
    if tag not in LANGUAGES and tag not in inventory.label_languages(store, asked["consultation"], actor=actor):
        raise InvalidInput("returned.query_unreadable")
    return Words(tag)


def _page_language(asked: Mapping[str, Any]) -> str:
    """The language of the file, where pages have it too."""
    return asked["language"] if asked["language"] in LANGUAGES else "en"


def _figures(card: Card, words: Words, *, beside: opened.Figures | None = None) -> opened.Figures:
    """The figures of a card as a table; in the headings and units of those beside them, which may be older."""
    table, heads = tabulate(card, words), {head for _row, head in beside or {}}
    if any(column.old in heads and column.head not in heads for column in table.columns):
        table = as_of_old(table)
    elif beside is not None and not {opened.plain(head) for head in new_heads(table)} & heads:
        table = replace(table, columns=tuple(each for each in table.columns if each.head not in new_heads(table)))
    _queries, figures = opened.csv_figures(workbook.table_csv(card, table, words))
    return figures


def _moves(before: opened.Figures, after: opened.Figures) -> tuple[Moved, ...]:
    """Figures that differ, in the order in which they stood; "" for one that is not there."""
    places = dict.fromkeys([*before, *after])
    return tuple(
        Moved(category=row, series=column, before=before.get((row, column), ""), after=after.get((row, column), ""))
        for row, column in places
        if before.get((row, column), "") != after.get((row, column), "")
    )
