"""Use case: what there is to look at in a consultation: its questions, what replies are chosen by, its languages."""

from dataclasses import dataclass

from analysis.disclosure import Audience
from analysis.findings import summary
from analysis.findings.card import CardKind
from analysis.findings.offered import Offered
from analysis.findings.offered import offered as offered_questions
from analysis.findings.profile import profile_questions
from analysis.opened_data import label_of, open_data
from data.errors import InvalidInput
from data.store import Store
from survey.access import Actor
from survey.translator import LANGUAGES

FILTER_ROLES = ("region", "organisation_type", "level")
LANGUAGE_FILTER = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterVariable:
    """A filter that every card obeys: its name and role ("" for none), its words, and (code, words) of its values."""

    name: str
    role: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A question or battery that can be asked for by its name; `wordy` when it is answered in words.

    section  the words over the part of the questionnaire that it stands in; `place` that part's name
    options  the words of its options, and of a battery's items
    kind     of its card; `profile` when it asks who the respondents are
    """

    name: str
    label: str
    section: str
    wordy: bool
    place: str = ""
    options: tuple[str, ...] = ()
    kind: CardKind | None = None
    profile: bool = False


def replies(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> int:
    """How many replies were submitted and count."""
    return open_data(store, slug, actor, Audience.MEETING, snapshot).dataset.size


def languages(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> tuple[str, ...]:
    """Tags of the questionnaire's languages, the default one first."""
    found = open_data(store, slug, actor, Audience.MEETING, snapshot).questionnaire
    tags = [language.tag for language in found.languages]
    return tuple(dict.fromkeys([found.default_language, *tags]))


def label_languages(store: Store, slug: str, *, actor: Actor, snapshot: str = "") -> tuple[str, ...]:
    """Tags of the languages in which files can be taken away: the questionnaire's, then the program's."""
    return tuple(dict.fromkeys([*languages(store, slug, actor=actor, snapshot=snapshot), *LANGUAGES]))


def require_language(store: Store, slug: str, language: str, *, actor: Actor, snapshot: str = "") -> None:
    """Raises InvalidInput "data.unknown_language" for a language in which no file can be taken away."""
    known = label_languages(store, slug, actor=actor, snapshot=snapshot)
    if language not in known:
        raise InvalidInput("data.unknown_language", language=language[:40], known=", ".join(known))


def filter_variables(
    store: Store, slug: str, *, actor: Actor, language: str, snapshot: str = "", every: bool = False
) -> tuple[FilterVariable, ...]:
    """Region, organisation type, level of work and language of the reply, as far as the questionnaire has them.

    every  then also each other question, and item of a battery, that is answered by choosing
    """
    opened = open_data(store, slug, actor, Audience.MEETING, snapshot)
    roles = opened.dataset.codebook.roles
    named = [(role, roles[role]) for role in FILTER_ROLES if role in roles] + [(LANGUAGE_FILTER, LANGUAGE_FILTER)]
    if every:
        first = {name for _role, name in named}
        rest = (each for each in opened.dataset.codebook.variables if each.section and not each.identifying)
        named += [("", each.name) for each in rest if each.name not in first]
    return tuple(
        FilterVariable(
            name=name,
            role=role,
            label=label_of(variable.label, language, opened, name),
            options=tuple((code.name, label_of(code.label, language, opened, code.name)) for code in variable.codes),
        )
        for role, name in named
        if (variable := opened.dataset.variables.get(name)) is not None and variable.is_categorical
    )


def options(store: Store, slug: str, variable: str, *, actor: Actor, language: str) -> tuple[tuple[str, str], ...]:
    """(code, words) of a variable's values; InvalidInput("filter.unknown_variable") when there is none."""
    opened = open_data(store, slug, actor, Audience.MEETING)
    found = opened.dataset.variables.get(variable)
    if found is None:
        raise InvalidInput("filter.unknown_variable", variable=variable)
    return tuple((code.name, label_of(code.label, language, opened, code.name)) for code in found.codes)


def questions(
    store: Store,
    slug: str,
    *,
    actor: Actor,
    language: str,
    audience: Audience = Audience.MEETING,
    snapshot: str = "",
) -> tuple[Listed, ...]:
    """Every question that has a card for the audience, each battery in the place of its first item."""
    opened = open_data(store, slug, actor, audience, snapshot)
    book = opened.dataset.codebook
    batteries = {battery.name: battery for battery in book.batteries}
    profile = profile_questions(book)
    found = []
    for name in summary.questions_of(opened.dataset, audience):
        battery = batteries.get(name)
        items = [opened.dataset.variables[item] for item in (battery.items if battery else (name,))]
        first = items[0]
        codes = [book.words(code.label, language, code.name) for code in first.codes]
        lines = [book.words(item.label, language, item.name) for item in items] if battery else []
        found.append(
            Listed(
                name=name,
                label=book.words(battery.label if battery else first.label, language, name),
                section=book.words(first.section_label, language, ""),
                wordy=summary.CARD_KINDS[first.kind] is CardKind.TEXT,
                place=first.section,
                options=(*lines, *codes),
                kind=CardKind.BATTERY if battery else summary.CARD_KINDS[first.kind],
                profile=name in profile,
            )
        )
    return tuple(found)


def offered(store: Store, slug: str, *, actor: Actor, language: str) -> tuple[Offered, ...]:
    """Every question, battery and item that a figure can be named of, with the codes of its answers."""
    return offered_questions(open_data(store, slug, actor, Audience.MEETING).dataset, language)
