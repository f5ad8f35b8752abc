"""Use case: a question in two states of a consultation, or in two: as a slope, as a file of it, and its change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from analysis import inventory, review
from analysis.charts import image, own_fonts, slopes
from analysis.charts.spec import ChartSpec
from analysis.dataset.arrays import Dataset
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card, CardKind
from analysis.findings.method import Correction
from analysis.findings.rewording import worded_otherwise
from analysis.findings.trend import Trend, are_alike, kind_of, require_comparable
from analysis.findings.trend import trend as changes
from analysis.opened_data import Filters, open_data
from analysis.report import formats, powerpoint, workbook
from analysis.report.compose import bound
from analysis.report.formats import PLAIN_LOOK, Look
from analysis.report.tree import Figure
from analysis.take_away import File
from data.errors import InvalidInput
from data.store import Store
from survey.access import Actor
from survey.translator import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A consultation, as it is or in a frozen state, by the first digits of its SHA-256."""

    slug: str
    snapshot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """The chart, and the later of the two cards that it is made of."""

    spec: ChartSpec
    card: Card


_MAKERS: Mapping[str, Callable[[Slope, Words, Look], bytes]] = {
    "png": lambda drawn, words, look: image.png(drawn.spec, look.size, look.scale),
    "svg": lambda drawn, words, look: own_fonts.with_fonts(image.svg(drawn.spec, look.size)),
    "pdf": lambda drawn, words, look: image.pdf(drawn.spec, look.size),
    "pptx": lambda drawn, words, look: _deck(drawn, words),
}
FORMATS = tuple(_MAKERS)
TREND_FORMATS = ("csv", "xlsx")


def slope(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    words: Words,
    now: datetime,
) -> Slope:
    """What the audience may see of either wave, the earlier one first, beside each other; `charts.slopes` says how.

    Raises  InvalidInput "trend.not_comparable", "trend.recoded", "trend.other_scale", "slope.number"; as `review.card`.
    """
    first, last = _datasets(store, waves, actor, audience)
    # What is refused is refused before anything is released.
    slopes.require_drawable(kind_of(first, question), kind_of(last, question), question)
    require_comparable(first, last, question, audience=audience, matched=False)
    reworded = worded_otherwise(first, last, question, words.language)
    before, after = _cards(store, waves, question, actor=actor, audience=audience, language=words.language, now=now)
    return Slope(spec=slopes.slope(before, after, words, reworded), card=after)


def comparable(
    store: Store, waves: tuple[Wave, Wave], *, actor: Actor, language: str
) -> tuple[tuple[str, str, bool], ...]:
    """(name, words, whether it can be drawn as a slope) of the questions that both waves ask in the same way.

    Those that ask who the respondents are come last.
    """
    first, last = (
        inventory.questions(store, wave.slug, actor=actor, language=language, snapshot=wave.snapshot) for wave in waves
    )
    known = {each.name: each.kind for each in first}
    both = (each for each in last if each.name in known and are_alike(known[each.name], each.kind))
    found = sorted((each for each in both if each.kind is not CardKind.TEXT), key=lambda each: each.profile)
    return tuple((each.name, each.label, each.kind in slopes.KINDS and each.kind is known[each.name]) for each in found)


def sloping(store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "") -> tuple[tuple[str, str], ...]:
    """(name, words) of the questions that can be drawn as a slope; those that ask who the respondents are come last."""
    found = inventory.questions(store, slug, actor=actor, language=language, snapshot=snapshot)
    drawn = sorted((each for each in found if each.kind in slopes.KINDS), key=lambda each: each.profile)
    return tuple((each.name, each.label) for each in drawn)


def slope_file(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    kind: str,
    *,
    actor: Actor,
    words: Words,
    now: datetime,
    audience: Audience = Audience.MEETING,
    look: Look = PLAIN_LOOK,
) -> File:
    """The slope as png, svg, pdf, or as a slide whose lines PowerPoint draws itself.

    Raises  as `slope`; InvalidInput "format.unknown", "size.too_small", "chart.missing_letters".
    """
    if kind not in _MAKERS:  # before anything is released
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(FORMATS))
    drawn = slope(store, waves, question, actor=actor, audience=audience, words=words, now=now)
    of = formats.DASHBOARD_FORMATS if kind == "pptx" else formats.CHART_FORMATS
    internal = "-internal" if audience is Audience.INTERNAL else ""
    return File(
        name=f"{waves[1].slug}-{question}-slope{internal}.{kind}",
        content_type=of[kind].content_type,
        content=_MAKERS[kind](drawn, words, look),
    )


def _deck(drawn: Slope, words: Words) -> bytes:
    figure = Figure(spec=drawn.spec, card=drawn.card, remark="")
    title = drawn.card.source.title
    return powerpoint.render(bound([figure], drawn.card, title=title, words=words, asked=""), words)


def trend(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    matched: bool = False,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> Trend:
    """The change of a question from the first wave to the second; `findings.trend` says how.

    For a meeting and the public it rests on the two cards that they may see.
    """
    return _changed(
        store,
        waves,
        question,
        actor=actor,
        audience=audience,
        language=language,
        now=now,
        matched=matched,
        correction=correction,
    )[0]


def trend_file(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    kind: str,
    *,
    actor: Actor,
    audience: Audience,
    words: Words,
    now: datetime,
    matched: bool = False,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> File:
    """The table of a trend as text with commas or as a workbook.

    Raises  InvalidInput "format.unknown"; as `trend`.
    """
    if kind not in TREND_FORMATS:  # before anything is released
        raise InvalidInput("format.unknown", format=kind[:40], allowed=", ".join(TREND_FORMATS))
    found, both = _changed(
        store,
        waves,
        question,
        actor=actor,
        audience=audience,
        language=words.language,
        now=now,
        matched=matched,
        correction=correction,
    )
    internal = audience is Audience.INTERNAL
    made = workbook.trend_csv if kind == "csv" else workbook.trend_xlsx
    ending = ("-matched" if matched else "") + ("-internal" if internal else "")
    return File(
        name=f"{waves[1].slug}-{question}-trend{ending}.{kind}",
        content_type=formats.CHART_FORMATS[kind].content_type,
        content=made(found, words, internal=internal, asked=provenance.of_change(*both)),
    )


def _changed(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
    matched: bool,
    correction: Correction,
) -> tuple[Trend, tuple[Card, Card]]:
    first, last = _datasets(store, waves, actor, audience)
    require_comparable(first, last, question, audience=audience, matched=matched)
    both = _cards(store, waves, question, actor=actor, audience=audience, language=language, now=now)
    return changes(first, last, both, matched=matched, correction=correction), both


def _datasets(store: Store, waves: tuple[Wave, Wave], actor: Actor, audience: Audience) -> tuple[Dataset, Dataset]:
    first, last = (open_data(store, wave.slug, actor, audience, wave.snapshot).dataset for wave in waves)
    return first, last


def _cards(
    store: Store,
    waves: tuple[Wave, Wave],
    question: str,
    *,
    actor: Actor,
    audience: Audience,
    language: str,
    now: datetime,
) -> tuple[Card, Card]:
    before, after = (
        review.card(
            store,
            wave.slug,
            question,
            actor=actor,
            audience=audience,
            language=language,
            filters=Filters(snapshot=wave.snapshot),
            now=now,
        )
        for wave in waves
    )
    return before, after
