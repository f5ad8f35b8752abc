"""Use case: take a chart, its numbers or the whole dashboard away as a file, under the method that was chosen.

As a meeting may see it; or, for those who see internal figures and ask for them, as a file that says so.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis import card_notes, inventory, overview, recommendations, review
from analysis.charts import choose
from analysis.charts.sizes import Size
from analysis.charts.spec import ChartSpec
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.method import PLAIN, Method
from analysis.opened_data import Filters
from analysis.report import bundle, formats
from analysis.report.compose import compose
from analysis.report.formats import PLAIN_LOOK, Look
from analysis.report.template import Template
from analysis.report.tree import Numbers, Report
from analysis.words import MESSAGES
from data.analysis_records import RecommendationRecord
from data.errors import InvalidInput, NotFound
from data.store import Store
from survey.access import Action, Actor, require_somewhere
from survey.translator import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it is handed over."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A file that is made while it is handed over."""

    name: str
    content_type: str
    pieces: Iterator[bytes]


def record(store: Store, name: str, *, actor: Actor, now: datetime) -> None:
    """The log says that somebody took a file away."""
    require_somewhere(actor, Action.READ_PROTECTED_FIGURES)
    with store.write() as kept:
        kept.record(at=now, actor=actor.label, action="file.taken_away", subject=name[:200], details={})


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
    method: Method = PLAIN,
    audience: Audience = Audience.MEETING,
    look: Look = PLAIN_LOOK,
) -> File:
    """The chart of a question, in the form that was chosen, as png, svg, pdf, html or code; or its numbers.

    Raises  as `review.card`; InvalidInput "format.unknown", "format.no_chart", "form.unsuitable",
            "size.too_small", "chart.missing_letters".
    """
    _format_of(kind)  # before anything is released
    card = review.drawn_card(
        store,
        slug,
        question,
        look.form,
        actor=actor,
        audience=audience,
        language=words.language,
        filters=filters,
        now=now,
        by=by,
        method=method,
    )
    (card,) = _remarked(store, slug, (card,), filters, actor, audience, now)
    return card_file(card, f"{slug}-{question}{_ending(audience)}", kind, words, look)


def finding_file(
    store: Store, slug: str, finding_id: int, kind: str, *, actor: Actor, words: Words, look: Look = PLAIN_LOOK
) -> File:
    """The chart of a kept finding, with its numbers as they were kept."""
    for kept in recommendations.findings(store, slug, actor=actor, language=words.language):
        if kept.record.id == finding_id:
            return card_file(
                kept.card, f"{slug}-finding-{finding_id}", kind, words, replace(look, statement=kept.record.statement)
            )
    raise NotFound("finding.unknown")


def _remarked(
    store: Store,
    slug: str,
    cards: tuple[Card, ...],
    filters: Filters,
    actor: Actor,
    audience: Audience,
    now: datetime,
) -> tuple[Card, ...]:
    """The cards with the notes under them; a frozen state stays as it was, and notes are of the present."""
    if filters.snapshot:
        return cards
    return card_notes.remarked(store, slug, cards, actor=actor, audience=audience, now=now)


def _ending(audience: Audience) -> str:
    """What the name of a file says of those who may see it."""
    return "-internal" if audience is Audience.INTERNAL else ""


def card_file(card: Card, name: str, kind: str, words: Words, look: Look = PLAIN_LOOK) -> File:
    """A card that the reader may see, as a file.

    Raises  InvalidInput "format.unknown", "format.no_chart", "form.unsuitable".
    """
    made = _format_of(kind)
    choose.require_form(card, look.form)
    card = choose.as_drawn(card, look.form)
    place = _place(look) if made.drawn else ""
    return File(
        name=f"{name}{place}{made.extension}", content_type=made.content_type, content=made.make(card, words, look)
    )


def _place(look: Look) -> str:
    """What the name of a file says of the place that it is made for."""
    return "" if look.size is Size.PLAIN else f"-{look.size}"


def _format_of(kind: str) -> formats.ChartFormat:
    made = formats.CHART_FORMATS.get(kind)
    if made is None:
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(formats.CHART_FORMATS))
    return made


def zipped(name: str, files: Sequence[File]) -> File:
    """Several files in one; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.content, zipfile.ZIP_DEFLATED)
    return File(name=name, content_type="application/zip", content=packed.getvalue())


def embedded(
    store: Store,
    slug: str,
    question: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    by: str = "",
    method: Method = PLAIN,
    look: Look = PLAIN_LOOK,
) -> str:
    """The chart of a question as HTML to paste into a page, as a meeting may see it.

    Raises  as `chart_file`.
    """
    asked = {"actor": actor, "words": words, "filters": filters, "now": now, "by": by, "method": method, "look": look}
    return chart_file(store, slug, question, "code", **asked).content.decode()  # type: ignore[arg-type]


def charts_zip(
    store: Store,
    slug: str,
    kinds: Sequence[str],
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    by: Sequence[str] = (),
    method: Method = PLAIN,
    audience: Audience = Audience.MEETING,
    look: Look = PLAIN_LOOK,
    questions: Sequence[str] = (),
) -> Pieces:
    """Who answered and every card in each of the formats, and as CSV, with an index page and a README.

    It is drawn while it is handed over; pictures of who answered as for `dashboard_file`.

    kinds      names in `CHART_FORMATS`; by  every question compared by each of these, as in a tab book
    words      of a language in `inventory.label_languages`
    questions  names of questions or batteries: these alone; () for all
    Raises     as `review.cards` and `review.book`; InvalidInput "format.unknown", "data.unknown_language",
               "report.empty".
    """
    chosen = {kind: _format_of(kind) for kind in dict.fromkeys([*kinds, "csv"])}
    inventory.require_language(store, slug, words.language, actor=actor, snapshot=filters.snapshot)
    asked = {"actor": actor, "audience": audience, "language": words.language, "filters": filters, "now": now}
    asked["questions"] = questions
    if by:
        cards = review.book(store, slug, by=by, method=method, **asked)  # type: ignore[arg-type]
    else:
        cards = review.cards(store, slug, method=method, **asked)  # type: ignore[arg-type]
    if not cards:
        raise InvalidInput("report.empty")
    cards = _remarked(store, slug, cards, filters, actor, audience, now)
    pictures = _pictures(store, slug, filters, questions, actor, audience, words, now)
    return Pieces(
        name=f"{slug}{_ending(audience)}-charts.zip",
        content_type="application/zip",
        pieces=bundle.pieces(
            cards,
            words,
            tuple(chosen.values()),
            replace(look, form=None),
            explain=lambda error: words.error(error, MESSAGES),
            picked=bool(questions),
            pictures=pictures,
        ),
    )


def monitor_file(
    store: Store,
    slug: str,
    name: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    now: datetime,
    look: Look = PLAIN_LOOK,
) -> File:
    """A picture of who answered, or its numbers, as a meeting may see it: one of `overview.PICTURES`.

    Raises  NotFound "card.unknown_question" for another name, or a map where no question asks for the country;
            "report.picture_gone" when nothing in it may be shown; InvalidInput "format.unknown".
    """
    made = formats.CHART_FORMATS.get(kind)
    if made is None or made.make_picture is None:
        allowed = (name for name, each in formats.CHART_FORMATS.items() if each.make_picture is not None)
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(allowed))
    spec = overview.picture(store, slug, name, actor=actor, words=words, now=now)
    if not spec.has_figures:
        raise NotFound("report.picture_gone")
    place = _place(look) if made.drawn else ""
    return File(
        name=f"{slug}-{name}{place}{made.extension}",
        content_type=made.content_type,
        content=made.make_picture(spec, words, look),
    )


def _pictures(
    store: Store,
    slug: str,
    filters: Filters,
    questions: Sequence[str],
    actor: Actor,
    audience: Audience,
    words: Words,
    now: datetime,
) -> tuple[tuple[str, ChartSpec], ...]:
    """The pictures of who answered that belong to a whole dashboard: of all replies, and of the present alone."""
    if questions or filters != Filters():
        return ()
    return overview.pictures_to_take(store, slug, actor=actor, words=words, now=now, audience=audience)


def dashboard_file(
    store: Store,
    slug: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    filters: Filters,
    now: datetime,
    by: Sequence[str] = (),
    method: Method = PLAIN,
    audience: Audience = Audience.MEETING,
    template: Template | None = None,
    numbers: Numbers = Numbers.DOCUMENTS,
    questions: Sequence[str] = (),
) -> File:
    """Who answered and all cards as an editable deck with findings and recommendations (pptx), or as a workbook (xlsx).

    Pictures of who answered are of all replies and of the present, so they are left out beside filters, of a frozen
    state and beside picked questions.

    words      of a language in `inventory.label_languages`
    by         a tab book instead: every question compared by each of these
    numbers    where charts are followed by the tables of their numbers
    template   of the organisation's own, for a deck or a document; nothing of it is kept
    questions  names of questions or batteries: these alone, without findings and recommendations; () for all
    Raises  as `review.cards`, `review.book` and `formats.dashboard_format`; InvalidInput "data.unknown_language"; of
            the template, when it has no title or too little room.
    """
    made = formats.dashboard_format(kind, template)
    inventory.require_language(store, slug, words.language, actor=actor, snapshot=filters.snapshot)
    asked = {"actor": actor, "audience": audience, "language": words.language, "filters": filters, "now": now}
    asked["questions"] = questions
    if by:
        cards = review.book(store, slug, by=by, method=method, **asked)  # type: ignore[arg-type]
    else:
        cards = review.cards(store, slug, method=method, **asked)  # type: ignore[arg-type]
    cards = _remarked(store, slug, cards, filters, actor, audience, now)
    title = cards[0].source.title if cards else slug
    pictures = [spec for _name, spec in _pictures(store, slug, filters, questions, actor, audience, words, now)]
    if not made.holds_words or questions:
        report = compose(cards, title=title, words=words, pictures=pictures, numbers=numbers, picked=bool(questions))
        return _report_file(report, slug, made, words, audience, template)
    written = recommendations.recommendations(store, slug, actor=actor, language=words.language)
    found = recommendations.findings(store, slug, actor=actor, language=words.language)
    report = compose(
        cards,
        title=title,
        words=words,
        findings=[(kept.record, kept.card) for kept in found],
        recommendations=printed(written, words),
        pictures=pictures,
        numbers=numbers,
    )
    return _report_file(report, slug, made, words, audience, template)


def printed(written: Sequence[recommendations.Recommendation], words: Words) -> tuple[RecommendationRecord, ...]:
    """Recommendations as they stand in files: numbered from 1, with level and challenge in words."""
    levels = recommendations.level_names(words)
    return tuple(
        replace(
            each.record,
            position=number,
            challenge=each.challenge_label,
            level=levels.get(each.record.level, each.record.level),
        )
        for number, each in enumerate(written, start=1)
    )


def _report_file(
    report: Report,
    slug: str,
    made: formats.DashboardFormat,
    words: Words,
    audience: Audience,
    template: Template | None = None,
) -> File:
    name = f"{slug}{_ending(audience)}{made.extension}"
    content = formats.written(made, report, words, template)
    return File(name=name, content_type=made.content_type, content=content)
