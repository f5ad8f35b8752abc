"""Use case: see in a minute who answered, and what they said: the pictures of a consultation before its questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis import gradual, inventory, monitoring, opened_data, review
from analysis.charts import choose, countries, headlines, wording
from analysis.charts.headlines import Strongest
from analysis.charts.spec import ChartSpec, CoverageRow
from analysis.disclosure import Audience
from analysis.findings import provenance
from analysis.findings.card import Card
from analysis.monitoring import Progress
from analysis.opened_data import Filters
from data.errors import NotFound
from data.records import ConsultationRecord
from data.store import Store
from survey.access import Action, Actor, require
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
PICTURED = len(WHO) + 1
"""So many cards, the first ones, are needed for pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart of who answered, by what in a word, and where its files are, below the consultation's.

    chooses  of a map, by category: (variable, code) by which replies from there are chosen
    """

    name: str
    label: str
    place: str
    spec: ChartSpec
    chooses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Who answered.

    arrivals   replies over time
    who        replies against the contact list by region, type and language; without one, replies by region and type
    countries  the map, None where no question asks for the country
    """

    arrivals: Picture
    who: tuple[Picture, ...]
    countries: Picture | None


def progress(store: Store, slug: str, *, actor: Actor, words: Words, now: datetime) -> Progress:
    """How many answered, as the actor may see it on screen."""
    audience = opened_data.screen_audience(actor, slug)
    return monitoring.progress(store, slug, actor=actor, language=words.language, now=now, audience=audience)


def under_way(
    store: Store, slug: str, *, actor: Actor, words: Words, now: datetime, visitor: str = ""
) -> gradual.UnderWay:
    """The cards of all questions as the actor may see them on screen, made beside the visit; open answers left out.

    Those of which `pictures` are made come first.
    visitor  as for `gradual.under_way`
    """
    audience = opened_data.screen_audience(actor, slug)
    listed = inventory.questions(store, slug, actor=actor, language=words.language, audience=audience)
    with store.read() as kept:
        first = kept.consultation(slug).roles
    names = [each.name for each in listed if not each.wordy]
    pictured = [first.get(role, "") for role in (*WHO, "country")]
    return gradual.under_way(
        store,
        slug,
        sorted(names, key=lambda name: name not in pictured),
        actor=actor,
        audience=audience,
        language=words.language,
        filters=Filters(),
        now=now,
        visitor=visitor,
    )


def pictures(found: Progress, cards: Sequence[Card], words: Words) -> Pictures:
    """Who answered, in pictures; what the actor may not see is hidden as on cards.

    cards  those that are made by now
    """
    if cards:
        found = _in_state(found, cards[0].source.snapshot)
    country = _of_role(cards, found.consultation, "country")
    return Pictures(
        arrivals=_picture(TIMELINE, "", _timeline(found, words)),
        who=_against_the_list(found, words) if found.shows_frame else _by_questions(cards, found, words),
        countries=None
        if country is None or not countries.asks_for_countries(country)
        else replace(
            _picture(COUNTRIES, "", countries.country_map(country, words)), chooses=countries.choices(country)
        ),
    )


def strongest(
    store: Store, slug: str, cards: Sequence[Card], *, actor: Actor, words: Words, patience: float | None = None
) -> tuple[Strongest, ...] | None:
    """The five strongest findings of the cards, those that hold under every lens.

    patience  seconds to wait for the lenses; None for as long as they take
    Returns   None when they took longer: they are there a while later
    """
    require(actor, Action.READ_PROTECTED_FIGURES, slug)
    tested = review.assessed(store, slug, cards, actor=actor, patience=patience)
    return None if tested is None else headlines.strongest(tested, words)


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
    found = _in_state(found, opened_data.digest(store, slug, actor=actor))
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
    asked = provenance.of_picture(
        name,
        consultation=slug,
        sha256=found.source.sha256,
        as_of=found.source.as_of,
        audience=Audience.MEETING,
        language=words.language,
    )
    return replace(spec, provenance=asked)


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
