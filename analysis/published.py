"""Use cases of the public page of a consultation's results: choose, look, publish, withdraw; and what stands there.

What is published is frozen: figures as the public may see them at that moment, under the consultation's rules, and in
the ledger of releases. Quoted answers are not frozen. The page refers to them, so that an answer that was erased,
withdrawn, corrected, or may no longer be published is not quoted from then on.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from analysis import inventory, ledger, open_answers, recommendations, review, snapshots, take_away
from analysis.charts import choose
from analysis.data_files import readme
from analysis.disclosure import Audience, Permission
from analysis.disclosure.tables import Table, combinations_table, group_of, places_table
from analysis.findings import frozen, provenance
from analysis.findings.card import Card, CardKind, Quote
from analysis.findings.method import PLAIN, Method
from analysis.findings.said import hidden_in, numbers
from analysis.findings.stricter import is_hidden_whole, same_figures, stricter
from analysis.opened_data import Filters
from analysis.report.formats import Look
from data.analysis_records import FindingRecord, PublishedRecord
from data.errors import Conflict, InvalidInput, NotFound
from data.records import ConsultationRecord
from data.store import Store, Transaction
from survey import consultations
from survey.access import SYSTEM, Action, Actor, decide, require
from survey.acts import note_staff
from survey.outcomes import Outcome, outcome_of
from survey.translator import LANGUAGES, Words, nearest

INTRODUCTION_LIMIT = 5000
"""Characters of the introduction in one language."""
MOST_FINDINGS = 60
_QUOTED_TEXT = 80
"""Characters of a text that an error quotes."""


class Quotes(StrEnum):
    """Which answers behind the recommendations are quoted: none, those that permit their name, those without it too."""

    NONE = "none"
    NAMED = "named"
    ALL = "all"


_QUOTED: Mapping[Quotes, frozenset[Permission]] = {
    Quotes.NONE: frozenset(),
    Quotes.NAMED: frozenset({Permission.NAMED}),
    Quotes.ALL: frozenset({Permission.NAMED, Permission.ANONYMOUS}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What staff chose for the page.

    findings         keys of kept findings, in the order in which they are shown
    statements       finding -> language tag -> its words, besides those in which it was kept
    introduction     language tag -> words before the findings
    written_in       tag of the language of kept findings and recommendations
    outcome          whether what became of the answers is told
    recommendations  whether all recommendations are shown; `quotes` what of the answers behind them
    """

    findings: tuple[int, ...] = ()
    statements: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    introduction: Mapping[str, str] = field(default_factory=dict)
    written_in: str = "en"
    outcome: bool = True
    recommendations: bool = False
    quotes: Quotes = Quotes.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The page as staff see it; revision 0: nobody prepared one yet."""

    choice: Choice
    revision: int
    published_at: datetime | None
    published_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words, and the tag of the language that they are in."""

    words: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFinding:
    """A finding as the public may see it; `place` counts from 1."""

    place: int
    statement: Said
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRecommendation:
    """A recommendation, with the places of the findings behind it that stand on the page, and what may be quoted."""

    text: Said
    addressee: str
    level: str
    challenge: str
    findings: tuple[int, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The page in one language: `language` is one of the program's, texts say in which one they are.

    published_at  when; of a preview, now
    outcome       what became of the answers; None when it is not told
    quotes        whether answers are quoted, so that the page depends on them
    """

    slug: str
    language: str
    title: Said
    fictional: bool
    published_at: datetime
    introduction: Said
    findings: tuple[PublishedFinding, ...]
    outcome: Outcome | None
    recommendations: tuple[PublishedRecommendation, ...]
    quotes: bool


def may_publish(actor: Actor, slug: str) -> bool:
    """Whether the actor may prepare, publish and withdraw the page."""
    return all(decide(actor, action, slug).allowed for action in (Action.MANAGE_CONSULTATIONS, Action.WRITE_FINDINGS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Equal as long as the published page is the same in every language.

    page     changes when it is published anew, or what is written of the consultation changes
    answers  changes with the answers; () where they were not looked at
    """

    page: tuple[int, int, bool, str]
    answers: tuple[int, int, str, int] | tuple[()] = ()


def prepared(store: Store, slug: str, *, actor: Actor) -> Prepared:
    """What was chosen last and whether it is published."""
    with store.read() as kept:
        consultation = _managed(kept, slug, actor)
        page = kept.published(consultation.id)
    if page is None:
        return Prepared(choice=Choice(), revision=0, published_at=None, published_by="", withdrawn_at=None)
    return Prepared(
        choice=_choice(page.choice),
        revision=page.revision,
        published_at=page.published_at,
        published_by=page.published_by,
        withdrawn_at=page.withdrawn_at,
    )


def prepare(store: Store, slug: str, choice: Choice, *, revision: int, actor: Actor, now: datetime) -> None:
    """The choice is kept; what is published stays as it is.

    revision  the one that the choice was made from
    Raises    InvalidInput "published.nothing", "published.too_many", "published.unknown_finding",
              "published.too_long"; Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    choice = _tidy(choice)
    with store.write() as kept:
        consultation = _managed(kept, slug, actor)
        known = {record.id: record for record in kept.findings(consultation.id)}
        _require_sound(choice, known)
        kept.keep_published(consultation.id, expected_revision=revision, choice=_document(choice))
        note_staff(kept, slug, "results.prepared", actor=actor, now=now, details={"findings": list(choice.findings)})


def preview(store: Store, slug: str, language: str, *, actor: Actor, now: datetime) -> Publication:
    """The page as it would be if it were published now; nobody is shown it, and the ledger does not remember it.

    Raises  as `publish`.
    """
    with store.read() as kept:
        consultation = _managed(kept, slug, actor)
        page = kept.published(consultation.id)
    choice = Choice() if page is None else _choice(page.choice)
    content = _content(store, consultation, choice, actor, now, kept=False, only=nearest(language, tuple(LANGUAGES)))
    return _publication(store, consultation, content, language, now)


def publish(store: Store, slug: str, *, revision: int, actor: Actor, now: datetime) -> None:
    """What was chosen stands on the page from now on, with its figures as the public may see them now.

    revision  of the choice that the actor saw
    Raises    InvalidInput "published.of_a_part", "published.changed", "published.hidden_number",
              "published.all_hidden" and as `prepare`; Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        consultation = _managed(kept, slug, actor)
        page = kept.published(consultation.id)
    if page is not None and page.revision != revision:
        raise Conflict("record.changed_elsewhere")
    choice = Choice() if page is None else _choice(page.choice)
    # What is refused leaves nothing in the ledger; whether it is does not depend on the language.
    _content(store, consultation, choice, actor, now, kept=False, only="en")
    content = _content(store, consultation, choice, actor, now, kept=True)
    with store.write() as writing:
        writing.keep_published(
            consultation.id,
            expected_revision=revision,
            content=content,
            published_at=now,
            published_by=actor.name or actor.label,
            withdrawn_at=None,
        )
        details = {
            "findings": list(choice.findings),
            "statements": [each["statements"].get(choice.written_in, "") for each in content["findings"]],
            "recommendations": len(content["recommendations"]),
            "quotes": str(choice.quotes),
        }
        note_staff(writing, slug, "results.published", actor=actor, now=now, details=details)


def withdraw(store: Store, slug: str, *, revision: int, actor: Actor, now: datetime) -> None:
    """Nothing stands on the page any more; the choice is kept, and the log and the ledger say what stood there.

    Raises  NotFound "published.none"; Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        consultation = _managed(kept, slug, actor)
        page = kept.published_mark(consultation.id)
        if page is None or page.published_at is None:
            raise NotFound("published.none", slug=slug)
        kept.keep_published(
            consultation.id, expected_revision=revision, content={}, published_at=None, withdrawn_at=now
        )
        note_staff(kept, slug, "results.withdrawn", actor=actor, now=now)


def mark(store: Store, slug: str, *, quotes: bool) -> Mark:
    """Which page stands there now; for anybody.

    quotes  whether the page quotes answers, and so changes with them
    Raises  NotFound "published.unknown", the same where there is no such consultation.
    """
    with store.read() as kept:
        consultation, page = _out(kept, slug)
        answers = kept.data_revision(consultation.id) if quotes else ()
    about = json.dumps([consultation.title, consultation.outcome, consultation.roles], sort_keys=True)
    return Mark(page=(page.id, page.revision, consultation.fictional, about), answers=answers)


def publication(store: Store, slug: str, language: str) -> Publication:
    """The published page in the language of the program that is nearest, for anybody.

    Raises  as `mark`.
    """
    with store.read() as kept:
        consultation, _page = _out(kept, slug)
        page = kept.published(consultation.id)
    if page is None or page.published_at is None:
        raise NotFound("published.unknown")
    return _publication(store, consultation, page.content, language, page.published_at)


def finding_file(found: Publication, place: int, kind: str) -> take_away.File:
    """The chart of a published finding (png, svg) or its numbers (csv, xlsx).

    Raises  NotFound "published.unknown" for what does not stand on the page.
    """
    finding = next((each for each in found.findings if each.place == place), None)
    if finding is None or kind not in kinds_of(finding):
        raise NotFound("published.unknown")
    words, name = Words(found.language), f"{found.slug}-{place}-{found.language}"
    return take_away.card_file(finding.card, name, kind, words, Look(statement=finding.statement.words))


def kinds_of(finding: PublishedFinding) -> tuple[str, ...]:
    """The formats in which a finding can be taken away; of open answers there is neither picture nor table."""
    return () if finding.card.kind is CardKind.TEXT else ("png", "svg", "csv", "xlsx")


def everything_file(found: Publication) -> take_away.File:
    """All files of a page in one zip, with a README; of a chart with letters that no font has, all but the pixels."""
    files: list[take_away.File] = []
    for finding in found.findings:
        for kind in kinds_of(finding):
            try:
                files.append(finding_file(found, finding.place, kind))
            except InvalidInput as error:
                if error.code != "chart.missing_letters":
                    raise
    words = Words(found.language)
    queries = [f"{words.translate('Query')}: {provenance.of_card(finding.card)}" for finding in found.findings]
    lines = [found.title.words, "", *(file.name for file in files), "", *queries]
    content = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    told = take_away.File(name=readme.NAME, content_type="text/plain; charset=utf-8", content=content)
    return take_away.zipped(f"{found.slug}-{found.language}.zip", [told, *files])


# what is published


def _content(
    store: Store,
    consultation: ConsultationRecord,
    choice: Choice,
    actor: Actor,
    now: datetime,
    *,
    kept: bool,
    only: str = "",
) -> dict[str, Any]:
    """The document of a page: figures frozen in every language of the questionnaire, references to what is quoted.

    kept  False: the ledger does not remember it
    only  the language that the figures are needed in; "" for all
    """
    slug = consultation.slug
    with store.read() as reading:
        records = {record.id: record for record in reading.findings(consultation.id)}
    _require_sound(choice, records)
    shown = [records[key] for key in choice.findings]
    places = {record.id: place for place, record in enumerate(shown, start=1)}
    findings = []
    public: dict[int, Card] = {}
    for record in shown:
        statements = {**choice.statements.get(record.id, {}), choice.written_in: record.statement}
        tags = (_nearest(only, record.card),) if only else tuple(record.card)
        cards = _public_cards(store, slug, record, tags, statements.values(), actor, now, kept=kept)
        findings.append({"statements": statements, "cards": {tag: frozen.to_json(card) for tag, card in cards.items()}})
        public[record.id] = next(iter(cards.values()))
    recommended = _recommended(store, slug, choice, places, actor) if choice.recommendations else []
    _require_texts(store, slug, records, public, choice, recommended, actor, now)
    return {
        "written_in": choice.written_in,
        "introduction": dict(choice.introduction),
        "outcome": choice.outcome,
        "quotes": str(choice.quotes),
        "findings": findings,
        "recommendations": [{name: part for name, part in each.items() if name != "rests_on"} for each in recommended],
    }


def _public_cards(
    store: Store,
    slug: str,
    record: FindingRecord,
    tags: Iterable[str],
    statements: Iterable[str],
    actor: Actor,
    now: datetime,
    *,
    kept: bool,
) -> dict[str, Card]:
    """Language tag -> the finding's card as the public may see it, never with more than it was kept with."""
    statements = tuple(statements)
    if record.scope.is_narrow:
        raise InvalidInput("published.of_a_part", finding=record.statement)
    then = {tag: frozen.from_json(record.card[tag]) for tag in tags}
    first = next(iter(then.values()))
    if first.opinions is not None:
        raise InvalidInput("published.of_groups", finding=record.statement)
    filters, now_known = _state_of(store, slug, record, first, actor, now)
    made: dict[str, Card] = {}
    try:
        for tag in then:
            card = review.drawn_or_plain(
                store,
                slug,
                record.question,
                choose.own_form(first),
                actor=actor,
                audience=Audience.PUBLIC,
                language=tag,
                filters=filters,
                by=first.by,
                method=_method(first),
                now=now,
                kept=kept and now_known,
            )
            made[tag] = stricter(card, then[tag]) if now_known else stricter(then[tag], card)
        if not now_known:
            tables = _tables(first)
            ledger.released_as_kept(store, slug, tables, kept_at=record.created_at, actor=actor, now=now, kept=kept)
    except (InvalidInput, NotFound):
        raise InvalidInput("published.changed", finding=record.statement) from None
    public = {tag: replace(card, audience=Audience.PUBLIC, quotes=()) for tag, card in made.items()}
    _require_shown(record, first, next(iter(public.values())), statements)
    return public


def _state_of(
    store: Store, slug: str, record: FindingRecord, card: Card, actor: Actor, now: datetime
) -> tuple[Filters, bool]:
    """(filters, with the frozen state where one has the finding's figures; whether they can be made again)."""
    filters = Filters.of(record.filters)
    for each in snapshots.listed(store, slug, actor=actor):
        if each.sha256 == card.source.sha256 and not each.erased and not each.scope.is_narrow:
            return replace(filters, snapshot=each.sha256), True
    try:
        present = review.drawn_or_plain(
            store,
            slug,
            record.question,
            choose.own_form(card),
            actor=actor,
            audience=Audience.MEETING,
            language=card.language,
            filters=filters,
            by=card.by,
            method=_method(card),
            now=now,
            kept=False,
        )
    except (InvalidInput, NotFound):
        raise InvalidInput("published.changed", finding=record.statement) from None
    return filters, same_figures(present, card)


def _method(card: Card) -> Method:
    return PLAIN if card.statistics is None else card.statistics.method


def _tables(card: Card) -> list[Table]:
    """The tables that a card shows, as the ledger names them."""
    names = (card.question, *(item.name for item in card.items))
    found = [Table(question=name, filters=group_of(card.filters), by=card.by) for name in names]
    if any(row.places for row in card.rows):
        found.append(Table(question=places_table(card.question), filters=group_of(card.filters)))
    if card.combinations is not None:
        found.append(Table(question=combinations_table(card.question), filters=group_of(card.filters)))
    return found if card.against is None else [*found, *_tables(card.against)]


def _require_shown(record: FindingRecord, kept: Card, public: Card, statements: Iterable[str]) -> None:
    """Returns when the public sees what the finding says."""
    if is_hidden_whole(public):
        raise InvalidInput("published.all_hidden", finding=record.statement)
    if number := hidden_in(statements, [kept], [public]):
        raise InvalidInput("published.hidden_number", finding=record.statement, number=number)


def _require_texts(
    store: Store,
    slug: str,
    records: Mapping[int, FindingRecord],
    public: Mapping[int, Card],
    choice: Choice,
    recommended: Sequence[Mapping[str, Any]],
    actor: Actor,
    now: datetime,
) -> None:
    """Returns when neither introduction nor recommendations say a number of a finding that the public may not see.

    public   the cards of the findings on the page; those that recommendations rest on besides are asked for here
    """

    def then(key: int) -> Card:
        return frozen.from_json(next(iter(records[key].card.values())))

    def now_public(key: int) -> list[Card]:
        if key in public:
            return [public[key]]
        record, tag = records[key], next(iter(records[key].card))
        try:
            return list(_public_cards(store, slug, record, [tag], [], actor, now, kept=False).values())
        except InvalidInput:
            return []  # the public may see nothing of it

    said: list[tuple[str, Sequence[int]]] = [(text, tuple(public)) for text in choice.introduction.values()]
    said += [(each["text"], [key for key in each["rests_on"] if key in records]) for each in recommended]
    for text, keys in said:
        if numbers(text):
            shown = [*public.values(), *(card for key in keys for card in now_public(key))]
            if number := hidden_in([text], map(then, keys), shown):
                raise InvalidInput(
                    "published.hidden_number",
                    finding=text if len(text) <= _QUOTED_TEXT else f"{text[:_QUOTED_TEXT]}…",
                    number=number,
                )


def _recommended(
    store: Store, slug: str, choice: Choice, places: Mapping[int, int], actor: Actor
) -> list[dict[str, Any]]:
    tags = inventory.languages(store, slug, actor=actor)
    labels = {tag: dict(recommendations.challenges(store, slug, actor=actor, language=tag)) for tag in tags}
    found = recommendations.recommendations(store, slug, actor=actor, language=tags[0], audience=Audience.PUBLIC)
    wanted = _QUOTED[choice.quotes]
    with store.read() as kept:
        return [
            {
                "text": each.record.text,
                "addressee": each.record.addressee,
                "level": each.record.level,
                "challenge": {tag: names.get(each.record.challenge, "") for tag, names in labels.items()},
                "rests_on": list(each.record.finding_ids),
                "findings": sorted(places[key] for key in each.record.finding_ids if key in places),
                "answers": [
                    [answer.response_id, answer.question, kept.response(answer.response_id).revision]
                    for answer in each.answers
                    if answer.quote is not None and answer.quote.permission in wanted
                ],
            }
            for each in found
            if not each.record.scope.is_narrow
        ]


# what stands on the page


def _out(kept: Transaction, slug: str) -> tuple[ConsultationRecord, PublishedRecord]:
    """A consultation whose results are published; whether another one exists is not told."""
    try:
        consultation = kept.consultation(slug)
    except NotFound:
        raise NotFound("published.unknown") from None
    page = kept.published_mark(consultation.id)
    if page is None or page.published_at is None:
        raise NotFound("published.unknown")
    return consultation, page


def _publication(
    store: Store, consultation: ConsultationRecord, content: Mapping[str, Any], language: str, at: datetime
) -> Publication:
    language = nearest(language, tuple(LANGUAGES))
    written_in = content["written_in"]
    findings = []
    for place, each in enumerate(content["findings"], start=1):
        tag = _nearest(language, each["cards"])
        statement = said(each["statements"], language, written_in)
        findings.append(PublishedFinding(place=place, statement=statement, card=frozen.from_json(each["cards"][tag])))
    quoted = _quoted(store, consultation, content, language)
    outcome = outcome_of(consultation) if content["outcome"] else None
    return Publication(
        slug=consultation.slug,
        language=language,
        title=said(consultation.title, language, written_in),
        fictional=consultation.fictional,
        published_at=at,
        introduction=said(content["introduction"], language, written_in),
        findings=tuple(findings),
        outcome=outcome or None,
        recommendations=tuple(
            PublishedRecommendation(
                text=Said(words=each["text"], tag=written_in),
                addressee=each["addressee"],
                level=each["level"],
                challenge=said(each["challenge"], language, written_in).words,
                findings=tuple(each["findings"]),
                quotes=tuple(quoted[key] for key in map(tuple, each["answers"]) if key in quoted),
            )
            for each in content["recommendations"]
        ),
        quotes=any(each["answers"] for each in content["recommendations"]),
    )


def said(words: Mapping[str, str], language: str, otherwise: str) -> Said:
    """The words nearest to a language, else in another one, English before the rest; empty when there are none."""
    there = {tag: text for tag, text in words.items() if text}
    tag = _nearest(language, there, otherwise)
    return Said(words=there.get(tag, ""), tag=tag if tag in there else language)


def _nearest(language: str, offered: Iterable[str], otherwise: str = "en") -> str:
    """The tag of a language, else of the other one, else of English, else the first; "" when there are none."""
    tags = tuple(offered)
    for wanted in (language, otherwise, "en"):
        near = [tag for tag in tags if tag == wanted] + [tag for tag in tags if tag.split("-")[0] == wanted]
        if near:
            return near[0]
    return tags[0] if tags else ""


def _quoted(
    store: Store, consultation: ConsultationRecord, content: Mapping[str, Any], language: str
) -> dict[tuple[Any, ...], Quote]:
    """(response, question, revision) -> the quote, of those answers that stand and may be published still."""
    wanted = {tuple(answer) for each in content["recommendations"] for answer in each["answers"]}
    if not wanted:
        return {}
    allowed = _QUOTED[Quotes(content["quotes"])]
    with store.read() as kept:
        keys = sorted({key for key, _question, _revision in wanted})
        revisions = {key: _revision_of(kept, key) for key in keys}
    found = {}
    for question in sorted({question for _key, question, _revision in wanted}):
        try:
            quotes = open_answers.quotes(
                store,
                consultation.slug,
                question,
                actor=SYSTEM,
                audience=Audience.PUBLIC,
                language=language,
                filters=Filters(),
            )
        except (InvalidInput, NotFound):
            continue  # a later version of the questionnaire may have lost the question
        for quote in quotes:
            key = (quote.response_id, question, revisions.get(quote.response_id))
            if key in wanted and quote.permission in allowed:
                found[key] = quote
    return found


def _revision_of(kept: Transaction, key: int) -> int | None:
    try:
        return kept.response(key).revision
    except NotFound:
        return None


# the choice


def _managed(kept: Transaction, slug: str, actor: Actor) -> ConsultationRecord:
    consultation, _scope = consultations.admitted(kept, slug, actor, Action.MANAGE_CONSULTATIONS)
    require(actor, Action.WRITE_FINDINGS, slug)
    return consultation


def _tidy(choice: Choice) -> Choice:
    """The choice without spaces around texts, without empty ones, each finding once."""

    def texts(words: Mapping[str, str]) -> dict[str, str]:
        return {tag: text.strip() for tag, text in words.items() if text.strip()}

    findings = tuple(dict.fromkeys(choice.findings))
    statements = {key: texts(choice.statements.get(key, {})) for key in findings}
    return replace(
        choice,
        findings=findings,
        statements={key: words for key, words in statements.items() if words},
        introduction=texts(choice.introduction),
    )


def _require_sound(choice: Choice, known: Mapping[int, FindingRecord]) -> None:
    if not choice.findings:
        raise InvalidInput("published.nothing")
    if len(choice.findings) > MOST_FINDINGS:
        raise InvalidInput("published.too_many", limit=MOST_FINDINGS)
    for key in choice.findings:
        if key not in known:
            raise InvalidInput("published.unknown_finding", finding=key)
    tags = {choice.written_in, *choice.introduction, *(tag for each in choice.statements.values() for tag in each)}
    if not tags <= set(LANGUAGES):
        raise InvalidInput("published.unknown_language", language=sorted(tags - set(LANGUAGES))[0])
    bounds = (
        (choice.introduction.values(), INTRODUCTION_LIMIT),
        ([text for each in choice.statements.values() for text in each.values()], recommendations.STATEMENT_LIMIT),
    )
    for words, limit in bounds:
        if any(len(text) > limit for text in words):
            raise InvalidInput("published.too_long", limit=limit)


def _document(choice: Choice) -> dict[str, Any]:
    """The choice for its column."""
    return {
        "findings": list(choice.findings),
        "statements": {str(key): dict(words) for key, words in choice.statements.items()},
        "introduction": dict(choice.introduction),
        "written_in": choice.written_in,
        "outcome": choice.outcome,
        "recommendations": choice.recommendations,
        "quotes": str(choice.quotes),
    }


def _choice(kept: Mapping[str, Any]) -> Choice:
    return Choice(
        findings=tuple(kept["findings"]),
        statements={int(key): words for key, words in kept["statements"].items()},
        introduction=kept["introduction"],
        written_in=kept["written_in"],
        outcome=kept["outcome"],
        recommendations=kept["recommendations"],
        quotes=Quotes(kept["quotes"]),
    )
