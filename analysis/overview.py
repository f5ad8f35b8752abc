"""Use case: see in a minute who answered, and what they said: the pictures of a consultation before its questions."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
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
from data.errors import InvalidInput, NotAllowed, NotFound
from data.records import ConsultationRecord
from data.store import Store
from survey import consultations
from survey.access import Action, Actor, require
from survey.policies import policies_of
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
    _decide_before(store, slug, PICTURES, actor, words, now, audience)
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


def picture(
    store: Store,
    slug: str,
    name: str,
    *,
    actor: Actor,
    words: Words,
    now: datetime,
    audience: Audience = Audience.MEETING,
) -> ChartSpec:
    """One of PICTURES as a meeting may see it, or those who see internal figures, with the state of the data.

    Raises  NotFound "card.unknown_question" for another name, or a map where no question asks for the country.
    """
    if name not in PICTURES:
        raise NotFound("card.unknown_question", question=name)
    _decide_before(store, slug, (name,), actor, words, now, audience)
    found = _to_take(store, slug, actor, words, now, audience)
    if name == COUNTRIES:
        card = _country(store, slug, found, actor, words, now)
        if card is None:
            raise NotFound("card.unknown_question", question=name)
        return _asked(countries.country_map(card, words), name, found, words)
    return _drawn(name, found, words)


def pictures_to_take(
    store: Store, slug: str, *, actor: Actor, words: Words, now: datetime, audience: Audience = Audience.MEETING
) -> tuple[tuple[str, ChartSpec], ...]:
    """Those of PICTURES that there are here, as `picture`, with their names; one in which nothing is shown is none."""
    _decide_before(store, slug, PICTURES, actor, words, now, audience)
    found = _to_take(store, slug, actor, words, now, audience)
    drawn = [(name, _drawn(name, found, words)) for name in _there(found)]
    if (card := _country(store, slug, found, actor, words, now)) is not None:
        drawn.append((COUNTRIES, _asked(countries.country_map(card, words), COUNTRIES, found, words)))
    return tuple((name, spec) for name, spec in drawn if spec.has_figures)


def offered(store: Store, slug: str, *, actor: Actor, words: Words, now: datetime) -> tuple[tuple[str, str], ...]:
    """Name and title of each of PICTURES that there is here, for a choice; nothing is released by asking."""
    found = _to_take(store, slug, actor, words, now, Audience.MEETING)
    titles = [(name, _drawn(name, found, words).title) for name in _there(found)]
    if _country(store, slug, found, actor, words, now, kept=False) is not None:
        titles.append((COUNTRIES, countries.title(words)))
    return tuple(titles)


def question_of(name: str, roles: Mapping[str, str]) -> str:
    """The question whose answers a picture counts too, by the roles of the consultation's questions; "" for none."""
    return roles.get({**COVERAGE, COUNTRIES: "country"}.get(name, ""), "")


def _decide_before(
    store: Store, slug: str, names: Sequence[str], actor: Actor, words: Words, now: datetime, audience: Audience
) -> None:
    """The cards that tell the counts of pictures too are released: a picture hides what they hide, not another one."""
    if audience is Audience.INTERNAL:
        return
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_PROTECTED_FIGURES)
        listed = not policies_of(consultation).anonymous and kept.frame_counts(consultation.id, scope)
    questions = [question_of(name, consultation.roles) for name in names if COVERAGE.get(name) in WHO]
    for question in filter(None, questions if listed else ()):
        with suppress(InvalidInput, NotFound, NotAllowed):  # it is gone, or names somebody
            review.card(
                store,
                slug,
                question,
                actor=actor,
                audience=audience,
                language=words.language,
                filters=Filters(),
                now=now,
            )


def _to_take(store: Store, slug: str, actor: Actor, words: Words, now: datetime, audience: Audience) -> Progress:
    found = monitoring.progress(store, slug, actor=actor, language=words.language, now=now, audience=audience)
    return _in_state(found, opened_data.digest(store, slug, actor=actor))


def _there(found: Progress) -> tuple[str, ...]:
    """The pictures that are made of counts alone."""
    arrived = (TIMELINE,) if found.arrivals else ()
    return (*arrived, *(name for name, of in COVERAGE.items() if found.shows_frame and of in found.cells))


def _drawn(name: str, found: Progress, words: Words) -> ChartSpec:
    spec = _timeline(found, words) if name == TIMELINE else _coverage(found, COVERAGE[name], words)
    return _asked(spec, name, found, words)


def _country(
    store: Store, slug: str, found: Progress, actor: Actor, words: Words, now: datetime, *, kept: bool = True
) -> Card | None:
    """The card of the question that asks for the country; None where none does."""
    question = found.consultation.roles.get("country", "")
    if not question:
        return None
    try:
        card = review.card(
            store,
            slug,
            question,
            actor=actor,
            audience=found.audience,
            language=words.language,
            filters=Filters(),
            now=now,
            kept=kept,
        )
    except (InvalidInput, NotFound, NotAllowed):  # it is gone, or names somebody
        return None
    return card if countries.asks_for_countries(card) else None


def _asked(spec: ChartSpec, name: str, found: Progress, words: Words) -> ChartSpec:
    """The picture with its query, which says of itself when it is for the house alone."""
    asked = provenance.of_picture(
        name,
        consultation=found.consultation.slug,
        sha256=found.source.sha256,
        as_of=found.source.as_of,
        audience=found.audience,
        language=words.language,
    )
    note = wording.sentences((wording.internal_mark(found.audience, words), spec.note))
    return replace(spec, provenance=asked, note=note)


def _in_state(found: Progress, sha256: str) -> Progress:
    return replace(found, source=replace(found.source, sha256=sha256))


def _timeline(found: Progress, words: Words) -> ChartSpec:
    deadline = found.consultation.deadline_at
    return choose.timeline(
        found.arrivals,
        replies=found.replies,
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
