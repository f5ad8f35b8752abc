"""Use cases: keep findings, write recommendations, link them to what stands behind them, put them in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis import inventory, open_answers, opened_data, opinions, review, withheld
from analysis.charts.opinions import may_be_drawn
from analysis.charts.spec import Form, Words
from analysis.disclosure import Audience
from analysis.findings import frozen
from analysis.findings.card import Card, Quote
from analysis.findings.method import PLAIN, Method
from analysis.findings.opinions import Verdict
from analysis.opened_data import Filters
from data.analysis_records import FindingRecord, RecommendationRecord
from data.audit import differences
from data.errors import InvalidInput, NotFound
from data.records import Scope
from data.store import Store, Transaction
from survey import consultations, published_forms
from survey.access import Action, Actor, decide, require, require_somewhere
from survey.acts import note_staff

LEVELS = ("local", "national", "regional", "international")
STATEMENT_LIMIT = 500
TEXT_LIMIT = 2000
ADDRESSEE_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """A finding with its card as it was when it was kept."""

    record: FindingRecord
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAnswer:
    """An open answer that a recommendation rests on, as far as the reader may see it."""

    response_id: int
    question: str
    quote: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A recommendation with what stands behind it."""

    record: RecommendationRecord
    challenge_label: str
    findings: tuple[KeptFinding, ...]
    answers: tuple[LinkedAnswer, ...]


def keep_finding(
    store: Store,
    slug: str,
    question: str,
    statement: str,
    *,
    filters: Filters,
    actor: Actor,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    form: Form | None = None,
) -> int:
    """A statement is kept with the card's numbers as a meeting may see them, frozen at this moment.

    method  how they were computed; it is kept with them and told wherever the finding is shown
    form    of the chart, in which it is shown wherever a reader or report does not choose another; None for the first
    Raises  as `review.card`: NotAllowed "weights.internal_only" among others; InvalidInput "form.unsuitable".
    """
    scope = require(actor, Action.WRITE_FINDINGS, slug)
    statement = _bounded(statement, "finding", STATEMENT_LIMIT)
    asked = {"actor": actor, "filters": filters, "now": now, "method": method}
    cards = {
        tag: review.drawn_card(
            store,
            slug,
            question,
            form,
            audience=Audience.MEETING,
            language=tag,
            by=by,
            **asked,  # type: ignore[arg-type]
        )
        for tag in inventory.languages(store, slug, actor=actor)
    }
    replies = inventory.replies(store, slug, actor=actor, snapshot=filters.snapshot)
    return _keep(store, slug, question, statement, filters, cards, replies, scope=scope, actor=actor, now=now)


def keep_groups(
    store: Store, slug: str, question: str, statement: str, *, actor: Actor, now: datetime, snapshot: str = ""
) -> int:
    """A statement is kept with the groups of opinion in a battery as a meeting may see them, frozen at this moment.

    Groups are of all replies. Raises  InvalidInput "groups.not_kept" where there are no stable groups, or nothing of
    them may be shown; as `opinions.opinions` and `keep_finding`.
    """
    scope = require(actor, Action.WRITE_FINDINGS, slug)
    statement = _bounded(statement, "finding", STATEMENT_LIMIT)
    asked = {"actor": actor, "audience": Audience.MEETING, "now": now}
    filters, cards = Filters(snapshot=snapshot), {}
    for tag in inventory.languages(store, slug, actor=actor):
        found = opinions.opinions(store, slug, question, language=tag, snapshot=snapshot, **asked)  # type: ignore[arg-type]
        if found.hidden or found.verdict is not Verdict.GROUPS or not may_be_drawn(found):
            raise InvalidInput("groups.not_kept")
        card = review.card(store, slug, question, language=tag, filters=filters, **asked)  # type: ignore[arg-type]
        cards[tag] = replace(card, opinions=found, form=Form.OPINIONS.value)
    replies = inventory.replies(store, slug, actor=actor, snapshot=snapshot)
    return _keep(store, slug, question, statement, filters, cards, replies, scope=scope, actor=actor, now=now)


def _keep(
    store: Store,
    slug: str,
    question: str,
    statement: str,
    filters: Filters,
    cards: Mapping[str, Card],
    replies: int,
    *,
    scope: Scope,
    actor: Actor,
    now: datetime,
) -> int:
    with store.write() as kept:
        key = kept.add_finding(
            consultation_id=kept.consultation(slug).id,
            statement=statement,
            question=question,
            filters={name: list(codes) for name, codes in filters.by_variable},
            card={tag: frozen.to_json(replace(card, quotes=())) for tag, card in cards.items()},
            replies=replies,
            created_at=now,
            created_by=actor.name or actor.label,
            scope=scope.as_mapping(),
        )
        note_staff(kept, slug, "finding.kept", of=key, actor=actor, now=now)
    return key


def findings(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[KeptFinding, ...]:
    """Kept findings in their order, each with its frozen card in the reader's language."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        return tuple(_kept(record, language) for record in kept.findings(consultation.id, scope))


def reword_finding(
    store: Store, finding_id: int, statement: str, *, revision: int, actor: Actor, now: datetime
) -> None:
    """Changes the words of a finding; its numbers stay as they were."""
    require_somewhere(actor, Action.WRITE_FINDINGS)
    statement = _bounded(statement, "finding", STATEMENT_LIMIT)
    with store.write() as kept:
        record = kept.finding(finding_id)
        slug = _admitted(kept, record, actor, "finding.unknown")
        kept.change_finding(finding_id, expected_revision=revision, statement=statement)
        changes = {"statement": [record.statement, statement]}
        note_staff(kept, slug, "finding.reworded", of=finding_id, actor=actor, now=now, changes=changes)


def drop_finding(store: Store, finding_id: int, *, actor: Actor, now: datetime) -> None:
    """Removes a finding and its links."""
    require_somewhere(actor, Action.WRITE_FINDINGS)
    with store.write() as kept:
        record = kept.finding(finding_id)
        slug = _admitted(kept, record, actor, "finding.unknown")
        kept.remove_finding(finding_id)
        details = {"statement": record.statement}
        note_staff(kept, slug, "finding.dropped", of=finding_id, actor=actor, now=now, details=details)


def write_recommendation(
    store: Store,
    slug: str,
    *,
    text: str,
    addressee: str,
    level: str,
    challenge: str,
    finding_ids: Sequence[int],
    answers: Sequence[tuple[int, str]],
    actor: Actor,
    now: datetime,
    recommendation_id: int = 0,
    revision: int = 0,
) -> int:
    """Writes a new recommendation, or changes the one named when nobody changed it meanwhile; returns its key.

    Raises  InvalidInput "recommendation.hidden_number" when it says a number of a linked finding that no meeting sees.
    """
    require(actor, Action.WRITE_FINDINGS, slug)
    values = {
        "text": _bounded(text, "recommendation", TEXT_LIMIT),
        "addressee": addressee.strip()[:ADDRESSEE_LIMIT],
        "level": level,
        "challenge": challenge,
    }
    if level not in LEVELS:
        raise InvalidInput("recommendation.level")
    known = dict(challenges(store, slug, actor=actor, language="en"))
    if challenge and challenge not in known:
        raise InvalidInput("recommendation.unknown_challenge", challenge=challenge)
    _require_shown(store, slug, values["text"], finding_ids, actor, now)
    with store.write() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.WRITE_FINDINGS)
        answers = _require_links(kept, consultation.id, scope, finding_ids, answers)
        before: dict[str, object] = {}
        if recommendation_id:
            record = kept.recommendation(recommendation_id)
            if record.consultation_id != consultation.id or not scope.holds(record.scope):
                raise NotFound("recommendation.unknown")
            before = {name: getattr(record, name) for name in values}
            kept.change_recommendation(recommendation_id, expected_revision=revision, **values)
            key, action = recommendation_id, "recommendation.changed"
        else:
            key = kept.add_recommendation(
                consultation_id=consultation.id,
                created_at=now,
                created_by=actor.name or actor.label,
                scope=require(actor, Action.WRITE_FINDINGS, slug).as_mapping(),
                **values,
            )
            action = "recommendation.written"
        kept.link_recommendation(key, findings=finding_ids, answers=answers)
        note_staff(kept, slug, action, of=key, actor=actor, now=now, changes=differences(before, values))
    return key


def _require_shown(store: Store, slug: str, text: str, finding_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """Returns when the text says no number of a linked finding's table that a meeting does not see there."""
    tables = [
        withheld.beside_finding(each.record, each.card)
        for each in findings(store, slug, actor=actor, language="en")
        if each.record.id in finding_ids
    ]
    if number := withheld.number_in(store, slug, [text], tables, actor=actor, now=now):
        raise InvalidInput("recommendation.hidden_number", number=number)


def _require_links(
    kept: Transaction,
    consultation_id: int,
    scope: Scope,
    finding_ids: Sequence[int],
    answers: Sequence[tuple[int, str]],
) -> list[tuple[int, str]]:
    """The linked answers under the names of their own versions, which no later version changes."""
    line = published_forms.lineage_of(kept, consultation_id)
    linked = []
    known = {finding.id for finding in kept.findings(consultation_id, scope)}
    if not set(finding_ids) <= known:
        raise InvalidInput("finding.unknown_link")
    for response_id, question in answers:
        try:
            response = kept.response(response_id, scope)
        except NotFound:
            raise InvalidInput("recommendation.unknown_answer") from None
        if response.consultation_id != consultation_id:
            raise InvalidInput("recommendation.unknown_answer")
        original = line.original(response.version_number, question)
        if original not in response.submission:
            raise InvalidInput("recommendation.unknown_answer")
        linked.append((response_id, original))
    return linked


def recommendations(
    store: Store, slug: str, *, actor: Actor, language: str, audience: Audience | None = None
) -> tuple[Recommendation, ...]:
    """Recommendations in their order, with their findings and the linked answers that the audience may see.

    audience  None: what this actor sees on screen.
    """
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        records = tuple(_joined(kept, record) for record in kept.recommendations(consultation.id, scope))
        by_id = {record.id: _kept(record, language) for record in kept.findings(consultation.id, scope)}
    labels = dict(challenges(store, slug, actor=actor, language=language))
    audience = audience or opened_data.screen_audience(actor, slug)
    linked = {question for record in records for _, question in record.answers}
    readable = {
        (quote.response_id, quote.question): quote
        for question in sorted(linked)
        for quote in open_answers.quotes(
            store, slug, question, actor=actor, audience=audience, language=language, filters=Filters()
        )
    }
    return tuple(
        Recommendation(
            record=record,
            challenge_label=labels.get(record.challenge, record.challenge),
            findings=tuple(by_id[key] for key in record.finding_ids if key in by_id),
            answers=tuple(
                LinkedAnswer(response_id=response_id, question=question, quote=readable.get((response_id, question)))
                for response_id, question in record.answers
            ),
        )
        for record in records
    )


def drop_recommendation(store: Store, recommendation_id: int, *, actor: Actor, now: datetime) -> None:
    """Removes a recommendation."""
    require_somewhere(actor, Action.WRITE_FINDINGS)
    with store.write() as kept:
        record = kept.recommendation(recommendation_id)
        slug = _admitted(kept, record, actor, "recommendation.unknown")
        kept.remove_recommendation(recommendation_id)
        details = {"text": record.text}
        note_staff(kept, slug, "recommendation.dropped", of=recommendation_id, actor=actor, now=now, details=details)


def move(store: Store, slug: str, kind: str, key: int, steps: int, *, actor: Actor, now: datetime) -> None:
    """Moves a finding or recommendation (`kind`: "findings", "recommendations") up (negative) or down in the order."""
    with store.write() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.WRITE_FINDINGS)
        read = kept.findings if kind == "findings" else kept.recommendations
        keys = [record.id for record in read(consultation.id)]
        shown = [record.id for record in read(consultation.id, scope)]
        if key not in shown:
            raise NotFound("finding.unknown" if kind == "findings" else "recommendation.unknown")
        places = [keys.index(each) for each in shown]  # what the actor does not see stays where it is
        place = shown.index(key)
        shown.insert(max(0, min(len(shown) - 1, place + steps)), shown.pop(place))
        for where, each in zip(places, shown, strict=True):
            keys[where] = each
        kept.order(kind, keys)
        kept.record(
            at=now,
            actor=actor.label,
            action=f"{kind}.ordered",
            subject=slug,
            consultation=slug,
            details={"order": keys},
        )


def challenges(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[tuple[str, str], ...]:
    """(code, words) of the challenges that the consultation asks about; () when it asks about none."""
    require(actor, Action.READ_PROTECTED_FIGURES, slug)
    roles = consultations.find(store, slug).roles
    role = roles.get("recommendation_challenge") or roles.get("challenge")
    return inventory.options(store, slug, role, actor=actor, language=language) if role else ()


def asked_for(
    store: Store,
    slug: str,
    part: str,
    *,
    actor: Actor,
    language: str,
    filters: Filters,
    challenge: str = "",
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Quote, ...]:
    """What respondents themselves recommended or would do: `part` is "recommendation" or one of LEVELS.

    challenge  only replies whose recommendation addresses it; "" for all.
    """
    require(actor, Action.READ_PROTECTED_FIGURES, slug)
    roles = consultations.find(store, slug).roles
    question = roles.get("recommendation" if part == "recommendation" else f"action_{part}")
    if question is None:
        return ()
    wanted = filters.as_mapping()
    role = roles.get("recommendation_challenge")
    if challenge and role:
        wanted = {**wanted, role: (challenge,)}
    return open_answers.quotes(
        store,
        slug,
        question,
        actor=actor,
        audience=opened_data.screen_audience(actor, slug),
        language=language,
        filters=Filters.of(wanted, snapshot=filters.snapshot),
        search=search,
        limit=limit,
        offset=offset,
    )


def level_names(words: Words) -> dict[str, str]:
    """The levels in words."""
    return {
        "local": words.translate("Local"),
        "national": words.translate("National"),
        "regional": words.translate("Regional"),
        "international": words.translate("International"),
    }


def may_write(actor: Actor, slug: str) -> bool:
    """Whether the actor may keep findings and write recommendations in a consultation."""
    return decide(actor, Action.WRITE_FINDINGS, slug).allowed


def _admitted(kept: Transaction, record: FindingRecord | RecommendationRecord, actor: Actor, unknown: str) -> str:
    """The short name of the consultation, when the actor may write there and sees all that the record was made from;
    else NotFound(unknown)."""
    slug = kept.consultation_by_id(record.consultation_id).slug
    _consultation, scope = consultations.admitted(kept, slug, actor, Action.WRITE_FINDINGS, unknown=unknown)
    if not scope.holds(record.scope):
        raise NotFound(unknown)
    return slug


def _joined(kept: Transaction, record: RecommendationRecord) -> RecommendationRecord:
    """The record with its linked answers under the names that the analysis has for them."""
    line = published_forms.lineage_of(kept, record.consultation_id)
    if len(line.numbers) == 1:
        return record
    answers = []
    for response_id, question in record.answers:
        response = kept.response(response_id)
        (joined,) = line.carry(response.version_number, {question: response.submission.get(question, "")})
        answers.append((response_id, joined))
    return replace(record, answers=tuple(answers))


def _bounded(text: str, what: str, limit: int) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(f"{what}.empty")
    if len(text) > limit:
        raise InvalidInput(f"{what}.too_long", limit=limit)
    return text


def _kept(record: FindingRecord, language: str) -> KeptFinding:
    tag = language if language in record.card else next(iter(record.card))
    return KeptFinding(record=record, card=frozen.from_json(record.card[tag]))
