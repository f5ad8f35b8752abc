"""Use case: see in a minute who answered, and what they said: the pictures of a consultation before its questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis import monitoring, opened_data, review
from analysis.charts import choose, countries, headlines, wording
from analysis.charts.headlines import Strongest
from analysis.charts.spec import ChartSpec, CoverageRow
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card, Source
from analysis.monitoring import Progress
from analysis.opened_data import Filters
from data.errors import NotFound
from data.records import ConsultationRecord
from data.store import Store
from survey.access import Actor
from survey.translator import Words

TIMELINE, COUNTRIES = "timeline", "countries"
COVERAGE = {
    "coverage": "region",
    "coverage-types": "organisation_type",
    "coverage-languages": "language",
}
"""Pictures of the replies held against the contact list, and by what."""
PICTURES = (TIMELINE, *COVERAGE, COUNTRIES)
WHO = ("region", "organisation_type")
"""Roles of the questions that say who answered where there is no contact list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart of who answered, by what in a word, and where its files are, below the consultation's."""

    name: str
    label: str
    place: str
    spec: ChartSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Who answered, and what the questions say.

    arrivals   replies over time
    who        replies against the contact list by region, type and language; without one, replies by region and type
    countries  the map, None where no question asks for the country
    strongest  the five strongest findings of the cards that the actor may see on screen
    source     consultation, time and state of these cards; None where there are none
    """

    arrivals: Picture
    who: tuple[Picture, ...]
    countries: Picture | None
    strongest: tuple[Strongest, ...]
    source: Source | None


def progress(store: Store, slug: str, *, actor: Actor, words: Words, now: datetime) -> Progress:
    """How many answered, as the actor may see it on screen: there at once, before any card."""
    audience = opened_data.screen_audience(actor, slug)
    return monitoring.progress(store, slug, actor=actor, language=words.language, now=now, audience=audience)


def overview(
    store: Store, slug: str, *, actor: Actor, words: Words, now: datetime, found: Progress | None = None
) -> Overview:
    """What stands on the first page of staff; what the actor may not see is hidden as on cards.

    found  `progress` of the same actor, where it is known already
    """
    audience = opened_data.screen_audience(actor, slug)
    found = found or progress(store, slug, actor=actor, words=words, now=now)
    cards = review.cards(
        store,
        slug,
        actor=actor,
        audience=audience,
        language=words.language,
        filters=Filters(),
        now=now,
    )
    if cards:
        found = _in_state(found, cards[0].source.snapshot)
    country = _of_role(cards, found.consultation, "country")
    return Overview(
        arrivals=_picture(TIMELINE, "", _timeline(found, words)),
        who=_against_the_list(found, words) if found.shows_frame else _by_questions(cards, found, words),
        countries=None
        if country is None or not countries.asks_for_countries(country)
        else _picture(COUNTRIES, "", countries.country_map(country, words)),
        strongest=headlines.strongest(cards, words),
        source=cards[0].source if cards else None,
    )


def source_line(store: Store, slug: str, found: Progress, *, actor: Actor, words: Words) -> str:
    """What stands under the figures of `progress`: consultation, time and state of the data."""
    sha256 = opened_data.digest(store, slug, actor=actor)
    return wording.state_line(found.source.title, found.source.as_of, provenance.short(sha256), words)


def picture(store: Store, slug: str, name: str, *, actor: Actor, words: Words, now: datetime) -> ChartSpec:
    """One of PICTURES as a meeting may see it, with the state of the data.

    Raises  NotFound "card.unknown_question" for another name, or a map where no question asks for the country.
    """
    if name not in PICTURES:
        raise NotFound("card.unknown_question", question=name)
    found = monitoring.progress(store, slug, actor=actor, language=words.language, now=now, audience=Audience.MEETING)
    sha256 = opened_data.digest(store, slug, actor=actor)
    found = _in_state(found, sha256)
    if name == TIMELINE:
        spec = _timeline(found, words)
    elif name in COVERAGE:
        spec = _coverage(found, COVERAGE[name], words)
    else:
        card = review.card(
            store,
            slug,
            found.consultation.roles.get("country", name),
            actor=actor,
            audience=Audience.MEETING,
            language=words.language,
            filters=Filters(),
            now=now,
        )
        if not countries.asks_for_countries(card):
            raise NotFound("card.unknown_question", question=name)
        spec = countries.country_map(card, words)
    return replace(spec, provenance=provenance.of_picture(name, consultation=slug, sha256=sha256))


def _in_state(found: Progress, sha256: str) -> Progress:
    return replace(found, source=replace(found.source, sha256=sha256))


def _timeline(found: Progress, words: Words) -> ChartSpec:
    deadline = found.consultation.deadline_at
    return choose.timeline(
        found.arrivals,
        source=found.source,
        words=words,
        rules=found.rules,
        deadline=None if deadline is None else deadline.date(),
    )


def _coverage(found: Progress, dimension: str, words: Words) -> ChartSpec:
    rows = tuple(
        CoverageRow(label=each.label, invited=each.invited, replied=each.sent)
        for each in found.cells.get(dimension, ())
    )
    return choose.coverage(rows, source=found.source, words=words, dimension=dimension)


def _picture(name: str, label: str, spec: ChartSpec) -> Picture:
    return Picture(name=name, label=label, place=f"monitor/{name}", spec=spec)


def _against_the_list(found: Progress, words: Words) -> tuple[Picture, ...]:
    labels = _labels(words)
    return tuple(
        _picture(name, labels[dimension], _coverage(found, dimension, words))
        for name, dimension in COVERAGE.items()
        if dimension in found.cells
    )


def _by_questions(cards: Sequence[Card], found: Progress, words: Words) -> tuple[Picture, ...]:
    labels, pictures = _labels(words), []
    for role in WHO:
        card = _of_role(cards, found.consultation, role)
        spec = None if card is None else choose.chart(replace(card, robustness=None), words)
        if card is not None and spec is not None:
            place = f"chart/{card.question}"
            pictures.append(Picture(name=card.question, label=labels[role], place=place, spec=spec))
    return tuple(pictures)


def _labels(words: Words) -> dict[str, str]:
    return {
        "region": words.translate("Region"),
        "organisation_type": words.translate("Type of organisation"),
        "language": words.translate("Language"),
    }


def _of_role(cards: Sequence[Card], consultation: ConsultationRecord, role: str) -> Card | None:
    name = consultation.roles.get(role, "")
    return next((card for card in cards if card.question == name), None)
