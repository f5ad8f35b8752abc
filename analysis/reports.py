"""Use cases: put a report together of charts, findings, quotes, recommendations and words with live numbers; hand it
over when nothing in it is stale, hidden or contradicted.

A report shows what a meeting may see, whoever opens it. Its figures are of the part of the consultation that its writer
sees, so whoever sees more or less has reports of their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from analysis import inventory, overview, recommendations, review, take_away, withheld
from analysis.charts.choose import forms_for, forms_of, own_form
from analysis.charts.lettering import printable
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card, CardKind
from analysis.findings.method import PLAIN, Method
from analysis.findings.offered import Offered
from analysis.opened_data import Filters
from analysis.recommendations import KeptFinding
from analysis.report import formats, outline, tokens
from analysis.report.compose import bound, part, recommendation_part
from analysis.report.outline import Item, ItemKind, Outline
from analysis.report.template import Template
from analysis.report.tokens import Filled, Wanted
from analysis.report.tree import Figure, Heading, Numbers, Paragraphs, Part, RecommendationPart, Report
from analysis.take_away import File
from analysis.withheld import Beside
from analysis.words import MESSAGES
from data.analysis_records import ReportRecord
from data.audit import differences
from data.errors import Faulty, InvalidInput, NotAllowed, NotFound
from data.records import ConsultationRecord, Scope
from data.store import Store, Transaction
from survey import consultations
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.translator import LANGUAGES, Words, isolated

TITLE_LIMIT = 200
_NAMED = 80
"""Signs that are shown of a text that something is wrong with."""
_TOKEN = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What keeps a report from being handed over.

    number, key  of the item, in order from 1 and by its name; 0 for the report's own title, or a text in no item yet
    part         "title" or "text", where it stands in words; then the token, line and column say where
    code         of its sentence, with `params`
    """

    number: int
    key: int
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    part: str = ""
    token: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An item with its words filled in, what it shows, and what is wrong with it."""

    item: Item
    title: Filled
    text: Filled
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A report as it stands at this moment; `faults` are those of its title."""

    record: ReportRecord
    title: Filled
    contents: tuple[Content, ...]
    faults: tuple[Problem, ...] = ()

    @property
    def numbers(self) -> Numbers:
        """Where its charts are followed by the tables of their numbers."""
        return outline.from_json(self.record.outline).numbers

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong: with the title, then in the order of the items."""
        return (*self.faults, *(problem for content in self.contents for problem in content.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A text that is not kept yet, with its numbers and what is wrong with them."""

    filled: Filled
    problems: tuple[Problem, ...]


def problem_line(problem: Problem, words: Words) -> str:
    """Where a problem is and what it is, as one line."""
    told = words.error(InvalidInput(problem.code, **problem.params), MESSAGES)
    place = words.translate("Title") if problem.part == "title" else ""
    if problem.number:
        place = words.translate("Item {number}", number=words.number(problem.number))
    if problem.line > 1:
        line = words.translate("line {line}", line=words.number(problem.line))
        place = words.translate(", ").join(each for each in (place, line) if each)
    parts = (place, isolated(problem.token) if words.direction == "rtl" and problem.token else problem.token, told)
    return " · ".join(each for each in parts if each)


class _Figures:
    """The cards that one report asks for, each asked for once."""

    def __init__(self, store: Store, slug: str, actor: Actor, language: str, now: datetime) -> None:
        self.words = Words(language)
        self._asked = {"actor": actor, "audience": Audience.MEETING, "language": language, "now": now}
        self._store, self._slug = store, slug
        self._cards: dict[object, Card] = {}
        self._pictures: dict[str, ChartSpec] = {}
        self.offered: tuple[Offered, ...] = inventory.offered(store, slug, actor=actor, language=language)

    def card(
        self,
        question: str,
        filters: Iterable[tuple[str, tuple[str, ...]]] = (),
        by: str = "",
        method: Method = PLAIN,
        form: Form | None = None,
    ) -> Card:
        key = (question, tuple(filters), by, method, form)
        if key not in self._cards:
            chosen = Filters.of(dict(key[1]))
            self._cards[key] = review.drawn_or_plain(
                self._store,
                self._slug,
                question,
                form,
                filters=chosen,
                by=by,
                method=method,
                **self._asked,
            )
        return self._cards[key]

    def picture(self, name: str) -> ChartSpec:
        """A picture of who answered; what no item asks for is not released."""
        if name not in self._pictures:
            asked = {"actor": self._asked["actor"], "words": self.words, "now": self._asked["now"]}
            try:
                self._pictures[name] = overview.picture(self._store, self._slug, name, **asked)  # type: ignore[arg-type]
            except NotFound:
                raise NotFound("report.picture_gone") from None
        if not self._pictures[name].has_figures:
            raise NotFound("report.picture_gone")
        return self._pictures[name]

    def question_of(self, picture: str) -> str:
        """The question whose answers a picture of who answered counts too; "" for none."""
        with self._store.read() as kept:
            return overview.question_of(picture, kept.consultation(self._slug).roles)

    def any_card(self) -> Card:
        """The card of the first question, for what every card says: consultation, state and replies."""
        return self.card(self.offered[0].card)

    def of(self, wanted: Wanted) -> Card:
        return self.card(*wanted.card)

    def fill(self, text: str, accepted: Mapping[str, str]) -> Filled:
        return tokens.fill(text, self.offered, self.of, self.words, accepted=accepted)

    def asked(self) -> tuple[Card, ...]:
        return tuple(self._cards.values())


def listed(store: Store, slug: str, *, actor: Actor) -> tuple[ReportRecord, ...]:
    """The reports of what the actor sees of the consultation, the oldest first."""
    with store.read() as kept:
        consultation, scope = _admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        return kept.reports(consultation.id, scope)


def open_report(store: Store, slug: str, report_id: int, *, actor: Actor, now: datetime) -> Opened:
    """A report with its words filled in, its charts, and everything that is wrong with it."""
    return _opened(store, slug, report_id, actor, now)[0]


def check_report(store: Store, slug: str, report_id: int, *, actor: Actor, now: datetime) -> tuple[Problem, ...]:
    """What keeps the report from being handed over; () when nothing does."""
    return open_report(store, slug, report_id, actor=actor, now=now).problems


def preview_text(store: Store, slug: str, text: str, *, language: str, actor: Actor, now: datetime) -> Preview:
    """A text as it would read, before it is kept."""
    require(actor, Action.READ_PROTECTED_FIGURES, slug)
    filled = _Figures(store, slug, actor, language, now).fill(text, {})
    return Preview(filled=filled, problems=_problems(filled, 0, 0, "text"))


def forms_offered(
    store: Store, slug: str, item: Item, *, language: str, actor: Actor, now: datetime
) -> tuple[Form, ...]:
    """The forms that suit the chart of an item, the one that it has unless another is chosen first; () for none.

    Nothing is released by asking.
    """
    require(actor, Action.READ_PROTECTED_FIGURES, slug)
    if item.kind is ItemKind.FINDING:
        found = {each.record.id: each for each in recommendations.findings(store, slug, actor=actor, language=language)}
        if item.finding_id not in found:
            return ()
        card = found[item.finding_id].card
        first = own_form(card)
        return tuple(dict.fromkeys((*((first,) if first else ()), *forms_of(card))))
    if item.kind is not ItemKind.CHART or not item.question:
        return ()
    try:
        card = review.card(
            store,
            slug,
            item.question,
            actor=actor,
            audience=Audience.MEETING,
            language=language,
            filters=Filters.of(item.filters),
            now=now,
            by=item.by,
            kept=False,
        )
    except (InvalidInput, NotFound, NotAllowed):
        return ()  # the item itself says what is wrong
    return forms_for(card)


def create_report(store: Store, slug: str, title: str, language: str, *, actor: Actor, now: datetime) -> int:
    """An empty report, in one of the program's languages; returns its key. Numbers in its title are accepted as they
    are now.

    Raises  InvalidInput "report.title", "report.language".
    """
    scope = require(actor, Action.WRITE_FINDINGS, slug)
    values = {"title": _title(title), "language": _language(language)}
    accepted = _title_values(store, slug, values["title"], {}, language, actor, now)
    with store.write() as kept:
        consultation, _scope = _admitted(kept, slug, actor, Action.WRITE_FINDINGS)
        by = actor.name or actor.label
        key = kept.add_report(
            consultation_id=consultation.id,
            outline=outline.to_json(Outline(accepted=accepted)),
            created_at=now,
            created_by=by,
            updated_at=now,
            updated_by=by,
            scope=scope.as_mapping(),
            **values,
        )
        note_staff(kept, slug, "report.created", actor=actor, now=now, of=key, details=values)
    return key


def rename_report(
    store: Store,
    slug: str,
    report_id: int,
    title: str,
    language: str,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    numbers: Numbers | None = None,
) -> None:
    """Another title, or another language for its labels, numbers and checks; words stay as staff wrote them. Numbers
    that are new in the title are accepted as they are now.

    numbers  where charts are followed by their tables; None keeps that
    """
    require(actor, Action.WRITE_FINDINGS, slug)
    values = {"title": _title(title), "language": _language(language)}
    with store.read() as kept:
        earlier = outline.from_json(_report(kept, slug, report_id, actor, Action.WRITE_FINDINGS).outline)
    accepted = _title_values(store, slug, values["title"], earlier.accepted, language, actor, now)
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        kept_outline = outline.from_json(record.outline)
        before = {"title": record.title, "language": record.language, "numbers": kept_outline.numbers.value}
        told = {**values, "numbers": (numbers or kept_outline.numbers).value}
        renewed = replace(kept_outline, numbers=numbers or kept_outline.numbers, accepted=accepted)
        _keep(kept, report_id, revision, actor, now, **values, outline=outline.to_json(renewed))
        changes = differences(before, told)
        note_staff(kept, slug, "report.renamed", actor=actor, now=now, of=report_id, changes=changes)


def drop_report(store: Store, slug: str, report_id: int, *, actor: Actor, now: datetime) -> None:
    """The report is gone; what it showed stays where it is."""
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        kept.remove_report(report_id)
        details = {"title": record.title}
        note_staff(kept, slug, "report.dropped", actor=actor, now=now, of=report_id, details=details)


def add_item(
    store: Store,
    slug: str,
    report_id: int,
    item: Item,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    after: int | None = None,
) -> int:
    """A new item behind that of a key (0: in front, None: at the end); its numbers are accepted as they are now.

    Raises  as `Outline.with_item`; Conflict "record.changed_elsewhere".
    """
    item = _accepting(store, slug, report_id, item, Item(kind=item.kind), actor, now)
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        found = outline.from_json(record.outline).with_item(item, after=after)
        _keep(kept, report_id, revision, actor, now, outline=outline.to_json(found))
        details = {"item": found.last_key, "kind": item.kind.value}
        changes = differences({}, _told(found.item(found.last_key)))
        note_staff(
            kept, slug, "report.item_added", actor=actor, now=now, of=report_id, details=details, changes=changes
        )
    return found.last_key


def change_item(
    store: Store, slug: str, report_id: int, item: Item, *, revision: int, actor: Actor, now: datetime
) -> None:
    """An item with other words, another title or another question. Numbers that are new in its words are accepted as
    they are now; those that stood there before are accepted as they were.

    Raises  as `Outline.with_changed`; Conflict "record.changed_elsewhere".
    """
    before = _item(store, slug, report_id, item.key, actor)
    item = _accepting(store, slug, report_id, replace(item, kind=before.kind), before, actor, now)
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        found = outline.from_json(record.outline).with_changed(item)
        _keep(kept, report_id, revision, actor, now, outline=outline.to_json(found))
        details, changes = {"item": item.key}, differences(_told(before), _told(found.item(item.key)))
        note_staff(
            kept, slug, "report.item_changed", actor=actor, now=now, of=report_id, details=details, changes=changes
        )


def move_item(
    store: Store, slug: str, report_id: int, key: int, steps: int, *, revision: int, actor: Actor, now: datetime
) -> None:
    """An item further up (negative) or down."""
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        found = outline.from_json(record.outline).moved(key, steps)
        _keep(kept, report_id, revision, actor, now, outline=outline.to_json(found))
        details = {"order": [each.key for each in found.items]}
        note_staff(kept, slug, "report.items_ordered", actor=actor, now=now, of=report_id, details=details)


def remove_item(
    store: Store, slug: str, report_id: int, key: int, *, revision: int, actor: Actor, now: datetime
) -> None:
    """The item is not in the report any more."""
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        before = outline.from_json(record.outline)
        _keep(kept, report_id, revision, actor, now, outline=outline.to_json(before.without(key)))
        changes = differences(_told(before.item(key)), {})
        note_staff(
            kept,
            slug,
            "report.item_removed",
            actor=actor,
            now=now,
            of=report_id,
            details={"item": key},
            changes=changes,
        )


def accept_numbers(
    store: Store,
    slug: str,
    report_id: int,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    key: int = 0,
    token: str = "",
) -> int:
    """The numbers that changed since their text was accepted are accepted as they are now; how many there were.

    key, token  only in this item, only of this token; all, the title too, without
    Where a token holds its number itself (was=), the words are changed.
    """
    require(actor, Action.WRITE_FINDINGS, slug)
    opened = open_report(store, slug, report_id, actor=actor, now=now)
    stale: dict[int, dict[str, str]] = {}
    for problem in opened.problems:
        if problem.code == "token.stale" and key in (0, problem.key) and token in ("", problem.token):
            stale.setdefault(problem.key, {})[problem.token] = str(problem.params["now"])
    changes: dict[str, list[object]] = {}
    with store.write() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
        found = outline.from_json(record.outline)
        told: dict[str, object] = {}
        for name, now_is in stale.pop(0, {}).items():
            written, accepted = _taken_over(record.title, found.accepted, name, now_is)
            changes[f"title {name}"] = [found.accepted.get(name), now_is]
            record, found = replace(record, title=written), replace(found, accepted=accepted)
            told = {"title": written}
        for each, values in stale.items():
            item = found.item(each)
            changes |= {f"{each} {name}": [item.accepted.get(name), now_is] for name, now_is in values.items()}
            for name, now_is in values.items():
                item = _accepted(item, name, now_is)
            found = found.with_changed(item)
        _keep(kept, report_id, revision, actor, now, outline=outline.to_json(found), **told)
        note_staff(kept, slug, "report.numbers_accepted", actor=actor, now=now, of=report_id, changes=changes)
    return len(changes)


def compose_report(
    store: Store, slug: str, report_id: int, *, actor: Actor, now: datetime, numbers: Numbers | None = None
) -> Report:
    """The report as a tree, to be set in any format.

    numbers  where charts are followed by their tables; None: as the report has it
    Raises  Faulty "report.problems" with every Problem while there is one; InvalidInput "report.empty" when nothing in
            it has a figure.
    """
    opened, figures, kept_findings = _opened(store, slug, report_id, actor, now)
    if opened.problems:
        raise Faulty("report.problems", opened.problems, count=len(opened.problems))
    frozen = [kept_findings[each.item.finding_id].card for each in opened.contents if each.item.finding_id]
    shown = (*figures.asked(), *frozen)
    if not shown and any(each.item.kind is ItemKind.PICTURE for each in opened.contents):
        shown = (figures.any_card(),)
    if not shown:
        raise InvalidInput("report.empty")
    whole = [card for card in shown if not card.filters]
    first = whole[0] if whole else figures.card(shown[0].question)  # the cover says how many replies there are in all
    parts = [each for content in opened.contents for each in content.parts]
    asked = provenance.of_cards([replace(first, by="")])  # a report is no tab book
    where = numbers or opened.numbers
    return bound(parts, first, title=opened.title.text, words=figures.words, asked=asked, numbers=where)


def report_file(
    store: Store,
    slug: str,
    report_id: int,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    template: Template | None = None,
    numbers: Numbers | None = None,
) -> File:
    """The report as a file in a registered format; a deck or a document in a template of the organisation's own.

    numbers  where charts are followed by their tables; None: as the report has it
    Raises  as `compose_report`, `formats.dashboard_format` and `take_away.dashboard_file`.
    """
    made = formats.dashboard_format(kind, template)
    report = compose_report(store, slug, report_id, actor=actor, now=now, numbers=numbers)
    name = f"{slug}-report-{report_id}{made.extension}"
    content = formats.written(made, report, Words(report.language), template)
    return File(name=name, content_type=made.content_type, content=content)


def _opened(
    store: Store, slug: str, report_id: int, actor: Actor, now: datetime
) -> tuple[Opened, _Figures, dict[int, KeptFinding]]:
    with store.read() as kept:
        record = _report(kept, slug, report_id, actor, Action.READ_PROTECTED_FIGURES)
    found_outline = outline.from_json(record.outline)
    items = found_outline.items
    figures, language = _Figures(store, slug, actor, record.language, now), record.language
    found = {}
    if any(item.kind is ItemKind.FINDING for item in items):
        findings = recommendations.findings(store, slug, actor=actor, language=language)
        found = {each.record.id: each for each in findings}
    written: tuple[Part, ...] = ()
    if any(item.kind is ItemKind.RECOMMENDATIONS for item in items):
        written = _recommendations(store, slug, actor, figures.words)
    contents: list[Content] = []
    all_tables: list[Beside] = []  # the title stands over all of them
    for number, item in enumerate(items, start=1):
        title, text = (figures.fill(words, item.accepted) for words in (item.title, item.text))
        parts: tuple[Part, ...] = ()
        faults: list[Problem] = []
        try:
            parts = _parts(item, title.text, text.text, figures, found, written)
        except (InvalidInput, NotFound, NotAllowed) as error:
            faults.append(Problem(number=number, key=item.key, code=error.code, params=error.params))
        tables = _beside(item, found, figures)
        if hidden := withheld.number_in(store, slug, _typed(item.words), tables, actor=actor, now=now):
            faults.append(Problem(number=number, key=item.key, code="report.hidden_number", params={"number": hidden}))
        faults += _left_open(item, number, found, parts)
        all_tables += tables
        problems = (*faults, *_problems(title, number, item.key, "title"), *_problems(text, number, item.key, "text"))
        contents.append(Content(item=item, title=title, text=text, parts=parts, problems=problems))
    heading = figures.fill(record.title, found_outline.accepted)
    wrong = _problems(heading, 0, 0, "title")
    all_tables += _named_in((record.title,), figures)
    if hidden := withheld.number_in(store, slug, _typed((record.title,)), all_tables, actor=actor, now=now):
        params = {"number": hidden}
        wrong = (Problem(number=0, key=0, code="report.hidden_number", params=params, part="title"), *wrong)
    return Opened(record=record, title=heading, contents=tuple(contents), faults=wrong), figures, found


def _parts(
    item: Item, title: str, text: str, figures: _Figures, found: Mapping[int, KeptFinding], written: tuple[Part, ...]
) -> tuple[Part, ...]:
    words = figures.words
    match item.kind:
        case ItemKind.HEADING:
            return (Heading(level=1, text=title),)
        case ItemKind.TEXT:
            return (Paragraphs(texts=_paragraphs(text, words)),)
        case ItemKind.RECOMMENDATIONS:
            return (Heading(level=1, text=title or words.translate("Recommendations")), *written)
        case ItemKind.PICTURE:
            spec = figures.picture(item.picture)
            return (Figure(spec=replace(spec, title=title or spec.title), card=None, remark=text),)
        case ItemKind.FINDING:
            kept = found.get(item.finding_id)
            if kept is None:
                raise NotFound("report.finding_gone")
            form = item.chosen_form if item.chosen_form in forms_of(kept.card) else None
            made = part(kept.card, words, title=title or kept.record.statement, remark=text, form=form)
        case _:
            _require_question(item, figures.offered)
            filters = tuple(item.filters.items())
            card = figures.card(item.question, filters, item.by, item.chosen_method, item.chosen_form)
            made = part(card, words, title=title, remark=text)
    return (made,) if made is not None else ()


def _typed(texts: Iterable[str]) -> list[str]:
    """The texts without their tokens."""
    return [_TOKEN.sub(" ", text) for text in texts]


def _named_in(texts: Iterable[str], figures: _Figures) -> list[Beside]:
    """The tables that the tokens of some texts name."""
    tables = []
    for token in (each for text in texts for each in tokens.tokens_in(text)):
        with suppress(InvalidInput):
            if isinstance(token, tokens.Token):
                name, filters, by = tokens.wanted(token, figures.offered).card
                tables.append(Beside(question=name, filters=Filters.of(dict(filters)), by=by))
    return tables


def _beside(item: Item, found: Mapping[int, KeptFinding], figures: _Figures) -> list[Beside]:
    """The tables that an item's words are written about: of its tokens, its question, its finding, its picture."""
    tables = _named_in(item.words, figures)
    if item.picture and (counted := figures.question_of(item.picture)):
        tables.append(Beside(question=counted))
    if item.question:
        asked = Filters.of(item.filters)
        chosen = {"method": item.chosen_method, "form": item.chosen_form}
        tables.append(Beside(question=item.question, filters=asked, by=item.by, **chosen))  # type: ignore[arg-type]
    if item.finding_id in found:
        tables.append(withheld.beside_finding(found[item.finding_id].record, found[item.finding_id].card))
    return tables


def _left_open(item: Item, number: int, found: Mapping[int, KeptFinding], parts: Sequence[Part]) -> Iterator[Problem]:
    """A problem for each token in words that are kept elsewhere, where nothing fills it."""
    texts = [found[item.finding_id].record.statement] if item.finding_id in found and not item.title else []
    for each in parts:
        if isinstance(each, RecommendationPart):
            texts += [each.text, *(value for _name, value in each.facts), *each.rests_on]
    for text in dict.fromkeys(texts):
        for token in tokens.tokens_in(text):
            source = token.token if isinstance(token, tokens.Problem) else token.source
            params = {"text": text[:_NAMED]}
            yield Problem(number=number, key=item.key, code="report.token_elsewhere", params=params, token=source)


def _paragraphs(text: str, words: Words) -> tuple[str, ...]:
    """What empty lines part; a single end of line is a space, and nothing in Chinese, which has none."""
    between = "" if words.language.startswith("zh") else " "
    found = (re.sub(r"[ \t\r]*\n[ \t\r]*", between, each.strip()) for each in re.split(r"\n\s*\n", text))
    return tuple(each for each in found if each)


def _require_question(item: Item, offered: Sequence[Offered]) -> None:
    """Names that are not there any more are answered with those that are near."""
    known = {each.card: each for each in reversed(offered)}
    if item.question not in known:
        near = tokens.near(item.question, list(dict.fromkeys(each.card for each in offered)))
        raise InvalidInput("token.unknown_question", question=item.question, near=near)
    if (known[item.question].kind is CardKind.TEXT) != (item.kind is ItemKind.QUOTES):
        raise InvalidInput("quotes.not_a_text" if item.kind is ItemKind.QUOTES else "format.no_chart")


def _recommendations(store: Store, slug: str, actor: Actor, words: Words) -> tuple[Part, ...]:
    found = recommendations.recommendations(
        store, slug, actor=actor, language=words.language, audience=Audience.MEETING
    )
    statements = {each.record.id: each.record.statement for one in found for each in one.findings}
    return tuple(recommendation_part(each, statements, words) for each in take_away.printed(found, words))


def _problems(filled: Filled, number: int, key: int, where: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            number=number,
            key=key,
            code=each.code,
            params=each.params,
            part=where,
            token=each.token,
            line=each.line,
            column=each.column,
        )
        for each in filled.problems
    )


def _accepting(store: Store, slug: str, report_id: int, item: Item, before: Item, actor: Actor, now: datetime) -> Item:
    """The item with the values of its tokens: those accepted before, and of new ones those of now."""
    require(actor, Action.WRITE_FINDINGS, slug)
    with store.read() as kept:
        language = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS).language
    item = outline.checked(item)
    figures = _Figures(store, slug, actor, language, now)
    values: dict[str, str] = {}
    for text in item.words:
        values |= figures.fill(text, {}).values
    return replace(item, accepted={name: before.accepted.get(name, value) for name, value in values.items()})


def _title_values(
    store: Store, slug: str, title: str, before: Mapping[str, str], language: str, actor: Actor, now: datetime
) -> Mapping[str, str]:
    """The values of the tokens in a title: those accepted before, and of new ones those of now."""
    if not tokens.tokens_in(title):
        return {}
    values = _Figures(store, slug, actor, language, now).fill(title, {}).values
    return {name: before.get(name, value) for name, value in values.items()}


def _accepted(item: Item, token: str, value: str) -> Item:
    title, accepted = _taken_over(item.title, item.accepted, token, value)
    text, _same = _taken_over(item.text, item.accepted, token, value)
    return replace(item, title=title, text=text, accepted=accepted)


def _taken_over(text: str, accepted: Mapping[str, str], token: str, value: str) -> tuple[str, dict[str, str]]:
    """The text and its accepted values with another one for a token; where the token holds it, the text changes."""
    written = tokens.with_was(token, value)
    kept = {name: each for name, each in accepted.items() if name != token}
    return text.replace(token, written), {**kept, written: value}


def _item(store: Store, slug: str, report_id: int, key: int, actor: Actor) -> Item:
    require(actor, Action.WRITE_FINDINGS, slug)
    with store.read() as kept:
        record = _report(kept, slug, report_id, actor, Action.WRITE_FINDINGS)
    return outline.from_json(record.outline).item(key)


def _admitted(kept: Transaction, slug: str, actor: Actor, action: Action) -> tuple[ConsultationRecord, Scope]:
    """The consultation, and the part of it whose reports the actor has."""
    consultation, _rows = consultations.admitted(kept, slug, actor, action)
    return consultation, require(actor, action, slug)


def _report(kept: Transaction, slug: str, report_id: int, actor: Actor, action: Action) -> ReportRecord:
    consultation, scope = _admitted(kept, slug, actor, action)
    record = kept.report(report_id, scope)
    if record.consultation_id != consultation.id:
        raise NotFound("report.unknown")
    return record


def _keep(kept: Transaction, report_id: int, revision: int, actor: Actor, now: datetime, **values: object) -> None:
    by = actor.name or actor.label
    kept.change_report(report_id, expected_revision=revision, updated_at=now, updated_by=by, **values)


def _told(item: Item) -> dict[str, object]:
    """What the log says of an item."""
    whole = outline.to_json(Outline(items=(item,)))["items"][0]
    return {name: value for name, value in whole.items() if name not in ("key", "accepted")}


def _title(title: str) -> str:
    title = " ".join(printable(title).split())
    if not 0 < len(title) <= TITLE_LIMIT:
        raise InvalidInput("report.title", limit=TITLE_LIMIT)
    return title


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise InvalidInput("report.language", language=language, known=", ".join(LANGUAGES))
    return language
