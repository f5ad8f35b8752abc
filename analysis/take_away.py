"""Use case: take a chart, its numbers or the whole dashboard away as a file, always as a meeting may see it."""

from dataclasses import dataclass
from datetime import datetime

from analysis import monitoring, recommendations, review
from analysis.charts import choose, image
from analysis.charts.spec import ChartSpec
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.report import powerpoint, workbook
from analysis.review import Filters
from data.errors import InvalidInput, NotFound
from data.store import Store
from survey.access import Actor
from survey.translator import Words

CONTENT_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it is handed over."""

    name: str
    content_type: str
    content: bytes


def chart_file(
    store: Store,
    slug: str,
    question: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    by: str = "",
    audience: Audience = Audience.MEETING,
) -> File:
    """The chart of a question as png or svg, or its numbers as csv or xlsx."""
    card = review.card(
        store,
        slug,
        question,
        actor=actor,
        audience=audience,
        language=words.language,
        filters=filters,
        now=now,
        by=by,
    )
    return _card_file(card, f"{slug}-{question}", kind, words)


def finding_file(store: Store, slug: str, finding_id: int, kind: str, *, actor: Actor, words: Words) -> File:
    """The chart of a kept finding, with its numbers as they were kept."""
    for kept in recommendations.findings(store, slug, actor=actor):
        if kept.record.id == finding_id:
            return _card_file(kept.card, f"{slug}-finding-{finding_id}", kind, words, statement=kept.record.statement)
    raise NotFound("finding.unknown")


def _card_file(card: Card, name: str, kind: str, words: Words, *, statement: str = "") -> File:
    if kind == "csv":
        content = workbook.card_csv(card, words)
    elif kind == "xlsx":
        content = workbook.card_xlsx(card, words)
    else:
        spec = choose.chart(card, words, statement=statement)
        if spec is None:
            raise InvalidInput("chart.no_picture")
        content = _picture(spec, kind)
    return File(name=f"{name}.{kind}", content_type=CONTENT_TYPES[kind], content=content)


def _picture(spec: ChartSpec, kind: str) -> bytes:
    if kind == "png":
        return image.png(spec)
    if kind == "svg":
        return image.svg(spec)
    raise InvalidInput("format.unknown", format=kind)


def monitor_file(store: Store, slug: str, name: str, kind: str, *, actor: Actor, words: Words, now: datetime) -> File:
    """The picture of replies over time (`name` "timeline") or of replies of invited ("coverage")."""
    found = monitoring.progress(store, slug, actor=actor, language=words.language, now=now, audience=Audience.MEETING)
    if name == "timeline":
        spec = timeline_chart(found, words)
    elif name == "coverage":
        spec = choose.coverage(found.coverage, source=found.source, words=words)
    else:
        raise NotFound("card.unknown_question", question=name)
    return File(name=f"{slug}-{name}.{kind}", content_type=CONTENT_TYPES.get(kind, ""), content=_picture(spec, kind))


def timeline_chart(found: monitoring.Progress, words: Words) -> ChartSpec:
    """Replies over time with the first deadline."""
    deadline = found.consultation.deadline_at
    return choose.timeline(
        found.arrivals, source=found.source, words=words, deadline=None if deadline is None else deadline.date()
    )


def dashboard_file(
    store: Store,
    slug: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    audience: Audience = Audience.MEETING,
) -> File:
    """All cards as an editable deck with findings and recommendations (pptx), or as a workbook (xlsx)."""
    if kind not in ("pptx", "xlsx"):
        raise InvalidInput("format.unknown", format=kind)
    cards = review.cards(store, slug, actor=actor, audience=audience, language=words.language, filters=filters, now=now)
    title = cards[0].source.title if cards else slug
    if kind == "xlsx":
        content = workbook.cards_xlsx(cards, words, title=title)
    else:
        content = powerpoint.deck(
            cards,
            findings=[(kept.record, kept.card) for kept in recommendations.findings(store, slug, actor=actor)],
            recommendations=[
                (written.record, written.challenge_label, tuple(kept.record for kept in written.findings))
                for written in recommendations.recommendations(store, slug, actor=actor, language=words.language)
            ],
            title=title,
            words=words,
        )
    return File(name=f"{slug}.{kind}", content_type=CONTENT_TYPES[kind], content=content)
